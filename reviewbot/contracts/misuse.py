"""What is given back wrongly: used behind it, given to the wrong function, given back twice, or in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of, walk
from reviewbot.contracts.pairs import gives_back, known_pairs
from reviewbot.contracts.results import asks_in, treatments
from reviewbot.contracts.types import Hit

__all__ = ["misuses"]

_FREES = {"kfree": 0, "kvfree": 0, "vfree": 0, "kfree_sensitive": 0, "kvfree_sensitive": 0, "kmem_cache_free": 1,
          "kfree_const": 0}
_ARRAYS = frozenset({"kcalloc", "kmalloc_array", "kvcalloc", "kvmalloc_array", "devm_kcalloc"})
_LISTS = re.compile(r"h?list_add\w*")


def misuses(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what is used after it was given back, or given back in a way that does not fit how it was got."""
    yield from _used_after(outline)
    yield from _freed_in_walk(outline)
    yield from _wrong_give(outline)
    yield from _given_twice(outline, teacher)
    yield from _part_of_array(outline, teacher)


def _hit(shape: str, outline: Outline, step: Step, symbol: str, thing: str, earlier: Step | None, **fields: str) -> Hit:
    lines = ((earlier.line, outline.said(earlier)),) if earlier else ()
    return Hit(shape=shape, line=step.line, end_line=outline.last_line(step), symbol=symbol, object=thing,
               fields=tuple(sorted({"callee": symbol, "variable": thing, **fields}.items())),
               new=(*lines, (step.line, outline.said(step))))


def _used_after(outline: Outline) -> Iterator[Hit]:
    for number, step in enumerate(outline.steps):
        call = step.expr
        if step.kind != "do" or call is None or call.kind != "call" or call.name not in _FREES:
            continue
        argument = _FREES[call.name] + 1
        thing = place_of(call.parts[argument]) if len(call.parts) > argument else ""
        if not thing or thing.startswith("..."):
            continue
        for after in outline.steps[number + 1:]:
            if after.where != step.where[:len(after.where)] and after.where[:len(step.where)] != step.where:
                continue
            if after.kind == "label" or (after.kind == "declare" and after.name == thing):
                break
            if after.where == step.where and _reassigns(after.expr, thing):
                break
            if len(after.where) < len(step.where):
                break
            if _follows(after.expr, thing):
                yield _hit("used-after", outline, after, call.name, thing, step, use=outline.said(after).rstrip(";"))
                break
            if after.kind in {"return", "goto", "break", "continue"} or after.where != step.where:
                break


def _freed_in_walk(outline: Outline) -> Iterator[Hit]:
    """Yield the entries of a list that are freed inside a walk which takes the next one from the entry."""
    for step in outline.steps:
        macro = re.search(rb"(\w+)\s*\(\s*$", outline.data[max(0, step.start - 80):step.start]) if step.loop else None
        if macro is None or not re.fullmatch(rb"h?list_for_each_entry(?:_continue|_from|_rcu)?", macro[1]):
            continue
        entry = next((part.name for part in walk(step.expr) if part.kind == "name"), "")
        steps = outline.inside(step.branches[0])
        for number, inner in enumerate(steps):
            call = inner.expr
            if inner.kind == "do" and call is not None and call.kind == "call" and call.name in _FREES and len(
                    call.parts) > _FREES[call.name] + 1 and place_of(call.parts[_FREES[call.name] + 1]) == entry \
                    and not any(one.kind in {"break", "return", "goto"} and one.where == inner.where[:len(one.where)]
                                for one in steps[number + 1:]):
                yield _hit("freed-in-walk", outline, inner, call.name, entry, step, take=f"{macro[1].decode()}()")


def _reassigns(expr: Expr | None, thing: str) -> bool:
    owner = re.split(r"->|\.", thing)[0]
    return any((part.kind == "assign" and place_of(part.parts[0]) in {thing, owner})
               or (part.kind == "address" and place_of(part.parts[0]) == thing) for part in walk(expr))


def _follows(expr: Expr | None, thing: str) -> bool:
    """Return whether an expression looks behind the pointer."""
    return any(((part.kind == "field" and part.name.startswith("->"))
                or part.kind in {"deref", "index"}) and place_of(part.parts[0]) == thing for part in walk(expr))


def _wrong_give(outline: Outline) -> Iterator[Hit]:
    pairs = known_pairs()
    givers = pairs.givers()
    argued = {give: take for take, gives in pairs.of_argument.items() for give in gives}
    got: dict[str, set[tuple[str, int]]] = {}
    for one in treatments(outline):
        if one.target and "->" not in one.target:
            got.setdefault(one.target, set()).add((one.callee, one.step))
    for step in outline.steps:
        for call in calls_in(step.expr):
            if call.name in argued and len(call.parts) > 1:
                yield from _unmapped(outline, step, call, argued[call.name])
            if call.name not in givers or len(call.parts) < 2:
                continue
            thing = place_of(call.parts[1])
            sources = {name for name, _ in got.get(thing, set())}
            if len(sources) == 1 and thing in outline.locals:
                [source] = sources
                fits = pairs.of_result.get(source, frozenset())
                if fits and call.name not in fits and not _reassigned(outline, thing):
                    taken = outline.steps[next(at for _, at in got[thing])]
                    yield _hit("wrong-give", outline, step, call.name, thing, taken, take=f"{source}()",
                               fits=f"{min(fits, key=len)}()")


def _reassigned(outline: Outline, thing: str) -> bool:
    """Return whether the variable takes more than what one call gives."""
    count = sum(1 for step in outline.steps for part in walk(step.expr)
                if part.kind == "assign" and place_of(part.parts[0]) == thing)
    return count + any(step.kind == "declare" and step.name == thing and step.expr is not None
                       for step in outline.steps) > 1


def _unmapped(outline: Outline, step: Step, call: Expr, take: str) -> Iterator[Hit]:
    """Yield an undo of `take` on something that the function only got in another way, which has its own undo."""
    thing = outline.text(call.parts[1])
    pairs = known_pairs()
    calls = [(one, other) for other in outline.steps for one in calls_in(other.expr)
             if len(one.parts) > 1 and outline.text(one.parts[1]) == thing]
    if any(one.name == take for one, _ in calls):
        return
    for one, other in calls:
        verb = one.name.split("_")[0]
        if one.name in pairs.of_result and verb == take.split("_", maxsplit=1)[0]:
            yield _hit("wrong-give", outline, step, call.name, thing, other, take=f"{one.name}()",
                       fits=f"{min(pairs.of_result[one.name])}()")
            return


def _given_twice(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what is given back when a function fails that has given it back itself by then."""
    for step in outline.steps:
        if step.kind != "test" or step.loop or not step.branches:
            continue
        asks = list(asks_in(step.expr))
        if len(asks) != 1 or asks[0].how not in {"true", "negative"} or asks[0].subject.kind != "call":
            continue
        failed = asks[0].subject
        for inner in outline.inside(step.branches[0]):
            call = inner.expr
            if inner.kind != "do" or call is None or call.kind != "call" or not gives_back(call.name):
                continue
            for path, body in teacher.here(failed.name):
                own = next((one for one in _failing_steps(body) if any(
                    give.name == call.name for give in calls_in(one.expr))), None)
                if own is not None and _same_thing(outline, call, failed):
                    yield _hit("given-twice", outline, inner, call.name, outline.text(call), step,
                               failed=f"{failed.name}()", where=f"{path}:{own.line}")


def _failing_steps(body: Outline) -> list[Step]:
    """Return the steps that only run on the way to an error: in a branch that ends so, or behind a label."""
    found: list[Step] = []
    for step in body.steps:
        for branch in step.branches:
            if branch.leaves in {"return", "goto"}:
                found += body.inside(branch)
    label = next((number for number, step in enumerate(body.steps) if step.kind == "label"), None)
    if label is not None and label and body.steps[label - 1].kind == "return":
        found += body.steps[label:]
    return found


def _same_thing(outline: Outline, call: Expr, failed: Expr) -> bool:
    """Return whether two calls are about the same thing, also through what one is made of: `p = page_address(page)`."""
    given, taken = _named(call, outline), _named(failed, outline)
    for _ in range(2):
        taken |= {name for step in outline.steps for target, value in _assigned(step) if target in taken
                  for name in _named(value, outline)}
    return bool(given) and given <= taken


def _named(expr: Expr, outline: Outline) -> set[str]:
    return {part.name for part in walk(expr) if part.kind == "name" and (
        part.name in outline.locals or part.name in outline.parameters)}


def _assigned(step: Step) -> Iterator[tuple[str, Expr]]:
    if step.kind == "declare" and step.expr is not None:
        yield step.name, step.expr
    for part in walk(step.expr):
        if part.kind == "assign" and len(part.parts) == 2:
            yield place_of(part.parts[0]), part.parts[1]


def _part_of_array(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield elements of one allocated array that go on a list whose entries the file frees one by one."""
    arrays = {one.target: one for one in treatments(outline, _ARRAYS) if one.target in outline.locals}
    for step in outline.steps:
        for call in calls_in(step.expr):
            if not _LISTS.fullmatch(call.name) or len(call.parts) < 2:
                continue
            base = next((part for part in walk(call.parts[1]) if part.kind == "index"), None)
            name = root_of(base)
            if base is None or name not in arrays:
                continue
            freed = teacher.frees_entries(outline.type_of(name))
            if freed:
                yield _hit("part-of-array", outline, step, call.name, name, outline.steps[arrays[name].step],
                           where=freed, take=f"{arrays[name].callee}()")
