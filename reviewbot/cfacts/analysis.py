"""The graphs of one function, one for each variant of its `#if` arms, and the results of calls in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from reviewbot.budget import LIMITS
from reviewbot.cfacts.building import build_graph
from reviewbot.cfacts.conditions import Conditions
from reviewbot.cfacts.graph import Graph, Op
from reviewbot.cfacts.headers import parameter_name
from reviewbot.cfacts.outcome import Flow, Outcome, Place
from reviewbot.cfacts.prepare import prepare_body, variants
from reviewbot.cfacts.split import Piece
from reviewbot.cfacts.syntax import parse_function
from reviewbot.cfacts.types import Use
from reviewbot.errors import BudgetError
from reviewbot.logic import Cond

__all__ = ["Body", "Judged", "Variant", "analyse", "worst"]

_GRAVITY: tuple[Use, ...] = ("discarded", "unread", "void-cast", "overwritten", "warn-only", "handled", "returned")


@dataclass(slots=True, kw_only=True)
class Variant:
    """One choice of `#if` arms: its condition, its graph, and the file offsets that the grammar could not read."""

    condition: Cond
    graph: Graph
    flow: Flow
    errors: tuple[tuple[int, int], ...]
    calls: dict[int, Place]
    """File offset of a callee's name -> where its operation is."""


@dataclass(slots=True, kw_only=True)
class Body:
    """All variants of one function; `cut` when there were more than are analysed."""

    variants: list[Variant]
    cut: bool


@dataclass(slots=True, kw_only=True)
class Judged:
    """The outcome of one call in one variant."""

    variant: Variant
    place: Place
    outcome: Outcome

    @property
    def op(self) -> Op:
        """Return the call's operation."""
        return self.variant.graph.blocks[self.place[0]].ops[self.place[1]]


def analyse(data: bytes, piece: Piece, conditions: Conditions, *,
            receiver: Callable[[str, int], Use | None] | None = None) -> Body:
    """Return the graphs of a function. Raises BudgetError when the function is too large or nested too deeply."""
    if piece.end - piece.body > LIMITS.function_bytes:
        raise BudgetError(f"a function of {piece.end - piece.body} bytes")
    parameters = tuple(name for name in map(parameter_name, piece.header.parameters) if name)
    found = Body(variants=[], cut=False)
    no_return = _never_back(data)
    for left_out, condition, more in variants(conditions, piece):
        found.cut = found.cut or more
        try:
            parsed = parse_function(prepare_body(data, piece, left_out))
            graph = build_graph(parsed.body, parameters, open_ended=piece.head_cut, no_return=no_return)
        except RecursionError as error:
            raise BudgetError("a function nested too deeply") from error
        found.variants.append(Variant(condition=condition, graph=graph, flow=Flow(graph, receiver=receiver),
                                      errors=parsed.errors, calls=_call_places(graph)))
    if len(found.variants) > 1:
        _tell_apart(found.variants)
    return found


def _tell_apart(every: list[Variant]) -> None:
    """Tell each variant what only other `#if` arms read: a flag that is set for them is not set for nothing."""
    reads = [{(op.start, name) for block in variant.graph.blocks for op in block.ops
              for name in op.reads.union(*op.arguments)} for variant in every]
    for number, variant in enumerate(every):
        here = {op.start for block in variant.graph.blocks for op in block.ops}
        variant.flow.read_elsewhere = frozenset(
            name for other, read in enumerate(reads) if other != number for start, name in read if start not in here)


_NEVER_BACK = re.compile(rb"(?:\b__noreturn\b|\b_Noreturn\b|__attribute__\s*\(\(\s*_*noreturn_*\s*\)\))"
                         rb"[\w\s*]*?\b(\w+)\s*\(|\b(\w+)\s*\([^;{}()]*\)\s*__noreturn\b")


def _never_back(data: bytes) -> frozenset[str]:
    """Return the functions that the file declares as never coming back."""
    if b"oreturn" not in data:
        return frozenset()
    return frozenset((hit[1] or hit[2]).decode("latin-1") for hit in _NEVER_BACK.finditer(data))


def _call_places(graph: Graph) -> dict[int, Place]:
    places: dict[int, Place] = {}
    for index, block in enumerate(graph.blocks):
        for number, op in enumerate(block.ops):
            if op.kind == "call" and op.expr is not None and op.expr.parts and op.name != "scoped_guard":
                places.setdefault(op.expr.parts[0].start, (index, number))
    return places


def worst(found: list[Judged]) -> Judged:
    """Return the outcome that loses most of the result; the first of equals."""
    return min(found, key=lambda judged: _GRAVITY.index(judged.outcome.use))
