"""Functions whose end has become a new function that they call: what they do is what they did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.cfacts.types import Function
from reviewbot.checks.arguments import parameter_names, split_arguments
from reviewbot.checks.reading import code_of
from reviewbot.patterns import regex
from reviewbot.review.pairs import all_functions
from reviewbot.source.types import PatchedFile
from reviewbot.text import closing

__all__ = ["moved_into"]

_HANDS_ON = regex(r"(?P<returns>return )?(?P<name>[A-Za-z_]\w*)(?=\()")
_DECLARES = regex(r"(?!(?:return|goto|else|do|case|break|continue)\b)(?:[A-Za-z_]\w* )+(?:\* ?)*[A-Za-z_]\w*"
                  r"(?:\[\w*\])?")
_DIFFERENCE = regex(r"(?:[A-Za-z_]\w* )+(\w+) = (\w+) - (\w+)")
_SIMPLE = regex(r"-?\w+")
_WORD = regex(r"[A-Za-z_]\w*")
_NAME = regex(r"(?<![\w.])(?<!->)[A-Za-z_]\w*")
_MOST = 120  # statements


def moved_into(file: PatchedFile, was: Function, now: Function) -> Function | None:
    """Return the new function of the file that the function ends in calling, where the two together are written as it
    was before the patch; None otherwise.

    Where variables are declared does not matter, and `start + size` is `end` where `size` is declared as `end - start`.
    """
    old, new = _statements(code_of(file.before, was)), _statements(code_of(file.after, now))
    if not 0 < len(new) <= len(old) <= _MOST or was.parameters != now.parameters or was.returns != now.returns:
        return None
    known = {one.name for one in all_functions(file.before or b"")}
    ends = new[-1]
    hit = _HANDS_ON.match(ends)
    helper = next((one for one in all_functions(file.after or b"") if hit is not None and one.name == hit["name"]
                   and one.static and one.name not in known), None)
    end = closing(ends, hit.end()) if hit is not None else -1
    if hit is None or helper is None or end != len(ends) - 1 or (helper.returns == "void") is not (
            hit["returns"] is None) or helper.returns != now.returns:
        return None
    given = [part.strip() for part in split_arguments(ends[hit.end() + 1:end]) or ()]
    names = parameter_names(helper)
    inner = _statements(code_of(file.after, helper))
    if len(given) != len(names) or not all(_SIMPLE.fullmatch(text) for text in given) or len(set(given)) < len(given) \
            or _clash(inner, names, new):
        return None
    words = dict(zip(names, given, strict=True))
    # A constant that takes the place of a name is not set there.
    if any(not _WORD.fullmatch(value) and any(re.search(rf"\b{name}\b *(?:[-+*/|&^]?=(?!=)|\+\+|--)", text)
                                              for text in inner) for name, value in words.items()):
        return None
    inner = [_NAME.sub(lambda word: words.get(word[0], word[0]), text) for text in inner]
    return helper if _plain(old) == _plain([*new[:-1], *inner]) else None


def _statements(code: str) -> list[str]:
    """Return the statements of a function's body and its braces, in order; none where it has no plain body."""
    body = code[code.find("{") + 1:code.rfind("}")] if "{" in code and "#" not in code else ""
    return [part.strip() for part in re.findall(r"[^;{}]+|[{}]", body) if part.strip()]


def _clash(inner: Sequence[str], names: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether a variable of the helper has the name of one of its caller's."""
    mine = {_WORD.findall(text)[-1] for text in inner if _DECLARES.fullmatch(text)} - set(names)
    return not mine.isdisjoint(word for text in new for word in _WORD.findall(text))


def _plain(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the declarations without a value, sorted, and the other statements in order."""
    left = [text for text in texts if not _DECLARES.fullmatch(text)]
    sums = list(_sums(left))
    return sorted(text for text in texts if _DECLARES.fullmatch(text)), [_with_sums(text, sums) for text in left]


def _sums(texts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the two parts and the name of each sum that a declared difference makes, of variables set nowhere else."""
    for hit in (hit for text in texts if (hit := _DIFFERENCE.fullmatch(text))):
        written = [re.findall(rf"(?<![\w.>]){name}\b *(?:[-+*/|&^]?=(?!=)|\+\+|--)|& ?{name}\b", " ; ".join(texts))
                   for name in hit.groups()]
        if all(len(those) <= 1 for those in written):
            yield hit[1], hit[3], hit[2]


def _with_sums(text: str, sums: Sequence[tuple[str, str, str]]) -> str:
    for one, other, name in sums:
        text = re.sub(rf"(?<=[(,] )(?:{one} \+ {other}|{other} \+ {one})(?=[,)])"
                      rf"|(?<=\()(?:{one} \+ {other}|{other} \+ {one})(?=[,)])", name, text)
    return text
