"""What a patch changes and the tree has already, where the rest of the patch is not in it."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.checks.analysis import Side
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.source import OverlayTree
from reviewbot.source.types import Tree
from reviewbot.text import decode, squash

__all__ = ["with_tree"]

_OF_CALLS = frozenset({"lost", "gained", "fate", "case", "new", "definition"})


def with_tree(reader: Reader, event: Event) -> Event:
    """Return the event, and that the tree has it already where its functions stand there as the patch leaves them.

    Of a patch that the tree has as a whole the head of the page says so.
    """
    if event.kind not in _OF_CALLS or event.patch not in reader.positions or not event.functions:
        return event
    state, start = reader.analysis.patched.states[reader.positions[event.patch]], reader.analysis.patched.start
    if state.applies == "reversed" or not isinstance(start, OverlayTree) or event.file not in start.files:
        return event
    after = reader.sides(event.patch)[1]
    there = _bodies(reader, start.base, event)
    mine = _bodies(reader, after.tree, event, after)
    known = bool(mine) and mine.keys() == {*event.functions} and all(there.get(name) == mine[name] for name in mine)
    return replace(event, gist=f"{event.gist}, which this tree has already") if known else event


def _bodies(reader: Reader, tree: Tree, event: Event, side: Side | None = None) -> dict[str, str]:
    """Return the text of each of the event's functions in its file."""
    facts = side.facts.get(event.file) if side else reader.analysis.reading.facts(
        tree, event.file, reader.analysis.workers)
    lines = decode(tree.read(event.file) or b"").splitlines()
    return {one.name: squash(" ".join(lines[one.span.line - 1:one.span.end_line]))
            for one in (facts.functions if facts else ()) if one.name in event.functions}
