"""Memory that an allocator gives out in pieces of pages and that a call changes by whole pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in, place_of, walk
from reviewbot.contracts.results import peeled
from reviewbot.contracts.types import Hit
from reviewbot.contracts.units import known_units

__all__ = ["pieces_asked", "shares_its_page"]

_CHANGES = frozenset({"private", "shared", "read-only", "writable", "executable", "not-executable", "unmapped",
                      "mapped"})
_SMALLEST_PAGE = 4096
_MOST_MAKERS = 4


def shares_its_page(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls that change whole pages at an address which an allocator of smaller pieces has given."""
    changing = [(step, call, place) for step in outline.steps for call in calls_in(step.expr)
                if (place := _changed_at(call))]
    values = _values(outline) if changing else {}
    for step, call, place in changing:
        for maker, given in _makers(values, teacher, place):
            piece = _piece(given, outline) if given is not None else None
            found = (piece, "") if piece else _piece_inside(maker, teacher)
            if found is not None:
                yield Hit(shape="shares-its-page", line=outline.line_of(call), end_line=outline.last_line(step),
                          symbol=call.name, object=f"{place} {maker}",
                          fields=(("callee", call.name), ("variable", place), ("take", f"{maker}()"),
                                  ("how", found[0]), ("where", found[1])),
                          new=((step.line, outline.said(step)),))
                break


def pieces_asked(_: Outline | None, new: Outline, now: Teacher) -> Iterator[str]:
    """Yield the allocators whose definitions will be looked for."""
    places = {place for step in new.steps for call in calls_in(step.expr) if (place := _changed_at(call))}
    values = _values(new) if places else {}
    for place in sorted(places):
        yield from (maker for maker, _ in _makers(values, now, place) if _is_asked(maker, now))


def _changed_at(call: Expr) -> str:
    """Return the place of whose pages a call changes all, empty where it changes none."""
    effect = known_effects().of.get(call.name)
    if effect is None or effect.id not in _CHANGES or not call.name.startswith("set_memory_") or len(call.parts) < 3:
        return ""
    return place_of(peeled(call.parts[1]))


def _makers(values: Mapping[str, list[Expr]], teacher: Teacher, place: str) -> list[tuple[str, Expr | None]]:
    """Return the functions whose result the place has: with the call where the function itself makes it."""
    here = values.get(place, [])
    if here:
        calls = [one for one in map(peeled, here) if one.kind != "literal" and one.name != "NULL"]
        return [(one.name, one) for one in calls] if all(one.kind == "call" and one.name for one in calls) else []
    makers = sorted(teacher.makers_here(place)) if "->" in place or "." in place else []
    return [(maker, None) for maker in makers] if len(makers) <= _MOST_MAKERS else []


def _values(outline: Outline) -> dict[str, list[Expr]]:
    """Return what a function puts into each place."""
    found: dict[str, list[Expr]] = {}
    for step in outline.steps:
        if step.kind == "declare" and step.expr is not None:
            found.setdefault(step.name, []).append(step.expr)
        for part in walk(step.expr):
            if part.kind == "assign" and part.name == "=" and part.parts:
                found.setdefault(place_of(part.parts[0]), []).append(part.parts[-1])
    return found


def _piece(call: Expr, outline: Outline) -> str | None:
    """Return the size, as it stands, of what an allocator of pieces gives; None for whole pages, or any number."""
    number = known_frees().pieces.get(call.name)
    if number is None or len(call.parts) <= number:
        return None
    size = peeled(call.parts[number])
    text = outline.text(size)
    small = size.kind == "literal" and size.name.isdigit() and int(size.name) < _SMALLEST_PAGE
    return text if small or text.startswith("sizeof") or text in known_units().small else None


def _is_asked(maker: str, teacher: Teacher) -> bool:
    table = known_frees()
    return bool(maker) and maker not in table.pieces and maker not in table.order_taken and not teacher.here(maker)


def _piece_inside(maker: str, teacher: Teacher) -> tuple[str, str] | None:
    """Return the size of the pieces that a function hands out, as its only definition says, and where it says so."""
    table = known_frees()
    if not maker or maker in table.pieces or maker in table.order_taken:
        return None
    bodies = teacher.bodies(maker)
    for path, body in bodies if len(bodies) == 1 else ():
        for step in body.steps if body.returns.rstrip().endswith("*") else ():
            value = peeled(step.expr) if step.kind == "return" and step.expr is not None else None
            piece = _piece(value, body) if value is not None and value.kind == "call" else None
            if piece:
                return piece, f"{path}:{step.line}"
    return None
