"""Where a patch takes a constant from what it was given to, and where it gives it, each with the tests in front.

Accepted: `X = FLAG;`, `X |= FLAG | OTHER;` on lines that go, and any mention but a comparison on lines that come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.checks.hunked import hunk_functions
from reviewbot.contracts.changed import changed_functions
from reviewbot.contracts.guards import Atom, guards_of
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.logic import TRUE, And, Cond, Not
from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff
from reviewbot.source.owners import owned
from reviewbot.source.types import PatchedFile
from reviewbot.values import dataclass

__all__ = ["Given", "flags_given", "flags_taken", "lines_taken"]

_ASSIGNED = regex(r"(?P<target>[A-Za-z_][\w.>-]*) ?(?:\|=|=) ?"
                  r"(?P<value>[A-Z][A-Z0-9_]{3,}(?: ?\| ?[A-Z][A-Z0-9_]{3,})*);?")
_CONSTANT = regex(r"\b[A-Z][A-Z0-9_]{3,}\b")
_COMPARED = regex(r"[=!]= ?\(?$|(?<!&)& ?\(?~?$|case $")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A constant that a statement gives to something; `when` is what has to hold, None where not all of it is known."""

    flag: str
    target: str
    function: str
    file: str
    line: int
    when: Cond | None


def flags_taken(file: PatchedFile, diff: FileDiff, base: bytes | None) -> tuple[Given, ...]:
    """Return the assignments of constants that the patch removes; `base` is the tree's file, for a file that the tree
    has not as the patch does."""
    return tuple(one for outline, whens, lines in _outlines(file, diff, base, old=True)
                 for one in _assigned(file.old_path, outline, whens, lines))


def lines_taken(diff: FileDiff) -> tuple[Given, ...]:
    """Return the lines that the patch removes and that give a constant to something, whatever stands around them, where
    their hunk names the function."""
    found: list[Given] = []
    for hunk in diff.hunks:
        for line, (owner, kind, text) in zip(hunk.lines, owned(hunk), strict=True):
            hit = _ASSIGNED.fullmatch(text.strip()) if kind == "-" and owner else None
            found += [Given(flag=name, target=hit["target"], function=owner, file=diff.old_path,
                            line=line.old_line or 0, when=None)
                      for name in _CONSTANT.findall(hit["value"])] if hit else []
    return tuple(found)


def flags_given(file: PatchedFile, diff: FileDiff, base: bytes | None) -> tuple[Given, ...]:
    """Return the statements that the patch brings and that give a constant to something, compared with nothing."""
    found: list[Given] = []
    for outline, whens, lines in _outlines(file, diff, base, old=False):
        for step, when in zip(outline.steps, whens, strict=True):
            said = outline.said(step)
            names = [name[0] for name in _CONSTANT.finditer(said) if not _COMPARED.search(said[:name.start()])]
            if step.line in lines and step.kind in {"do", "declare", "return"}:
                found += [Given(flag=name, target="", function=outline.name, file=file.path, line=step.line, when=when)
                          for name in dict.fromkeys(names)]
    return tuple(found)


def _assigned(path: str, outline: Outline, whens: list[Cond | None], lines: frozenset[int]) -> Iterator[Given]:
    for step, when in zip(outline.steps, whens, strict=True):
        found = _ASSIGNED.fullmatch(outline.said(step)) if step.line in lines and step.kind == "do" else None
        for name in _CONSTANT.findall(found["value"]) if found else ():
            yield Given(flag=name, target=found["target"] if found else "", function=outline.name, file=path,
                        line=step.line, when=when)


def _outlines(file: PatchedFile, diff: FileDiff, base: bytes | None, *, old: bool
              ) -> Iterator[tuple[Outline, list[Cond | None], frozenset[int]]]:
    """Yield the functions that lose or gain a line, with what has to hold for each of their steps, and these lines."""
    if file.whole:
        for pair in changed_functions(file):
            for outline in (pair.old if old else pair.new)[:1]:
                yield outline, [_condition(atoms) for atoms in guards_of(outline)], file.removed if old else file.added
        return
    lines = frozenset(number for hunk in diff.hunks for line in hunk.lines if line.kind == ("-" if old else "+")
                      and (number := line.old_line if old else line.new_line) is not None)
    tree = {those[0].name: those[0] for those in outlines_of(file.path, base or b"")}
    for was, now in hunk_functions(diff):
        shown = was if old else now
        # That a statement is never reached is seen by what a hunk shows of its tests, whatever stands around these.
        around = TRUE if not old else _around(tree.get(shown.name), shown, lines) if shown is not None else None
        if shown is not None:
            own = [_condition(atoms) for atoms in guards_of(shown)]
            yield shown, [None if around is None or one is None else And(around, one) for one in own], lines


def _around(whole: Outline | None, shown: Outline, lines: frozenset[int]) -> Cond | None:
    """Return what has to hold that a hunk's part of a function is reached, by the same function of the tree: at a step
    that stands there as well, or else behind the exits at its head; None where there is no such function, or the step
    stands in a block that the hunk does not show."""
    if whole is None:
        return None
    said = [whole.said(step) for step in whole.steps]
    for step in shown.steps:
        text = shown.said(step)
        if step.line not in lines and not step.where and said.count(text) == 1:
            at = said.index(text)
            return None if whole.steps[at].where else _condition(guards_of(whole)[at])
    first = next((number for number, step in enumerate(whole.steps) if step.kind == "do" and not step.where), None)
    # A statement of the function itself stands one step in; what stands further in is in a block that is not shown.
    tops = [shown.data[:step.start].rpartition(b"\n")[2] for step in shown.steps if not step.where]
    inner = any(re.match(rb"\t[\t ]", top) for top in tops)
    return _condition(guards_of(whole)[first]) if first is not None and tops and not inner else None


def _condition(atoms: tuple[Atom, ...]) -> Cond | None:
    parts = [parse_c_condition(atom.text.encode()) for atom in atoms]
    return And(*(part if atom.holds else Not(part) for part, atom in zip(parts, atoms, strict=True)))
