"""Calls that a patch only moves: in front of the failure that kept them from being done, or just past another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import LOCKS, PLAIN, is_reporter
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.outline import Outline, Step, place_of
from reviewbot.contracts.pairs import gives_back, known_pairs
from reviewbot.contracts.results import asks_in
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["only_moved"]

_LOCKING = frozenset(name for pair in LOCKS for name in pair)
_QUIET = regex(r"(?:might|lockdep|trace|count|debug|assert|kmemleak|init|INIT)_\w*|\w*_init")


def only_moved(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the one call that all a patch does to a function is to move, with the calls that it has passed.

    Where one of those can fail and the function left then, what is moved is done now whatever becomes of it: that is
    told; else the order is asked about.
    """
    moved = _moved(old, new)
    if moved is None:
        return
    step, passed, up = moved
    calls = [(one, call) for one in passed if (call := _call(one)) is not None and _acts(call)]
    call = _call(step)
    if call is None or not calls or not _acts(call):
        return
    fails = next((one for one, _ in calls if up and _left_on_failure(old, new.said(one), one)), None)
    near = [one for one, beside in (calls if up else reversed(calls)) if _is_asked(new, call, beside)]
    if fails is None and not near:
        return
    other = fails or near[0]
    inner = _call(other)
    was = next(one for one in old.steps if old.said(one) == new.said(step))
    yield Hit(
        shape="before-failure" if fails else "only-moved",
        line=step.line,
        end_line=new.last_line(step),
        symbol=call.name,
        object=f"{new.text(call)} {new.text(inner)}",
        rests_on=frozenset({call.name, *(() if inner is None else (inner.name,))}),
        fields=(("callee", call.name), ("how", "in front of" if up else "behind"), ("statement", new.text(call)),
                ("take", new.text(inner))),
        old=((was.line, old.said(was)),),
        new=((step.line, new.said(step)), (other.line, new.said(other))),
    )


def _moved(old: Outline, new: Outline) -> tuple[Step, list[Step], bool] | None:
    """Return the one call statement that stands elsewhere in the same block, the steps that it passed, and whether it
    went up; None where a patch does anything else to the function."""
    was, now = [old.said(step) for step in old.steps], [new.said(step) for step in new.steps]
    if Counter(was) != Counter(now) or was == now:
        return None
    first = next(place for place, texts in enumerate(zip(was, now, strict=True)) if texts[0] != texts[1])
    last = len(was) - next(place for place, texts in enumerate(zip(reversed(was), reversed(now), strict=True))
                           if texts[0] != texts[1])
    if was[first + 1:last] == now[first:last - 1]:
        place, passed, up = last - 1, new.steps[first:last - 1], False
    elif now[first + 1:last] == was[first:last - 1]:
        place, passed, up = first, new.steps[first + 1:last], True
    else:
        return None
    step = new.steps[place]
    earlier = old.steps[last - 1 if up else first]
    if len(earlier.where) != len(step.where) or any(one.kind in {"label", "switch"} for one in passed):
        return None
    return step, passed, up


def _call(step: Step) -> Expr | None:
    """Return the call that a step is, or whose result it keeps."""
    expr = step.expr
    if step.kind not in {"do", "declare"} or expr is None:
        return None
    if expr.kind == "assign" and len(expr.parts) == 2:
        expr = expr.parts[1]
    return expr if expr.kind == "call" and expr.name else None


def _acts(call: Expr) -> bool:
    """Return whether a call is made for what it does, and is no lock: of these more is known."""
    return not (call.name in _LOCKING or call.name in PLAIN or is_conversion(call.name) or call.name.isupper()
                or _QUIET.fullmatch(call.name) or {"lock", "unlock"} & {*call.name.split("_")}
                or is_reporter(call.name, has_text=any(part.kind == "string" for part in call.parts[1:4])))


def _is_asked(outline: Outline, call: Expr, other: Expr) -> bool:
    """Return whether nothing but their order can tell what two calls have to do with each other: both are given
    nothing, or the same thing, and no table knows what one of them does."""
    if any(one.name in known_effects().of or one.name in known_pairs().givers() or gives_back(one.name)
           for one in (call, other)):
        return False
    words = [{outline.text(part) for part in one.parts[1:] if part.kind != "literal"} for one in (call, other)]
    return (words[0] == words[1] == set()) or any(not text.isupper() for text in words[0] & words[1])


def _left_on_failure(old: Outline, text: str, other: Step) -> bool:
    """Return whether a test right behind a call leaves the function for its result."""
    number = next(place for place, one in enumerate(old.steps) if old.said(one) == text)
    expr, test = other.expr, old.steps[number + 1] if number + 1 < len(old.steps) else None
    target = place_of(expr.parts[0]) if expr is not None and expr.kind == "assign" else other.name
    return bool(target) and test is not None and test.kind == "test" and not test.loop and bool(test.branches) and (
        test.branches[0].leaves in {"return", "goto"}) and any(
            place_of(ask.subject) == target for ask in asks_in(test.expr))
