"""Memory that a patch gives back before it is flushed or changed back, and what it calls when it is read-only."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.away import memory_of
from reviewbot.contracts.effects import Effect, known_effects, reached, roots_of
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in, given_to, place_of, root_of, walk
from reviewbot.contracts.pairs import known_pairs
from reviewbot.contracts.results import peeled
from reviewbot.contracts.seen import known_seen
from reviewbot.contracts.types import Hit

__all__ = ["flushed_late", "handed_on_early", "is_same_memory", "left_behind_read_only", "origins", "restored_late"]

_DEEPEST = 3  # helpers of the file that are looked into for who gives memory back
_ALIKE = 2  # arguments of both, where the memory itself is told in other words
_RESTORES = frozenset({"private", "mapped", "writable", "not-executable", "cached"})


def flushed_late(late: Expr, early: Expr, now: Teacher) -> tuple[str, str] | None:
    """Return the shape for memory that is given back before a TLB flush that came first, None where it is not so."""
    flush = known_effects().of.get(late.name) if late.kind == "call" else None
    if flush is None or flush.id != "tlb" or early.kind != "call" or not _gives(early.name, now, _DEEPEST):
        return None
    return "flushed-late", flush.does


def restored_late(new: Outline, late: Expr, early: Expr, now: Teacher) -> tuple[str, str] | None:
    """Return the shape for something given back before a call, on the same variables, that changes memory back."""
    if late.kind != "call" or early.kind != "call" or late.name in known_pairs().givers() or not (
            early.name in known_pairs().givers() or known_frees().says(early.name, "lets-go")):
        return None
    restores = [effect for effect in _effects(late, now) if effect.id in _RESTORES]
    if len({effect.id for effect in restores}) != 1 or not (
            is_same_memory(new, late, early) or len(_texts(new, late) & _texts(new, early)) >= _ALIKE):
        return None
    return "restored-late", restores[0].does


def handed_on_early(outline: Outline, _: Teacher) -> Iterator[Hit]:
    """Yield what a function lets others know between a change of the direct map without a flush and the flush."""
    table = known_effects().of
    for number, step in enumerate(outline.steps):
        take = next((call for call in calls_in(step.expr) if call.name.endswith("_noflush")
                     and (effect := table.get(call.name)) is not None and effect.id == "unmapped"), None)
        flush = next((at for at, one in enumerate(outline.steps) if take is not None and at > number
                      and one.where == step.where[:len(one.where)] and any(
                          (effect := table.get(call.name)) is not None and effect.id == "tlb"
                          for call in calls_in(one.expr))), None)
        told = next((one for one in outline.steps[number + 1:flush] if one.kind == "do"
                     and one.where == step.where[:len(one.where)] and known_seen().tells(one.expr)),
                    None) if flush is not None else None
        if take is not None and flush is not None and told is not None:
            behind = outline.steps[flush]
            yield Hit(shape="handed-on-early", line=told.line, end_line=outline.last_line(told), symbol=take.name,
                      object=outline.said(told),
                      fields=(("callee", take.name), ("take", outline.text(take)),
                              ("statement", outline.said(told).rstrip(";")), ("end", outline.said(behind).rstrip(";"))),
                      new=((step.line, outline.said(step)), (told.line, outline.said(told)),
                           (behind.line, outline.said(behind))))


def _texts(new: Outline, call: Expr) -> set[str]:
    return {new.text(argument) for argument in call.parts[1:]}


def is_same_memory(new: Outline, one: Expr, other: Expr) -> bool:
    """Return whether an argument of one call names what an argument of the other does, or is a view of."""
    places = [{memory_of(new, argument, page=False) for argument in call.parts[1:]} - {""} for call in (one, other)]
    return bool(places[0] & places[1]) or bool(places[1] & origins(new, one)) or bool(places[0] & origins(new, other))


def left_behind_read_only(new: Outline, late: Expr, early: Expr) -> tuple[str, str] | None:
    """Return the shape for a call on memory that comes behind the one that takes writing away from it."""
    effect = known_effects().of.get(early.name) if early.kind == "call" else None
    if effect is None or effect.id != "read-only" or late.kind != "call" or not late.name or len(early.parts) < 2 \
            or late.name in known_effects().of or late.name in known_pairs().givers() or is_conversion(late.name):
        return None
    memory = memory_of(new, early.parts[1], page=False)
    for argument in late.parts[1:] if memory else ():
        if memory in {memory_of(new, argument, page=False), _part_of(new, argument)}:
            return "left-behind-read-only", memory
    return None


def origins(new: Outline, call: Expr) -> frozenset[str]:
    """Return the variables that the arguments of a call hang on, and those that local ones of them are views of: made
    by casts, members, addresses and conversions alone."""
    found = roots_of(call)
    for name in sorted(found & new.locals.keys()):
        for step in new.steps:
            for value in given_to(step, name):
                inner = peeled(value)
                while inner.kind == "call" and is_conversion(inner.name) and len(inner.parts) > 1:
                    inner = peeled(inner.parts[1])
                found |= frozenset({root_of(inner)} - {""})
    return found


def _part_of(new: Outline, argument: Expr) -> str:
    """Return the memory that a local variable is made from by an offset, where everything else it gets is made of
    itself."""
    name = place_of(peeled(argument))
    made = [value for step in new.steps for value in given_to(step, name)] if name in new.locals else []
    bases = {place_of(peeled(value.parts[0])) for value in map(peeled, made)
             if value.kind == "binary" and value.name == "+" and value.parts}
    others = [value for value in map(peeled, made) if not (value.kind == "binary" and value.name == "+")
              and not any(part.kind == "name" and part.name == name for part in walk(value))]
    return bases.pop() if len(bases) == 1 and not others else ""


def _effects(call: Expr, now: Teacher) -> list[Effect]:
    effect = known_effects().of.get(call.name)
    return [effect] if effect is not None else [inner for inner, _ in reached(call, now, 2)]


def _gives(name: str, now: Teacher, depth: int) -> bool:
    """Return whether a function gives memory back, itself or through others of the file at hand."""
    if name in known_pairs().givers():
        return True
    bodies = now.here(name) if depth and name else ()
    return len(bodies) == 1 and any(call.name != name and _gives(call.name, now, depth - 1)
                                    for step in bodies[0][1].steps for call in calls_in(step.expr))
