"""Errors that a function has in its hands on some way to `return 0`."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.results import Treatment, asks_in, treatments
from reviewbot.contracts.types import Hit

__all__ = ["errnos_taken_away", "lost_errnos"]


def lost_errnos(outline: Outline) -> Iterator[Hit]:
    """Yield the results that are tested together with something else, whose failure the rest of the way forgets.

    `ret = f(); if (ret && odd) { undo(); goto out; } return 0;` loses the error of f() where `odd` does not hold. That
    the test only leaves (`if (ret && !optional) return ret;`) may be meant, and is not told.
    """
    if "int" not in outline.returns.split() and "long" not in outline.returns.split():
        return
    for one in treatments(outline):
        test = one.first_test
        if not one.target.isidentifier() or test is None or test.how not in {"true", "negative"}:
            continue
        step = outline.steps[test.step]
        if step.kind != "test" or step.loop or len(step.branches) != 1 or step.where != outline.steps[one.step].where \
                or not step.branches[0].leaves or not _undoes(outline, step):
            continue
        asks = list(asks_in(step.expr))
        others = [ask for ask in asks if not _names(ask.subject, one.target)]
        if len(asks) < 2 or len(others) != len(asks) - 1 or any(ask.joined != "both" for ask in asks):
            continue
        end = _forgets(outline, step, one)
        if end is not None:
            yield Hit(shape="forgotten", line=step.line, end_line=outline.last_line(step), symbol=one.callee,
                      object=one.target,
                      fields=(("callee", one.callee), ("other", outline.text(others[0].subject)),
                              ("test", outline.said(step)), ("variable", one.target),
                              ("end", outline.said(end).rstrip(";"))),
                      new=((one.line, outline.said(outline.steps[one.step])), (end.line, outline.said(end))))


def _names(expr: Expr, name: str) -> bool:
    return any(part.kind == "name" and part.name == name for part in walk(expr))


def _undoes(outline: Outline, step: Step) -> bool:
    """Return whether the branch does something about the failure, and does not just leave."""
    return any(inner.kind == "do" and calls_in(inner.expr) for inner in outline.inside(step.branches[0])) \
        and not outline.only_tells(step.branches[0])


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
    if not {"int", "long", "ssize_t"} & {*new.returns.split()}:
        return
    before = {_key(old, number, step): (number, step) for number, step in enumerate(old.steps)
              if step.kind == "test" and step.branches}
    for number, step in enumerate(new.steps):
        known = before.get(_key(new, number, step)) if step.kind == "test" and step.branches else None
        if known is None:
            continue
        was, now = old.inside(known[1].branches[0]), new.inside(step.branches[0])
        if not was or not now or was[-1].kind != now[-1].kind:
            continue
        sets = [one for one in was if _sets_errno(old, one)]
        if was[-1].kind == "goto" and old.said(was[-1]) == new.said(now[-1]) and sets and not any(
                _target(one) == _target(sets[-1]) for one in now):
            variable = _target(sets[-1])
            if _returns(new, variable) and len(now) == len(was) - 1 and _is_success(new, number, variable):
                yield _taken("errno-taken-away", old, sets[-1], new, now[-1], step, variable)
        if was[-1].kind == "return" and _says_error(old, known[1], was) and new.said(now[-1]) == "return 0;":
            yield _taken("says-success", old, was[-1], new, now[-1], step, old.text(was[-1].expr))


def _key(outline: Outline, number: int, step: Step) -> tuple[str, str, int]:
    """Return what a test is known by: its words, what stands before it, and which of several alike it is."""
    earlier = outline.said(outline.steps[number - 1]) if number else ""
    alike = sum(1 for one in outline.steps[:number] if one.kind == "test" and outline.said(one) == outline.said(step))
    return outline.said(step), earlier, alike


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


def _is_success(outline: Outline, number: int, variable: str) -> bool:
    """Return whether the variable holds a success where the test stands: 0, or a result that was tested already."""
    for step in reversed(outline.steps[:number]):
        if step.kind == "declare" and step.name == variable:
            return step.expr is not None and outline.text(step.expr) == "0"
        if _target(step) == variable and step.expr is not None:
            value = outline.text(step.expr.parts[1])
            if value.startswith("-E"):
                return False
            later = outline.steps[outline.steps.index(step):number]
            return value == "0" or any(one.kind == "test" and any(branch.leaves for branch in one.branches)
                                       and any(part.kind == "name" and part.name == variable for part in walk(one.expr))
                                       for one in later)
    return False


def _says_error(outline: Outline, test: Step, branch: list[Step]) -> bool:
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
