"""Errors that a function has in its hands on some way to `return 0`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.aligned import edits_between
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.results import Ask, Treatment, asks_in, treatments
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["errnos_taken_away", "lost_errnos", "says_error", "test_key"]

_WARNS = regex(r"\w*WARN(?:_ON|_ONCE|\b)")


def lost_errnos(outline: Outline) -> Iterator[Hit]:
    """Yield the results that are tested together with something else, whose failure the rest of the way forgets.

    `ret = f(); if (ret && odd) { undo(); goto out; } return 0;` loses the error of f() where `odd` does not hold. That
    the test only leaves (`if (ret && !optional) return ret;`) may be meant, and is not told.
    """
    if "int" not in outline.returns.split() and "long" not in outline.returns.split():
        return
    for one in treatments(outline):
        test = one.first_test
        if not one.target.isidentifier() or test is None or test.how not in {"true", "negative"} or (
                "unsigned" in outline.type_of(one.target)):
            continue
        outer, inner = _whole_test(outline, outline.steps[test.step])
        if outer.kind != "test" or inner.loop or len(inner.branches) != 1 \
                or outer.where != outline.steps[one.step].where or not inner.branches[0].leaves \
                or not _undoes(outline, inner):
            continue
        asks = [*asks_in(outer.expr), *(asks_in(inner.expr) if inner is not outer else ())]
        others = [ask for ask in asks if ask.subject is not one.call and not _names(ask.subject, one.target)]
        if len(asks) < 2 or len(others) != len(asks) - 1 or any(
                ask.joined != "both" and not ask.alone for ask in asks):
            continue
        end = _forgets(outline, outer, one)
        if end is not None:
            yield Hit(shape="forgotten", line=outer.line, end_line=outline.last_line(outer), symbol=one.callee,
                      object=one.target,
                      fields=(("callee", one.callee), ("other", outline.text(others[0].subject)),
                              ("test", outline.said(outer if _asks_other(outer, others[0]) else inner)),
                              ("variable", one.target), ("end", outline.said(end).rstrip(";"))),
                      new=((one.line, outline.said(outline.steps[one.step])), (end.line, outline.said(end))))


def _asks_other(step: Step, ask: Ask) -> bool:
    return any(part is ask.subject for part in walk(step.expr))


def _whole_test(outline: Outline, step: Step) -> tuple[Step, Step]:
    """Return a test, and the one that is all there is in its branch: `if (ret) { if (odd) { ... } }`; else twice it."""
    if step.kind == "test" and not step.loop and len(step.branches) == 1:
        inside = [one for one in outline.inside(step.branches[0]) if one.where == (*step.where, step.branches[0].block)]
        if len(inside) == 1 and inside[0].kind == "test":
            return step, inside[0]
        outer = next((one for one in outline.steps if one.kind == "test" and not one.loop and len(one.branches) == 1
                      and (*one.where, one.branches[0].block) == step.where), None)
        if outer is not None and all(one is step for one in outline.inside(outer.branches[0])
                                     if one.where == step.where):
            return outer, step
    return step, step


def _names(expr: Expr, name: str) -> bool:
    return any(part.kind == "name" and part.name == name for part in walk(expr))


def _undoes(outline: Outline, step: Step) -> bool:
    """Return whether the branch does something about the failure, and does not just leave."""
    return any(inner.kind == "do" and inner.expr is not None and any(
        not is_reporter(call.name, has_text=any(part.kind == "string" for part in call.parts[1:4]))
        for call in calls_in(inner.expr)) for inner in outline.inside(step.branches[0]))


def _forgets(outline: Outline, step: Step, one: Treatment) -> Step | None:
    """Return the `return 0` that the way past the test comes to without looking at the variable again."""
    for after in outline.steps[step.branches[0].last:]:
        if after.kind == "label" or _names_it(after, one.target):
            return None
        if after.where == step.where and after.kind == "return":
            return after if after.expr is not None and after.expr.kind == "literal" and after.expr.name == "0" else None
        if after.where == step.where and after.kind in {"goto", "break", "continue"}:
            return None
    return None


def _names_it(step: Step, name: str) -> bool:
    return step.name == name or any(part.kind == "name" and part.name == name for part in walk(step.expr))


def errnos_taken_away(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the exits for a failure that said which before the patch and say success, or what was there, after it."""
    if not {"int", "long", "ssize_t"} & {*new.returns.split()} or "*" in old.returns:
        return  # what a pointer said by being one, 0 says now
    before = {test_key(old, number, step): (number, step) for number, step in enumerate(old.steps)
              if step.kind == "test" and step.branches}
    for number, step in enumerate(new.steps):
        known = before.get(test_key(new, number, step)) if step.kind == "test" and step.branches else None
        if known is None:
            continue
        was, now = old.inside(known[1].branches[0]), new.inside(step.branches[0])
        if not was or not now or was[-1].kind != now[-1].kind:
            continue
        sets = [one for one in was if _sets_errno(old, one)]
        if was[-1].kind in {"goto", "break"} and old.said(was[-1]) == new.said(now[-1]) and sets and not any(
                _target(one) == _target(sets[-1]) for one in now):
            variable = _target(sets[-1])
            asked = any(part.kind == "name" and part.name == variable for part in walk(step.expr))
            had = "error" if asked or not _returns(new, variable) or len(now) != len(was) - 1 \
                else _holds(new, number, variable)
            if had != "error":
                yield _taken("errno-taken-away" if had == "success" else "errno-not-set", old, sets[-1], new, now[-1],
                             step, variable)
        if was[-1].kind == "return" and says_error(old, known[1], was) and new.said(now[-1]) == "return 0;":
            yield _taken("says-success", old, was[-1], new, now[-1], step, old.text(was[-1].expr))


    yield from _others_gone(old, new, before)
    yield from _changed_returns(old, new)
    yield from _only_warned(old, new)


def _only_warned(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the conditions that left with an error before the patch, and of which there is only a warning now; not the
    result of a call that failed, of which `lost-test` knows more."""
    had = {old.said(step) for step in old.steps if step.kind == "do"}
    warned = {new.said(step).rstrip(";"): step for step in new.steps if step.kind == "do" and new.said(step) not in had}
    for step in new.steps:
        if step.kind == "test" and not step.loop and len(step.branches) == 1 and new.inside(step.branches[0]) \
                and new.only_tells(step.branches[0]):
            warned.setdefault(new.said(step), step)
    for step in old.steps if warned else ():
        place = warned.get(old.said(step)) if step.kind == "test" and not step.loop and step.branches else None
        inside = old.inside(step.branches[0]) if place is not None else []
        if place is None or not inside or inside[-1].kind != "return" or not says_error(old, step, inside) or any(
                ask.how in {"true", "negative", "not", "IS_ERR", "IS_ERR_OR_NULL"} and (
                    ask.subject.kind == "call" or old.type_of(ask.subject.name)) for ask in asks_in(step.expr)):
            continue
        if place.kind == "do" and not _WARNS.match(old.said(step)):
            continue
        expr, was = step.expr, old.said(inside[-1]).rstrip(";")
        asked = old.text(expr.parts[1]) if expr is not None and _WARNS.match(expr.name) and len(expr.parts) > 1 \
            else old.said(step)
        yield Hit(shape="only-warned", line=place.line, end_line=new.last_line(place), symbol=asked, object=was,
                  fields=(("test", asked), ("was", was), ("variable", ""), ("exit", ""), ("callee", "")),
                  old=((inside[-1].line, f"{was};"),), new=((place.line, new.said(place)),))


def _others_gone(old: Outline, new: Outline, before: dict[tuple[str, str, int], tuple[int, Step]]) -> Iterator[Hit]:
    """Yield the tests that set an error in their other branch, which is gone now."""
    for number, step in enumerate(new.steps):
        known = before.get(test_key(new, number, step)) if step.kind == "test" and len(step.branches) == 1 else None
        if known is None or len(known[1].branches) != 2:
            continue
        gone = [one for one in old.inside(known[1].branches[1]) if _sets_errno(old, one)]
        if len(gone) == 1 and len(old.inside(known[1].branches[1])) == 1 and _returns(new, _target(gone[0])) and (
                not any(_sets_errno(new, one) and _target(one) == _target(gone[0]) for one in new.steps)):
            yield _taken("errno-taken-away", old, gone[0], new, step, step, _target(gone[0]))


def _changed_returns(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the returns of an error, or of a result that may be one, that are `return 0` now, all around as it was."""
    for tag, first, last, start, end in edits_between(old, new):
        for place in range(last - first) if tag == "replace" and last - first == end - start else ():
            one, other = old.steps[first + place], new.steps[start + place]
            if one.kind == other.kind == "return" and new.said(other) == "return 0;" and one.expr is not None and (
                    not _in_a_test(new, other)) and _may_be_error(old, one.expr):
                yield Hit(shape="returns-success", line=other.line, end_line=other.line, symbol=old.text(one.expr),
                          object=old.text(one.expr),
                          fields=(("test", ""), ("was", old.said(one).rstrip(";")), ("variable", old.text(one.expr)),
                                  ("exit", "return 0"), ("callee", old.text(one.expr))),
                          old=((one.line, old.said(one)),), new=((other.line, new.said(other)),))


def _in_a_test(outline: Outline, step: Step) -> bool:
    return any(branch.block in step.where for one in outline.steps for branch in one.branches)


def _may_be_error(outline: Outline, expr: Expr) -> bool:
    if expr.kind == "name":
        return any(one.target == expr.name and any(read.fate == "returned" for read in one.reads)
                   for one in treatments(outline)) or any(
            (_sets_errno(outline, step) and _target(step) == expr.name)
            or (step.kind == "declare" and step.name == expr.name and outline.text(step.expr).startswith("-E"))
            for step in outline.steps)
    return any(part.kind == "unary" and part.name == "-" and part.parts and part.parts[0].name.startswith("E")
               for part in walk(expr)) or any(call.name in {"PTR_ERR", "PTR_ERR_OR_ZERO"} for call in calls_in(expr))


def test_key(outline: Outline, number: int, step: Step) -> tuple[str, str, int]:
    """Return what a test is known by: what it asks and what stands before it, however that is written, and which of
    several alike it is."""
    earlier = outline.asked(outline.steps[number - 1]) if number else ""
    return outline.asked(step), earlier, outline.alike_before(number)


def _sets_errno(outline: Outline, step: Step) -> bool:
    expr = step.expr
    return step.kind == "do" and expr is not None and expr.kind == "assign" and len(expr.parts) == 2 and (
        outline.text(expr.parts[1]).startswith(("-E", "PTR_ERR(")))


def _target(step: Step) -> str:
    expr = step.expr
    return expr.parts[0].name if expr is not None and expr.kind == "assign" and expr.parts[0].kind == "name" else ""


def _returns(outline: Outline, variable: str) -> bool:
    return bool(variable) and any(step.kind == "return" and step.expr is not None and step.expr.kind == "name"
                                  and step.expr.name == variable for step in outline.steps)


def _holds(outline: Outline, number: int, variable: str) -> Literal["success", "error", "unknown"]:
    """Return what the variable holds where the test stands: a success is 0, or a result that was tested already."""
    here = outline.steps[number].where
    for place in range(number - 1, -1, -1):
        step = outline.steps[place]
        if step.kind == "label":
            return "unknown"
        if here[:len(step.where)] != step.where:
            if _target(step) == variable and not _leaves_for_good(outline, step, here):
                return "error" if step.expr is not None and outline.text(step.expr.parts[1]).startswith("-E") \
                    else "unknown"
            continue
        if step.kind == "declare" and step.name == variable:
            value = outline.text(step.expr)
            return "success" if value == "0" else "error" if value.startswith("-E") else "unknown"
        if _target(step) == variable and step.expr is not None:
            value = outline.text(step.expr.parts[1])
            if value.startswith("-E"):
                return "error"
            tested = any(one.kind == "test" and any(branch.leaves for branch in one.branches)
                         and any(part.kind == "name" and part.name == variable for part in walk(one.expr))
                         for one in outline.steps[place:number])
            return "success" if value == "0" or tested else "unknown"
    return "unknown"


def _leaves_for_good(outline: Outline, step: Step, here: tuple[int, ...]) -> bool:
    """Return whether a branch around the step, which is none around the place, ends by a return or a jump forward."""
    return any(branch.block in step.where and branch.block not in here and branch.leaves in {"return", "goto", "stop"}
               for one in outline.steps for branch in one.branches)


def says_error(outline: Outline, test: Step, branch: list[Step]) -> bool:
    """Return whether the branch returns an error: one that it names, that it has set, or the one that the test found.
    """
    expr = branch[-1].expr
    if expr is None or expr.kind != "name":
        return outline.text(expr).startswith(("-E", "PTR_ERR("))
    number = bool({"int", "long", "ssize_t"} & {*outline.type_of(expr.name).split()})
    found = number and any(ask.how in {"true", "negative"} and ask.subject.kind == "name"
                           and ask.subject.name == expr.name for ask in asks_in(test.expr))
    return found or any(_sets_errno(outline, step) and _target(step) == expr.name for step in branch)


def _taken(shape: str, old: Outline, was: Step, new: Outline, exit_: Step, test: Step, variable: str) -> Hit:
    return Hit(shape=shape, line=exit_.line, end_line=new.last_line(exit_), symbol=variable, object=new.said(test),
               fields=(("test", new.said(test)), ("was", old.said(was).rstrip(";")), ("variable", variable),
                       ("exit", new.said(exit_).rstrip(";")), ("callee", variable)),
               old=((was.line, old.said(was)),), new=((test.line, new.said(test)), (exit_.line, new.said(exit_))))
