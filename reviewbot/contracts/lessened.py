"""What a patch gives back another way than before, or cuts off from what it always followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher, makers_in
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.results import peeled
from reviewbot.contracts.set_early import exits_for_results
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["lessened"]

_CONSTANT = regex(r"[A-Z][A-Z0-9_]+")


def lessened(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the steps of one function that stay and are done less, or another way."""
    yield from _given_otherwise(old, new, teacher)
    yield from _given_fewer(old, new)
    yield from _without_flag(old, new)
    yield from _cut_off(old, new)


def _hit(shape: str, old: Outline, new: Outline, before: Step, after: Step, **fields: str) -> Hit:
    return Hit(
        shape=shape,
        line=after.line,
        end_line=new.last_line(after),
        symbol=fields.get("callee", ""),
        object=new.said(after),
        fields=tuple(sorted(fields.items())),
        old=((before.line, old.said(before)),),
        new=((after.line, new.said(after)),),
    )


def _given_otherwise(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """A thing is given back by the function of another allocator than before, and its taking is not changed."""
    was, now = _gives(old), _gives(new)
    for (name, what), step in now.items():
        earlier = [(other, one) for (other, text), one in was.items() if text == what and other != name]
        if (
            len(earlier) == 1
            and (name, what) not in was
            and (earlier[0][0], what) not in now
            and (earlier[0][0], name) not in known_frees().wider
            and not any(known_frees().fits(name, made) for made in teacher.makers_here(what))
            and teacher.makers_here(what) == makers_in(old.data, what)
        ):
            yield _hit("given-otherwise", old, new, earlier[0][1], step, callee=name, was=earlier[0][0], variable=what)


def _given_fewer(old: Outline, new: Outline) -> Iterator[Hit]:
    """One page is given back where it was as many as an order says, and the file takes pages as it did."""
    was, now = _pages_given(old), _pages_given(new)
    for what in sorted(was.keys() & now.keys()):
        (order, before), (left, after) = was[what], now[what]
        if order not in {"0", ""} and left == "0" and _pages_taken(old) == _pages_taken(new):
            call = next(call for call in calls_in(after.expr) if call.name in known_frees().order_given)
            yield _hit("given-fewer", old, new, before, after, callee=call.name, was=old.said(before).rstrip(";"),
                       variable=what, how=order, statement=new.said(after).rstrip(";"))


def _pages_given(outline: Outline) -> dict[str, tuple[str, Step]]:
    """Return the order of pages in each call that gives some back, with its step, by what it is given."""
    table = known_frees().order_given
    return {outline.text(call.parts[1]): (outline.text(call.parts[place]) if place else "0", step)
            for step in outline.steps for call in calls_in(step.expr)
            if (place := table.get(call.name)) is not None and len(call.parts) > max(place, 1)}


def _pages_taken(outline: Outline) -> list[bytes]:
    """Return the calls in the function's file that take pages, as they stand."""
    names = b"|".join(re.escape(name.encode()) for name in sorted(known_frees().order_taken))
    return sorted(re.findall(rb"\b(?:" + names + rb")\([^;\n]*", outline.data))


def _gives(outline: Outline) -> dict[tuple[str, str], Step]:
    """Return the frees of a function, each by its name and what it gives back, without a cast."""
    return {
        (call.name, outline.text(peeled(call.parts[place]))): step
        for step in outline.steps
        for call in calls_in(step.expr)
        if (place := known_frees().argument.get(call.name, 0)) and len(call.parts) > place
    }


def _without_flag(old: Outline, new: Outline) -> Iterator[Hit]:
    """What gives something back is told less of how it was taken."""
    was = [
        (call, step)
        for step in old.steps
        for call in calls_in(step.expr)
        if gives_back(call.name) or "close" in call.name.split("_")
    ]
    texts = {old.text(call) for call, _ in was}
    after = {new.text(call) for step in new.steps for call in calls_in(step.expr)}
    for step in new.steps:
        for call in calls_in(step.expr):
            if new.text(call) in texts:
                continue
            for other, one in was:
                if other.name != call.name or len(other.parts) != len(call.parts) or old.text(other) in after:
                    continue
                differ = [
                    (a, b) for a, b in zip(other.parts[1:], call.parts[1:], strict=True) if old.text(a) != new.text(b)
                ]
                lost = _flags(differ[0][0]) - _flags(differ[0][1]) if len(differ) == 1 else set()
                if lost and _flags(differ[0][1]) and _flags(differ[0][1]) < _flags(differ[0][0]):
                    yield _hit(
                        "given-without", old, new, one, step, callee=call.name, variable=min(lost), was=old.text(other)
                    )
                    break


def _flags(expr: Expr) -> set[str]:
    if expr.kind == "binary" and expr.name == "|":
        return set().union(*(_flags(part) for part in expr.parts))
    return {expr.name} if expr.kind == "name" and _CONSTANT.fullmatch(expr.name) else set()


def _cut_off(old: Outline, new: Outline) -> Iterator[Hit]:
    """A new exit that is none for a failure stands between two steps that always followed each other."""
    texts = {old.said(step) for step in old.steps}
    failing = {number for number, _, _ in exits_for_results(new)}
    for number, step in enumerate(new.steps):
        if step.kind != "test" or step.loop or step.where or number in failing or new.said(step) in texts or any(
            gives_back(call.name) for call in calls_in(step.expr)
        ):
            continue
        left_out = _left_out(new, step)
        if left_out is None:
            continue
        test, rest = left_out
        acted = next(
            (
                one
                for one in reversed(new.steps[:number])
                if one.kind == "do"
                and not one.where
                and new.said(one) in texts
                and not any(is_reporter(call.name, has_text=True) for call in calls_in(one.expr)[:1])
            ),
            None,
        )
        ends = next((one for one in rest if one.kind == "do" and new.said(one) in texts and _ends(one.expr)), None)
        place = next((one for one in old.steps if ends is not None and old.said(one) == new.said(ends)), None)
        if acted is not None and ends is not None and place is not None and not place.where:
            yield _hit(
                "cut-off",
                old,
                new,
                place,
                step,
                callee=ends.expr.name if ends.expr else "",
                statement=new.said(ends).rstrip(";"),
                take=new.said(acted).rstrip(";"),
                test=test,
            )


def _left_out(new: Outline, step: Step) -> tuple[str, list[Step]] | None:
    """Return when a test at the top leaves the function without a failure, and the steps at the top that it leaves
    out: those behind an early return, or all the rest in its only branch. None where it does neither."""
    if len(step.branches) != 1:
        return None
    [branch] = step.branches
    inside = new.inside(branch)
    if branch.leaves == "return":
        plain = len(inside) == 1 and new.text(inside[-1].expr) in {"", "0", "true"}
        return (new.text(step.expr), [one for one in new.steps[branch.last :] if not one.where]) if plain else None
    if branch.last == len(new.steps) and "void" in new.returns.split():
        return f"!({new.text(step.expr)})", [one for one in inside if one.where == (branch.block,)]
    return None


def _ends(expr: Expr | None) -> bool:
    """Return whether a step closes something: a flag or a pointer is cleared, a waiter woken, a lock given back."""
    if expr is None:
        return False
    if expr.kind == "assign":
        return (
            expr.name == "="
            and expr.parts[0].kind in {"field", "name"}
            and expr.parts[-1].name in {"false", "0", "NULL", "true", "1"}
        )
    return expr.kind == "call" and (gives_back(expr.name) or known_frees().says(expr.name, "ends"))
