"""What the callers of a changed function hold where they call it, in the file at hand and, of a function that is not
static, in those of its architecture or folder; and what runs it where nothing may sleep: an interrupt, a timer, the end
of a grace period, a call on another CPU."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reviewbot.cfacts.lexer import lines_in
from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.contexts import is_spinning, sleeping_calls
from reviewbot.contracts.held import Held, held_at
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.locks import GIVES
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.places import known_contexts
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["asked_above", "sleeps_under_callers"]

_DEEPEST = 3
_MOST_CALLERS = 12
_MOST_FILES = 4
_FAMILY = regex(r"set_memory_(?:ro|rw|x|nx|rox|encrypted|decrypted|np|p|uc|wc|wb)|set_pages_\w+|vm_unmap_aliases")
_FAMILY_SLEEPS = ("arch/x86/", "arch/arm64/", "arch/riscv/", "arch/s390/", "mm/", "kernel/", "drivers/")


class _Above(NamedTuple):
    """What forbids sleeping above a function: what takes it, in whom, where, and whether it is a callback."""

    take: str
    caller: str
    where: str
    callback: bool


def sleeps_under_callers(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what may sleep in a function that a caller in the same file calls with a spinlock held, or has called where
    nothing may sleep."""
    run = _run_by(outline.name, teacher)
    found = [*sleeping_calls(outline), *_family_calls(outline, teacher),
             *(_family_inside(outline, teacher) if run is not None else ())]
    if not found or any(call.name in GIVES for step in outline.steps for call in calls_in(step.expr)):
        return
    above = run or _above(outline, teacher, _DEEPEST, {outline.name})
    if above is None:
        return
    for call, why, step in found:
        if above.callback and call.name == "vfree":
            continue  # which puts the work off in an interrupt
        yield Hit(shape="sleeps-in-callback" if above.callback else "sleeps-under-caller", line=outline.line_of(call),
                  end_line=outline.last_line(step), symbol=call.name, object=outline.text(call),
                  fields=(("callee", call.name), ("how", why), ("take", above.take), ("by", above.caller),
                          ("where", above.where), ("statement", outline.text(call))),
                  new=((step.line, outline.said(step)),))


def _family_calls(outline: Outline, teacher: Teacher) -> Iterator[tuple[Expr, str, Step]]:
    for step in outline.steps if teacher.near.startswith(_FAMILY_SLEEPS) else ():
        for call in calls_in(step.expr):
            if _FAMILY.fullmatch(call.name) and not teacher.here(call.name):
                yield call, f"{call.name}() may sleep", step


def _family_inside(outline: Outline, teacher: Teacher) -> Iterator[tuple[Expr, str, Step]]:
    """Yield the calls of functions of the file at hand that change mappings, themselves or by another of the file."""
    known: dict[tuple[str, int], str] = {}
    for step in outline.steps:
        for call in calls_in(step.expr):
            why = _changes_inside(call.name, teacher, _DEEPEST - 1, known) if call.name != outline.name else ""
            if why:
                yield call, why, step


def _changes_inside(name: str, teacher: Teacher, depth: int, known: dict[tuple[str, int], str]) -> str:
    """Return what a function of the file at hand calls that may sleep and changes mappings, and where; itself or so
    many functions further down. `known` is what was answered before."""
    if (name, depth) not in known:
        known[name, depth] = ""  # for those that call themselves
        known[name, depth] = next(_changes(name, teacher, depth, known), "")
    return known[name, depth]


def _changes(name: str, teacher: Teacher, depth: int, known: dict[tuple[str, int], str]) -> Iterator[str]:
    for path, body in teacher.here(name):
        for call, why, _ in _family_calls(body, teacher):
            yield f"{why}, called at {path}:{body.line_of(call)}"
        for step in body.steps if depth > 1 else ():
            for call in calls_in(step.expr):
                if why := _changes_inside(call.name, teacher, depth - 1, known):
                    yield why


def _above(outline: Outline, teacher: Teacher, depth: int, seen: set[str]) -> _Above | None:
    """Return what forbids sleeping where some caller calls the function."""
    for caller, there in _callers(outline, teacher):
        if caller.name in seen or len(seen) > _MOST_CALLERS:
            continue
        seen.add(caller.name)
        held: dict[int, Held] = held_at(caller)
        for number, call in caller.calls_of(outline.name):
            spinning = sorted(lock for lock in held.get(number, frozenset()) if is_spinning(lock[0]))
            if spinning:
                return _Above("{}({})".format(*spinning[0]), caller.name, f"{there.near}:{caller.line_of(call)}",
                              callback=False)
        if any(call.name in GIVES for step in caller.steps for call in calls_in(step.expr)):
            continue
        more = _run_by(caller.name, there)
        if more is None and depth > 1:
            more = _above(caller, there, depth - 1, seen)
        if more is not None:
            return more
    return None


def _callers(outline: Outline, teacher: Teacher) -> Iterator[tuple[Outline, Teacher]]:
    """Yield who calls a function, with who knows the file: first those of its own file."""
    yield from ((caller, teacher) for caller in teacher.callers_here(outline.name)[:_MOST_CALLERS])
    if outline.static:
        return
    parts = teacher.near.split("/")
    folder = "/".join(parts[:2] if parts[0] == "arch" else parts[:-1]) + "/"
    for path in teacher.files_of(outline.name, folder)[:_MOST_FILES]:
        if path != teacher.near:
            there = teacher.beside(path)
            yield from ((caller, there) for caller in there.callers_here(outline.name)[:_MOST_CALLERS])


def asked_above(_: Outline | None, new: Outline, __: Teacher) -> Iterator[str]:
    """Yield the functions whose callers `sleeps_under_callers` may ask the tree for."""
    if not new.static and any(True for _ in sleeping_calls(new)):
        yield new.name


def _run_by(name: str, teacher: Teacher) -> _Above | None:
    """Return what the file at hand hands the function to that runs it where nothing may sleep."""
    data = teacher.data
    for at in teacher.places(name):
        if data[at + len(name):at + len(name) + 1] == b"(":
            continue
        found = _argument_of(data[max(0, at - 200):at])
        if found is not None and known_contexts().runs_atomic.get(found[0]) == found[1]:
            return _Above(f"{found[0]}()", name, f"{teacher.near}:{lines_in(data).line(at)}", callback=True)
    return None


def _argument_of(before: bytes) -> tuple[str, int] | None:
    """Return the call whose argument stands behind the text, with the argument's number from 1."""
    text = re.split(rb"[;{}]", before)[-1]
    depth = commas = 0
    for place in range(len(text) - 1, -1, -1):
        letter = text[place:place + 1]
        if letter == b")":
            depth += 1
        elif letter == b"(" and depth:
            depth -= 1
        elif letter == b"(":
            word = re.search(rb"(\w+)\s*$", text[:place])
            return (word[1].decode("latin-1"), commas + 1) if word else None
        elif letter == b"," and not depth:
            commas += 1
    return None
