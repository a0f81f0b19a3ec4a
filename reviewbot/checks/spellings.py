"""Statements in one spelling: a call that `rules/spellings.toml` says is another one, the size of an allocation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from reviewbot.checks.arguments import put_in, split_arguments
from reviewbot.errors import DataError
from reviewbot.patterns import regex
from reviewbot.resources import data_folder
from reviewbot.text import closing, is_bracketed

__all__ = ["all_in_one_spelling", "in_one_spelling", "types_of"]

_CALL = regex(r"([A-Za-z_]\w*)\((.*)\)")
_SIZE = regex(r"\bsizeof ?\(")
_WHOLE = regex(r"[\w.>\[\]-]+|\w+\([^()]*\)")
_POINTER = regex(r"\b((?:struct|union) \w+) ?\* ?(?:const |__free\(\w+\) )?(\w+)\b(?! ?\()")
_STATEMENT = regex(r"([;{}])")
_ALONE = regex(r"(?:[(,]|(?<![=!<>])=|\breturn)\s*$")
"""What stands in front of a value that is one whole: brackets around it say nothing."""
_MOST_CALLS = 8

_Spellings = Mapping[tuple[str, int], tuple[tuple[str, ...], str]]


def types_of(text: str) -> dict[str, str]:
    """Return the variables of a function's text that point to one struct or union throughout, each with its type."""
    found: dict[str, str] = {}
    twice = set()
    for hit in _POINTER.finditer(text):
        twice |= {hit[2]} if found.setdefault(hit[2], hit[1]) != hit[1] else set()
    return {name: found[name] for name in found if name not in twice}


def all_in_one_spelling(function: str) -> str:
    """Return a function, squashed as `squash_c` does it, with each of its statements in one spelling."""
    if _names().search(function) is None:
        return function
    types = types_of(function)
    return "".join(in_one_spelling(part, types) for part in _STATEMENT.split(function))


def in_one_spelling(statement: str, types: Mapping[str, str]) -> str:
    """Return a statement, squashed as `squash_c` does it, with each call that may be spelled in several ways in one of
    them; what it allocates is a product in one order, of the type that `types` gives a pointer."""
    spellings, meant = _spellings()
    for hit in reversed([*_names().finditer(statement)][:_MOST_CALLS]):  # what a call is given comes before it
        end = closing(statement, hit.end() - 1)
        if end < 0:
            continue
        given = [part.strip() for part in split_arguments(statement[hit.end():end]) or ()]
        names, other = spellings.get((hit[1], len(given)), ((), ""))
        text = put_in(other, dict(zip(names, given, strict=True))) if other else statement[hit.start():end + 1]
        call = _CALL.fullmatch(text)
        if call is not None and call[1] in meant:
            parts = split_arguments(call[2]) or ()
            text = f"{call[1]}({', '.join(_product(part.strip(), types) for part in parts)})"
        if other and _ALONE.search(statement[:hit.start()]) and statement[end + 1:].lstrip()[:1] in {"", ")", ",", ";"}:
            text = _bare(text)
        statement = statement[:hit.start()] + text + statement[end + 1:]
    return statement


def _product(text: str, types: Mapping[str, str]) -> str:
    """Return a size with its factors in one order, and the names of types for the objects of those types."""
    factors = sorted(_factors(text, types))
    return " * ".join(factors) if len(factors) > 1 else _bare(factors[0])


def _factors(text: str, types: Mapping[str, str]) -> Iterator[str]:
    """Yield the factors of a product, a sum among them in its brackets."""
    text, depth, start, found = _bare(text), 0, 0, []
    for at, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and sign == "*" and text[:at].rstrip()[-1:].strip("(,=*/%+-&|<>?:"):
            found.append(text[start:at].strip())
            start = at + 1
        elif (depth == 0 and sign in "+/%&|<?-" and text[at:at + 2] != "->") or depth < 0:
            found, start = [], 0  # a sum of products is none
            break
    found.append(text[start:].strip())
    for one in found:
        hit = _SIZE.match(one)
        if hit is not None and closing(one, hit.end() - 1) == len(one) - 1:
            inner = _bare(one[hit.end():-1])
            pointer = inner.removeprefix("*").strip()
            yield f"sizeof({types.get(pointer, inner) if inner.startswith('*') else inner})"
        elif len(found) > 1 and one.startswith("("):
            yield from _factors(one, types)
        else:
            yield one if _WHOLE.fullmatch(one) else f"({_bare(one)})"


def _bare(text: str) -> str:
    text = text.strip()
    while is_bracketed(text):
        text = text[1:-1].strip()
    return text


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    """Return what finds the calls that may be spelled otherwise."""
    spellings, meant = _spellings()
    names = sorted({name for name, _ in spellings} | meant)
    return re.compile(rf"(?<![\w.>])({'|'.join(map(re.escape, names))})\(")


@lru_cache(maxsize=1)
def _spellings() -> tuple[_Spellings, frozenset[str]]:
    """Return each spelling by its name and the number of its arguments, and the names that they stand for."""
    path = data_folder("rules") / "spellings.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))["calls"]
        found = {}
        for spelled, other in table.items():
            call = _CALL.fullmatch(spelled)
            names = tuple(part.strip() for part in split_arguments(call[2]) or ()) if call is not None else ()
            if call is None or not all(name.isidentifier() for name in names):
                raise DataError(f"'{spelled}' is no call with names for its arguments", where=str(path))
            found[call[1], len(names)] = names, str(other)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise DataError(f"the spellings do not load: {error}", where=str(path)) from error
    meant = frozenset(call[1] for _, other in found.values() if (call := _CALL.fullmatch(other)) is not None)
    return found, meant
