"""Arguments that a macro takes for their type or size alone: what stands there is never looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline

__all__ = ["is_measured"]

_MEASURES = frozenset({"typeof", "__typeof__", "__typeof", "typeof_unqual", "typeof_member", "sizeof", "sizeof_field",
                       "offsetof", "offsetofend", "_Alignof", "__alignof__", "__same_type",
                       "__builtin_types_compatible_p"})
_DEEPEST = 4  # macros that hand the argument on to each other


def is_measured(outline: Outline, teacher: Teacher, call: Expr, place: int) -> bool:
    """Return whether the argument at this place, the first is 0, is not looked at, or nothing tells that it is.

    A structure that is given as a whole to what no file in sight defines is of the second kind: no function of the
    kernel takes one that a pointer with no value points to, but a macro that asks for its type does.
    """
    if call.name and any(True for _ in _definitions(teacher, call.name)):
        return _is_measured(teacher, call.name, place, _DEEPEST, {})
    given = call.parts[place + 1]
    kind = outline.type_of(given.parts[0].name) if given.kind == "deref" and given.parts[0].kind == "name" else ""
    return {"struct", "union"} & {*kind.split()} != set() and not teacher.here(call.name)


def _is_measured(teacher: Teacher, name: str, place: int, deep: int, known: dict[tuple[str, int], bool]) -> bool:
    """Return whether each definition of a macro puts the argument where only its type or size counts; `known` is what
    was found of macros already, each of which is looked through once."""
    key = (name, place)
    if key not in known:
        known[key] = False  # one that comes back to itself tells nothing
        found = list(_definitions(teacher, name)) if name and deep else []
        known[key] = bool(found) and all(place < len(names) and all(
            any(word in _MEASURES or (word and _is_measured(teacher, word, number, deep - 1, known))
                for word, number in around)
            for around in _surroundings(body, names[place])) for names, body in found)
    return known[key]


def _definitions(teacher: Teacher, name: str) -> Iterator[tuple[list[str], str]]:
    """Yield the parameters and the body of each macro of that name, in the file at hand or in the headers."""
    pattern = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+" + re.escape(name.encode()) + rb"\(([^)]*)\)((?:\\\n|[^\n])*)",
                         re.MULTILINE)
    here = [*pattern.finditer(teacher.data)]
    for hit in here or (hit for _, data in teacher.headers(name) for hit in pattern.finditer(data)):
        names = [one.strip() for one in hit[1].decode("latin-1").replace("\\\n", " ").split(",")]
        yield names, re.sub(r"/\*.*?\*/", " ", hit[2].decode("latin-1").replace("\\\n", " "), flags=re.DOTALL)


def _surroundings(body: str, name: str) -> Iterator[list[tuple[str, int]]]:
    """Yield for each time a name stands in a macro the calls around it, each with the number of the argument."""
    around: list[tuple[str, int]] = []
    before = ""
    for token in re.findall(r"\w+|[^\w\s]", body):
        if token == "(":
            around.append((before if re.fullmatch(r"\w+", before) else "", 0))
        elif token == ")" and around:
            around.pop()
        elif token == "," and around:
            around[-1] = (around[-1][0], around[-1][1] + 1)
        elif token == name:
            yield list(around)
        before = token
