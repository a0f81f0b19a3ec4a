"""What a function did for one flag of its callers, or behind a free, and what a patch takes out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.nearby import place_after
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["flags_left_out", "still_points"]

_FLAG = regex(r"_*[A-Z][A-Z0-9_]+")
_WRITES = frozenset({"this_cpu_write", "__this_cpu_write", "raw_cpu_write"})
_READS = frozenset({"this_cpu_read", "__this_cpu_read", "raw_cpu_read"})
_EMPTY = frozenset({"NULL", "0"})


def flags_left_out(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the bits of a parameter for which a function has no branch any more, while the file still asks for them."""
    was, now = _bits(old), _bits(new)
    for (name, flag), step in sorted(was.items(), key=lambda item: item[1].line):
        if any(one == flag for _, one in now) or name not in new.parameters or not any(
                one == name for one, _ in now) or any(flag in new.said(other) for other in new.steps):
            continue
        inside = {old.said(one) for branch in step.branches for one in old.inside(branch) if one.kind == "do"}
        if inside <= {new.said(one) for one in new.steps} or not _is_asked_beside(flag, teacher):
            continue
        place = place_after(old, new, step)
        yield Hit(shape="flag-unanswered", line=place.line, end_line=new.last_line(place), symbol=flag, object=flag,
                  elsewhere=frozenset({flag}),
                  fields=(("callee", flag), ("statement", f"'{old.said(step)}'"), ("variable", flag),
                          ("how", "who passes it gets nothing of it here, and the file acts on it elsewhere"),
                          ("end", ""), ("fits", f"Can '{flag}' not come to '{new.name}' any more?")),
                  old=((step.line, old.said(step)),), new=((place.line, new.said(place)),))
        return


def _bits(outline: Outline) -> dict[tuple[str, str], Step]:
    """Return the tests of a bit of a parameter, by parameter and bit."""
    found: dict[tuple[str, str], Step] = {}
    for step in outline.steps:
        for part in walk(step.expr) if step.kind == "test" else ():
            names = [one.name for one in part.parts if one.kind == "name"] if part.kind == "binary" and part.name in {
                "&", "=="} else []
            if len(names) == 2 and names[0] in outline.parameters and _FLAG.fullmatch(names[1]):
                found.setdefault((names[0], names[1]), step)
    return found


def _is_asked_beside(flag: str, teacher: Teacher) -> bool:
    """Return whether the file has a test of the flag."""
    return bool(re.search(rb"&\s*" + flag.encode() + rb"\b\s*\)", teacher.data))


def still_points(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the frees behind which the place that others find the memory by was emptied, and keeps its value now."""
    for number, step in enumerate(old.steps):
        for call in calls_in(step.expr) if step.kind == "do" else ():
            if not known_frees().says(call.name, "frees") or step.expr is not call:
                continue
            places = {_place(old, part) for part in call.parts[1:]} - {""}
            place = next((one for one in places if _is_emptied(old, number, one)), "")
            same = [other for other in new.steps if new.said(other) == old.said(step)]
            if not place or len(same) != 1 or any(_emptied(new, other) == place for other in new.steps) or _goes(
                    new, place):
                continue
            emptied = next(other for other in old.steps[number:] if _emptied(old, other) == place)
            yield Hit(shape="still-points", line=same[0].line, end_line=new.last_line(same[0]), symbol=call.name,
                      object=place, elsewhere=frozenset(re.findall(r"\w+", place)[-1:]),
                      fields=(("callee", call.name), ("undo", old.said(emptied).rstrip(";")), ("variable", place),
                              ("take", new.text(call))),
                      old=((emptied.line, old.said(emptied)),), new=((same[0].line, new.said(same[0])),))


def _place(outline: Outline, part: Expr) -> str:
    """Return what others find the memory by: a member, a per-CPU variable, one of the file; empty for a local."""
    if part.kind == "call" and part.name in _READS and len(part.parts) > 1:
        part = part.parts[1]
    text = outline.text(part)
    root = next(iter(re.findall(r"\w+", text)), "")
    own = text == root and (root in outline.locals or root in outline.parameters)
    return "" if own or not re.fullmatch(r"[\w.>\-\[\]]+", text) else text


def _emptied(outline: Outline, step: Step) -> str:
    """Return what a step empties."""
    expr = step.expr
    if step.kind != "do" or expr is None or len(expr.parts) < 2:
        return ""
    if expr.kind == "assign" and outline.text(expr.parts[1]) in _EMPTY:
        return outline.text(expr.parts[0])
    return outline.text(expr.parts[1]) if expr.name in _WRITES and outline.text(expr.parts[-1]) in _EMPTY else ""


def _is_emptied(outline: Outline, number: int, place: str) -> bool:
    return any(_emptied(outline, other) == place for other in outline.steps[number:])


def _goes(outline: Outline, place: str) -> bool:
    """Return whether the function also frees what the place lies in, or gives the place another value."""
    holder = re.split(r"->|\.", place)[0]
    return any(known_frees().says(call.name, "lets-go") and [outline.text(part) for part in call.parts[1:2]] == [holder]
               for step in outline.steps for call in calls_in(step.expr)) or any(
        part.kind == "assign" and outline.text(part.parts[0]) == place for step in outline.steps
        for part in walk(step.expr))
