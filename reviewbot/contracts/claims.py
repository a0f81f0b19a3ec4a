"""What functions demand of the way that leads to them: a lock, interrupts on or off, preemption off, room to sleep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.held import Held
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in, walk
from reviewbot.contracts.places import Demand, known_contexts
from reviewbot.patterns import regex

__all__ = ["Claim", "Demand", "claims_of", "given_by", "in_terms_of"]

_HELD = regex(r"lockdep_assert_held\w*|mmap_assert_(?:write_)?locked|assert_spin_locked|rwsem_assert_held\w*")
_WARNS = regex(r"(?:VM_)?(?:WARN|BUG)_ON(?:_ONCE)?")
_ASKED: dict[tuple[str, bool], Demand] = {
    ("irqs_disabled", True): "irqs-on", ("irqs_disabled", False): "irqs-off", ("preemptible", True): "preempt-off",
    ("in_atomic", True): "sleep"}
_IRQS_OFF = ("local_irq_save", "local_irq_disable")
_SPINNING = ("spin_lock", "raw_spin_lock", "read_lock", "write_lock", "preempt_disable", "get_cpu", "arch_spin_lock",
             "bit_spin_lock")


class Claim(NamedTuple):
    """One demand, with the lock in the words of the function that makes it, where it stands and what says it."""

    demand: Demand
    lock: str
    where: str
    said: str


def claims_of(name: str, teacher: Teacher) -> Iterator[tuple[Outline | None, Claim]]:
    """Yield what a function demands before it decides anything: one of the file at hand, or one that is known."""
    if name in known_contexts().unsaid:
        yield None, Claim(known_contexts().unsaid[name], "", "", f"{name}()")
    for path, body in teacher.here(name):
        for step in body.steps:
            if step.kind not in {"do", "declare"}:
                break
            for call in calls_in(step.expr):
                demand = _demand(call)
                if demand is not None:
                    lock = body.text(call.parts[1]) if demand == "lock" and len(call.parts) > 1 else ""
                    if lock or demand != "lock":
                        yield body, Claim(demand, lock, f"{path}:{step.line}", body.text(call))


def _demand(call: Expr) -> Demand | None:
    if _HELD.fullmatch(call.name):
        return "lock"
    if call.name in known_contexts().demands:
        return known_contexts().demands[call.name]
    if _WARNS.fullmatch(call.name) and len(call.parts) == 2:
        asked = call.parts[1]
        negated = asked.kind == "unary" and asked.name == "!" and bool(asked.parts)
        inner = asked.parts[0] if negated else asked
        if inner.kind == "call":
            return _ASKED.get((inner.name, not negated))
    return None


def given_by(held: Held, demand: Demand) -> str:
    """Return the lock that establishes interrupts or preemption off, as a call; empty where none of those held does."""
    for take, what in sorted(held):
        off = take in _IRQS_OFF or take.endswith(("_irqsave", "_irq"))
        if off or (demand == "preempt-off" and take.startswith(_SPINNING)):
            return f"{take}({what})"
    return ""


def in_terms_of(outline: Outline, body: Outline, call: Expr, text: str) -> str:
    """Return what a called function names in the words of its caller, empty where they are not known."""
    root = next(iter(re.findall(r"[A-Za-z_]\w*", text)), "")
    if root in body.locals:
        return ""
    names = list(body.parameters)
    if root in names:
        place = names.index(root) + 1
        if len(call.parts) <= place or any(part.kind not in {"name", "field", "address"}
                                           for part in walk(call.parts[place])):
            return ""
        given = outline.text(call.parts[place])
        member = text.startswith(f"{root}->") and given.startswith("&")
        given = f"({given})" if member else given.removeprefix("&")
        return re.sub(rf"\b{re.escape(root)}\b", lambda _: given, text, count=1)
    return text
