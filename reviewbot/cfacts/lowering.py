"""Lowers the expressions of one function to operations in the blocks of its control-flow graph."""

from __future__ import annotations

from abc import ABC, abstractmethod

from reviewbot.cfacts.graph import ENTRY, STOP, Block, Decision, Op, OpKind
from reviewbot.cfacts.prepare import REST, UNKNOWN
from reviewbot.cfacts.syntax import Expr, Stmt
from reviewbot.cfacts.vocabulary import STOPS_WHEN, TRANSPARENT
from reviewbot.patterns import regex

__all__ = ["NOTHING", "Lowering", "is_zero", "spell", "truth_of"]

NOTHING: frozenset[str] = frozenset()
_ERRNO = regex(r"E[A-Z0-9]+")
_TRUTH = {"true": True, "false": False}


class Lowering(ABC):
    """The blocks as they are filled, and what an expression becomes in them; statements are another's."""

    def __init__(self, parameters: tuple[str, ...], *, open_ended: bool, no_return: frozenset[str]) -> None:
        """Begin with the entry, the exit and the block where the machine stops."""
        self.blocks = [Block(), Block(), Block()]
        self.decisions: list[Decision] = []
        self.variables: dict[str, str] = dict.fromkeys(parameters, "")
        self.open_ended = open_ended
        self.no_return = no_return
        self.exposed: set[str] = set()
        self.now = ENTRY
        self.temporaries = 0
        self.scopes: list[list[str]] = [[]]
        self.at = (0, 0)

    @abstractmethod
    def statement(self, stmt: Stmt) -> None:
        """Run a statement that stands inside an expression."""

    # Blocks

    def block(self) -> int:
        self.blocks.append(Block())
        return len(self.blocks) - 1

    def edge(self, start: int, end: int, label: str = "") -> None:
        block = self.blocks[start]
        if (end, label) not in zip(block.follows, block.labels, strict=True):
            block.follows.append(end)
            block.labels.append(label)

    def go(self, target: int) -> None:
        """Continue in `target`, coming from here."""
        self.edge(self.now, target)
        self.now = target

    def leave(self, target: int, label: str = "") -> None:
        """Jump to `target`; what follows here is a block that nothing reaches."""
        self.edge(self.now, target, label)
        self.now = self.block()

    def op(self, kind: OpKind, *, name: str = "", reads: frozenset[str] = NOTHING,
           arguments: tuple[frozenset[str], ...] = (), expr: Expr | None = None) -> Op:
        made = Op(kind=kind, start=self.at[0], end=self.at[1], name=name, reads=reads, arguments=arguments, expr=expr)
        self.blocks[self.now].ops.append(made)
        return made

    def clean(self, scopes: list[list[str]]) -> None:
        for scope in reversed(scopes):
            for name in reversed(scope):
                self.op("clean", name=name)

    # Expressions

    def effect(self, expr: Expr) -> None:
        """Run an expression whose value nobody takes."""
        if expr.kind in {"both", "either", "choice"} and _acts(expr):
            after = self.block()
            if expr.kind == "choice" and len(expr.parts) == 3:
                yes, no = self.block(), self.block()
                self.test(expr.parts[0], yes, no)
                for block, part in ((yes, expr.parts[1]), (no, expr.parts[2])):
                    self.now = block
                    self.effect(part)
                    self.go(after)
            elif expr.kind != "choice" and len(expr.parts) == 2:
                other = self.block()
                first = (other, after) if expr.kind == "both" else (after, other)
                self.test(expr.parts[0], *first)
                self.now = other
                self.effect(expr.parts[1])
                self.go(after)
            else:
                self.lower(expr)
                self.go(after)
            self.now = after
            return
        if expr.kind == "comma":
            for part in expr.parts:
                self.effect(part)
            return
        self.lower(expr)

    def temporary(self) -> str:
        self.temporaries += 1
        return f"%{self.temporaries}"

    def is_variable(self, name: str) -> bool:
        return (name in self.variables or self.open_ended) and name not in self.exposed

    def place(self, expr: Expr) -> str:
        """Return `s.err` for a field of a local struct, whose life the function sees whole; else empty."""
        path = ""
        while expr.kind == "field" and expr.name.startswith("."):
            path, expr = expr.name + path, expr.parts[0]
        known = expr.kind == "name" and self.is_variable(expr.name)
        return expr.name + path if path and known and "*" not in self.variables.get(expr.name, "*") else ""

    def lower(self, expr: Expr) -> frozenset[str]:
        """Append the operations of an expression; return the names that its value comes from."""
        match expr.kind:
            case "name":
                return frozenset({expr.name})
            case "literal" | "string" | "size":
                return NOTHING
            case "call":
                return self.call(expr)
            case "assign":
                return self.assign(expr)
            case "update":
                reads = self.lower(expr.parts[0])
                if expr.parts[0].kind == "name" and self.is_variable(expr.parts[0].name):
                    self.op("assign", name=expr.parts[0].name, reads=reads, expr=expr).keeps = True
                return reads
            case "both" | "either" | "choice" if _acts(expr):
                return self.branching(expr)
            case "cast" if expr.name == "void":
                reads = self.lower(expr.parts[0]) if expr.parts else NOTHING
                self.op("void", reads=reads, expr=expr)
                return NOTHING
            case "comma":
                for part in expr.parts[:-1]:
                    self.effect(part)
                return self.lower(expr.parts[-1]) if expr.parts else NOTHING
            case "block":
                return self.inner_block(expr)
            case "field":
                place = self.place(expr)
                return frozenset({place}) if place else self.lower(expr.parts[0]) if expr.parts else NOTHING
        return frozenset().union(*(self.lower(part) for part in expr.parts))

    def inner_block(self, expr: Expr) -> frozenset[str]:
        """Run a statement expression; its value is that of its last expression."""
        if expr.body is None:
            return NOTHING
        at = self.at
        parts = expr.body.parts
        self.scopes.append([])
        for part in parts[:-1]:
            self.statement(part)
        reads = NOTHING
        if parts and parts[-1].kind == "expr" and parts[-1].exprs and parts[-1].exprs[0] is not None:
            self.at = (parts[-1].start, parts[-1].end)
            reads = self.lower(parts[-1].exprs[0])
        elif parts:
            self.statement(parts[-1])
        self.clean(self.scopes[-1:])
        self.scopes.pop()
        self.at = at
        return reads

    def branching(self, expr: Expr) -> frozenset[str]:
        """Lower `a && f()`, `a ?: f()` where a value is wanted: the value carries all that decides about it."""
        if not expr.parts:
            return NOTHING
        after = self.block()
        reads = self.lower(expr.parts[0])
        self.op("choose", reads=reads, expr=expr.parts[0])
        start = self.now
        total = reads
        ways = expr.parts[1:]
        keeps_first = expr.kind == "either" or (expr.kind == "choice" and len(ways) == 1)
        for part in ways:
            way = self.block()
            self.edge(start, way, "true" if part is ways[0] and not keeps_first else "false")
            self.now = way
            total |= self.lower(part)
            self.go(after)
        if len(ways) < 2:
            self.edge(start, after, "true" if keeps_first else "false")
        targets = dict(zip(self.blocks[start].labels, self.blocks[start].follows, strict=True))
        if len(targets) == 2:
            self.decisions.append(Decision(expr=expr.parts[0], at=start, true=targets["true"], false=targets["false"]))
        self.now = after
        return total

    def assign(self, expr: Expr) -> frozenset[str]:
        if len(expr.parts) != 2:
            return frozenset().union(*(self.lower(part) for part in expr.parts))
        target, value = expr.parts
        reads = self.lower(value)
        while target.kind == "cast" and target.parts:
            target = target.parts[0]
        name = target.name if target.kind == "name" and self.is_variable(target.name) else self.place(target)
        if name:
            made = self.op("assign", name=name, reads=reads | ({name} if expr.name != "=" else NOTHING), expr=value)
            made.keeps = expr.name != "="
            made.zero = expr.name == "=" and is_zero(value)
            made.truth = truth_of(value) if expr.name == "=" else None
            return frozenset({name})
        for part in target.parts:
            self.lower(part)
        made = self.op("store", name=spell(target), reads=reads, expr=target)
        made.zero, made.truth = is_zero(value), truth_of(value) if expr.name == "=" else None
        return reads

    def call(self, expr: Expr) -> frozenset[str]:
        callee = expr.parts[0] if expr.parts else expr
        if expr.name in STOPS_WHEN and len(expr.parts) == 2:
            return self.stops_when(expr)
        arguments = tuple(self.lower(part) for part in expr.parts[1:])
        if expr.name == REST:
            self.op("cut")
            return NOTHING
        name = expr.name or spell(callee)
        reads = self.lower(callee) if callee.kind != "name" or self.is_variable(expr.name) else NOTHING
        made = self.op("call", name=name, reads=reads, arguments=arguments, expr=expr)
        made.value = self.temporary()
        made.exposed = frozenset(part.parts[0].name for part in expr.parts[1:]
                                 if part.kind == "address" and part.parts and part.parts[0].kind == "name")
        if callee.kind == "call" and callee.name in {"guard", "CLASS", "class"}:
            self.scopes[-1].append(f"{callee.name}({', '.join(spell(part) for part in callee.parts[1:])})")
        if name in self.no_return:
            self.leave(STOP)
        return frozenset({made.value}) | (frozenset().union(*arguments) if name in TRANSPARENT else NOTHING)

    def stops_when(self, expr: Expr) -> frozenset[str]:
        """Run BUG_ON(condition): where the condition holds the machine stops."""
        made = self.op("call", name=expr.name, expr=expr)
        made.value = self.temporary()
        after = self.block()
        self.test(expr.parts[1], STOP, after)
        self.now = after
        return NOTHING

    def test(self, expr: Expr, yes: int, no: int) -> None:
        """Branch on an expression to the blocks `yes` and `no`."""
        start = self.now
        match expr.kind:
            case "both" | "either" if len(expr.parts) == 2:
                other = self.block()
                self.test(expr.parts[0], *((other, no) if expr.kind == "both" else (yes, other)))
                self.now = other
                self.test(expr.parts[1], yes, no)
                self.decisions.append(Decision(expr=expr, at=start, true=yes, false=no))
                return
            case "unary" if expr.name == "!" and expr.parts:
                self.test(expr.parts[0], no, yes)
                return
            case "call" if expr.name in {"likely", "unlikely"} and len(expr.parts) == 2:
                self.test(expr.parts[1], yes, no)
                return
        reads = self.lower(expr)
        truth = None if expr.kind not in {"literal", "name"} else _TRUTH.get(expr.name)
        if expr.kind == "literal" and expr.name.isdigit():
            truth = int(expr.name) != 0
        if truth is not None:
            self.edge(self.now, yes if truth else no)
            return
        self.op("test", reads=reads if expr.name != UNKNOWN else NOTHING, expr=expr)
        self.edge(self.now, yes, "true")
        self.edge(self.now, no, "false")
        if expr.name != UNKNOWN:
            self.decisions.append(Decision(expr=expr, at=self.now, true=yes, false=no))


def _acts(expr: Expr) -> bool:
    """Return whether running the expression does something: a call, an assignment."""
    return expr.kind in {"call", "assign", "update", "block"} or any(_acts(part) for part in expr.parts)


def is_zero(expr: Expr) -> bool:
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[0]
    return expr.name in {"0", "NULL", "false"} and expr.kind in {"literal", "name"}


def truth_of(expr: Expr) -> bool | None:
    """Return whether a constant counts as true: `true`, `1`, `-ENOMEM`; None for what is no constant."""
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[0]
    if is_zero(expr):
        return False
    if expr.kind == "unary" and expr.name == "-" and expr.parts:
        inner = expr.parts[0]
        return True if truth_of(inner) or (inner.kind == "name" and _ERRNO.fullmatch(inner.name)) else None
    if expr.kind == "literal" and expr.name[:1].isdigit():
        return bool(expr.name.rstrip("uUlL").strip("0x"))
    return True if expr.kind in {"literal", "name"} and expr.name == "true" else None


def spell(expr: Expr) -> str:
    """Return a short C text of a place: `p->err`, `*error`, `a[i]`."""
    match expr.kind:
        case "name" | "literal":
            return expr.name
        case "field" if expr.parts:
            return spell(expr.parts[0]) + expr.name
        case "deref" if expr.parts:
            return f"*{spell(expr.parts[0])}"
        case "address" if expr.parts:
            return f"&{spell(expr.parts[0])}"
        case "index" if len(expr.parts) == 2:
            return f"{spell(expr.parts[0])}[{spell(expr.parts[1])}]"
        case "call":
            return f"{expr.name or spell(expr.parts[0])}()"
        case "cast" | "other" if len(expr.parts) == 1:
            return spell(expr.parts[0])
    return "..."
