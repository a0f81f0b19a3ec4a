"""What a patch makes known, or marks as done, in front of the step that may fail, where it came behind it before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.outline import Outline, Step, calls_in, root_of, walk
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.seen import known_seen
from reviewbot.contracts.types import Hit

__all__ = ["exits_for_results", "set_early"]

_TRUE = frozenset({"true", "1"})


def _known_to_others(outline: Outline, step: Step) -> str:
    """Return what a step makes known or marks, empty where it does neither."""
    expr = step.expr
    if step.kind != "do" or expr is None:
        return ""
    if expr.kind == "assign" and expr.name == "=" and expr.parts[0].kind == "field" and expr.parts[-1].name in _TRUE:
        root = root_of(expr.parts[0])
        kind = outline.locals.get(root)
        return outline.text(expr.parts[0]) if kind is None or "*" in kind or "->" in outline.text(expr.parts[0]) else ""
    if expr.kind == "call" and (known_seen().calls.fullmatch(expr.name) or expr.name in known_seen().marks):
        return outline.text(expr)
    return ""


def _taken_back(outline: Outline, steps: list[Step], target: str) -> bool:
    """Return whether one of the steps sets the place anew, or takes something out again."""
    return any((part.kind == "assign" and outline.text(part.parts[0]) == target)
               or (part.kind == "call" and "(" in target
                   and (known_frees().says(part.name, "takes-back")
                        or {"clear", "dec", "disable"} & {*part.name.split("_")}))
               for step in steps for part in walk(step.expr))


def _goes_with_it(outline: Outline, exit_: Step, target: str) -> bool:
    """Return whether the way behind an exit gives back the thing that was marked, or made known."""
    leave = outline.inside(exit_.branches[0])[-1]
    start = next((number for number, step in enumerate(outline.steps)
                  if step.kind == "label" and step.name == leave.name), None) if leave.kind == "goto" else None
    behind = [*outline.inside(exit_.branches[0]), *(outline.steps[start:] if start is not None else ())]
    words = {*re.findall(r"[A-Za-z_]\w*", target)}
    return any(gives_back(call.name) and any(part.kind == "name" and part.name in words for part in call.parts[1:])
               for step in behind for call in calls_in(step.expr))


def set_early(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield what was made known behind the exit for a failure, is made known in front of it now, and not taken back."""
    for place, step in enumerate(new.steps):
        target = _known_to_others(new, step)
        text = new.said(step)
        same = [number for number, one in enumerate(old.steps) if old.said(one) == text] if target else []
        if len(same) != 1 or sum(new.said(one) == text for one in new.steps) != 1 \
                or _taken_back(new, new.steps[place + 1:], target):
            continue
        was = Counter((name, old.text(one.expr)) for number, one, name in exits_for_results(old) if number < same[0])
        now = Counter((name, new.text(one.expr)) for number, one, name in exits_for_results(new) if number < place)
        passed = was - now
        for number, one, name in exits_for_results(new):
            if number > place and passed[name, new.text(one.expr)] and one.where == step.where:
                if _goes_with_it(new, one, target):
                    break  # what was marked is given back there as a whole
                before = old.steps[same[0]]
                fields = {"callee": name, "statement": text.rstrip(";"), "variable": target, "test": new.text(one.expr)}
                yield Hit(shape="set-before-failure", line=step.line, end_line=new.last_line(step), symbol=name,
                          object=text, fields=tuple(sorted(fields.items())), old=((before.line, text),),
                          new=((step.line, text),))
                break


def exits_for_results(outline: Outline) -> list[tuple[int, Step, str]]:
    """Return the tests that leave for what a call gave: number, step, and the call's name."""
    found = []
    for number, step in enumerate(outline.steps):
        if step.kind != "test" or step.loop or not step.branches or step.branches[0].leaves not in {"return", "goto"}:
            continue
        inside = calls_in(step.expr)
        names = {part.name for part in walk(step.expr) if part.kind == "name"}
        before = outline.steps[number - 1] if number else None
        if inside and any(part.kind == "assign" for part in walk(step.expr)):
            found.append((number, step, inside[-1].name))
        elif (
            before is not None
            and before.expr is not None
            and (
                (before.kind == "do" and before.expr.kind == "assign" and root_of(before.expr.parts[0]) in names)
                or (before.kind == "declare" and before.name in names)
            )
        ):
            made = calls_in(before.expr)
            if made:
                found.append((number, step, made[0].name))
    return found
