"""A stored fact brought up to a series: what the code of the function says now and did not say before."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.arch.derive import Derived
from reviewbot.arch.types import Fact

__all__ = ["refresh"]


def refresh(fact: Fact, before: Derived, after: Derived) -> Fact:
    """Return the fact with every field changed in which the code differs from the one that the fact was written about.

    Only differences between the two derivations count: what derivation cannot know is the same on both sides, and the
    fact knows it. That nothing sleeps any more takes that all was read: what was not may be what sleeps, too.
    """
    gone = set(before.errnos) - set(after.errnos)
    reasons = tuple(entry for entry in fact.errnos if entry[0] not in gone)
    known = {name for name, _ in reasons}
    marks = dict(after.evidence)
    new = tuple((name, marks[f"errno {name}"].text) for name in after.errnos
                if name not in set(before.errnos) | known)
    awake = not (after.sleeps or after.unread or after.partial)
    return replace(
        fact, errnos=tuple(sorted(reasons + new)),
        may_fail=fact.may_fail if before.may_fail is after.may_fail else after.may_fail,
        drops=_changed(fact.drops, before.drops, after.drops),
        noop_when=_changed(fact.noop_when, before.noop_when, after.noop_when),
        flushes=fact.flushes if before.flushes is after.flushes else after.flushes,
        sleeps=fact.sleeps if before.sleeps is after.sleeps or not (after.sleeps or awake) else after.sleeps)


def _changed(stored: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stored texts without those that name what is gone, and with what is new."""
    gone = [text for text in before if text not in after]
    kept = tuple(text for text in stored if not any(text == old or old in text for old in gone))
    return kept + tuple(text for text in after if text not in before and text not in kept)
