"""What a file's own macros without arguments ask: `#define has_low false` under an `#else` is no question there."""

from __future__ import annotations

import re
from functools import lru_cache

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.checks.configured import nest_at
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var
from reviewbot.source.types import Tree
from reviewbot.text import decode, is_bracketed

__all__ = ["with_own_macros"]

_VALUES = {"true": TRUE, "false": FALSE, "1": TRUE, "0": FALSE}
_MOST = 4  # definitions of one name


def with_own_macros(tree: Tree, path: str, condition: Cond) -> Cond:
    """Return the condition of a line of the file with each lone name that the file itself defines as a macro replaced
    by what that stands for, under the `#if` of each definition. A name that is defined oftener stays."""
    data = tree.read(path) or b""
    if b"define" not in data:
        return condition

    def replaced(atom: str) -> Cond | None:
        found = _definitions(data, atom) if atom.isidentifier() and not atom.startswith("CONFIG_") else ()
        if not found:
            return None
        ways = [(nest_at(tree, path, line), _meaning(text)) for line, text in found]
        rest = And(Not(Or(*(nest for nest, _ in ways))), Var(atom))
        return Or(rest, *(And(nest, told) for nest, told in ways))

    return condition.replace(replaced)


@lru_cache(maxsize=512)
def _definitions(data: bytes, name: str) -> tuple[tuple[int, str], ...]:
    """Return the line and the text of each definition of the name, () where one of them cannot be read."""
    if name.encode() not in data:
        return ()
    text = decode(data)
    found = [(text.count("\n", 0, hit.start()) + 1, hit[1].strip()) for hit in re.finditer(
        rf"^[ \t]*#[ \t]*define[ \t]+{name}(?![\w(])([^\n]*)$", text, re.MULTILINE)]
    whole = all(told and not told.endswith("\\") and "/*" not in told and "//" not in told for _, told in found)
    return tuple(found) if found and whole and len(found) <= _MOST and f"#undef {name}" not in text else ()


def _meaning(text: str) -> Cond:
    while is_bracketed(text):
        text = text[1:-1].strip()
    return _VALUES[text] if text in _VALUES else parse_c_condition(text.encode())
