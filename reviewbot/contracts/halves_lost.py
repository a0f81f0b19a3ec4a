"""Halves of a pair that a patch takes away: what is done and undone, one of the two gone and the other still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.locks import GIVES
from reviewbot.contracts.nearby import place_after
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.pairs import known_pairs, taken_by, twins
from reviewbot.contracts.types import Hit

__all__ = ["halves_lost"]


def halves_lost(old: Outline, new: Outline, said: frozenset[str]) -> Iterator[Hit]:
    """Yield the steps of pairs that are gone without the other half; `said` are calls of which that is said already."""
    was = Counter(call.name for step in old.steps for call in calls_in(step.expr) if call.name)
    now = Counter(call.name for step in new.steps for call in calls_in(step.expr) if call.name)
    added = frozenset(now) - frozenset(was)
    yield from _first_halves(old, new, was, now, added)
    found = list(_second_halves(old, new, was, now, added, said))
    yield from found
    if not found and not added:
        yield from _teardown_steps(old, new, was, now)


def _first_halves(old: Outline, new: Outline, was: Counter[str], now: Counter[str], added: frozenset[str]
                  ) -> Iterator[Hit]:
    """Yield the calls that the patch takes away although what undoes them is still called."""
    for name in sorted(was):
        undo = next((twin for twin in twins(name) if now[twin] and now[twin] == was[twin]), None)
        if undo is None or now[name]:
            continue
        if _is_done_by_another(name, undo, added):
            continue
        step = _step_of(old, name)
        if step.kind != "do":
            continue
        other = _step_of(new, undo)
        yield Hit(shape="half-of-pair", line=other.line, end_line=other.line, symbol=undo, object=undo,
                  fields=(("callee", undo), ("variable", ""), ("take", f"{name}()"), ("undo", f"{undo}()")),
                  old=((step.line, old.said(step)),), new=((other.line, new.said(other)),))


def _second_halves(old: Outline, new: Outline, was: Counter[str], now: Counter[str], added: frozenset[str],
                   said: frozenset[str]) -> Iterator[Hit]:
    """Yield the calls that undo something and that the patch takes away, although it is still done in front of them."""
    for name in sorted(frozenset(was) - frozenset(now)):
        if name in said or name in GIVES or name in known_pairs().givers():
            continue  # of locks, and of what has an owner, more is known than the name
        take = next((one for one in taken_by(name) if now[one] and now[one] == was[one]), None)
        if take is None or _is_done_by_another(name, take, added):
            continue
        step, first = _step_of(old, name), _step_of(new, take)
        if step.kind != "do" or step.expr is None or step.expr.kind != "call" \
                or old.steps.index(_step_of(old, take)) > old.steps.index(step):
            continue
        if not _goes_on(new, first):
            continue  # nothing that could fail is left behind it
        place = place_after(old, new, step)
        yield Hit(shape="done-and-not-undone", line=place.line, end_line=new.last_line(place), symbol=name, object=take,
                  elsewhere=frozenset({name}),
                  fields=(("callee", name), ("variable", ""), ("take", f"{take}()"), ("undo", old.text(step.expr))),
                  old=((step.line, old.said(step)),),
                  new=((first.line, new.said(first)), (place.line, new.said(place))))


def _teardown_steps(old: Outline, new: Outline, was: Counter[str], now: Counter[str]) -> Iterator[Hit]:
    """Yield the one call without arguments that a patch takes out of a function named for taking things down."""
    gone = [name for name in was if not now[name]]
    if len(gone) != 1 or not known_frees().says(old.name, "teardown") or not known_frees().says(gone[0], "teardown"):
        return
    step = _step_of(old, gone[0])
    if step.kind == "do" and step.expr is not None and step.expr.kind == "call" and len(step.expr.parts) == 1 \
            and len(new.steps) == len(old.steps) - 1:
        place = place_after(old, new, step)
        yield Hit(shape="teardown-step-gone", line=place.line, end_line=new.last_line(place), symbol=gone[0],
                  object=gone[0], elsewhere=frozenset({gone[0]}), rests_on=frozenset({gone[0]}),
                  fields=(("callee", gone[0]), ("variable", ""), ("take", ""), ("undo", old.text(step.expr))),
                  old=((step.line, old.said(step)),), new=((place.line, new.said(place)),))


def _goes_on(outline: Outline, step: Step) -> bool:
    """Return whether a function calls something else behind a step and the test of it."""
    at = outline.steps.index(step) + 1
    if at < len(outline.steps) and outline.steps[at].kind == "test" and outline.steps[at].branches:
        at = outline.steps[at].branches[-1].last
    return any(calls_in(one.expr) for one in outline.steps[at:])


def _is_done_by_another(name: str, other: str, added: frozenset[str]) -> bool:
    """Return whether a new call has what tells one half from the other in its name, or the name itself."""
    verb = {*name.split("_")} - {*other.split("_")}
    return any(verb & {*one.split("_")} or name.strip("_") in one for one in added)


def _step_of(outline: Outline, name: str) -> Step:
    return next(step for step in outline.steps if any(call.name == name for call in calls_in(step.expr)))
