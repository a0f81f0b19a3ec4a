"""Kconfig as clauses for a SAT solver, built only for the symbols that a question reaches.

A tristate is two variables, "at least m" and "y"; a bool is one. For every symbol with a prompt there is one more, "the
user set it": while that is false the symbol has its default, which is what `olddefconfig` gives it. A set of symbols
that the user sets is therefore an example configuration. What nobody can know from the tree (questions to the
compiler, symbols of absent files, numbers that a user types) is a free variable.
"""

from __future__ import annotations

import re
from typing import Any

from reviewbot.kconfig.clauses import Clauses, compares, compares_text, number_of
from reviewbot.kconfig.model import Choice, Model, Symbol
from reviewbot.kconfig.reading import PROBE
from reviewbot.logic import Cond
from reviewbot.patterns import regex

__all__ = ["Formulas"]

_TRISTATE = {"n": 0, "m": 1, "y": 2}
_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2))
_COMPARISON = regex(r"\(?CONFIG_(?P<name>\w+) (?P<operator>==|<=|>=|<|>) (?P<number>\w+)\)?")
_MOST_DEPTH = 8  # defaults of numbers that point to other numbers


class Formulas(Clauses):
    """The clauses of one architecture in one solver. `solver` is a pysat solver, kept for the life of this object.

    With `grouped`, every clause that a symbol contributes hangs on a literal in `groups`, so that a core names symbols.
    """

    def __init__(self, model: Model, solver: Any, *, grouped: bool = False) -> None:
        """Start with an empty solver; `literal` adds what a question reaches."""
        super().__init__(solver, grouped=grouped)
        self.model = model
        self.user: dict[str, int] = {}
        self.symbols: dict[str, tuple[int, int]] = {}
        self._memo: dict[tuple[int, int], int] = {}
        self._choices: dict[int, tuple[int, int]] = {}
        self._queue: list[str] = []
        self._choice_queue: list[int] = []
        self._depth = 0

    # Literals of questions

    def literal(self, cond: Cond) -> int:
        """Return the literal of a condition over CONFIG_X, CONFIG_X_MODULE and opaque names. Call `close` after it."""
        match cond.op:
            case "true":
                return self._true
            case "false":
                return -self._true
            case "not":
                return -self.literal(cond.parts[0])
            case "and":
                return self._all([self.literal(part) for part in cond.parts])
            case "or":
                return -self._all([-self.literal(part) for part in cond.parts])
        return self._variable(cond.name)

    def _variable(self, name: str) -> int:
        found = _COMPARISON.fullmatch(name)
        if found and found["name"] in self.model.symbols:
            return self._compared(self.model.symbols[found["name"]], found["operator"], found["number"])
        if not re.fullmatch(r"CONFIG_\w+", name):
            if name not in self.free:
                self.only_asked.add(name)
            return self._opaque(name)
        symbol = name.removeprefix("CONFIG_")
        if symbol.endswith("_MODULE") and symbol not in self.model.symbols:
            at_least, yes = self._symbol(symbol.removesuffix("_MODULE"))
            return self._all([at_least, -yes])
        known = self.model.symbols.get(symbol)
        if known is not None and known.kind not in {"bool", "tristate"}:
            return self.at_least(known.depends, 1)  # `#ifdef CONFIG_NR_CPUS`: it has some value
        return self._symbol(symbol)[1]

    def _compared(self, symbol: Symbol, operator: str, text: str) -> int:
        number = re.sub(r"[uUlL]+$", "", text)
        relation = "=" if operator == "==" else operator
        holds = []
        for guard, value in self._number_values(symbol):
            known = value is not None and (self._true if compares_text(value, relation, number) else -self._true)
            holds.append(self._all([guard, known or self._open_number(symbol.name, relation, number)]))
        return self._any(holds)

    def close(self, *, layers: int | None = None) -> bool:
        """Add the clauses of every symbol that was reached (or of `layers` more layers); return whether all is in."""
        while self._queue or self._choice_queue:
            if layers is not None:
                if layers == 0:
                    return False
                layers -= 1
            queue, self._queue = self._queue, []
            choices, self._choice_queue = self._choice_queue, []
            for name in queue:
                self._encode(name)
            for number in choices:
                self._encode_choice(number)
        return True

    # Expressions

    def at_least(self, expression: int, level: int) -> int:
        """Return the literal of `expression >= level`, where m is 1 and y is 2."""
        key = (expression, level)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._expression(expression, level)
        return known

    def _expression(self, expression: int, level: int) -> int:
        node: tuple[Any, ...] = self.model.table[expression]
        match node[0]:
            case "c":
                return self._true if _TRISTATE.get(node[1], 0) >= level else -self._true
            case "s":
                return self._symbol(node[1])[level - 1]
            case "h":
                return self._choice(node[1])[level - 1]
            case "!":
                return -self.at_least(node[1], 3 - level)
            case "&":
                return self._all([self.at_least(part, level) for part in self._operands(expression, "&")])
            case "|":
                return self._any([self.at_least(part, level) for part in self._operands(expression, "|")])
        return self._relation(str(node[0]), node[1], node[2])

    def _operands(self, expression: int, operator: str) -> list[int]:
        pending, found = [expression], []
        while pending:
            number = pending.pop()
            node: tuple[Any, ...] = self.model.table[number]
            if node[0] == operator:
                pending.extend((node[2], node[1]))
            else:
                found.append(number)
        return found

    def _symbol(self, name: str) -> tuple[int, int]:
        known = self.symbols.get(name)
        if known is not None:
            return known
        symbol = self.model.symbols.get(name)
        if symbol is None:
            pair = self._undefined(name)
        elif symbol.kind == "bool":
            value = self._new()
            pair = (value, value)
            self._queue.append(name)
        elif symbol.kind == "tristate":
            pair = (self._new(), self._new())
            self._queue.append(name)
        else:
            pair = (-self._true, -self._true)
        self.symbols[name] = pair
        return pair

    def _undefined(self, name: str) -> tuple[int, int]:
        if name.startswith(PROBE):
            value = self._free(self.model.probes.get(name, name))
        elif not self.model.complete:
            value = self._free(f"CONFIG_{name}")
        elif self._grouped:
            value = self._new()
            self._add([-value], name, "undefined")
        else:
            value = -self._true
        return value, value

    # Relations

    def _relation(self, operator: str, left: int, right: int) -> int:
        if operator == "!=":
            return -self._relation("=", left, right)
        first, second = self._tristate(left), self._tristate(right)
        if first and second:
            holds = [self._all([first[a], second[b]]) for a, b in _PAIRS if compares(a, operator, b)]
            return self._any(holds)
        result = []
        for guard, value in self._values(left):
            for other_guard, other in self._values(right):
                if value is not None and other is not None:
                    holds_here = self._true if compares_text(value, operator, other) else -self._true
                elif value is None and other is not None:
                    holds_here = self._open_number(self._text(left), operator, other)
                elif value is not None:
                    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
                    holds_here = self._open_number(self._text(right), turned, str(value))
                else:
                    holds_here = self._free(f"{self._text(left)} {operator} {self._text(right)}")
                result.append(self._all([guard, other_guard, holds_here]))
        return self._any(result)

    def _tristate(self, leaf: int) -> tuple[int, int, int] | None:
        """Return the literals of the values n, m, y of a leaf, or None when it is no tristate."""
        kind, value = self.model.table[leaf][:2]
        if kind == "c":
            level = _TRISTATE.get(str(value))
            if level is None:
                return None
            return tuple(self._true if level == at else -self._true for at in range(3))  # type: ignore[return-value]
        if kind == "h":
            at_least, yes = self._choice(int(value))
        else:
            symbol = self.model.symbols.get(str(value))
            if symbol is None and (str(value).startswith(PROBE) or not self.model.complete):
                return None
            if symbol is None or symbol.kind not in {"bool", "tristate"}:
                return None
            at_least, yes = self._symbol(str(value))
        return -at_least, self._all([at_least, -yes]), yes

    def _text(self, leaf: int) -> str:
        value = str(self.model.table[leaf][1])
        return self.model.probes.get(value, value)

    def _values(self, leaf: int) -> list[tuple[int, str | None]]:
        """Return what text a leaf may have, as (literal, text); None is what only the user or the compiler knows."""
        kind, value = self.model.table[leaf][:2]
        name = str(value)
        if kind == "c":
            return [(self._true, name)]
        symbol = self.model.symbols.get(name)
        if symbol is None:
            unknown = name.startswith(PROBE) or (not self.model.complete and not name.isdigit())
            return [(self._true, None if unknown else name)]
        levels = self._tristate(leaf)
        if levels:
            return list(zip(levels, ("n", "m", "y"), strict=True))
        if self._depth >= _MOST_DEPTH:
            return [(self._true, None)]
        self._depth += 1
        try:
            return self._number_values(symbol)
        finally:
            self._depth -= 1

    def _number_values(self, symbol: Symbol) -> list[tuple[int, str | None]]:
        typed = self._all([self.at_least(symbol.visible, 1), self._user(symbol.name)]) \
            if self._may_show(symbol) else -self._true
        values: list[tuple[int, str | None]] = [(typed, None)] if typed != -self._true else []
        if values:
            self._keep_in_range(symbol, typed)
        before = [-typed]
        for value, condition in symbol.defaults:
            holds = self.at_least(condition, 1)
            here = self._all([*before, holds])
            if here != -self._true:
                values.extend((self._all([here, guard]), text) for guard, text in self._values(value))
            before.append(-holds)
        values.append((self._all(before), "0" if symbol.kind in {"int", "hex"} else ""))
        return [(guard, text) for guard, text in values if guard != -self._true]

    def _keep_in_range(self, symbol: Symbol, typed: int) -> None:
        for low, high, condition in symbol.ranges:
            texts = [str(self.model.table[end][1]) if self.model.table[end][0] == "c" or
                     str(self.model.table[end][1]) not in self.model.symbols else "" for end in (low, high)]
            limits = [number_of(text) for text in texts]
            holds = self.at_least(condition, 1)
            if limits[0] is not None:
                self.solver.add_clause([-typed, -holds, self._reaches(symbol.name, limits[0])])
            if limits[1] is not None:
                self.solver.add_clause([-typed, -holds, -self._reaches(symbol.name, limits[1] + 1)])
            break  # the first range whose condition holds counts; later ones are left open

    def typed_labels(self) -> frozenset[str]:
        """Return the labels of free variables that stand for what the user types, not for what nobody knows."""
        return frozenset(label for label in self.free if label.split(" ", 1)[0] in self.model.symbols)

    # Symbols and choices

    def _may_show(self, symbol: Symbol) -> bool:
        return self.model.table[symbol.visible] != ("c", "n")

    def _user(self, name: str) -> int:
        found = self.user.get(name)
        if found is None:
            found = self.user[name] = self._new()
        return found

    def _encode(self, name: str) -> None:
        symbol = self.model.symbols[name]
        at_least, yes = self.symbols[name]
        if symbol.kind == "tristate":
            modules = self._symbol("MODULES")[1]
            self.solver.add_clause([-yes, at_least])
            self._add([modules, -at_least, yes], name, "modules")
        if symbol.choice >= 0:
            self._choice(symbol.choice)
            return
        base = [self._default(symbol, level) for level in (1, 2)]
        selected = [self.at_least(symbol.selected, level) for level in (1, 2)]
        prompted = self._may_show(symbol)
        chosen = self._all([self.at_least(symbol.visible, 1), self._user(name)]) if prompted else -self._true
        self._add([-selected[0], at_least], name, "selected")
        self._add([-at_least, selected[0], chosen, base[0]], name, "needs")
        self._add([-base[0], chosen, at_least], name, "default")
        if symbol.kind != "tristate":
            return
        chosen_yes = self._all([chosen, self.at_least(symbol.visible, 2)]) if prompted else -self._true
        self._add([-selected[1], yes], name, "selected")
        self._add([-yes, selected[1], chosen_yes, self._all([-chosen, base[1]]), -modules], name, "needs")
        self._add([-base[1], chosen, yes], name, "default")

    def _default(self, symbol: Symbol, level: int) -> int:
        """Return the literal of "its default, or what implies it, is at least `level`"."""
        result = self._all([self.at_least(symbol.implied, level), self.at_least(symbol.depends, 1)])
        before: list[int] = []
        parts = [result]
        for value, condition in symbol.defaults:
            holds = self.at_least(condition, 1)
            parts.append(self._all([*before, self.at_least(value, level), self.at_least(condition, level)]))
            if holds == self._true:
                break
            before.append(-holds)
        return self._any(parts)

    def _choice(self, number: int) -> tuple[int, int]:
        known = self._choices.get(number)
        if known is not None:
            return known
        choice = self.model.choices[number]
        at_least, yes = (self._new(), self._new())
        if not choice.tristate:
            yes = at_least
        self._choices[number] = (at_least, yes)
        self._choice_queue.append(number)
        return at_least, yes

    def _encode_choice(self, number: int) -> None:
        choice = self.model.choices[number]
        at_least, yes = self._choices[number]
        name = f"choice {number}"
        visible = self.at_least(choice.visible, 1)
        self._add([-at_least, visible], name, "choice")
        self._add([-visible, at_least, *([self._user(name)] if choice.optional else [])], name, "choice")
        user = self._user(name)
        if choice.tristate:
            self.solver.add_clause([-yes, at_least])
            self._add([-yes, self.at_least(choice.visible, 2)], name, "choice")
            modules = self._symbol("MODULES")[1]
            self._add([-yes, user, -modules], name, "choice")
            self._add([modules, -at_least, yes], name, "choice")
        self._encode_members(choice, name, user=user, at_least=at_least, yes=yes)

    def _encode_members(self, choice: Choice, name: str, *, user: int, at_least: int, yes: int) -> None:
        levels = {member: self._symbol(member) for member in choice.members}
        visible = {member: self.at_least(self.model.symbols[member].visible, 2 if choice.tristate else 1)
                   for member in choice.members}
        values = [levels[member][1] for member in choice.members]
        self._one_at_most(values, name)
        any_value = values if len(values) <= _MANY_MEMBERS else [self._any(values)]
        for position, member in enumerate(choice.members):
            self._add([-values[position], visible[member]], member, "needs")
            self._add([-values[position], yes], member, "needs")
            if levels[member][0] != levels[member][1]:  # a tristate: m while the choice itself is m
                weak, strong = levels[member]
                self._add([-weak, strong, self.at_least(self.model.symbols[member].visible, 1)], member, "needs")
                self._add([-weak, strong, self._all([at_least, -yes, user])], member, "needs")
            self._add([-yes, -visible[member], *any_value], name, "choice")
        before: list[int] = []
        ordered = [(member, self.at_least(condition, 1)) for member, condition in choice.defaults if member in levels]
        for member, condition in [*ordered, *((member, self._true) for member in choice.members)]:
            here = self._all([condition, visible[member]])
            self._add([user, -yes, *before, -here, levels[member][1]], name, "default")
            before = [*before, here] if len(values) <= _MANY_MEMBERS else [self._any([*before, here])]

    def _one_at_most(self, values: list[int], name: str) -> None:
        """Say that two members are never chosen both: each pair of a few, a running `one so far` of many."""
        if len(values) <= _MANY_MEMBERS:
            for position, value in enumerate(values):
                for other in values[position + 1:]:
                    self._add([-value, -other], name, "choice")
            return
        so_far = values[0]
        for value in values[1:]:
            self._add([-so_far, -value], name, "choice")
            so_far = self._any([so_far, value])


_MANY_MEMBERS = 60  # of a choice: those of kernels have up to some forty
