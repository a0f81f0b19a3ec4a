"""Calls that a patch takes out of a function while all the rest of it stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS, TRANSPARENT, is_reporter
from reviewbot.contracts.answering import answered_by
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.pairs import gives_back, known_pairs, taken_by, twins
from reviewbot.contracts.results import asks_in
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["DROPPED", "calls_dropped", "only_syncs_went", "steps_gone"]

Kind = Literal["call-dropped", "sync-dropped", "step-back-dropped"]
DROPPED: frozenset[str] = frozenset({"call-dropped", "sync-dropped", "step-back-dropped"})
"""Shapes that the log of a patch answers by naming the call."""

_MOST_CALLS = 3
_LOCKING = frozenset(name for pair in LOCKS for name in pair) | {"guard"}
_WEIGHTLESS = regex(
    r"(?:might|lockdep|trace|count|debug|prefetch\w*|BUILD|VM|kmemleak|touch|assert|instrument\w*|ASSERT|static_assert"
    r"|__set_current_state|cond_resched|cpu_relax|barrier|data_race|INIT|init_llist_head|memset|DEFINE|DECLARE)(?:_|$)"
    r"\w*|(?:__)?(?:inc|dec|mod|this_cpu|raw_cpu)_\w*(?:stat|state|event|inc|dec|add|sub)\w*|\w*_assert\w*")
_LOCKS = frozenset({"lock", "unlock", "trylock", "locked"})
_SYNCS = frozenset({"sync", "syncdma", "flush", "barrier", "fence", "isb", "dsb", "mb", "wmb", "rmb", "inv",
                    "invalidate", "purge", "wbinvd", "wback", "drain", "shootdown", "tlbi"})


@dataclass(frozen=True, slots=True)
class _Gone:
    """A call that is a statement of its own, or gives a variable that nothing else needs, with its step."""

    call: Expr
    step: Step


def calls_dropped(old: Outline, new: Outline, kind: Kind, teacher: Teacher | None = None) -> Iterator[Hit]:
    """Yield the calls of one kind that a patch takes out of a function, to which it does nothing else.

    Not asked about is what only tells or asserts something, and what other mechanisms know more of: locks, and effects
    on memory. Several calls that went together are one event.
    """
    missing = steps_gone(old, new)
    gone = _gone(old, new, missing) if missing else []
    if not missing or not gone or len(gone) > _MOST_CALLS:
        return
    names = {call.name for step in new.steps for call in calls_in(step.expr)}
    whole = frozenset(other.call.name for other in gone)
    kinds = {_kind(old, one, names, whole) for one in gone}
    if "" in kinds or (kind not in kinds if kind != "call-dropped" else kinds != {"call-dropped"}):
        return
    one = next(one for one in gone if _kind(old, one, names, whole) == kind)
    if any(new.text(call) == old.text(one.call) for step in new.steps for call in calls_in(step.expr)):
        return  # one of two goes: what is done otherwise then is told by others
    others = [other for other in gone if other is not one]
    place = _place(old, new, one.step, missing)
    yield Hit(
        shape=kind,
        line=place.line,
        end_line=new.last_line(place),
        symbol=one.call.name,
        object=old.text(one.call),
        elsewhere=frozenset({one.call.name}),
        rests_on=whole | _filled(old, gone),
        answered_by=frozenset() if teacher is None else frozenset(
            member for inner in one.call.parts[1:] for member in answered_by(inner, teacher)),
        fields=(("callee", one.call.name), ("end", "".join(f" and '{_short(old, other.call)}'" for other in others)),
                ("how", ""), ("statement", f"'{_short(old, one.call)}'"), ("take", ""), ("undo", _short(old, one.call)),
                ("variable", "")),
        old=tuple((other.step.line, old.said(other.step)) for other in gone),
        new=((place.line, new.said(place)),),
    )


def _filled(old: Outline, gone: list[_Gone]) -> frozenset[str]:
    """Return the variables of the whole file that the calls give a value."""
    return frozenset(part.parts[0].name for one in gone for part in walk(one.step.expr)
                     if part.kind == "assign" and part.parts[0].kind == "name" and not old.type_of(part.parts[0].name))


def only_syncs_went(old: Outline, new: Outline) -> bool:
    """Return whether all that a patch does to a function is to take calls out of it that flush or wait."""
    missing = steps_gone(old, new)
    gone = _gone(old, new, missing) if missing else []
    return 0 < len(gone) <= _MOST_CALLS and all(_words(one.call.name) & _SYNCS for one in gone)


def _words(name: str) -> set[str]:
    return {*name.lower().strip("_").split("_")}


def _short(outline: Outline, call: Expr) -> str:
    text = outline.text(call)
    return text if len(text) <= 80 else f"{call.name}()"


def _place(old: Outline, new: Outline, step: Step, missing: list[Step]) -> Step:
    """Return the step that stands now where one stood: what came behind it and stays, else the last of all."""
    went = {id(one) for one in missing}
    before = sum(id(one) not in went for one in old.steps[:old.steps.index(step)])
    return next((one for one in new.steps[before:] if one.kind not in {"declare", "label"}), new.steps[-1])


def _gone(old: Outline, new: Outline, missing: list[Step]) -> list[_Gone]:
    """Return the calls that went, nothing where anything else in the function changed."""
    if old.name != new.name or not any(step.kind != "declare" for step in new.steps):
        return []
    if not any(step.kind == "do" and calls_in(step.expr) for step in new.steps):
        return []
    gone: list[_Gone] = []
    left = {part.name for step in new.steps for part in walk(step.expr) if part.kind == "name"} | {
        step.name for step in new.steps if step.kind == "declare"}
    numbers = {id(step) for step in missing}
    checked: set[str] = set()
    for_failure: set[int] = set()
    for step in missing:
        expr = step.expr
        if for_failure & {*step.where}:
            continue  # what was done about its failure went with it
        if step.kind == "test" and not step.loop and checked & {place_of(ask.subject) for ask in asks_in(step.expr)}:
            for_failure |= {branch.block for branch in step.branches if branch.leaves}
        elif step.kind == "test" and not step.loop:
            if any(id(inner) not in numbers for branch in step.branches for inner in old.inside(branch)):
                return []
        elif step.kind == "declare":
            if step.name in left:
                return []
        elif step.kind == "do" and expr is not None and expr.kind == "call" and expr.name:
            gone.append(_Gone(expr, step))
        elif step.kind == "do" and expr is not None and expr.kind == "assign" and len(expr.parts) == 2:
            target, value = expr.parts
            if value.kind == "call" and value.name and target.kind == "name" and (
                    target.name not in left or _is_checked(old, step, missing)):
                gone.append(_Gone(value, step))
                checked.add(target.name)
            elif calls_in(value) and place_of(target) and target.kind != "name":
                return []
        else:
            return []
    return gone


def _is_checked(old: Outline, step: Step, missing: list[Step]) -> bool:
    """Return whether the test of what a call gave, right behind it, went as well."""
    number = old.steps.index(step) + 1
    test = old.steps[number] if number < len(old.steps) else None
    return test is not None and test.kind == "test" and not test.loop and any(one is test for one in missing) and all(
        step.expr is not None and place_of(ask.subject) == place_of(step.expr.parts[0]) for ask in asks_in(test.expr))


def steps_gone(old: Outline, new: Outline) -> list[Step] | None:
    """Return the steps that a patch takes out; None where some came, or stand in another order."""
    found: list[Step] = []
    number = 0
    rest = new.steps
    texts = [new.said(step) for step in rest]
    for step in old.steps:
        if number < len(rest) and old.said(step) == texts[number] and step.kind == rest[number].kind:
            number += 1
        else:
            found.append(step)
    return found if number == len(rest) else None


def _kind(old: Outline, one: _Gone, left: set[str], gone: frozenset[str]) -> Kind | Literal[""]:
    """Return what sort of call it is; empty for one that says nothing, or of which more is known."""
    name = one.call.name
    has_text = any(part.kind == "string" for part in one.call.parts[1:4])
    if name in known_effects().of or name in _LOCKING or name in TRANSPARENT or is_conversion(name) or name.isupper() \
            or _WEIGHTLESS.fullmatch(name) or is_reporter(name, has_text=has_text):
        return ""
    if name in known_pairs().givers() or (name not in left and {*twins(name), *taken_by(name)} & left):
        return ""  # of what has an owner, and of halves, more is known
    words = _words(name)
    if words & _LOCKS:
        return ""
    if words & _SYNCS:
        return "sync-dropped"
    if gives_back(name) and not gone & {*taken_by(name)}:  # elsewhere more is known of what has to be given back
        return "step-back-dropped" if known_frees().says(old.name, "teardown") else ""
    return "call-dropped"


