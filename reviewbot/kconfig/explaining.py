"""Why a condition cannot hold: the chain of Kconfig lines that an unsatisfiable core names."""

from __future__ import annotations

from collections import deque

from pysat.solvers import Solver

from reviewbot.kconfig.bounded import holds
from reviewbot.kconfig.clauses import Group
from reviewbot.kconfig.formulas import Formulas
from reviewbot.kconfig.model import Model, Symbol
from reviewbot.kconfig.reading import PROBE
from reviewbot.logic import Cond
from reviewbot.text import clip

__all__ = ["explain", "expression_text"]

_MOST_TEXT = 160
_MOST_LINES = 12
_MOST_TRIALS = 60


def explain(model: Model, cond: Cond, *, arch: str) -> tuple[str, ...]:
    """Return one line for each step of the reason why the condition never holds, nearest to the question first.

    The slice grows from the question's own symbols outwards until it contradicts itself, so the reason is short.
    """
    with Solver(name="glucose4") as solver:
        formulas = Formulas(model, solver, grouped=True)
        question = formulas.literal(cond)
        while True:
            complete = formulas.close(layers=1)
            names = {literal: group for group, literal in formulas.groups.items()}
            if not holds(solver, [question, *names]):
                break
            if complete:
                return ()
        core = [literal for literal in solver.get_core() or () if literal in names]
        for literal in tuple(core)[:_MOST_TRIALS]:
            rest = [other for other in core if other != literal]
            if not holds(solver, [question, *rest]):
                core = rest
    groups = [names[literal] for literal in core]
    if not groups:
        return (f"'{cond}' contradicts itself",)
    order = _distances(model, groups, cond)
    groups.sort(key=lambda group: (order.get(group.symbol, len(order)), group))
    lines = [_line(model, group, arch=arch) for group in groups]
    return tuple(dict.fromkeys(line for line in lines if line))[:_MOST_LINES]


def _distances(model: Model, groups: list[Group], cond: Cond) -> dict[str, int]:
    """Return how far each symbol of the core is from the question, along the core."""
    wanted = {group.symbol for group in groups}
    start = sorted(name.removeprefix("CONFIG_") for name in cond.variables())
    start = [name if name in model.symbols else name.removesuffix("_MODULE") for name in start]
    found: dict[str, int] = {}
    pending = deque((name, 0) for name in start)
    while pending:
        name, distance = pending.popleft()
        if name in found:
            continue
        found[name] = distance
        symbol = model.symbols.get(name)
        if symbol is None or name not in wanted:
            continue
        pending.extend((other, distance + 1) for other in sorted(_mentioned(model, symbol)) if other in wanted)
    return found


def _mentioned(model: Model, symbol: Symbol) -> set[str]:
    pending = [symbol.visible, symbol.depends, symbol.selected, symbol.implied]
    pending.extend(number for pair in symbol.defaults for number in pair)
    found: set[str] = set()
    seen: set[int] = set()
    while pending:
        number = pending.pop()
        if number in seen:
            continue
        seen.add(number)
        node = model.table[number]
        if node[0] == "s":
            found.add(str(node[1]))
        elif node[0] not in {"c", "h"}:
            pending.extend(int(part) for part in node[1:])
    return found


def _line(model: Model, group: Group, *, arch: str) -> str:
    symbol = model.symbols.get(group.symbol)
    if group.part == "undefined":
        return f"{group.symbol}: no Kconfig file of {arch} defines it"
    if symbol is None:
        return ""
    where = f" ({symbol.places[0].file}:{symbol.places[0].line})" if symbol.places else ""
    if group.part == "needs":
        return f"{group.symbol} {_needs(model, symbol)}{where}"
    if group.part == "selected":
        return f"{group.symbol} is selected by {expression_text(model, symbol.selected)}{where}"
    if group.part == "default":
        return f"{group.symbol} is on by default and has no prompt{where}"
    return f"{group.symbol} is m only with MODULES{where}"


def _needs(model: Model, symbol: Symbol) -> str:
    constant = {model.table[symbol.visible], model.table[symbol.selected]}
    if constant == {("c", "n")} and not symbol.defaults:
        return "has no prompt, no default, and nothing here selects it"
    parts = []
    if model.table[symbol.visible] != ("c", "n"):
        parts.append(f"depends on {expression_text(model, symbol.depends)}")
    elif symbol.defaults:
        shown = [f"{expression_text(model, value)} if {expression_text(model, condition)}"
                 if model.table[condition] != ("c", "y") else expression_text(model, value)
                 for value, condition in symbol.defaults]
        parts.append(clip(f"has no prompt and the default {', '.join(shown)}", _MOST_TEXT))
    if model.table[symbol.selected] != ("c", "n"):
        parts.append(f"is selected by {expression_text(model, symbol.selected)}")
    return ", or ".join(parts)


def expression_text(model: Model, expression: int) -> str:
    """Return an expression as Kconfig writes it, cut at a readable length."""
    return clip(_text(model, expression, 0), _MOST_TEXT)


def _text(model: Model, expression: int, depth: int) -> str:
    node = model.table[expression]
    if node[0] == "c":
        return str(node[1]) if node[1] in {"y", "m", "n"} else f'"{node[1]}"'
    if node[0] == "s":
        return model.probes.get(str(node[1]), str(node[1])) if str(node[1]).startswith(PROBE) else str(node[1])
    if node[0] == "h":
        return "<choice>"
    if depth > 24:
        return "..."
    if node[0] == "!":
        inner = _text(model, int(node[1]), depth + 1)
        return f"!({inner})" if " " in inner else f"!{inner}"
    left, right = (_text(model, int(part), depth + 1) for part in node[1:])
    if node[0] == "&":
        left, right = (f"({part})" if " || " in part and not part.startswith("(") else part for part in (left, right))
        return f"{left} && {right}"
    return f"{left} || {right}" if node[0] == "|" else f"{left}{node[0]}{right}"
