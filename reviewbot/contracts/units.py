"""What a number counts or points into (bytes, pages, a frame, an address), by the tables of `rules/units/`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, walk
from reviewbot.errors import DataError
from reviewbot.resources import data_folder
from reviewbot.values import dataclass

__all__ = ["CONVERTED", "Reader", "Unit", "Units", "is_narrow", "known_units", "shift_of", "type_of"]

CONVERTED = {
    ">>": {"bytes": "pages", "phys": "pfn", "virt": "pfn", "dma": "pfn"},
    "<<": {"pages": "bytes", "pfn": "phys"},
}
"""What a shift by a page shift makes of a unit."""
_KINDS = {"phys_addr_t": "phys", "dma_addr_t": "dma"}
_SCALARS = frozenset(
    {
        "int",
        "unsigned int",
        "unsigned",
        "long",
        "unsigned long",
        "size_t",
        "ssize_t",
        "u32",
        "u64",
        "s32",
        "s64",
        "pgoff_t",
        "uint64_t",
        "uint32_t",
        "uint",
        "ulong",
        "unsigned long long",
        "u16",
        "u8",
    }
)
_DEEPEST = 4
_KEYS = frozenset({"summary", "names", "constants", "smaller", "converts", "function", "weaker", "lists"})


class Unit(NamedTuple):
    """A unit, empty where it is not known; `firm` where it does not rest on what something is called."""

    name: str
    firm: bool


_NONE = Unit("", firm=False)


class Weaker(NamedTuple):
    """The conversions that do not serve all that one does, and what follows where one of them takes its place."""

    by: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The tables: what functions take and give, constants, and the units that names tell.

    `small`: of a constant of a page that may be smaller than the kernel's, the kernel's own. `converts`: what gives its
    argument in other units, or rounds it. `weaker`: of a conversion, those that serve fewer arguments.
    """

    takes: Mapping[str, tuple[str, ...]]
    gives: Mapping[str, str]
    shifts: frozenset[str]
    sizes: frozenset[str]
    small: Mapping[str, str]
    converts: frozenset[str]
    weaker: Mapping[str, Weaker]
    lists: Mapping[str, frozenset[str]]
    names: tuple[tuple[str, tuple[str, ...]], ...]

    def of_name(self, name: str) -> str:
        """Return the unit that a variable's or a parameter's name tells, empty for none."""
        lower = name.lower()
        return next(
            (unit for unit, ends in self.names if any(lower == end or lower.endswith(f"_{end}") for end in ends)), ""
        )


@lru_cache(maxsize=1)
def known_units() -> Units:
    """Return the program's own tables of units. Raises DataError when one does not load."""
    folder = data_folder("rules") / "units"
    takes: dict[str, tuple[str, ...]] = {}
    gives: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    small: dict[str, str] = {}
    converts: set[str] = set()
    weaker: dict[str, Weaker] = {}
    constants: dict[str, set[str]] = {"shift": set(), "bytes": set()}
    lists: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DataError(f"the units do not load: {error}", where=str(path)) from error
        if (
            table.keys() - _KEYS
            or table.get("constants", {}).keys() - constants.keys()
        ):
            raise DataError(f"units have only {', '.join(sorted(_KEYS))}", where=str(path))
        for entry in table.get("function", ()):
            takes |= dict.fromkeys(entry["names"], tuple(entry["takes"]))
            gives |= dict.fromkeys(entry["names"], entry.get("gives", ""))
        for unit, ends in table.get("names", {}).items():
            names.setdefault(unit, []).extend(ends)
        for key, found in table.get("constants", {}).items():
            constants[key] |= {*found}
        for key, found in table.get("lists", {}).items():
            lists.setdefault(key, set()).update(found)
        small |= table.get("smaller", {})
        converts |= {*table.get("converts", ())}
        for entry in table.get("weaker", ()):
            weaker[entry["of"]] = Weaker(tuple(entry["by"]), entry.get("because", ""))
    return Units(
        takes=takes,
        gives=gives,
        shifts=frozenset(constants["shift"]),
        sizes=frozenset(constants["bytes"]),
        small=small,
        converts=frozenset(converts),
        weaker=weaker,
        lists={key: frozenset(found) for key, found in lists.items()},
        names=tuple((unit, tuple(ends)) for unit, ends in sorted(names.items())),
    )


def shift_of(expr: Expr) -> tuple[str, Expr] | None:
    """Return the direction (`>>` makes pages of bytes) and the operand of a step between pages and bytes."""
    table = known_units()
    if expr.kind != "binary" or len(expr.parts) != 2:
        return None
    left, right = expr.parts[0], _bare(expr.parts[1])
    if expr.name in {">>", "<<"} and right.kind == "name" and right.name in table.shifts:
        return expr.name, left
    if expr.name == "/" and right.kind == "name" and right.name == "PAGE_SIZE":
        return ">>", left
    if expr.name == "*":
        for one, other in ((left, right), (right, left)):
            if _bare(other).kind == "name" and _bare(other).name == "PAGE_SIZE":
                return "<<", one
    return None


def _bare(expr: Expr) -> Expr:
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[-1]
    return expr


class Reader:
    """Tells the units of one function's expressions."""

    def __init__(self, outline: Outline) -> None:
        self._outline, self._table = outline, known_units()
        self._given: dict[str, list[Expr | None]] | None = None
        self._locals: dict[str, Unit] = {}

    def unit(self, expr: Expr | None, depth: int = 0) -> Unit:
        """Return the unit of a value."""
        if expr is None or depth > _DEEPEST:
            return _NONE
        expr = _bare(expr)
        match expr.kind:
            case "name":
                return self._of_name(expr.name, depth)
            case "field":
                return Unit(self._table.of_name(expr.name.lstrip("->.")), firm=False)
            case "call":
                return self._of_call(expr, depth)
            case "size":
                return Unit("bytes", firm=True)
            case "binary":
                return self._of_binary(expr, depth)
            case "choice" if len(expr.parts) == 3:
                first, second = (self.unit(part, depth + 1) for part in expr.parts[1:])
                return first if first.name == second.name else _NONE
        return _NONE

    def _of_call(self, call: Expr, depth: int) -> Unit:
        given = self._table.gives.get(call.name, "")
        if given == "pages" and self._table.takes.get(call.name) and len(call.parts) > 1:
            inner = self.unit(call.parts[1], depth + 1)
            made = CONVERTED[">>"].get(inner.name, "")
            return Unit(made, firm=inner.firm) if made else _NONE
        if given == "same":
            return self.unit(call.parts[1], depth + 1) if len(call.parts) > 1 else _NONE
        if call.name in {"min", "max", "round_up", "round_down", "ALIGN", "ALIGN_DOWN", "min_t", "max_t", "roundup"}:
            found = [self.unit(part, depth + 1) for part in call.parts[1:]]
            return next((one for one in found if one.name), _NONE)
        return Unit(given, firm=bool(given))

    def _of_binary(self, expr: Expr, depth: int) -> Unit:
        step = shift_of(expr)
        if step is not None:
            inner = self.unit(step[1], depth + 1)
            made = CONVERTED[step[0]].get(inner.name, "")
            if made:
                return Unit(made, firm=inner.firm)
            literal = _bare(step[1]).kind == "literal"
            return (
                Unit("pages" if step[0] == ">>" else "bytes", firm=literal)
                if not inner.name and (step[0] == "<<" or literal)
                else _NONE
            )
        left, right = (self.unit(part, depth + 1) for part in expr.parts) if len(expr.parts) == 2 else (_NONE, _NONE)
        if expr.name == "<<":
            if right.name == "order":
                return Unit("pages", firm=right.firm) if _bare(expr.parts[0]).kind == "literal" else left
            return _NONE
        if expr.name in {"+", "-"}:
            if left.name == right.name:
                return left if left.name not in {"phys", "dma", "pfn", "virt", "page"} or expr.name == "+" else _NONE
            return left if not right.name and self._is_number(expr.parts[1]) else _NONE
        return _NONE

    @staticmethod
    def _is_number(expr: Expr) -> bool:
        return _bare(expr).kind == "literal"

    def _of_name(self, name: str, depth: int) -> Unit:
        if name in self._table.sizes:
            return Unit("bytes", firm=True)
        if name not in self._locals:
            self._locals[name] = _NONE  # a variable that is made of itself tells nothing
            self._locals[name] = self._of_variable(name, depth)
        return self._locals[name]

    def _of_variable(self, name: str, depth: int) -> Unit:
        kind = type_of(self._outline, name)
        if kind in _KINDS:
            made = {self.unit(value, depth + 1).name for value in self._values().get(name, [])}
            return Unit(_KINDS[kind], firm=True) if made <= {"", _KINDS[kind]} else _NONE
        if kind and kind not in _SCALARS:
            return _NONE
        values = self._values().get(name, [])
        if kind and name not in self._outline.parameters and values:
            found = {
                self.unit(value, depth + 1) for value in values if value is not None and _bare(value).kind != "literal"
            }
            if len({one.name for one in found}) == 1 and all(one.name for one in found):
                return Unit(next(iter(found)).name, firm=all(one.firm for one in found))
            if any(one.name for one in found):
                return _NONE
        return Unit(self._table.of_name(name), firm=False) if kind else _NONE

    def _values(self) -> Mapping[str, list[Expr | None]]:
        if self._given is None:
            found: dict[str, list[Expr | None]] = {}
            for step in self._outline.steps:
                if step.kind == "declare" and step.expr is not None:
                    found.setdefault(step.name, []).append(step.expr)
                for part in walk(step.expr):
                    if part.kind == "assign" and part.parts[0].kind == "name":
                        found.setdefault(part.parts[0].name, []).append(part.parts[-1] if part.name == "=" else None)
                    elif part.kind == "call":
                        for inner in part.parts[1:]:
                            if inner.kind == "address" and inner.parts and inner.parts[0].kind == "name":
                                found.setdefault(inner.parts[0].name, []).append(None)
            self._given = found
        return self._given


def type_of(outline: Outline, name: str) -> str:
    """Return the C type of a local variable or parameter without its name and its qualifiers, empty for none here."""
    text = outline.locals.get(name) or re.sub(
        rf"\b{re.escape(name)}\b(?:\[[^\]]*\])*\s*$", "", outline.parameters.get(name, "")
    )
    return " ".join(re.sub(r"\b(?:const|static|volatile|register|__\w+)\b", " ", text).split())


def is_narrow(kind: str) -> bool:
    """Return whether a C type has 32 bits everywhere."""
    return kind in {"int", "unsigned int", "unsigned", "u32", "s32", "uint32_t"}
