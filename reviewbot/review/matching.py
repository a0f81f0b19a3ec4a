"""Which of the calls before a patch is which of those after it: by what is called on which object, then in order."""

from __future__ import annotations

import difflib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache, partial

from reviewbot.cfacts.types import Call, Function
from reviewbot.checks.analysis import Side
from reviewbot.checks.leaves import Leaf
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Item", "Match", "Place", "bare", "given_on", "is_like", "joined_calls", "lines_of", "match"]

_CAST = regex(r"\((?:const |unsigned |signed |struct )*(?:void|char|long|int|u8|u16|u32|u64|unsigned|\w+_t|\w+ )"
              r"(?: long| int)*[ *]*\)\s*(?=[\w(&*])")
_SAME = 0.85  # of the text of two objects: they are one that got another name
_ALIKE = 0.6
_APART = 0.05  # so much better must the best partner be than the next
_MOST_COMPARED = 40  # calls on each side of which each is compared with each


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A function at one moment of the series, as far as its lines are known."""

    side: Side
    path: str
    function: Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One way in which a call reaches the family: `leaves` are alternatives of which the configuration chooses."""

    place: Place
    call: Call
    leaves: tuple[Leaf, ...]

    @property
    def primitives(self) -> frozenset[str]:
        """Return the functions of the family that it may come down to."""
        return frozenset(leaf.primitive for leaf in self.leaves)


_Undoes = Callable[[Item, Item], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two calls, by their numbers, that stand for each other; None where there is none. `why` says what keeps it open
    whether they do; `whole` that one of them does all the work of several, of which the other is the first."""

    before: int | None
    after: int | None
    why: str = field(default="")
    whole: bool = field(default=False)


def lines_of(place: Place) -> list[str]:
    """Return the source lines of a function, from its head to its last bracket."""
    lines = _lines_of(place.side.tree.read(place.path) or b"")
    return lines[place.function.span.line - 1:place.function.span.end_line]


def given_on(place: Place) -> set[str]:
    """Return the names that a function does not call, and gives to others as functions."""
    facts = place.side.facts.get(place.path)
    return {one.name for one in (facts.mentions if facts else ())
            if one.kind == "escape" and one.function == place.function.name}


@lru_cache(maxsize=32)
def _lines_of(data: bytes) -> list[str]:
    return data.decode("latin-1").splitlines()


def bare(argument: str) -> str:
    """Return an argument without casts, blanks and brackets around it."""
    text = _CAST.sub("", argument)
    text = "".join(text.split())
    while text.startswith("(") and text.endswith(")") and text[1:-1].count("(") == text[1:-1].count(")") \
            and ")" not in text[1:-1].split("(")[0]:
        text = text[1:-1]
    return text


def match(old: Sequence[Item], new: Sequence[Item], undoes: _Undoes) -> list[Match]:
    """Return each call with its counterpart, those found first that are most alike.

    Calls of one function on one object that became more, or fewer, are told apart by their tests; where these do not
    tell, the match says why it is open. `undoes` tells of calls that take each other back: these are no counterparts.
    """
    left, right = list(range(len(old))), list(range(len(new)))
    found: list[Match] = []
    for key in _EXACT:
        waiting: dict[object, deque[int]] = {}
        for other in right:
            waiting.setdefault(key(new[other]), deque()).append(other)
        for one in list(left):
            partners = waiting.get(key(old[one]))
            if partners:
                left.remove(one)
                right.remove(partners[0])
                found.append(Match(before=one, after=partners.popleft()))
    found += _alone_in_text(old, new, left, right)
    for least, same in _STAGES:
        found += _nearest(old, new, left, right, partial(same, undoes), least)
    return [*_unsure(old, new, found, left, right)]


def _alone_in_text(old: Sequence[Item], new: Sequence[Item], left: list[int], right: list[int]) -> Iterator[Match]:
    """Yield the calls of helpers that stand once on each side in the same words, and take them out of what is `left`:
    what the helper hands on tells nothing where that is its own."""
    def said(item: Item) -> tuple[object, ...]:
        return item.call.callee, item.call.arguments, tuple(leaf.via for leaf in item.leaves), item.primitives

    here, there = (Counter(map(said, items)) for items in (old, new))
    partners = {said(new[other]): other for other in right}
    for one in list(left):
        words = said(old[one])
        other = partners.get(words)
        if other is not None and here[words] == there[words] == 1 and any(leaf.via for leaf in old[one].leaves):
            left.remove(one)
            right.remove(other)
            yield Match(before=one, after=other)


def _tests(item: Item) -> frozenset[str]:
    """Return the tests in front of the call, in its function and in the helpers behind it, as they are written."""
    first = item.leaves[0].guards if item.leaves else ()
    conds = [item.call.path_condition, *(guard.condition for guard in item.call.guards), *first]
    return frozenset(str(part) for cond in conds for part in (cond.parts if cond.op == "and" else (cond,))
                     if cond.op != "true")


_EXACT: tuple[Callable[[Item], object], ...] = (
    lambda item: (item.call.callee, item.call.arguments, item.primitives, item.call.use, _tests(item)),
    lambda item: (item.primitives, tuple(leaf.arguments for leaf in item.leaves), _tests(item)),
)
_STAGES: tuple[tuple[float, Callable[[_Undoes, Item, Item], bool]], ...] = (
    (1.0, lambda _, one, other: one.primitives == other.primitives),
    (_SAME, lambda _, one, other: one.primitives == other.primitives),
    (0.0, lambda _, one, other: one.primitives == other.primitives),
    (_ALIKE, lambda _, one, other: bool(one.primitives & other.primitives)),
    (_ALIKE, lambda undoes, one, other: not undoes(one, other)),
    (0.0, lambda undoes, one, other: one.call.callee == other.call.callee and not undoes(one, other)),
)


def _nearest(old: Sequence[Item], new: Sequence[Item], left: list[int], right: list[int],
             may: Callable[[Item, Item], bool], least: float) -> Iterator[Match]:
    """Yield the matches whose objects are alike at `least` so much, and take them out of what is `left`."""
    scores = _scores(old, new, left, right, may, least)
    by_old: dict[int, list[int]] = {}
    by_new: dict[int, list[int]] = {}
    for one, other in scores:
        by_old.setdefault(one, []).append(other)
        by_new.setdefault(other, []).append(one)
    lone_old = {one: len(others) for one, others in by_old.items()}
    lone_new = {other: len(ones) for other, ones in by_new.items()}
    for best in sorted(scores, key=lambda pair: (-scores[pair][0], -scores[pair][1], abs(pair[0] - pair[1]), pair)):
        if best[0] not in lone_old or best[1] not in lone_new:
            continue
        rivals = [scores[best[0], other] for other in by_old[best[0]] if other in lone_new and other != best[1]]
        rivals += [scores[one, best[1]] for one in by_new[best[1]] if one in lone_old and one != best[0]]
        mine = scores[best]
        same_many = len(lone_old) == len(lone_new)
        clear = all(mine[0] - score[0] >= _APART or mine[1] - score[1] >= _APART or mine[0] == 1 > score[0]
                    for score in rivals) \
            or (same_many and mine[0] >= _SAME and all(score == mine for score in rivals))
        yield Match(before=best[0], after=best[1], why="" if clear else _which(old[best[0]], new[best[1]]))
        left.remove(best[0])
        right.remove(best[1])
        _leave(best[0], by_old, lone_old, lone_new)
        _leave(best[1], by_new, lone_new, lone_old)


def _leave(number: int, partners: Mapping[int, Sequence[int]], mine: dict[int, int], theirs: dict[int, int]) -> None:
    """Take a call out of those that still have somebody they may stand for, and others that had only this one."""
    mine.pop(number, None)
    for other in partners[number]:
        if other in theirs:
            theirs[other] -= 1
            if not theirs[other]:
                del theirs[other]


def _scores(old: Sequence[Item], new: Sequence[Item], left: Sequence[int], right: Sequence[int],
            may: Callable[[Item, Item], bool], least: float) -> dict[tuple[int, int], tuple[float, float]]:
    """Return how alike those calls are that may stand for each other.

    Of more than a function written by hand has, only those that stand at about the same place are compared.
    """
    many = len(left) * len(right) > _MOST_COMPARED ** 2
    scores = {}
    for rank, one in enumerate(left):
        others = right[max(0, rank - _MOST_COMPARED // 2):rank + _MOST_COMPARED // 2] if many else right
        for other in others:
            if may(old[one], new[other]) and (alike := _likeness(old[one], new[other])) >= least:
                scores[one, other] = alike, _shared(old[one], new[other])
    return scores


def _unsure(old: Sequence[Item], new: Sequence[Item], found: Sequence[Match], left: Sequence[int],
            right: Sequence[int]) -> Iterator[Match]:
    """Yield the matches, and what has none: nothing came or went where one call on an object became several."""
    after = {one.before: one.after for one in found if one.before is not None}
    before = {one.after: one.before for one in found if one.after is not None}
    rest: list[Match] = []
    for number in right:
        origin = _split_from(new[number], old, {one: new[other] for one, other in after.items() if other is not None})
        why = "" if origin is None else _which(old[origin], new[number])
        rest.append(Match(before=origin, after=number, why=why))
    for number in left:
        origin = _split_from(old[number], new, {one: old[other] for one, other in before.items() if other is not None})
        why = "" if origin is None else _which(old[number], new[origin])
        rest.append(Match(before=number, after=origin, why=why))
    open_old = {one.before: one.why for one in rest if one.why}
    open_new = {one.after: one.why for one in rest if one.why}
    for one in found:
        yield replace(one, why=one.why or open_old.get(one.before, "") or open_new.get(one.after, ""))
    yield from rest


def joined_calls(found: Sequence[Match], old: Sequence[Item], new: Sequence[Item],
                 whole: Mapping[str, tuple[str, ...]]) -> list[Match]:
    """Return the matches with those together in which one call does what several on the same object did, or several
    what one did: the first of them stands for all. `whole` names the functions that do all the work of others."""
    left = list(found)
    for swapped in (False, True):
        parts, ones = (new, old) if swapped else (old, new)
        for number, one in enumerate(ones):
            wanted = whole.get(min(one.primitives), ()) if len(one.primitives) == 1 else ()
            those = [next((at for at, part in enumerate(parts) if part.primitives == {name} and is_like(part, one)
                           and _is_alone(left, at, number, swapped=swapped)), None) for name in wanted]
            numbers = [at for at in those if at is not None]
            if not numbers or len(numbers) < len(those):
                continue
            left = [match for match in left if (match.after if swapped else match.before) not in numbers
                    and (match.before if swapped else match.after) != number]
            before, after = (number, numbers[0]) if swapped else (numbers[0], number)
            left.append(Match(before=before, after=after, whole=True))
    return left


def _is_alone(found: Sequence[Match], part: int, one: int, *, swapped: bool) -> bool:
    """Return whether a call has no counterpart but the one call that may do its work."""
    return all((match.before if swapped else match.after) in {None, one} for match in found
               if (match.after if swapped else match.before) == part)


def _split_from(item: Item, others: Sequence[Item], partners: Mapping[int, Item]) -> int | None:
    """Return the call of the other side that this one may stand for as well as its partner does; None if none does.

    A partner that has all its tests still, which this one has not, is the call that it was: then this one is another.
    """
    number = next(_on_same(item, others), None)
    partner = partners.get(number) if number is not None else None
    if number is None or partner is None:
        return number
    tests = _tests(others[number])
    kept = tests == _tests(partner) or (tests <= _tests(partner) and not tests <= _tests(item))
    return None if kept else number


def _on_same(item: Item, others: Sequence[Item]) -> Iterator[int]:
    """Yield the calls of the same function on the same object, the most alike first."""
    ranked = sorted((-_likeness(item, other), number) for number, other in enumerate(others)
                    if item.primitives & other.primitives and is_like(item, other))
    yield from (number for _, number in ranked)


def is_like(one: Item, other: Item) -> bool:
    """Return whether two calls are about the same object, as far as its text tells."""
    return _likeness(one, other) >= _SAME


def _which(old: Item, new: Item) -> str:
    name = min(old.primitives & new.primitives, default=min(new.primitives, default=new.call.callee))
    return f"which of the calls of {name}() before and after stand for each other is not clear"


def _likeness(one: Item, other: Item) -> float:
    return max((_alike(mine, others) for mine in _given(one) for others in _given(other)), default=0.0)


def _given(item: Item) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(bare(text) for text in leaf.arguments or item.call.arguments) for leaf in item.leaves)


@lru_cache(maxsize=4096)
def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return how alike the arguments of two calls are: the first, which says of what, counts most."""
    if one == other or not one or not other:
        return float(one == other)
    rest = _ratio(" ".join(one[1:]), " ".join(other[1:]))
    return 0.9 * _ratio(one[0], other[0]) + 0.1 * rest


def _ratio(one: str, other: str) -> float:
    return 1.0 if one == other else difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _shared(one: Item, other: Item) -> float:
    """Return how alike the tests in front of two calls are, and what becomes of their results."""
    mine, others = _tests(one), _tests(other)
    tests = len(mine & others) / len(mine | others) if mine | others else 1.0
    return tests + 0.1 * (one.call.use == other.call.use) + 0.1 * (one.call.callee == other.call.callee)
