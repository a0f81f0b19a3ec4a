"""What one architecture's Kconfig says, as plain values: they go to the cache as JSON and come back the same.

An expression is a number in the table; a node is `["c", "y"]` (a constant), `["s", "MMU"]` (a symbol), `["h", 3]`
(the mode of a choice), `["!", a]`, `["&", a, b]`, `["|", a, b]` or a relation `["=", a, b]` (also != < <= > >=)
whose operands are constants and symbols.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from reviewbot.errors import Skip

__all__ = ["FORMAT", "Choice", "Model", "Node", "Place", "Symbol", "Table", "model_from_json", "model_to_json"]

FORMAT = 1
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
    counts; `ranges` (low, high, condition). `choice` is the number of its choice or -1. `selects` are (name, condition).
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
    table: Sequence[Sequence[str | int]] = ()
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


def model_to_json(model: Model) -> str:
    """Return the model as JSON text."""
    rows = [
        [s.name, s.kind, [[p.file, p.line] for p in s.places], s.visible, s.depends, s.selected, s.implied, s.defaults,
         s.ranges, s.choice, s.selects]
        for s in model.symbols.values()
    ]
    return json.dumps({
        "format": FORMAT, "symbols": rows, "choices": [asdict(choice) for choice in model.choices],
        "table": model.table, "probes": dict(model.probes), "complete": model.complete, "absent": model.absent,
        "skips": [asdict(skip) for skip in model.skips],
    }, separators=(",", ":"))


class _Rows(Mapping[str, Symbol]):
    """The symbols of a cached model; each is built when it is first asked for, since a question reaches few."""

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        self._rows = rows
        self._built: dict[str, Symbol] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __getitem__(self, wanted: str) -> Symbol:
        built = self._built.get(wanted)
        if built is None:
            name, kind, places, visible, depends, selected, implied, defaults, ranges, choice, selects = \
                self._rows[wanted]
            built = self._built[wanted] = Symbol(
                name=name, kind=kind, places=tuple(Place(file=file, line=line) for file, line in places),
                visible=visible, depends=depends, selected=selected, implied=implied,
                defaults=tuple((a, b) for a, b in defaults), ranges=tuple((a, b, c) for a, b, c in ranges),
                choice=choice, selects=tuple((a, b) for a, b in selects))
        return built


def model_from_json(text: str) -> Model:
    """Return the model that `model_to_json` wrote. Raises ValueError, KeyError or TypeError on other text."""
    data: dict[str, Any] = json.loads(text)
    if data["format"] != FORMAT:
        raise ValueError(data["format"])
    symbols = _Rows({row[0]: row for row in data["symbols"]})
    choices = tuple(
        Choice(members=tuple(c["members"]), tristate=c["tristate"], optional=c["optional"], visible=c["visible"],
               defaults=tuple((a, b) for a, b in c["defaults"]))
        for c in data["choices"]
    )
    return Model(symbols=symbols, choices=choices, table=data["table"],
                 probes=data["probes"], complete=data["complete"], absent=tuple(data["absent"]),
                 skips=tuple(Skip(**skip) for skip in data["skips"]))
