"""What stands below the kernel, and what its code is told about that: SEV-SNP, TDX, a Realm, a hash MMU ..."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from reviewbot.arch.types import Anchor, KernelVersion, VersionRange
from reviewbot.errors import BudgetError
from reviewbot.logic import TRUE, And, Cond, Not, Or, Ternary, difference, parse_condition
from reviewbot.patterns import regex
from reviewbot.text import is_bracketed
from reviewbot.values import dataclass

__all__ = ["Answer", "Backend", "Backends", "Caller", "Conversion", "Shift", "Shifts", "compare_gates", "shifts_of"]

_CALL = regex(r"(\w+)\((.*)\)", re.DOTALL)
_CONSTANT = regex(r"[A-Z][A-Z0-9_]*")
_ANY = "..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One thing that a kernel of the architecture can run on in the releases `versions`: `name` in data, `title` for
    people. `requires` is a Kconfig condition without which the kernel does not know it (empty: always)."""

    name: str
    title: str
    versions: VersionRange
    requires: str
    text: str
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question of C code is told: on the backends `yes` it is true, on those of `no` false, on all others it
    depends on more. `asks` is the call as code writes it, `f(...)` for any arguments; `text` says why."""

    asks: str
    versions: VersionRange
    yes: tuple[str, ...]
    no: tuple[str, ...]
    text: str
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What set_memory_decrypted() and set_memory_encrypted() do on some backends.

    `contents`: whether what stood in the page can be read afterwards. `vmalloc`: whether an address of vmalloc space
    will do. `absent`: whether the page is not mapped meanwhile. `refuses`: who may refuse and how that shows (empty:
    nobody). `idle`: nothing is done and no error comes back.
    """

    backends: tuple[str, ...]
    versions: VersionRange
    does: str
    contents: Literal["kept", "lost", "unknown"]
    vmalloc: Literal["yes", "no", "unknown"]
    absent: bool
    refuses: str
    anchors: tuple[Anchor, ...]
    idle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Code that runs on some backends only: what is built only with the Kconfig condition `needs`. `text` says why."""

    needs: str
    versions: VersionRange
    backends: tuple[str, ...]
    text: str
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """All that is known of one architecture's backends."""

    arch: str
    rows: tuple[Backend, ...]
    answers: tuple[Answer, ...]
    conversions: tuple[Conversion, ...]
    callers: tuple[Caller, ...] = ()

    def at(self, version: KernelVersion) -> Backends:
        """Return what holds in one release."""
        return Backends(arch=self.arch, rows=tuple(row for row in self.rows if version in row.versions),
                        answers=tuple(answer for answer in self.answers if version in answer.versions),
                        conversions=tuple(entry for entry in self.conversions if version in entry.versions),
                        callers=tuple(entry for entry in self.callers if version in entry.versions))

    def idle_callers(self) -> tuple[Caller, ...]:
        """Return, of one release, the callers on all of whose backends a conversion of memory does nothing."""
        idle = self.idle_rows()
        here = {row.name for row in self.rows}
        return tuple(one for one in self.callers if here & set(one.backends) and here & set(one.backends) <= idle)

    def idle_rows(self) -> frozenset[str]:
        """Return, of one release, the names of the backends on which a conversion of memory does nothing."""
        return frozenset(name for entry in self.conversions if entry.idle for name in entry.backends)

    def answer(self, asked: str) -> Answer | None:
        """Return what is known of a question, `cc_platform_has(CC_ATTR_MEM_ENCRYPT)` or any call of C."""
        plain = "".join(asked.split())
        plain = plain[1:-1] if is_bracketed(plain) else plain
        known = {"".join(answer.asks.split()): answer for answer in self.answers}
        call = _CALL.fullmatch(plain)
        if plain in known or call is None:
            return known.get(plain)
        # Beside answers for some constants `f(...)` is about the other constants: a variable may hold any of them.
        some = any(asks.startswith(f"{call[1]}(") and asks != f"{call[1]}({_ANY})" for asks in known)
        return known.get(f"{call[1]}({_ANY})") if not some or _CONSTANT.fullmatch(call[2]) else None

    def values(self, name: str, questions: Iterable[str]) -> dict[str, bool]:
        """Return what each question is told on one backend; those with no certain answer are left out."""
        found = {}
        for asked in sorted(questions):
            answer = self.answer(asked)
            if answer and (name in answer.yes or name in answer.no):
                found[asked] = name in answer.yes
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """On one backend a condition is another than it was: `before` and `after` say whether it holds there."""

    backend: Backend
    before: Ternary
    after: Ternary


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """On which backends a condition is another than it was; on those of `unknown` that cannot be told."""

    known: tuple[Shift, ...]
    unknown: tuple[Backend, ...]


def compare_gates(known: Backends, before: Cond, after: Cond, *, converts: bool = False) -> tuple[Shift, ...] | None:
    """Return where a condition that changed is another one, () if on no backend; None: not every backend can be told.

    `known` is of one release. What both conditions ask stays open; of what only one of them asks each backend must have
    an answer. Where it `converts` memory, a backend on which no conversion does anything is left out.
    """
    found = shifts_of(known, before, after, converts=converts)
    return None if found is None or found.unknown else found.known


def shifts_of(known: Backends, before: Cond, after: Cond, *, converts: bool = False,
              possible: Callable[[Cond], bool] = lambda _: True) -> Shifts | None:
    """Return the same with what is known of some backends alone; None where nothing that is asked has an answer.

    `possible` is whether some kernel can have the options of a condition.
    """
    new = before.variables() ^ after.variables()
    asked = before.variables() | after.variables()
    options = frozenset(atom for atom in asked if atom.startswith("CONFIG_"))
    if not new or not known.rows or all(known.answer(atom) is None for atom in asked):
        return None
    idle = known.idle_rows() if converts else frozenset()
    shifts, unknown = [], []
    for row in known.rows:
        if row.name in idle:
            continue
        values = {**known.values(row.name, asked), **_options_of(row, options)}
        old, now = before.assume(values), after.assume(values)
        try:
            apart = Or(And(old, Not(now)), And(now, Not(old)))
            if difference(old, now) is None or not possible(And(_needed(row), apart)):
                continue
        except BudgetError:
            return None
        if new & (old.variables() | now.variables()):
            unknown.append(row)
        else:
            shifts.append(Shift(backend=row, before=before.evaluate(values), after=after.evaluate(values)))
    return Shifts(known=tuple(shifts), unknown=tuple(unknown))


def _needed(row: Backend) -> Cond:
    return parse_condition(row.requires) if row.requires else TRUE


def _options_of(row: Backend, options: frozenset[str]) -> dict[str, bool]:
    """Return those of the options without which no kernel knows the backend."""
    needed = _needed(row)
    return {name: True for name in options if needed.evaluate({name: False}) is Ternary.NO}
