"""Clauses of one SAT solver: literals, gates over them, and numbers of which only relations are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from reviewbot.values import dataclass

__all__ = ["Clauses", "Group", "compares", "compares_text", "number_of"]

Part = Literal["needs", "selected", "default", "undefined", "choice", "modules"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Group:
    """The clauses of one part of one symbol: what an unsatisfiable core is made of."""

    symbol: str
    part: Part


class Clauses:
    """A pysat solver, kept for the life of this object, with the names of its variables.

    With `grouped`, every clause that a symbol contributes hangs on a literal in `groups`, so that a core names symbols.
    """

    def __init__(self, solver: Any, *, grouped: bool = False) -> None:
        """Start with an empty solver, in which the literal 1 is true."""
        self.solver = solver
        self.groups: dict[Group, int] = {}
        self.free: dict[str, int] = {}
        self.only_asked: set[str] = set()  # those that questions name, and nothing in the tree
        self.numbers: dict[str, dict[str, int]] = {}
        self._grouped = grouped
        self._count = 1
        self._true = 1
        self._gates: dict[tuple[int, ...], int] = {}
        solver.add_clause([1])

    # Variables and gates

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _free(self, label: str) -> int:
        self.only_asked.discard(label)
        return self._opaque(label)

    def _opaque(self, label: str) -> int:
        found = self.free.get(label)
        if found is None:
            found = self.free[label] = self._new()
        return found

    def _add(self, clause: list[int], symbol: str, part: Part) -> None:
        if self._grouped:
            group = Group(symbol=symbol, part=part)
            literal = self.groups.get(group)
            if literal is None:
                literal = self.groups[group] = self._new()
            clause = [*clause, -literal]
        self.solver.add_clause(clause)

    def _all(self, literals: Iterable[int]) -> int:
        kept = sorted(set(literals) - {self._true})
        if -self._true in kept:
            return -self._true
        if not kept:
            return self._true
        if len(kept) == 1:
            return kept[0]
        key = tuple(kept)
        gate = self._gates.get(key)
        if gate is None:
            known = set(kept)
            if any(-literal in known for literal in kept):
                return -self._true
            gate = self._gates[key] = self._new()
            add = self.solver.add_clause
            for literal in kept:
                add([-gate, literal])
            add([gate, *(-literal for literal in kept)])
        return gate

    def _any(self, literals: Iterable[int]) -> int:
        return -self._all([-literal for literal in literals])

    # Numbers of which only relations are known

    def _open_number(self, name: str, operator: str, text: str) -> int:
        number = number_of(text)
        if number is None:
            return self._equals(name, text) if operator == "=" else self._free(f"{name} {operator} {text}")
        match operator:
            case ">=":
                return self._reaches(name, number)
            case "<":
                return -self._reaches(name, number)
            case ">":
                return self._reaches(name, number + 1)
            case "<=":
                return -self._reaches(name, number + 1)
        return self._all([self._reaches(name, number), -self._reaches(name, number + 1)])

    def _equals(self, name: str, text: str) -> int:
        label = f'{name} = "{text}"'
        new = label not in self.free
        literal = self._free(label)
        if new:
            others = self.numbers.setdefault(f"{name} =", {})
            for other in others.values():
                self.solver.add_clause([-literal, -other])
            others[text] = literal
        return literal

    def _reaches(self, name: str, number: int) -> int:
        label = f"{name} >= {number}"
        new = label not in self.free
        literal = self._free(label)
        if new:
            others = self.numbers.setdefault(name, {})
            for text, other in others.items():
                low, high = (literal, other) if number < int(text) else (other, literal)
                self.solver.add_clause([-high, low])
            others[str(number)] = literal
        return literal


def number_of(text: str) -> int | None:
    """Return the number that a text is, decimal or hexadecimal; None for any other text."""
    try:
        return int(text, 16 if text.lower().startswith("0x") else 10)
    except ValueError:
        return None


def compares(left: int, operator: str, right: int) -> bool:
    """Return whether a relation of Kconfig holds between two numbers."""
    return {"=": left == right, "<": left < right, "<=": left <= right, ">": left > right,
            ">=": left >= right}[operator]


def compares_text(left: str, operator: str, right: str) -> bool:
    """Compare as Kconfig does: as numbers where both are, else as text."""
    first, second = number_of(left), number_of(right)
    if first is not None and second is not None:
        return compares(first, operator, second)
    return compares((left > right) - (left < right), operator, 0)
