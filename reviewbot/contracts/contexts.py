"""Where code may not sleep, and what a patch changes about what protects it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS
from reviewbot.contracts.held import held_at
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.types import Hit

__all__ = ["protections_lost", "sleeps_while_held"]

_SPINNING = frozenset(take for take, _ in LOCKS if take.startswith((
    "spin_lock", "raw_spin_lock", "read_lock", "write_lock", "local_irq", "preempt_disable", "bit_spin", "arch_spin")))
_SLEEPS = frozenset({
    "mutex_lock", "down_read", "down_write", "msleep", "usleep_range", "schedule_timeout", "synchronize_rcu",
    "wait_for_completion", "cond_resched", "vmalloc", "vzalloc", "kvmalloc", "vfree", "flush_work",
    "cancel_work_sync", "might_sleep", "schedule", "alloc_percpu", "kthread_stop", "mmap_read_lock",
    "mmap_write_lock", "cpus_read_lock", "pte_alloc_kernel"
})
_WAITING = frozenset({"GFP_KERNEL", "GFP_KERNEL_ACCOUNT", "GFP_USER", "GFP_HIGHUSER"})
_NOT_WAITING = frozenset({"GFP_ATOMIC", "GFP_NOWAIT"})
_ALLOCATES = ("alloc", "get_free_page", "get_zeroed_page", "kmemdup", "kstrdup", "kasprintf")
_STRONGER = {"spin_lock": ("spin_lock_irqsave", "spin_lock_irq", "spin_lock_bh"),
             "raw_spin_lock": ("raw_spin_lock_irqsave", "raw_spin_lock_irq", "raw_spin_lock_bh"),
             "read_lock": ("read_lock_irqsave", "read_lock_irq", "read_lock_bh"),
             "write_lock": ("write_lock_irqsave", "write_lock_irq", "write_lock_bh")}
_TAKES = dict(LOCKS)


def sleeps_while_held(outline: Outline, _: Teacher) -> Iterator[Hit]:
    """Yield what may sleep at a step that every way reaches with a spinlock held, or interrupts or preemption off."""
    for number, held in sorted(held_at(outline).items()):
        spinning = sorted(lock for lock in held if lock[0] in _SPINNING)
        step = outline.steps[number]
        for call in calls_in(step.expr) if spinning else ():
            why = _sleeps(call)
            if why:
                take, what = spinning[0]
                taken = next((one for one in outline.steps if any(
                    inner.name == take for inner in calls_in(one.expr))), step)
                yield Hit(shape="sleeps-while-held", line=outline.line_of(call), end_line=outline.last_line(step),
                          symbol=call.name, object=outline.text(call),
                          fields=(("callee", call.name), ("how", why), ("take", f"{take}({what})"),
                                  ("statement", outline.text(call))),
                          new=((taken.line, outline.said(taken)), (step.line, outline.said(step))))


def _sleeps(call: Expr) -> str:
    if call.name in _SLEEPS:
        return f"{call.name}() may sleep"
    if any(word in call.name for word in _ALLOCATES):
        flags = {part.name for argument in call.parts[1:] for part in walk(argument) if part.kind == "name"}
        if flags & _WAITING and not flags & _NOT_WAITING:
            return f"an allocation with {min(flags & _WAITING)} may sleep"
    return ""


def protections_lost(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what protected the function before the patch and does so less, or not at all, after it."""
    yield from _may_sleep_now(old, new)
    yield from _weaker_locks(old, new)
    yield from _guards_gone(old, new)
    yield from _arguments_turned(old, new, teacher)


def _may_sleep_now(old: Outline, new: Outline) -> Iterator[Hit]:
    """A call that the patch leaves as it was but for its flags, which let it sleep now."""
    was = {_without(outline_text, flag): outline_text for outline_text in map(old.text, _calls(old))
           for flag in sorted(_NOT_WAITING) if flag in outline_text}
    for call in _calls(new):
        text = new.text(call)
        for flag in sorted(_WAITING):
            earlier = was.get(_without(text, flag)) if f"{flag}" in text else None
            if earlier and not any(text == old.text(other) for other in _calls(old)):
                yield Hit(shape="may-sleep-now", line=new.line_of(call), end_line=new.line_of(call), symbol=call.name,
                          object=text, fields=(("callee", call.name), ("was", earlier), ("now", text)),
                          old=((old.line, earlier),), new=((new.line_of(call), text),))
                return


def _without(text: str, flag: str) -> str:
    return text.replace(flag, "?")


def _calls(outline: Outline) -> list[Expr]:
    return [call for step in outline.steps for call in calls_in(step.expr) if call.name]


def _locks(outline: Outline) -> dict[tuple[str, str], Step]:
    found: dict[tuple[str, str], Step] = {}
    for step in outline.steps:
        for call in calls_in(step.expr):
            if call.name in _TAKES:
                found.setdefault((call.name, outline.text(call.parts[1]) if len(call.parts) > 1 else ""), step)
    return found


def _weaker_locks(old: Outline, new: Outline) -> Iterator[Hit]:
    """A lock that was taken with interrupts (or bottom halves) off and is taken with them on."""
    before, after = _locks(old), _locks(new)
    for (take, what), step in sorted(after.items(), key=lambda item: item[1].line):
        stronger = next((one for one in _STRONGER.get(take, ()) if (one, what) in before and (one, what) not in after),
                        None)
        if stronger and (take, what) not in before and what:
            yield Hit(shape="weaker-lock", line=step.line, end_line=step.line, symbol=take, object=what,
                      fields=(("callee", take), ("was", f"{stronger}({what})"), ("now", f"{take}({what})"),
                              ("take", what)),
                      old=((before[stronger, what].line, f"{stronger}({what})"),), new=((step.line, new.said(step)),))


def _guards_gone(old: Outline, new: Outline) -> Iterator[Hit]:
    """A lock, or preemption or interrupts off, that the function took and gave back, and that is gone."""
    before, after = _locks(old), _locks(new)
    if after or any(call.name in {"guard", "scoped_guard"} or "lock" in call.name.split("_") for call in _calls(new)):
        return  # another lock took its place, or one around it is still there
    gives = {call.name for call in _calls(new)}
    held = held_at(old)
    texts = {new.said(step): step for step in new.steps if step.kind == "do" and calls_in(step.expr)}
    for (take, what), step in before.items():
        inside = [old.said(old.steps[number]) for number, locks in sorted(held.items()) if (take, what) in locks
                  and old.steps[number].kind == "do" and old.steps[number].expr is not None]
        kept = [text for text in inside if text in texts and _TAKES[take] not in text]
        if kept and _TAKES[take] not in gives and len(before) == 1:
            place = texts[kept[0]]
            yield Hit(shape="guard-gone", line=place.line, end_line=new.last_line(place), symbol=take,
                      object=f"{take}({what})",
                      fields=(("callee", take), ("take", f"{take}({what})"), ("statement", kept[0].rstrip(";"))),
                      old=((step.line, old.said(step)),), new=((place.line, kept[0]),))


def _arguments_turned(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """A call that tells its callee now that a lock is not held, in a function that others call with a lock held."""
    before = [(call, [old.text(part) for part in call.parts[1:]]) for call in _calls(old)]
    for call in _calls(new):
        now = [new.text(part) for part in call.parts[1:]]
        if any(other.name == call.name and texts == now for other, texts in before):
            continue
        for other, texts in before:
            if other.name != call.name or len(texts) != len(now):
                continue
            differ = [number for number, pair in enumerate(zip(texts, now, strict=True)) if pair[0] != pair[1]]
            if len(differ) == 1 and (texts[differ[0]], now[differ[0]]) == ("true", "false") \
                    and "lock" in _parameter(call.name, differ[0], teacher):
                locked = teacher.locked_caller(new.name)
                if not locked:
                    break
                yield Hit(shape="argument-turned", line=new.line_of(call), end_line=new.line_of(call), symbol=call.name,
                          object=str(differ[0]),
                          fields=(("callee", call.name), ("was", texts[differ[0]]), ("now", now[differ[0]]),
                                  ("statement", new.text(call)), ("where", locked)),
                          old=((old.line_of(other), old.text(other)),), new=((new.line_of(call), new.text(call)),))
                break


def _parameter(name: str, number: int, teacher: Teacher) -> str:
    """Return what a function of the file at hand calls its parameter, empty where it is not defined there."""
    for _, body in teacher.here(name):
        names = list(body.parameters)
        return names[number] if number < len(names) else ""
    return ""
