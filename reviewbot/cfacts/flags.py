"""What a flag stands for: `attrs & SHARED` after `if (is_shared(dev)) attrs |= SHARED` asks what that test asks."""

from __future__ import annotations

from functools import partial
from typing import Literal

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.cfacts.dataflow import dominators, reaching
from reviewbot.cfacts.graph import Graph, Op
from reviewbot.cfacts.lexer import squash_c
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["by_flags"]

_FLAG = regex(r"(?P<name>[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*)*)"
              r"|\((?P<word>[A-Za-z_]\w*) & (?P<bit>[A-Z_][A-Z0-9_]*)\)")
_STORED = regex(r"(?P<place>[\w>.-]+) (?P<sign>\|?=) (?P<value>[^=].*)")
_COMPARES = regex(r"\(.+ (?:==|<=?|>=?) .+\)")
_WORD = regex(r"(?<![\w.>])[A-Za-z_]\w*")
_BIT = regex(r"[A-Z_][A-Z0-9_]*")
_CONSTANTS = {"true": TRUE, "1": TRUE, "false": FALSE, "0": FALSE}
_Answers = Literal["anything", "tests", "nothing"]
_MOST = 8
_DEEPEST = 3
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class _Write:
    """What is put into a flag, and when: `keeps` for a bit that is set beside others."""

    when: Cond
    value: str
    keeps: bool


def by_flags(graph: Graph, data: bytes, condition: Cond, at: int, depth: int = 0) -> Cond:
    """Return a test at the end of the block `at` with each flag of the function's own replaced by what it stands for.

    A flag is a local variable, a bit of one or a member that is given an answer or constants on the way, each behind
    tests that decide alone whether it is given that. What may be another thing by now stays a name.
    """
    return condition.replace(partial(_stood_for, graph, data, at, depth)) if condition.variables() else condition


def _stood_for(graph: Graph, data: bytes, at: int, depth: int, atom: str) -> Cond | None:
    found = _FLAG.fullmatch(atom)
    name, bit = (found["name"] or found["word"], found["bit"] or "") if found else ("", "")
    if not name or depth > _DEEPEST or (name.isidentifier() and (
            name not in graph.variables or name in graph.handed_out
            or not 1 < len(graph.assigned.get(name, ())) <= _MOST)):
        return None
    if not name.isidentifier() and (name not in graph.changed or {*_WORD.findall(name)} & graph.changed):
        return None
    writes = _writes(graph, data, name, at, depth)
    if not writes or writes[0].when != TRUE or writes[0].keeps:
        return None
    answers: _Answers = "anything" if "bool" in graph.variables.get(name, "").split() else \
        "tests" if not name.isidentifier() else "nothing"
    told: Cond | None = None
    for number, write in enumerate(writes):
        value = _given(graph, write, bit, answers="nothing" if number else answers)
        if value is None or (told is None and number):
            return None
        told = value if told is None else Or(And(write.when, value), And(Not(write.when), told))
    return told if told is not None and _stays(graph, told) else None


def _given(graph: Graph, write: _Write, bit: str, *, answers: _Answers) -> Cond | None:
    """Return whether the flag is set by what is put into it; None where that is not known.

    `answers` is what may be put into it beside constants: of a member it is not known whether that is an answer.
    """
    if bit:
        if _BIT.fullmatch(write.value) and (write.keeps or write.value == bit):
            return TRUE if write.value == bit else None
        return FALSE if write.value == "0" and not write.keeps else None
    if write.keeps:
        return None
    constant = _CONSTANTS.get(write.value)
    if constant is not None:
        return constant
    found = parse_c_condition(write.value.encode("latin-1", "replace")) if answers != "nothing" else FALSE
    asks = found.op != "var" or answers == "anything" or _COMPARES.fullmatch(str(found))
    return found if found.variables() and asks and _stays(graph, found) else None


def _stays(graph: Graph, condition: Cond) -> bool:
    """Return whether all that the condition asks is the same through the function."""
    text = str(condition)
    return len(text) <= _LONGEST and not ({*_WORD.findall(text)} & graph.changed) and not any(
        place in text for place in graph.changed if not place.isidentifier())


def _writes(graph: Graph, data: bytes, name: str, at: int, depth: int) -> list[_Write]:
    """Return what is put into the flag on the way to the end of a block, in that order; nothing where it is not known
    when."""
    onward = reaching(graph)
    found: list[tuple[int, _Write]] = []
    for block, ops in ((number, block.ops) for number, block in enumerate(graph.blocks)):
        for op in ops:
            if op.name != name or op.kind not in {"assign", "store"} or (
                    block != at and not onward[block] >> at & 1):
                continue
            when = _when(graph, data, block, at, depth)
            told = _STORED.fullmatch(_text(data, op))
            if when is None or onward[at] >> block & 1 or len(found) >= _MOST:
                return []
            value = squash_c(data[op.expr.start:op.expr.end]) if op.kind == "assign" and op.expr is not None else ""
            if not value or op.keeps:
                if told is None or told["place"] != name:
                    return []
                value, keeps = told["value"], told["sign"] == "|="
                if keeps is not op.keeps and op.kind == "assign":
                    return []
            else:
                keeps = False
            found.append((op.start, _Write(when=when, value=value, keeps=keeps)))
    found.sort(key=lambda entry: entry[0])
    return [write for _, write in found]


def _text(data: bytes, op: Op) -> str:
    return squash_c(data[op.start:op.end]).rstrip("; ")


def _when(graph: Graph, data: bytes, block: int, at: int, depth: int) -> Cond | None:
    """Return what decides whether a block runs on the way to `at`, as tests that stand right in front of it; None where
    that cannot be told."""
    before, dominance = graph.predecessors(), dominators(graph)[at]
    told: list[Cond] = []
    while not dominance >> block & 1:
        if len(before[block]) != 1:
            return None
        above = before[block][0]
        if len(graph.blocks[above].follows) > 1:
            tests = [one for one in graph.decisions if one.at == above]
            if len(tests) != 1 or (tests[0].true == block) == (tests[0].false == block):
                return None
            test = parse_c_condition(data[tests[0].expr.start:tests[0].expr.end])
            test = by_flags(graph, data, test, above, depth + 1)
            told.append(test if tests[0].true == block else Not(test))
        block = above
        if len(told) > _DEEPEST:
            return None
    return And(*told)
