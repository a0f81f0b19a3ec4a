"""Tests that only one side of a pair tells: gone, or asked on the other side in a way that no condition tells."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.cfacts import CallSite, FunctionFlow
from reviewbot.checks.analysis import Analysis
from reviewbot.logic import TRUE, And, Cond, Not, Ternary
from reviewbot.patterns import regex
from reviewbot.review.matching import Item
from reviewbot.values import dataclass

__all__ = ["Proved", "proved", "successes"]

_SUCCESS = regex(r"([A-Za-z_]\w*)\(\) == 0")
_ARGUMENTS = regex(r"(?<=\w)\([^()]*\)")
_NAMED = regex(r"[A-Za-z_]\w*(?!\w)(?!\s*(?:->|\.))")
_CAPITALS = regex(r"[A-Z_][A-Z0-9_]*")
_MOST = 40  # turns of a function


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """The tests in front of the calls of a pair, and which of them were `struck`, by side: of those it is open whether
    the other side asks them as well."""

    told: tuple[Cond, Cond]
    struck: tuple[frozenset[Cond], frozenset[Cond]]


def successes(analysis: Analysis, items: tuple[Item, Item], tests: tuple[Sequence[Cond], Sequence[Cond]]
              ) -> tuple[list[Cond], list[Cond]]:
    """Return the tests for the success of an earlier call that each side makes without a guard that says so: it is
    tested inside another test, and its failure leads past the call. Only what the other side tests is looked for."""
    found: tuple[list[Cond], list[Cond]] = [], []
    for number, mine in enumerate(tests):
        other = 1 - number
        parts = {part for test in tests[other] for part in _parts(test)}
        for part in dict.fromkeys(part for test in mine for part in _parts(test)):
            asked = _SUCCESS.fullmatch(str(part)) if part not in parts else None
            if asked is not None and _needs(analysis, items[other], asked[1]) is Ternary.YES:
                found[other].append(part)
    return found


def proved(analysis: Analysis, items: tuple[Item, Item], every: tuple[Sequence[Cond], Sequence[Cond]],
           told: tuple[Cond, Cond], untold: tuple[bool, bool], both: Sequence[tuple[Cond, Cond]] = ()) -> Proved:
    """Return what can be said of the tests that are `told` of only one side.

    `every` are all tests that are known of each side; `untold` is a side that asks something which cannot be told;
    `both` are tests of a helper that both sides go through, which is told of both or of none. A test is gone only where
    all that the other side asks is told, and no turn there that leads past the call is about what it asks: an exit that
    some paths alone come by, or what a loop ends with.
    """
    sides = [list(_parts(one)) for one in told]
    struck: list[set[Cond]] = [set(), set()]
    hidden: list[list[Cond]] = []
    for number, mine in enumerate(sides):
        other = 1 - number
        for part in [part for part in mine if part not in sides[other] and part != TRUE]:
            asked = _SUCCESS.fullmatch(str(part))
            if untold[other] or part in every[other] or _bare(part) in {
                    _bare(one) for one in sides[other] if one not in mine}:
                struck[number].add(part)
            elif asked is not None:
                if _needs(analysis, items[other], asked[1]) is not Ternary.NO:
                    struck[number].add(part)
            else:
                hidden = hidden or _hidden(analysis, items, every)
                if any(not _words(part).isdisjoint(_words(turn)) for turn in hidden[other]):
                    struck[number].add(part)
    for pair in both:
        known = [part in mine and part not in gone for part, mine, gone in zip(pair, sides, struck, strict=True)]
        if known[0] is not known[1]:
            for part, mine, gone in zip(pair, sides, struck, strict=True):
                gone.update({part} & set(mine))
    said = [And(*(part for part in mine if part not in gone)) for mine, gone in zip(sides, struck, strict=True)]
    return Proved(told=(said[0], said[1]), struck=(frozenset(struck[0]), frozenset(struck[1])))


def _hidden(analysis: Analysis, items: tuple[Item, Item], every: tuple[Sequence[Cond], Sequence[Cond]]
            ) -> list[list[Cond]]:
    """Return the turns of each side that no test of it tells, without those that both sides have."""
    known = [frozenset().union(*(test.variables() for test in tests)) for tests in every]
    found = [[turn for turn in _turns(analysis, item) if not turn.variables() <= names]
             for item, names in zip(items, known, strict=True)]
    return [[turn for turn in mine if turn not in theirs and Not(turn) not in theirs]
            for mine, theirs in (found, found[::-1])]


def _parts(condition: Cond) -> tuple[Cond, ...]:
    return condition.parts if condition.op == "and" else (condition,)


def _bare(condition: Cond) -> str:
    """Return a condition without the brackets of calls: a variable that a function of its name stands for now is most
    likely asked the same, and nothing here shows it."""
    return str(condition).replace("()", "")


def _words(condition: Cond) -> frozenset[str]:
    """Return what a condition is about: its variables, members and functions, without the objects that have them."""
    return frozenset(word for atom in condition.variables() for word in _NAMED.findall(_ARGUMENTS.sub("", atom))
                     if not _CAPITALS.fullmatch(word) and word != "in")


def _innermost(analysis: Analysis, item: Item) -> tuple[FunctionFlow, CallSite] | None:
    """Return the paths around the call of the family that an item comes down to; None where that is not one call."""
    if len(item.leaves) != 1:
        return None
    leaf = item.leaves[0]
    inner = leaf.named_call
    return analysis.reading.follow(item.place.side.tree, leaf.file if inner else item.place.path, inner or item.call)


def _turns(analysis: Analysis, item: Item) -> tuple[Cond, ...]:
    """Return the turns in front of a call, in its function and in the helper that makes the family's call."""
    followed = [analysis.reading.follow(item.place.side.tree, item.place.path, item.call)]
    if item.leaves and item.leaves[0].call is not None:
        followed.append(_innermost(analysis, item))
    return tuple(turn for one in followed if one is not None for turn in one[0].turns(one[1])[:_MOST])


def _needs(analysis: Analysis, item: Item, callee: str) -> Ternary:
    """Return whether the family's call is only made where this function, called before in the same helper, has
    succeeded: NO where that is not called there, or a way leads on from its failure."""
    followed = _innermost(analysis, item)
    if followed is None:
        return Ternary.UNKNOWN
    flow, site = followed
    earlier = [one for one in flow.calls(callee) if one != site]
    answers = {flow.runs_after(site, one, "failure") for one in earlier}
    if not earlier or Ternary.YES in answers:
        return Ternary.NO
    asked = {guard.condition for guard in flow.guards(site)}
    sure = all(guard.condition in asked for one in earlier for guard in flow.guards(one))
    return Ternary.YES if answers == {Ternary.NO} and sure else Ternary.UNKNOWN
