"""Macros of one file: their definitions, and what a macro does with the result of a call in its body."""

from __future__ import annotations

import re

from reviewbot.cfacts.building import build_graph
from reviewbot.cfacts.conditions import Conditions
from reviewbot.cfacts.headers import Header, read_header
from reviewbot.cfacts.lexer import identifiers, squash_c
from reviewbot.cfacts.outcome import Flow
from reviewbot.cfacts.prepare import prepare_text
from reviewbot.cfacts.syntax import parse_function
from reviewbot.cfacts.types import Definition, Use
from reviewbot.errors import BudgetError
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["MacroText", "macro_definition", "made_functions", "passes_on", "read_macro"]

_DEFINE = regex(rb"\#[ \t]*define[ \t]+(?P<name>\w+)(?P<parameters>\([^)]*\))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroText:
    """A `#define` as byte offsets: its directive [`start`, `end`), its body from `body`."""

    name: str
    parameters: tuple[str, ...] | None
    start: int
    body: int
    end: int


def read_macro(data: bytes, start: int, end: int) -> MacroText | None:
    """Return the `#define` at [start, end), None when the directive is another one."""
    found = _DEFINE.match(data, start, end)
    if not found:
        return None
    parameters = found.group("parameters")
    names = None if parameters is None else tuple(
        name.strip() for name in squash_c(parameters[1:-1]).split(",") if name.strip())
    return MacroText(name=found.group("name").decode("latin-1"), parameters=names, start=start, body=found.end(),
                     end=end)


def macro_definition(data: bytes, macro: MacroText, conditions: Conditions) -> Definition:
    """Return the definition as the other rooms see it."""
    return Definition(name=macro.name, line=conditions.lines.line(macro.start), parameters=macro.parameters,
                      body=squash_c(data[macro.body:macro.end]),
                      path_condition=conditions.at_offset(macro.start))


def passes_on(body: bytes, name: str) -> Use:
    """Return what a macro with this body does with the result of `name`; `returned` when the macro's value is it.

    An alias (`#define a b`) passes the result on. A body that cannot be read counts as `handled`.
    """
    words = [word for word, _ in identifiers(body)]
    if words and squash_c(body).strip("() ") == name:
        return "returned"
    for expression in (True, False):
        text = body if expression else body + b";"
        try:
            parsed = parse_function(prepare_text(text, 0, expression=expression))
            if expression and parsed.errors:
                continue
            graph = build_graph(parsed.body, (), open_ended=True)
        except (BudgetError, RecursionError):
            return "handled"
        flow = Flow(graph)
        uses = [flow.outcome((index, number)).use for index, block in enumerate(graph.blocks)
                for number, op in enumerate(block.ops) if op.kind == "call" and op.name == name]
        if uses:
            return next((use for use in ("discarded", "unread", "void-cast", "overwritten", "warn-only", "handled")
                         if use in uses), "returned")
    return "handled"


def made_functions(body: bytes, parameters: tuple[str, ...] | None,
                   arguments: tuple[str, ...]) -> list[tuple[str, Header]]:
    """Return (name, header) of each function that a macro with this body defines when used with `arguments`."""
    values = dict(zip(parameters or (), arguments, strict=False))
    found: list[tuple[str, Header]] = []
    text = body.replace(b"\\\r\n", b"  \n").replace(b"\\\n", b" \n")
    depth, before = 0, 0
    for brace in re.finditer(rb"[{}]", text):
        if brace.group() == b"{":
            if depth == 0:
                pasted = re.sub(rb"\s*##\s*", b"", text[before:brace.start()])
                spelled = re.sub(rb"[\w#\s]*##[\w#\s]*\w|\w+", lambda hit: _paste(hit.group(), values),
                                 text[before:brace.start()])
                header = read_header(spelled, 0, len(spelled))
                if header and pasted.strip():
                    found.append((header.name, header))
            depth += 1
        else:
            depth = max(0, depth - 1)
            before = brace.end()
    return found


def _paste(text: bytes, values: dict[str, str]) -> bytes:
    """Return the words of a macro's body with arguments put in and `##` carried out."""
    parts = re.split(r"(\s*##\s*|\W+)", text.decode("latin-1"))
    return "".join("" if "##" in part else values.get(part, part) for part in parts).encode("latin-1")


