"""Builds the control-flow graph of one function out of its statements."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewbot.cfacts.graph import ENTRY, EXIT, STOP, Block, Decision, Graph, Op, OpKind, Switch
from reviewbot.cfacts.prepare import REST, UNKNOWN
from reviewbot.cfacts.syntax import Expr, Stmt
from reviewbot.cfacts.vocabulary import NO_RETURN, STOPS_WHEN, TRANSPARENT

__all__ = ["build_graph", "spell"]

_NOTHING: frozenset[str] = frozenset()


def build_graph(body: Stmt, parameters: tuple[str, ...], *, open_ended: bool = False,
                no_return: frozenset[str] = _NOTHING) -> Graph:
    """Return the graph of a function's body. `open_ended`: names that are not declared count as its variables.
    `no_return`: functions that never come back, beside those that the whole kernel has."""
    builder = _Builder(parameters, open_ended=open_ended, no_return=NO_RETURN | no_return)
    builder.collect(body)
    builder.statement(body)
    builder.finish()
    assigned: dict[str, list[Op]] = {}
    handed_out, changed = set(builder.exposed), set()
    for block in builder.blocks:
        for op in block.ops:
            if op.kind == "assign":
                assigned.setdefault(op.name, []).append(op)
            elif op.kind == "store" and op.name:
                changed.add(op.name)
            handed_out |= op.exposed
    changed |= handed_out | {name for name, ops in assigned.items()
                             if len(ops) > 1 or ops[0].keeps or name in parameters}
    return Graph(blocks=builder.blocks, decisions=builder.decisions, switches=builder.closed,
                 variables=builder.variables, exposed=frozenset(builder.exposed), statements=builder.statements,
                 assigned=assigned, handed_out=frozenset(handed_out), changed=frozenset(changed))


@dataclass(slots=True, kw_only=True)
class _Jump:
    block: int
    label: str
    scopes: tuple[list[str], ...]
    at: tuple[int, int]


class _Builder:
    def __init__(self, parameters: tuple[str, ...], *, open_ended: bool, no_return: frozenset[str]) -> None:
        self.blocks = [Block(), Block(), Block()]
        self.decisions: list[Decision] = []
        self.variables: dict[str, str] = dict.fromkeys(parameters, "")
        self.open_ended = open_ended
        self.no_return = no_return
        self.exposed: set[str] = set()
        self.statements: dict[int, tuple[int, int]] = {}
        self.now = ENTRY
        self.temporaries = 0
        self.scopes: list[list[str]] = [[]]
        self.breaks: list[tuple[int, int]] = []
        self.continues: list[tuple[int, int]] = []
        self.switches: list[Switch] = []
        self.closed: list[Switch] = []
        self.labels: dict[str, tuple[int, tuple[list[str], ...]]] = {}
        self.jumps: list[_Jump] = []
        self.at = (0, 0)

    # What is declared, and whose address gets away

    def collect(self, stmt: Stmt) -> None:
        if stmt.kind == "declare" and stmt.name and not stmt.static:
            self.variables.setdefault(stmt.name, stmt.type)
        for expr in stmt.exprs:
            if expr is not None:
                self.collect_expr(expr, called=False)
        for part in stmt.parts:
            self.collect(part)

    def collect_expr(self, expr: Expr, *, called: bool) -> None:
        if expr.kind == "address" and expr.parts and expr.parts[0].kind == "name" and not called:
            self.exposed.add(expr.parts[0].name)
        if expr.body is not None:
            self.collect(expr.body)
        for index, part in enumerate(expr.parts):
            self.collect_expr(part, called=expr.kind == "call" and index > 0)

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

    def op(self, kind: OpKind, *, name: str = "", reads: frozenset[str] = _NOTHING,
           arguments: tuple[frozenset[str], ...] = (), expr: Expr | None = None) -> Op:
        made = Op(kind=kind, start=self.at[0], end=self.at[1], name=name, reads=reads, arguments=arguments, expr=expr)
        self.blocks[self.now].ops.append(made)
        return made

    def clean(self, scopes: list[list[str]]) -> None:
        for scope in reversed(scopes):
            for name in reversed(scope):
                self.op("clean", name=name)

    def finish(self) -> None:
        self.clean(self.scopes)
        self.edge(self.now, EXIT)
        for jump in self.jumps:
            found = self.labels.get(jump.label)
            self.now, self.at = jump.block, jump.at
            if found is None:
                self.op("cut")
                self.edge(jump.block, EXIT)
                continue
            target, scopes = found
            self.clean([scope for scope in jump.scopes if not any(scope is other for other in scopes)])
            self.edge(jump.block, target, f"goto {jump.label}")

    # Statements

    def statement(self, stmt: Stmt) -> None:
        previous, self.at = self.at, (stmt.start, stmt.end)
        _STATEMENTS[stmt.kind](self, stmt)
        self.at = previous

    def body(self, stmt: Stmt) -> None:
        """Run a branch or a loop's body in a scope of its own."""
        self.scopes.append([])
        self.statement(stmt)
        self.clean(self.scopes[-1:])
        self.scopes.pop()

    def do_block(self, stmt: Stmt) -> None:
        self.scopes.append([])
        for part in stmt.parts:
            self.statement(part)
        self.clean(self.scopes[-1:])
        self.scopes.pop()

    def do_empty(self, _stmt: Stmt) -> None:
        return

    def do_expr(self, stmt: Stmt) -> None:
        for expr in stmt.exprs:
            if expr is not None:
                self.effect(expr)

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

    def do_declare(self, stmt: Stmt) -> None:
        value = stmt.exprs[0] if stmt.exprs else None
        if value is not None:
            reads = self.lower(value)
            kind: OpKind = "assign" if self.is_variable(stmt.name) else "store"
            made = self.op(kind, name=stmt.name, reads=reads, expr=value)
            made.zero, made.truth = _is_zero(value), _truth(value)
        if stmt.cleanup:
            self.scopes[-1].append(f"{stmt.cleanup}({stmt.name})")

    def do_if(self, stmt: Stmt) -> None:
        yes, after = self.block(), self.block()
        no = self.block() if len(stmt.parts) > 1 else after
        test = stmt.exprs[0]
        assert test is not None
        self.at = (stmt.start, min(stmt.end, test.end + 1))
        self.test(test, yes, no)
        for block, part in zip((yes, no), stmt.parts, strict=False):
            self.now = block
            self.body(part)
            self.go(after)
        self.now = after

    def do_while(self, stmt: Stmt) -> None:
        head, inside, after = self.block(), self.block(), self.block()
        self.go(head)
        test = stmt.exprs[0]
        assert test is not None
        self.at = (stmt.start, min(stmt.end, test.end + 1))
        if stmt.name:
            self.macro_loop(stmt.name, test)
            self.edge(self.now, inside, "true")
            self.edge(self.now, after, "false")
        else:
            self.test(test, inside, after)
        self.loop(stmt.parts[0], inside, head, after)

    def macro_loop(self, kind: str, arguments: Expr) -> None:
        """Run the head of a loop that a macro makes. The first argument of `for_each_x()` is its cursor; what another
        macro does with its arguments is unknown."""
        first, reads = arguments, _NOTHING
        while first.kind == "comma" and len(first.parts) == 2:
            reads |= self.lower(first.parts[1])
            first = first.parts[0]
        if kind == "each" and first.kind == "name":
            self.op("assign", name=first.name, reads=_NOTHING)
            self.op("test", reads=reads, expr=arguments)
            return
        reads |= self.lower(first)
        made = self.op("call", name="a macro", reads=_NOTHING, arguments=(reads,))
        made.value = self.temporary()
        self.op("test", reads=frozenset({made.value}), expr=arguments)

    def loop(self, part: Stmt, inside: int, again: int, after: int) -> None:
        self.breaks.append((after, len(self.scopes)))
        self.continues.append((again, len(self.scopes)))
        self.now = inside
        self.body(part)
        self.go(again)
        self.breaks.pop()
        self.continues.pop()
        self.now = after

    def do_do(self, stmt: Stmt) -> None:
        inside, test, after = self.block(), self.block(), self.block()
        self.go(inside)
        self.loop(stmt.parts[0], inside, test, after)
        self.now = test
        expr = stmt.exprs[0]
        assert expr is not None
        self.at = (expr.start, stmt.end)
        self.test(expr, inside, after)
        self.now = after

    def do_for(self, stmt: Stmt) -> None:
        head, inside, step, after = self.block(), self.block(), self.block(), self.block()
        self.go(head)
        test, advance = stmt.exprs
        last = advance or test
        self.at = (stmt.start, stmt.start + 3 if last is None else last.end + 1)
        if test is None:
            self.edge(head, inside)
        else:
            self.test(test, inside, after)
        at = self.at
        self.loop(stmt.parts[0], inside, step, after)
        self.now, self.at = step, at
        if advance is not None:
            self.effect(advance)
        self.edge(self.now, head)
        self.now = after

    def do_once(self, stmt: Stmt) -> None:
        """A block behind a macro such as scoped_guard() runs once, and the macro's clean-up behind it."""
        test = stmt.exprs[0]
        assert test is not None
        reads = self.lower(test)
        self.op("call", name="scoped_guard", reads=reads, arguments=(reads,), expr=test).value = self.temporary()
        inside, after = self.block(), self.block()
        self.go(inside)
        self.scopes.append(["scoped_guard"])
        self.breaks.append((after, len(self.scopes) - 1))
        self.continues.append((after, len(self.scopes) - 1))
        self.body(stmt.parts[0])
        self.breaks.pop()
        self.continues.pop()
        self.clean(self.scopes[-1:])
        self.scopes.pop()
        self.go(after)

    def do_switch(self, stmt: Stmt) -> None:
        test = stmt.exprs[0]
        assert test is not None
        self.at = (stmt.start, min(stmt.end, test.end + 1))
        reads = self.lower(test)
        self.op("test", reads=reads, expr=test, name="switch")
        after = self.block()
        self.switches.append(Switch(expr=test, at=self.now))
        self.breaks.append((after, len(self.scopes)))
        self.now = self.block()
        self.body(stmt.parts[0])
        self.go(after)
        self.breaks.pop()
        closed = self.switches.pop()
        if all(label != "default" for label, _ in closed.cases):
            self.edge(closed.at, after, "default")
            closed.cases.append(("default", after))
        self.closed.append(closed)
        self.now = after

    def do_case(self, stmt: Stmt) -> None:
        target = self.block()
        self.go(target)
        if self.switches:
            top = self.switches[-1]
            self.edge(top.at, target, stmt.name if stmt.name == "default" else f"case {stmt.name}")
            top.cases.append((stmt.name, target))
        else:
            self.edge(ENTRY, target, "case")
        for part in stmt.parts:
            self.statement(part)

    def do_label(self, stmt: Stmt) -> None:
        target = self.block()
        self.go(target)
        self.labels[stmt.name] = (target, tuple(self.scopes))
        for part in stmt.parts:
            self.statement(part)

    def do_goto(self, stmt: Stmt) -> None:
        self.jumps.append(_Jump(block=self.now, label=stmt.name, scopes=tuple(self.scopes), at=self.at))
        self.now = self.block()

    def do_jump(self, _stmt: Stmt) -> None:
        self.op("cut")
        self.leave(EXIT)

    def do_break(self, _stmt: Stmt) -> None:
        self.out_of(self.breaks)

    def do_continue(self, _stmt: Stmt) -> None:
        self.out_of(self.continues)

    def out_of(self, targets: list[tuple[int, int]]) -> None:
        if not targets:  # the loop's head lies outside the fragment
            self.do_jump(Stmt(kind="jump", start=0, end=0))
            return
        target, depth = targets[-1]
        self.clean(self.scopes[depth:])
        self.leave(target)

    def do_return(self, stmt: Stmt) -> None:
        value = stmt.exprs[0] if stmt.exprs else None
        reads = self.lower(value) if value is not None else _NOTHING
        self.clean(self.scopes)
        made = self.op("return", reads=reads, expr=value)
        made.zero = value is None or _is_zero(value)
        self.leave(EXIT)

    # Expressions

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
                return _NOTHING
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
                reads = self.lower(expr.parts[0]) if expr.parts else _NOTHING
                self.op("void", reads=reads, expr=expr)
                return _NOTHING
            case "comma":
                for part in expr.parts[:-1]:
                    self.effect(part)
                return self.lower(expr.parts[-1]) if expr.parts else _NOTHING
            case "block":
                return self.inner_block(expr)
            case "field":
                place = self.place(expr)
                return frozenset({place}) if place else self.lower(expr.parts[0]) if expr.parts else _NOTHING
        return frozenset().union(*(self.lower(part) for part in expr.parts))

    def inner_block(self, expr: Expr) -> frozenset[str]:
        """Run a statement expression; its value is that of its last expression."""
        if expr.body is None:
            return _NOTHING
        at = self.at
        parts = expr.body.parts
        self.scopes.append([])
        for part in parts[:-1]:
            self.statement(part)
        reads = _NOTHING
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
            return _NOTHING
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
            made = self.op("assign", name=name, reads=reads | ({name} if expr.name != "=" else _NOTHING), expr=value)
            made.keeps = expr.name != "="
            made.zero = expr.name == "=" and _is_zero(value)
            made.truth = _truth(value) if expr.name == "=" else None
            return frozenset({name})
        for part in target.parts:
            self.lower(part)
        made = self.op("store", name=spell(target), reads=reads, expr=target)
        made.zero, made.truth = _is_zero(value), _truth(value) if expr.name == "=" else None
        return reads

    def call(self, expr: Expr) -> frozenset[str]:
        callee = expr.parts[0] if expr.parts else expr
        if expr.name in STOPS_WHEN and len(expr.parts) == 2:
            return self.stops_when(expr)
        arguments = tuple(self.lower(part) for part in expr.parts[1:])
        if expr.name == REST:
            self.op("cut")
            return _NOTHING
        name = expr.name or spell(callee)
        reads = self.lower(callee) if callee.kind != "name" or self.is_variable(expr.name) else _NOTHING
        made = self.op("call", name=name, reads=reads, arguments=arguments, expr=expr)
        made.value = self.temporary()
        made.exposed = frozenset(part.parts[0].name for part in expr.parts[1:]
                                 if part.kind == "address" and part.parts and part.parts[0].kind == "name")
        if callee.kind == "call" and callee.name in {"guard", "CLASS", "class"}:
            self.scopes[-1].append(f"{callee.name}({', '.join(spell(part) for part in callee.parts[1:])})")
        if name in self.no_return:
            self.leave(STOP)
        return frozenset({made.value}) | (frozenset().union(*arguments) if name in TRANSPARENT else _NOTHING)

    def stops_when(self, expr: Expr) -> frozenset[str]:
        """Run BUG_ON(condition): where the condition holds the machine stops."""
        made = self.op("call", name=expr.name, expr=expr)
        made.value = self.temporary()
        after = self.block()
        self.test(expr.parts[1], STOP, after)
        self.now = after
        return _NOTHING

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
        self.op("test", reads=reads if expr.name != UNKNOWN else _NOTHING, expr=expr)
        self.edge(self.now, yes, "true")
        self.edge(self.now, no, "false")
        if expr.name != UNKNOWN:
            self.decisions.append(Decision(expr=expr, at=self.now, true=yes, false=no))


_ERRNO = re.compile(r"E[A-Z0-9]+")
_TRUTH = {"true": True, "false": False}

_STATEMENTS = {
    "block": _Builder.do_block, "empty": _Builder.do_empty, "expr": _Builder.do_expr, "declare": _Builder.do_declare,
    "if": _Builder.do_if, "while": _Builder.do_while, "do": _Builder.do_do, "for": _Builder.do_for,
    "once": _Builder.do_once, "switch": _Builder.do_switch, "case": _Builder.do_case, "label": _Builder.do_label,
    "goto": _Builder.do_goto, "jump": _Builder.do_jump, "break": _Builder.do_break,
    "continue": _Builder.do_continue, "return": _Builder.do_return,
}


def _acts(expr: Expr) -> bool:
    """Return whether running the expression does something: a call, an assignment."""
    return expr.kind in {"call", "assign", "update", "block"} or any(_acts(part) for part in expr.parts)


def _is_zero(expr: Expr) -> bool:
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[0]
    return expr.name in {"0", "NULL", "false"} and expr.kind in {"literal", "name"}


def _truth(expr: Expr) -> bool | None:
    """Return whether a constant counts as true: `true`, `1`, `-ENOMEM`; None for what is no constant."""
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[0]
    if _is_zero(expr):
        return False
    if expr.kind == "unary" and expr.name == "-" and expr.parts:
        inner = expr.parts[0]
        return True if _truth(inner) or (inner.kind == "name" and _ERRNO.fullmatch(inner.name)) else None
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
