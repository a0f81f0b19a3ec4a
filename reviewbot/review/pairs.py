"""Which call after a patch stands in the place of which call before it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache, partial

from reviewbot.cfacts import functions_of, squash_c
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.leaves import Leaf, can_hold, global_part, leaves_of, sure_tests, tests_of
from reviewbot.checks.reading import touches
from reviewbot.checks.weak import WEAK
from reviewbot.logic import FALSE, And, Cond, without
from reviewbot.review.contradicted import fits_exactly, is_brought, is_not_shown
from reviewbot.review.matching import Item, Place, given_on, is_like, joined_calls, lines_of, match
from reviewbot.review.shown import Shown, from_hunks, only_hunks
from reviewbot.review.standing_for import names_constant
from reviewbot.source.types import PatchedFile
from reviewbot.values import dataclass

__all__ = ["PARTLY", "Item", "Pair", "Place", "all_functions", "leading_to", "lines_of", "pairs_of",
           "strange_functions"]

PARTLY = "the tree does not stand as the patch found it"
NEW_HERE = "is new with this patch"
_ALIKE = 0.6  # of the lines of a function that got another name, so many must be the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What a call was and what it is: None where there is none. The places are the functions around it, None for one
    that is new or gone. `moved` when the pair stands at another place among the family's calls of the function. `open`
    says why it is not clear that the one was the other; `beside` when the side without the call has one that is alike
    at another place of the function. `strange` is a function that stands in the tree as a later patch of the series
    left it, and that no hunk shows as it was: nothing can be said of the pair. `whole`: one of the calls does all the
    work of several, of which the other is the first."""

    file: PatchedFile
    old: Place | None
    new: Place | None
    before: Item | None
    after: Item | None
    moved: bool = field(default=False)
    open: str = field(default="")
    beside: bool = field(default=False)
    strange: str = field(default="")
    whole: bool = field(default=False)

    @property
    def is_of_the_patch(self) -> bool:
        """Return whether a call that one side lacks is on a line that the patch adds or removes: hunks that show a
        function in part tell of no other call that it has come or gone."""
        item, lines = (self.after, self.file.added) if self.before is None else (self.before, self.file.removed)
        if (self.before is None) == (self.after is None) or item is None or self.open or self.file.whole \
                or any(leaf.via for leaf in item.leaves):
            return True
        return any(item.call.span.line <= line <= item.call.span.end_line for line in lines)

    @property
    def from_hunks(self) -> bool:
        """Return whether the functions around the call are known from the patch's hunks alone, on both sides."""
        places = [(place, old) for place, old in ((self.old, True), (self.new, False)) if place is not None]
        return bool(places) and all(
            from_hunks(self.file, place.function.span.line, old=old) for place, old in places)

    @property
    def has_own_tests(self) -> bool:
        """Return whether the tests in front of the calls are those of the patch's time: the tree's, or, where the
        function itself is of another time there, those that its hunks show."""
        if self.open.startswith(f"{PARTLY}: how {self.function}() "):
            return self.from_hunks
        return not (self.strange or self.open.startswith(PARTLY) or self.open.endswith(NEW_HERE))

    @property
    def function(self) -> str:
        """Return the function's name, after the patch if it is still there."""
        place = self.new or self.old
        return place.function.name if place else ""

    @property
    def formerly(self) -> str:
        """Return the function's name before the patch where it has another one after it."""
        return self.old.function.name if self.old and self.new and self.old.function.name != self.function else ""


_Group = tuple[PatchedFile, list[Place], list[Place]]


def pairs_of(analysis: Analysis, position: int) -> Iterator[Pair]:
    """Yield the calls of each function that the patch changes, each with its counterpart on the other side.

    A function that only moved to another file, or got another name, is the same function. What the patch takes out of
    changed functions into a new one, or puts back into them, shows where it is called, and is left out itself. The
    family's own functions have cells of their own; of their calls only those of other functions of the family count.
    """
    alone: list[Pair] = []
    torn = _torn_by_path(analysis)
    shown = Shown(analysis, position) if torn or not all(
        fits_exactly(file) for file in analysis.patched.states[position].files) else None
    for file, olds, news in _groups(analysis, position):
        if _is_unread(analysis, position, file):
            continue
        old = [item for place in olds for item in _items(analysis, place)]
        new = [item for place in news for item in _items(analysis, place)]
        for pair in _matched(analysis, file, olds, news, old, new) if old or new else ():
            found = _as_mailed(_as_shown(pair, shown, torn), shown) if shown is not None else pair
            if found.open != pair.open or (found.before is not None and found.after is not None):
                yield found
            else:
                alone.append(found)
    for pair in _across(alone):
        helper = _unfollowed(analysis, position, pair)
        yield replace(pair, open=helper) if helper and not pair.open else pair


def _is_unread(analysis: Analysis, position: int, file: PatchedFile) -> bool:
    """Return whether a side of the file was left out for what it costs: its calls are not gone."""
    sides = analysis.before(position).facts.get(file.old_path), analysis.after(position).facts.get(file.path)
    return any(skip.stage == "read" for facts in sides if facts is not None for skip in facts.skips)


def _as_shown(pair: Pair, shown: Shown, torn: Mapping[str, set[str]]) -> Pair:
    """Return the pair with what is open about it where the tree is of another time than the patch."""
    name = _torn(pair, torn)
    own = bool(name) and name == pair.function
    why = f"{PARTLY}: how {name}() stood at this patch is not known" if name else only_hunks(pair.file.path)
    if name and shown.brings(name):
        why = f"{name}() {NEW_HERE}"
    if pair.from_hunks and (own or not name):
        if shown.may_reach(pair.function, (pair.before, pair.after), pair.file.path, within=False):
            return replace(pair, open=why) if pair.before is not None and pair.after is not None else pair
        return pair
    if not name:
        return pair
    if own and (pair.before is None or pair.after is None):
        item = pair.after or pair.before
        assert item is not None
        if shown.changes(item, pair.file.path, old=pair.after is None) or (pair.before is None and shown.adds(item)):
            return replace(pair, beside=False)  # what the tree has beside it is of a later time
    if shown.has(pair.before, torn, old=True) and shown.has(pair.after, torn, old=False):
        if own and not shown.may_reach(pair.function, (pair.before, pair.after), pair.file.path, within=True):
            return pair
        return replace(pair, open=why)
    # The call is the tree's, of another time than the patch: what its function called then is not known.
    return replace(pair, open=why, strange=name)


def _as_mailed(pair: Pair, shown: Shown) -> Pair:
    """Return the pair without what the tree has around the call and the mail has not: a side that has a test of
    another time is not seen."""
    if pair.before is None or pair.after is None or pair.open or pair.strange or fits_exactly(pair.file):
        return pair
    hunks = shown.hunks_of(pair.file.path)
    why = f"{PARTLY}: how {pair.function}() stood at this patch is not known"
    had = pair.file.applies == "reversed"  # all of its lines were found in the tree, and taken out
    if not had and is_not_shown(pair.after, hunks, old=False):
        return replace(pair, open=why, strange=pair.function)
    if is_brought(pair.before, hunks) or (not had and is_not_shown(pair.before, hunks, old=True)):
        return replace(pair, open=why, before=None)
    return pair


def strange_functions(analysis: Analysis, position: int) -> Iterator[tuple[str, int, str, str]]:
    """Yield (file, line, function, why) for the functions whose calls are not known at this patch."""
    if not any(file.torn for state in analysis.patched.states for file in state.files) and all(
            fits_exactly(file) for file in analysis.patched.states[position].files):
        return
    pairs = list(pairs_of(analysis, position))
    decided = {(pair.file.path, pair.function) for pair in pairs if not pair.open}
    for pair in pairs:
        if pair.strange and (pair.file.path, pair.function) not in decided:
            yield pair.file.path, 0, f"{pair.function}()", pair.open


def _unfollowed(analysis: Analysis, position: int, pair: Pair) -> str:
    """Return why a call may be neither new nor gone: the other side calls a function elsewhere that makes it too."""
    item, place, other = (pair.after, pair.new, pair.old) if pair.before is None else (
        pair.before, pair.old, pair.new)
    if item is None or place is None or other is None:
        return ""
    was = pair.before is None
    side = analysis.before(position) if was else analysis.after(position)
    given = {leaf.primitive for leaf in item.leaves if not leaf.via} & (given_on(other) - given_on(place))
    if given:
        return f"{min(given)}() {'was given on' if was else 'is given on'} there for others to call"
    known = analysis.family.names() | side.wrappers.keys()
    by = dict.fromkeys(sorted(set(other.function.calls_all) - set(place.function.calls_all) - known), "it")
    by |= {name: through for through, name in _through(item, place, other) if name not in known}
    if not by:
        return ""
    wanted = {*item.primitives, *(one.name for one in analysis.family.functions
                                  if not item.primitives.isdisjoint(one.does_all_of))}
    for primitive, paths in sorted(analysis.files_with(position if was else position + 1, wanted).items()):
        for path in paths:
            data = side.tree.read(path) if path.endswith((".c", ".h")) else None
            if data is None or not any(name.encode() in data for name in by) or (
                    own_arch(path) and own_arch(other.path) not in {"", own_arch(path)}):
                continue
            leading = leading_to(data, frozenset({primitive}))
            for one in all_functions(data):
                if one.name in by and one.name in leading and (
                        not one.static or path == other.path or path.endswith(".h")):
                    calls = f"{by[one.name]} {'called before' if was else 'calls now'}"
                    comes = "calls" if primitive in one.calls_all else "leads to"
                    body = f" in its {WEAK} body" if WEAK in one.signature.split() else ""
                    return f"{one.name}(), which {calls}, {comes} {primitive}(){body}"
    return ""


@lru_cache(maxsize=64)
def leading_to(data: bytes, names: frozenset[str]) -> frozenset[str]:
    """Return the functions of a file that call one of the names, directly or through others of them."""
    functions = all_functions(data) if names else ()
    found: frozenset[str] = frozenset()
    more = frozenset(one.name for one in functions if one.name and not names.isdisjoint(one.calls_all))
    while more - found:
        found |= more
        more = frozenset(one.name for one in functions if one.name and not found.isdisjoint(one.calls_all))
    return found


def _through(item: Item, place: Place, other: Place) -> Iterator[tuple[str, str]]:
    """Yield who calls what on the side without the call, for the helpers that lead to it on its own side: the function
    itself a helper that is not in its file there, or a helper of its file what that calls."""
    helpers = {name for leaf in item.leaves for name in leaf.via[:1]} & set(other.function.calls_all)
    there, here = ({one.name: one for one in all_functions(side.side.tree.read(side.path) or b"")} if helpers else {}
                   for side in (other, place))
    for helper in sorted(helpers):
        if helper not in there:
            yield "it", helper
        else:
            both = here[helper].calls_all if helper in here else ()
            yield from ((f"{helper}()", name) for name in there[helper].calls_all if name not in {*there, *both})


def _torn_by_path(analysis: Analysis) -> dict[str, set[str]]:
    """Return by file the functions of which the tree has what some patch of the series makes of them."""
    torn: dict[str, set[str]] = {}
    for state in analysis.patched.states:
        for file in state.files:
            if file.torn:
                torn.setdefault(file.path, set()).update(file.torn)
    return torn


def _torn(pair: Pair, torn: Mapping[str, set[str]]) -> str:
    """Return the function on the way to the family of which it is not known how it stood at this patch, if any."""
    names = [(place.path, place.function.name) for place in (pair.new, pair.old) if place is not None]
    names += [(path, helper) for item in (pair.before, pair.after) if item for leaf in item.leaves
              for helper in leaf.via for path in leaf.files]
    return next((name for path, name in names if name in torn.get(path, ())), "")


def _groups(analysis: Analysis, position: int) -> Iterator[_Group]:
    before, after = analysis.before(position), analysis.after(position)
    gone: list[tuple[PatchedFile, Place]] = []
    fresh: list[tuple[PatchedFile, Place]] = []
    kept: list[_Group] = []
    for file in analysis.patched.states[position].files:
        if not file.path.endswith((".c", ".h")):
            continue
        olds, news = _functions(before, file.old_path), _functions(after, file.path)
        olds |= _others(before, file.old_path, frozenset(news.keys() - olds.keys()))
        news |= _others(after, file.path, frozenset(olds.keys() - news.keys()))
        for name, places in news.items():
            there = olds.get(name, [])
            if not there:
                fresh += [(file, place) for place in places]
            elif len(there) == len(places):
                kept += [(file, [old], [new]) for old, new in zip(there, places, strict=True)
                         if touches(file, new.function) or names_constant(file, "\n".join(lines_of(new)))]
            elif any(touches(file, place.function) for place in places):
                kept.append((file, there, places))
        gone += [(file, place) for name, places in olds.items() if name not in news for place in places]
    moved = _moved(gone, fresh)
    helpers = _called_by_changed(analysis, position)
    yield from kept
    yield from moved
    paired = {id(place) for _, olds, news in moved for place in (*olds, *news)}
    for file, place in gone:
        if id(place) not in paired and place.function.name not in helpers | analysis.primitives:
            yield file, [place], []
    for file, place in fresh:
        if id(place) not in paired and place.function.name not in helpers and touches(file, place.function):
            yield file, [], [place]


def _functions(side: Side, path: str) -> dict[str, list[Place]]:
    """Return the functions of a file that the facts speak of, those around the family, by name."""
    facts = side.facts.get(path)
    return _by_name(side, path, facts.functions if facts else ())


def _others(side: Side, path: str, names: frozenset[str]) -> dict[str, list[Place]]:
    """Return those of the named functions that a file has without a word of the family in them."""
    data = side.tree.read(path) if names and path in side.facts else None
    return _by_name(side, path, [one for one in all_functions(data) if one.name in names]) if data else {}


def _by_name(side: Side, path: str, functions: Iterable[Function]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for function in functions:
        if function.name:
            found.setdefault(function.name, []).append(Place(side=side, path=path, function=function))
    return found


@lru_cache(maxsize=64)
def all_functions(data: bytes) -> tuple[Function, ...]:
    """Return every function of a file: the facts about it name only those around the family."""
    return functions_of(data)


def _moved(gone: Sequence[tuple[PatchedFile, Place]], fresh: Sequence[tuple[PatchedFile, Place]]) -> list[_Group]:
    """Return the functions that went to another file or got another name: the same name first, then what is alike."""
    moved: list[_Group] = []
    left, right = list(gone), list(fresh)
    for file, new in list(right):
        same = next(((f, old) for f, old in left if old.function.name == new.function.name), None)
        if same is not None:
            left.remove(same)
            right.remove((file, new))
            moved.append((file, [same[1]], [new]))
    for file, new in right:
        text = _text(new)
        ranked = sorted(((_likeness(_text(old), text), number) for number, (_, old) in enumerate(left)), reverse=True)
        if ranked and ranked[0][0] >= _ALIKE:
            moved.append((file, [left.pop(ranked[0][1])[1]], [new]))
    return moved


def _text(place: Place) -> list[str]:
    return [line for line in (squash_c(text.encode("latin-1")) for text in lines_of(place)[1:]) if len(line) > 1]


def _likeness(before: list[str], after: list[str]) -> float:
    return difflib.SequenceMatcher(None, before, after, autojunk=False).ratio() if before and after else 0.0


def _called_by_changed(analysis: Analysis, position: int) -> frozenset[str]:
    """Return the names that the functions changed by the patch call, before or after it."""
    files = analysis.patched.states[position].files
    changed = {function.name for file in files for facts in [analysis.after(position).facts.get(file.path)] if facts
               for function in facts.functions if touches(file, function)}
    return frozenset(call.callee for side in (analysis.before(position), analysis.after(position))
                     for file in files for path in {file.path, file.old_path}
                     for facts in [side.facts.get(path)] if facts for call in facts.calls
                     if call.function in changed and call.function != call.callee)


def _items(analysis: Analysis, place: Place) -> Iterator[Item]:
    side, function = place.side, place.function
    for call in side.facts[place.path].calls:
        inside = function.span.line <= call.span.line <= function.span.end_line
        if not inside or call.use == "in-macro" or (function.name in analysis.primitives and (
                call.callee == function.name or call.callee not in analysis.family.names("core")
                or analysis.returns(call.callee) == "bool")):
            continue
        tests = tests_of(side, call, place.path)
        guards = And(call.path_condition, *(global_part(test, function, side) for _, test in tests))
        leaves = (replace(leaf, when=And(guards, leaf.when))
                  for leaf in leaves_of(side, call.callee, near=place.path, arguments=call.arguments,
                                        primitives=analysis.primitives, values=call.values))
        for lane in _lanes(leaf for leaf in leaves if leaf.when != FALSE and can_hold(
                sure_tests(call, (*(test for _, test in tests), leaf.sure)))):
            yield Item(place=place, call=call, leaves=tuple(lane))


def _lanes(leaves: Iterator[Leaf]) -> list[list[Leaf]]:
    """Return the leaves with those together between which the configuration chooses: of these there is one at most.

    What a test at run time chooses between are two calls, each under its own condition.
    """
    lanes: list[list[Leaf]] = []
    for leaf in leaves:
        lane = next((lane for lane in lanes if all(And(_built(leaf), _built(other)) == FALSE for other in lane)), None)
        if lane is None:
            lanes.append([leaf])
        else:
            lane.append(leaf)
    return lanes


def _built(leaf: Leaf) -> Cond:
    directives = leaf.nest.variables()
    return without(leaf.when, lambda name: not name.startswith(("CONFIG_", "defined(")) and name not in directives)


def _matched(analysis: Analysis, file: PatchedFile, olds: list[Place], news: list[Place], old: list[Item],
             new: list[Item]) -> Iterator[Pair]:
    """Yield the calls of a function, each with its counterpart."""
    whole = {one.name: one.does_all_of for one in analysis.family.functions if one.does_all_of}
    found = joined_calls(match(old, new, partial(_undoes, analysis)), old, new, whole)
    order = [(one.before, one.after) for one in found
             if one.before is not None and one.after is not None and not one.why]
    for one in found:
        here = new[one.after] if one.before is None and one.after is not None else None
        gone = old[one.before] if one.after is None and one.before is not None else None
        yield Pair(file=file, old=olds[0] if olds else None, new=news[0] if news else None,
                   before=None if one.before is None else old[one.before],
                   after=None if one.after is None else new[one.after],
                   moved=not one.why and any(_crosses((one.before, one.after), other) for other in order), open=one.why,
                   whole=one.whole,
                   beside=bool((here and _has_like(here, old)) or (gone and _has_like(gone, new))))


def _crosses(one: tuple[int | None, int | None], other: tuple[int, int]) -> bool:
    """Return whether two calls stand in another order than they did."""
    before, after = one
    return before is not None and after is not None and (before - other[0]) * (after - other[1]) < 0


def _has_like(item: Item, others: Sequence[Item]) -> bool:
    return any(item.primitives & other.primitives and is_like(item, other) for other in others)


def _across(alone: Sequence[Pair]) -> Iterator[Pair]:
    """Yield the calls without a counterpart in their function; one like it in another function is open."""
    gone = [pair for pair in alone if pair.after is None]
    for pair in alone:
        if pair.after is None:
            continue
        origin = next((one for one in gone if _may_have_moved(one, pair)), None)
        if origin is None:
            yield pair
            continue
        gone.remove(origin)
        yield replace(pair, old=origin.old, before=origin.before,
                      open=f"a call like it stood in {origin.function}() before")
    yield from gone


def _may_have_moved(gone: Pair, fresh: Pair) -> bool:
    old, new = gone.before, fresh.after
    if old is None or new is None or not old.primitives & new.primitives:
        return False
    arches = {own_arch(item.place.path) for item in (old, new)}
    return len(arches) == 1 and is_like(old, new)


def _undoes(analysis: Analysis, old: Item, new: Item) -> bool:
    """Return whether one takes back what the other does: then it cannot have come into its place."""
    known = [analysis.family.get(min(item.primitives)) for item in (old, new)]
    return any(one is not None and other is not None and other.name in one.undone_by
               for one, other in (known, known[::-1]))
