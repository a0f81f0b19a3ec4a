"""What a helper is given, and what it makes of it before it calls on: names that mean the caller's, and those that do
not any more."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from reviewbot.cfacts.types import Call, Function, Guard
from reviewbot.checks.arguments import put_in
from reviewbot.checks.values import Cases
from reviewbot.logic import Cond, Var
from reviewbot.patterns import regex

__all__ = ["as_handed", "in_helper", "written_before"]

_WORD = regex(r"(?<![\w.>])[A-Za-z_]\w*")
_TURNS = regex(r"\b(?:for|while|do|\w*for_each\w*)\b|^\s*\w+:(?!:)")


def as_handed(function: Function, call: Call, guard: Guard, passed: Mapping[str, Cases], lines: Sequence[str]
              ) -> dict[str, Cases]:
    """Return what a test asks of those parameters that its function changes, but only further down: these are what the
    caller handed to it."""
    asked = {word for atom in guard.condition.variables() for word in _WORD.findall(atom)}
    names = sorted(asked & passed.keys() & set(call.changed))
    above = lines[function.body.line - 1:guard.line] if names and guard.line <= len(lines) else []
    if not above or any(map(_TURNS.search, above)):
        return {}
    return {name: passed[name] for name in names if not any(_changes(name).search(line) for line in above)}


def written_before(function: Function, call: Call, given: Mapping[str, str], lines: Sequence[str]) -> tuple[str, ...]:
    """Return the places in memory that a helper writes in front of its call, in the words of its caller."""
    places = [place for place in call.changed if not place.isidentifier()]
    above = lines[function.body.line - 1:call.span.line] if places else []
    return tuple(put_in(place, given) for place in places
                 if any(place in line and _changes(place).search(line) for line in above))


def in_helper(test: Cond, helper: str, words: Collection[str], written: Sequence[str]) -> Cond:
    """Return a test with each question about a helper's own words, or about what it has written, under its name: `count
    (in pick_one())`."""
    def named(atom: str) -> Cond | None:
        if " (in " in atom or atom.startswith("CONFIG_"):
            return None
        mine = words and not set(words).isdisjoint(_WORD.findall(atom))
        return Var(f"{atom} (in {helper}())") if mine or any(_place(place).search(atom) for place in written) else None

    return test.replace(named) if words or written else test


@lru_cache(maxsize=1024)
def _changes(name: str) -> re.Pattern[str]:
    word = rf"(?<![\w.>]){re.escape(name)}(?![\w(\[]|->|\.)"
    return re.compile(rf"{word}\s*(?:[-+|&^*/%]|<<|>>)?=(?!=)|{word}\s*(?:\+\+|--)|(?:\+\+|--|&){word}")


@lru_cache(maxsize=1024)
def _place(place: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.>]){re.escape(place)}(?!\w)")
