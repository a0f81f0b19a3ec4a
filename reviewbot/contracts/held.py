"""What a function holds at each of its steps: the locks that every way to the step has taken and not given back.

Read from the outline in one pass: ways that join hold what all of them hold, so that what is said to be held is.
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS, is_reporter
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.types import Hit

__all__ = ["held_at", "returns_while_held", "taken_out_of"]

Held = frozenset[tuple[str, str]]
_GIVES = {give: tuple(take for take, other in LOCKS if other == give) for _, give in LOCKS}
_TAKES = dict(LOCKS)
_MAYBE = frozenset({"mutex_lock_interruptible", "mutex_lock_killable", "down", "get_cpu", "kmap_atomic",
                    "kmap_local_page", "cpus_read_lock"})
"""Not looked at: what may fail to take the lock, and what stands for a value and not for a lock."""


class _Walk:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.at: dict[int, Held] = {}
        self.labels: dict[str, Held] = {}
        self.leaving: list[list[Held]] = []

    def run(self, first: int, last: int, held: Held | None) -> Held | None:
        """Return what is held behind the steps [first, last), None when nothing gets there."""
        number = first
        while number < last:
            step = self.outline.steps[number]
            if step.kind == "label":
                known = self.labels.get(step.name)
                held = known if held is None else held if known is None else held & known
            if held is not None:
                self.at[number] = held
                held = self.after(step, held)
            if step.kind == "test" and step.branches:
                number, held = self.test(step, held)
                continue
            if step.kind == "switch":
                number, held = self.switch(number, held)
                continue
            if step.kind == "goto" and held is not None:
                self.labels[step.name] = self.labels.get(step.name, held) & held
            if step.kind in {"break", "continue"} and held is not None and self.leaving:
                self.leaving[-1].append(held)
            if step.kind in {"goto", "return", "break", "continue"}:
                held = None
            number += 1
        return held

    def test(self, step: Step, held: Held | None) -> tuple[int, Held | None]:
        ends: list[Held | None] = []
        if step.loop:
            self.leaving.append([])
        ends += [self.run(branch.first, branch.last, held) for branch in step.branches]
        last = step.branches[-1].last
        if step.loop:
            ends += self.leaving.pop()
        if len(step.branches) < 2:
            ends.append(held)
        return last, _joined(ends)

    def switch(self, number: int, held: Held | None) -> tuple[int, Held | None]:
        steps, outer = self.outline.steps, self.outline.steps[number].where
        last = number + 1
        while last < len(steps) and len(steps[last].where) > len(outer) and steps[last].where[:len(outer)] == outer:
            last += 1
        self.leaving.append([])
        ends: list[Held | None] = [held]
        first, end = number + 1, held
        while first < last:
            case = steps[first].where[len(outer) + 1:len(outer) + 2]
            stop = first
            while stop < last and steps[stop].where[len(outer) + 1:len(outer) + 2] == case:
                stop += 1
            end = self.run(first, stop, _joined([held, end]) if end is not None else held)
            first = stop
        ends += [end, *self.leaving.pop()]
        return last, _joined(ends)

    def after(self, step: Step, held: Held) -> Held:
        for call in sorted(calls_in(step.expr), key=lambda one: one.start):
            if call.name in _TAKES and call.name not in _MAYBE:
                held |= {(call.name, self.of(call))}
            for take in _GIVES.get(call.name, ()):
                held -= {(take, self.of(call))}
        return held

    def of(self, call: Expr) -> str:
        return self.outline.text(call.parts[1]) if len(call.parts) > 1 else ""


def _joined(ends: list[Held | None]) -> Held | None:
    there = [end for end in ends if end is not None]
    if not there:
        return None
    found = there[0]
    for end in there[1:]:
        found &= end
    return found


def held_at(outline: Outline) -> dict[int, Held]:
    """Return for each step that something reaches the locks held there, as (function, what it took)."""
    walk = _Walk(outline)
    walk.run(0, len(outline.steps), frozenset())
    return walk.at


def returns_while_held(outline: Outline) -> Iterator[Hit]:
    """Yield the returns at which a lock is held that the function gives back elsewhere."""
    given = {(take, outline.text(call.parts[1]) if len(call.parts) > 1 else "")
             for step in outline.steps for call in calls_in(step.expr) for take in _GIVES.get(call.name, ())}
    if not given:
        return
    at = held_at(outline)
    backwards = {step.name for number, step in enumerate(outline.steps) if step.kind == "goto" and any(
        one.kind == "label" and one.name == step.name for one in outline.steps[:number])}
    if backwards:
        return
    steps = outline.steps
    returns = [number for number, step in enumerate(steps) if step.kind == "return"]
    meant = frozenset(lock for number in returns if not _fails(outline, steps[number])
                      for lock in at.get(number, frozenset()))
    for number in returns:
        step = steps[number]
        for take, what in sorted(at.get(number, frozenset()) & given - meant):
            if what.startswith("*") or what in outline.parameters:
                continue  # the caller's own lock: what becomes of it is between the two
            taken = next(one for one in steps if any(
                call.name == take and (outline.text(call.parts[1]) if len(call.parts) > 1 else "") == what
                for call in calls_in(one.expr)))
            yield Hit(shape="held", line=step.line, end_line=outline.last_line(step), symbol=take,
                      object=f"{take}({what})", fields=(("callee", take), ("give", f"{_TAKES[take]}({what})"),
                                                        ("take", f"{take}({what})"),
                                                        ("exit", outline.said(step).rstrip(";"))),
                      new=((taken.line, outline.said(taken)), (step.line, outline.said(step))))


def _fails(outline: Outline, step: Step) -> bool:
    """Return whether a return gives an error, or nothing; what takes a lock for its caller gives something else."""
    if step.expr is None:
        return True
    text = outline.text(step.expr)
    return text in {"NULL", "false"} or text.startswith(("-E", "ERR_PTR(", "ERR_CAST(")) or (
        step.expr.kind == "name" and "int" in outline.returns.split())


def _needs_no_lock(call: Expr) -> bool:
    """Return whether a step is one that is moved out of locks on purpose: a free, a message, a wake-up."""
    words = set(call.name.split("_"))
    return gives_back(call.name) or bool(words & {"alloc", "wake", "queue", "schedule", "complete", "kzalloc",
                                                  "kmalloc", "flush", "notify", "list"}) \
        or is_reporter(call.name, has_text=any(part.kind == "string" for part in call.parts[1:4]))


def taken_out_of(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the calls that ran under a lock before the patch, and run in front of it or behind it now."""
    before, after = held_at(old), held_at(new)
    taken = {lock for held in after.values() for lock in held}
    for number, step in enumerate(new.steps):
        text = new.said(step)
        if step.kind != "do" or step.expr is None or number not in after or not calls_in(step.expr):
            continue
        same = [place for place, one in enumerate(old.steps) if one.kind == "do" and old.said(one) == text]
        now = [place for place, one in enumerate(new.steps) if one.kind == "do" and new.said(one) == text]
        if len(same) != 1 or len(now) != 1 or same[0] not in before:
            continue
        lost = sorted((before[same[0]] - after[number]) & taken)
        if lost and step.expr.kind == "call" and step.expr.name not in _GIVES and step.expr.name not in _TAKES \
                and not _needs_no_lock(step.expr):
            take, what = lost[0]
            yield Hit(shape="out-of-lock", line=step.line, end_line=new.last_line(step), symbol=step.expr.name,
                      object=text, fields=(("callee", step.expr.name), ("take", f"{take}({what})"),
                                           ("statement", text.rstrip(";"))),
                      old=((old.steps[same[0]].line, text),), new=((step.line, text),))
