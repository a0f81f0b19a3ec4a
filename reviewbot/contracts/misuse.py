"""What is given back wrongly: used behind it, given to the wrong function, given back twice, or in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.locks import GIVES
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of, walk
from reviewbot.contracts.pairs import gives_back, known_pairs, taken_by
from reviewbot.contracts.results import Treatment, asks_in, treatments
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of
from reviewbot.patterns import regex

__all__ = ["misuses"]

_SHORT = 40  # steps of a function that is a free with a few words around it
_LISTS = regex(r"h?list_add\w*")


def misuses(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what is used after it was given back, or given back in a way that does not fit how it was got."""
    yield from _used_after(outline, teacher)
    yield from _freed_in_walk(outline)
    yield from _wrong_give(outline)
    yield from _given_twice(outline, teacher)
    yield from _part_of_array(outline, teacher)


def _hit(shape: str, outline: Outline, step: Step, symbol: str, thing: str, earlier: Step | None, **fields: str) -> Hit:
    lines = ((earlier.line, outline.said(earlier)),) if earlier else ()
    return Hit(shape=shape, line=step.line, end_line=outline.last_line(step), symbol=symbol, object=thing,
               fields=tuple(sorted({"callee": symbol, "variable": thing, **fields}.items())),
               new=(*lines, (step.line, outline.said(step))))


def _used_after(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what some way through the function frees and looks behind afterwards."""
    ways = None
    seen: set[int] = set()
    for number, step in enumerate(outline.steps):
        for callee, thing, where in _freed(step, teacher) if step.kind == "do" else ():
            ways = ways or ways_of(outline)
            if not ways.reached(number):
                continue
            way = ways.search(number, ways.known(number), partial(_meets, thing))
            if way is None or way[-1] >= ways.end or way[-1] in seen:
                continue
            seen.add(way[-1])
            use = outline.steps[way[-1]]
            yield _hit("used-after", outline, use, callee, thing, step, use=outline.said(use).rstrip(";"), where=where)


def _meets(thing: str, _: int, step: Step, __: Facts) -> Say:
    if step.kind == "declare" and step.name == thing:
        return "stop"
    if _follows(step.expr, thing) and not (step.kind == "test" and not step.branches):
        return "found"
    return "stop" if _reassigns(step.expr, thing) or _walks_anew(step, thing) else "on"


def _walks_anew(step: Step, thing: str) -> bool:
    """Return whether the step is the head of a loop that a macro makes, which gives its variables new values."""
    return step.loop and bool(step.name) and any(part.kind == "name" and part.name == thing for part in walk(step.expr))


def _freed(step: Step, teacher: Teacher) -> Iterator[tuple[str, str, str]]:
    """Yield the callee and the thing that a step frees, itself or by a function of the file, and where that does it."""
    call = step.expr
    if call is None or call.kind != "call":
        return
    if call.name in known_frees().gone:
        thing = _freed_thing(call)
        if thing and not thing.startswith("..."):
            yield call.name, thing, ""
        return
    for path, body in teacher.here(call.name):
        for inner in body.steps if len(body.steps) <= _SHORT else ():
            free = inner.expr if inner.kind == "do" and not inner.where else None
            name = _freed_thing(free)
            names = list(body.parameters)
            if name in names and len(call.parts) > names.index(name) + 1 and not _leaves_before(body, inner):
                thing = place_of(call.parts[names.index(name) + 1])
                if thing and not thing.startswith("..."):
                    yield call.name, thing, f"{path}:{inner.line}"


def _leaves_before(body: Outline, step: Step) -> bool:
    return any(one.kind in {"return", "goto"} for one in body.steps[:body.steps.index(step)])


def _freed_thing(call: Expr | None) -> str:
    """Return what a call frees for good, empty where it does not."""
    if call is None or call.kind != "call" or call.name not in known_frees().gone:
        return ""
    argument = known_frees().argument[call.name]
    return place_of(call.parts[argument]) if len(call.parts) > argument else ""


def _freed_in_walk(outline: Outline) -> Iterator[Hit]:
    """Yield the entries of a list that are freed inside a walk which takes the next one from the entry."""
    for step in outline.steps:
        if not step.loop or not re.fullmatch(r"h?list_for_each_entry(?:_continue|_from|_rcu|_reverse)?", step.name):
            continue
        entry = next((part.name for part in walk(step.expr) if part.kind == "name"), "")
        steps = outline.inside(step.branches[0])
        for number, inner in enumerate(steps):
            call = inner.expr
            if inner.kind == "do" and call is not None and entry and _freed_thing(call) == entry \
                    and not any(one.kind in {"break", "return", "goto"} and one.where == inner.where[:len(one.where)]
                                for one in steps[number + 1:]):
                yield _hit("freed-in-walk", outline, inner, call.name, entry, step, take=f"{step.name}()")


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
        if one.target and one.target not in outline.parameters:
            got.setdefault(one.target, set()).add((one.callee, one.step))
    for step in outline.steps:
        yield from _cleaned_wrong(outline, step)
        for call in calls_in(step.expr):
            if call.name in argued and len(call.parts) > 1:
                yield from _unmapped(outline, step, call, argued[call.name])
            if call.name not in givers or len(call.parts) < 2:
                continue
            thing = place_of(call.parts[1])
            sources = {name for name, _ in got.get(thing, set())}
            if len(sources) == 1 and (thing in outline.locals or "->" in thing):
                [source] = sources
                fits = pairs.of_result.get(source, frozenset())
                if _reassigned(outline, thing):
                    continue
                taken = outline.steps[next(at for _, at in got[thing])]
                if fits and call.name in fits:
                    yield from _other_order(outline, step, call, thing, taken)
                elif fits and taken.line < step.line:
                    yield _hit("wrong-give", outline, step, call.name, thing, taken, take=f"{source}()",
                               fits=f"{min(fits, key=len)}()")


def _cleaned_wrong(outline: Outline, step: Step) -> Iterator[Hit]:
    """Yield a variable whose clean-up at the end of its life does not fit what it is declared with."""
    call = step.expr
    if step.kind != "declare" or call is None or call.kind != "call" or step.cleanup not in known_pairs().givers():
        return
    fits = known_pairs().of_result.get(call.name, frozenset())
    if fits and step.cleanup not in fits and not _reassigned(outline, step.name):
        yield _hit("wrong-give", outline, step, step.cleanup, step.name, None, take=f"{call.name}()",
                   fits=f"{min(fits, key=len)}()")


def _other_order(outline: Outline, step: Step, give: Expr, thing: str, taken: Step) -> Iterator[Hit]:
    """Yield pages that are given back by another order, as a number, than they were got by."""
    take = next((one for one in calls_in(taken.expr) if one.name in known_frees().order_taken), None)
    place = known_frees().order_given.get(give.name)
    if take is None or place is None or any(call.name == "split_page" for one in outline.steps
                                            for call in calls_in(one.expr)):
        return
    had = _order(take, known_frees().order_taken[take.name])
    gave = _order(give, place)
    if had and gave and had != gave:
        yield _hit("other-order", outline, step, give.name, thing, taken, take=outline.text(take),
                   give=outline.text(give), was=had, now=gave)


def _order(call: Expr, place: int) -> str:
    """Return the order of pages that a call names, as a number; empty where it is none."""
    return "0" if not place else _number(call.parts[place]) if len(call.parts) > place else ""


def _number(expr: Expr) -> str:
    return expr.name if expr.kind == "literal" and expr.name.isdigit() else ""


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
    seen: set[int] = set()
    for one in treatments(outline):
        for path, body in teacher.here(one.callee) if one.callee != outline.name else ():
            for give in _gives_when_failing(body):
                way = _given_again(outline, one, body, give)
                if way is not None and way not in seen:
                    seen.add(way)
                    own = next(step for step in body.steps if step.expr is give)
                    step = outline.steps[way]
                    yield _hit("given-twice", outline, step, give.name, outline.said(step).rstrip(";"),
                               outline.steps[one.step], failed=f"{one.callee}()", where=f"{path}:{own.line}")


def _gives_when_failing(body: Outline) -> list[Expr]:
    """Return the calls that give back what is not the function's own on its way to an error."""
    found = []
    for step in _failing_steps(body):
        call = step.expr
        if step.kind != "do" or call is None or call.kind != "call" or not gives_back(call.name) or len(call.parts) < 2:
            continue
        took = {*taken_by(call.name)} | {take for take, gives in known_pairs().of_result.items() if call.name in gives}
        behind = body.steps[body.steps.index(step) + 1:]
        thing = place_of(call.parts[1])
        takes = any(one.name in took for other in body.steps for one in calls_in(other.expr))
        own = any(place_of(part) and root_of(part) in body.locals for part in (
            inner.parts[0] if inner.kind == "address" and inner.parts else inner for inner in call.parts[1:]))
        if call.name not in GIVES and not takes and not own and not any(
                    part.kind == "assign" and place_of(part.parts[0]) == thing
                    for other in behind for part in walk(other.expr)):
            found.append(call)
    return found


def _given_again(outline: Outline, one: Treatment, body: Outline, give: Expr) -> int | None:
    """Return the step at which the caller gives back the same when the call has failed."""
    ways = ways_of(outline)
    if not ways.reached(one.step):
        return None
    falsely = "bool" in body.returns.split() or body.returns.endswith("*")
    edge, facts = None, ways.known(one.step)
    if outline.steps[one.step].kind == "test":
        asks = [ask for ask in asks_in(outline.steps[one.step].expr) if ask.alone and (
            ask.subject is one.call or (one.target and place_of(ask.subject) == one.target))]
        if len(asks) != 1 or asks[0].how not in {"true", "not", "negative"}:
            return None
        edge = (asks[0].how == "not") is falsely
    elif one.target:
        facts |= {(one.target, not falsely)} | ({(f"{one.target} < 0", True)} if not falsely else set())
    else:
        return None

    def visit(_: int, step: Step, __: Facts) -> Say:
        call = step.expr
        if step.kind == "do" and call is not None and call.kind == "call" and call.name == give.name \
                and _same_thing(outline, call, body, give, one.call):
            return "found"
        return "stop" if any(inner.name == one.callee for inner in calls_in(step.expr)) else "on"

    way = ways.search(one.step, facts, visit, holds=edge, then=one.target)
    return way[-1] if way and way[-1] < ways.end else None


def _failing_steps(body: Outline) -> list[Step]:
    """Return the steps that only run on the way to an error: in a branch that ends so, or behind a label."""
    found: list[Step] = []
    for step in body.steps:
        if step.kind != "test" or step.loop:
            continue
        for number, branch in enumerate(step.branches):
            failed = number == 0 and branch.leaves == "" and any(
                ask.alone and ask.how in {"true", "negative"} and ask.subject.kind == "name" and any(
                    end.kind == "return" and end.expr is not None and end.expr.kind == "name"
                    and end.expr.name == ask.subject.name for end in body.steps) for ask in asks_in(step.expr))
            last = body.steps[branch.last - 1] if branch.last > branch.first else step
            if failed or (branch.leaves == "return" and _tells_failure(body, last)) or branch.leaves == "goto":
                found += [one for one in body.inside(branch) if one.where == (*step.where, branch.block)]
    label = next((number for number, step in enumerate(body.steps) if step.kind == "label"), None)
    if label is not None and label and body.steps[label - 1].kind == "return":
        found += [step for step in body.steps[label:] if not step.where]
    return found


def _tells_failure(body: Outline, step: Step) -> bool:
    text = body.text(step.expr)
    return text not in {"0", "true", ""} or body.returns.split()[-1:] == ["void"]


def _same_thing(outline: Outline, call: Expr, body: Outline, give: Expr, failed: Expr) -> bool:
    """Return whether two calls are about the same thing, one of them in the function that `failed` calls, also through
    what one is made of: `p = page_address(page)`."""
    names = list(body.parameters)
    handed = {name: failed.parts[names.index(name) + 1] for name in names if len(failed.parts) > names.index(name) + 1}
    given, other = place_of(call.parts[1]) if len(call.parts) > 1 else "", place_of(give.parts[1])
    root = root_of(give.parts[1])
    if given and other and (root in handed or root not in names):
        at = place_of(handed[root]) if root in handed else root
        if at:
            return re.sub(rf"^{re.escape(root)}\b", lambda _: at, other) == given
    if bool(given) and bool(other) and ("->" in given or "->" in other):
        return False
    ours, taken = _named(call, outline), {
        name for root in _named(give, body) if root in handed for name in _named(handed[root], outline)}
    for _ in range(2):
        taken |= {name for step in outline.steps for target, value in _assigned(step) if target in taken
                  for name in _named(value, outline)}
    return bool(ours) and ours <= taken


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
    arrays = {one.target: one for one in treatments(outline, known_frees().arrays) if one.target in outline.locals}
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
