"""What a condition that a patch puts in another's place comes to on each thing that the kernel can run on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewbot.arch import Shift, compare_gates
from reviewbot.checks.analysis import Analysis
from reviewbot.logic import Cond, Ternary
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["asks_backends", "say_shifts", "shifts_between"]

_NAME = re.compile(r"\b(\w+)\(")
_MOST_NAMED = 4


def shifts_between(analysis: Analysis, arches: Iterable[str], old: Cond, new: Cond) -> tuple[Shift, ...] | None:
    """Return on which backends of these architectures the condition is another than it was, () if on none; None where
    that is not known of each.

    The model answers for the release as it is: a question that the series itself brings or changes has no answer.
    """
    found: list[Shift] = []
    for arch in arches:
        shifts = compare_gates(analysis.model.backends_of(arch, analysis.version), old, new)
        if shifts is None:
            return None
        found += shifts
    atoms = old.variables() | new.variables()
    own = any(analysis.redefinitions_of(name) for atom in sorted(atoms) for name in _NAME.findall(atom))
    return None if own else tuple(found)


def asks_backends(analysis: Analysis, arches: Iterable[str], file: PatchedFile) -> bool:
    """Return whether lines that come and lines that go both ask what is answered for backends."""
    names = {answer.asks.partition("(")[0] for arch in arches
             for answer in analysis.model.backends_of(arch, analysis.version).answers}
    for data, numbers in ((file.before, file.removed), (file.after, file.added)):
        lines = decode(data or b"").split("\n") if names and numbers else []
        if not any(names & set(_NAME.findall(lines[number - 1])) for number in numbers if 0 < number <= len(lines)):
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
    return ", and ".join(f"{words} the backend{'s' if len(titles) > 1 else ''} {_list(titles)}"
                         for words, titles in groups.items())


def _list(titles: list[str]) -> str:
    if len(titles) > _MOST_NAMED:
        titles = [*titles[:_MOST_NAMED - 1], f"{len(titles) - _MOST_NAMED + 1} more"]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
