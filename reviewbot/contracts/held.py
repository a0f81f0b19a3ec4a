"""What a function holds at each of its steps: the locks that every way to the step has taken and not given back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.cfacts.worklist import spread
from reviewbot.contracts.given_in import calls_given
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.locks import GIVES, MAYBE, TAKES, Attempt, Lock, attempt_of, attempted
from reviewbot.contracts.outline import Outline, Step, calls_in, given_to, place_of, root_of, walk
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of
from reviewbot.patterns import regex

__all__ = ["Held", "given_first", "held_at", "is_own_value", "locks_taken", "may_give", "needs_no_lock",
           "returns_while_held", "taken_out_of"]

_ALLOCATES = regex(r"alloc(?:_|$)")

Held = frozenset[Lock]
_GUARDS = {"mutex": "mutex_lock", "spinlock": "spin_lock", "spinlock_irq": "spin_lock_irq",
           "spinlock_irqsave": "spin_lock_irqsave", "spinlock_bh": "spin_lock_bh", "raw_spinlock": "raw_spin_lock",
           "raw_spinlock_irq": "raw_spin_lock_irq", "raw_spinlock_irqsave": "raw_spin_lock_irqsave",
           "rwsem_read": "down_read", "rwsem_write": "down_write", "read_lock": "read_lock",
           "write_lock": "write_lock", "irq": "local_irq_disable", "irqsave": "local_irq_save",
           "preempt": "preempt_disable", "rcu": "rcu_read_lock", "mmap_read_lock": "mmap_read_lock",
           "read_lock_irqsave": "read_lock_irqsave", "write_lock_irqsave": "write_lock_irqsave"}
"""What a guard takes for as long as its block runs."""
_MOST_PASSES = 20_000


def _guard(outline: Outline, step: Step) -> Lock | None:
    """Return the lock that a step holds to the end of its block: `guard(mutex)(&d->lock)`, `scoped_guard(irq)`."""
    expr = step.expr
    if step.kind != "do" or expr is None:
        return None
    if step.name == "scoped_guard":
        parts = expr.parts if expr.kind == "comma" else (expr,)
        taken, what = parts[0], parts[1:2]
    elif expr.kind == "call" and expr.parts and expr.parts[0].kind == "call" and expr.parts[0].name == "guard" \
            and len(expr.parts[0].parts) == 2:
        taken, what = expr.parts[0].parts[1], expr.parts[1:2]
    else:
        return None
    take = _GUARDS.get(taken.name)
    return (take, outline.text(what[0]) if what else "") if take else None


def locks_taken(outline: Outline) -> dict[Lock, Step]:
    """Return the locks that a function takes, by call or by guard, each with the first step that does."""
    found: dict[Lock, Step] = {}
    for step in outline.steps:
        guard = _guard(outline, step)
        if guard is not None:
            found.setdefault(guard, step)
        for call in calls_in(step.expr):
            if call.name in TAKES:
                found.setdefault((call.name, _of(outline, call)), step)
    return found


def _of(outline: Outline, call: Expr) -> str:
    return outline.text(call.parts[1]) if len(call.parts) > 1 else ""


def held_at(outline: Outline) -> dict[int, Held]:
    """Return for each step that something reaches the locks held there, as (function, what it took)."""
    ways = ways_of(outline)
    guards = {number: guard for number, step in enumerate(outline.steps)
              if (guard := _guard(outline, step)) is not None}

    def onward(at: int, held: Held) -> Iterator[tuple[int, Held]]:
        after = _after(outline, outline.steps[at], held)
        if at in guards:
            after |= {guards[at]}
        tries = _tried(outline, outline.steps[at])
        for edge in ways.follows[at]:
            if edge.to < ways.end:
                there = outline.steps[edge.to].where
                got = {one.lock for one in tries if one.holds is edge.holds}
                yield edge.to, (after | got) - {guards[number] for number in guards
                                        if there[:len(outline.steps[number].where)] != outline.steps[number].where}

    start: dict[int, Held] = {0: frozenset()} if outline.steps else {}
    return spread(start, onward, frozenset.intersection, most=_MOST_PASSES)


def _tried(outline: Outline, step: Step) -> list[Attempt]:
    """Return what a test tries to take: on one of its edges it has."""
    return [tried for call in calls_in(step.expr) if (tried := attempt_of(outline, step, call)) is not None
            and tried.holds is not None] if step.kind == "test" else []


def _after(outline: Outline, step: Step, held: Held) -> Held:
    for call in sorted(calls_in(step.expr), key=lambda one: one.start):
        if call.name in TAKES and call.name not in MAYBE:
            held |= {(call.name, _of(outline, call))}
        for take in GIVES.get(call.name, ()):
            held -= {(take, _of(outline, call))}
    return held


def returns_while_held(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the returns that a way reaches with a lock held that the function gives back elsewhere."""
    given = {(take, _of(outline, call))
             for step in outline.steps for call in calls_in(step.expr) for take in GIVES.get(call.name, ())}
    if not given or _goes_back(outline) or any(
            "locked" in name and "*" not in kind for name, kind in outline.locals.items()):
        return  # what says whether it is held stands in a variable that others change
    at, steps = held_at(outline), outline.steps
    given -= given_first(outline)
    meant = frozenset(lock for number, step in enumerate(steps) if step.kind == "return" and not _fails(outline, step)
                      for lock in at.get(number, frozenset()))
    seen: set[tuple[int, str, str]] = set()
    for number, step in enumerate(steps):
        for call in calls_in(step.expr):
            taking = _taking(outline, step, call)
            if taking is None or taking.lock not in given - meant or number not in at:
                continue
            lock = taking.lock
            if lock[1].startswith("*") or "mm_struct" not in outline.parameters.get(lock[1], "mm_struct"):
                continue  # the caller's own lock: what becomes of it is between the two
            end = _return_without(outline, teacher, number, taking)
            if end is None or (end, *lock) in seen:
                continue
            seen.add((end, *lock))
            leave = steps[end] if end < len(steps) else steps[-1]
            said = outline.said(leave).rstrip(";") if end < len(steps) else "the end"
            yield Hit(shape="held", line=leave.line, end_line=outline.last_line(leave), symbol=lock[0],
                      object=f"{lock[0]}({lock[1]})",
                      fields=(("callee", lock[0]), ("give", f"{TAKES[lock[0]]}({lock[1]})"),
                              ("take", f"{call.name}({lock[1]})"), ("exit", said)),
                      new=((step.line, outline.said(step)), (leave.line, outline.said(leave))))


def _taking(outline: Outline, step: Step, call: Expr) -> Attempt | None:
    """Return the lock that a call takes, or may take; None for a call that takes none that is looked at."""
    if call.name in TAKES and call.name not in MAYBE:
        return Attempt(call=call, lock=(call.name, _of(outline, call)))
    return attempt_of(outline, step, call)


def given_first(outline: Outline) -> Held:
    """Return the locks that a function gives back before it takes them: they are its caller's."""
    first: dict[Lock, bool] = {}
    for step in outline.steps:
        for call in sorted(calls_in(step.expr), key=lambda one: one.start):
            taken = call.name if call.name in TAKES else (attempted(call.name) or ("",))[0]
            if taken:
                first.setdefault((taken, _of(outline, call)), True)
            for take in GIVES.get(call.name, ()):
                first.setdefault((take, _of(outline, call)), False)
    return frozenset(lock for lock, taken in first.items() if not taken)


def _goes_back(outline: Outline) -> bool:
    return any(step.kind == "goto" and any(one.kind == "label" and one.name == step.name
                                           for one in outline.steps[:number])
               for number, step in enumerate(outline.steps))


def _return_without(outline: Outline, teacher: Teacher, number: int, taking: Attempt) -> int | None:
    """Return the exit for a failure that a way from the step reaches without giving the lock back."""
    ways, lock = ways_of(outline), taking.lock

    def visit(_: int, step: Step, known: Facts) -> Say:
        for call in calls_in(step.expr):
            if lock[0] in GIVES.get(call.name, ()) and _of(outline, call) == lock[1]:
                return "stop"
            if may_give(teacher, call, lock):
                return "stop"
        if step.kind == "return":
            if taking.variable and taking.value and step.expr is not None and step.expr.name == taking.variable:
                return "stop"  # the caller learns by it that it has the lock
            sure = step.expr is None or step.expr.kind != "name" or "int" not in outline.returns.split() or (
                (step.expr.name, True) in known and not _is_answer(outline, step.expr.name))
            return "found" if sure and _fails(outline, step) else "stop"
        return "on"

    there = next((part.name for call in calls_in(outline.steps[number].expr) for part in walk(call)
                  if part.kind == "name" and "*" in outline.type_of(part.name)), "")
    facts = {*({(there, True)} if there else ()), *({(taking.variable, taking.value)} if taking.variable else ())}
    way = ways.search(number, ways.known(number) | facts, visit, holds=taking.holds, then=taking.variable)
    return way[-1] if way else None


def _is_answer(outline: Outline, name: str) -> bool:
    """Return whether a function gives a variable a number above zero somewhere: that it is not zero is no failure."""
    for step in outline.steps:
        given = step.expr if step.kind == "declare" and step.name == name else next(
            (part.parts[-1] for part in walk(step.expr)
             if part.kind == "assign" and part.parts[0].kind == "name" and part.parts[0].name == name), None)
        if given is not None and ((given.kind == "literal" and given.name not in {"0", "false"})
                                  or given.name == "true"):
            return True
    return False


def may_give(teacher: Teacher, call: Expr, lock: Lock) -> bool:
    """Return whether a call may give the lock back: by its name, or because its body in the file does."""
    words = set(call.name.split("_"))
    if call.name not in GIVES and words & {"unlock", "release", "end", "leave", "exit", "restore", "finish", "drop"}:
        return True
    give = TAKES[lock[0]]
    return call.name not in TAKES and any(inner.name == give for _, body in teacher.here(call.name)
                                          for inner, _ in calls_given(body, call))


def _fails(outline: Outline, step: Step) -> bool:
    """Return whether a return gives an error, or nothing; what takes a lock for its caller gives something else."""
    if step.expr is None:
        return True
    text = outline.text(step.expr)
    return text in {"NULL", "false"} or text.startswith(("-E", "ERR_PTR(", "ERR_CAST(")) or (
        step.expr.kind == "name" and "int" in outline.returns.split())


def is_own_value(outline: Outline, step: Step) -> bool:
    """Return whether a step only gives one of the function's own variables a value."""
    expr = step.expr
    if expr is None or expr.kind not in {"assign", "update"} or expr.parts[0].kind != "name":
        return False
    name = expr.parts[0].name
    return name in {*outline.locals, *outline.parameters} and (
        all(_is_constant(call) for call in calls_in(expr)) or _converts(outline, expr, name))


def needs_no_lock(outline: Outline, step: Step) -> bool:
    """Return whether a step is one that is moved out of locks on purpose: a free, a message, a wake-up, or one of the
    function's own variables."""
    expr = step.expr
    if expr is None or is_own_value(outline, step) or expr.kind not in {"assign", "update", "call"}:
        return True
    words: set[str] = set().union(*({*call.name.split("_")} for call in calls_in(expr)), set())
    return any(gives_back(call.name) or call.name in GIVES or call.name in TAKES for call in calls_in(expr)) or bool(
        words & {"alloc", "wake", "queue", "schedule", "complete", "kzalloc", "kmalloc", "flush", "notify", "list",
                 "get", "find"}) or any(
        is_reporter(call.name, has_text=any(part.kind == "string" for part in call.parts[1:4]))
        for call in calls_in(expr))


def _is_constant(call: Expr) -> bool:
    """Return whether a call is a macro that is given nothing but constants: `DEMO_CALL(DEMO_ATTEST)`."""
    return call.name.isupper() and all(
        part.name.isupper() for argument in call.parts[1:] for part in walk(argument) if part.kind == "name")


def _converts(outline: Outline, expr: Expr, name: str) -> bool:
    """Return whether a variable gets a value that calls make of its own value alone, an address in this kernel apart:
    behind that may lie what the lock is for."""
    own = outline.type_of(name)
    return ("*" not in own or "__user" in own) and all(
        part.kind == "name" and part.name == name for call in calls_in(expr) for part in call.parts[1:])


def _is_still_its_own(outline: Outline, number: int) -> bool:
    """Return whether a step writes to an object that the function has allocated, and that nobody else has seen yet."""
    expr = outline.steps[number].expr
    name = root_of(expr.parts[0]) if expr is not None and expr.kind == "assign" and expr.parts else ""
    if expr is None or name not in outline.locals or place_of(expr.parts[0]) == name:
        return False
    given = [(at, value) for at, one in enumerate(outline.steps[:number]) for value in given_to(one, name)]
    if len(given) != 1 or not any(_ALLOCATES.search(call.name) for call in calls_in(given[0][1])):
        return False
    return not any(part.kind == "name" and part.name == name
                   for one in outline.steps[given[0][0] + 1:number] for part in _handed_out(one))


def _handed_out(step: Step) -> Iterator[Expr]:
    """Yield what a step hands to a call or stores: the arguments and values themselves, without what they point at."""
    for part in walk(step.expr):
        given = part.parts[1:] if part.kind == "call" else part.parts[1:2] if part.kind == "assign" else ()
        for one in given:
            yield from (one, *(one.parts[:1] if one.kind in {"address", "cast"} else ()))
            if one.kind == "address" and one.parts and (root := root_of(one.parts[0])):
                yield replace(one, kind="name", name=root)


def taken_out_of(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the steps that ran under a lock before the patch, and run in front of it or behind it now."""
    before, after = held_at(old), held_at(new)
    taken = {*locks_taken(new)}
    if not taken & {*locks_taken(old)}:
        return
    for number, step in enumerate(new.steps):
        text = new.said(step)
        if step.kind != "do" or step.expr is None or step.name or number not in after:
            continue
        same = [place for place, one in enumerate(old.steps) if one.kind == "do" and old.said(one) == text]
        now = [place for place, one in enumerate(new.steps) if one.kind == "do" and new.said(one) == text]
        if len(same) != 1 or len(now) != 1 or same[0] not in before or needs_no_lock(new, step) \
                or _is_still_its_own(new, number):
            continue
        lost = sorted((before[same[0]] - after[number]) & taken)
        if lost and not after[number] - before[same[0]]:
            take, what = lost[0]
            calls = calls_in(step.expr)
            name = calls[0].name if calls else root_of(step.expr.parts[0]) if step.expr.parts else ""
            yield Hit(shape="out-of-lock", line=step.line, end_line=new.last_line(step), symbol=name,
                      object=text, fields=(("callee", name), ("take", f"{take}({what})"),
                                           ("statement", text.rstrip(";"))),
                      old=((old.steps[same[0]].line, text),), new=((step.line, text),))
