"""A stored fact brought up to a series: what the code of the function says now and did not say before."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.arch.derive import Derived
from reviewbot.arch.types import Fact

__all__ = ["refresh", "with_hidden"]


def refresh(fact: Fact, before: Derived, after: Derived, *, hidden: frozenset[str] = frozenset()) -> Fact:
    """Return the fact with every field changed in which the code differs from the one that the fact was written about.

    Only differences between the two derivations count: what derivation cannot know is the same on both sides, and the
    fact knows it. That an error cannot come any more, that nothing flushes or sleeps, takes that all was read: what was
    not may be what does it now. `hidden` are names that neither the tree nor the series has.
    """
    unread = bool(set(after.unread) - set(before.unread)) or after.partial  # what may do the work of what is gone
    gone = set() if unread else set(before.errnos) - set(after.errnos)
    reasons = tuple(entry for entry in fact.errnos if entry[0] not in gone)
    known = {name for name, _ in reasons}
    marks = dict(after.evidence)
    new = tuple((name, marks[f"errno {name}"].text) for name in after.errnos
                if name not in set(before.errnos) | known)

    def brought_up(*, stored: bool | None, was: bool | None, now: bool | None) -> bool | None:
        return stored if was is now or (unread and not now) else now

    awake = not (after.sleeps or after.unread or after.partial)
    now = replace(
        fact, errnos=tuple(sorted(reasons + new)),
        may_fail=brought_up(stored=fact.may_fail, was=before.may_fail, now=after.may_fail),
        drops=_changed(fact.drops, before.drops, after.drops),
        noop_when=_changed(fact.noop_when, before.noop_when, after.noop_when),
        flushes=brought_up(stored=fact.flushes, was=before.flushes, now=after.flushes),
        sleeps=fact.sleeps if before.sleeps is after.sleeps or not (after.sleeps or awake) else after.sleeps)
    if now.flushes and before.flushes_plainly and after.flushes and not after.flushes_plainly:
        now = replace(now, flushes_sometimes=True)
    return with_hidden(now, hidden.intersection(after.unread).difference(before.unread))


def with_hidden(fact: Fact, hidden: frozenset[str]) -> Fact:
    """Return the fact of a function that calls these unknown ones for its work: what it never did they may do."""
    if not hidden or (fact.splits == "yes" and fact.flushes and fact.sleeps):
        return fact
    return replace(
        fact, hidden=tuple(sorted(hidden)), assumed=True, splits="yes" if fact.splits == "yes" else "unknown",
        flushes=fact.flushes or None, sleeps=fact.sleeps or None)


def _changed(stored: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stored texts without those that name what is gone, and with what is new."""
    gone = [text for text in before if text not in after]
    kept = tuple(text for text in stored if not any(text == old or old in text for old in gone))
    return kept + tuple(text for text in after if text not in before and text not in kept)
