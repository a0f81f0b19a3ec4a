"""What a called function asserts of its caller (a lock, that it may sleep), and the way to the call does not give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.held import TAKES, Held, held_at, locks_taken
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of

__all__ = ["asserted_in_vain"]

_HELD = re.compile(r"lockdep_assert_held\w*|mmap_assert_(?:write_)?locked|assert_spin_locked|rwsem_assert_held\w*")
_SPINNING = ("spin_lock", "raw_spin_lock", "read_lock", "write_lock", "local_irq", "preempt_disable")


def asserted_in_vain(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls of functions of the file whose assertion does not hold where they are called."""
    held: dict[int, Held] | None = None
    for number, step in enumerate(outline.steps):
        for call in calls_in(step.expr):
            for path, body in teacher.here(call.name) if call.name and call.name != outline.name else ():
                for claim, line in _claims(body):
                    held = held if held is not None else held_at(outline)
                    if number not in held:
                        continue
                    if claim.name.startswith("might_sleep"):
                        spinning = sorted(lock for lock in held[number] if lock[0].startswith(_SPINNING))
                        if spinning:
                            yield _hit("asserts-sleep", outline, call, f"{path}:{line}", "{}({})".format(*spinning[0]),
                                       body.text(claim))
                        continue
                    wanted = _lock_of(outline, body, call, claim)
                    if wanted and not _established(outline, held[number], number, wanted):
                        yield _hit("asserts-lock", outline, call, f"{path}:{line}", wanted, body.text(claim))


def _claims(body: Outline) -> list[tuple[Expr, int]]:
    """Return the assertions that a function makes before it decides anything."""
    found = []
    for step in body.steps:
        if step.kind not in {"do", "declare"}:
            break
        found += [(call, step.line) for call in calls_in(step.expr)
                  if _HELD.fullmatch(call.name) or call.name in {"might_sleep", "might_fault"}]
    return found


def _lock_of(outline: Outline, body: Outline, call: Expr, claim: Expr) -> str:
    """Return the asserted lock in the words of the caller, empty where they are not known."""
    if len(claim.parts) < 2:
        return ""
    text, names = body.text(claim.parts[1]), list(body.parameters)
    root = next(iter(re.findall(r"[A-Za-z_]\w*", text)), "")
    if root in body.locals:
        return ""
    if root in names:
        place = names.index(root) + 1
        if len(call.parts) <= place or call.parts[place].kind not in {"name", "field"}:
            return ""
        return re.sub(rf"\b{re.escape(root)}\b", lambda _: outline.text(call.parts[place]), text, count=1)
    return text


def _established(outline: Outline, held: Held, number: int, wanted: str) -> bool:
    """Return whether the lock is held there, or may be: only a function that takes it itself, and on no way to the
    call, surely does not hold it."""
    if any(_alike(what, wanted) for _, what in held) or {"locked", "nolock"} & {*outline.name.split("_")}:
        return True
    if any(_HELD.fullmatch(call.name) for step in outline.steps for call in calls_in(step.expr)):
        return True
    taken = [lock for lock in locks_taken(outline) if _alike(lock[1], wanted)]
    return not taken or any(_may_hold(outline, lock, number) for lock in taken)


def _may_hold(outline: Outline, lock: tuple[str, str], number: int) -> bool:
    """Return whether some way from a step that takes the lock comes to the call before it is given back."""
    ways = ways_of(outline)

    def visit(at: int, step: Step, _: Facts) -> Say:
        if at == number:
            return "found"
        return "stop" if any(call.name == TAKES[lock[0]] for call in calls_in(step.expr)) else "on"

    return any(ways.search(at, ways.known(at), visit) is not None for at, step in enumerate(outline.steps)
               if any(call.name == lock[0] for call in calls_in(step.expr)))


def _alike(one: str, other: str) -> bool:
    """Return whether two texts may mean the same lock: the same last member."""
    def last(text: str) -> str:
        return re.split(r"->|\.|&", text)[-1].strip(" ()")
    return last(one) == last(other)


def _hit(shape: str, outline: Outline, call: Expr, where: str, lock: str, claim: str) -> Hit:
    line = outline.line_of(call)
    return Hit(shape=shape, line=line, end_line=line, symbol=call.name, object=f"{call.name} {lock}",
               fields=(("callee", call.name), ("take", lock), ("where", where), ("statement", outline.text(call)),
                       ("evidence", claim)),
               new=((line, outline.text(call)),))
