"""Exits for a failure that say something else after a patch: another kind of value, one errno for all, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.contracts.aligned import edits_between
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.lost_errno import says_error, test_key
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of
from reviewbot.contracts.results import Ask, asks_in, treatments
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["other_answers"]

_ERRNO = regex(r"-E[A-Z0-9]{2,}")
_POINTERS = frozenset({"ERR_PTR", "ERR_CAST"})


def other_answers(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the exits that no longer say what they said, around what stands as it did."""
    yield from _other_kinds(old, new, teacher)
    yield from _one_for_all(old, new)
    yield from _errors_pass(old, new, teacher)


def _other_kinds(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """An error was returned where a test holds, and what is no error is: NULL for an error pointer, or some number."""
    before = {test_key(old, number, step): step for number, step in enumerate(old.steps)
              if step.kind == "test" and step.branches}
    pointer = old.returns.endswith("*")
    for number, step in enumerate(new.steps):
        was = before.get(test_key(new, number, step)) if step.kind == "test" and step.branches else None
        if was is None:
            continue
        inside, then = old.inside(was.branches[0]), new.inside(step.branches[0])
        if len(inside) != len(then) or not then or {inside[-1].kind, then[-1].kind} != {"return"}:
            continue
        first, last = inside[-1], then[-1]
        told, says = old.text(first.expr), new.text(last.expr)
        if told == says or first.expr is None or last.expr is None:
            continue
        if pointer:
            who = _takes_error_pointer(new.name, teacher) if says == "NULL" and first.expr.kind == "call" and (
                first.expr.name in _POINTERS) else ""
            if who:
                yield _hit("null-for-pointer", old, first, new, last, step, callee=new.name, by=who)
        elif {"int", "long", "ssize_t"} & {*new.returns.split()} and says_error(old, was, inside) and (
                last.expr.kind == "name" and last.expr.name not in {"true", "false", "NULL"}
                and last.expr.name in new.parameters):
            yield _hit("value-for-error", old, first, new, last, step, callee=says)


def _takes_error_pointer(name: str, teacher: Teacher) -> str:
    """Return the caller in the file that asks IS_ERR() of the result, empty where one asks for NULL as well."""
    hows = [(read.how, caller.name) for caller in teacher.callers_here(name) for one in treatments(caller)
            if one.callee == name for read in one.reads if read.fate == "tested"]
    asked = next((caller for how, caller in hows if how == "IS_ERR"), "")
    return "" if any(how in {"not", "true", "IS_ERR_OR_NULL"} for how, _ in hows) else asked


def _one_for_all(old: Outline, new: Outline) -> Iterator[Hit]:
    """The errno that a call gave was handed on, and any failure of it is said to be one certain errno now."""
    was = {one.callee: one for one in treatments(old) if one.first_test is not None and any(
        read.fate == "returned" for read in one.reads)}
    for one in treatments(new):
        earlier, test = was.get(one.callee), one.first_test
        if earlier is None or test is None or earlier.arguments != one.arguments or any(
                read.fate != "tested" for read in one.reads):
            continue
        step = new.steps[test.step]
        inside = new.inside(step.branches[0]) if step.kind == "test" and step.branches else []
        if len(inside) == 1 and inside[0].kind == "return" and _ERRNO.fullmatch(new.text(inside[0].expr)) and (
                {"int", "long"} & {*old.type_of(earlier.target).split()}) and not any(
                old.said(other) == new.said(inside[0]) and old.said(at) == new.said(step)
                for at in old.steps if at.kind == "test" for branch in at.branches for other in old.inside(branch)):
            first = old.steps[earlier.step]
            yield _hit("one-for-all", old, first, new, inside[0], step, callee=one.callee)


def _errors_pass(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """A result other than 0 was a failure, and only one above 0 is now: an errno is below it."""
    for one, other in _in_place_of(old, new):
        was, now = list(asks_in(one.expr)), list(asks_in(other.expr))
        if len(was) != 1 or len(now) != 1 or was[0].how not in {"true", "negative"} or not _is_above_zero(now[0]) \
                or not other.branches[0].leaves:
            continue
        name = place_of(now[0].subject)
        source = next((one for one in reversed(treatments(new)) if one.line <= other.line and (
            (one.target and one.target == name) or one.call is now[0].subject)), None)
        if source is None or place_of(was[0].subject) != name or _gives_positive(source.callee, teacher) or (
                name and "int" not in new.type_of(name).split() and "long" not in new.type_of(name).split()):
            continue
        yield _hit("errors-pass", old, one, new, other, other, callee=source.callee)


def _in_place_of(old: Outline, new: Outline) -> Iterator[tuple[Step, Step]]:
    """Yield the tests in the place of others, with the steps around as they were."""
    for tag, first, last, start, end in edits_between(old, new):
        if tag == "replace" and last - first == end - start == 1 and old.steps[first].kind == new.steps[
                start].kind == "test" and old.steps[first].branches and new.steps[start].branches:
            yield old.steps[first], new.steps[start]


def _is_above_zero(ask: Ask) -> bool:
    return ask.how == "compare" and ask.operator == ">" and ask.other is not None and ask.other.name == "0"


def _gives_positive(name: str, teacher: Teacher) -> bool:
    """Return whether the body of a function of the file shows that it gives more than errors and 0."""
    return any(teacher.given(body).keys() & {"one", "true"} for _, body in teacher.here(name))


def _hit(shape: str, old: Outline, was: Step, new: Outline, now: Step, test: Step, **fields: str) -> Hit:
    calls = [call.name for call in calls_in(now.expr)]
    return Hit(shape=shape, line=now.line, end_line=new.last_line(now), symbol=fields["callee"], object=new.said(test),
               rests_on=frozenset(calls),
               fields=tuple(sorted({"was": old.said(was).rstrip(";"), "exit": new.said(now).rstrip(";"),
                                    "test": new.said(test), "variable": "", **fields}.items())),
               old=((was.line, old.said(was)),), new=((test.line, new.said(test)), (now.line, new.said(now))))
