"""Which words of a function give way to others, where that is all that a patch does to it, and which come to the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from reviewbot.cfacts import functions_of, squash_c
from reviewbot.cfacts.functions import functions_with
from reviewbot.cfacts.vocabulary import LOCKS
from reviewbot.checks.alike import answer_alike
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import concerned
from reviewbot.checks.renames import is_renamed
from reviewbot.logic import Var
from reviewbot.patterns import regex
from reviewbot.source import tree_below
from reviewbot.source.types import PatchedFile

__all__ = ["body_of", "calls_changed", "reworded", "takes_over", "words_changed"]

_WORD = regex(r"[A-Za-z_]\w*")
_SIGN = regex(r"\w+|[!&|^~<>=+*/%?-]")
_CALLED = regex(r"!?[A-Za-z_]\w*\([\w, ]*\)|[A-Za-z_]\w*|\S")
_CALL = regex(r"!?[A-Za-z_]\w*\([\w, ]*\)")
_LOCKED = regex(r"\b(?:" + "|".join(sorted({name for pair in LOCKS for name in pair})) + r")\([^;]*\);"
                r"|\b(?:scoped_)?guard\(\w+\)\([^;{]*\);?")
_MOST = 3
_MOST_FILES = 12
_HEADERS = ("include/linux/", "include/asm-generic/")


def reworded(analysis: Analysis, patch: int, path: str, name: str) -> tuple[tuple[str, str], ...] | None:
    """Return the functions called in a function before the patch and those called in their place, `f()` and `g()`, or
    `g(ARGUMENT)` where that differs, if nothing else does, without those that the one is by its body what the other
    was; None where more differs, or words that are not called."""
    file = next((file for state in analysis.patched.states if state.index == patch for file in state.files
                 if file.path == path), None)
    if file is None or not (_is_known(file, name, old=True) and _is_known(file, name, old=False)):
        return None
    before, after = body_of(file.before or b"", name), body_of(file.after or b"", name)
    swaps = _swaps(before, after) if before and after else None
    if swaps is None:
        whole = _whole_calls(before, after)
        return None if whole is None else tuple(
            swap for swap in whole if not _answers_alike(analysis, patch, path, *swap))
    if len(swaps) > _MOST:
        return None
    return tuple((f"{old}()", f"{new}()") for old, new in swaps
                 if not (_is_known(file, old, old=True) and _hands_on(file.before or b"", old, new))
                 and not is_renamed(analysis.series, patch, old, new)
                 and not _is_alike(analysis, patch, path, old, new)
                 and not _answers_alike(analysis, patch, path, f"{old}()", f"{new}()"))


def _answers_alike(analysis: Analysis, patch: int, path: str, old: str, new: str) -> bool:
    """Return whether two questions have the same answer wherever the file is built."""
    position = next((number for number, state in analysis.states() if state.index == patch), None)
    if position is None or old.startswith("!") != new.startswith("!"):
        return False
    arches = concerned(analysis, analysis.after(position).tree, path)
    return bool(arches) and all(answer_alike(analysis, position, Var(old.lstrip("!")), Var(new.lstrip("!")), arch)
                                for arch in arches)


def _is_known(file: PatchedFile, name: str, *, old: bool) -> bool:
    """Return whether all of the file's function of that name is known, if there is one."""
    if file.whole:
        return True
    data, known = (file.before, file.known_old) if old else (file.after, file.known_new)
    spans = [one.span for one in functions_of(data or b"") if one.name == name]
    ranges = known or ((0, 0),) if file.applies in {"fragment", "failed"} else known
    return bool(spans) and all(any(first <= span.line and span.end_line <= last for first, last in ranges)
                               for span in spans)


def takes_over(analysis: Analysis, patch: int, path: str, name: str) -> bool:
    """Return whether the file's function of that name did nothing but hand on to another one, which the patch gives its
    name: whoever calls it gets the same as before."""
    files = [file for state in analysis.patched.states if state.index == patch for file in state.files
             if file.path == path]
    target = _target(files[0].before or b"", name) if files else ""
    return bool(target) and is_renamed(analysis.series, patch, target, name)


def calls_changed(analysis: Analysis, patch: int, path: str, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the functions that a function of the file calls only since the patch, and those that it
    called only before it: ((), ()) where the file is not known whole."""
    file = next((file for state in analysis.patched.states if state.index == patch for file in state.files
                 if file.path == path), None)
    if file is None or not file.whole:
        return (), ()
    was, now = ({called for function in functions_with(content or b"", frozenset({name})) if function.name == name
                 for called in function.calls_all if not called.isupper()} for content in (file.before, file.after))
    return tuple(sorted(now - was)), tuple(sorted(was - now))


def words_changed(analysis: Analysis, patch: int, path: str, name: str) -> int:
    """Return how many words and signs of a function of the file come or go with the patch, brackets and what takes or
    gives back a lock apart: 0 where only its locks are written in another way, or the file is not known whole."""
    file = next((file for state in analysis.patched.states if state.index == patch for file in state.files
                 if file.path == path), None)
    if file is None or not file.whole:
        return 0
    was, now = (Counter(_SIGN.findall(_LOCKED.sub(" ", body_of(content or b"", name))))
                for content in (file.before, file.after))
    return ((was - now) + (now - was)).total()


def _hands_on(data: bytes, old: str, new: str) -> bool:
    """Return whether the file's own function of the old name does nothing but give what the new one, asked with what it
    was given, returns."""
    return _target(data, old) == new


def _target(data: bytes, name: str) -> str:
    """Return the function whose result, asked with what it was given, is all that the file's function gives; empty
    where there is none."""
    body = body_of(data, name)
    found = re.search(r"\((?P<head>[^()]*)\)\s*\{\s*return (?P<name>\w+)\((?P<given>[^()]*)\);\s*\}$", body)
    if found is None:
        return ""
    own = [words[-1] for part in found["head"].split(",") if (words := _WORD.findall(part)) and words != ["void"]]
    given = [part.strip() for part in found["given"].split(",") if part.strip()]
    return found["name"] if given == own else ""


@lru_cache(maxsize=128)
def body_of(data: bytes, name: str) -> str:
    """Return the code of the one function of that name, empty where there is none or another one."""
    if name.encode() not in data:
        return ""
    lines = data.split(b"\n")
    found = [squash_c(b"\n".join(lines[one.span.line - 1:one.span.end_line])) for one in functions_of(data)
             if one.name == name]
    return found[0] if len(found) == 1 else ""


def _swaps(before: str, after: str) -> list[tuple[str, str]] | None:
    if _WORD.sub("_", before) != _WORD.sub("_", after):
        return None
    pairs = dict.fromkeys((a, b) for a, b in zip(_WORD.findall(before), _WORD.findall(after), strict=True) if a != b)
    called = all(f"{a}(" in before and f"{b}(" in after for a, b in pairs)
    return list(pairs) if called and len({a for a, _ in pairs}) == len(pairs) else None


def _whole_calls(before: str, after: str) -> tuple[tuple[str, str], ...] | None:
    """Return the calls that give way to others with other arguments, as they are written; None where more differs."""
    sides = [_CALLED.findall(text) for text in (before, after)]
    if not before or len(sides[0]) != len(sides[1]):
        return None
    pairs = dict.fromkeys((a, b) for a, b in zip(*sides, strict=True) if a != b)
    if not all(_CALL.fullmatch(word) for pair in pairs for word in pair):
        return None
    return tuple(pairs) if 0 < len(pairs) <= _MOST and len({a for a, _ in pairs}) == len(pairs) else None


def _is_alike(analysis: Analysis, patch: int, path: str, old: str, new: str) -> bool:
    """Return whether every body that a file can mean by the old name before the patch is, but for the names of the
    function and of its parameters, the one that the series writes for the new name."""
    arch = own_arch(path)
    was = _there(analysis, path, arch, old) if arch else set()
    now = {text for one in analysis.series.patches if one.index <= patch for diff in one.files
           if diff.new_path == path or own_arch(diff.new_path) == arch for hunk in diff.hunks
           for text in _bodies("\n".join(line.text for line in hunk.lines if line.kind != "-").encode(), new)}
    return len(was) == 1 and was == (now or _there(analysis, path, arch, new))


def _there(analysis: Analysis, path: str, arch: str, name: str) -> set[str]:
    """Return the bodies of that name in the tree that the file can mean; none where they are too many to look at."""
    tree = tree_below(analysis.patched.start)
    files = [one for one in analysis.files_with(0, (name,))[name] if one == path or (
        one.endswith(".h") and (one.startswith(_HEADERS) or own_arch(one) == arch))]
    few = files if len(files) <= _MOST_FILES else ()
    return {text for one in few for text in _bodies(tree.read(one) or b"", name)}


def _bodies(data: bytes, name: str) -> Iterator[str]:
    """Yield the code of each function of that name, its own name and those of its parameters put out."""
    if name.encode() not in data:
        return
    lines = data.split(b"\n")
    for one in functions_of(data):
        if one.name == name:
            text = squash_c(b"\n".join(lines[one.span.line - 1:one.body.end_line]))
            yield _without_names(text, [name, *(_WORD.findall(part)[-1] for part in one.parameters
                                                if _WORD.findall(part))])


def _without_names(text: str, names: Sequence[str]) -> str:
    places = {name: f"@{number}" for number, name in enumerate(names)}
    return _WORD.sub(lambda found: places.get(found[0], found[0]), text)
