"""One function as a flat list of steps in source order, each with the blocks that it stands in.

What the rules about contracts compare is small: which call's result goes where, which test leaves the function, what
stands behind what in the same block. That needs no paths, and a function that a patch touches is read twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Container, Iterator
from dataclasses import field, replace
from typing import Any, Literal

from reviewbot.cfacts.conditions import read_conditions
from reviewbot.cfacts.functions import Source, find_pieces
from reviewbot.cfacts.headers import parameter_name
from reviewbot.cfacts.lexer import lines_in, squash_c
from reviewbot.cfacts.lowering import spell
from reviewbot.cfacts.prepare import prepare_body, variants
from reviewbot.cfacts.split import Piece
from reviewbot.cfacts.syntax import Expr, Stmt, parse_function
from reviewbot.cfacts.vocabulary import NO_RETURN, is_reporter
from reviewbot.errors import BudgetError
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Branch", "Outline", "Step", "calls_in", "given_to", "outlines_of", "place_of", "root_of", "walk"]

Leaves = Literal["", "return", "goto", "break", "continue", "stop"]
_MOST_BYTES = 60_000  # of one function; longer ones are generated tables and switch statements
_MOST_VARIANTS = 3
_NOTHING = frozenset({"0", "NULL", "false"})
_SIMPLE = regex(r"[\w.>\[\]-]+(?:\([^()]*\))?")
_MACRO = regex(rb"(\w+)\s*\(")
_JUMPS: dict[str, Leaves] = {"return": "return", "goto": "goto", "break": "break", "continue": "continue"}


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a test: its block, its steps [`first`, `last`), and how its last step leaves what is around it."""

    block: int
    first: int
    last: int
    leaves: Leaves


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a function. `where` are the blocks around it, the outermost first.

    `name` is the label of a jump, or the variable of a declaration with its `type`. A test has its branches: the one
    taken when it holds, then the other where there is one. `loop`: the test of a loop, with the `name` of the macro
    that makes it. A block that runs once begins with a step that has the name of its macro: `scoped_guard`; the `name`
    of a switch is `default` when it has one.
    """

    kind: Literal["do", "declare", "test", "switch", "return", "goto", "label", "break", "continue"]
    start: int
    end: int
    line: int
    where: tuple[int, ...]
    expr: Expr | None = None
    name: str = ""
    type: str = ""
    branches: tuple[Branch, ...] = ()
    loop: bool = False
    cleanup: str = ""


@dataclass(slots=True)
class Outline:
    """The steps of one function. `parameters` and `locals` map names to their C types; `cut`: part is not in sight."""

    name: str
    returns: str
    static: bool
    line: int
    end_line: int
    steps: list[Step]
    parameters: dict[str, str]
    locals: dict[str, str]
    data: bytes = field(repr=False)
    signature: str = ""
    cut: bool = False
    always: frozenset[int] = frozenset()
    """The blocks that run whenever they are come to: bare ones, and those behind a macro such as `scoped_guard()`."""
    _others: dict[int, int] = field(default_factory=dict, repr=False)
    treated: list[Any] | None = field(default=None, repr=False, compare=False)
    """What `treatments` said of all calls: every mechanism asks that of the same function."""
    ways: Any = field(default=None, repr=False, compare=False)
    """What `ways_of` made of it."""
    _calls: dict[str, list[tuple[int, Expr]]] | None = field(default=None, repr=False, compare=False)
    _said: dict[tuple[int, int], str] = field(default_factory=dict, repr=False, compare=False)
    _alike: list[int] | None = field(default=None, repr=False, compare=False)
    _order: list[tuple[int, Expr]] | None = field(default=None, repr=False, compare=False)
    _named: dict[str, list[int]] = field(default_factory=dict, repr=False, compare=False)

    def text(self, expr: Expr | None) -> str:
        """Return an expression as it stands, blanks squashed."""
        return "" if expr is None else squash_c(self.data[expr.start:expr.end])

    def said(self, step: Step) -> str:
        """Return a step as it stands; of a test its condition alone."""
        place = step.start, step.end
        if place not in self._said:
            self._said[place] = squash_c(self.data[step.start:step.end])
        return self._said[place]

    def asked(self, step: Step) -> str:
        """Return what a test asks, the same however a comparison with nothing is written; of another step its words."""
        return self.question(step.expr) if step.kind == "test" and step.expr is not None else self.said(step)

    def question(self, expr: Expr) -> str:
        """Return a condition with `x` for `x != 0` and `x == true`, and `!x` for `x == NULL`."""
        if expr.kind in {"both", "either"}:
            word = " && " if expr.kind == "both" else " || "
            return word.join(f"({text})" if "||" in (text := self.question(part)) else text for part in expr.parts)
        if expr.kind == "unary" and expr.name == "!" and len(expr.parts) == 1:
            return _not(self.question(expr.parts[0]))
        if expr.kind == "binary" and expr.name in {"==", "!="} and len(expr.parts) == 2:
            left, right = expr.parts
            if right.kind in {"literal", "name"} and right.name in _NOTHING | {"true"}:
                text = self.question(left)
                return text if (expr.name == "!=") is (right.name in _NOTHING) else _not(text)
        return self.text(expr)

    def alike_before(self, number: int) -> int:
        """Return how many tests before the step with this number ask the same as it."""
        if self._alike is None:
            counts: Counter[str] = Counter()
            self._alike = []
            for step in self.steps:
                self._alike.append(counts[self.asked(step)])
                counts[self.asked(step)] += step.kind == "test"
        return self._alike[number]

    def line_of(self, expr: Expr) -> int:
        """Return the line on which an expression begins."""
        return lines_in(self.data).line(expr.start)

    def last_line(self, step: Step) -> int:
        """Return the line on which a step ends."""
        return lines_in(self.data).line(max(step.start, step.end - 1))

    def calls_of(self, name: str) -> list[tuple[int, Expr]]:
        """Return the calls of a function with the number of their step, in order."""
        if self._calls is None:
            self._calls = {}
            for number, step in enumerate(self.steps):
                for call in calls_in(step.expr):
                    self._calls.setdefault(call.name, []).append((number, call))
        return self._calls.get(name, [])

    def calls_after(self, number: int, names: Collection[str]) -> Iterator[Expr]:
        """Yield the calls of these functions behind the step with this number, in order."""
        if self._order is None:
            self._order = [(step, call) for step, one in enumerate(self.steps) for call in calls_in(one.expr)]
            self._named = {}
            for place, (_, call) in enumerate(self._order):
                self._named.setdefault(call.name, []).append(place)
        order = self._order
        yield from (order[place][1] for place in sorted(place for name in names for place in self._named.get(name, ()))
                    if order[place][0] > number)

    def inside(self, branch: Branch) -> list[Step]:
        """Return the steps of a branch."""
        return self.steps[branch.first:branch.last]

    def other_branch(self, block: int) -> int:
        """Return the block of the other branch of the test whose branch the block is, 0 for none."""
        if not self._others:
            self._others = {0: 0}
            for step in self.steps:
                if len(step.branches) == 2:
                    first, second = (branch.block for branch in step.branches)
                    self._others |= {first: second, second: first}
        return self._others.get(block, 0)

    def past(self, step: Step) -> tuple[int, ...]:
        """Return the blocks whose rest is not run where a test leaves the function, or for a label, in this step."""
        depth = len(step.where)
        while depth and step.where[depth - 1] in self.always:
            depth -= 1
        return step.where[:depth]

    def only_tells(self, branch: Branch) -> bool:
        """Return whether a branch does nothing but log or warn."""
        return all(step.kind == "do" and step.expr is not None and step.expr.kind == "call"
                   and is_reporter(step.expr.name, has_text=any(part.kind == "string" for part in step.expr.parts[1:4]))
                   for step in self.inside(branch))

    def type_of(self, name: str) -> str:
        """Return the type of a local variable or parameter, empty when it has none here."""
        return self.locals.get(name, self.parameters.get(name, ""))


def _not(text: str) -> str:
    return text[1:] if text.startswith("!") and text[1:].replace("_", "").isalnum() else \
        f"!{text}" if _SIMPLE.fullmatch(text) else f"!({text})"


def walk(expr: Expr | None) -> Iterator[Expr]:
    """Yield an expression and all its parts, the outer ones first."""
    waiting = [] if expr is None else [expr]
    while waiting:  # a generator in a generator would hand each part on once for each level above it
        one = waiting.pop()
        yield one
        waiting += reversed(one.parts)


def calls_in(expr: Expr | None) -> list[Expr]:
    """Return the calls in an expression, the outer ones first."""
    if expr is None:
        return []
    if expr.inner is None:  # each detector asks for them
        expr.inner = tuple(part for part in walk(expr) if part.kind == "call" and part is not expr)
    return [expr, *expr.inner] if expr.kind == "call" else list(expr.inner)


def root_of(expr: Expr | None) -> str:
    """Return the variable that a place hangs on: `info` of `&info->link`, `p` of `*p[3]`; empty for none."""
    while expr is not None:
        if expr.kind == "name":
            return expr.name
        if expr.kind not in {"field", "index", "deref", "address", "cast", "unary"} or not expr.parts:
            return ""
        expr = expr.parts[0]
    return ""


def place_of(expr: Expr) -> str:
    """Return the place that is assigned, `p` or `p->err`; empty for what is no plain place."""
    text = spell(expr)
    return "" if "..." in text or "(" in text else text


def given_to(step: Step, name: str) -> Iterator[Expr]:
    """Yield what a variable is given in a step."""
    if step.kind == "declare" and step.name == name and step.expr is not None:
        yield step.expr
    yield from (part.parts[-1] for part in walk(step.expr)
                if part.kind == "assign" and part.parts and root_of(part.parts[0]) == name)


def _unpacked(parts: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    return parts[0].parts if len(parts) == 1 and parts[0].kind == "block" else parts


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.lines = data, lines_in(data)
        self.steps: list[Step] = []
        self.locals: dict[str, str] = {}
        self.blocks = 0
        self.always: set[int] = set()

    def add(self, stmt: Stmt, kind: str, where: tuple[int, ...], *, expr: Expr | None = None, name: str = "",
            loop: bool = False, start: int = -1, end: int = -1) -> int:
        begin = stmt.start if start < 0 else start
        self.steps.append(Step(kind=kind, start=begin, end=stmt.end if end < 0 else end,  # type: ignore[arg-type]
                               line=self.lines.line(begin), where=where, expr=expr, name=name, type=stmt.type,
                               loop=loop, cleanup=stmt.cleanup))
        return len(self.steps) - 1

    def read(self, stmt: Stmt, where: tuple[int, ...]) -> None:
        match stmt.kind:
            case "block":
                self.inner(stmt.parts, (*where, self.run()))
            case "once":
                inside = (*where, self.run())
                self.add(stmt, "do", inside, expr=stmt.exprs[0] if stmt.exprs else None, name=self.macro(stmt),
                         end=stmt.parts[0].start if stmt.parts else -1)
                self.inner(_unpacked(stmt.parts), inside)
            case "expr":
                self.add(stmt, "do", where, expr=stmt.exprs[0])
            case "declare":
                self.locals.setdefault(stmt.name, stmt.type)
                self.add(stmt, "declare", where, expr=stmt.exprs[0], name=stmt.name)
            case "if" | "while" | "for" | "do":
                self.test(stmt, where)
            case "switch":
                cases = _unpacked(stmt.parts)
                full = any(part.kind == "case" and part.name == "default" for part in cases)
                self.add(stmt, "switch", where, expr=stmt.exprs[0], start=stmt.exprs[0].start, end=stmt.exprs[0].end,
                         name="default" if full else "") if stmt.exprs[0] else None
                self.inner(cases, (*where, self.block()))
            case "case":
                self.inner(stmt.parts, (*where, self.block()))
            case "label":
                self.add(stmt, "label", where, name=stmt.name, end=stmt.start + len(stmt.name) + 1)
                self.inner(stmt.parts, where)
            case "return" | "goto" | "break" | "continue":
                self.add(stmt, stmt.kind, where, expr=stmt.exprs[0] if stmt.exprs else None, name=stmt.name)
            case _:
                self.inner(stmt.parts, where)

    def macro(self, stmt: Stmt) -> str:
        """Return the macro that makes a loop, or a block that runs once: `list_for_each_entry`; empty for none."""
        found = _MACRO.match(self.data, stmt.start)
        name = found[1].decode("latin-1") if found else ""
        return "" if name in {"for", "while", "do"} else name

    def block(self) -> int:
        self.blocks += 1
        return self.blocks

    def run(self) -> int:
        """Return a new block that runs whenever it is come to."""
        self.always.add(self.block())
        return self.blocks

    def inner(self, parts: tuple[Stmt, ...], where: tuple[int, ...]) -> None:
        for part in parts:
            self.read(part, where)

    def test(self, stmt: Stmt, where: tuple[int, ...]) -> None:
        expr = stmt.exprs[0] if stmt.exprs else None
        at = self.add(stmt, "test", where, expr=expr, loop=stmt.kind != "if", start=expr.start if expr else -1,
                      end=expr.end if expr else stmt.start, name=self.macro(stmt) if stmt.kind != "if" else "")
        branches = []
        for part in stmt.parts:
            first, block = len(self.steps), self.block()
            self.read(part, (*where, block)) if part.kind != "block" else self.inner(part.parts, (*where, block))
            branches.append(Branch(block, first, len(self.steps), self.leaving(first, (*where, block))))
        if stmt.kind == "for" and len(stmt.exprs) > 1 and stmt.exprs[1] is not None:
            step = stmt.exprs[1]
            self.add(stmt, "do", (*where, branches[0].block if branches else 0), expr=step, start=step.start,
                     end=step.end)
        self.steps[at] = replace(self.steps[at], branches=tuple(branches))

    def leaving(self, first: int, where: tuple[int, ...]) -> Leaves:
        """Return how the last step that stands directly in a block leaves it."""
        if len(self.steps) == first:
            return ""
        last = self.steps[-1]
        if last.where != where:
            return ""
        if last.kind == "do" and last.expr is not None and last.expr.kind == "call" and last.expr.name in NO_RETURN:
            return "stop"
        return _JUMPS.get(last.kind, "")


def _outline(data: bytes, piece: Piece, left_out: tuple[tuple[int, int], ...]) -> Outline:
    parsed = parse_function(prepare_body(data, piece, left_out))
    reader = _Reader(data)
    reader.inner(_unpacked((parsed.body,)), ())
    parameters = {name: text for text in piece.header.parameters if (name := parameter_name(text))}
    return Outline(name=piece.header.name, returns=piece.header.returns, static=piece.header.static,
                   line=reader.lines.line(piece.start), end_line=reader.lines.line(max(piece.start, piece.end - 1)),
                   steps=reader.steps, parameters=parameters, locals=reader.locals, data=data,
                   signature=piece.header.signature, cut=piece.head_cut or piece.tail_cut,
                   always=frozenset(reader.always))


def _around(pieces: tuple[Piece, ...], offsets: list[int]) -> Iterator[Piece]:
    """Yield the functions, in order, that hold one of these offsets or stand behind one: those of fragments are found
    all at once."""
    wanted, before = sorted(offsets), 0
    for piece in pieces:
        place = bisect_left(wanted, before)
        if place < len(wanted) and wanted[place] < piece.end:
            yield piece
        before = piece.end


def outlines_of(path: str, data: bytes, offsets: list[int] | None = None, *,
                known: tuple[tuple[int, int], ...] = (), most: int = _MOST_VARIANTS,
                names: Container[str] | None = None) -> Iterator[tuple[Outline, ...]]:
    """Yield for each function around one of the offsets (None: each of the file) its outlines.

    Of all functions there only those with one of the `names`, if some are given. A function has one outline for each
    of at most `most` choices of `#if` arms; what is too large is left out.
    """
    lines = lines_in(data)
    conditions = read_conditions(data)
    pieces = find_pieces(Source(path=path, data=data, known=known), lines, offsets)
    for piece in pieces if offsets is None or not known else _around(pieces, offsets):
        if piece.end - piece.body > _MOST_BYTES or not piece.header.name:
            continue
        if names is not None and piece.header.name not in names:
            continue
        found = []
        try:
            for left_out, _, _ in variants(conditions, piece):
                found.append(_outline(data, piece, left_out))
                if len(found) == most:
                    break
        except (BudgetError, RecursionError):
            continue
        if found:
            yield tuple(found)
