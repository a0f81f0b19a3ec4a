"""Memory that an allocator hands out writable and executable at once, and until when it stays so."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.results import peeled
from reviewbot.contracts.types import Hit

__all__ = ["allocators_asked", "handed_out_executable"]

_ALLOCATORS = frozenset({"module_alloc", "alloc_insn_page", "bpf_jit_alloc_exec"})
_ENDS = frozenset({"read-only", "not-executable"})


def allocators_asked(_: Outline | None, new: Outline, now: Teacher) -> Iterator[str]:
    """Yield the allocators whose definitions will be looked for."""
    if now.near.startswith("arch/"):
        yield from sorted({call.name for step in new.steps for call in calls_in(step.expr)} & _ALLOCATORS)


def handed_out_executable(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what the function gets writable and executable from its own architecture's allocator."""
    if not teacher.near.startswith("arch/"):
        return
    folder = "/".join(teacher.near.split("/")[:2]) + "/"
    for number, step in enumerate(outline.steps):
        taken = _taken(step)
        if taken is None:
            continue
        variable, call = taken
        given = _protection(teacher, call.name, folder)
        if given is None:
            continue
        protection, where = given
        ends = _end(outline, number, variable)
        if _as_others_do(teacher, call.name, folder, stays=ends is None):
            continue
        end = f" until '{outline.text(ends[1])}'" if ends else ", and nothing in this function takes either away"
        yield Hit(shape="until" if ends else "stays", line=step.line, end_line=outline.last_line(step),
                  symbol=call.name, object=variable,
                  fields=(("callee", call.name), ("variable", variable), ("take", protection), ("where", where),
                          ("end", end), ("statement", outline.said(step).rstrip(";"))),
                  new=((step.line, outline.said(step)), *(((ends[0].line, outline.said(ends[0])),) if ends else ())))


def _end(outline: Outline, number: int, variable: str) -> tuple[Step, Expr] | None:
    """Return the step, and the call in it, with which memory taken in a step is no longer both; None for none."""
    return next(((one, inner) for one in outline.steps[number + 1:] for inner in calls_in(one.expr)
                 if (effect := known_effects().of.get(inner.name)) is not None and effect.id in _ENDS
                 and any(part.kind == "name" and part.name == variable for part in walk(inner))), None)


def _as_others_do(teacher: Teacher, name: str, folder: str, *, stays: bool) -> bool:
    """Return whether another file of the architecture takes memory from the allocator and leaves it both as long: then
    that is how the architecture does it, and no question to whoever does so as well."""
    for path in teacher.files_of(name, folder):
        for caller in teacher.beside(path).callers_here(name) if path != teacher.near else ():
            for number, step in enumerate(caller.steps):
                taken = _taken(step)
                if taken is not None and taken[1].name == name and caller.name not in _ALLOCATORS:
                    ends = _end(caller, number, taken[0])
                    if ends is None or (not stays and known_effects().of[ends[1].name].id == "read-only"):
                        return True
    return False


def _taken(step: Step) -> tuple[str, Expr] | None:
    expr = step.expr
    if expr is None:
        return None
    if step.kind == "declare":
        name, value = step.name, peeled(expr)
    elif step.kind == "do" and expr.kind == "assign" and expr.name == "=" and len(expr.parts) == 2:
        name, value = place_of(expr.parts[0]), peeled(expr.parts[1])
    else:
        return None
    return (name, value) if name.isidentifier() and value.kind == "call" and value.name in _ALLOCATORS else None


def _protection(teacher: Teacher, name: str, folder: str) -> tuple[str, str] | None:
    """Return the one protection that the architecture's definition names, and where, when it allows both."""
    bodies = teacher.bodies_below(name, folder)
    if len(bodies) != 1:
        return None
    path, body = bodies[0]
    table = known_effects().protections
    named = {part.name: step.line for step in body.steps for part in walk(step.expr)
             if part.kind == "name" and part.name.startswith("PAGE_KERNEL")}
    [protection, *more] = sorted(named) or [""]
    changes = any(effect.id in _ENDS for step in body.steps for call in calls_in(step.expr)
                  if (effect := known_effects().of.get(call.name)) is not None)
    both = table.get(protection) == (True, True) and not more and not changes
    return (protection, f"{path}:{named[protection]}") if both else None
