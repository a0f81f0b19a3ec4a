"""What a patch changes and the tree has already, where the rest of the patch is not in it."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.cfacts import squash_c
from reviewbot.checks.analysis import Side
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.source import OverlayTree
from reviewbot.source.landing import ANOTHER_FORM
from reviewbot.source.types import Tree

__all__ = ["with_tree"]

_OF_CALLS = frozenset({"lost", "gained", "fate", "case", "new", "definition"})


def with_tree(reader: Reader, event: Event) -> Event:
    """Return the event, and that the tree has it already where its functions have the code there that the patch leaves.

    Of a patch that the tree has as it is the head of the page says so.
    """
    if event.kind not in _OF_CALLS or event.patch not in reader.positions or not event.functions:
        return event
    state, start = reader.analysis.patched.states[reader.positions[event.patch]], reader.analysis.patched.start
    as_it_is = state.applies == "reversed" and not any(ANOTHER_FORM in file.note for file in state.files)
    if as_it_is or not isinstance(start, OverlayTree) or event.file not in start.files:
        return event
    after = reader.sides(event.patch)[1]
    there = _bodies(reader, start.base, event)
    mine = _bodies(reader, after.tree, event, after)
    known = bool(mine) and mine.keys() == {*event.functions} and all(there.get(name) == mine[name] for name in mine)
    return replace(event, gist=f"{event.gist}, which this tree has already") if known else event


def _bodies(reader: Reader, tree: Tree, event: Event, side: Side | None = None) -> dict[str, str]:
    """Return the code of each of the event's functions in its file."""
    facts = side.facts.get(event.file) if side else reader.analysis.reading.facts(
        tree, event.file, reader.analysis.workers)
    lines = (tree.read(event.file) or b"").split(b"\n")
    return {one.name: squash_c(b"\n".join(lines[one.span.line - 1:one.span.end_line]))
            for one in (facts.functions if facts else ()) if one.name in event.functions}
