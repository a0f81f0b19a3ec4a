"""The statements and expressions of one function, read by tree-sitter and turned into plain values at once.

Only this module sees tree-sitter. What the grammar could not read stays in the tree as kind `other` with its readable
parts, and its place is listed in `errors`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Literal

import tree_sitter_c
from tree_sitter import Language, Node, Parser

from reviewbot.budget import LIMITS
from reviewbot.cfacts.prepare import Prepared
from reviewbot.errors import BudgetError
from reviewbot.values import dataclass

__all__ = ["Expr", "ExprKind", "Parsed", "Stmt", "StmtKind", "parse_function"]

ExprKind = Literal["name", "literal", "string", "call", "assign", "choice", "both", "either", "unary", "address",
                   "deref", "update", "cast", "binary", "comma", "field", "index", "block", "list", "size", "other"]
StmtKind = Literal["expr", "declare", "if", "while", "do", "for", "switch", "case", "label", "goto", "jump", "break",
                   "continue", "return", "block", "once", "empty"]

_MOST_DEPTH = 150


@dataclass(slots=True, kw_only=True)
class Expr:
    """One expression at file offsets [`start`, `end`).

    `name` is an identifier, an operator, a field's name or a cast's type; `parts` are the operands in order (of a
    call: the callee, then the arguments). `body` is set for a statement expression. `inner` are the calls in its
    parts, the outer ones first, once somebody has asked for them.
    """

    kind: ExprKind
    start: int
    end: int
    name: str = ""
    parts: tuple[Expr, ...] = ()
    body: Stmt | None = None
    inner: tuple[Expr, ...] | None = field(init=False, repr=False, compare=False, default=None)


@dataclass(slots=True, kw_only=True)
class Stmt:
    """One statement at file offsets [`start`, `end`).

    `name` is a label, the declared variable, or of a loop by a macro `each` or `unknown`; `exprs` are its expressions
    in order (of `for`: test and step, None where absent); `parts` its inner statements. `type` is a declaration's
    type, `cleanup` what runs at the end of the variable's life; `static` marks a variable that outlives the call.
    """

    kind: StmtKind
    start: int
    end: int
    name: str = ""
    exprs: tuple[Expr | None, ...] = ()
    parts: tuple[Stmt, ...] = ()
    type: str = ""
    cleanup: str = ""
    static: bool = False


@dataclass(slots=True, kw_only=True)
class Parsed:
    """A function's body, and the file offsets [start, end) that the grammar could not read."""

    body: Stmt
    errors: tuple[tuple[int, int], ...]


_PARSER = Parser(Language(tree_sitter_c.language()))


def parse_function(prepared: Prepared) -> Parsed:
    """Return the statements of a prepared body. Raises BudgetError for more nodes or depth than a function has."""
    tree = _PARSER.parse(prepared.text)
    root = tree.root_node
    if root.descendant_count > LIMITS.nodes:
        raise BudgetError(f"a function of {root.descendant_count} syntax nodes")
    builder = _Builder(prepared)
    body = next((child.child_by_field_name("body") for child in root.children
                 if child.type == "function_definition"), None)
    errors: list[tuple[int, int]] = []
    if root.has_error:
        _collect_errors(root, prepared.base, errors, 0)
    if body is None:
        statements = tuple(found for child in root.children for found in builder.statement(child, 0))
        return Parsed(body=Stmt(kind="block", start=prepared.base, end=prepared.base + len(prepared.text),
                                parts=statements), errors=tuple(errors))
    rest = tuple(found for child in root.children if child.type != "function_definition"
                 for found in builder.statement(child, 0))
    block = builder.block(body, 0)
    if rest:  # the grammar closed the function too early: what follows belongs to it all the same
        block.parts = (*block.parts, *rest)
    return Parsed(body=block, errors=tuple(errors))


def _collect_errors(node: Node, base: int, errors: list[tuple[int, int]], depth: int) -> None:
    for child in node.children:
        if child.type == "ERROR" or child.is_missing:
            errors.append((child.start_byte + base, max(child.end_byte, child.start_byte + 1) + base))
        elif child.has_error and depth < _MOST_DEPTH:
            _collect_errors(child, base, errors, depth + 1)


_Reader = Callable[["_Builder", Node, int], Expr]


class _Builder:
    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.base = prepared.base
        self.source = prepared.text

    def text(self, node: Node | None) -> str:
        return "" if node is None else self.source[node.start_byte:node.end_byte].decode("latin-1")

    # Statements

    def block(self, node: Node, depth: int) -> Stmt:
        parts = tuple(found for child in node.children for found in self.statement(child, depth + 1))
        return Stmt(kind="block", start=node.start_byte + self.base, end=node.end_byte + self.base, parts=parts)

    def one(self, node: Node | None, depth: int) -> Stmt:
        """Return the single statement that stands as a branch or a loop's body."""
        if node is None:
            return Stmt(kind="empty", start=0, end=0)
        found = self.statement(node, depth + 1)
        if len(found) == 1:
            return found[0]
        return Stmt(kind="block", start=node.start_byte + self.base, end=node.end_byte + self.base, parts=tuple(found))

    def statement(self, node: Node, depth: int) -> list[Stmt]:
        if depth > _MOST_DEPTH:
            raise BudgetError("statements nested too deeply")
        read = _STATEMENTS.get(node.type)
        if read:
            return read(self, node, depth)
        if not node.is_named or node.type in _SILENT_NODES:
            return []
        if node.type == "ERROR" or node.type.endswith("_definition") or node.type.endswith("_specifier"):
            return self.wreck(node, depth)
        return [self.make("expr", node, exprs=(self.expr(node, depth),))]

    def wreck(self, node: Node, depth: int) -> list[Stmt]:
        """Return what can still be read of a stretch that the grammar gave up on."""
        return [found for child in node.children for found in self.statement(child, depth + 1)]

    def make(self, kind: StmtKind, node: Node, *, name: str = "", exprs: tuple[Expr | None, ...] = (),
             parts: tuple[Stmt, ...] = ()) -> Stmt:
        return Stmt(kind=kind, start=node.start_byte + self.base, end=node.end_byte + self.base, name=name, exprs=exprs,
                    parts=parts)

    def expression_statement(self, node: Node, depth: int) -> list[Stmt]:
        inner = [child for child in node.children if child.is_named and child.type != "comment"]
        if not inner:
            return [self.make("empty", node)]
        return [self.make("expr", node, exprs=(self.expr(child, depth + 1),)) for child in inner]

    def declaration(self, node: Node, depth: int) -> list[Stmt]:
        type_text = " ".join(self.text(child) for child in node.children
                             if child.type in {"type_qualifier"} or child == node.child_by_field_name("type"))
        static = any(child.type == "storage_class_specifier" and self.text(child) in {"static", "extern"}
                     for child in node.children)
        found = []
        for child in node.children_by_field_name("declarator"):
            target = child.child_by_field_name("declarator") if child.type == "init_declarator" else child
            value = child.child_by_field_name("value") if child.type == "init_declarator" else None
            name, stars, at = self.declared(target)
            stmt = self.make("declare", child, name=name, exprs=(self.expr(value, depth + 1) if value else None,))
            stmt.start, stmt.end = node.start_byte + self.base, node.end_byte + self.base
            stmt.type, stmt.static = f"{type_text}{stars}", static
            stmt.cleanup = self.prepared.cleanups.get(at + self.base, "")
            found.append(stmt)
        return found

    def declared(self, node: Node | None) -> tuple[str, str, int]:
        """Return the name, stars and place of a declarator."""
        stars = ""
        while node is not None and node.type != "identifier":
            stars += _STARS.get(node.type, "")
            inner = node.child_by_field_name("declarator")
            node = inner or next((c for c in node.children if c.is_named and c.type.endswith(("declarator", "ifier"))),
                                 None)
        return self.text(node), stars, node.start_byte if node else 0

    def if_statement(self, node: Node, depth: int) -> list[Stmt]:
        other = node.child_by_field_name("alternative")
        if other is not None and other.type == "else_clause":
            other = next((child for child in other.children if child.is_named and child.type != "comment"), None)
        parts = [self.one(node.child_by_field_name("consequence"), depth)]
        if other is not None:
            parts.append(self.one(other, depth))
        return [self.make("if", node, exprs=(self.test(node, depth),), parts=tuple(parts))]

    def test(self, node: Node, depth: int) -> Expr:
        condition = node.child_by_field_name("condition")
        if condition is None:
            return Expr(kind="literal", start=node.start_byte + self.base, end=node.start_byte + self.base, name="1")
        return self.expr(condition, depth + 1)

    def while_statement(self, node: Node, depth: int) -> list[Stmt]:
        offset = node.start_byte + self.base
        body = self.one(node.child_by_field_name("body"), depth)
        kind: StmtKind = "once" if offset in self.prepared.once else "while"
        name = "each" if offset in self.prepared.loops else "unknown" if offset in self.prepared.unknown else ""
        return [self.make(kind, node, name=name, exprs=(self.test(node, depth),), parts=(body,))]

    def do_statement(self, node: Node, depth: int) -> list[Stmt]:
        return [self.make("do", node, exprs=(self.test(node, depth),),
                          parts=(self.one(node.child_by_field_name("body"), depth),))]

    def for_statement(self, node: Node, depth: int) -> list[Stmt]:
        start = node.child_by_field_name("initializer")
        before: list[Stmt] = []
        if start is not None:
            before = (self.declaration(start, depth) if start.type == "declaration"
                      else [self.make("expr", start, exprs=(self.expr(start, depth + 1),))])
        test, step = node.child_by_field_name("condition"), node.child_by_field_name("update")
        loop = self.make("for", node, exprs=(self.expr(test, depth + 1) if test else None,
                                             self.expr(step, depth + 1) if step else None),
                         parts=(self.one(node.child_by_field_name("body"), depth),))
        if not before:
            return [loop]
        return [self.make("block", node, parts=(*before, loop))]

    def switch_statement(self, node: Node, depth: int) -> list[Stmt]:
        return [self.make("switch", node, exprs=(self.test(node, depth),),
                          parts=(self.one(node.child_by_field_name("body"), depth),))]

    def case_statement(self, node: Node, depth: int) -> list[Stmt]:
        value = node.child_by_field_name("value")
        parts: list[Stmt] = []
        behind = False
        for child in node.children:
            if behind:
                parts += self.statement(child, depth + 1)
            elif child.type == ":":
                behind = True
        return [self.make("case", node, name=self.text(value) if value else "default", parts=tuple(parts))]

    def labeled_statement(self, node: Node, depth: int) -> list[Stmt]:
        label = node.child_by_field_name("label")
        parts = [found for child in node.children if child != label and child.is_named
                 for found in self.statement(child, depth + 1)]
        return [self.make("label", node, name=self.text(label), parts=tuple(parts))]

    def goto_statement(self, node: Node, _depth: int) -> list[Stmt]:
        computed = node.start_byte + self.base in self.prepared.jumps
        return [self.make("jump" if computed else "goto", node, name=self.text(node.child_by_field_name("label")))]

    def return_statement(self, node: Node, depth: int) -> list[Stmt]:
        inner = next((child for child in node.children if child.is_named and child.type != "comment"), None)
        return [self.make("return", node, exprs=(self.expr(inner, depth + 1) if inner else None,))]

    def break_statement(self, node: Node, _depth: int) -> list[Stmt]:
        return [self.make("break", node)]

    def continue_statement(self, node: Node, _depth: int) -> list[Stmt]:
        return [self.make("continue", node)]

    def compound_statement(self, node: Node, depth: int) -> list[Stmt]:
        return [self.block(node, depth)]

    def function_definition(self, node: Node, depth: int) -> list[Stmt]:
        """An unknown macro before a block reads as a function in a function: the block runs in place."""
        body = node.child_by_field_name("body")
        head = [found for child in node.children if child != body for found in self.statement(child, depth + 1)]
        return [*head, *([self.block(body, depth)] if body else [])]

    # Expressions

    def expr(self, node: Node, depth: int) -> Expr:
        if depth > _MOST_DEPTH:
            raise BudgetError("an expression nested too deeply")
        read = _EXPRESSIONS.get(node.type)
        if read:
            return read(self, node, depth + 1)
        if not node.children:
            kind: ExprKind = "name" if node.type in {"identifier", "field_identifier"} else "literal"
            return self.node(kind, node, name=self.text(node))
        return self.node("other", node, parts=self.inner(node, depth))

    def node(self, kind: ExprKind, node: Node, *, name: str = "", parts: tuple[Expr, ...] = ()) -> Expr:
        return Expr(kind=kind, start=node.start_byte + self.base, end=node.end_byte + self.base, name=name, parts=parts)

    def inner(self, node: Node, depth: int) -> tuple[Expr, ...]:
        return tuple(self.expr(child, depth + 1) for child in node.children
                     if child.is_named and child.type not in _SILENT_NODES)

    def fields(self, node: Node, depth: int, *names: str) -> tuple[Expr, ...]:
        found = (node.child_by_field_name(name) for name in names)
        return tuple(self.expr(child, depth + 1) for child in found if child is not None)

    def operator(self, node: Node) -> str:
        return self.text(node.child_by_field_name("operator"))

    def call(self, node: Node, depth: int) -> Expr:
        arguments = node.child_by_field_name("arguments")
        parts = (*self.fields(node, depth, "function"), *(self.inner(arguments, depth) if arguments else ()))
        return self.node("call", node, name=parts[0].name if parts and parts[0].kind == "name" else "", parts=parts)

    def binary(self, node: Node, depth: int) -> Expr:
        operator = self.operator(node)
        kind: ExprKind = "both" if operator == "&&" else "either" if operator == "||" else "binary"
        return self.node(kind, node, name=operator, parts=self.fields(node, depth, "left", "right"))

    def assign(self, node: Node, depth: int) -> Expr:
        return self.node("assign", node, name=self.operator(node), parts=self.fields(node, depth, "left", "right"))

    def choice(self, node: Node, depth: int) -> Expr:
        return self.node("choice", node,
                         parts=self.fields(node, depth, "condition", "consequence", "alternative"))

    def unary(self, node: Node, depth: int) -> Expr:
        return self.node("unary", node, name=self.operator(node), parts=self.fields(node, depth, "argument"))

    def pointer(self, node: Node, depth: int) -> Expr:
        kind: ExprKind = "address" if self.operator(node) == "&" else "deref"
        return self.node(kind, node, parts=self.fields(node, depth, "argument"))

    def update(self, node: Node, depth: int) -> Expr:
        return self.node("update", node, parts=self.fields(node, depth, "argument"))

    def cast(self, node: Node, depth: int) -> Expr:
        return self.node("cast", node, name=" ".join(self.text(node.child_by_field_name("type")).split()),
                         parts=self.fields(node, depth, "value"))

    def field(self, node: Node, depth: int) -> Expr:
        return self.node("field", node, name=self.operator(node) + self.text(node.child_by_field_name("field")),
                         parts=self.fields(node, depth, "argument"))

    def index(self, node: Node, depth: int) -> Expr:
        return self.node("index", node, parts=self.fields(node, depth, "argument", "index"))

    def comma(self, node: Node, depth: int) -> Expr:
        return self.node("comma", node, parts=self.fields(node, depth, "left", "right"))

    def bracket(self, node: Node, depth: int) -> Expr:
        inner = [child for child in node.children if child.is_named and child.type != "comment"]
        if len(inner) == 1 and inner[0].type == "compound_statement":
            found = self.node("block", node)
            found.body = self.block(inner[0], depth)
            return found
        return self.expr(inner[0], depth) if len(inner) == 1 else self.node("other", node,
                                                                            parts=self.inner(node, depth))

    def compound(self, node: Node, depth: int) -> Expr:
        found = self.node("block", node)
        found.body = self.block(node, depth)
        return found

    def size(self, node: Node, _depth: int) -> Expr:
        return self.node("size", node)

    def literal(self, node: Node, _depth: int) -> Expr:
        return self.node("literal", node, name=self.text(node))

    def string(self, node: Node, _depth: int) -> Expr:
        return self.node("string", node)

    def listing(self, node: Node, depth: int) -> Expr:
        return self.node("list", node, parts=self.inner(node, depth))


_STARS = {"pointer_declarator": " *", "array_declarator": "[]", "function_declarator": "()"}

_SILENT_NODES = frozenset({"comment", "type_definition", "type_descriptor", "attribute_specifier", "primitive_type",
                           "type_identifier", "sized_type_specifier", "storage_class_specifier", "type_qualifier",
                           "struct_specifier", "union_specifier", "enum_specifier", "field_designator",
                           "statement_identifier", "parameter_list", "function_declarator", "linkage_specification"})

_STATEMENTS: dict[str, Callable[[_Builder, Node, int], list[Stmt]]] = {
    "expression_statement": _Builder.expression_statement,
    "declaration": _Builder.declaration,
    "if_statement": _Builder.if_statement,
    "while_statement": _Builder.while_statement,
    "do_statement": _Builder.do_statement,
    "for_statement": _Builder.for_statement,
    "switch_statement": _Builder.switch_statement,
    "case_statement": _Builder.case_statement,
    "labeled_statement": _Builder.labeled_statement,
    "goto_statement": _Builder.goto_statement,
    "return_statement": _Builder.return_statement,
    "break_statement": _Builder.break_statement,
    "continue_statement": _Builder.continue_statement,
    "compound_statement": _Builder.compound_statement,
    "function_definition": _Builder.function_definition,
    "attributed_statement": _Builder.wreck,
    "else_clause": _Builder.wreck,
}

_EXPRESSIONS: dict[str, _Reader] = {
    "call_expression": _Builder.call,
    "assignment_expression": _Builder.assign,
    "conditional_expression": _Builder.choice,
    "binary_expression": _Builder.binary,
    "unary_expression": _Builder.unary,
    "pointer_expression": _Builder.pointer,
    "update_expression": _Builder.update,
    "cast_expression": _Builder.cast,
    "field_expression": _Builder.field,
    "subscript_expression": _Builder.index,
    "comma_expression": _Builder.comma,
    "parenthesized_expression": _Builder.bracket,
    "compound_statement": _Builder.compound,
    "null": _Builder.literal,
    "true": _Builder.literal,
    "false": _Builder.literal,
    "sizeof_expression": _Builder.size,
    "alignof_expression": _Builder.size,
    "offsetof_expression": _Builder.size,
    "string_literal": _Builder.string,
    "concatenated_string": _Builder.string,
    "initializer_list": _Builder.listing,
    "initializer_pair": _Builder.listing,
    "compound_literal_expression": _Builder.listing,
}
