"""What a function answers that its callers no longer understand: another errno, nothing, or a default that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, walk
from reviewbot.contracts.results import Treatment, asks_in, treatments
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["answers_changed", "default_that_fails", "hooks_asked"]

_CODE = regex(r"-\s*(E[A-Z0-9]{2,})|(VM_FAULT_[A-Z]+|BLK_STS_[A-Z]+)")
_MOST_CALLERS = 8
_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"false", "0"})


def answers_changed(old: Outline, new: Outline, was: Teacher, now: Teacher) -> Iterator[Hit]:
    """Yield the answers of a function that a caller still asks for and that it no longer gives."""
    yield from _code_gone(old, new, now)
    yield from _says_nothing(old, new, was)


def _code_gone(old: Outline, new: Outline, now: Teacher) -> Iterator[Hit]:
    """A code is another one now, and a caller compares the result with the one that is gone."""
    before, after = _codes(old), _codes(new)
    gone, come = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    if len(gone) != 1 or not come or _hands_on(old) - _hands_on(new) or gone[0] in _named(new):
        return
    [code] = gone
    step = next((after[one] for one in come if new.said(after[one]).replace(one, code) == old.said(before[code])), None)
    if step is None:
        return
    asks = next(_who_asks(new, now, code), None)
    if asks is not None:
        caller, test, where = asks
        yield Hit(shape="code-unasked", line=step.line, end_line=new.last_line(step), symbol=new.name, object=code,
                  fields=(("callee", new.name), ("was", code), ("now", new.said(step).rstrip(";")), ("by", caller),
                          ("test", test), ("where", where)),
                  old=((before[code].line, old.said(before[code])),), new=((step.line, new.said(step)),))


def _codes(outline: Outline) -> dict[str, Step]:
    """Return the codes that a function gives as its result or puts into a variable, each with its last step."""
    found: dict[str, Step] = {}
    for step in outline.steps:
        values = [step.expr] if step.kind in {"return", "declare"} else [
            part.parts[-1] for part in walk(step.expr) if part.kind == "assign" and part.parts]
        for value in values:
            hit = _CODE.fullmatch(outline.text(value))
            if hit:
                found[outline.text(value)] = step
    return found


def _named(outline: Outline) -> str:
    return " ".join(outline.said(step) for step in outline.steps)


def _hands_on(outline: Outline) -> set[str]:
    """Return the functions whose result may be the function's own."""
    return {one.callee for one in treatments(outline) if one.fate == "returned" or any(
        read.fate == "returned" for read in one.reads)}


def _who_asks(new: Outline, now: Teacher, code: str) -> Iterator[tuple[str, str, str]]:
    """Yield the callers that compare the function's result with the code: their name, the test and its place."""
    callers = [(now.near, one) for one in now.callers_here(new.name)]
    if not new.static and not callers:
        callers = list(now.calling(new.name, now.near, ""))
    for path, caller in callers[:_MOST_CALLERS]:
        for one in treatments(caller, frozenset({new.name})):
            for step in caller.steps[one.step:]:
                for ask in asks_in(step.expr) if step.kind == "test" else ():
                    about = ask.subject is one.call or (one.target and caller.text(ask.subject) == one.target)
                    if about and ask.other is not None and ask.operator in {"==", "!="} and (
                            caller.text(ask.other) == code):
                        yield caller.name, caller.said(step), f"{path}:{step.line}"
                if one.target and any(part.kind == "assign" and caller.text(part.parts[0]) == one.target
                                      for part in walk(step.expr)) and step is not caller.steps[one.step]:
                    break


def _says_nothing(old: Outline, new: Outline, was: Teacher) -> Iterator[Hit]:
    """A function returns nothing now, still leaves where something failed, and a caller looked at its result."""
    if "void" not in new.returns.split() or not {"int", "long"} & {*old.returns.split()}:
        return
    left = next(((one, new.steps[test.step]) for one in treatments(new) if (test := one.first_test) is not None
                 and _leaves_bare(new, new.steps[test.step])), None)
    if left is None or left[0].callee not in _hands_on(old):
        return
    for caller in was.callers_here(old.name):
        if any(one.minds for one in treatments(caller, frozenset({old.name}))):
            one, step = left
            yield Hit(shape="says-nothing", line=step.line, end_line=new.last_line(step), symbol=one.callee,
                      object=new.name, fields=(("callee", one.callee), ("by", caller.name),
                                               ("test", new.said(step)), ("was", old.returns)),
                      old=((old.line, old.signature),), new=((step.line, new.said(step)),))
            return


def _leaves_bare(outline: Outline, step: Step) -> bool:
    """Return whether a test ends the function: by a return, or as all that is left stands in its branch."""
    if step.kind != "test" or step.loop:
        return False
    last = step.branches[-1].last == len(outline.steps) and not step.where and len(step.branches) == 1
    return any(one.kind == ("do" if last else "return") and (last or one.expr is None)
               for branch in step.branches for one in outline.inside(branch))


def default_that_fails(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield a function that only gives one constant, stands in a table for who has no other, and whose constant is a
    failure to those who call it there."""
    value = _only_value(outline)
    for member in hooks_asked(None, outline, teacher):
        for path, data in teacher.sources(member):
            beside = teacher.beside(path)
            for caller in beside.calling_member(member, path, data):
                for one in treatments(caller, frozenset({f"->{member}"})):
                    how = _fails_on(caller, one, value)
                    if how is not None:
                        last = outline.steps[-1]
                        yield Hit(shape="default-fails", line=last.line, end_line=outline.last_line(last),
                                  symbol=outline.name, object=member,
                                  fields=(("callee", member), ("now", value), ("by", caller.name),
                                          ("test", caller.said(how)), ("where", f"{path}:{how.line}")),
                                  new=((last.line, outline.said(last)),))
                        return


def hooks_asked(_: Outline | None, new: Outline, now: Teacher) -> Iterator[str]:
    """Yield the members of tables of the file at hand that a function which only gives a constant stands in."""
    if _only_value(new) and now.handed_on_here(new.name):
        pattern = re.compile(rb"\.(\w+)\s*=\s*&?" + new.name.encode() + rb"\b")
        yield from sorted({found[1].decode("latin-1") for found in pattern.finditer(now.data)})[:2]


def _only_value(outline: Outline) -> str:
    """Return the constant that a function gives and does nothing besides."""
    if len(outline.steps) != 1 or outline.steps[0].kind != "return" or outline.steps[0].expr is None:
        return ""
    text = outline.text(outline.steps[0].expr)
    return text if text in _TRUE | _FALSE or _CODE.fullmatch(text) else ""


def _fails_on(caller: Outline, one: Treatment, value: str) -> Step | None:
    """Return the test of the caller by which the value leads to an exit with an error."""
    test = one.first_test
    step = caller.steps[test.step] if test is not None else None
    if test is None or step is None or step.kind != "test" or not step.branches or test.how not in {
            "true", "not", "negative"}:
        return None
    taken = {"true": value not in _FALSE, "not": value in _FALSE, "negative": value.startswith("-")}[test.how]
    asks = list(asks_in(step.expr))
    if not taken or len(asks) != 1:
        return None
    return step if any(inner.kind == "goto" or (inner.kind == "return" and caller.text(inner.expr).startswith("-E"))
                       for inner in caller.inside(step.branches[0])) else None
