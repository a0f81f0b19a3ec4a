"""A call before and after a patch, held side by side: its conditions, its arguments, what they are computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from reviewbot.cfacts import parse_c_condition, squash_c
from reviewbot.cfacts.types import Call
from reviewbot.checks.alike import answer_alike
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import concerned
from reviewbot.checks.gate_backends import gates_between
from reviewbot.checks.leaves import Leaf, is_loop, leaves_with_error, tests_of
from reviewbot.checks.predicates import expanded
from reviewbot.checks.renamed import renamed_functions
from reviewbot.checks.spellings import in_one_spelling
from reviewbot.logic import TRUE, And, Cond, Or, Var
from reviewbot.patterns import regex
from reviewbot.review.alike_guards import guards_of_both, loop_exits
from reviewbot.review.computed import makes_its_own, otherwise_computed
from reviewbot.review.conditions import Tests, compare_tests, local_names, own_names, renamed
from reviewbot.review.contained import same_masks
from reviewbot.review.counted import Count, compare_counts, count_of
from reviewbot.review.inner import with_helpers
from reviewbot.review.labels import label_before, line_of_label
from reviewbot.review.matching import Item, bare, lines_of
from reviewbot.review.pairs import Pair
from reviewbot.review.same_numbers import is_same_number, same_numbers
from reviewbot.review.same_thing import in_earlier_words, names_one_thing
from reviewbot.review.same_values import same_values
from reviewbot.review.standing_for import put_for, standing_for
from reviewbot.review.unproved import Proved, proved, successes
from reviewbot.review.worded import Compared, in_running

__all__ = ["compare", "directives_of"]

_VARIABLE = regex(r"(?<![\w.>])[A-Za-z_]\w*")
_CALLED = regex(r"\b([A-Za-z_]\w*)\s*\(")
_ADDRESS = regex(r"\(&[A-Za-z_]\w*\)(?=->)")
_CONSTANT = regex(r"-?(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*|true|false|NULL")
_FAILED = regex(r"IS_ERR(?:_OR_NULL)?\(.*\)")
_FAILED_SO = regex(r"\(?[A-Za-z_]\w* == -E[A-Z]+\)?")
_STATUS = regex(r"\(?([A-Za-z_]\w*)(?: (?:<|>|<=|>=|==) (?:0|-?E[A-Z]+))?\)?")
_MOST_LINES = 400
_LONGEST = 160


def directives_of(item: Item | None) -> frozenset[str]:
    """Return what the `#if` lines around a call and in the helpers behind it ask."""
    if item is None:
        return frozenset()
    return item.call.path_condition.variables() | item.place.function.path_condition.variables() | frozenset().union(
        *(leaf.nest.variables() for leaf in item.leaves))


def compare(analysis: Analysis, position: int, pair: Pair) -> Compared:
    """Return how the call before and the one after compare, apart from what the architectures make of them."""
    labels = label_before(pair.before), label_before(pair.after)
    if pair.before is None or pair.after is None or pair.old is None or pair.new is None:
        alone = [TRUE if item is None else with_helpers(item, _in_front(_tests(analysis, item, told=True), (item,)))
                 for item in (pair.before, pair.after)]
        sure = not pair.open or pair.has_own_tests
        return Compared(tests=Tests(how="same"), in_front=(alone[0], alone[1]), doubt=pair.open, labels=labels,
                        untold=not sure, inside=_inside(analysis, pair) if any(labels) else (TRUE, TRUE),
                        directives=directives_of(pair.before) | directives_of(pair.after))
    if pair.open:
        shown = _own_tests(analysis, pair)
        return Compared(tests=Tests(how="open", why=pair.open), doubt=pair.open, labels=labels, in_front=shown,
                        untold=not pair.has_own_tests,
                        directives=directives_of(pair.before) | directives_of(pair.after))
    old, new = ([squash_c(line.encode("latin-1")) for line in lines_of(item.place)[:_MOST_LINES]]
                for item in (pair.before, pair.after))
    own = own_names(old, new)
    both = pair.before, pair.after
    one, other = (_tests(analysis, item) for item in both)
    passed = successes(analysis, both, (one, other))
    one, other = one + passed[0], in_earlier_words(analysis, *both, one + passed[0], other + passed[1])
    asked = {name for cond in (*one, *other) for atom in cond.variables() for name in _CALLED.findall(atom)}
    own_words = {name: those for name in sorted(asked) if (those := analysis.redefinitions_of(name))}
    runtimes = frozenset(entry.name for arch in analysis.arches
                      for entry in analysis.model.runtimes(arch, analysis.version))
    heirs = dict(analysis.renames)
    heirs |= renamed_functions(analysis.patched.states[position], own_words.keys()) if own_words else {}
    tests = compare_tests([_in_new_names(cond, heirs) for cond in one], other, own=own, known=runtimes,
                          unclear=own_words.keys() - {*heirs, *heirs.values()})
    if tests.how == "same" and heirs and not tests.names:
        tests = replace(tests, names=tuple(sorted((a, b) for a, b in heirs.items() if a in asked)))
    callees = frozenset(leaf.primitive for item in (pair.before, pair.after) for leaf in item.leaves)
    settled = None if tests.how == "same" else _by_backends(
        analysis, position, pair.before.place.path, tests, (one, other), callees)
    tests = settled or tests
    alike = settled.how == "same" if settled is not None else bool(
        own_words or tests.how != "same") and _answered_alike(
            analysis, position, pair.after.place.path, And(*one), And(*other))
    if tests.how != "same" and alike:
        tests = Tests(how="same")
    if tests.how == "other" and TRUE not in {tests.before, tests.after} and (all(
            any(_asks_result(item, atom) for item in (pair.before, pair.after))
            for atom in tests.before.variables() | tests.after.variables())
            or _asks_the_unknown(analysis, position, pair.after.place.path, tests)):
        # Whether what was called before has worked is asked otherwise: that is about another call.
        tests = Tests(how="open", why=f"its condition is written otherwise, '{tests.after}' (before: '{tests.before}')")
    counts = _counts(analysis, pair.before, pair.after)
    found = _arguments(analysis, pair.before, pair.after, own, counts)
    doubt = tests.why if tests.how == "open" else found.doubt
    directives = directives_of(pair.before) | directives_of(pair.after)
    macros = directives & (tests.before.variables() | tests.after.variables())
    if not doubt and any(not name.startswith("CONFIG_") for name in macros) \
            and in_running(tests.before, directives) == in_running(tests.after, directives):
        doubt = "the #if around it is another one"
    modules = [frozenset(name for name in asked if name.endswith("_MODULE") and name.removesuffix("_MODULE") in asked)
               for asked in (item.call.path_condition.variables() for item in (pair.before, pair.after))]
    if not doubt and modules[0] != modules[1]:  # a row shows either the option or the module
        doubt = f"the #if around it asks for {min(modules[0] ^ modules[1]).removesuffix('_MODULE')} as a module"
    if not doubt and pair.moved:
        doubt = "the order of the calls changes"
    changed = [name for name, those in own_words.items() if any(one.position == position for one in those)
               and name not in {*heirs, *heirs.values()}]
    if not doubt and changed and not alike and settled is None:
        doubt = _asked_otherwise(changed, *([in_running(cond, directives) for cond in side] for side in (one, other)))
    label = labels[0] or labels[1]
    if label and tests.how == "other":
        doubt = doubt or f"what leads to the label '{label}' is written otherwise"
    named = [[*_tests(analysis, item, told=True), *more] for item, more in zip(both, passed, strict=True)]
    if tests.how == "other":
        # A way out with an error that one side writes as a jump is the same way out.
        excused = {test for whole, some in zip((one, other), named, strict=True) for test in whole if test not in some}
        named = [[test for test in some if test not in excused or test in {*_parts(tests.before), *_parts(tests.after)}]
                 for some in named]
    front = [_in_front([*some, *_parts(rest)], both, item)
             for item, some, rest in zip(both, named, (tests.before, tests.after), strict=True)]
    if tests.how == "other":
        untold = [any(test not in theirs and And(cond, test) != cond and _is_lost(test, both) for test in mine)
                  for mine, theirs, cond in ((one, other, front[0]), (other, one, front[1]))]
        known = proved(analysis, both, (one, other), (front[0], front[1]), (untold[0], untold[1]),
                       guards_of_both(analysis, both))
        tests = _but_behind_exits(analysis, _but_untold(tests, known, both), known, both)
        tests, front = _but_unproved(tests, known), list(known.told)
        doubt = doubt or tests.why
    told = [with_helpers(item, cond) for item, cond in zip(both, front, strict=True)]
    return replace(found, tests=tests, labels=labels, directives=directives, in_front=(told[0], told[1]),
                   inside=_inside(analysis, pair) if any(labels) else (TRUE, TRUE),
                   doubt=doubt or _otherwise(analysis, position, pair, own, counts))


def _otherwise(analysis: Analysis, position: int, pair: Pair, own: tuple[frozenset[str], frozenset[str]],
               counts: tuple[Count, Count] | None) -> str:
    """Return why the call may get something else than before, empty where it certainly does not."""
    if pair.before is None or pair.after is None:
        return ""
    computed = partial(otherwise_computed, analysis.reading, pair.before, pair.after, own,
                       partial(_same_on_all, analysis, position, pair.after.place.path))
    settled = frozenset(bare(one.text) for one in counts or ()) | _of_a_later_time(pair)
    doubt = computed(settled=settled)
    numbers = same_numbers(pair.before, pair.after) if doubt else frozenset()
    return computed(settled=settled | numbers) if numbers else doubt


def _but_untold(tests: Tests, sure: Proved, items: tuple[Item, Item]) -> Tests:
    """Return the tests as open ones where all that the one side asks more is struck, and none of what the other side
    asks more can be told of it: each may be the other, of a variable that is assigned in between."""
    sides = tests.before, tests.after
    for number, (mine, theirs) in enumerate((sides, sides[::-1])):
        if (TRUE not in sides and sure.struck[1 - number].issuperset(_parts(theirs))
                and all(_is_lost(part, items) and And(sure.told[number], part) != sure.told[number]
                        for part in _parts(mine))):
            said = f", '{tests.after}' (before: '{tests.before}')" if max(map(len, map(str, sides))) <= _LONGEST else ""
            return Tests(how="open", why=f"its condition is written otherwise{said}")
    return tests


def _but_behind_exits(analysis: Analysis, tests: Tests, sure: Proved, items: tuple[Item, Item]) -> Tests:
    """Return the tests as open ones where one side stands behind an exit of a loop that is struck, and the other still
    asks for something alone: the exit may be what that gave way to."""
    exits = [sorted(gone & loop_exits(analysis, item), key=str) if gone and tests.how != "open" else []
             for gone, item in zip(sure.struck, items, strict=True)]
    sides = tests.before, tests.after
    for number, mine in enumerate(exits):
        theirs = [part for part in _parts(sides[1 - number]) if part not in sure.struck[1 - number] and part != TRUE]
        if mine and theirs:
            was, now = (And(*those) for those in ((mine, theirs) if number == 0 else (theirs, mine)))
            said = f", '{now}' (before: '{was}')" if max(len(str(was)), len(str(now))) <= _LONGEST else ""
            return Tests(how="open", why=f"its condition is written otherwise{said}")
    return tests


def _but_unproved(tests: Tests, sure: Proved) -> Tests:
    """Return the tests without those of which it is not proved that only one side asks them."""
    if tests.how == "open":
        return tests
    left = [And(*(part for part in _parts(cond) if part not in gone))
            for cond, gone in zip((tests.before, tests.after), sure.struck, strict=True)]
    if left != [TRUE, TRUE]:
        return replace(tests, before=left[0], after=left[1])
    if not any(sure.struck):
        return Tests(how="same")
    if max(len(str(cond)) for cond in (tests.before, tests.after)) > _LONGEST:
        return Tests(how="open", why="its conditions are written otherwise")
    if tests.after == TRUE:
        return Tests(how="open", why=f"whether it asks for '{tests.before}' in another way after is not clear")
    if tests.before == TRUE:
        return Tests(how="open", why=f"whether it asked for '{tests.after}' in another way before is not clear")
    return Tests(how="open", why=f"its condition is written otherwise, '{tests.after}' (before: '{tests.before}')")


def _of_a_later_time(pair: Pair) -> frozenset[str]:
    """Return the variables that a call uses before the patch and that only the patch declares: the call came behind
    it, in a tree that has the patch, and is given there what it was always given."""
    if pair.before is None or pair.after is None or not pair.file.had:
        return frozenset()
    old, new = (local_names(lines_of(item.place)[1:]) for item in (pair.before, pair.after))
    used = frozenset(word for text in pair.before.call.arguments for word in _VARIABLE.findall(text))
    head = pair.before.place.function.parameters
    return (new - old) & used - frozenset(word for text in head for word in _VARIABLE.findall(text))


def _own_tests(analysis: Analysis, pair: Pair) -> tuple[Cond, Cond]:
    """Return the tests in front of two calls of which it is open whether the one was the other: each side has its own.

    Of hunks those count that stand in that of the call.
    """
    told = []
    for item, old in ((pair.before, True), (pair.after, False)):
        if item is None:
            told.append(TRUE)
            continue
        known = pair.file.known_old if old else pair.file.known_new
        line = item.call.span.line
        own = next(((first, last) for first, last in known if first <= line <= last), (0, 0))
        tests = _tests(analysis, item, told=True, within=own if pair.from_hunks else None)
        told.append(with_helpers(item, _in_front(tests, (item,))))
    return told[0], told[1]


def _asked_otherwise(changed: Sequence[str], one: Sequence[Cond], other: Sequence[Cond]) -> str:
    """Return the doubt about a condition that asks functions which the patch changes: of what only one side asks that
    it is written otherwise."""
    asked = [{name for cond in side for atom in cond.variables() for name in _CALLED.findall(atom)}
             for side in (one, other)]
    both = [name for name in changed if name in asked[0] & asked[1]]
    was, now = And(*(cond for cond in one if cond not in other)), And(*(cond for cond in other if cond not in one))
    if both or TRUE in {was, now} or max(len(str(was)), len(str(now))) > _LONGEST:
        return f"its condition asks {(both or changed)[0]}(), which the patch changes"
    return f"its condition is written otherwise, '{now}' (before: '{was}')"


def _in_new_names(condition: Cond, heirs: Mapping[str, str]) -> Cond:
    """Return the condition with each function that the patch renames under its new name."""
    def renamed(atom: str) -> Cond | None:
        words = _VARIABLE.sub(lambda word: heirs.get(word[0], word[0]), atom)
        return Var(words) if words != atom else None

    return condition.replace(renamed) if heirs else condition


def _by_backends(analysis: Analysis, position: int, path: str, tests: Tests,
                 sides: tuple[Sequence[Cond], Sequence[Cond]], callees: frozenset[str]) -> Tests | None:
    """Return the tests as the same where one question gives way to another that is answered alike on all that the
    kernel can run on, and as other ones where it is known to be answered otherwise on some; None where neither
    is known."""
    arches = (own_arch(path),) if own_arch(path) else analysis.arches
    one, other = sides
    found = gates_between(analysis, arches, And(*one), And(*other), position=position, callees=callees,
                          near=path)
    if found is not None and not (found.known or found.unknown):
        return Tests(how="same")
    if found is None or not found.known or tests.how != "open":
        return tests if found is not None and found.known else None
    asked = frozenset(atom.removesuffix("()") for cond in (*one, *other) for atom in cond.variables())
    return compare_tests(one, other, own=(frozenset(), frozenset()), unclear=frozenset(), known=asked)


def _asks_the_unknown(analysis: Analysis, position: int, path: str, tests: Tests) -> bool:
    """Return whether only one side asks a function that its tree does not define, where each asks at run time: what
    that function asks is not known."""
    asked = [{name for atom in cond.variables() for name in _CALLED.findall(atom)}
             for cond in (tests.before, tests.after)]
    if not all(any(not atom.startswith("CONFIG_") for atom in cond.variables())
               for cond in (tests.before, tests.after)):
        return False
    for moment, names in ((position, asked[0] - asked[1]), (position + 1, asked[1] - asked[0])):
        config = analysis.configs[moment]
        arches = concerned(analysis, config.tree, path) if names else ()
        config.prepare(sorted(names) if arches else ())
        if arches and any(not any(config.candidates(name, arch) for arch in arches) for name in names):
            return True
    return False


def _same_on_all(analysis: Analysis, position: int, path: str, old: str, new: str) -> bool:
    """Return whether two tests, as texts of C, are known to be answered alike on all that the kernel can run on."""
    arches = (own_arch(path),) if own_arch(path) else analysis.arches
    conds = [parse_c_condition(text.encode("latin-1", "replace")) for text in (old, new)]
    found = gates_between(analysis, arches, conds[0], conds[1], position=position, near=path)
    return found is not None and not (found.known or found.unknown)


def _answered_alike(analysis: Analysis, position: int, path: str, old: Cond, new: Cond) -> bool:
    """Return whether other questions stand there than before, which by their bodies all come to the same."""
    arches = concerned(analysis, analysis.after(position).tree, path)
    return bool(arches) and all(answer_alike(analysis, position, old, new, arch) for arch in arches)


def _tests(analysis: Analysis, item: Item, *, told: bool = False, within: tuple[int, int] | None = None) -> list[Cond]:
    """Return the tests in front of a call as they are written, in its function and in the helpers behind it.

    Where they are `told`, those are left out that only lead to an error of the function; of its own tests those count
    that stand on the lines `within`.
    """
    place = item.place
    lines = (place.side.tree.read(place.path) or b"").decode("latin-1").splitlines()
    arch = own_arch(place.path)
    inside = [test for guard, test in tests_of(place.side, item.call, place.path) if not is_loop(guard, lines)
              and (within is None or within[0] <= guard.line <= within[1])
              and not (told and leaves_with_error(guard, lines, item.call.span.line))]
    found = [item.call.path_condition, *(expanded(analysis, place.side, cond, arch, place.path) for cond in inside)]
    return [*(part for cond in found for part in _parts(cond) if part != TRUE),
            *_behind_helpers(analysis, item, told=told)]


def _behind_helpers(analysis: Analysis, item: Item, *, told: bool) -> list[Cond]:
    """Return the tests in the helpers behind a call."""
    first, arch = item.leaves[0], own_arch(item.place.path)
    helpers = _guards(first, told=told) if len(item.leaves) == 1 else (
        Or(*(And(*_guards(leaf, told=told)) for leaf in item.leaves)),)
    found = [expanded(analysis, item.place.side, cond, arch, first.file) for cond in helpers]
    return [part for cond in found for part in _parts(cond) if part != TRUE]


def _inside(analysis: Analysis, pair: Pair) -> tuple[Cond, Cond]:
    """Return what each side tests behind the label that leads to the call, and in the helpers behind that, for a call
    whose other tests are not told. What one side may test in front of the jump is no test behind the label of both."""
    found = []
    for item in (pair.before, pair.after):
        line = line_of_label(item)
        own = () if item is None or not line else _tests(analysis, item, told=True, within=(line, item.call.span.line))
        found.append(TRUE if item is None else _in_front(own or _behind_helpers(analysis, item, told=True), (item,)))
    if pair.before is not None and pair.after is not None:
        both = pair.before, pair.after
        every = _tests(analysis, both[0]), _tests(analysis, both[1])
        found = list(proved(analysis, both, every, (found[0], found[1]), (False, False)).told)
    told = [TRUE if item is None else with_helpers(item, cond)
            for item, cond in zip((pair.before, pair.after), found, strict=True)]
    return told[0], told[1]


def _parts(condition: Cond) -> tuple[Cond, ...]:
    return condition.parts if condition.op == "and" else (condition,)


def _guards(leaf: Leaf, *, told: bool) -> tuple[Cond, ...]:
    return tuple(guard for guard in leaf.guards if guard not in leaf.excused) if told else leaf.guards


def _in_front(tests: Sequence[Cond], items: Sequence[Item], own: Item | None = None) -> Cond:
    """Return the tests together, without those that only let a function go on when what it called worked. They are
    those of the item's `own` call, or of all.

    Two tests of a variable that does not keep its value ask two things in the same words: neither is told. That
    something failed in one way is a condition like others: nothing that worked comes by there.
    """
    changed = sorted({name for item in (items if own is None else (own,)) for call in _calls(item)
                      for name in call.changed})
    left = [test for test in dict.fromkeys(tests)
            if (test.op == "var" and _FAILED_SO.fullmatch(test.name))
            or not all(any(_asks_result(item, atom) for item in items) for atom in test.variables())]
    asked = [frozenset(place for place in changed if any(_names(place, atom) for atom in test.variables()))
             for test in left]
    twice = {place for place in changed if sum(place in places for places in asked) > 1}
    return And(*(test for test, places in zip(left, asked, strict=True) if twice.isdisjoint(places)))


def _is_lost(test: Cond, items: Sequence[Item]) -> bool:
    """Return whether a test is not told although it asks for more than whether something that was called has worked."""
    return not all(atom.startswith(("CONFIG_", "defined(")) or any(_asks_result(item, atom) for item in items)
                   for atom in test.variables())


def _calls(item: Item) -> list[Call]:
    return [call for call in (item.call, *(leaf.call for leaf in item.leaves)) if call is not None]


def _asks_result(item: Item, atom: str) -> bool:
    """Return whether an atom asks whether something that was called has worked."""
    status = _STATUS.fullmatch(atom)
    return _FAILED.fullmatch(atom) is not None or (
        status is not None and any(status[1] in call.results for call in _calls(item)))


def _names(place: str, atom: str) -> bool:
    """Return whether an atom asks for a variable or a place in memory; `(&pool)->ready` asks for no other object once
    `pool` is written."""
    return place in _VARIABLE.findall(_ADDRESS.sub(" ", atom)) if place.isidentifier() else place in atom


def _counts(analysis: Analysis, before: Item, after: Item) -> tuple[Count, Count] | None:
    """Return for how many pages the family's function is called on each side, None where that is not known of both."""
    if len(before.leaves) != 1 or len(after.leaves) != 1 or before.leaves[0].primitive != after.leaves[0].primitive:
        return None
    old, new = (count_of(analysis, item.place.side, item.place.path, item.call, item.leaves[0])
                for item in (before, after))
    return (old, new) if old is not None and new is not None else None


def _of_counts(before: Item, after: Item, counts: tuple[Count, Count]) -> Compared | None:
    """Return calls for other numbers of pages as other ones, None where the numbers are the same."""
    how = compare_counts(*counts)
    if how == "same" or not all(count.said for count in counts):
        return None
    given = []
    for item, count in zip((before, after), counts, strict=True):
        arguments = [*(item.leaves[0].arguments or item.call.arguments)]
        arguments[count.argument] = count.said
        given.append(f"({', '.join(arguments)})")
    named = f" ({counts[1].name})" if counts[1].name else ""
    said = f"{'other numbers of' if how == 'other' else how} pages: {counts[1].said}{named}, before {counts[0].said}"
    return Compared(tests=Tests(how="same"), with_before=given[0], with_after=given[1], pages=said)


def _arguments(analysis: Analysis, before: Item, after: Item, own: tuple[frozenset[str], frozenset[str]],
               counts: tuple[Count, Count] | None) -> Compared:
    """Return whether the family's function is called with the same: other constants are other calls."""
    same = Tests(how="same")
    if counts is not None and (counted_so := _of_counts(before, after, counts)) is not None:
        return counted_so
    for one, other in zip(before.leaves, after.leaves, strict=False):
        if one.primitive != other.primitive:
            continue
        given = one.arguments, other.arguments
        hidden = before.call.callee == after.call.callee and makes_its_own(before, one) and makes_its_own(after, other)
        if hidden:
            given = _but_texts(before.call), _but_texts(after.call)
        macros = standing_for(before.place, after.place)
        old, new = ([bare(in_one_spelling(put_for(argument, bodies), {})) for argument in those]
                    for those, bodies in zip(given, macros, strict=True))
        if old == new or renamed(old, new, own=own) is not None:
            continue
        differ = [(a, b) for a, b in zip(old, new, strict=False) if a != b]
        counted = counts[0].argument if counts is not None else None
        trees, path = (before.place.side.tree, after.place.side.tree), after.place.path
        if len(old) == len(new) and all(
                same_masks(*trees, a, b) or same_values(*trees, path, a, b) or (not one.via and not other.via and (
                    number == counted or names_one_thing(analysis, before, after, number)
                    or is_same_number(before, after, number)))
                for number, (a, b) in enumerate(zip(old, new, strict=True)) if a != b):
            continue
        told = [f"({', '.join(put_for(argument, bodies) for argument in arguments)})"
                for arguments, bodies in zip(given, macros, strict=True)]
        if not hidden and len(old) == len(new) and any(
                _CONSTANT.fullmatch(a) and _CONSTANT.fullmatch(b) for a, b in differ):
            return Compared(tests=same, with_before=told[0], with_after=told[1])
        if max(map(len, told)) > _LONGEST:
            return Compared(tests=same, doubt="its arguments are written otherwise")
        return Compared(tests=same, doubt=f"its arguments are written otherwise, '{told[1]}' (before: '{told[0]}')")
    return Compared(tests=same)


def _but_texts(call: Call) -> tuple[str, ...]:
    """Return the arguments of a call without the strings among them: these are for people."""
    return tuple(text for text in call.arguments if not text.lstrip().startswith('"'))
