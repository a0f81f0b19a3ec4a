"""What `__weak` functions come to on an architecture: which body it builds, and the constant that a default returns."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from reviewbot.cfacts.types import Guard
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.types import Resolution
from reviewbot.logic import FALSE, TRUE, And, Cond, Or, Var
from reviewbot.patterns import regex
from reviewbot.source import OverlayTree
from reviewbot.source.types import Tree
from reviewbot.text import is_bracketed, places_of

__all__ = ["WEAK", "Weak", "as_called", "asks_result", "told_of_weak", "weak_in"]

WEAK = "__weak"
"""What a function is called of which an architecture may have another body."""

_MARK = b"__weak"
_WEAK_BEFORE = regex(rb"__weak\b[^;{}()=#]{0,120}?\b(\w+)\s*\(")
_HEAD = regex(rb"\b(\w+)\s*\(")
_CONSTANT = regex(rb"\b__weak\b[^;{}()=#]{0,120}?\b(\w+)\s*\([^;{}]*\)\s*\{\s*return\b[^;{}]{1,60};\s*\}")
_IDENTIFIER = regex(r"[A-Za-z_]\w*")
_COMMENT = regex(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_ASSIGNED = regex(r"(?P<before>(?:[\w*]+[\s*]+)*)(?P<name>\w+)\s*=\s*(?P<call>[A-Za-z_]\w*\s*\(.*\))", re.DOTALL)
_NO_TYPES = frozenset({"else", "do", "return", "case", "goto", "default"})
_LONGEST = 2000
_TEST = regex(r"(?P<value>.+?)(?:\s*(?P<how><|<=|>|>=|==|!=)\s*(?P<other>0|NULL|true|false|-E[A-Z0-9]+))?",
              re.DOTALL)
_HELD = regex(r"\w+\s*=\s*(?P<call>.+)", re.DOTALL)
_CALL = regex(r"(?P<name>[A-Za-z_]\w*)\s*\(")
_CONSTANTS = {"true": 1, "false": 0, "NULL": 0}
_NUMBER = regex(r"[-+]?(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*")
_ERRNO = regex(r"-E[A-Z0-9]+")

EntriesOf = Callable[[str], tuple[Resolution, ...]]


class Weak:
    """The `__weak` functions of the trees of one series; each is looked up once."""

    def __init__(self, configs: tuple[KernelConfig, ...], files_with: Callable[[int], tuple[str, ...]]) -> None:
        """`configs` answer for the moments of the series, `files_with` names the files with `__weak` at a moment."""
        self._configs, self._files_with = configs, files_with
        self._names: dict[int, frozenset[str]] = {}
        # Of the files that no patch changes, by their tree, which is kept so that no other can get its id.
        self._below: dict[int, tuple[Tree, dict[str, frozenset[str]]]] = {}
        self._entries: dict[tuple[int, str, str], tuple[Resolution, ...]] = {}

    def names(self, moment: int) -> frozenset[str]:
        """Return the functions of which some architecture may have another body, and whose own is one `return`."""
        if moment not in self._names:
            tree = self._configs[moment].tree
            found: set[str] = set()
            base, on_top = (tree.base, tree.files) if isinstance(tree, OverlayTree) else (tree, {})
            _, below = self._below.setdefault(id(base), (base, {}))
            for path in self._files_with(moment):
                if path in on_top:
                    found |= _constant_in(on_top[path] or b"")
                    continue
                if path not in below:
                    below[path] = _constant_in(base.read(path) or b"")
                found |= below[path]
            self._names[moment] = frozenset(found)
        return self._names[moment]

    def entries(self, moment: int, name: str, arch: str) -> tuple[Resolution, ...]:
        """Return the definitions of a function on the architecture."""
        key = (moment, name, arch)
        if key not in self._entries:
            self._entries[key] = self._configs[moment].definition_for(name, arch)
        return self._entries[key]

    def body(self, moment: int, path: str, name: str, arch: str) -> Cond:
        """Return when the architecture builds the body of this name in this file: TRUE for one that is not weak."""
        if not path.endswith(".c") or name not in weak_in(self._configs[moment].tree.read(path) or b""):
            return TRUE
        return Or(*(entry.condition for entry in self.entries(moment, name, arch)
                    if entry.defined_in.rpartition(":")[0] == path))

    def told(self, moment: int, condition: Cond, arch: str) -> Cond:
        """Return the condition with each test of a weak function's result as it is on the architecture."""
        if not asks_result(condition):
            return condition
        return told_of_weak(condition, self.names(moment), lambda name: self.entries(moment, name, arch))


@lru_cache(maxsize=1 << 14)
def asks_result(condition: Cond) -> bool:
    """Return whether a condition tests what a function returns."""
    return any(_asked(variable) is not None for variable in condition.variables())


@lru_cache(maxsize=1024)
def weak_in(data: bytes) -> frozenset[str]:
    """Return the functions of a C file that are `__weak`."""
    found: set[str] = set()
    done = 0
    for at in places_of(_MARK, data):
        if at < done:
            continue
        start = max(done, *(data.rfind(mark, done, at) + 1 for mark in (b";", b"{", b"}")))
        close = len(data[start:at].rstrip()) + start - 1
        behind = _HEAD.search(data, start, close) if data[close:close + 1] == b")" and close >= start else None
        before = None if behind else _WEAK_BEFORE.match(data, at)
        hit = behind or before
        if hit:
            found.add(hit[1].decode())
            done = at + len(_MARK) if behind else hit.end()
    return frozenset(found)


@lru_cache(maxsize=1024)
def _constant_in(data: bytes) -> frozenset[str]:
    found: set[str] = set()
    at = data.find(_MARK)
    while at >= 0:  # a pattern that begins at the edge of a word is tried at every byte
        hit = _CONSTANT.match(data, at)
        found |= {hit[1].decode()} if hit else set()
        at = data.find(_MARK, hit.end() if hit else at + 1)
    return frozenset(found)


def as_called(guard: Guard, data: bytes) -> Cond:
    """Return the test with a variable replaced by the call whose result the statement right before the test gives it.

    `ret = prepare(x); if (ret < 0)` is a test of `(prepare(x) < 0)`.
    """
    if not _tests_variable(guard.condition):
        return guard.condition
    assigned = _assigned_before(data, guard.line)
    if assigned is None:
        return guard.condition
    name, call = assigned
    word = re.compile(rf"(?<![\w.>]){re.escape(name)}(?!\w)")

    def replaced(variable: str) -> Cond | None:
        return Var(word.sub(lambda _: call, variable)) if _tested(variable) == name else None

    return guard.condition.replace(replaced)


@lru_cache(maxsize=1 << 14)
def _tests_variable(condition: Cond) -> bool:
    """Return whether a test is about a local variable; the same tests stand in front of every call behind them."""
    return any(_tested(variable) for variable in condition.variables())


@lru_cache(maxsize=4096)
def _tested(variable: str) -> str:
    """Return the local variable that a test is about, empty for a test of anything else."""
    found = _TEST.fullmatch(_bare(variable))
    return found["value"] if found and _IDENTIFIER.fullmatch(found["value"]) else ""


@lru_cache(maxsize=4096)
def _assigned_before(data: bytes, line: int) -> tuple[str, str] | None:
    """Return variable and call of the assignment that stands right before the `if` at the start of a 1-based line."""
    start = -1
    for _ in range(line - 1):
        start = data.find(b"\n", start + 1)
        if start < 0:
            return None
    if not re.match(rb"\s*if\s*\(", data[start + 1:start + 200]):
        return None
    text = _COMMENT.sub(b" ", data[max(0, start + 1 - _LONGEST):start + 1]).decode("latin-1").rstrip()
    if not text.endswith(";"):
        return None
    statement = re.split(r"[;{}]|(?<!\?)\b\w+\s*:(?!:)|^[ \t]*#[^\n]*$", text[:-1], flags=re.MULTILINE)[-1].strip()
    found = _ASSIGNED.fullmatch(statement)
    if found is None or _NO_TYPES & set(found["before"].split()) \
            or not is_bracketed(found["call"], found["call"].find("(")):
        return None
    return found["name"], " ".join(found["call"].split())


def _bare(text: str) -> str:
    """Return an expression without the brackets around the whole of it."""
    text = text.strip()
    while is_bracketed(text):
        text = text[1:-1].strip()
    return text


def told_of_weak(condition: Cond, names: frozenset[str], entries_of: EntriesOf) -> Cond:
    """Return the condition with each test of a weak function's result as it is on the architecture.

    `entries_of(name)` are the definitions there. A default that returns a constant settles the test under the
    configurations that build it; one that is declared and defined nowhere is in no kernel.
    """

    def replaced(variable: str) -> Cond | None:
        asked = _asked(variable)
        if asked is None or asked[0] not in names:
            return None
        name, how, other = asked
        entries = entries_of(name)
        if not any(entry.status == "stub" for entry in entries):
            return None
        arms = []
        for entry in entries:
            value = _holds(entry.value, how, other) if entry.status == "stub" else None
            told = Var(variable) if value is None else TRUE if value else FALSE
            arms.append(And(entry.condition, FALSE if entry.status == "undefined" else told))
        return Or(*arms)

    return condition.replace(replaced)


@lru_cache(maxsize=4096)
def _asked(variable: str) -> tuple[str, str, str] | None:
    """Return function, operator and constant of a test of a call's result, `(f(x) < 0)`, `f(x)`."""
    test = _TEST.fullmatch(_bare(variable))
    if test is None:
        return None
    value = _bare(test["value"])
    held = _HELD.fullmatch(value)
    text = _bare(held["call"] if held else value)
    call = _CALL.match(text)
    if call is None or not is_bracketed(text, text.find("(")):
        return None
    return call["name"], test["how"] or "!=", test["other"] or "0"


def _holds(value: str, how: str, other: str) -> bool | None:
    """Return whether the constant compares so with the other one, None where that cannot be told."""
    left, right = _number(value), _number(other)
    if left is None or right is None:
        return None
    if _ERRNO.fullmatch(value) and _ERRNO.fullmatch(other):
        return {"==": value == other, "!=": value != other}.get(how)
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right, "==": left == right,
            "!=": left != right}[how]


def _number(text: str) -> int | None:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _ERRNO.fullmatch(text):
        return -1
    return int(text.rstrip("uUlL"), 0) if _NUMBER.fullmatch(text) else None
