"""What one architecture's Kconfig says, as plain values.

An expression is a number in the table; a node is `["c", "y"]` (a constant), `["s", "MMU"]` (a symbol), `["h", 3]`
(the mode of a choice), `["!", a]`, `["&", a, b]`, `["|", a, b]` or a relation `["=", a, b]` (also != < <= > >=)
whose operands are constants and symbols.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from reviewbot.errors import Skip
from reviewbot.values import dataclass

__all__ = ["Choice", "Model", "Node", "Place", "Symbol", "Table"]

Node = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a Kconfig file."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One `config` with all its definitions; expressions hold what `if`, menus and choices around them ask.

    `kind` is bool, tristate, int, hex, string or unknown. `visible` is when its prompt is seen (n: it has none),
    `selected` and `implied` what select and imply give it. `defaults` are (value, condition), the first that holds
    counts; `ranges` (low, high, condition). `choice` is its choice's number or -1.
    """

    name: str
    kind: str
    places: tuple[Place, ...]
    visible: int
    depends: int
    selected: int
    implied: int
    defaults: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int, int], ...]
    choice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One `choice`: its members in order, when it is visible, and its defaults as (member, condition)."""

    members: tuple[str, ...]
    tristate: bool
    optional: bool
    visible: int
    defaults: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The Kconfig of one architecture. `probes` maps the names of free variables to the question that they stand for.

    `complete` is false when a file was absent or a line was left out: then a symbol that is not here is open.
    """

    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    table: Sequence[Node] = ()
    probes: Mapping[str, str] = field(default_factory=dict)
    complete: bool
    absent: tuple[str, ...] = ()
    skips: tuple[Skip, ...] = ()


class Table:
    """Expressions stored once each: equal expressions have equal numbers."""

    def __init__(self) -> None:
        """Start with no expressions."""
        self.nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}

    def _add(self, node: Node) -> int:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return number

    def constant(self, value: str) -> int:
        """Return the number of a constant: y, m, n, or a string."""
        return self._add(("c", value))

    def symbol(self, name: str) -> int:
        """Return the number of a symbol's value."""
        return self._add(("s", name))

    def choice(self, number: int) -> int:
        """Return the number of a choice's mode."""
        return self._add(("h", number))

    def negation(self, operand: int) -> int:
        """Return the number of `!operand`."""
        return self._add(("!", operand))

    def both(self, left: int, right: int) -> int:
        """Return the number of `left && right`."""
        if self.nodes[left] == ("c", "y") or left == right:
            return right
        if self.nodes[right] == ("c", "y"):
            return left
        return self._add(("&", left, right))

    def either(self, left: int, right: int) -> int:
        """Return the number of `left || right`."""
        if self.nodes[left] == ("c", "n") or left == right:
            return right
        if self.nodes[right] == ("c", "n"):
            return left
        return self._add(("|", left, right))

    def relation(self, operator: str, left: int, right: int) -> int:
        """Return the number of `left operator right`."""
        return self._add((operator, left, right))
