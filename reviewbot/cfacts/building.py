"""Builds the control-flow graph of one function out of its statements."""

from __future__ import annotations

from reviewbot.cfacts.graph import ENTRY, EXIT, Graph, Op, OpKind, Switch
from reviewbot.cfacts.lowering import NOTHING, Lowering, is_zero, truth_of
from reviewbot.cfacts.syntax import Expr, Stmt
from reviewbot.cfacts.vocabulary import NO_RETURN
from reviewbot.values import dataclass

__all__ = ["build_graph"]


def build_graph(body: Stmt, parameters: tuple[str, ...], *, open_ended: bool = False,
                no_return: frozenset[str] = NOTHING) -> Graph:
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


class _Builder(Lowering):
    def __init__(self, parameters: tuple[str, ...], *, open_ended: bool, no_return: frozenset[str]) -> None:
        super().__init__(parameters, open_ended=open_ended, no_return=no_return)
        self.statements: dict[int, tuple[int, int]] = {}
        self.breaks: list[tuple[int, int]] = []
        self.continues: list[tuple[int, int]] = []
        self.switches: list[Switch] = []
        self.closed: list[Switch] = []
        self.labels: dict[str, tuple[int, tuple[list[str], ...]]] = {}
        self.jumps: list[_Jump] = []

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

    def do_declare(self, stmt: Stmt) -> None:
        value = stmt.exprs[0] if stmt.exprs else None
        if value is not None:
            reads = self.lower(value)
            kind: OpKind = "assign" if self.is_variable(stmt.name) else "store"
            made = self.op(kind, name=stmt.name, reads=reads, expr=value)
            made.zero, made.truth = is_zero(value), truth_of(value)
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
        first, reads = arguments, NOTHING
        while first.kind == "comma" and len(first.parts) == 2:
            reads |= self.lower(first.parts[1])
            first = first.parts[0]
        if kind == "each" and first.kind == "name":
            self.op("assign", name=first.name, reads=NOTHING)
            self.op("test", reads=reads, expr=arguments)
            return
        reads |= self.lower(first)
        made = self.op("call", name="a macro", reads=NOTHING, arguments=(reads,))
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
        reads = self.lower(value) if value is not None else NOTHING
        self.clean(self.scopes)
        made = self.op("return", reads=reads, expr=value)
        made.zero = value is None or is_zero(value)
        self.leave(EXIT)


_STATEMENTS = {
    "block": _Builder.do_block, "empty": _Builder.do_empty, "expr": _Builder.do_expr, "declare": _Builder.do_declare,
    "if": _Builder.do_if, "while": _Builder.do_while, "do": _Builder.do_do, "for": _Builder.do_for,
    "once": _Builder.do_once, "switch": _Builder.do_switch, "case": _Builder.do_case, "label": _Builder.do_label,
    "goto": _Builder.do_goto, "jump": _Builder.do_jump, "break": _Builder.do_break,
    "continue": _Builder.do_continue, "return": _Builder.do_return,
}
