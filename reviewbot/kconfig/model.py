"""What one architecture's Kconfig says, as plain values: they go to the cache as lines of JSON and come back the same.

An expression is a number in the table; a node is `["c", "y"]` (a constant), `["s", "MMU"]` (a symbol), `["h", 3]`
(the mode of a choice), `["!", a]`, `["&", a, b]`, `["|", a, b]` or a relation `["=", a, b]` (also != < <= > >=)
whose operands are constants and symbols.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, overload

from reviewbot.errors import Skip

__all__ = ["FORMAT", "Choice", "Model", "Node", "Place", "Symbol", "Table", "model_from_lines", "model_to_lines"]

FORMAT = 2
"""Raise this number when the meaning of the cached form changes."""

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
    counts; `ranges` (low, high, condition). `choice` is its choice's number or -1. `selects` are (name, condition).
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
    selects: tuple[tuple[str, int], ...]


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


def model_to_lines(model: Model) -> str:
    """Return the model as text: a line of JSON about the whole, one for each expression, one for each symbol."""
    head = {
        "format": FORMAT, "expressions": len(model.table), "choices": [asdict(choice) for choice in model.choices],
        "probes": dict(model.probes), "complete": model.complete, "absent": model.absent,
        "skips": [asdict(skip) for skip in model.skips],
    }
    rows = [
        [s.name, s.kind, [[p.file, p.line] for p in s.places], s.visible, s.depends, s.selected, s.implied, s.defaults,
         s.ranges, s.choice, s.selects]
        for s in model.symbols.values()
    ]
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in [head, *model.table, *rows])


class _Rows(Mapping[str, Symbol]):
    """The symbols of a cached model; each is read when it is first asked for, since a question reaches few."""

    def __init__(self, lines: Sequence[str]) -> None:
        # A line starts with the name: `["HIBERNATION",...`.
        self._lines = {line[2:line.index('"', 2)]: line for line in lines}
        self._built: dict[str, Symbol] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __contains__(self, name: object) -> bool:
        return name in self._lines

    def __getitem__(self, wanted: str) -> Symbol:
        built = self._built.get(wanted)
        if built is None:
            name, kind, places, visible, depends, selected, implied, defaults, ranges, choice, selects = \
                json.loads(self._lines[wanted])
            built = self._built[wanted] = Symbol(
                name=name, kind=kind, places=tuple(Place(file=file, line=line) for file, line in places),
                visible=visible, depends=depends, selected=selected, implied=implied,
                defaults=tuple((a, b) for a, b in defaults), ranges=tuple((a, b, c) for a, b, c in ranges),
                choice=choice, selects=tuple((a, b) for a, b in selects))
        return built


class _Expressions(Sequence[Node]):
    """The table of a cached model; a node is read when it is first asked for."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._nodes: dict[int, Node] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Node]: ...
    def __getitem__(self, index: int | slice) -> Node | Sequence[Node]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self._lines)))]
        node = self._nodes.get(index)
        if node is None:
            node = self._nodes[index] = tuple(json.loads(self._lines[index]))
        return node


def model_from_lines(text: str) -> Model:
    """Return the model that `model_to_lines` wrote. Raises ValueError, KeyError or TypeError on other text."""
    lines = text.split("\n")
    head: dict[str, Any] = json.loads(lines[0])
    if head["format"] != FORMAT:
        raise ValueError(head["format"])
    choices = tuple(
        Choice(members=tuple(c["members"]), tristate=c["tristate"], optional=c["optional"], visible=c["visible"],
               defaults=tuple((a, b) for a, b in c["defaults"]))
        for c in head["choices"]
    )
    first = 1 + int(head["expressions"])
    return Model(symbols=_Rows(lines[first:]), choices=choices, table=_Expressions(lines[1:first]),
                 probes=head["probes"], complete=head["complete"], absent=tuple(head["absent"]),
                 skips=tuple(Skip(**skip) for skip in head["skips"]))
