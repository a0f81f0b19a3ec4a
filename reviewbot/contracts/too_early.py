"""What code that runs early in boot asks and cannot know yet: variables behind new calls, parameters not yet parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.tables import effect_table
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["calls_too_early", "early_calls_asked", "parsed_too_late"]

_DEEPEST = 3  # functions through which a variable is looked for
_MOST_CALLS = 4  # new calls of one function that are looked into
_MOST_NAMES = 6  # variables of one function that are looked up
_MOST_ASKED = 10  # functions whose callers are looked for on the way up to setup_arch()
_GLOBAL = rb"^(?:[A-Za-z_]\w*[ \t*]+)+%s\b[^(;\n]*[;=]"
_PARAMETER = rb"\b(?:module|core)_param\w*\s*\([^;]{0,200}(?<![\w.>])&?%s\s*[,)]"
_SETUP = regex(rb"\b(__setup|early_param)\s*\(\s*\"[^\"]*\"\s*,\s*(\w+)\s*\)")


@lru_cache(maxsize=1)
def _marks() -> tuple[tuple[str, str, str], ...]:
    return effect_table("early.toml", lambda table: tuple(
        (entry["mark"], entry["below"], entry["how"]) for entry in table["early"]))


def _is_early(outline: Outline, near: str) -> str:
    """Return why not everything is there when a function runs, empty for one that is not marked so."""
    words = outline.signature.split()
    return next((how for mark, below, how in _marks() if mark in words and near.startswith(below)), "")


def _new_calls(old: Outline, new: Outline) -> list[tuple[str, Step]]:
    before = {call.name for step in old.steps for call in calls_in(step.expr)}
    found = {call.name: step for step in reversed(new.steps) for call in calls_in(step.expr)
             if call.name and call.name not in before and not call.name.isupper()}
    return list(found.items())[:_MOST_CALLS]


def early_calls_asked(old: Outline | None, new: Outline, teacher: Teacher) -> Iterator[str]:
    """Yield the functions that `calls_too_early` may ask the tree about."""
    if old is not None and _is_early(new, teacher.near):
        yield from (name for name, _ in _new_calls(old, new))


def calls_too_early(old: Outline, new: Outline, _: Teacher, now: Teacher) -> Iterator[Hit]:
    """Yield the new calls of early code that lead to code which is not, and which reads a variable of the kernel."""
    how = _is_early(new, now.near)
    for name, step in _new_calls(old, new) if how else ():
        found = _reads_global(name, now, _DEEPEST)
        if found:
            variable, where = found
            yield Hit(shape="before-it-is-mapped", line=step.line, end_line=new.last_line(step), symbol=name,
                      object=variable, fields=(("callee", name), ("how", how), ("variable", variable),
                                               ("where", where), ("statement", new.said(step).rstrip(";"))),
                      new=((step.line, new.said(step)),))


def _reads_global(name: str, teacher: Teacher, depth: int) -> tuple[str, str] | None:
    """Return the first variable of its own file that a function reads, itself or through others, with the place."""
    bodies = teacher.bodies(name)
    for path, body in bodies[:2] if len(bodies) <= 2 else ():
        if _is_early(body, path):
            continue
        own = {*body.parameters, *body.locals}
        for step in body.steps:
            for part in walk(step.expr):
                if part.kind == "name" and part.name not in own and not part.name.isupper() and re.search(
                        _GLOBAL % re.escape(part.name.encode()), body.data, re.MULTILINE):
                    return part.name, f"{path}:{step.line}"
        for call in [call for step in body.steps for call in calls_in(step.expr)] if depth > 1 else []:
            found = _reads_global(call.name, teacher, depth - 1) if call.name and not call.name.isupper() else None
            if found:
                return found
    return None


def parsed_too_late(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the variables that a parameter of the command line sets and that are asked before it is parsed."""
    if not (outline.static or "__init" in outline.signature.split()) or not teacher.near.startswith("arch/"):
        return
    own = {*outline.parameters, *outline.locals}
    asked: dict[str, Step] = {}
    for step in outline.steps:
        for part in walk(step.expr) if step.kind == "test" else ():
            if part.kind == "name" and part.name not in own and not part.name.isupper() and "_" in part.name:
                asked.setdefault(part.name, step)
    called = {call.name for step in outline.steps for call in calls_in(step.expr)}
    chain: str | None = None
    for name, step in list(asked.items())[:_MOST_NAMES]:
        where = _set_by_parameter(name, teacher) if name not in called else ""
        if not where:
            continue
        chain = _up_to_setup(outline.name, teacher) if chain is None else chain
        if chain:
            yield Hit(shape="asked-before-parsed", line=step.line, end_line=outline.last_line(step), symbol=name,
                      object=name, fields=(("callee", name), ("variable", name), ("where", where), ("how", chain),
                                           ("statement", outline.said(step).rstrip(";"))),
                      new=((step.line, outline.said(step)),))


def _set_by_parameter(name: str, teacher: Teacher) -> str:
    """Return where a parameter that is parsed with the others sets a variable, empty where one does so earlier."""
    word, found = re.escape(name.encode()), ""
    for path, data in teacher.sources(name):
        hit = re.search(_PARAMETER % word, data)
        if hit:
            found = found or f"{path}:{data.count(chr(10).encode(), 0, hit.start()) + 1}"
        for setup in _SETUP.finditer(data):
            sets = any(part.kind in {"assign", "address"} and part.parts and part.parts[0].kind == "name"
                       and part.parts[0].name == name for body in teacher.defined_in(path, data, setup[2].decode())
                       for step in body.steps for part in walk(step.expr))
            if sets and setup[1] == b"early_param":
                return ""
            if sets:
                found = found or f"{path}:{data.count(chr(10).encode(), 0, setup.start()) + 1}"
    return found


def _up_to_setup(name: str, teacher: Teacher) -> str:
    """Return the functions through which setup_arch() calls a function, empty where no way was found."""
    waiting, seen = [(name, teacher.near, "")], {name}
    folder = "/".join(teacher.near.split("/")[:2]) + "/"
    for _ in range(_MOST_ASKED):
        if not waiting:
            break
        name, path, chain = waiting.pop(0)
        for there, body in teacher.calling(name, path, folder):
            if body.name == "setup_arch":
                return chain or f"{name}()"
            if body.name not in seen and "__init" in body.signature.split():
                seen.add(body.name)
                waiting.append((body.name, there, f"{body.name}()" + (f", {chain}" if chain else "")))
    return ""
