"""A function's control-flow graph as text that a person can check, for tests and for looking."""

from __future__ import annotations

from reviewbot.cfacts.analysis import analyse
from reviewbot.cfacts.conditions import read_conditions
from reviewbot.cfacts.dataflow import reachable
from reviewbot.cfacts.graph import ENTRY, EXIT, STOP, Graph, Op
from reviewbot.cfacts.lexer import squash_c
from reviewbot.cfacts.split import split_file
from reviewbot.logic import TRUE

__all__ = ["draw_cfg"]


def draw_cfg(data: bytes, name: str = "") -> str:
    """Return the graph of the function `name` (the first of the file when empty), one block after the other.

    Blocks that nothing reaches and empty blocks with one way on are left out. `%1` is a call's result; `-> 3` an
    edge, with its label in brackets. A function with `#if` arms has one graph for each variant.
    """
    conditions = read_conditions(data)
    for piece in split_file(data).pieces:
        if not name or piece.header.name == name:
            drawn = []
            for variant in analyse(data, piece, conditions).variants:
                head = f"#if {variant.condition}\n" if variant.condition != TRUE else ""
                drawn.append(head + _draw(data, variant.graph))
            return "".join(drawn)
    return ""


def _draw(data: bytes, graph: Graph) -> str:
    lead = _shortcuts(graph)
    shown = sorted(block for block in reachable(graph, [ENTRY]) if lead[block] == block)
    order = [block for block in shown if block not in {EXIT, STOP}]
    names = {block: str(number) for number, block in enumerate(order)} | {EXIT: "exit", STOP: "stop"}
    lines = []
    for block in order:
        lines.append(f"{names[block]}:")
        lines += [f"    {_draw_op(data, op)}" for op in graph.blocks[block].ops]
        ways = []
        for following, label in zip(graph.blocks[block].follows, graph.blocks[block].labels, strict=True):
            target = names[lead[following]]
            ways.append(f"{target} ({label})" if label in {"true", "false"} or label.startswith(("case", "default"))
                        else target)
        lines.append(f"    -> {', '.join(dict.fromkeys(ways))}")
    return "\n".join(lines) + "\n"


def _shortcuts(graph: Graph) -> list[int]:
    """Return for each block the block that is drawn for it: empty blocks stand for the one that they lead to."""
    lead = list(range(len(graph.blocks)))
    for start in range(len(graph.blocks)):
        block, seen = start, {start}
        while block > STOP and not graph.blocks[block].ops and len(graph.blocks[block].follows) == 1:
            block = graph.blocks[block].follows[0]
            if block in seen:
                break
            seen.add(block)
        lead[start] = block
    return lead


def _draw_op(data: bytes, op: Op) -> str:
    reads = ", ".join(sorted(op.reads)) or "constant"
    match op.kind:
        case "call":
            parts = op.expr.parts[1:] if op.expr is not None and op.expr.kind == "call" else ()
            inner = ", ".join(squash_c(data[part.start:part.end]) for part in parts)
            return f"{op.value} = {op.name}({inner})"
        case "assign":
            return f"{op.name} = {reads}"
        case "store":
            return f"store {op.name} = {reads}"
        case "return":
            return f"return {reads}" if op.expr is not None else "return"
        case "test" | "choose":
            return f"{op.name or op.kind} {squash_c(data[op.expr.start:op.expr.end]) if op.expr is not None else ''}"
        case "void":
            return f"void {reads}"
        case "clean":
            return f"clean-up {op.name}"
        case "cut":
            return "unknown"
