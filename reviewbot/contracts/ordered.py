"""Steps that a patch moves past one another, where what each does to the other's object can be shown."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS, is_reporter
from reviewbot.contracts.away import memory_of
from reviewbot.contracts.effects import Effect, known_effects, roots_of
from reviewbot.contracts.given_first import flushed_late, is_same_memory, left_behind_read_only, origins, restored_late
from reviewbot.contracts.learn import Teacher, definitions
from reviewbot.contracts.only_moved import only_moved
from reviewbot.contracts.out_of_turn import stored_early, told_before_flush
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of, walk
from reviewbot.contracts.pairs import gives_back, known_pairs, taken_by, twins
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import ways_of
from reviewbot.patterns import regex
from reviewbot.text import bytes_between
from reviewbot.values import dataclass

__all__ = ["moved_past"]

_MOST_UNITS = 120
_MOST_MOVED = 4
_DEEPEST = 3
_CLEARS = frozenset({"clear", "clr", "reset", "destroy", "unset", "zero", "remove", "invalidate", "release", "detach",
                     "unlink", "fini", "exit", "teardown", "wipe"})
_ASSEMBLY = regex(rb"\basm\b|\b__asm__\b")
_SEGMENT = regex(rb"%%(?:gs|fs|ss|ds|es|cr\d)\b")
_LOCKING = frozenset(name for pair in LOCKS for name in pair)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A call, or an assignment that is a statement of its own: in which step, and whether something takes its value.

    `one_of`: of how many with the same words.
    """

    text: str
    expr: Expr
    at: int
    step: Step
    valued: bool
    one_of: int = 1


def moved_past(old: Outline, new: Outline, now: Teacher) -> Iterator[Hit]:
    """Yield the pairs of steps that changed places, each with what follows from it."""
    yield from told_before_flush(old, new)
    before, after = _units(old), _units(new)
    same = [text for text in before if text in after and before[text].one_of == after[text].one_of]
    seen: set[str] = set()
    found = False
    for both in ([text for text in same if before[text].one_of == 1], same):
        for hit in _moved_in(both, (old, new), (before, after), now, seen):
            found = True
            yield hit
    if not found:
        yield from only_moved(old, new)


def _moved_in(both: list[str], sides: tuple[Outline, Outline], units: tuple[dict[str, _Unit], dict[str, _Unit]],
              now: Teacher, seen: set[str]) -> Iterator[Hit]:
    (old, new), (before, after) = sides, units
    if len(both) < 2 or len(both) > _MOST_UNITS:
        return
    moved = _moved([after[text].at for text in sorted(both, key=lambda text: before[text].at)],
                   sorted(both, key=lambda text: before[text].at))
    if not moved or len(moved) > _MOST_MOVED:
        return
    for text in sorted(moved, key=lambda text: after[text].at):
        best: dict[str, tuple[bool, Hit]] = {}
        for other in both:
            one, another = (text, other) if before[text].at < before[other].at else (other, text)
            first, then, a, b = before[one], before[another], after[one], after[another]
            if first.at >= then.at or a.at <= b.at or not _one_way(a.step, b.step):
                continue
            hit = _follows(old, new, (first, then), (a, b), now)
            if hit is not None:
                far = not is_same_memory(new, b.expr, a.expr)
                if hit.shape not in best or (hit.shape == "restored-late" and best[hit.shape][0] and not far):
                    best[hit.shape] = far, hit
        for shape, (_, hit) in best.items():
            if shape + text not in seen:
                seen.add(shape + text)
                yield hit


def _units(outline: Outline) -> dict[str, _Unit]:
    """Return the units by their words; of several with the same words each with its number."""
    found: dict[str, _Unit] = {}
    counts: Counter[str] = Counter()
    for number, step in enumerate(outline.steps):
        for part in walk(step.expr):
            if (part.kind == "call" and part.name and not is_reporter(part.name, has_text=False)) or (
                    part.kind == "assign" and part is step.expr):
                text = outline.text(part)
                key = text.replace(" ", "")
                counts[key] += 1
                found[f"{key}#{counts[key]}"] = _Unit(text, part, number, step, part is not step.expr)
    return {key: replace(unit, one_of=counts[key.rpartition("#")[0]]) for key, unit in found.items()}


def _moved(positions: list[int], texts: list[str]) -> set[str]:
    """Return the texts that are not in the longest run that kept its order."""
    tails: list[int] = []
    last: list[int] = []
    back = [-1] * len(positions)
    for number, position in enumerate(positions):
        at = bisect_right(tails, position)
        back[number] = last[at - 1] if at else -1
        if at == len(tails):
            tails.append(position)
            last.append(number)
        else:
            tails[at], last[at] = position, number
    kept, number = set(), last[-1] if last else -1
    while number >= 0:
        kept.add(texts[number])
        number = back[number]
    return set(texts) - kept


def _one_way(one: Step, other: Step) -> bool:
    """Return whether one way leads through both: the blocks around one are around the other."""
    short, long = sorted((one.where, other.where), key=len)
    return long[:len(short)] == short


def _follows(old: Outline, new: Outline, before: tuple[_Unit, _Unit], after: tuple[_Unit, _Unit],
             now: Teacher) -> Hit | None:
    """Return what follows from it that `late` comes behind `early` now, and came first before the patch."""
    late, early = after
    finders = (_effect_order, _given_back, _asked_late, _set_late, _cleared_early, _behind_assembly, _out_of_bracket)
    for find in (*finders, _given_first) if late.one_of == early.one_of == 1 else (_given_first,):
        found = find(new, late, early, now)
        if found:
            shape, how = found
            place = late if shape in {"asked-late", "set-late", "behind-assembly", "behind-bracket"} else early
            return Hit(shape=shape, line=place.step.line, end_line=new.last_line(place.step),
                       symbol=_name(place), object=f"{_short(late)} {_short(early)}",
                       fields=(("callee", _name(place)), ("statement", _short(late)), ("take", _short(early)),
                               ("how", how)),
                       old=tuple((one.step.line, old.said(one.step)) for one in before),
                       new=tuple((one.step.line, new.said(one.step)) for one in (early, late)))
    return None


def _name(unit: _Unit) -> str:
    return unit.expr.name if unit.expr.kind == "call" else place_of(unit.expr.parts[0]) or unit.text


def _short(unit: _Unit) -> str:
    return unit.text if len(unit.text) <= 80 or unit.expr.kind != "call" else f"{unit.expr.name}()"


def _effect(unit: _Unit) -> Effect | None:
    return known_effects().of.get(unit.expr.name) if unit.expr.kind == "call" else None


def _effect_order(new: Outline, late: _Unit, early: _Unit, _: Teacher) -> tuple[str, str] | None:
    """A flush in front of the change that it is for, execution given before writing is taken."""
    first, then = _effect(early), _effect(late)
    if first is None or then is None or then.id not in first.after or not first.early:
        return None
    again = any(known_effects().of.get(call.name) is first for step in new.steps[late.at + 1:]
                for call in calls_in(step.expr))
    if again:
        return None
    if first.id == "tlb" or (len(early.expr.parts) > 1 < len(late.expr.parts) and _object(new, early) in {
            _object(new, late), ""}):
        return "effect-early", first.early
    if not origins(new, early.expr) & origins(new, late.expr):
        return None
    return "effect-early", f"what lies in both ranges {first.early.removeprefix('it ')}"


def _object(new: Outline, unit: _Unit) -> str:
    return memory_of(new, unit.expr.parts[1], page=False)


def _given_back(_: Outline, late: _Unit, early: _Unit, _now: Teacher) -> tuple[str, str] | None:
    """Something is given back and then still used."""
    call = early.expr
    if call.kind != "call" or call.name not in known_pairs().givers() or len(call.parts) < 2 or early.valued \
            or early.step.where != late.step.where[:len(early.step.where)]:
        return None
    thing = place_of(call.parts[1])
    if not thing or thing.startswith(("...", "&")) or late.expr.kind != "call":
        return None
    if not any(place_of(part) == thing for argument in late.expr.parts[1:] for part in walk(argument)):
        return None
    return "given-back-early", thing


def _given_first(new: Outline, late: _Unit, early: _Unit, now: Teacher) -> tuple[str, str] | None:
    """Memory is given back in front of the flush for it, or of what changes it back, or is made read-only in front of
    a call that is handed it; and a way leads on to that."""
    found = flushed_late(late.expr, early.expr, now) or restored_late(new, late.expr, early.expr, now) or (
        left_behind_read_only(new, late.expr, early.expr)) or stored_early(new, late.expr, early.expr)
    ways = ways_of(new)
    return found if found and ways.search(early.at, ways.known(early.at), lambda at, *_: (
        "found" if at == late.at else "on")) else None


def _out_of_bracket(new: Outline, late: _Unit, early: _Unit, _now: Teacher) -> tuple[str, str] | None:
    """A step that ran between two calls, the second of which takes the first back, runs outside of them."""
    for one, inner, others, shape in ((early, late, taken_by, "behind-bracket"),
                                      (late, early, twins, "before-bracket")):
        call = one.expr
        if call.kind != "call" or inner.expr.kind != "call" or not call.name or call.name in _LOCKING \
                or call.name in known_pairs().givers() or gives_back(call.name) or len(call.parts) < 2:
            continue
        words, names = [new.text(part) for part in call.parts[1:]], others(call.name)
        same = next((other for number, step in enumerate(new.steps) for other in calls_in(step.expr)
                     if other.name in names and (number < one.at) is (one is early)
                     and [new.text(part) for part in other.parts[1:]] == words), None)
        if same is not None and inner.expr.name not in names and roots_of(call) & roots_of(inner.expr):
            first, then = (same, call) if one is early else (call, same)
            return shape, f"{first.name}() and {then.name}()"
    return None


def _asked_late(new: Outline, late: _Unit, early: _Unit, _: Teacher) -> tuple[str, str] | None:
    """Something is asked about an object behind the step that takes away a part of what there is to ask."""
    expr = early.expr
    if late.expr.kind != "call" or not late.valued or expr.kind != "assign":
        return None
    root, text = root_of(expr.parts[0]), early.text.replace(" ", "")
    clears = "&=~" in text or text.endswith(("=0", "=NULL", "=false"))
    whole = any(place_of(argument) == root for argument in late.expr.parts[1:])
    if not clears or expr.parts[0].kind == "name" or "*" not in new.type_of(root) or not whole:
        return None
    return "asked-late", root


def _set_late(new: Outline, late: _Unit, early: _Unit, now: Teacher) -> tuple[str, str] | None:
    """A variable of the kernel is set behind the call that reads it."""
    if late.expr.kind != "assign" or early.expr.kind != "call" or late.expr.parts[0].kind != "name":
        return None
    name = late.expr.parts[0].name
    if new.type_of(name):
        return None
    for path, body in now.bodies(early.expr.name, (name,)):
        line = _reads(path, body, name, _DEEPEST)
        if line:
            return "set-late", f"{path}:{line}"
    return None


def _reads(path: str, body: Outline, name: str, depth: int) -> int:
    """Return the line on which a function, or one of its own file that it calls, reads a variable it never sets."""
    parts = [(step.line, part) for step in body.steps for part in walk(step.expr)]
    if any(part.kind == "assign" and part.parts[0].kind == "name" and part.parts[0].name == name for _, part in parts):
        return 0
    line = next((line for line, part in parts if part.kind == "name" and part.name == name), 0)
    if line or depth < 2:
        return line
    for called in dict.fromkeys(part.name for _, part in parts if part.kind == "call" and part.name != body.name):
        for inner in definitions(path, body.data, called):
            line = _reads(path, inner, name, depth - 1)
            if line:
                return line
    return 0


def _cleared_early(_: Outline, late: _Unit, early: _Unit, now: Teacher) -> tuple[str, str] | None:
    """A call clears fields in front of one that reads them."""
    call = early.expr
    if call.kind != "call" or late.expr.kind != "call" or not _CLEARS & set(call.name.split("_")):
        return None
    read = {part.name.lstrip("->.") for argument in late.expr.parts[1:] for part in walk(argument)
            if part.kind == "field"}
    if not read:
        return None
    written = _writes(call.name, now, _DEEPEST)
    both = sorted(read & written)
    return ("cleared-early", both[0]) if both else None


def _writes(name: str, teacher: Teacher, depth: int) -> set[str]:
    """Return the fields that a function writes, itself or through those that it calls."""
    found: set[str] = set()
    for _, body in teacher.bodies(name)[:2]:
        for step in body.steps:
            for part in walk(step.expr):
                if part.kind == "assign" and part.parts[0].kind == "field":
                    found.add(part.parts[0].name.lstrip("->."))
                elif part.kind == "call" and depth > 1 and part.name and part.name != name and _CLEARS | {
                        "set", "root", "update"} & set(part.name.split("_")):
                    found |= _writes(part.name, teacher, depth - 1)
    return found


def _behind_assembly(_: Outline, late: _Unit, early: _Unit, now: Teacher) -> tuple[str, str] | None:
    """A function is called behind assembly that changes the CPU, where it was called in front of it."""
    if late.expr.kind != "call" or early.expr.kind != "call" or late.expr.name in _LOCKING \
            or late.expr.name.startswith("__builtin") or late.expr.name.isupper() or len(early.expr.parts) > 1:
        return None
    bodies = now.here(early.expr.name)
    if len(bodies) != 1:
        return None
    body = bodies[0][1]
    text = bytes_between(body.data, body.line, body.end_line)
    segments = _ASSEMBLY.search(text) is not None and _SEGMENT.search(text) is not None
    return ("behind-assembly", "") if segments and not any(
        step.kind in {"return", "test"} for step in body.steps) else None
