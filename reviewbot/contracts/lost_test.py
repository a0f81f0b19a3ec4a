"""Tests that a patch takes away: of a result that the function still gets, and then uses or drops without one."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.query import is_conversion
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.results import Treatment, asks_in, treatments
from reviewbot.contracts.types import Hit

__all__ = ["fallbacks_gone", "lost_tests"]


def lost_tests(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the calls whose result the function looked at before the patch and does not after it."""
    before, after = treatments(old), treatments(new)
    for callee in sorted({one.callee for one in before} & {one.callee for one in after}):
        was = [one for one in before if one.callee == callee]
        now = [one for one in after if one.callee == callee]
        if len(was) != len(now) and len({one.arguments for one in was}) != len(was):
            continue
        for one, other in _matched(was, now):
            hit = _compared(old, new, one, other)
            if hit is not None:
                yield hit


def _matched(was: list[Treatment], now: list[Treatment]) -> Iterator[tuple[Treatment, Treatment]]:
    """Yield the calls that are the same before and after: by their arguments, else in order."""
    left = list(was)
    for number, other in enumerate(now):
        same = next((one for one in left if one.arguments == other.arguments), None)
        if same is None and len(was) == len(now):
            same = was[number] if was[number] in left else None
        if same is not None:
            left.remove(same)
            yield same, other


def _compared(old: Outline, new: Outline, was: Treatment, now: Treatment) -> Hit | None:
    if is_reporter(was.callee, has_text=False) or is_conversion(was.callee):
        return None
    if not _acts_on(old, was):
        return None
    if _unconditional(old, new, was, now):
        step = new.steps[now.step + 1]
        return _hit("leaves-always", old, new, was, now, line=step.line, exit=new.said(step).rstrip(";"))
    fate = now.fate
    if fate == "told" and not _told_before(old, was):
        return None  # who writes a new message for it has decided to go on
    if fate in {"dropped", "told"} and _holds_result(was) and not now.minds:
        return _hit("not-looked-at" if fate == "dropped" else "only-told", old, new, was, now)
    if was.fate == "tested" and fate in {"dereferenced", "converted"} and not now.minds:
        return _hit("not-tested", old, new, was, now)
    if was.fate == "tested" and fate == "passed" and not now.minds and _left(old, was):
        return _hit("not-tested", old, new, was, now)
    return None


def _told_before(outline: Outline, one: Treatment) -> bool:
    """Return whether the failure was reported before, besides what else was done about it."""
    return any(read.fate == "told" for read in one.reads) or any(
        is_reporter(call.name, has_text=True) for read in one.reads if read.fate == "tested"
        for branch in outline.steps[read.step].branches for step in outline.inside(branch)
        for call in calls_in(step.expr)) or any(
        is_reporter(call.name, has_text=True) for read in one.reads if read.fate == "tested"
        for step in outline.steps[read.step + 1:read.step + 4] for call in calls_in(step.expr))


def _holds_result(one: Treatment) -> bool:
    """Return whether the result was for something: a test that leaves, or the function's own result."""
    return one.fate in {"tested", "returned"}


def _acts_on(outline: Outline, one: Treatment) -> bool:
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


def _unconditional(old: Outline, new: Outline, was: Treatment, now: Treatment) -> bool:
    """Return whether the jump that a failure took before is now taken always, past steps that are still there."""
    test = was.first_test
    if test is None or now.step + 1 >= len(new.steps):
        return False
    step, follows = old.steps[test.step], new.steps[now.step + 1]
    if step.kind != "test" or step.loop or test.step != was.step + 1 or follows.where != new.steps[now.step].where:
        return False
    exits = [inner for branch in step.branches[:1] for inner in old.inside(branch)]
    rest = next((old.said(one) for one in old.steps[step.branches[-1].last:] if one.kind != "label"), "")
    return len(exits) == 1 and exits[0].kind in {"goto", "return"} and _same(old, exits[0], new, follows) \
        and rest != old.said(exits[0]) and rest in {new.said(one) for one in new.steps[now.step + 2:]}


def _same(old: Outline, one: Step, new: Outline, other: Step) -> bool:
    return one.kind == other.kind and old.said(one) == new.said(other)


def _hit(shape: str, old: Outline, new: Outline, was: Treatment, now: Treatment, *, line: int = 0,
         exit: str = "") -> Hit:  # noqa: A002 - the word of the text
    test = was.first_test
    shown = old.steps[test.step] if test else old.steps[was.step]
    use = next((read for read in now.reads if read.fate in {"dereferenced", "converted", "passed"}), None)
    place = line or (use.line if use and shape == "not-tested" else now.line)
    by = f"{use.by}()" if use and use.by else ""
    return Hit(shape=shape, line=place, end_line=place, symbol=was.callee, object=now.target or was.callee,
               fields=(("callee", was.callee), ("test", old.said(shown)), ("exit", exit), ("by", by),
                       ("variable", now.target)),
               old=((shown.line, old.said(shown)),), new=((now.line, new.said(new.steps[now.step])),))


def fallbacks_gone(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the second attempts that the patch takes away: what was tried when a first call had failed."""
    after = treatments(new)
    for step in old.steps:
        if step.kind != "test" or step.loop or len(step.branches) != 1 or step.branches[0].leaves:
            continue
        asks = list(asks_in(step.expr))
        name = asks[0].subject.name if len(asks) == 1 and asks[0].subject.kind == "name" else ""
        if not name or asks[0].how not in {"not", "IS_ERR", "negative"} or (
                asks[0].how == "not" and not old.type_of(name).endswith("*")):
            continue  # of a number 0 is the success
        again = [one for one in treatments(old) if one.target == name and old.steps[one.step] in old.inside(
            step.branches[0])]
        first = [one for one in treatments(old) if one.target == name and one.line < step.line]
        now = [one for one in after if one.target == name and first and one.callee == first[-1].callee]
        left = [one for one in after if one.target == name and one not in now]
        if again and first and len(now) == 1 and now[0].fate == "tested" and not left:
            test = now[0].first_test
            place = new.steps[test.step] if test else new.steps[now[0].step]
            yield Hit(shape="fallback-gone", line=now[0].line, end_line=now[0].line, symbol=now[0].callee, object=name,
                      fields=(("callee", now[0].callee), ("variable", name), ("test", old.said(step)),
                              ("statement", old.said(old.steps[again[0].step]).rstrip(";"))),
                      old=((step.line, old.said(step)),), new=((now[0].line, new.said(new.steps[now[0].step])),
                                                               (place.line, new.said(place))))
