"""The words for a call before and after a patch: under which condition it is made, behind which label, with what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from reviewbot.errors import BudgetError
from reviewbot.findings.types import Effect
from reviewbot.logic import FALSE, TRUE, And, Cond, equivalent, without
from reviewbot.review.conditions import Tests
from reviewbot.review.grounds import on_one_history, without_history
from reviewbot.values import dataclass

__all__ = ["Compared", "in_running"]

_LONGEST = 160
_LONGEST_ALONE = 240
_IN_PART = ", may leave part of the range changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How the two sides of a pair compare: the `tests` in front, `with_before` and `with_after` the arguments where
    these are other constants, and the `doubt` for which what looks alike is not proved to be the same. `pages` says for
    how many pages the call is made, where that is another number than it was.

    `labels` are those that a call of each side is reached by alone, `in_front` all tests of each side but those that
    ask for the result of the call before, `inside` those of them that helpers make, `directives` what only `#if` lines
    ask. `untold`: the tests are those of a tree of another time."""

    tests: Tests
    in_front: tuple[Cond, Cond] = (TRUE, TRUE)
    inside: tuple[Cond, Cond] = (TRUE, TRUE)
    labels: tuple[str, str] = ("", "")
    directives: frozenset[str] = frozenset()
    with_before: str = ""
    with_after: str = ""
    doubt: str = ""
    pages: str = ""
    untold: bool = False

    def worded(self, before: Effect, after: Effect, *, answered: Sequence[Callable[[Cond], Cond]]
               ) -> tuple[Effect, Effect]:
        """Return the effects with what the comparison shows put into their words.

        `answered` puts into a condition of each side what the configuration decides of it.
        """
        before, after = self._alike(before, replace(after, pages=self.pages))

        def running(tests: Cond) -> Cond:
            return in_running(tests, self.directives)

        def left(answer: Callable[[Cond], Cond], tests: Cond) -> Cond:
            # Of helpers between which the configuration chooses, the row's own one asks what is told.
            whole = running(answer(tests))
            return answer(running(tests)) if whole == FALSE else whole

        if any(self.labels):
            # The tests that a way of failure has passed are not why it is taken.
            inner = [left(answer, tests) for answer, tests in zip(answered, self.inside, strict=True)]
            return tuple(_behind(effect, label, tests, given)  # type: ignore[return-value]
                         for effect, label, tests, given in zip((before, after), self.labels, inner, (
                             self.with_before, self.with_after), strict=True))
        full = [left(answer, tests) for answer, tests in zip(answered, self.in_front, strict=True)]
        if self.untold:
            return tuple(  # type: ignore[return-value]
                replace(effect if And(effect.only or TRUE, whole) == TRUE else _sometimes(effect, ""), only=None)
                for effect, whole in zip((before, after), full, strict=True))
        if "absent" in {before.resolves_to, after.resolves_to}:
            return tuple(_alone(effect, whole)  # type: ignore[return-value]
                         for effect, whole in zip((before, after), full, strict=True))
        if before.only is None or after.only is None:
            return _said(before, before.only, ""), _said(after, after.only, "")
        common = _common(before.only, after.only)
        if self.tests.names:
            return self._inown_names(before, after, full)
        if self.tests.how != "other":
            return self._as_same(before, after, full)
        old = And(common, left(answered[0], self.tests.before))
        new = And(common, left(answered[1], self.tests.after))
        reach = [_reaches(effect, only) for effect, only in ((before, old), (after, new))]
        if max(len(str(tests)) for tests in full) <= _LONGEST and (full[0] != full[1] or old == new):
            old, new = full
        told = _said(before, old, self.with_before), _said(after, new, self.with_after)
        if reach[0] is not None and reach[1] is not None and _alike(reach[0], reach[1]):
            # What the call asks no more, or asks now, its function asks by itself.
            was, now = ("" if cond == TRUE else _only_when(cond) for cond in (old, new))
            number, pair = (0, (was, now)) if was else (1, (now, was))
            alike = replace(told[number], reworded=(*told[number].reworded, pair))
            return (alike, told[1]) if number == 0 else (told[0], alike)
        return told

    def _as_same(self, before: Effect, after: Effect, full: Sequence[Cond]) -> tuple[Effect, Effect]:
        """Return the effects with their condition in the words of both sides: that there is one is told also where it
        is too long, or where what the two come to was not decided. As a value (`only`) it is what options and helpers
        ask, with the tests of the function itself where there is any of that."""
        same = self.tests.how == "same"
        short = same and len(str(full[1])) <= _LONGEST
        only = And(after.only or TRUE, full[1]) if short and after.only != TRUE else TRUE
        whole = [And(effect.only or TRUE, tests) for effect, tests in zip((before, after), full, strict=True)]
        own = TRUE not in (whole if same else (*whole, *full)) and len(str(whole[0])) <= _LONGEST
        told = []
        for effect, given, mine in ((before, self.with_before, whole[0 if own else 1]),
                                    (after, self.with_after, whole[1])):
            if (same or own) and len(str(whole[1])) <= _LONGEST:
                words = _said(effect, mine, given)
                if mine != whole[1] and words.is_work:  # no difference that is proved, in the words of its side
                    words = replace(words, reworded=(*words.reworded, (_only_when(mine), _only_when(whole[1]))))
            else:
                words = _said(effect, TRUE, given) if TRUE in whole else _sometimes(effect, given)
            told.append(replace(words, only=only))
        return told[0], told[1]

    def _inown_names(self, before: Effect, after: Effect, full: Sequence[Cond]) -> tuple[Effect, Effect]:
        """Return the effects with the same tests as each side names them; without tests where that cannot be done."""
        before = replace(before, renamed=self.tests.names)
        if max(len(str(tests)) for tests in full) <= _LONGEST:
            told = [_said(effect, And(effect.only or TRUE, tests), given) for effect, tests, given in zip(
                (before, after), full, (self.with_before, self.with_after), strict=True)]
            if told[0].differs(told[1]) == before.differs(after):
                return told[0], told[1]
        return _said(before, TRUE, self.with_before), _said(after, TRUE, self.with_after)

    def _alike(self, before: Effect, after: Effect) -> tuple[Effect, Effect]:
        """Return the effects without a difference that comes only of what lies behind the call on one side."""
        if before.symbol != after.symbol:
            return on_one_history(before, after)
        if (before.value, before.does, before.errnos) == (after.value, after.does, after.errnos):
            return before, after
        if self.doubt:
            if before.does.replace(_IN_PART, "") == after.does.replace(_IN_PART, ""):
                after = replace(after, does=before.does)  # for how many pages it is made is not known of both
            return _of_one_history(before, after)
        if before.differs(after) and not (before.anywhere or before).differs(after.anywhere or after):
            return without_history(before, after)
        return before, after


def _of_one_history(before: Effect, after: Effect) -> tuple[Effect, Effect]:
    """Return two effects that are not proved to be the same without what only lies behind the call on one side: the
    findings speak of the call as it is after the patch, and so does the row then."""
    if (before.anywhere or before).differs(after.anywhere or after):
        return before.anywhere or before, after.anywhere or after
    words = after.does
    for was, now in before.reworded:
        words = words.replace(now, was)
    return replace(after, resolves_to=before.resolves_to, via=before.via, only=before.only, given=before.given,
                   does=words, reworded=before.reworded), after


def _behind(effect: Effect, label: str, inner: Cond, given: str) -> Effect:
    """Return the effect with the label that leads to its call, and what helpers test then; the other conditions of its
    call are not told."""
    if not effect.is_work:
        return effect
    name, blank, rest = effect.does.partition(" ")
    said = ""
    if label:
        also = f" and only when {inner}" if inner != TRUE and len(str(inner)) <= _LONGEST else ""
        said = f"is called only behind the label '{label}'{also}, "
    said += f"is called with {given}, " if given else ""
    return replace(effect, does=f"{name}{blank}{said}{rest}")


def _only_when(condition: Cond | None) -> str:
    return f"is called only when {condition}, "


def _said(effect: Effect, only: Cond | None, given: str) -> Effect:
    """Return the effect with the condition of its call and its arguments said behind its name; of what does nothing
    neither is told."""
    if not effect.is_work:
        return replace(effect, only=only)
    name, blank, rest = effect.does.partition(" ")
    said = _only_when(only) if only not in {None, TRUE} else ""
    said += f"is called with {given}, " if given else ""
    return replace(effect, does=f"{name}{blank}{said}{rest}", only=only) if said else replace(effect, only=only)


def _alone(effect: Effect, whole: Cond) -> Effect:
    """Return the effect with all tests of a call that the other side lacks; what is too long is not told in part."""
    if effect.only is None or effect.resolves_to == "absent":
        return effect
    told = And(effect.only, whole)
    if len(str(told)) <= _LONGEST_ALONE:
        return _said(effect, told, "")
    return replace(_sometimes(effect, ""), only=told)


def _sometimes(effect: Effect, given: str) -> Effect:
    """Return the effect as one of a call that has a condition, which is not told."""
    if not effect.is_work:
        return effect
    name, blank, rest = effect.does.partition(" ")
    said = f"is called with {given}, " if given else ""
    return replace(effect, does=f"{name}{blank}is called only in some cases, {said}{rest}")


def _reaches(effect: Effect, only: Cond) -> Cond | None:
    """Return when a call does its work: where it is made, and its function does anything. None where the function does
    something else instead, or that is not known."""
    if effect.acts is None or not effect.is_work or (effect.acts != TRUE and "does nothing when " not in effect.does):
        return None
    return And(only, effect.acts)


def _alike(one: Cond, other: Cond) -> bool:
    try:
        return equivalent(one, other)
    except BudgetError:
        return False


def _common(one: Cond, other: Cond) -> Cond:
    mine, theirs = (set(cond.parts) if cond.op == "and" else {cond} for cond in (one, other))
    return And(*(mine & theirs))


def in_running(condition: Cond, directives: frozenset[str] = frozenset()) -> Cond:
    """Return what a mixed condition says about run time: every CONFIG symbol is taken as what the row says already.

    So are what `#if` lines ask, `directives` and whether a macro is defined: no call tests these.
    """
    return without(condition, lambda name: name.startswith(("CONFIG_", "defined(")) or name in directives)
