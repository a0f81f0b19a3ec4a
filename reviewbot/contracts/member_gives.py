"""Members of structures that a function gives back in a way that does not fit how the rest of the file gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in, outlines_of, place_of, walk
from reviewbot.contracts.pairs import known_pairs
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["wrong_members"]

_MEMBER = regex(r"(?:->|\.)(\w+)$")
_MOST_OFFSETS = 60
_MOST_MEMBERS = 12  # of one function: for each, all functions that get it are read
_SET = rb"(?:->|\.)%s\s*=(?!=)|&[\w>.\[\]()-]*(?:->|\.)%s\b"


def wrong_members(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls that give a member back, where all that the file ever puts into it has another way back.

    Where something else may stand in it, in this file or another, or another file sets it, nothing is said.
    """
    pairs = known_pairs()
    givers = pairs.givers()
    asked: set[str] = set()
    own = _sets(outline)
    for step in outline.steps:
        for call in calls_in(step.expr) if step.kind == "do" else ():
            thing = place_of(call.parts[1]) if call.name in givers and len(call.parts) == 2 else ""
            member = _MEMBER.search(thing)
            if member is None or member[1] in own or len(asked | {member[1]}) > _MOST_MEMBERS:
                continue
            asked.add(member[1])
            sources = _sources(member[1], teacher)
            takes = {take for take, _ in sources}
            if not takes or not all(take in pairs.of_result and call.name not in pairs.of_result[take]
                                    for take in takes) or _set_elsewhere(member[1], teacher):
                continue
            take, how = min(sources)
            fits = min(pairs.of_result[take], key=lambda name: (len(name), name))
            yield Hit(shape="member-got-otherwise", line=step.line, end_line=outline.last_line(step), symbol=call.name,
                      object=thing, fields=(("callee", call.name), ("fits", f"{fits}()"), ("how", f"{how}()"),
                                            ("take", f"{take}()"), ("variable", thing)),
                      new=((step.line, outline.said(step)),))


def _sets(outline: Outline) -> set[str]:
    """Return the members into which the function itself puts something."""
    return {found[1] for step in outline.steps for part in walk(step.expr)
            if part.kind == "assign" and not _is_nothing(part.parts[1])
            and (found := _MEMBER.search(place_of(part.parts[0])))}


def _is_member(expr: Expr, member: str) -> bool:
    found = _MEMBER.search(place_of(expr))
    return found is not None and found[1] == member


def _is_nothing(expr: Expr) -> bool:
    return expr.kind in {"name", "literal"} and expr.name in {"NULL", "0"}


def _sources(member: str, teacher: Teacher) -> set[tuple[str, str]]:
    """Return what the file puts into the member: the function that makes it, and the one that calls that; a maker is
    empty where it is not known."""
    found: set[tuple[str, str]] = set()
    offsets = teacher.places(member)
    if not offsets or len(offsets) > _MOST_OFFSETS:
        return found
    for outlines in outlines_of(teacher.near, teacher.data, offsets, most=1):
        body = outlines[0]
        for step in body.steps:
            for part in walk(step.expr):
                if part.kind == "assign" and _is_member(part.parts[0], member) and not _is_nothing(part.parts[1]):
                    found.add((_maker(part.parts[1]), body.name))
                elif part.kind == "call":
                    found |= {(take, part.name) for number, argument in enumerate(part.parts[1:])
                              if argument.kind == "address" and argument.parts and _is_member(argument.parts[0], member)
                              for take in _through(part.name, number, teacher)}
    return found


def _maker(expr: Expr) -> str:
    calls = calls_in(expr)
    return calls[0].name if calls and calls[0].name else ""


def _through(name: str, number: int, teacher: Teacher) -> set[str]:
    """Return what a function of the file puts where an argument points to; nothing where it only looks there, and an
    empty name where that is not known."""
    bodies = teacher.here(name)
    found: set[str] = set()
    for _, body in bodies:
        parameters = list(body.parameters)
        if number >= len(parameters):
            return {""}
        given = parameters[number]
        for step in body.steps:
            for part in walk(step.expr):
                if part.kind == "assign" and part.parts[0].kind == "deref" and place_of(
                        part.parts[0].parts[0]) == given and not _is_nothing(part.parts[1]):
                    found.add(_maker(part.parts[1]))
                elif part.kind == "call" and any(argument.kind == "name" and argument.name == given
                                                 for argument in part.parts[1:]):
                    found.add("")
    return found if bodies else {""}


def _set_elsewhere(member: str, teacher: Teacher) -> bool:
    """Return whether another file may put something into a member of that name."""
    word = re.escape(member.encode())
    return any(path != teacher.near and re.search(_SET % (word, word), data) for path, data in teacher.sources(member))
