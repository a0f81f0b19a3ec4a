"""What stands below the kernel, and what its code is told about that: SEV-SNP, TDX, a Realm, a hash MMU ..."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from reviewbot.arch.types import Anchor, KernelVersion, VersionRange
from reviewbot.errors import BudgetError
from reviewbot.logic import Cond, Ternary, difference
from reviewbot.values import dataclass

__all__ = ["Answer", "Backend", "Backends", "Caller", "Conversion", "Shift", "compare_gates"]

_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
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
        idle = {name for entry in self.conversions if entry.idle for name in entry.backends}
        here = {row.name for row in self.rows}
        return tuple(one for one in self.callers if here & set(one.backends) and here & set(one.backends) <= idle)

    def answer(self, asked: str) -> Answer | None:
        """Return what is known of a question, `cc_platform_has(CC_ATTR_MEM_ENCRYPT)` or any call of C."""
        plain = "".join(asked.split())
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


def compare_gates(known: Backends, before: Cond, after: Cond) -> tuple[Shift, ...] | None:
    """Return where a condition that changed is another one, () if on no backend; None: not every backend can be told.

    `known` is of one release. What both conditions ask stays open; of what only one of them asks each backend must have
    an answer.
    """
    new = before.variables() ^ after.variables()
    asked = before.variables() | after.variables()
    if not new or not known.rows or any(known.answer(atom) is None for atom in new):
        return None
    shifts = []
    for row in known.rows:
        values = known.values(row.name, asked)
        if not new <= values.keys():
            return None
        try:
            other = _differ(before, after, values)
        except BudgetError:
            return None
        if other:
            shifts.append(Shift(backend=row, before=before.evaluate(values), after=after.evaluate(values)))
    return tuple(shifts)


def _differ(before: Cond, after: Cond, values: Mapping[str, bool]) -> bool:
    return difference(before.assume(values), after.assume(values)) is not None
