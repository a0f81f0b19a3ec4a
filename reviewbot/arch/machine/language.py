"""The little language of scenarios: one statement a line, read into steps. docs/machine.md describes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from reviewbot.errors import DataError
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Call", "Step", "calls_in", "read_steps"]

_NAMED = r"[a-z]\w*(?:\+[a-z]\w*)*"   # pages: a group, or several of them
_CALL = regex(rf"\b([a-z_]\w*)\(\s*({_NAMED})\s*(?:,\s*([01])\s*)?\)")
_LINE = regex(r"(?:([a-z]\w*)\s*=\s*)?(.*\(.*\).*)")
_IF = regex(r"if\s+(!?)\s*([A-Za-z_]\w*)\s+goto\s+([a-z][\w-]*)")
_EXPECT = regex(rf"expect\s+(vmap\s+)?({_NAMED})\s+([a-z-]+)")
_ASSUME = regex(r"assume\s+([a-z][\w-]*):\s*(.+)")
_FOR = regex(rf"for\s+([a-z]\w*)\s+in\s+({_NAMED}):\s*(.+)")
_MAP = regex(rf"map\s+({_NAMED})\s+(r|rw|rx|rwx)")
_ACCESS = regex(rf"(read|write|run)\s+(vmap\s+)?({_NAMED})")
_ON_PAGES = regex(rf"(alloc|free|leak|unmap|flush)\s+({_NAMED})")
_LOCK = regex(r"(mutex_lock|mutex_unlock|spin_lock|spin_unlock)\s+([a-z]\w*)")
_JUMP = regex(r"(goto|either)\s+([a-z][\w-]*)")
_WORDS = ("freeze", "thaw", "rest", "atomic", "preempt", "end")
_MOST_STEPS, _LONGEST_LINE = 2000, 400
_BELIEFS = ("present", "absent", "writable", "read-only", "executable", "not-executable", "private", "shared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One function with the argument that says which way (None: it takes none)."""

    symbol: str
    argument: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One statement. `kind` is its verb; `target` is a label, a belief, the bits of a map or a lock, as it needs."""

    kind: str
    text: str
    pages: tuple[int, ...] = ()
    name: str = ""
    target: str = ""
    negated: bool = False
    at_alias: bool = False
    calls: tuple[Call, ...] = ()


def calls_in(lines: Iterable[str]) -> frozenset[Call]:
    """Return the calls that these lines name, those of other releases too."""
    return frozenset(Call(symbol=name, argument=int(last) if last else None)
                     for line in lines for name, _, last in _CALL.findall(line))


def read_steps(lines: Iterable[str], groups: Mapping[str, tuple[int, ...]], names: tuple[str, ...],
               assumed: Mapping[str, bool], place: str) -> tuple[tuple[Step, ...], dict[str, int]]:
    """Return the steps that these lines make and where each label points; loops over pages are written out.

    `groups`: the pages of each name; `names`: the name of each page; `assumed`: each assumption, and whether it is in
    force. Raises DataError that names the line.
    """
    reader = _Reader(groups=groups, names=names, assumed=assumed, place=place)
    steps: list[Step] = []
    labels: dict[str, int] = {}
    for line in lines:
        text = " ".join(line.split())
        if len(text) > _LONGEST_LINE or len(steps) > _MOST_STEPS:
            raise reader.error(text[:40], f"too long: a line has at most {_LONGEST_LINE} characters, an actor "
                                          f"{_MOST_STEPS} steps")
        if re.fullmatch(r"[a-z][\w-]*:", text):
            if text[:-1] in labels:
                raise reader.error(text, "the label is there twice")
            labels[text[:-1]] = len(steps)
        else:
            steps += reader.read(text, groups)
    for step in steps:
        if step.kind in {"goto", "either", "if"} and step.target not in labels:
            raise reader.error(step.text, f"there is no label '{step.target}'")
    return tuple(steps), labels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    groups: Mapping[str, tuple[int, ...]]
    names: tuple[str, ...]
    assumed: Mapping[str, bool]
    place: str

    def error(self, line: str, what: str) -> DataError:
        return DataError(f"'{line}': {what}", where=self.place, hint="see docs/machine.md")

    def read(self, text: str, groups: Mapping[str, tuple[int, ...]]) -> list[Step]:
        if found := _ASSUME.fullmatch(text):
            if found[1] not in self.assumed:
                raise self.error(text, f"the scenario has no assumption '{found[1]}'")
            return self.read(found[2], groups) if self.assumed[found[1]] else []
        if found := _FOR.fullmatch(text):
            if found[1] in self.groups:
                raise self.error(text, f"'{found[1]}' is the name of pages already")
            if _FOR.fullmatch(found[3]):
                raise self.error(text, "a loop stands alone")
            each: list[Step] = []
            for page in self._pages(text, found[2], groups):
                steps = self.read(found[3], {**groups, found[1]: (page,)})
                shown = re.sub(rf"\b{found[1]}\b", self.names[page], found[3])
                each += [replace(step, text=shown) for step in steps]
            return each
        return [self._statement(text, groups)]

    def _statement(self, text: str, groups: Mapping[str, tuple[int, ...]]) -> Step:
        if text in _WORDS:
            return Step(kind=text, text=text)
        if found := _IF.fullmatch(text):
            return Step(kind="if", text=text, negated=bool(found[1]), name=found[2], target=found[3])
        if found := _JUMP.fullmatch(text):
            return Step(kind=found[1], text=text, target=found[2])
        if found := _LOCK.fullmatch(text):
            return Step(kind=found[1], text=text, target=found[2])
        if found := _EXPECT.fullmatch(text):
            if found[3] not in _BELIEFS:
                raise self.error(text, f"'{found[3]}' is none of {', '.join(_BELIEFS)}")
            return Step(kind="expect", text=text, at_alias=bool(found[1]), target=found[3],
                        pages=self._pages(text, found[2], groups))
        if found := _MAP.fullmatch(text):
            return Step(kind="map", text=text, target=found[2], pages=self._pages(text, found[1], groups))
        if found := _ACCESS.fullmatch(text):
            return Step(kind=found[1], text=text, at_alias=bool(found[2]) or found[1] == "run",
                        pages=self._pages(text, found[3], groups))
        if found := _ON_PAGES.fullmatch(text):
            return Step(kind=found[1], text=text, pages=self._pages(text, found[2], groups))
        if found := _LINE.fullmatch(text):
            return self._call(text, found[1] or "", found[2], groups)
        raise self.error(text, "this is no statement")

    def _call(self, text: str, name: str, said: str, groups: Mapping[str, tuple[int, ...]]) -> Step:
        calls, pages = [], ""
        for part in said.split(" or "):
            found = _CALL.fullmatch(part.strip())
            if not found:
                raise self.error(text, f"'{part.strip()}' is no call; write it as f(pages) or f(pages, 0)")
            if pages not in {"", found[2]}:
                raise self.error(text, "the calls take different pages")
            pages = found[2]
            calls.append(Call(symbol=found[1], argument=None if found[3] is None else int(found[3])))
        return Step(kind="call", text=text, name=name, calls=tuple(calls), pages=self._pages(text, pages, groups))

    def _pages(self, text: str, name: str, groups: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
        for part in name.split("+"):
            if part not in groups:
                raise self.error(text, f"the scenario has no pages '{part}'")
        return tuple(sorted({page for part in name.split("+") for page in groups[part]}))
