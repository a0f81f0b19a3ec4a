"""What the names of an architecture's headers stand for where an option is not set: the other half of an `#ifdef`."""

from __future__ import annotations

from reviewbot.cfacts.conditions import read_conditions
from reviewbot.checks.analysis import Analysis
from reviewbot.logic import FALSE, TRUE, Cond
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Half", "other_halves"]

_DEFINE = regex(r"[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+([^\\]+?)[ \t]*(?:/\*.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """A macro that has another value where the option is not set, and the line that gives it."""

    name: str
    value: str
    file: str
    line: int
    text: str


def other_halves(analysis: Analysis, moment: int, arch: str, options: tuple[str, ...]) -> tuple[Half, ...]:
    """Return the macros of the architecture's headers that have one value with the options and another without.

    Only what stands in both halves counts, each with a value on its own line.
    """
    tree = analysis.sides[moment].tree
    words = tuple(f"CONFIG_{option}" for option in options)
    found: list[Half] = []
    for path in tree.search(words, prefixes=(f"arch/{arch}/include",), suffixes=(".h",)):
        data = tree.read(path) or b""
        conditions = read_conditions(data)
        known: dict[str, list[tuple[int, str, Cond]]] = {}
        for number, line in enumerate(data.decode("latin-1").splitlines(), 1):
            define = _DEFINE.fullmatch(line)
            if define is None:
                continue
            at = conditions.at_line(number)
            if at.variables() & set(words):
                rest = at.assume(dict.fromkeys(words, False))
                known.setdefault(define[1], []).append((number, define[2], rest))
        for name, places in known.items():
            off = [place for place in places if place[2] != FALSE]
            on = [place for place in places if place[2] == FALSE]
            if len(off) == 1 and off[0][2] == TRUE and on and all(place[1] != off[0][1] for place in on):
                number, value = off[0][:2]
                found.append(Half(name=name, value=value, file=path, line=number, text=f"#define {name} {value}"))
    return tuple(found)
