"""What others can find before the function that makes it is done, and what a failure behind that leaves to be found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.given_in import calls_given
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of, walk
from reviewbot.contracts.results import treatments
from reviewbot.contracts.seen import known_seen
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of

__all__ = ["published_early"]

_TRUE = frozenset({"true", "1"})


def published_early(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what a way frees while a list still has it, and the flags that a failing way leaves set."""
    for number, step in enumerate(outline.steps):
        if step.kind != "do" or step.expr is None:
            continue
        name = _published(outline, step)
        if name:
            yield from _freed_there(outline, teacher, number, name)
        flag = _flag_set(outline, step)
        if flag:
            yield from _left_set(outline, number, flag)


def _published(outline: Outline, step: Step) -> str:
    """Return the variable whose object the step makes known to others."""
    call = step.expr
    if call is None or call.kind != "call" or not known_seen().calls.fullmatch(call.name):
        return ""
    parts = call.parts[1:] if call.name.startswith(("rcu_assign", "fd_install", "xa_store")) else call.parts[1:2]
    if call.name.startswith("hash_add"):
        parts = call.parts[2:3]
    return next((root for part in parts[-1:] if (root := root_of(part)) in outline.locals
                 and outline.type_of(root).rstrip().endswith("*")), "")


def _freed_there(outline: Outline, teacher: Teacher, number: int, name: str) -> Iterator[Hit]:
    ways = ways_of(outline)

    def visit(_: int, step: Step, __: Facts) -> Say:
        for call in calls_in(step.expr):
            about = any(root_of(part) == name for part in call.parts[1:])
            if known_frees().says(call.name, "takes-back") or call.name.startswith("list_move"):
                return "stop"
            if about and call.name in known_frees().gone and any(place_of(part) == name for part in call.parts[1:]):
                return "found"
            if about and any(known_frees().says(inner.name, "takes-back") for _, body in teacher.here(call.name)
                             for inner, _ in calls_given(body, call)):
                return "stop"
        if step.loop and any(part.kind == "name" and part.name == name for part in walk(step.expr)):
            return "stop"
        return "stop" if any(part.kind == "assign" and place_of(part.parts[0]) == name for part in walk(step.expr)) \
            else "on"

    way = ways.search(number, ways.known(number), visit) if ways.reached(number) else None
    if way is not None and way[-1] < ways.end:
        made, freed = outline.steps[number], outline.steps[way[-1]]
        yield Hit(shape="freed-while-listed", line=freed.line, end_line=outline.last_line(freed), symbol=name,
                  object=f"{outline.said(made)} {outline.said(freed)}",
                  fields=(("callee", name), ("variable", name), ("take", outline.said(made).rstrip(";")),
                          ("statement", outline.said(freed).rstrip(";"))),
                  new=((made.line, outline.said(made)), (freed.line, outline.said(freed))))


def _flag_set(outline: Outline, step: Step) -> str:
    """Return the flag of an object that others know that the step sets."""
    expr = step.expr
    if expr is None or expr.kind != "assign" or expr.name != "=" or len(expr.parts) != 2:
        return ""
    target, value = place_of(expr.parts[0]), expr.parts[1]
    if value.name not in _TRUE or value.kind not in {"literal", "name"} or "->" not in target:
        return ""
    return target if root_of(expr.parts[0]) in outline.parameters and known_seen().flags & {
        *re.split(r"_|->|\.", target.lower())[1:]} else ""


def _left_set(outline: Outline, number: int, flag: str) -> Iterator[Hit]:
    ways = ways_of(outline)
    failing: list[int] = []

    def visit(at: int, step: Step, known: Facts) -> Say:
        if any(part.kind == "assign" and place_of(part.parts[0]) == flag for part in walk(step.expr)) or any(
                root_of(part) == flag.split("->", maxsplit=1)[0] and {"reset", "clear", "undo", "fail", "error", "exit",
                                                                       "abort", "cleanup"} & {*call.name.split("_")}
                for call in calls_in(step.expr) for part in call.parts[1:]):
            return "stop"
        if step.kind == "return":
            return "found" if step.expr is not None and _fails(outline, step.expr, known, at) else "stop"
        return "on"

    if not ways.reached(number):
        return
    results = {one.target for one in treatments(outline) if one.step > number and one.target.isidentifier()}
    way = ways.search(number, ways.known(number), visit)
    if way is None or way[-1] >= ways.end:
        return
    failing = [at for at in way[1:-1] if outline.steps[at].kind == "test" and any(
        (part.kind == "name" and part.name in results) or part.kind == "call" for part in walk(outline.steps[at].expr))]
    if failing:
        made, leave = outline.steps[number], outline.steps[way[-1]]
        test = outline.steps[failing[-1]]
        yield Hit(shape="left-set", line=made.line, end_line=outline.last_line(made), symbol=flag,
                  object=f"{flag} {outline.said(test)}",
                  fields=(("callee", flag), ("variable", flag), ("statement", outline.said(made).rstrip(";")),
                          ("test", outline.said(test)), ("exit", outline.said(leave).rstrip(";"))),
                  new=((made.line, outline.said(made)), (leave.line, outline.said(leave))))


def _fails(outline: Outline, expr: Expr, known: Facts, _: int) -> bool:
    if not {"int", "long"} & {*outline.returns.split()}:
        return False
    return outline.text(expr).startswith(("-E", "PTR_ERR(")) or (expr.kind == "name" and (expr.name, True) in known)
