"""What the functions of one file do, one by one: the ground that derivation stands on.

Read from tokens and from what becomes of each call's result; nothing here follows a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property, lru_cache
from hashlib import blake2b

from reviewbot.cfacts import Conditions, functions_of, parse_c_condition, read_conditions, read_file
from reviewbot.cfacts.lexer import COMMENT, Token, closing_word, lines_in, tokens
from reviewbot.cfacts.types import Call, Function
from reviewbot.logic import Cond
from reviewbot.patterns import regex
from reviewbot.source.recalled import recalled
from reviewbot.values import dataclass

__all__ = ["Bodies", "Body", "Exit", "Made", "Mark", "bodies_of"]

_ERRNO = regex(r"E[A-Z][A-Z0-9]+")
_NOT_RETURNED = frozenset({"==", "!=", "<", ">", "<=", ">=", "case"})
_TABLE = regex(rb"=(?:\s|" + COMMENT + rb")*\{", re.DOTALL)
_WORDS = regex(rb"\w+")
_LONGEST_NAME = 200  # how far before the `=` of a table its name may stand
_MOST_BYTES = 2_000_000
_CALLED = 400  # a function with more different calls than that is no worker that a person could follow either


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line of a file, and what stands there."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An error constant that a function makes up, and the `#if` nest around it."""

    name: str
    line: int
    when: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """An early `if (condition) return 0;` (or `return;` where nothing is returned) and the `#if` nest around it."""

    condition: Cond
    line: int
    when: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One function: the errors that it makes up itself, its early exits, its calls in order, and calls by pointer.

    `callbacks` are, for a call's line and column, the functions
    of the same file that the call receives, by name or in a table of callbacks.
    """

    function: Function
    file: str
    errnos: tuple[Made, ...]
    exits: tuple[Exit, ...]
    calls: tuple[Call, ...]
    callbacks: Mapping[tuple[int, int], tuple[str, ...]]
    by_pointer: tuple[Mark, ...]

    @property
    def hands_on(self) -> tuple[Call, ...]:
        """Return the calls whose result the function may return."""
        return tuple(call for call in self.calls if call.use == "returned" or call.returns_from)


@lru_cache(maxsize=64)
def bodies_of(path: str, data: bytes) -> Bodies:
    """Return the functions of a file with this content; the trees around a patch share those that it leaves alone."""
    return Bodies(path, data)


class Bodies:
    """The functions of one file, each read when it is asked for; several of one name stand under different `#if`."""

    def __init__(self, path: str, data: bytes) -> None:
        """Find the functions. A file of more than two megabytes has none."""
        self._path, self._data = path, data
        found = functions_of(data) if len(data) <= _MOST_BYTES else ()
        self._functions: dict[str, list[Function]] = {}
        for function in found:
            self._functions.setdefault(function.name, []).append(function)
        self._returns = {function.name: function.returns for function in found}
        self._conditions = read_conditions(data)
        self._done: dict[str, tuple[Body, ...]] = {}

    def get(self, name: str) -> tuple[Body, ...]:
        """Return the definitions of that name, () when there is none."""
        if name not in self._done:
            self._done[name] = tuple(self._read(function) for function in self._functions.get(name, ()))
        return self._done[name]

    def _read(self, function: Function) -> Body:
        names = frozenset(function.calls_all if len(function.calls_all) <= _CALLED else ())
        lines, first, last = lines_in(self._data), function.span.line, function.span.end_line
        body = _body_of(_Region(
            path=self._path, function=function, text=self._data[lines.start(first):lines.start(last + 1)],
            returns=tuple(sorted((name, self._returns[name]) for name in names & self._returns.keys())), names=names,
            data=self._data, conditions=self._conditions))
        found = _callbacks(body.calls, frozenset(self._returns), self._tables_of(body.calls))
        return replace(body, callbacks=found) if found else body

    def _tables_of(self, calls: tuple[Call, ...]) -> Mapping[str, tuple[str, ...]]:
        given = {argument.strip().removeprefix("&").strip() for call in calls for argument in call.arguments}
        return {} if given.isdisjoint(self._before_tables) else self._tables

    @cached_property
    def _before_tables(self) -> frozenset[str]:
        return frozenset(word.decode() for hit in _TABLE.finditer(self._data)
                         for word in _WORDS.findall(self._data, max(0, hit.start() - _LONGEST_NAME), hit.start()))

    @cached_property
    def _tables(self) -> Mapping[str, tuple[str, ...]]:
        return _tables(tokens(self._data), frozenset(self._returns))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """One function in a file; in another version of the file it is the same where its text and its lines are.

    `returns` is what the called functions of the same file return.
    """

    path: str
    function: Function
    text: bytes
    returns: tuple[tuple[str, str], ...]
    names: frozenset[str] = field(compare=False)
    data: bytes = field(compare=False, repr=False)
    conditions: Conditions = field(compare=False, repr=False)


@lru_cache(maxsize=512)
def _body_of(region: _Region) -> Body:
    """Return what the function does, without its callbacks: these may stand elsewhere in the file."""
    span = region.function.span
    return recalled("body", (region.path, blake2b(region.data).digest(), region.function.name, span.line, span.end_line,
                             region.returns, tuple(sorted(region.names))), lambda: _read_body(region))


def _read_body(region: _Region) -> Body:
    function, data, conditions = region.function, region.data, region.conditions
    facts = read_file(region.path, data, names=region.names, returns=dict(region.returns),
                      known=((function.span.line, function.span.end_line),))
    first, last = function.body.line, function.body.end_line
    lines = lines_in(data)
    inside = list(tokens(data, start=lines.start(first), end=lines.start(last) + function.body.end_column))
    calls = tuple(call for call in facts.calls
                  if call.function == function.name and first <= call.span.line <= last and call.use != "in-macro")
    return Body(
        function=function, file=region.path, calls=calls, errnos=tuple(_errnos(inside, conditions)),
        exits=tuple(_exits(data, inside, function, conditions)), by_pointer=tuple(_by_pointer(region.path, inside)),
        callbacks={})


def _errnos(words: list[Token], conditions: Conditions) -> Iterator[Made]:
    """Yield each error constant that is made up here: `-EINVAL`, and -1, which is what EPERM is."""
    for number, word in enumerate(words[:-1]):
        before = words[number - 1].text if number else ""
        following = words[number + 1]
        if word.text != "-" or before in _NOT_RETURNED:
            continue
        if following.kind == "name" and _ERRNO.fullmatch(following.text):
            yield Made(name=following.text, line=word.line, when=conditions.at_offset(word.offset))
        elif following.text == "1" and before == "return":
            yield Made(name="EPERM", line=word.line, when=conditions.at_offset(word.offset))


def _by_pointer(path: str, words: list[Token]) -> Iterator[Mark]:
    """Yield the calls through a pointer in a structure, `ops->change(...)` or `ops.change(...)`."""
    for number in range(1, len(words) - 1):
        if words[number].kind == "name" and words[number - 1].text in {"->", "."} and words[number + 1].text == "(":
            yield Mark(file=path, line=words[number].line, text=f"{words[number - 1].text}{words[number].text}()")


def _exits(data: bytes, words: list[Token], function: Function, conditions: Conditions) -> Iterator[Exit]:
    """Yield the tests after which the function returns success at once; a yes or no is an answer, not a success."""
    kind = function.returns.split()[-1:]
    done = {";"} if kind == ["void"] else set() if kind == ["bool"] else {"0"}
    for number, word in enumerate(words):
        if word.text != "if":
            continue
        close = closing_word(words, number + 1)
        if close < 0:
            continue
        behind = [following.text for following in words[close + 1:close + 5]]
        if behind[:1] == ["{"]:
            behind = behind[1:]
        if behind[:1] == ["return"] and (behind[1:2] == [";"] or behind[2:3] == [";"]) and behind[1] in done:
            text = data[words[number + 1].end:words[close].offset]
            yield Exit(condition=parse_c_condition(text), line=word.line, when=conditions.at_offset(word.offset))


def _tables(words: tuple[Token, ...], functions: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return, for each initialised table of callbacks, the functions of the file that stand in it."""
    found: dict[str, tuple[str, ...]] = {}
    for number in range(len(words) - 2):
        if words[number].kind == "name" and words[number + 1].text == "=" and words[number + 2].text == "{":
            level, end = 1, number + 3
            while end < len(words) and level:
                level += {"{": 1, "}": -1}.get(words[end].text, 0)
                end += 1
            inside = dict.fromkeys(word.text for word in words[number + 3:end] if word.text in functions)
            if inside:
                found[words[number].text] = tuple(inside)
    return found


def _callbacks(calls: tuple[Call, ...], functions: frozenset[str],
               tables: Mapping[str, tuple[str, ...]]) -> dict[tuple[int, int], tuple[str, ...]]:
    found = {}
    for call in calls:
        given: dict[str, None] = {}
        for argument in call.arguments:
            name = argument.strip().removeprefix("&").strip()
            if name in functions:
                given[name] = None
            given.update(dict.fromkeys(tables.get(name, ())))
        if given:
            found[call.span.line, call.span.column] = tuple(given)
    return found
