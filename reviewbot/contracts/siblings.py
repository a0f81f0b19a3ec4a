"""Places that had the shape of those which a patch changes, in the same file, and that it leaves as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.aligned import edits_between
from reviewbot.contracts.changed import Pair
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.results import Treatment, treatments
from reviewbot.contracts.types import Hit

__all__ = ["siblings_left"]

_FEWEST = 2  # places that a patch changes alike before one that it leaves is worth a word
_MOST_LEFT = 2

Places = dict[str, list[tuple[Outline, int]]]
Shape = tuple[str, ...]
"""For each argument of a call the kind of expression that it has to be, empty where any will do."""


def siblings_left(pairs: tuple[Pair, ...], teacher: Teacher) -> Iterator[tuple[Outline, Hit]]:
    """Yield the calls whose result the patch comes to test at several places and leaves untested at another, and those
    for which it calls another function at several places and leaves one as it was."""
    tested: Places = defaultdict(list)
    replaced: dict[tuple[str, str, Shape], list[tuple[Outline, int]]] = defaultdict(list)
    for pair in pairs:
        for old, new in list(pair.sides())[:1]:
            if old is not None:
                for callee, line in _comes_to_test(old, new):
                    tested[callee].append((new, line))
                for key, line in _replacements(old, new):
                    replaced[key].append((new, line))
    for callee, places in sorted(tested.items()):
        if len(places) >= _FEWEST:
            yield from _untested(callee, places, teacher)
    for key, places in sorted(replaced.items()):
        if len(places) >= _FEWEST and len({outline.name for outline, _ in places}) >= _FEWEST:
            yield from _unreplaced(key, places, teacher)


def _comes_to_test(old: Outline, new: Outline) -> Iterator[tuple[str, int]]:
    before = treatments(old)
    for one in treatments(new):
        if not one.minds or is_reporter(one.callee, has_text=False) or gives_back(one.callee):
            continue
        same = [other for other in before if other.callee == one.callee and other.arguments == one.arguments]
        if len(same) == 1 and not same[0].minds and same[0].fate in {"dropped", "told", "dereferenced", "converted"}:
            yield one.callee, one.line


def _replacements(old: Outline, new: Outline) -> Iterator[tuple[tuple[str, str, Shape], int]]:
    """Yield what is called in the place of what, with the shape of the arguments that the old one had, and the line.
    """
    for tag, first, last, start, end in edits_between(old, new):
        for place in range(last - first) if tag == "replace" and last - first == end - start else ():
            before, after = calls_in(old.steps[first + place].expr), calls_in(new.steps[start + place].expr)
            if old.steps[first + place].kind != new.steps[start + place].kind or len(before) != len(after):
                continue
            changed = [(a, b) for a, b in zip(before, after, strict=True) if a.name != b.name]
            if len(changed) == 1 and changed[0][0].name and changed[0][1].name and _share_words(*changed[0]):
                was, now = changed[0]
                yield (was.name, now.name, _shape(old, was, new, now)), new.line_of(now)


def _shape(old: Outline, was: Expr, new: Outline, now: Expr) -> Shape:
    """Return what an argument has to be that the new function takes it in the same way: `kzalloc_obj(*p)` stands for
    `kzalloc(sizeof(*p))`, and not for `kzalloc(size)`. What is handed on as it is may be anything."""
    kept = {new.text(part) for part in now.parts[1:]}
    return tuple("" if old.text(part) in kept else part.kind for part in was.parts[1:])


def _has_shape(call: Expr, shape: Shape) -> bool:
    return len(call.parts) == len(shape) + 1 and all(
        kind in {"", part.kind} for kind, part in zip(shape, call.parts[1:], strict=True))


def _share_words(one: Expr, other: Expr) -> bool:
    words = {*one.name.split("_")} & {*other.name.split("_")}
    return bool(words - {""}) and not is_reporter(one.name, has_text=True)


def _untested(callee: str, places: list[tuple[Outline, int]], teacher: Teacher) -> Iterator[tuple[Outline, Hit]]:
    changed = {line for _, line in places}
    left: list[tuple[Outline, Treatment]] = []
    for outline in teacher.callers_here(callee):
        for one in treatments(outline, frozenset({callee})):
            if one.line not in changed and not one.minds:
                if one.fate not in {"dropped", "told", "dereferenced", "converted"} or any(
                        step.cleanup for step in outline.steps):
                    return
                left.append((outline, one))
    if not 1 <= len(left) <= min(_MOST_LEFT, len(places)):
        return
    for outline, one in left:
        if not outline.name.endswith(("_exit", "_remove", "_free", "_release")):
            yield outline, _hit("left-untested", outline, one.call, callee, places)


def _unreplaced(key: tuple[str, str, Shape], places: list[tuple[Outline, int]], teacher: Teacher
                ) -> Iterator[tuple[Outline, Hit]]:
    was, now, shape = key
    left = [(outline, call) for outline in teacher.callers_here(was) if outline.name != now
            for step in outline.steps for call in calls_in(step.expr) if call.name == was and _has_shape(call, shape)]
    if not 1 <= len(left) <= min(_MOST_LEFT, len(places) - 1):
        return
    for outline, call in left:
        yield outline, _hit("left-as-it-was", outline, call, was, places, now=now)


def _hit(shape: str, outline: Outline, call: Expr, callee: str, places: list[tuple[Outline, int]], **fields: str
         ) -> Hit:
    first, line = places[0]
    here = outline.line_of(call)
    return Hit(shape=shape, line=here, end_line=here, symbol=callee, object=outline.text(call),
               fields=tuple(sorted({"callee": callee, "statement": outline.text(call), "evidence": str(len(places)),
                                    "by": f"{first.name}()", **fields}.items())),
               new=((line, f"{first.name}()"), (here, outline.text(call))))
