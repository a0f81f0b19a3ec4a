"""The tests that decide whether a call is reached, as conditions."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from reviewbot.cfacts.analysis import Judged
from reviewbot.cfacts.assigned import by_options
from reviewbot.cfacts.conditions import Conditions, parse_c_condition
from reviewbot.cfacts.dataflow import cases_of, guards_of
from reviewbot.cfacts.flags import by_flags
from reviewbot.cfacts.lexer import Lines, squash_c
from reviewbot.cfacts.types import Guard
from reviewbot.logic import FALSE, And, Cond, Not, Or, Var

__all__ = ["guards_of_call"]

_MOST_CASES = 12  # of one switch: what comes behind more of them is not told by them


def guards_of_call(data: bytes, conditions: Conditions, shown: Judged, judged: list[Judged]) -> tuple[Guard, ...]:
    """Return the guards of a call; one that other `#if` arms of the function do not have holds only in its own."""
    guards = _guards(data, shown, conditions.lines)
    others = [(other.variant.condition, _guards(data, other, conditions.lines)) for other in judged
              if other is not shown]
    if not others:
        return guards
    told = []
    for guard in guards:
        without = [condition for condition, those in others if guard not in those]
        nest = conditions.at_line(guard.line)
        if any(And(nest, condition) != FALSE for condition in without):
            nest = shown.variant.condition
        flags = None if guard.flags is None else Or(Not(nest), guard.flags)
        told.append(replace(guard, condition=Or(Not(nest), guard.condition), flags=flags) if without else guard)
    return tuple(told)


def _squashed(text: str) -> str:
    return squash_c(text.encode("latin-1"))


def _guards(data: bytes, judged: Judged, lines: Lines) -> tuple[Guard, ...]:
    """Return the guards of a call; one that follows from another is left out."""
    found: list[Guard] = []
    for decision, holds in guards_of(judged.variant.graph, judged.place[0]):
        written = parse_c_condition(data[decision.expr.start:decision.expr.end])
        told = by_flags(judged.variant.graph, data, written, decision.at)
        condition, named = (by_options(judged.variant.graph, data, one) for one in (told, written))
        flags = None if told == written else named if holds else Not(named)
        found.append(_guard(lines.line(decision.expr.start), condition if holds else Not(condition), (), flags))
    for switch, labels in cases_of(judged.variant.graph, judged.place[0], most=_MOST_CASES):
        cases = tuple(dict.fromkeys(_squashed(label) for label, _ in switch.cases if label != "default"))
        if len(cases) <= _MOST_CASES:
            value = squash_c(data[switch.expr.start:switch.expr.end])
            asked = {case: Var(f"({value} == {case})") for case in cases}
            led = Or(*(asked[case] for case in cases if case in {_squashed(one) for one in labels}))
            if "default" in labels:
                led = Or(led, And(*(Not(one) for one in asked.values())))
            found.append(_guard(lines.line(switch.expr.start), led, cases))
    found.sort(key=lambda guard: guard.line)
    parts = {part for guard in found if guard.condition.op == "and" for part in guard.condition.parts}
    kept: dict[Cond, Guard] = {}
    for guard in found:
        if guard.condition not in parts:
            kept.setdefault(guard.condition, guard)
    return tuple(kept.values())


@lru_cache(maxsize=1 << 12)
def _guard(line: int, condition: Cond, cases: tuple[str, ...], flags: Cond | None = None) -> Guard:
    """Return the guard; the calls behind it, and the moments of the file, share one."""
    return Guard(line=line, condition=condition, cases=cases, flags=flags)
