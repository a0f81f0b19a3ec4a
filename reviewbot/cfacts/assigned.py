"""What the local names of a function stand for: those that get their value once, or only constants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.cfacts.graph import Graph, Op
from reviewbot.cfacts.lexer import squash_c
from reviewbot.cfacts.syntax import Expr
from reviewbot.logic import FALSE, And, Cond, Or, Var
from reviewbot.patterns import regex

__all__ = ["by_options", "constants_in", "results_in", "values_of"]

_NAME = regex(r"(?<![\w.>])[A-Za-z_]\w*(?!\w)")
_CONSTANT = regex(r"_*[A-Z][A-Z0-9_]*|-?(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*|true|false|NULL")
_CONST = regex(rb"(?<![\w*] )\bconst\s+(?:[A-Za-z_]\w*\s+)+([A-Za-z_]\w*)\s*=\s*([^;{}]*);")
_FALSE = frozenset({b"false", b"0"})
_ASKS = frozenset({"!", "==", "!=", "<", ">", "<=", ">="})
_NUMBERS = frozenset({"int", "long", "unsigned", "signed", "short", "ssize_t", "s32", "s64"})
_MOST = 8
_DEEPEST = 4
_LONGEST = 300


def constants_in(code: bytes) -> dict[str, str]:
    """Return the local names that a piece of a function declares with a value and as `const`, each with its value."""
    found = [(name.decode("latin-1"), squash_c(value)) for name, value in _CONST.findall(code)]
    names = [name for name, _ in found]
    return {name: value for name, value in found if names.count(name) == 1 and len(value) <= _LONGEST}


def results_in(graph: Graph) -> frozenset[str]:
    """Return the local variables that are numbers and take what a call returns, such as an error."""
    return frozenset(name for name, ops in graph.assigned.items()
                     if set(graph.variables.get(name, "*").split()) <= _NUMBERS
                     and any(op.expr is not None and op.expr.kind == "call" for op in ops))


def by_options(graph: Graph, data: bytes, condition: Cond) -> Cond:
    """Return a test with each local flag that is false, or what options say, joined to these options: `if (remap)` asks
    for CONFIG_DEMO_REMAP after `remap = IS_ENABLED(CONFIG_DEMO_REMAP)` where nothing else sets it."""
    return condition.replace(lambda name: And(Var(name), limit) if (limit := _limit(graph, data, name)) else None)


def _limit(graph: Graph, data: bytes, name: str) -> Cond | None:
    ops = graph.assigned.get(name, []) if name in graph.variables and name not in graph.handed_out else []
    if not 1 < len(ops) <= _MOST or any(op.expr is None or op.keeps for op in ops):
        return None
    given = [FALSE if text in _FALSE else parse_c_condition(text) for op in ops if op.expr is not None
             for text in [data[op.expr.start:op.expr.end]]]
    limit = Or(*given)
    asked = limit.variables()
    return limit if asked and all(one.startswith("CONFIG_") for one in asked) else None


def values_of(graph: Graph, data: bytes, parameters: Sequence[str], texts: Iterable[str],
              declared: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the local variables that stand in the texts, and in what these stand for, with all values they may have.

    That is an answer (a `bool`, a comparison, a choice of constants) which nothing changes afterwards, or constants; a
    name of which neither is so is left out.
    `declared` are constants that an earlier piece of the function has.
    """
    found: dict[str, tuple[str, ...]] = {}
    named = [name for text in texts for name in _named(text)]
    waiting = [(name, 0) for name in reversed(dict.fromkeys(reversed(named)))]  # each once: the last is taken first
    while waiting:
        name, depth = waiting.pop()
        if name in found or name in parameters or name in graph.handed_out or depth > _DEEPEST:
            continue
        ops = graph.assigned.get(name, [])
        values = _values(graph, data, name, ops) if ops else (declared[name],) if name in declared else ()
        if values:
            found[name] = values
            waiting += [(inner, depth + 1) for value in values for inner in _NAME.findall(value)]
    return tuple(sorted(found.items()))


@lru_cache(maxsize=4096)  # a test stands before every call behind it
def _named(text: str) -> tuple[str, ...]:
    return tuple(_NAME.findall(text))


def _values(graph: Graph, data: bytes, name: str, ops: list[Op]) -> tuple[str, ...]:
    if len(ops) > _MOST or any(op.expr is None or op.keeps for op in ops):
        return ()
    exprs = [op.expr for op in ops if op.expr is not None]
    texts = [squash_c(data[expr.start:expr.end]) for expr in exprs]
    if len(texts) > 1:
        return tuple(dict.fromkeys(texts)) if all(_CONSTANT.fullmatch(text) for text in texts) else ()
    answers = "bool" in graph.variables.get(name, "").split() or _is_question(exprs[0], data)
    if not answers and not _CONSTANT.fullmatch(texts[0]):
        return ()
    if len(texts[0]) > _LONGEST or _acts(exprs[0]):
        return ()
    read = set(_NAME.findall(texts[0]))
    if read & graph.changed or any(place in texts[0] for place in graph.changed if not place.isidentifier()):
        return ()
    return (texts[0],)


def _is_question(expr: Expr, data: bytes) -> bool:
    """Return whether the value of an expression is an answer: of a test, or one of several constants."""
    match expr.kind:
        case "both" | "either":
            return True
        case "unary" | "binary" if expr.name in _ASKS:
            return True
        case "choice" if len(expr.parts) == 3:
            return all(_CONSTANT.fullmatch(squash_c(data[part.start:part.end])) or _is_question(part, data)
                       for part in expr.parts[1:])
        case "cast" | "other" if len(expr.parts) == 1:
            return _is_question(expr.parts[0], data)
    return False


def _acts(expr: Expr) -> bool:
    """Return whether the expression changes something itself."""
    return expr.kind in {"assign", "update", "block"} or any(_acts(part) for part in expr.parts)
