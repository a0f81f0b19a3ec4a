"""A question that a function asks although it is only called where the answer is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.guards import Atom, guards_of
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.contracts.results import peeled
from reviewbot.contracts.types import Hit

__all__ = ["asked_again", "helpers_asked"]

_MOST_HELPERS = 3


def asked_again(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls behind a test that already asks what all of the called function hangs on."""
    for number, call, test, known in _guarded(outline, teacher):
        found = [(path, body) for path, body in teacher.here(call.name)] or [
            (path, body) for path, data in teacher.headers(call.name)
            for body in teacher.defined_in(path, data, call.name) if body.steps]
        if len(found) != 1:
            continue
        [(path, body)] = found
        question = _hangs_on(body)
        if question and question in known:
            step = outline.steps[number]
            yield Hit(shape="asked-again", line=outline.line_of(call), end_line=outline.last_line(step),
                      symbol=call.name, object=question,
                      fields=(("callee", call.name), ("by", question), ("test", test),
                              ("where", f"{path}:{body.steps[0].line}")),
                      new=((step.line, outline.said(step)),))


def helpers_asked(_: Outline | None, new: Outline, now: Teacher) -> Iterator[str]:
    """Yield the called functions whose definitions will be looked for."""
    yield from (call.name for _, call, _, _ in _guarded(new, now) if not now.here(call.name))


def _guarded(outline: Outline, teacher: Teacher) -> Iterator[tuple[int, Expr, str, frozenset[str]]]:
    """Yield calls, each alone in its step, behind a test of a function of the file at hand: the step, the call, the
    test, and the questions without arguments that hold there because the test does."""
    guards = None
    seen: set[str] = set()
    for number, step in enumerate(outline.steps):
        call = step.expr
        if step.kind != "do" or call is None or call.kind != "call" or not call.name or call.name in seen:
            continue
        guards = guards if guards is not None else guards_of(outline)
        for atom in guards[number]:
            asked = atom.expr if atom.holds and atom.expr.kind == "call" else None
            known = _implied(asked.name, teacher) if asked is not None and asked.name else frozenset()
            if known:
                seen.add(call.name)
                yield number, call, atom.text, known
                break
        if len(seen) >= _MOST_HELPERS:
            return


def _implied(name: str, teacher: Teacher) -> frozenset[str]:
    """Return the calls without arguments that all hold where a function of the file at hand says yes."""
    bodies = teacher.here(name)
    if len(bodies) != 1:
        return frozenset()
    body = bodies[0][1]
    if len(body.steps) == 1 and body.steps[0].kind == "return":
        return _conjuncts(body.steps[0].expr)
    said = {number: body.text(step.expr) for number, step in enumerate(body.steps) if step.kind == "return"}
    yes = [number for number, text in said.items() if text != "false"]
    return _hold_at(guards_of(body)[yes[0]]) if len(yes) == 1 and said[yes[0]] == "true" else frozenset()


def _conjuncts(expr: Expr | None) -> frozenset[str]:
    if expr is None:
        return frozenset()
    if expr.kind == "both":
        return frozenset().union(*(_conjuncts(part) for part in expr.parts))
    inner = peeled(expr)
    return frozenset({inner.name}) if inner.kind == "call" and inner.name and len(inner.parts) == 1 else frozenset()


def _hangs_on(body: Outline) -> str:
    """Return the question without arguments by which a function does all that it does, empty for none."""
    guards = guards_of(body)
    acts = [(_hold_at(guards[number]), {call.name for call in calls_in(step.expr)})
            for number, step in enumerate(body.steps) if step.kind not in {"label", "return"} or calls_in(step.expr)]
    for question in sorted(frozenset().union(*(held for held, _ in acts))):
        if all(question in held or called == {question} for held, called in acts):
            return question
    return ""


def _hold_at(atoms: Iterable[Atom]) -> frozenset[str]:
    """Return the questions without arguments that are answered with yes where all of these atoms are so."""
    return frozenset(atom.expr.name for atom in atoms if atom.holds and atom.expr.kind == "call" and atom.expr.name
                     and len(atom.expr.parts) == 1)
