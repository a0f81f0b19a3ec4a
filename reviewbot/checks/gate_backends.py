"""What a condition that a patch puts in another's place comes to on each thing that the kernel can run on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from reviewbot.arch import Backend, Backends, Shift, Shifts, shifts_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.definitions import facts_at
from reviewbot.checks.meanings import meaning
from reviewbot.errors import BudgetError
from reviewbot.logic import And, Cond, Not, Ternary, Var, equivalent
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["asks_backends", "gates_between", "list_titles", "say_platforms", "say_shifts", "shifts_between"]

_NAME = regex(r"\b(\w+)\(")
_WORD = regex(r"\w+")
_MOST_NAMED = 4
_CONVERSIONS = frozenset({"set_memory_decrypted", "set_memory_encrypted"})


def shifts_between(analysis: Analysis, arches: Iterable[str], old: Cond, new: Cond, *, position: int | None = None,
                   callees: frozenset[str] = frozenset(), near: str = "") -> tuple[Shift, ...] | None:
    """Return on which backends of these architectures the condition is another than it was, () if on none; None where
    that is not known of each. See `gates_between`."""
    found = gates_between(analysis, arches, old, new, position=position, callees=callees, near=near)
    return None if found is None or found.unknown else found.known


def gates_between(analysis: Analysis, arches: Iterable[str], old: Cond, new: Cond, *, position: int | None = None,
                  callees: frozenset[str] = frozenset(), near: str = "") -> Shifts | None:
    """Return on which backends of these architectures the condition is another than it was, and of which that is not
    known; None where nothing is known.

    The model answers for the release as it is: a question that the series itself brings or changes is answered by what
    its body asks before and after the patch at `position`, and has no answer without one. Where only `callees` of the
    family stand behind the condition, backends on which these do nothing are left out. `near` is the file that asks.
    """
    own = {atom for atom in old.variables() | new.variables() if _is_own(analysis, atom)}
    if own and position is None:
        return None
    converts = bool(callees) and callees <= _CONVERSIONS and not any(map(analysis.redefinitions_of, callees))
    known: list[Shift] = []
    unknown: list[Backend] = []
    for arch in arches:
        if callees and position is not None and _does_nothing(analysis, position, arch, callees):
            continue
        conds = (old, new) if not own or position is None else _written_out(analysis, position, arch, (old, new), near)
        if conds is None:
            return None
        if own and equivalent(*conds):
            continue
        found = shifts_of(_met_by(analysis, arch, near), *conds, converts=converts,
                          possible=partial(_possible, analysis, position, arch))
        if found is None:
            return None
        known += found.known
        unknown += found.unknown
    return Shifts(known=tuple(known), unknown=tuple(unknown))


def _met_by(analysis: Analysis, arch: str, near: str) -> Backends:
    """Return the backends that the code of a file runs on: what is built only with some option may know few of them."""
    known = analysis.model.backends_of(arch, analysis.version)
    for caller in known.callers if near.endswith(".c") else ():
        needs = Var(f"CONFIG_{caller.needs}"), Var(f"CONFIG_{caller.needs}_MODULE")
        if caller.needs.isidentifier() and analysis.reach.never(And(*map(Not, needs)), arch, (near,)):
            known = replace(known, rows=tuple(row for row in known.rows if row.name in caller.backends))
    return known


def _is_own(analysis: Analysis, atom: str) -> bool:
    """Return whether the series itself brings or changes what an atom asks."""
    return any(analysis.redefinitions_of(name) for name in _NAME.findall(atom))


def _does_nothing(analysis: Analysis, position: int, arch: str, callees: Iterable[str]) -> bool:
    """Return whether the functions are stubs there on both sides of the patch, or do not exist."""
    facts = [facts_at(analysis, side, arch, name) for side in (analysis.before(position), analysis.after(position))
             for name in callees]
    return all(those and all(fact.status in {"stub", "undeclared"} for fact in those) for those in facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The questions that need not be written out: those that stand there, and those that the model answers, without the
    ones of the series."""

    analysis: Analysis
    arch: str
    asked: frozenset[str]

    def __contains__(self, atom: object) -> bool:
        known = self.analysis.model.backends_of(self.arch, self.analysis.version)
        return isinstance(atom, str) and not _is_own(self.analysis, atom) and (
            atom in self.asked or ("(" in atom and known.answer(atom) is not None))


def _written_out(analysis: Analysis, position: int, arch: str, sides: tuple[Cond, Cond],
                 near: str) -> tuple[Cond, Cond] | None:
    """Return the conditions with each question of the series replaced by what its body asks; None where that cannot be
    read."""
    keep = _Kept(analysis=analysis, arch=arch, asked=frozenset(atom for cond in sides for atom in cond.variables()))
    try:
        told = [meaning(config, cond, arch, near=near, keep=keep) for config, cond in zip(
            analysis.configs[position:position + 2], sides, strict=True)]
    except BudgetError:
        return None
    if told[0] is None or told[1] is None:
        return None
    # Where no body stands the model's answer is none either: it is that of the release as it was.
    left = [cond.replace(lambda atom: Var(f"{atom} of the series") if _is_own(analysis, atom) else None)
            for cond in told if cond is not None]
    here = {f"built({near})": True}  # who asks is built
    return left[0].assume(here), left[1].assume(here)


def _possible(analysis: Analysis, position: int | None, arch: str, condition: Cond) -> bool:
    """Return whether a kernel after the patch may have the options of the condition."""
    if position is None:
        return True
    try:
        return analysis.configs[position + 1].can(condition, arch) is not Ternary.NO
    except BudgetError:
        return True




def asks_backends(analysis: Analysis, arches: Iterable[str], file: PatchedFile) -> bool:
    """Return whether lines that come and lines that go both ask what is answered for backends."""
    names = {answer.asks.partition("(")[0] for arch in arches
             for answer in analysis.model.backends_of(arch, analysis.version).answers}
    for data, numbers in ((file.before, file.removed), (file.after, file.added)):
        lines = decode(data or b"").split("\n") if names and numbers else []
        if not any(names & set(_WORD.findall(lines[number - 1])) for number in numbers if 0 < number <= len(lines)):
            return False
    return True


def say_shifts(shifts: Iterable[Shift], *, acts: str = "acts", stops: str = "does nothing") -> str:
    """Return what becomes of a function under the condition: `does nothing any more on the backend SME host` ...

    `acts` and `stops` say in words that it does its work, and that it does not.
    """
    groups: dict[str, list[str]] = {}
    for shift in shifts:
        if shift.after is Ternary.NO:
            words = f"{stops} any more on" if shift.before is Ternary.YES else f"{stops} in any case on"
        elif shift.before is Ternary.NO:
            words = f"now {acts} on" if shift.after is Ternary.YES else f"now {acts}, in some cases, on"
        else:
            words = f"{acts} under another condition on"
        groups.setdefault(words, []).append(shift.backend.title)
    return ", and ".join(f"{words} the backend{'s' if len(titles) > 1 else ''} {list_titles(titles)}"
                         for words, titles in groups.items())


def say_platforms(found: Shifts) -> str:
    """Return on what a call that stands behind the condition is made now and was not, or is made no longer: `no longer
    on the platform SME host`; what is not known is said beside it. Empty where nothing is known."""
    groups: dict[str, list[str]] = {"no longer on": [], "now also on": [], "in other cases than before on": []}
    for shift in found.known:
        words = "no longer on" if shift.after is Ternary.NO else "now also on" if shift.before is Ternary.NO else \
            "in other cases than before on"
        groups[words].append(shift.backend.title)
    if found.known and found.unknown:
        groups["not known on"] = [row.title for row in found.unknown]
    return ", ".join(f"{words} the platform{'s' if len(titles) > 1 else ''} {list_titles(titles)}"
                     for words, titles in groups.items() if titles)


def list_titles(titles: list[str]) -> str:
    """Return the names of platforms in a row: of too many the first few, and how many more."""
    if len(titles) > _MOST_NAMED:
        titles = [*titles[:_MOST_NAMED - 1], f"{len(titles) - _MOST_NAMED + 1} more"]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
