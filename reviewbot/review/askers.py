"""Who asks now what a call asks no more: a test that a patch moves between a function and its callers."""

from __future__ import annotations

import re

from reviewbot.checks.analysis import Analysis
from reviewbot.findings.types import Cell
from reviewbot.logic import TRUE, Cond
from reviewbot.review.conditions import Tests
from reviewbot.review.unplaced import owned
from reviewbot.text import quote_names

__all__ = ["Moved", "gone_to_callers", "say_moved"]

_WORD = re.compile(r"[A-Za-z_]\w*")

Moved = tuple[tuple[str, ...], tuple[str, ...]]
"""The callers to which a patch gives a test, and those from which it takes one."""


def gone_to_callers(analysis: Analysis, position: int, function: str, tests: Tests) -> Moved:
    """Return the callers of the function to which the patch's hunks give the test that its call loses, and those from
    which they take the one that it gets."""
    if tests.how != "other" or (_asks_nothing(tests.before) is _asks_nothing(tests.after)):
        return (), ()
    if _asks_nothing(tests.after):
        return _callers_with(analysis, position, function, tests.before, "+"), ()
    return (), _callers_with(analysis, position, function, tests.after, "-")


def say_moved(cell: Cell) -> str:
    """Return what is to be added to a change: `; post_alloc() asks that now`, empty where no test has moved."""
    both = "absent" not in {cell.before.resolves_to, cell.after.resolves_to}
    for those, word in ((cell.askers, "now"), (cell.freed, "no more")):
        if those and both:
            names = quote_names([f"{name}()" for name in those], most=3)
            return f"; {names} {'asks' if len(those) == 1 else 'ask'} that {word}"
    return ""


def _running(condition: Cond) -> set[str]:
    return {atom for atom in condition.variables() if not atom.startswith(("CONFIG_", "defined("))}


def _asks_nothing(condition: Cond) -> bool:
    return condition == TRUE or not _running(condition)


def _callers_with(analysis: Analysis, position: int, function: str, test: Cond, kind: str) -> tuple[str, ...]:
    """Return the functions of the patch's hunks that call the function and of which it adds, or removes, a line with
    all words of the test."""
    words = {word for atom in _running(test) for word in _WORD.findall(atom)}
    index = analysis.patched.states[position].index
    found: dict[str, None] = {}
    for hunk in (hunk for patch in analysis.series.patches if patch.index == index for file in patch.files
                 for hunk in file.hunks):
        if not any(f"{function}(" in line.text for line in hunk.lines):
            continue
        texts: dict[str, list[str]] = {}
        asks: set[str] = set()
        for owner, sign, text in owned(hunk):
            if owner and sign in {" ", kind}:
                texts.setdefault(owner, []).append(text)
                if sign == kind and words <= set(_WORD.findall(text)):
                    asks.add(owner)
        found.update(dict.fromkeys(owner for owner, lines in texts.items() if owner in asks and owner != function
                                   and any(re.search(rf"\b{re.escape(function)}\(", line) for line in lines)))
    return tuple(found)
