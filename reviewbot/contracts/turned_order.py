"""A call that goes from one function to another, so that what reads a variable and what sets it change places.

Both functions are reached from one caller: in which order they run there decides what is read. A variable is one of the
kernel's own, set and read by name; what sets it through a pointer is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts import body_text, functions_with
from reviewbot.contracts.learn import Teacher, definitions
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.types import Hit
from reviewbot.values import dataclass

__all__ = ["Move", "turned_order"]

_GLOBAL = rb"^(?!extern\b)(?:[A-Za-z_]\w*[ \t*]+)+%s\b[^(;\n]*[;=]"
_DEEPEST = 3  # functions of one file through which a variable is looked for
_HIGHEST = 4  # callers above a function in which the two are looked for
_MOST_ASKED = 8
_MOST_FILES = 24
_MOST_READERS = 2  # through which another file may read the variable
_MOST_BODIES = 3  # one for each `#if` arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A call of `callee` that a patch takes out of one function and puts into another, each before and after it."""

    callee: str
    source: Outline
    source_now: Outline
    target: Outline


def turned_order(move: Move, was: Teacher, now: Teacher, target: Teacher) -> Iterator[Hit]:
    """Yield the variables of which the call and its old neighbours change places as writer and reader.

    `was` and `now` look at the file that the call goes from, `target` at the one that it goes to.
    """
    at = [number for number, step in enumerate(move.source.steps) if _calls(step, move.callee)]
    bodies = was.here(move.callee) or target.here(move.callee)
    if len(at) != 1 or not 1 <= len(bodies) <= _MOST_BODIES or move.callee == move.source.name:
        return
    order: tuple[str, str] | None = None
    names = {name for path, body in bodies for name in _written(path, body, _DEEPEST)}
    for name in sorted(name for name in names if _is_variable(name, bodies[0][1])):
        reader = _reader(move, name, at[0], was)
        if reader is None:
            continue
        order = _order(move, now, target) if order is None else order
        if order[0] != "behind":
            break
        step, callee, where = reader
        by = f"{callee}()" if callee else ""
        use = f"asks '{by}', which reads '{name}'" if by else f"reads '{name}'"
        yield _hit("read-before-set", move, at[0], step, name, by=by, where=where, take=order[1], use=use)
    for name, step in sorted(_set_in_front(move, at[0], was).items()):
        places = [place for path, body in bodies if (place := _read_in(path, body, name, _DEEPEST))]
        if not places:
            continue
        order = _order(move, now, target) if order is None else order
        if order[0] != "before":
            return
        yield _hit("read-too-soon", move, at[0], step, name, by="", where=places[0], take=order[1], use="")


def _hit(shape: str, move: Move, at: int, step: Step, name: str, **fields: str) -> Hit:
    old, new = move.source, move.source_now
    more = {"callee": move.callee, "variable": name, "other": move.target.name}
    return Hit(shape=shape, line=step.line, end_line=new.last_line(step), symbol=move.callee, object=name,
               fields=tuple(sorted({**fields, **more}.items())),
               old=((old.steps[at].line, old.said(old.steps[at])),), new=((step.line, new.said(step)),))


def _is_variable(name: str, body: Outline) -> bool:
    return re.search(_GLOBAL % re.escape(name.encode()), body.data, re.MULTILINE) is not None


def _set_in_front(move: Move, at: int, was: Teacher) -> dict[str, Step]:
    """Return the variables that the old place sets in front of the call, and does so still, each with the step now."""
    said = {move.source_now.said(step): step for step in move.source_now.steps}
    around, found = move.source.steps[at].where, dict[str, Step]()
    for step in move.source.steps[:at]:
        stays = said.get(move.source.said(step))
        if stays is None or step.kind != "do" or step.where != around[:len(step.where)]:
            continue
        names = {part.parts[0].name for part in walk(step.expr) if part.kind == "assign"
                 and part.parts[0].kind == "name"} - move.source.locals.keys() - move.source.parameters.keys()
        names |= {name for call in calls_in(step.expr) for path, body in was.here(call.name)
                  for name in _written(path, body, _DEEPEST)}
        found |= {name: stays for name in sorted(names) if _is_variable(name, move.source)}
    return found


def _read_in(path: str, body: Outline, name: str, depth: int) -> str:
    """Return where a function, or one of its file that it calls, reads a variable that it does not set."""
    if name in {*body.locals, *body.parameters} or name in _written(path, body, 1):
        return ""
    for step in body.steps:
        if any(part.kind == "name" and part.name == name for part in walk(step.expr)):
            return f"{path}:{step.line}"
        for call in calls_in(step.expr) if depth > 1 else ():
            for inner in definitions(path, body.data, call.name) if call.name != body.name else ():
                where = _read_in(path, inner, name, depth - 1)
                if where:
                    return where
    return ""


def _calls(step: Step, name: str) -> bool:
    return any(call.name == name for call in calls_in(step.expr))


def _written(path: str, body: Outline, depth: int) -> set[str]:
    """Return the variables, none of its own, that a function sets, itself or through others of its file."""
    own, found = {*body.parameters, *body.locals}, set()
    for step in body.steps:
        for part in walk(step.expr):
            if part.kind == "assign" and part.parts[0].kind == "name" and part.parts[0].name not in own:
                found.add(part.parts[0].name)
            elif part.kind == "call" and part.name and part.name != body.name and depth > 1:
                for inner in definitions(path, body.data, part.name):
                    found |= _written(path, inner, depth - 1)
    return {name for name in found if not name.isupper()}


def _reader(move: Move, name: str, at: int, was: Teacher) -> tuple[Step, str, str] | None:
    """Return the step of the old place, behind the call, that reads the variable, what it asks for that, and where it
    is read; a step that the patch leaves there, behind none that sets the variable."""
    said = {move.source_now.said(step): step for step in reversed(move.source_now.steps)}
    readers: dict[str, str] | None = None
    around = move.source.steps[at].where
    for step in move.source.steps[at + 1:]:
        if any(part.kind == "assign" and part.parts[0].kind == "name" and part.parts[0].name == name
               for part in walk(step.expr)):
            return None
        stays = said.get(move.source.said(step))
        if stays is None or _calls(step, move.callee) or step.where[:len(around)] != around:
            continue  # what does not stand in the call's own block may be reached past it
        if any(part.kind == "name" and part.name == name for part in walk(step.expr)):
            return stays, "", f"{was.near}:{step.line}"
        readers = _readers(name, was) if readers is None else readers
        for call in calls_in(step.expr):
            where = _read_through(call.name, readers, was, _DEEPEST)
            if where:
                return stays, call.name, where
    return None


def _readers(name: str, teacher: Teacher) -> dict[str, str]:
    """Return the functions that read the variable, each with the place."""
    found: dict[str, str] = {}
    paths = [path for path, _ in teacher.headers(name)]
    for path in dict.fromkeys((teacher.near, *paths[:_MOST_FILES])):
        data = teacher.data if path == teacher.near else dict(teacher.headers(name)).get(path, b"")
        for function in functions_with(data, frozenset({name})):
            text = body_text(data, function)
            hit = re.search(rf"(?<![\w.>]){re.escape(name)}\b(?!\s*=[^=])", text)
            if hit and function.name not in found:
                found[function.name] = f"{path}:{function.body.line + text.count(chr(10), 0, hit.start())}"
    return found


def _read_through(name: str, readers: dict[str, str], teacher: Teacher, depth: int) -> str:
    """Return where a function, or one of its file that it calls, reads the variable; empty for nowhere."""
    if name in readers:
        return readers[name]
    bodies = teacher.here(name) if depth > 1 else ()
    if depth == _DEEPEST and not bodies and name.islower():
        bodies = tuple(one for reader in sorted(readers)[:_MOST_READERS] for one in teacher.bodies(name, (reader,)))
    return next((where for _, body in bodies for step in body.steps for call in calls_in(step.expr)
                 if call.name != name and (where := _read_through(call.name, readers, teacher, depth - 1))), "")


def _order(move: Move, now: Teacher, target: Teacher) -> tuple[str, str]:
    """Return whether the new place of the call runs `behind` or `before` the old one, and the call in their common
    caller through which the old one runs; empty where that is not clear."""
    above_source = _above(move.source.name, now)
    steps = [(move.target.name, move.target, move.callee),
             *((body.name, body, below) for below, body in _above(move.target.name, target).values())]
    for name, body, below in steps:
        if name == move.source.name:
            break  # the call went deeper into the same function
        if name not in above_source:
            continue
        first, _ = above_source[name]
        places = [[number for number, step in enumerate(body.steps) if _calls(step, one)] for one in (first, below)]
        if first == below or any(len(one) != 1 for one in places):
            break
        [[source], [new]] = places
        early, late = sorted((source, new))
        one, two = body.steps[early].where, body.steps[late].where
        if early < late and two[:len(one)] == one and not any(
                step.kind in {"goto", "label"} for step in body.steps[early:late]):
            return "behind" if source < new else "before", first
        break
    return "", ""


def _above(name: str, teacher: Teacher) -> dict[str, tuple[str, Outline]]:
    """Return the functions above one, by name, each with what it calls to come there; the nearest first."""
    parts = teacher.near.split("/")
    folder = "/".join(parts[:2 if parts[0] == "arch" else -1]) + "/"
    found: dict[str, tuple[str, Outline]] = {}
    waiting = [(name, teacher.near, 0)]
    for _ in range(_MOST_ASKED):
        if not waiting:
            break
        below, path, height = waiting.pop(0)
        callers = list(teacher.calling(below, path, folder))
        if len(callers) > 2:
            return {}  # it runs more than once
        for there, body in callers:
            if body.name not in found and body.name != name:
                found[body.name] = below, body
                if height + 1 < _HIGHEST:
                    waiting.append((body.name, there, height + 1))
    return found
