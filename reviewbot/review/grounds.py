"""What two effects rest on: a release's facts know more than code that was read, and more known is no difference."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.arch import Fact
from reviewbot.checks.definitions import UNTOLD
from reviewbot.checks.lists import own_list
from reviewbot.findings.types import Effect
from reviewbot.logic import TRUE, Cond
from reviewbot.patterns import regex
from reviewbot.review.phrases import clauses

__all__ = ["BEHIND_OTHERS", "half_known", "on_one_fate", "on_one_ground", "on_one_history", "proved_errnos",
           "without_history"]

BEHIND_OTHERS = "what is called on the same memory before"
"""How the doubt begins about a call behind ones that are not what they were: the call that is meant follows."""

_BY_ADDRESS = regex(r"does nothing when \w+ [<>]=? [A-Za-z_]\w*(?: \|\||$)")
"""How a clause begins that is told of code alone."""
_WORD = regex(r"[A-Za-z_]\w*")
_KNOWN_OF_FACTS = ("split", "flush", "sleep", "part of the range", "may perhaps fail", UNTOLD)
"""Words of the clauses that one source may have where the other has nothing to say."""

_OF_SPLITS = ("split", "part of the range")
"""Words of the clauses that are known of code only by the workers that it calls."""

_OF_HISTORY = ("split", "sleep", "part of the range")
"""Words of the clauses that depend on what lies behind a call."""


def proved_errnos(fact: Fact, *, may_fail: bool = True, called: Cond = TRUE) -> tuple[str, ...]:
    """Return the errors of which it is known that they can come, sorted; () where that is known of none or not of all.

    `called` is when the call is made: one that asks for the platform meets only the refusals of that one.
    """
    refused = any("refused" in causes for _, causes in fact.causes)
    words = {word for atom in called.variables() for word in _WORD.findall(atom)} if refused else set()
    if not may_fail or fact.assumed or not words.isdisjoint(own_list("platforms")):
        return ()
    return tuple(sorted(fact.possible_errnos()))


def on_one_ground(before: Effect, after: Effect) -> tuple[Effect, Effect]:
    """Return the effects with nothing in them that only one's source could tell, a release's facts or code.

    Errors of two sources are not compared: neither list is told then.
    """
    if before.read_from == "code" == after.read_from and "unknown" in {before.splits, after.splits}:
        return _untold(before), _untold(after)
    if not before.read_from or not after.read_from or before.read_from == after.read_from:
        return before, after
    return _without(before, after), _without(after, before)


def _untold(effect: Effect) -> Effect:
    """Return the effect without what is told of its splits, which the code of the other side leaves open."""
    name, _, _ = effect.does.partition(" ")
    kept = [part for part in clauses(effect) if not any(word in part for word in _OF_SPLITS)]
    return replace(effect, does=f"{name} {', '.join(kept) or UNTOLD}", splits="unknown")


def without_history(before: Effect, after: Effect) -> tuple[Effect, Effect]:
    """Return two effects that differ in what lies behind the call alone, as those of the function wherever it is
    called: whether the call meets the memory in another state is a question, no change of it."""
    known = before.known and after.known and before.may_fail == after.may_fail
    fate = after.on_failure if before.on_failure == "cannot-fail" else before.on_failure
    errnos = (before.anywhere or before).errnos
    same = set(errnos) == set((after.anywhere or after).errnos)

    def told(effect: Effect) -> Effect:
        return replace(effect, does=(effect.anywhere or effect).does, known=known,
                       may_fail=effect.may_fail and known, on_failure=effect.on_failure if known else fate,
                       errnos=errnos if same and known and effect.may_fail else ())

    helper = f" in {after.via[-1]}()" if after.via else ""
    return told(before), replace(told(after), doubt=f"{BEHIND_OTHERS} {after.symbol}(){helper} changes")


def on_one_history(before: Effect, after: Effect) -> tuple[Effect, Effect]:
    """Return two effects of different functions without what only one of them shows by what lies behind it: whether the
    other one meets the memory in the same state is not known."""
    if not (before.is_work and after.is_work) or (before.anywhere is None) == (after.anywhere is None):
        return before, after

    def told(effect: Effect) -> Effect:
        name, _, _ = effect.does.partition(" ")
        kept = [part for part in clauses(effect) if not any(word in part for word in _OF_HISTORY)]
        less = replace(effect, does=f"{name} {', '.join(kept) or UNTOLD}")
        return less if effect.anywhere is not None else replace(less, known=False, may_fail=False, errnos=())

    return told(before), told(after)


def on_one_fate(before: Effect, after: Effect) -> tuple[Effect, Effect]:
    """Return two effects whose failure is dropped by callers alike without a difference that their helper does not
    make: what it does with the memory of a failed call is told where that is another thing than before."""
    if before.after_failure != after.after_failure and before.after_failure and after.after_failure:
        if before.on_failure != after.on_failure:
            return before, after
    elif before.after_failure and after.after_failure and before.on_failure != after.on_failure:
        before = replace(before, on_failure=after.on_failure, fate_in=after.fate_in)
    return replace(before, after_failure=""), replace(after, after_failure="")


def half_known(before: Effect, after: Effect) -> str:
    """Return the doubt about two effects of which only one is known to fail or not; empty where there is none."""
    one_sided = before.known != after.known and before.is_work and after.is_work
    return "whether it can fail is known of one side alone" if one_sided else ""


def _without(effect: Effect, other: Effect) -> Effect:
    name, _, _ = effect.does.partition(" ")
    theirs = clauses(other)
    kept = [part for part in clauses(effect) if not (_BY_ADDRESS.match(part) or any(
        word in part for word in _KNOWN_OF_FACTS)) or any(_topic(part) == _topic(one) for one in theirs)]
    anywhere = effect.anywhere and _without(effect.anywhere, other)
    return replace(effect, does=f"{name} {', '.join(kept) or UNTOLD}", anywhere=anywhere,
                   errnos=effect.errnos if set(effect.errnos) == set(other.errnos) else ())


def _topic(part: str) -> str:
    return next((word for word in _KNOWN_OF_FACTS if word in part), part)
