"""Exits for a failure that leave behind what the function has got and gives back on its other ways out."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.given_in import calls_given
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.lost_undo import also_called
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of, walk
from reviewbot.contracts.pairs import gives_back, known_pairs, twins
from reviewbot.contracts.results import Treatment, treatments
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of

__all__ = ["left_behind"]

_CONVERTS = frozenset({"encrypted", "decrypted", "reclaim", "rmp", "shared", "private", "firmware", "leak", "memory"})
"""Words of functions that change what state pages are in: pages in an unknown state are lost on purpose."""


def left_behind(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the exits for a failure behind a step that other exits undo, and this one does not."""
    if sum(1 for step in outline.steps if step.kind in {"return", "goto"}) < 2:
        return
    seen: set[tuple[int, str]] = set()
    for one in treatments(outline):
        for shape, undo, thing, facts in _every_obligation(outline, one):
            end = _exit_without(outline, teacher, one, undo, thing, facts)
            if end is None or (end, thing) in seen:
                continue
            seen.add((end, thing))
            leave, step = outline.steps[end], outline.steps[one.step]
            own = next(step for step in outline.steps if undo in calls_in(step.expr))
            yield Hit(shape=shape, line=leave.line, end_line=outline.last_line(leave), symbol=undo.name,
                      object=f"{thing} {_around(outline, leave)}",
                      fields=(("callee", one.callee), ("undo", outline.text(undo)), ("variable", thing),
                              ("exit", outline.said(leave).rstrip(";")), ("take", outline.said(step).rstrip(";"))),
                      new=((step.line, outline.said(step)), (own.line, outline.said(own)),
                           (leave.line, outline.said(leave))))


def _around(outline: Outline, leave: Step) -> str:
    """Return what is known of an exit whatever line it stands on: its words, and the test that leads to it."""
    test = next((step for step in reversed(outline.steps) if any(branch.block == (leave.where or (0,))[-1]
                                                                 for branch in step.branches)), None)
    return f"{outline.said(test)} {outline.said(leave)}" if test is not None else outline.said(leave)


def _every_obligation(outline: Outline, one: Treatment) -> Iterator[tuple[str, Expr, str, Facts]]:
    """Yield the same, each with the shape of what is left: `made-left` for what a call leaves in a pointer."""
    for undo, thing, facts in _obligations(outline, one):
        yield "left-behind", undo, thing, facts
    made = None if outline.steps[one.step].where else _made_through(outline, one)
    if made is not None:
        name = outline.text(made.parts[1])
        yield "made-left", made, name, frozenset({(one.target, False), (f"{one.target} < 0", False)})


def _obligations(outline: Outline, one: Treatment) -> Iterator[tuple[Expr, str, Facts]]:
    """Yield what undoes the call in this function, what of, and what is known when the call has succeeded."""
    gives = known_pairs().of_result.get(one.callee, frozenset())
    facts: Facts
    if gives and one.target in outline.locals and not _is_kept(outline, one.target):
        undo = _first(outline, gives, one.target)
        if undo is not None:
            facts = frozenset({(one.target, True), (f"IS_ERR({one.target})", False)})
            yield undo, one.target, facts
        return
    step = outline.steps[one.step]
    if step.where or not one.arguments:
        return
    names = frozenset(twins(one.callee))
    if "*" in outline.type_of(one.target):
        undo = None if _is_kept(outline, one.target) else _first(outline, names, one.target)
        if undo is not None:
            yield undo, one.target, frozenset({(one.target, True), (f"IS_ERR({one.target})", False)})
        return
    undo = next((call for call in outline.calls_after(one.step, names) if gives_back(call.name)
                 and [outline.text(part) for part in call.parts[1:2]] == [*one.arguments[:1]]), None)
    if undo is None:
        return
    if one.target and "int" not in outline.type_of(one.target).split():
        return  # what tells success is not known
    if one.target:
        facts = frozenset({(one.target, False), (f"{one.target} < 0", False), (f"IS_ERR({one.target})", False)})
        yield undo, outline.text(undo.parts[1]), facts
    elif step.kind == "do" and step.expr is one.call:
        yield undo, outline.text(undo.parts[1]), frozenset()


def _made_through(outline: Outline, one: Treatment) -> Expr | None:
    """Return what frees the memory that a call leaves in the one local pointer whose address it is given, and that
    nothing else sets or keeps; its result tells whether it did."""
    given = [part.parts[0].name for part in one.call.parts[1:] if part.kind == "address"
             and part.parts and part.parts[0].kind == "name" and "*" in outline.locals.get(part.parts[0].name, "")]
    if len(given) != 1 or "int" not in outline.type_of(one.target).split():
        return None
    parts = [part for step in outline.steps for part in walk(step.expr)]
    for part in parts:
        own = bool(part.parts) and part.parts[0].kind == "name" and part.parts[0].name == given[0]
        if (part.kind == "address" and own and part not in one.call.parts) or (part.kind == "assign" and (
                own or any(inner.kind == "name" and inner.name == given[0] for inner in _values(part.parts[1])))):
            return None
    frees = [call for call in parts if call.kind == "call" and gives_back(call.name) and len(call.parts) == 2
             and call.parts[1].kind == "name" and call.parts[1].name == given[0]]
    return frees[0] if len(frees) == 1 else None


def _first(outline: Outline, gives: frozenset[str], name: str) -> Expr | None:
    return next((call for step in outline.steps for call in calls_in(step.expr) if call.name in gives
                 and any(root_of(part) == name for part in call.parts[1:])), None)


def _is_kept(outline: Outline, name: str) -> bool:
    """Return whether the variable is stored where others find it, or cleaned up by itself."""
    for step in outline.steps:
        if step.kind == "declare" and step.name == name and step.cleanup:
            return True
        for part in walk(step.expr):
            if part.kind == "assign" and len(part.parts) == 2 and part.parts[0].kind != "name" \
                    and any(inner.kind == "name" and inner.name == name for inner in _values(part.parts[1])):
                return True
            if part.kind == "address" and part.parts and root_of(part.parts[0]) == name:
                return True
    return False


def _values(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and what its value is made of, not what it is found by."""
    yield expr
    if expr.kind not in {"field", "index", "deref", "call"}:
        for part in expr.parts:
            yield from _values(part)


def _exit_without(outline: Outline, teacher: Teacher, one: Treatment, undo: Expr, thing: str, facts: Facts
                  ) -> int | None:
    ways = ways_of(outline)
    if not ways.reached(one.step):
        return None
    root = root_of(undo.parts[1])
    names = also_called(outline, root) - ({one.target} - {root})
    names = names.union(*(also_called(outline, name) for name in sorted(names)))

    def visit(_: int, step: Step, known: Facts) -> Say:
        for call in calls_in(step.expr):
            again = call.name == one.callee and not one.target and call is not one.call
            if _CONVERTS & {*call.name.split("_")} and any(part.kind == "name" and part.name in names
                                                           for argument in call.parts[1:] for part in walk(argument)):
                return "stop"  # when that fails, what is not given back may be meant
            if call.name == undo.name or again or _may_undo(outline, teacher, call, undo, root):
                return "stop"
        if step.kind == "return":
            return "found" if (thing, False) not in known and _fails(outline, step, thing, known) else "stop"
        return "stop" if any(part.kind == "assign" and place_of(part.parts[0]) == thing for part in walk(step.expr)) \
            else "on"

    holds = None
    if outline.steps[one.step].kind == "test" and not one.target:
        return None
    way = ways.search(one.step, ways.known(one.step) | facts, visit, holds=holds, then=one.target)
    return way[-1] if way and way[-1] < ways.end else None


def _may_undo(outline: Outline, teacher: Teacher, call: Expr, undo: Expr, root: str) -> bool:
    """Return whether a call may do it in the place of the other: by its name, or because its body in the file does."""
    about = any(root_of(part) == root for part in call.parts[1:]) or outline.text(undo.parts[1]) in outline.text(call)
    if gives_back(call.name) and about:
        return True
    words = set(call.name.split("_"))
    if about and words & {"abort", "cancel", "undo", "fail", "error", "disable", "stop", "add", "register", "insert",
                          "queue", "submit", "set", "attach", "store", "install", "remove", "fini", "uninit", "reset"}:
        return True
    return any(inner.name == undo.name for _, body in teacher.here(call.name)
               for inner, _ in calls_given(body, call))


def _fails(outline: Outline, step: Step, thing: str, known: Facts) -> bool:
    """Return whether a return gives an error, and not the thing itself."""
    if step.expr is None or not {"int", "long", "ssize_t"} & {*outline.returns.split()}:
        return step.expr is not None and outline.text(step.expr).startswith(("ERR_PTR(", "ERR_CAST(", "NULL"))
    text = outline.text(step.expr)
    if any(part.kind == "name" and part.name == thing for part in walk(step.expr)):
        return False
    return text.startswith(("-E", "PTR_ERR(")) or (
        step.expr.kind == "name" and (step.expr.name, True) in known)
