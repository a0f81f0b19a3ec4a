"""The locks that paths of one function hold at its calls."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.graph import ENTRY, Graph, Op
from reviewbot.cfacts.outcome import Place
from reviewbot.cfacts.routes import Wording
from reviewbot.cfacts.vocabulary import LOCKS
from reviewbot.cfacts.worklist import spread

__all__ = ["locks_held"]


def locks_held(graph: Graph, wording: Wording) -> dict[Place, frozenset[str]]:
    """Return the locks at each call of the graph that some path to it holds; those without any are left out.

    A lock is told as it is taken: `spin_lock(&lock)`.
    """
    found: dict[Place, frozenset[str]] = {}

    def onward(block: int, held: frozenset[str]) -> Iterator[tuple[int, frozenset[str]]]:
        for number, op in enumerate(graph.blocks[block].ops):
            if op.kind == "call" and held:
                found[block, number] = found.get((block, number), frozenset()) | held
            held = _locked(op, held, wording)
        return ((following, held) for following in graph.blocks[block].follows)

    start: dict[int, frozenset[str]] = {ENTRY: frozenset()}
    spread(start, onward, frozenset.union)
    return found


def _locked(op: Op, held: frozenset[str], wording: Wording) -> frozenset[str]:
    if op.kind == "clean":
        return frozenset(text for text in held if not text.startswith(("guard(", "scoped_guard(")))
    if op.kind != "call":
        return held
    arguments = wording.arguments(op)
    first = arguments[0] if arguments else ""
    if op.name == "scoped_guard" or op.name.startswith("guard"):
        return held | {wording.text(op).rstrip(";{ ")}
    for take, give in LOCKS:
        if op.name == take:
            return held | {f"{take}({first})"}
        if op.name == give:
            held -= {f"{other}({first})" for other, end in LOCKS if end == give}
    return held
