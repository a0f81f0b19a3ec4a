"""Tests that a patch takes away: of a result that the function still gets, and then uses or drops without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of, walk
from reviewbot.contracts.results import Ask, Treatment, asks_in, treatments
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["acts_on", "answers_unread", "fallbacks_gone", "lost_tests"]

_WARNS = regex(r"(?:WARN|BUG)_ON(?:_ONCE)?")


def lost_tests(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls whose result the function looked at before the patch and does not after it."""
    before, after = treatments(old), treatments(new)
    for callee in sorted({one.callee for one in before} & {one.callee for one in after}):
        if any(body.returns.split()[-1:] == ["void"] for _, body in teacher.here(callee)):
            continue
        was = [one for one in before if one.callee == callee]
        now = [one for one in after if one.callee == callee]
        if len(was) != len(now) and len({one.arguments for one in was}) != len(was):
            continue
        for one, other in _matched(was, now):
            hit = _compared(old, new, one, other, teacher)
            if hit is not None and not _never_fails(callee, teacher):
                yield hit


def _never_fails(callee: str, teacher: Teacher) -> bool:
    """Return whether all bodies of a function that the tree has return 0 and nothing else; those of the family are
    many, and differ between architectures."""
    bodies = teacher.bodies(callee) if callee not in known_effects().of else ()
    return bool(bodies) and all(set(teacher.beside(path).given(body)) == {"zero"} for path, body in bodies)


def answers_unread(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the variables that a call fills by their address, that were tested behind it, and nobody reads now."""
    for step in new.steps:
        for call in calls_in(step.expr):
            for part in call.parts[1:]:
                inner = part.parts[0] if part.kind == "address" and part.parts else None
                name = inner.name if inner is not None and inner.kind == "name" else ""
                if not name or name not in new.locals or _mentions(new, name) != 1 or not any(
                        new.text(call) == old.text(other) for _, other in old.calls_of(call.name)):
                    continue
                test = next((one for one in old.steps if one.kind == "test" and one.branches and any(
                    ask.subject.kind == "name" and ask.subject.name == name for ask in asks_in(one.expr)) and any(
                        inner.kind == "do" for inner in old.inside(one.branches[0]))), None)
                if test is not None:
                    yield Hit(shape="answer-unread", line=step.line, end_line=new.last_line(step), symbol=call.name,
                              object=name, fields=(("callee", call.name), ("test", old.said(test)), ("exit", ""),
                                                   ("by", ""), ("variable", name)),
                              old=((test.line, old.said(test)),), new=((step.line, new.said(step)),))


def _mentions(outline: Outline, name: str) -> int:
    return sum(part.kind == "name" and part.name == name for step in outline.steps for part in walk(step.expr))


def _matched(was: list[Treatment], now: list[Treatment]) -> Iterator[tuple[Treatment, Treatment]]:
    """Yield the calls that are the same before and after: by their arguments, those first that are treated alike, else
    in order."""
    left, waiting = list(was), []
    for number, other in enumerate(now):
        alike = next((one for one in left if one.arguments == other.arguments and one.fate == other.fate), None)
        if alike is None:
            waiting.append((number, other))
        else:
            left.remove(alike)
            yield alike, other
    for number, other in waiting:
        same = next((one for one in left if one.arguments == other.arguments), None)
        if same is None and len(was) == len(now):
            same = was[number] if was[number] in left else None
        if same is not None:
            left.remove(same)
            yield same, other


def _compared(old: Outline, new: Outline, was: Treatment, now: Treatment, teacher: Teacher) -> Hit | None:
    if is_reporter(was.callee, has_text=False) or is_conversion(was.callee):
        return None
    if now.fate in {"dropped", "told"} and _is_asked_of_what_it_fills(old, new, now, teacher):
        return None
    if now.fate == "dropped" and _is_warned_of(old, was) and was.arguments == now.arguments:
        return _hit("not-even-told", old, new, was, now)
    if not acts_on(old, was):
        return None
    if any("__GFP_NOFAIL" in argument for argument in now.arguments):
        return None
    step = _always_left(old, new, was, now)
    if step is not None:
        return _hit("leaves-always", old, new, was, now, line=step.line, exit=new.said(step).rstrip(";"))
    fate = now.fate
    if fate == "told" and not _told_before(old, was):
        return None  # who writes a new message for it has decided to go on
    if fate in {"dropped", "told"} and _holds_result(was) and not now.minds:
        return _hit("not-looked-at" if fate == "dropped" else "only-told", old, new, was, now)
    if was.fate == "tested" and fate in {"dereferenced", "converted"} and not now.minds:
        return _hit("not-tested", old, new, was, now)
    if was.fate == "tested" and fate in {"passed", "stored"} and not now.minds and (
            _left(old, was) or _kept_uses(old, was)):
        return _hit("not-tested", old, new, was, now)
    return None


def _is_asked_of_what_it_fills(old: Outline, new: Outline, one: Treatment, teacher: Teacher) -> bool:
    """Return whether a new test behind the call asks for what the call has been given to fill, or for a variable of the
    whole file that its body sets: the failure is seen there."""
    known = {old.said(step) for step in old.steps}
    filled = {root for part in one.call.parts[1:] if part.kind == "address" and (root := root_of(part))}
    for _, body in teacher.here(one.callee):
        filled |= {root for step in body.steps for part in walk(step.expr) if part.kind == "assign" and (
            root := root_of(part.parts[0])) and not body.type_of(root)}
    here = new.steps[one.step].where
    behind = [step for step in new.steps[one.step + 1:] if step.kind == "test" and step.where[:len(here)] == here]
    return any(new.said(step) not in known and not step.loop
               and any(root_of(ask.subject) in filled for ask in asks_in(step.expr)) for step in behind)


def _is_warned_of(outline: Outline, one: Treatment) -> bool:
    """Return whether a warning was all that became of a failure: `WARN_ON(call())` as a statement."""
    step = outline.steps[one.step]
    return one.fate == "told" and step.kind == "do" and step.expr is not None and step.expr.kind == "call" \
        and _WARNS.fullmatch(step.expr.name) is not None and step.expr.parts[1:2] == (one.call,)


def _told_before(outline: Outline, one: Treatment) -> bool:
    """Return whether the failure was reported before, besides what else was done about it."""
    return any(read.fate == "told" for read in one.reads) or any(
        is_reporter(call.name, has_text=False) for read in one.reads if read.fate == "tested"
        for call in calls_in(outline.steps[read.step].expr)) or any(
        is_reporter(call.name, has_text=True) for read in one.reads if read.fate == "tested"
        for branch in outline.steps[read.step].branches for step in outline.inside(branch)
        for call in calls_in(step.expr)) or any(
        is_reporter(call.name, has_text=True) for read in one.reads if read.fate == "tested"
        for step in outline.steps[read.step + 1:read.step + 4] for call in calls_in(step.expr))


def _holds_result(one: Treatment) -> bool:
    """Return whether the result was for something: a test that leaves, or the function's own result."""
    return one.fate in {"tested", "returned"}


def acts_on(outline: Outline, one: Treatment) -> bool:
    """Return whether a test of the result left the block or kept something from it, or it was returned."""
    if one.fate == "returned":
        return True
    for read in one.reads:
        if read.fate == "tested":
            step = outline.steps[read.step]
            return step.kind != "test" or any(branch.leaves for branch in step.branches) or (
                len(step.branches) == 1 and any(inner.kind == "do" for inner in outline.inside(step.branches[0])))
    return False


def _left(outline: Outline, one: Treatment) -> bool:
    """Return whether the first test of the result left the function or the loop on one of its branches."""
    test = one.first_test
    return test is not None and any(branch.leaves for branch in outline.steps[test.step].branches)


def _kept_uses(outline: Outline, one: Treatment) -> bool:
    """Return whether all that is done with the result was done in the branch of a test that it is there."""
    test, uses = one.first_test, [read for read in one.reads if read.fate in {"passed", "stored", "dereferenced"}]
    step = outline.steps[test.step] if test is not None else None
    if test is None or step is None or step.kind != "test" or step.loop or len(step.branches) != 1 or not uses:
        return False
    [branch] = step.branches
    asks = [ask for ask in asks_in(step.expr) if place_of(ask.subject) == one.target]
    if all(known_frees().says(read.by, "lets-go") for read in uses):
        return False  # these take NULL
    return len(asks) == 1 and asks[0].alone and asks[0].how == "true" and all(
        branch.first <= read.step < branch.last for read in uses) and "*" in outline.type_of(one.target)


def _always_left(old: Outline, new: Outline, was: Treatment, now: Treatment) -> Step | None:
    """Return the jump that a failure took before and that is taken always now, past steps that are still there."""
    test = was.first_test
    if test is None:
        return None
    step = old.steps[test.step]
    if step.kind != "test" or step.loop or not step.branches or test.step > was.step + 1:
        return None
    inside = [inner for inner in old.inside(step.branches[0]) if inner.where == (*step.where, step.branches[0].block)]
    if not inside or inside[-1].kind not in _EXITS or not all(_tells(inner) for inner in inside[:-1]):
        return None
    leave = next((number for number, one in enumerate(new.steps[now.step + 1:], now.step + 1)
                  if not (_tells(one) or (one.kind == "test" and one.branches
                                          and all(new.only_tells(branch) for branch in one.branches))
                          or len(one.where) > len(new.steps[now.step].where))), None)
    if leave is None or new.steps[leave].where != new.steps[now.step].where:
        return None
    rest = next((old.said(one) for one in old.steps[step.branches[-1].last:] if one.kind != "label"), "")
    same = new.steps[leave].kind == inside[-1].kind and (
        inside[-1].kind == "return" or new.said(new.steps[leave]) == old.said(inside[-1]))
    if same and rest not in {old.said(inside[-1]), new.said(new.steps[leave])} and rest in {
            new.said(one) for one in new.steps[leave + 1:]}:
        return new.steps[leave]
    return None


_EXITS = frozenset({"goto", "return", "break", "continue"})


def _tells(step: Step) -> bool:
    call = step.expr
    return step.kind == "do" and call is not None and call.kind == "call" and is_reporter(
        call.name, has_text=any(part.kind == "string" for part in call.parts[1:4]))


def _hit(shape: str, old: Outline, new: Outline, was: Treatment, now: Treatment, *, line: int = 0,
         exit: str = "") -> Hit:  # noqa: A002 - the word of the text
    test = was.first_test
    shown = old.steps[test.step] if test else old.steps[was.step]
    use = next((read for read in now.reads if read.fate in {"dereferenced", "converted", "passed", "stored"}), None)
    place = line or (use.line if use and shape == "not-tested" else now.line)
    by = f"{use.by}()" if use and use.by else ""
    return Hit(shape=shape, line=place, end_line=place, symbol=was.callee, object=now.target or was.callee,
               fields=(("callee", was.callee), ("test", old.said(shown)), ("exit", exit), ("by", by),
                       ("variable", now.target)),
               old=((shown.line, old.said(shown)),), new=((now.line, new.said(new.steps[now.step])),))


def fallbacks_gone(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the second attempts that the patch takes away: what was tried when a first call had failed."""
    before, after = treatments(old), treatments(new)
    for first, again, shown in _attempts(old, before):
        now = [one for one in after if one.target == first.target and one.callee == first.callee]
        had = {first.callee, *(one.callee for one in before if one.target == first.target)}
        left = [one for one in after if one.target == first.target and one.callee not in had]
        if len(now) != 1 or left or now[0].fate not in {"tested", "returned"} or _in_loop(new, now[0].step) or (
                _in_loop(old, first.step)):
            continue
        if again.callee != first.callee and any(one.callee == again.callee for one in after):
            continue
        if _got_otherwise(new, old.said(shown), first.target):
            continue
        test = now[0].first_test
        place = new.steps[test.step] if test else new.steps[now[0].step]
        yield Hit(shape="fallback-gone", line=now[0].line, end_line=now[0].line, symbol=now[0].callee,
                  object=first.target,
                  fields=(("callee", now[0].callee), ("variable", first.target), ("test", old.said(shown)),
                          ("statement", old.said(old.steps[again.step]).rstrip(";"))),
                  old=((shown.line, old.said(shown)),), new=((now[0].line, new.said(new.steps[now[0].step])),
                                                             (place.line, new.said(place))))


def _got_otherwise(new: Outline, test: str, target: str) -> bool:
    """Return whether the test still stands, and in its branch the variable is given what something else comes to:
    `page = &folio->page`."""
    return any(
        part.kind == "assign" and place_of(part.parts[0]) == target and any(inner.kind in {"name", "call"} and (
            inner.name not in {"NULL", "ERR_PTR"} and not inner.name.isupper()) for inner in walk(part.parts[1]))
        for step in new.steps if step.kind == "test" and not step.loop and new.said(step) == test and step.branches
        for one in new.inside(step.branches[0]) for part in walk(one.expr))


def _attempts(old: Outline, before: list[Treatment]) -> Iterator[tuple[Treatment, Treatment, Step]]:
    """Yield a call, the one that is tried for the same variable when it has failed, and the test between them."""
    for step in old.steps:
        if step.kind == "test" and not step.loop and len(step.branches) == 1:
            asks = list(asks_in(step.expr))
            name = place_of(asks[0].subject) if len(asks) == 1 else ""
            again = [one for one in before if one.target == name and old.steps[one.step] in old.inside(
                step.branches[0])] if name else []
            first = [one for one in before if one.target == name and one.line < step.line]
            if again and first and _is_failure(old, asks[0], name, first[-1]) and not step.branches[0].leaves:
                yield first[-1], again[0], step
            elif again and first and _is_failure(old, asks[0], name, first[-1]) and again[0].fate == "tested":
                yield first[-1], again[0], step  # the second failure leaves inside
        for part in walk(step.expr):
            if part.kind == "choice" and part.parts[0].kind == "call" and part.parts[-1].kind == "call":
                pair = [one for one in before if one.call is part.parts[0] or one.call is part.parts[-1]]
                target = step.name if step.kind == "declare" else next(
                    (place_of(one.parts[0]) for one in walk(step.expr) if one.kind == "assign"), "")
                if len(pair) == 2 and target:
                    yield replace(pair[0], target=target), pair[1], step


def _is_failure(old: Outline, ask: Ask, name: str, first: Treatment) -> bool:
    """Return whether what is asked is whether the call has failed: of a number 0 is the success."""
    number = bool({"int", "long"} & {*old.type_of(name).split()})
    if ask.how == "not":
        return old.type_of(name).endswith("*") or (not number and "alloc" in first.callee)
    return ask.how in {"IS_ERR", "negative"} or (ask.how == "true" and number)


def _in_loop(outline: Outline, number: int) -> bool:
    where = set(outline.steps[number].where)
    return any(step.loop and any(branch.block in where for branch in step.branches) for step in outline.steps)
