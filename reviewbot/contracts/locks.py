"""Which calls take a lock, give it back, or only try to take it, and on which way those that try have done so."""

from __future__ import annotations

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS
from reviewbot.contracts.outline import Outline, Step, place_of, walk
from reviewbot.contracts.results import asks_in
from reviewbot.values import dataclass

__all__ = ["GIVES", "MAYBE", "TAKES", "Attempt", "Lock", "attempt_of", "attempted"]

Lock = tuple[str, str]
_MORE = (("mmap_read_lock", "mmap_read_unlock"), ("mmap_write_lock", "mmap_write_unlock"),
         ("folio_lock", "folio_unlock"), ("lock_page", "unlock_page"))
TAKES = {**dict(LOCKS), **dict(_MORE)}
GIVES: dict[str, tuple[str, ...]] = {
    give: tuple(take for take, other in (*LOCKS, *_MORE) if other == give) for _, give in (*LOCKS, *_MORE)}
MAYBE = frozenset({"mutex_lock_interruptible", "mutex_lock_killable", "down", "get_cpu", "kmap_atomic",
                    "kmap_local_page", "cpus_read_lock"})
"""Not looked at: what may fail to take the lock, and what stands for a value and not for a lock."""
_MAY_FAIL = ("_killable", "_interruptible")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A call that may take a lock: the `lock`, on which edge of its own test it has (None where it is no test), and
    the variable that says so, with the value that it then has."""

    call: Expr
    lock: Lock
    holds: bool | None = None
    variable: str = ""
    value: bool = True


def attempted(name: str) -> tuple[str, bool] | None:
    """Return the function that takes the same lock without fail, and whether success is told by what is not zero:
    `down_read`, True of `down_read_trylock`. None for what is no attempt at a lock that is looked at."""
    for end in _MAY_FAIL:
        if name.endswith(end):
            return (name if name in TAKES else name.removesuffix(end), False) if name.removesuffix(end) in TAKES \
                else None
    if "trylock" in name.split("_"):
        take = next((one for one in (name.replace("_trylock", "_lock"), name.replace("trylock_", "lock_"),
                                     name.removesuffix("_trylock")) if one in TAKES), "")
        return (take, True) if take and take not in MAYBE else None  # down_trylock() says 0 when it has it
    return None


def attempt_of(outline: Outline, step: Step, call: Expr) -> Attempt | None:
    """Return what a call tries to take, and how the step tells whether it has; None for a call that is no attempt, and
    where nobody can tell."""
    known = attempted(call.name)
    if known is None:
        return None
    lock = known[0], outline.text(call.parts[1]) if len(call.parts) > 1 else ""
    if step.kind == "test":
        ask = next((ask for ask in asks_in(step.expr) if ask.alone and ask.how in {"true", "not"}
                    and ask.subject == call), None)
        return None if ask is None else Attempt(call=call, lock=lock, holds=(ask.how == "true") is known[1])
    target = next((place_of(part.parts[0]) for part in walk(step.expr)
                   if part.kind == "assign" and part.parts[-1] == call),
                  step.name if step.kind == "declare" and step.expr == call else "")
    return Attempt(call=call, lock=lock, variable=target, value=known[1]) if target else None
