"""Statements that leave a function for want of an option: `NEEDS_CONFIG_ON(test, CONFIG_X);` in front of a call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.cfacts.vocabulary import NO_RETURN
from reviewbot.logic import Cond, Not
from reviewbot.patterns import regex
from reviewbot.text import bytes_between

__all__ = ["gates_before"]

_STATEMENT = regex(r"^\t(?P<name>[A-Z][A-Z0-9_]+)\((?P<arguments>[^;{}]*\bCONFIG_\w+[^;{}]*)\);", re.MULTILINE)
_DEFINE = (r"^[ \t]*#[ \t]*define[ \t]+{}\((?P<parameters>[^)]*)\)(?P<body>(?:[^\n\\]|\\.|\\\n)*)")
_LEAVES = regex(rf"\b(?:return|goto|{'|'.join(sorted(NO_RETURN))})\b")
_TEST = regex(rf"\bif\s*\((?P<test>.*?)\)\s*(?:\{{|{_LEAVES.pattern})", re.DOTALL)
_NO_GATES = frozenset({"BUILD_BUG_ON", "BUILD_BUG_ON_MSG", "WARN_ON", "WARN_ON_ONCE", "BUG_ON", "WARN", "WARN_ONCE"})


def gates_before(data: bytes, start: int, line: int, files_with: Callable[[str], tuple[bytes, ...]]
                 ) -> tuple[Cond, ...] | None:
    """Return what the statements between two 1-based lines ask of the configuration; None where one of them is a macro
    that nobody knows.

    `start` is where the function begins. `files_with(name)` are the contents of the files that name a macro.
    """
    found: list[Cond] = []
    for name, arguments in _statements(data, start, line):
        bodies = [body for content in (data, *files_with(name)) if (body := _defined(content, name)) is not None]
        if not bodies:
            return None
        parameters, text = bodies[0]
        if not _LEAVES.search(text):
            continue
        tests = _TEST.findall(text)
        if len(tests) != 1 or len(parameters) != len(arguments):
            return None
        given = dict(zip(parameters, arguments, strict=True))
        found.append(Not(parse_c_condition(_put_in(tests[0], given).encode())))
    return tuple(found)


def _put_in(text: str, given: Mapping[str, str]) -> str:
    return re.sub(r"\w+", lambda word: given.get(word[0], word[0]), text)


@lru_cache(maxsize=1024)
def _statements(data: bytes, start: int, line: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    text = bytes_between(data, start, line - 1)
    if b"CONFIG_" not in text:
        return ()
    return tuple((found["name"], tuple(one.strip() for one in found["arguments"].split(",")))
                 for found in _STATEMENT.finditer(text.decode("latin-1")) if found["name"] not in _NO_GATES)


def _defined(data: bytes, name: str) -> tuple[tuple[str, ...], str] | None:
    """Return the parameters and the body of a macro with arguments, None where the file does not define it."""
    if name.encode() not in data:
        return None
    found = re.search(_DEFINE.format(re.escape(name)), data.decode("latin-1"), re.MULTILINE | re.DOTALL)
    if found is None:
        return None
    return tuple(one.strip() for one in found["parameters"].split(",")), found["body"].replace("\\\n", " ")
