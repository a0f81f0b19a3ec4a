"""Functions that return results of more than one kind: the family's, and those of other calls."""

from __future__ import annotations

from reviewbot.cfacts.analysis import analyse
from reviewbot.cfacts.conditions import read_conditions
from reviewbot.cfacts.functions import Source, find_pieces
from reviewbot.cfacts.lexer import Lines
from reviewbot.cfacts.outcome import Flow
from reviewbot.cfacts.types import FileFacts
from reviewbot.cfacts.vocabulary import TRANSPARENT
from reviewbot.errors import BudgetError

__all__ = ["mixed_functions"]

_MOST_CALLS = 400


def mixed_functions(path: str, data: bytes, facts: FileFacts, *, names: frozenset[str]) -> tuple[str, ...]:
    """Return the functions that hand on results of `names`, and on some path also the result of another call, sorted.

    From such a function on, an error is as much somebody else's. A function too large to analyse counts as mixed.
    """
    handing = {call.function for call in facts.calls if call.returns_from}
    if not handing:
        return ()
    lines = Lines(data)
    starts = [lines.start(call.span.line) + call.span.column - 1 for call in facts.calls if call.function in handing]
    conditions = read_conditions(data, lines)
    mixed = set()
    for piece in find_pieces(Source(path=path, data=data), lines, sorted(starts)):
        if piece.header.name not in handing:
            continue
        try:
            body = analyse(data, piece, conditions)
        except BudgetError:
            mixed.add(piece.header.name)
            continue
        for variant in body.variants:
            calls = sorted(variant.calls.items())
            if len(calls) > _MOST_CALLS or any(
                    _returned(variant.flow, place, names | {piece.header.name}) for _, place in calls):
                mixed.add(piece.header.name)
                break
    return tuple(sorted(mixed))


def _returned(flow: Flow, place: tuple[int, int], names: frozenset[str]) -> bool:
    """Return whether the result of another call at `place` is returned on some path."""
    op = flow.graph.blocks[place[0]].ops[place[1]]
    if op.name in names or op.name in TRANSPARENT or not op.name:
        return False
    events, _ = flow.follow(place, frozenset({op.value}))
    return any(event.kind == "return" for event in events)
