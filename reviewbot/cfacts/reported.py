"""Which errors of its own a function gives back where a call in it has failed."""

from __future__ import annotations

from reviewbot.cfacts.dataflow import solve
from reviewbot.cfacts.graph import ENTRY, STOP, Graph
from reviewbot.cfacts.outcome import Flow, Outcome
from reviewbot.cfacts.syntax import Expr
from reviewbot.patterns import regex

__all__ = ["errors_given"]

_ERRNO = regex(r"E[A-Z][A-Z0-9]+")
_FALSE = "false"
_OTHER = ""
_MOST_NAMES = 8
_MOST_BLOCKS = 60

_State = frozenset[tuple[str, str]]
"""What variables may hold: the name, and the error as it is written, empty for anything else."""


def errors_given(flow: Flow, outcome: Outcome, returns: str) -> tuple[str, ...]:
    """Return the errors (`-EIO`, `NULL`, `false`), sorted, that a function of the C type `returns` gives its caller
    where the call has failed; () where some path from there returns anything else.

    `false` counts only where the function also returns something else.
    """
    graph, kind = flow.graph, "*" if "*" in returns else (returns.split() or ["void"])[-1]
    if kind == "void" or outcome.use != "handled":
        return ()
    for event in outcome.events:
        block = event.place[0]
        follows = graph.blocks[block].follows
        failing = flow.failing(block, event.op, outcome.held) if event.kind == "test" else follows
        if len(failing) == len(follows):
            continue
        given = _given(graph, block, failing, kind)
        if given and (_FALSE not in given or _gives_more(graph)):
            return tuple(sorted(given))
    return ()


def _given(graph: Graph, block: int, failing: list[int], kind: str) -> set[str]:
    """Return what every path from a failure returns, nothing where one of them returns no error or it is far off."""
    near = _near(graph, failing)
    before = _held(graph, kind)
    if block in near or not near or block not in before:  # it is tried again, or the way back is long
        return set()
    states = solve({node: graph.blocks[node].follows for node in near},
                   dict.fromkeys(failing, _after(graph, block, before[block], kind)),
                   transfer=lambda node, state: _after(graph, node, state, kind), join=frozenset.union)
    given: set[str] = set()
    for node in near:
        for number, op in enumerate(graph.blocks[node].ops if node != STOP else ()):
            if op.kind == "return":
                given |= _told(op.expr, _after(graph, node, states[node], kind, number), kind)
    return set() if _OTHER in given else given


def _held(graph: Graph, kind: str) -> dict[int, _State]:
    """Return what the variables that the function returns may hold at the start of each block."""
    known = graph.returned.get(kind)
    if known is None:
        names = {op.expr.name for one in graph.blocks for op in one.ops
                 if op.kind == "return" and op.expr is not None and op.expr.kind == "name"}
        start = frozenset((name, _OTHER) for name in names)
        known = {}
        if len(names) <= _MOST_NAMES:
            known = solve([one.follows for one in graph.blocks], {ENTRY: start}, join=frozenset.union,
                          transfer=lambda node, state: _after(graph, node, state, kind))
        graph.returned[kind] = known
    return known


def _near(graph: Graph, starts: list[int]) -> tuple[int, ...]:
    """Return the blocks that the starts reach, nothing where they are many."""
    found = list(dict.fromkeys(starts))
    for block in found:
        found += [one for one in dict.fromkeys(graph.blocks[block].follows) if one not in found]
        if len(found) > _MOST_BLOCKS:
            return ()
    return tuple(found)


def _after(graph: Graph, node: int, state: _State, kind: str, end: int | None = None) -> _State:
    names = {name for name, _ in state}
    for op in graph.blocks[node].ops[:end]:
        if op.kind == "assign" and op.name in names:
            said = frozenset({_OTHER}) if op.keeps else _told(op.expr, state, kind)
            state = frozenset(held for held in state if held[0] != op.name) | {(op.name, text) for text in said}
    return state


def _told(expr: Expr | None, state: _State, kind: str) -> frozenset[str]:
    """Return the errors that an expression may be, with an empty text where it may be anything else."""
    while expr is not None and expr.kind == "cast" and expr.parts:
        expr = expr.parts[-1]
    if expr is None:
        return frozenset({_OTHER})
    inner = expr.parts[-1] if expr.kind == "unary" and expr.name == "-" and expr.parts else None
    if expr.kind == "call" and len(expr.parts) == 2 and expr.parts[0].name == "ERR_PTR":
        return _told(expr.parts[1], state, "int")
    if inner is not None and inner.kind == "name" and _ERRNO.fullmatch(inner.name):
        return frozenset({f"-{inner.name}"})
    if expr.kind in {"name", "literal"} and (kind, expr.name) in {("*", "NULL"), ("bool", _FALSE)}:
        return frozenset({expr.name})
    if expr.kind == "name":
        return frozenset(text for name, text in state if name == expr.name) or frozenset({_OTHER})
    return frozenset({_OTHER})


def _gives_more(graph: Graph) -> bool:
    """Return whether some path returns something else than `false`."""
    return any(op.kind == "return" and op.expr is not None and op.expr.name != _FALSE
               for block in graph.blocks for op in block.ops)
