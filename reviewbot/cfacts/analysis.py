"""The graphs of one function, one for each variant of its `#if` arms, and the results of calls in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import lru_cache

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
from reviewbot.patterns import regex
from reviewbot.values import dataclass

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
        drawn = _drawn(_Text(body=data[max(0, piece.body - 1):piece.end], at=piece.body, left_out=left_out,
                             cut=(piece.head_cut, piece.tail_cut), parameters=parameters, no_return=no_return,
                             data=data, piece=piece))
        found.variants.append(Variant(condition=condition, graph=drawn.graph, flow=Flow(drawn.graph, receiver=receiver),
                                      errors=drawn.errors, calls=drawn.calls))
    if len(found.variants) > 1:
        _tell_apart(found.variants)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """One variant of a function by its text and place: in another version of the file it is drawn alike."""

    body: bytes
    at: int
    left_out: tuple[tuple[int, int], ...]
    cut: tuple[bool, bool]
    parameters: tuple[str, ...]
    no_return: frozenset[str]
    data: bytes = field(compare=False, repr=False)
    piece: Piece = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What one variant of a function comes to, whichever calls of it are asked about."""

    graph: Graph
    errors: tuple[tuple[int, int], ...]
    calls: dict[int, Place]


@lru_cache(maxsize=160)
def _drawn(text: _Text) -> _Drawn:
    """Return the graph of a variant; the same function is asked about again for other calls and by other rules.

    Raises BudgetError.
    """
    try:
        parsed = parse_function(prepare_body(text.data, text.piece, text.left_out))
        graph = build_graph(parsed.body, text.parameters, open_ended=text.piece.head_cut, no_return=text.no_return)
    except RecursionError as error:
        raise BudgetError("a function nested too deeply") from error
    return _Drawn(graph=graph, errors=parsed.errors, calls=_call_places(graph))


def _tell_apart(every: list[Variant]) -> None:
    """Tell each variant what only other `#if` arms read: a flag that is set for them is not set for nothing."""
    reads = [{(op.start, name) for block in variant.graph.blocks for op in block.ops
              for name in op.reads.union(*op.arguments)} for variant in every]
    for number, variant in enumerate(every):
        here = {op.start for block in variant.graph.blocks for op in block.ops}
        variant.flow.read_elsewhere = frozenset(
            name for other, read in enumerate(reads) if other != number for start, name in read if start not in here)


_NEVER_BACK = regex(rb"(?:\b__noreturn\b|\b_Noreturn\b|__attribute__\s*\(\(\s*_*noreturn_*\s*\)\))"
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
