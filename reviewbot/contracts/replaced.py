"""Calls and arguments that a patch puts in the place of others that are not the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, given_to, walk
from reviewbot.contracts.results import asks_in
from reviewbot.contracts.switched import switch_besides
from reviewbot.contracts.types import Hit
from reviewbot.kconfig.sightings import SourceText
from reviewbot.logic import Cond
from reviewbot.patterns import regex

__all__ = ["replaced"]

_LEAVES = regex(r"p[u4mg]d_(?:leaf|is_leaf|large|huge|sect|trans_huge|bad)")
_DESCENTS = regex(r"(?:pte|pmd|pud)_offset\w*|p[u4mg]d_(?:page_vaddr|page|pgtable|deref)")
_OFF = frozenset({"0", "false", "NULL"})


def replaced(old: Outline, new: Outline, was: Teacher, now: Teacher) -> Iterator[Hit]:
    """Yield the questions that are a constant in some configurations now, the hooks passed by, the leaves not met."""
    yield from _stubs_asked(old, new, was, now)
    yield from _parts_asked(old, new, was)
    yield from _others_asked(old, new)
    yield from _hooks_passed(old, new, was)
    yield from _leaves_not_met(old, new)
    yield from _protections(old, new)
    yield from switch_besides(old, new)


def _stubs_asked(old: Outline, new: Outline, was: Teacher, now: Teacher) -> Iterator[Hit]:
    """A question in a test is asked of another function, which answers no in some configurations whatever it is."""
    for one, other in _changed_tests(old, new):
        first, then = calls_in(one.expr), calls_in(other.expr)
        if len(first) != 1 or len(then) != 1 or first[0].name == then[0].name or not then[0].name \
                or [old.text(part) for part in first[0].parts[1:]] != [new.text(part) for part in then[0].parts[1:]]:
            continue
        stub = next(iter(_constant(then[0].name, now)), None)
        if stub is None or any(condition == stub[1] for _, condition in _constant(first[0].name, was)):
            continue
        done = next((new.said(step).rstrip(";") for branch in other.branches[:1] for step in new.inside(branch)), "")
        if done:
            yield _hit("asks-a-stub", old, new, one, other, callee=then[0].name, where=stub[0], take=first[0].name,
                       statement=done, test=str(stub[1]))


def _changed_tests(old: Outline, new: Outline) -> Iterator[tuple[Step, Step]]:
    """Yield the tests that the patch changes and whose branches it leaves, in order."""
    texts = {new.said(step) for step in new.steps if step.kind == "test"}
    known = {old.said(step) for step in old.steps if step.kind == "test"}
    left = [step for step in new.steps if step.kind == "test" and new.said(step) not in known and step.branches]
    gone = [step for step in old.steps if step.kind == "test" and old.said(step) not in texts and step.branches]
    alike: dict[tuple[tuple[str, ...], ...], list[Step]] = {}
    for other in left if gone else ():
        alike.setdefault(_inside(new, other), []).append(other)
    for one in gone:
        same = alike.get(_inside(old, one), [])
        if len(same) == 1:
            yield one, same[0]


def _parts_asked(old: Outline, new: Outline, was: Teacher) -> Iterator[Hit]:
    """A test asks one of several things any of which was enough for the function that it asked before."""
    for one, other in _changed_tests(old, new):
        first, then = list(asks_in(one.expr)), list(asks_in(other.expr))
        if len(first) != 1 or len(then) != 1 or first[0].how != then[0].how or first[0].subject.kind != "call" \
                or len(first[0].subject.parts) != 1:
            continue
        for path, body in was.here(first[0].subject.name):
            answers = [step for step in body.steps if step.kind == "return"]
            whole = answers[0].expr if len(answers) == len(body.steps) == 1 else None
            parts = _either(body, whole)
            asked = new.text(then[0].subject)
            if asked in parts and len(parts) > 1:
                yield _hit("asks-a-part", old, new, one, other, callee=asked, take=old.text(first[0].subject),
                           test=" or ".join(part for part in parts if part != asked),
                           where=f"{path}:{answers[0].line}")


def _others_asked(old: Outline, new: Outline) -> Iterator[Hit]:
    """A test is the same but for one member, or one value that a function without arguments gives, and what it asked
    before is still there to be asked."""
    for one, other in _changed_tests(old, new):
        pair = _only_difference(_Side(old, one), _Side(new, other))
        if pair is None:
            continue
        before, after = pair
        if before.kind == after.kind == "field":
            names = before.name.lstrip("->."), after.name.lstrip("->.")
            known = all(re.search(rb"(?:->|\.)" + name.encode() + rb"\b", data)
                        for name, data in zip(names, (new.data, old.data), strict=True))
        else:
            names = before.name, after.name
            known = before.kind == after.kind == "call" and len(before.parts) == len(after.parts) == 1
        done = next((new.said(step).rstrip(";") for branch in other.branches[:1] for step in new.inside(branch)), "")
        if known and names[0] != names[1] and done:
            hit = _hit("asks-another", old, new, one, other, callee=names[1], take=_spelt(old, before),
                       give=_spelt(new, after), statement=done, test=new.said(other))
            yield replace(hit, rests_on=frozenset(names))


class _Side(NamedTuple):
    """A test in its function."""

    outline: Outline
    step: Step


def _spelt(outline: Outline, expr: Expr) -> str:
    return outline.text(expr) if expr.kind == "field" else f"{expr.name}()"


def _only_difference(one: _Side, other: _Side) -> tuple[Expr, Expr] | None:
    """Return the one place in which two conditions differ; a local variable stands for the call that it is given."""
    found: list[tuple[Expr, Expr]] = []
    waiting = [(one.step.expr, other.step.expr)]
    while waiting and len(found) < 2:
        before, after = waiting.pop()
        if before is None or after is None:
            return None
        if one.outline.text(before) == other.outline.text(after):
            continue
        before, after = _value_of(one.outline, before), _value_of(other.outline, after)
        if before.kind == after.kind and len(before.parts) == len(after.parts) and before.name == after.name \
                and before.parts and before.kind != "call":
            waiting += zip(before.parts, after.parts, strict=True)
        elif before.kind == after.kind == "field" and one.outline.text(before.parts[0]) != other.outline.text(
                after.parts[0]):
            return None
        else:
            found.append((before, after))
    return found[0] if len(found) == 1 else None


def _value_of(outline: Outline, expr: Expr) -> Expr:
    if expr.kind != "name" or expr.name not in outline.locals:
        return expr
    values = [value for step in outline.steps for value in given_to(step, expr.name)]
    return values[0] if len(values) == 1 and values[0].kind == "call" else expr


def _either(outline: Outline, expr: Expr | None) -> list[str]:
    """Return the conditions any of which is enough, from left to right."""
    if expr is None or expr.kind != "either":
        return [outline.text(expr)]
    return [text for part in expr.parts for text in _either(outline, part)]


def _inside(outline: Outline, step: Step) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(outline.said(one) for one in outline.inside(branch)) for branch in step.branches)


def _constant(name: str, teacher: Teacher) -> list[tuple[str, Cond]]:
    """Return where the headers of all architectures define the function as one that always answers no, and when."""
    return [(f"{path}:{one.line}", one.condition) for path, data in teacher.headers(name) if path.startswith("include/")
            for one in SourceText(path, data).sightings(name)
            if one.stub and one.value in _OFF and any(
                option.startswith("CONFIG_") for option in one.condition.variables())]


def _hooks_passed(old: Outline, new: Outline, was: Teacher) -> Iterator[Hit]:
    """A function is called by its name now, and was called before through a pointer that others set otherwise."""
    before = {call.parts[0].name.lstrip("->."): (step, call) for step in old.steps for call in calls_in(step.expr)
              if call.parts and call.parts[0].kind == "field"}
    after = {call.parts[0].name.lstrip("->.") for step in new.steps for call in calls_in(step.expr)
             if call.parts and call.parts[0].kind == "field"}
    known = {call.name for step in old.steps for call in calls_in(step.expr)}
    for member, (step, call) in before.items():
        if member in after:
            continue
        for other in new.steps:
            for then in calls_in(other.expr):
                if not then.name or then.name in known or [new.text(part) for part in then.parts[1:]] != [
                        old.text(part) for part in call.parts[1:]]:
                    continue
                set_to = was.sets_member(member)
                places = [(what, where) for what, where in set_to if what != then.name]
                if places and any(what == then.name for what, _ in set_to):
                    yield _hit("hook-passed", old, new, step, other, callee=then.name, take=old.text(call.parts[0]),
                               give=places[0][0], where=places[0][1])


def _leaves_not_met(old: Outline, new: Outline) -> Iterator[Hit]:
    """A walker that asked whether an entry is a large leaf goes on to the next level without asking."""
    before, after = _asked(old), _asked(new)
    for name in before:
        if name in after or len(after) > 0 or not (step := before[name]).branches or not step.branches[0].leaves:
            continue
        level = name[:3]
        down = next((one for one in new.steps for call in calls_in(one.expr) if _DESCENTS.fullmatch(call.name) and any(
            part.kind in {"name", "deref"} and level in new.text(part) for part in walk(call))), None)
        if down is not None and any(new.said(down) == old.said(other) for other in old.steps):
            yield _hit("leaf-not-met", old, new, step, down, callee=name, statement=new.said(down).rstrip(";"),
                       test=old.said(step))


def _asked(outline: Outline) -> dict[str, Step]:
    found: dict[str, Step] = {}
    for step in outline.steps:
        for call in calls_in(step.expr) if step.kind == "test" else ():
            if _LEAVES.fullmatch(call.name):
                found.setdefault(call.name, step)
    return found


def _protections(old: Outline, new: Outline) -> Iterator[Hit]:
    """A call maps with a protection that takes away what the one before allowed."""
    table = known_effects().protections
    first, then = (_by_shape(outline) for outline in (old, new))
    said: set[tuple[str, str]] = set()
    for shape, (was, _, step) in first.items():
        if shape not in then:
            continue
        now, other, place = then[shape]
        if was == now or (was, now) in said:
            continue
        lost = [word for word, had, has in zip(("written", "run"), table[was], table[now], strict=True)
                if had and not has]
        if lost and not _maps_anew(old, new, other):
            said.add((was, now))
            yield _hit("protection-narrowed", old, new, step, place, callee=other.name, was=was, now=now,
                       how=" or ".join(lost), statement=new.text(other))


def _maps_anew(old: Outline, new: Outline, kept: Expr) -> bool:
    """Return whether the function calls something that it did not, on the table that the kept call is given: that may
    map the same memory with what the kept call no longer gives."""
    known = {call.name for step in old.steps for call in calls_in(step.expr)}
    return len(kept.parts) > 1 and any(
        call.name not in known and len(call.parts) > 1 and new.text(call.parts[1]) == new.text(kept.parts[1])
        for step in new.steps for call in calls_in(step.expr))


def _by_shape(outline: Outline) -> dict[str, tuple[str, Expr, Step]]:
    """Return the calls that are given one protection, by their text with the protection left out."""
    table = known_effects().protections
    found: dict[str, tuple[str, Expr, Step]] = {}
    for step in outline.steps:
        for call in calls_in(step.expr):
            named = [part for part in call.parts[1:] if part.kind == "name" and part.name in table]
            if len(named) == 1:
                shape = " ".join("PROTECTION" if part is named[0] else outline.text(part) for part in call.parts)
                found.setdefault(shape, (named[0].name, call, step))
    return found


def _hit(shape: str, old: Outline, new: Outline, before: Step, after: Step, **fields: str) -> Hit:
    return Hit(shape=shape, line=after.line, end_line=new.last_line(after), symbol=fields["callee"],
               object=fields.get("take", "") or new.said(after), fields=tuple(sorted(fields.items())),
               old=((before.line, old.said(before)),), new=((after.line, new.said(after)),))

