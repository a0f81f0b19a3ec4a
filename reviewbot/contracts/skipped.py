"""Flushes that stay where they were, under a test that is written anew and leaves out cases in which they were done."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.contracts.effects import Effect, events
from reviewbot.contracts.guards import Atom, guards_of
from reviewbot.contracts.outline import Outline
from reviewbot.contracts.sums import Sums
from reviewbot.contracts.types import Hit
from reviewbot.logic import FALSE, TRUE, And, Cond, Not
from reviewbot.patterns import regex

__all__ = ["flushes_skipped"]

_MOST_ATOMS = 8
_WORD = regex(r"[A-Za-z_]\w*")
_EQUAL = regex(r"\(?(.+) == ([A-Z_][A-Z0-9_]*|-?\d\w*)\)?")


def flushes_skipped(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the flushes whose tests ask about the same as before, in other words, and no longer hold in some case."""
    was, now = _flushes(old), _flushes(new)
    texts = [text for text in now if text in was]
    if not texts:
        return
    guards, writes = (guards_of(old), guards_of(new)), (Sums(old), Sums(new))
    for text in texts:
        numbers = was[text][0], now[text][0]
        sides = [guards[side][numbers[side]] for side in (0, 1)]
        keys = [{atom.key for atom in side} for side in sides]
        gone, come = ([atom for atom in sides[side] if atom.key not in keys[1 - side]] for side in (0, 1))
        before, after = _met(gone), _met(come)
        words = [{word for atom in atoms for word in _WORD.findall(atom.text)} for atoms in (gone, come)]
        if TRUE in {before, after} or words[0] != words[1] or any(
                writes[0].writes(word, numbers[0]) != writes[1].writes(word, numbers[1]) for word in words[0]):
            continue
        left_out = _left_out(before, after)
        if left_out is not None:
            effect, step, test = now[text][1], new.steps[numbers[1]], come[0].step
            yield Hit(shape="flush-skipped", line=test.line, end_line=new.last_line(test), symbol=now[text][2],
                      object=f"{text} {left_out}",
                      fields=(("callee", now[text][2]), ("test", str(left_out)), ("how", effect.lost),
                              ("fits", effect.ask), ("was", str(before)), ("now", str(after)), ("statement", text)),
                      old=((gone[0].step.line, old.said(gone[0].step)),),
                      new=((test.line, new.said(test)), (step.line, new.said(step))))


def _flushes(outline: Outline) -> dict[str, tuple[int, Effect, str]]:
    """Return the flushes of a function that stand in it once: their step, their effect and their name by their text."""
    found: dict[str, tuple[int, Effect, str]] = {}
    twice = set()
    for event in events(outline):
        if event.effect.local:
            text = outline.text(event.call)
            twice |= {text} & found.keys()
            found[text] = event.step, event.effect, event.name
    return {text: one for text, one in found.items() if text not in twice}


def _met(atoms: list[Atom]) -> Cond:
    """Return what has to hold that these tests let a step be reached."""
    conds = [(parse_c_condition(atom.text.encode("latin-1", "replace")), atom.holds) for atom in atoms]
    return And(*(cond if holds else Not(cond) for cond, holds in conds))


def _left_out(before: Cond, after: Cond) -> Cond | None:
    """Return when the first condition holds and the second does not, None where that is never so: one value is not
    equal to two constants."""
    names = sorted(before.variables() | after.variables())
    if len(names) > _MOST_ATOMS:
        return None
    equal = {name: (hit[1], hit[2]) for name in names if (hit := _EQUAL.fullmatch(name)) is not None}
    apart = [(one, other) for one, other in combinations(sorted(equal), 2) if equal[one][0] == equal[other][0]]
    rows = [dict(zip(names, values, strict=True)) for values in product((False, True), repeat=len(names))]
    rows = [row for row in rows if not any(row[one] and row[other] for one, other in apart)]
    skipped = [row for row in rows if after.assume(row) == FALSE]
    lost = [row for row in skipped if before.assume(row) != FALSE]
    if not lost:
        return None
    return Not(after) if len(lost) == len(skipped) else And(Not(after), before)
