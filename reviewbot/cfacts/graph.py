"""The control-flow graph of one function: blocks of small operations, and the edges between them.

`building.py` makes it, `lowering.py` its expressions: one is taken apart in the order in which C evaluates it; `&&`,
`||` and `?:` branch where that matters. A call's result is a temporary (`%3`). An operation lists the names whose
values it reads; what is assigned from a value carries it on. Block 0 is the entry, block 1 the exit, block 2 is where
the machine stops (BUG(), panic()).
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from reviewbot.cfacts.syntax import Expr
from reviewbot.values import dataclass

__all__ = ["ENTRY", "EXIT", "STOP", "Block", "Decision", "Graph", "Op", "OpKind", "Switch"]

OpKind = Literal["call", "assign", "store", "return", "test", "choose", "void", "cut", "clean"]
ENTRY = 0
EXIT = 1
STOP = 2
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Op:
    """One operation of the statement at file offsets [`start`, `end`).

    `name`: the callee, the variable assigned, the place stored to, or the clean-up that runs. `reads` are the names
    whose values go into it; of a call, `arguments` holds them for each argument and `value` is its temporary.
    `keeps`: the old value goes into the new one (`|=`). `exposed` are variables whose address a call receives.
    `zero`: what is assigned or returned is 0, false or NULL; `truth`: whether a constant that is assigned counts as
    true, None for anything else. `choose` is a branch inside an expression: what it
    decides is which value the expression has, so it is not a test of the value.
    """

    kind: OpKind
    start: int
    end: int
    name: str = ""
    reads: frozenset[str] = _NOTHING
    arguments: tuple[frozenset[str], ...] = ()
    value: str = ""
    keeps: bool = False
    exposed: frozenset[str] = _NOTHING
    expr: Expr | None = None
    zero: bool = False
    truth: bool | None = None


@dataclass(slots=True, kw_only=True)
class Block:
    """Operations that run one after the other. `labels` name the edges to `follows` (`true`, `false`, `case 1`)."""

    ops: list[Op] = field(default_factory=list)
    follows: list[int] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A test in the source: from block `at` to `true` or `false` by `expr`; `value` is the tested case of a switch."""

    expr: Expr
    at: int
    true: int
    false: int
    negated: bool = False


@dataclass(slots=True, kw_only=True)
class Switch:
    """A switch on `expr` in block `at`: the block that each label leads to, `default` among them."""

    expr: Expr
    at: int
    cases: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Graph:
    """The blocks of one function, its decisions and switches, and its local variables with their types.

    `assigned` are the assignments of each name, `handed_out` the names whose address is taken, be it for a call alone.
    `changed` are the names and places that do not keep one value through the function: parameters that it assigns,
    variables that it assigns more than once or whose address it hands out, and what it stores to. `dominance`,
    `reach`, `beyond` and `returned` (by kind of return type: what the variables that are returned may hold at the start
    of each block) are there when they have been asked for.
    """

    blocks: list[Block]
    decisions: list[Decision]
    switches: list[Switch]
    variables: dict[str, str]
    exposed: frozenset[str]
    statements: dict[int, tuple[int, int]]
    dominance: list[int] = field(default_factory=list)
    reach: list[int] = field(default_factory=list)
    beyond: dict[tuple[int, int], int] = field(default_factory=dict)
    returned: dict[str, dict[int, frozenset[tuple[str, str]]]] = field(default_factory=dict)
    assigned: dict[str, list[Op]] = field(default_factory=dict)
    handed_out: frozenset[str] = _NOTHING
    changed: frozenset[str] = _NOTHING

    def predecessors(self) -> list[list[int]]:
        """Return for each block the blocks with an edge to it, in order."""
        before: list[list[int]] = [[] for _ in self.blocks]
        for index, block in enumerate(self.blocks):
            for following in block.follows:
                if index not in before[following]:
                    before[following].append(index)
        return before
