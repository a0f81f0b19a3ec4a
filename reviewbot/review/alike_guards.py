"""Guards that both sides of a pair make although they read otherwise: those inside a helper that does not change, and
the exits of a loop that stand for a test."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.cfacts import body_text
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.leaves import Leaf, tests_of
from reviewbot.checks.predicates import expanded
from reviewbot.logic import TRUE, Cond
from reviewbot.patterns import regex
from reviewbot.review.matching import Item

__all__ = ["guards_of_both", "loop_exits"]

_GOES_ON = regex(r"\)\s*\{?\s*(?:continue|break)\s*;$")
_ASKS = regex(r"\s*(?:\}?\s*else\s+)?if\b")


def guards_of_both(analysis: Analysis, items: tuple[Item, Item]) -> tuple[tuple[Cond, Cond], ...]:
    """Return the tests of the helpers behind both calls that are one test in the words of two callers, as pairs.

    Empty where the calls go through other helpers, or through one whose text changes. What an argument decides on one
    side alone has no fellow.
    """
    if any(len(item.leaves) != 1 for item in items):
        return ()
    one, other = items[0].leaves[0], items[1].leaves[0]
    if not one.via or one.via != other.via or len(one.guards) != len(other.guards):
        return ()
    texts = [_texts(item, leaf) for item, leaf in zip(items, (one, other), strict=True)]
    if None in texts or texts[0] != texts[1]:
        return ()
    found: list[tuple[Cond, Cond]] = []
    for before, after in zip(one.guards, other.guards, strict=True):
        old, new = (_parts(expanded(analysis, item.place.side, cond, own_arch(item.place.path), leaf.file))
                    for item, leaf, cond in zip(items, (one, other), (before, after), strict=True))
        gone, come = ([part for part in mine if part not in theirs] for mine, theirs in ((old, new), (new, old)))
        if len(gone) == len(come):
            found.extend(zip(gone, come, strict=True))
    return tuple(found)


def loop_exits(analysis: Analysis, item: Item) -> frozenset[Cond]:
    """Return the tests in front of a call that it stands behind by an exit of a loop: `if (x) continue;`."""
    place = item.place
    lines = (place.side.tree.read(place.path) or b"").decode("latin-1").splitlines()
    found: set[Cond] = set()
    for guard, test in tests_of(place.side, item.call, place.path):
        if not 0 < guard.line < item.call.span.line:
            continue
        statement = "\n".join(lines[guard.line - 1:item.call.span.line]).partition(";")[0] + ";"
        if _ASKS.match(statement) and _GOES_ON.search(statement):
            found.update(_parts(expanded(analysis, place.side, test, own_arch(place.path), place.path)))
    return frozenset(found)


def _texts(item: Item, leaf: Leaf) -> list[str] | None:
    """Return the bodies of the helpers on the way; None where one of them is not known."""
    side, found = item.place.side, []
    for name, path in zip(leaf.via, leaf.files, strict=False):
        wrapper = side.wrapper(name, path)
        if wrapper is None:
            return None
        found.append(" ".join(body_text(side.tree.read(wrapper.file), wrapper.function).split()))
    return found if len(found) == len(leaf.via) else None


def _parts(condition: Cond) -> Sequence[Cond]:
    parts = condition.parts if condition.op == "and" else (condition,)
    return [part for part in parts if part != TRUE]
