"""Memory that is touched behind a hook which takes it away, or in front of the one which brings it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.given_in import constants_given, steps_given
from reviewbot.contracts.guards import guards_of
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of, walk
from reviewbot.contracts.results import peeled
from reviewbot.contracts.tables import effect_table
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Hook", "known_hooks", "memory_of", "touched_when_away"]

_DEEPEST = 2  # helpers of the file that a touch is looked for in
_MOST_STEPS = 30  # of such a helper
_MOST_HOOKS = 12  # calls of hooks in one function that are followed
_WORDS = regex(r"\b[A-Za-z_]\w*")
_SPEECH = {"reads": "reads", "writes": "writes"}
_MAPS = frozenset({"kmap", "kmap_atomic", "kmap_local_page"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One kind of taking away: by which functions, at which argument, what it denies, what brings back, and which
    questions are answered with no wherever it does anything. `how` is what becomes of an access, `front` of one before
    the call that brings the memory back."""

    functions: Mapping[str, int]
    only: Mapping[str, tuple[int, str]]
    given: frozenset[str]
    page: bool
    denies: frozenset[str]
    back: frozenset[str]
    unless: frozenset[str]
    starts: bool
    how: str
    front: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """All hooks, and the functions that read and write memory with the numbers of the arguments that name it."""

    away: tuple[Hook, ...]
    reads: Mapping[str, tuple[int, ...]]
    writes: Mapping[str, tuple[int, ...]]


class _Touch(NamedTuple):
    """An access: what it does to which memory, by which call or store, and where a helper does it."""

    use: str
    memory: str
    name: str
    text: str
    where: str


@lru_cache(maxsize=1)
def known_hooks() -> Hooks:
    """Return the program's own hooks. Raises DataError when the table does not load."""
    return effect_table("away.toml", lambda table: Hooks(
        away=tuple(_hook(entry) for entry in table["away"]),
        reads={name: tuple(at) for name, at in table["reads"].items()},
        writes={name: tuple(at) for name, at in table["writes"].items()}))


def _hook(entry: dict[str, Any]) -> Hook:
    only = {name: (at, value) for name, (at, value) in entry.get("only", {}).items()}
    return Hook(functions=entry["functions"], only=only, given=frozenset(entry.get("given", ())),
                page=entry["of"] == "page", denies=frozenset(entry["denies"]), back=frozenset(entry["back"]),
                unless=frozenset(entry.get("unless", ())), starts=entry.get("starts", False), how=entry["how"],
                front=entry.get("front", entry["how"]))


def touched_when_away(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what touches memory that a way to it has taken away, or has not yet brought back."""
    seen: set[tuple[str, str, str]] = set()
    followed = 0
    for number, step in enumerate(outline.steps):
        for call in calls_in(step.expr):
            for hook in known_hooks().away:
                away, back = _takes(hook, outline, call), hook.starts and _gives(hook, outline, call)
                if (not away and not back) or followed >= _MOST_HOOKS:
                    continue
                followed += 1
                for hit in (_behind if away else _in_front)(outline, teacher, number, call, hook):
                    if hit.key not in seen:
                        seen.add(hit.key)
                        yield hit


def _behind(outline: Outline, teacher: Teacher, number: int, call: Expr, hook: Hook) -> Iterator[Hit]:
    memory = memory_of(outline, call.parts[hook.functions[call.name] + 1], page=hook.page)
    found: dict[tuple[int, str], tuple[Step, _Touch]] = {}
    step = outline.steps[number]
    result = _result(step, call)
    asking = _asking(outline, hook.unless)

    def visit(at: int, there: Step, facts: Facts) -> Say:
        if at == number or (result and (result, True) in facts) or _loses(there, memory) or any(
                _gives(hook, outline, one) and _of(outline, hook, one) in {memory, ""} for one in calls_in(there.expr)):
            return "stop"
        if _is_off(hook, asking, facts):
            return "on"
        for touch in _touches(outline, teacher, there, page=hook.page):
            if touch.memory == memory and touch.use in hook.denies and touch.name != call.name:
                found.setdefault((at, touch.name), (there, touch))
        return "on"

    ways = ways_of(outline)
    if memory and ways.reached(number):
        ways.search(number, ways.known(number), visit, holds=_holds_when_done(step, call))
    yield from (_hit("touched-behind", outline, (step, call), there, touch, hook) for there, touch in found.values())


def _is_off(hook: Hook, asking: frozenset[str], facts: Facts) -> bool:
    """Return whether something is known that is answered with no wherever the hook does anything; `asking` are the
    variables that are true only where it is."""
    return bool(hook.unless) and any(held and (text in asking or not hook.unless.isdisjoint(_WORDS.findall(text)))
                                     for text, held in facts)


def _asking(outline: Outline, names: frozenset[str]) -> frozenset[str]:
    """Return the variables that are true only where one of these functions has answered with yes."""
    if not names:
        return names
    values: dict[str, list[Expr]] = {}
    for step in outline.steps:
        if step.kind == "declare" and step.expr is not None:
            values.setdefault(step.name, []).append(step.expr)
        for part in walk(step.expr):
            if part.kind in {"assign", "update"} and part.parts:
                values.setdefault(place_of(part.parts[0]), []).append(part.parts[-1])
    return frozenset(name for name, given in values.items() if name and all(_needs(value, names) for value in given))


def _needs(value: Expr, names: frozenset[str]) -> bool:
    """Return whether a value is true only where one of these functions answers with yes: `f()`, `f() && x`."""
    value = peeled(value)
    if value.kind == "call":
        return value.name in names
    if value.kind in {"both", "either"}:
        return (any if value.kind == "both" else all)(_needs(part, names) for part in value.parts)
    return False


def _result(step: Step, call: Expr) -> str:
    """Return the variable that takes what the hook returns: where it is known not to be 0, the hook has failed."""
    if step.kind == "declare" and step.expr is not None and peeled(step.expr) is call:
        return step.name
    expr = step.expr
    taken = expr is not None and expr.kind == "assign" and peeled(expr.parts[-1]) is call
    return place_of(expr.parts[0]) if expr is not None and taken else ""


def _holds_when_done(step: Step, call: Expr) -> bool | None:
    """Return how a test of the hook's own result comes out where the hook has not failed, None where it is none."""
    if step.kind != "test" or step.expr is None:
        return None
    turned = step.expr.kind == "unary" and step.expr.name == "!" and bool(step.expr.parts)
    inner = peeled(step.expr.parts[0] if turned else step.expr)
    return turned if inner is call else None


def _in_front(outline: Outline, teacher: Teacher, number: int, call: Expr, hook: Hook) -> Iterator[Hit]:
    """Yield what touches the memory in front of the call that brings it back, where nothing before took it away."""
    memory = _of(outline, hook, call)
    if not memory or any((_takes(hook, outline, one) or _gives(hook, outline, one)) and one is not call
                         for step in outline.steps[:number + 1] for one in calls_in(step.expr)):
        return
    ways, asking = ways_of(outline), _asking(outline, hook.unless)
    for at, step in enumerate(outline.steps[:number]):
        for touch in _touches(outline, teacher, step, page=hook.page):
            if touch.memory == memory and touch.use in hook.denies and ways.reached(at) \
                    and not _is_off(hook, asking, ways.known(at)) and ways.search(
                    at, ways.known(at), lambda here, one, _: "stop" if _loses(one, memory)
                    else "found" if here == number else "on"):
                yield _hit("touched-in-front", outline, (outline.steps[number], call), step, touch, hook)


def _hit(shape: str, outline: Outline, hooked: tuple[Step, Expr], step: Step, touch: _Touch, hook: Hook) -> Hit:
    taken, call = hooked
    guards, at = guards_of(outline), outline.steps.index
    own = {atom.key for atom in guards[at(taken)]}
    tests = [atom.said for atom in guards[at(step)] if atom.key not in own]
    how = hook.front if shape == "touched-in-front" else hook.how
    return Hit(shape=shape, line=step.line, end_line=outline.last_line(step), symbol=touch.name,
               object=f"{touch.memory} {call.name}",
               fields=(("callee", call.name), ("how", how), ("statement", touch.text),
                       ("take", outline.text(call)), ("use", _SPEECH[touch.use]), ("variable", touch.memory),
                       ("by", f" ({touch.where})" if touch.where else ""),
                       ("test", f" where '{tests[0]}'" if len(tests) == 1 else " in some cases" if tests else "")),
               new=tuple(sorted({(taken.line, outline.said(taken)), (step.line, outline.said(step))})))


def _takes(hook: Hook, outline: Outline, call: Expr) -> bool:
    at = hook.functions.get(call.name)
    if at is None or len(call.parts) < at + 2:
        return False
    place, value = hook.only.get(call.name, (0, ""))
    if place and len(call.parts) < place + 2:
        return call.name not in hook.given
    return not place or outline.text(call.parts[place + 1]) == value


def _gives(hook: Hook, outline: Outline, call: Expr) -> bool:
    return call.name in hook.back and not _takes(hook, outline, call)


def _of(outline: Outline, hook: Hook, call: Expr) -> str:
    """Return the memory that a hook is called for."""
    at = hook.functions.get(call.name, 0) + 1
    return memory_of(outline, call.parts[at], page=hook.page) if len(call.parts) > at else ""


def memory_of(outline: Outline, expr: Expr, *, page: bool, depth: int = 3) -> str:
    """Return the place that names memory, without casts and conversions; of pages also that of one further on."""
    expr = peeled(expr)
    while True:
        if expr.kind == "call" and (is_conversion(expr.name) or expr.name in _MAPS) and len(expr.parts) > 1:
            expr = peeled(expr.parts[1])
        elif page and expr.kind == "binary" and expr.name == "+" and len(expr.parts) == 2:
            expr = peeled(expr.parts[0])
        else:
            break
    place = place_of(expr)
    if not place or place.isupper() or expr.kind == "literal":
        return ""
    value = _only_value(outline, place) if depth else None
    return memory_of(outline, value, page=page, depth=depth - 1) or place if value is not None else place


def _only_value(outline: Outline, name: str) -> Expr | None:
    """Return the conversion that a local variable is made by, None where it takes anything else too."""
    if name not in outline.locals:
        return None
    values = [step.expr for step in outline.steps if step.kind == "declare" and step.name == name and step.expr]
    values += [part.parts[-1] for step in outline.steps for part in walk(step.expr)
               if part.kind in {"assign", "update"} and part.parts and place_of(part.parts[0]) == name]
    value = peeled(values[0]) if len(values) == 1 else None
    return value if value is not None and value.kind == "call" and (
        is_conversion(value.name) or value.name in _MAPS) else None


def _loses(step: Step, memory: str) -> bool:
    """Return whether what names the memory gets another value there."""
    root = re.split(r"->|[.\[]", memory, maxsplit=1)[0]
    return (step.kind == "declare" and step.name == root) or any(
        (part.kind in {"assign", "update"} and part.parts and place_of(part.parts[0]) in {memory, root})
        or (part.kind == "address" and part.parts and place_of(part.parts[0]) in {memory, root})
        for part in walk(step.expr)) or (step.loop and bool(step.name) and any(
            part.kind == "name" and part.name == root for part in walk(step.expr)))


def _touches(outline: Outline, teacher: Teacher, step: Step, *, page: bool, depth: int = _DEEPEST) -> Iterator[_Touch]:
    """Yield the accesses of a step, also those of helpers in the same file."""
    hooks = known_hooks()
    for part in walk(step.expr):
        if part.kind == "call" and part.name:
            for use, table in (("writes", hooks.writes), ("reads", hooks.reads)):
                for at in table.get(part.name, ()):
                    if len(part.parts) > at + 1 and (memory := memory_of(outline, part.parts[at + 1], page=page)):
                        yield _Touch(use, memory, part.name, outline.text(part), "")
            if part.name not in hooks.writes and part.name not in hooks.reads and depth and len(part.parts) > 1:
                yield from _inside(outline, teacher, part, page=page, depth=depth)
        elif part.kind == "assign" and part.parts and not page:
            memory = _stored(part.parts[0])
            if memory:
                yield _Touch("writes", memory, memory, outline.text(part), "")


def _inside(outline: Outline, teacher: Teacher, call: Expr, *, page: bool, depth: int) -> Iterator[_Touch]:
    bodies = teacher.here(call.name)
    if len(bodies) != 1 or len(bodies[0][1].steps) > _MOST_STEPS:
        return
    path, body = bodies[0]
    for number, name in enumerate(body.parameters):
        memory = memory_of(outline, call.parts[number + 1], page=page) if len(call.parts) > number + 1 else ""
        for step, _ in steps_given(body, constants_given(body, call)) if memory else ():
            if any(place_of(part.parts[0]) == name for part in walk(step.expr) if part.kind == "assign" and part.parts):
                break
            for touch in _touches(body, teacher, step, page=page, depth=depth - 1):
                if touch.memory == name:
                    yield _Touch(touch.use, memory, call.name, outline.text(call),
                                 f"by '{touch.text}' in {path}:{step.line}")
                    break


def _stored(place: Expr) -> str:
    """Return the pointer through which something is stored: `p` of `p->x`, `*p` and `p[0]`; empty for none."""
    while place.kind == "field" and not place.name.startswith("->") and place.parts:
        place = place.parts[0]
    if place.kind not in {"deref", "index", "field"} or not place.parts or not root_of(place):
        return ""
    return place_of(peeled(place.parts[0]))
