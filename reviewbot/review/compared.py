"""A call before and after a patch, held side by side: its conditions, its arguments, what they are computed from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reviewbot.cfacts import squash_c
from reviewbot.cfacts.types import Call
from reviewbot.checks.alike import answer_alike
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import concerned
from reviewbot.checks.gate_backends import shifts_between
from reviewbot.checks.leaves import Leaf, is_loop, leaves_with_error, tests_of
from reviewbot.checks.predicates import expanded
from reviewbot.checks.renamed import renamed_functions
from reviewbot.findings.types import Effect
from reviewbot.logic import TRUE, And, Cond, Or, Var, without
from reviewbot.review.computed import makes_its_own, otherwise_computed
from reviewbot.review.conditions import Tests, compare_tests, own_names, renamed
from reviewbot.review.grounds import on_one_history, without_history
from reviewbot.review.labels import label_before
from reviewbot.review.matching import Item, bare, lines_of
from reviewbot.review.pairs import Pair
from reviewbot.values import dataclass

__all__ = ["Compared", "compare", "directives_of", "in_running"]

_VARIABLE = re.compile(r"(?<![\w.>])[A-Za-z_]\w*")
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_CONSTANT = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*|true|false|NULL")
_FAILED = re.compile(r"IS_ERR(?:_OR_NULL)?\(.*\)")
_STATUS = re.compile(r"\(?([A-Za-z_]\w*)(?: (?:<|>|<=|>=|==) (?:0|-?E[A-Z]+))?\)?")
_MOST_LINES = 400
_LONGEST = 160
_LONGEST_ALONE = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How the two sides of a pair compare: the `tests` in front, `with_before` and `with_after` the arguments where
    these are other constants, and the `doubt` for which what looks alike is not proved to be the same.

    `labels` are those that a call of each side is reached by alone, `in_front` all tests of each side but those that
    ask for the result of the call before, `directives` what only `#if` lines ask."""

    tests: Tests
    in_front: tuple[Cond, Cond] = (TRUE, TRUE)
    labels: tuple[str, str] = ("", "")
    directives: frozenset[str] = frozenset()
    with_before: str = ""
    with_after: str = ""
    doubt: str = ""

    def worded(self, before: Effect, after: Effect, *, answered: Sequence[Callable[[Cond], Cond]]
               ) -> tuple[Effect, Effect]:
        """Return the effects with what the comparison shows put into their words.

        `answered` puts into a condition of each side what the configuration decides of it.
        """
        before, after = self._alike(before, after)
        if any(self.labels):
            # The tests that a way of failure has passed are not why it is taken.
            return tuple(_behind(effect, label, given) for effect, label, given in zip(  # type: ignore[return-value]
                (before, after), self.labels, (self.with_before, self.with_after), strict=True))

        def running(tests: Cond) -> Cond:
            return in_running(tests, self.directives)

        full = [answer(running(tests)) for answer, tests in zip(answered, self.in_front, strict=True)]
        if "absent" in {before.resolves_to, after.resolves_to}:
            return tuple(_alone(effect, whole)  # type: ignore[return-value]
                         for effect, whole in zip((before, after), full, strict=True))
        if before.only is None or after.only is None:
            return _said(before, before.only, ""), _said(after, after.only, "")
        common = _common(before.only, after.only)
        if self.tests.names:
            return self._inown_names(before, after, full)
        if self.tests.how != "other":
            return self._as_same(before, after, full)
        old = And(common, answered[0](running(self.tests.before)))
        new = And(common, answered[1](running(self.tests.after)))
        if max(len(str(tests)) for tests in full) <= _LONGEST and full[0] != full[1]:
            old, new = full
        return _said(before, old, self.with_before), _said(after, new, self.with_after)

    def _as_same(self, before: Effect, after: Effect, full: Sequence[Cond]) -> tuple[Effect, Effect]:
        """Return the effects with their condition in the words of both sides: that there is one is told also where it
        is too long, or where what the two come to was not decided. As a value (`only`) it is what options and helpers
        ask, with the tests of the function itself where there is any of that."""
        short = self.tests.how == "same" and len(str(full[1])) <= _LONGEST
        only = And(after.only or TRUE, full[1]) if short and after.only != TRUE else TRUE
        whole = [And(effect.only or TRUE, tests) for effect, tests in zip((before, after), full, strict=True)]
        own = TRUE not in whole and len(str(whole[0])) <= _LONGEST
        told = []
        for effect, given, mine in ((before, self.with_before, whole[0 if own else 1]),
                                    (after, self.with_after, whole[1])):
            if self.tests.how == "same" and len(str(whole[1])) <= _LONGEST:
                words = _said(effect, mine, given)
                if mine != whole[1] and words.is_work:  # proved to be the same, in the words of its side
                    words = replace(words, reworded=(*words.reworded, (_only_when(mine), _only_when(whole[1]))))
            else:
                words = _said(effect, TRUE, given) if TRUE in whole else _sometimes(effect, given)
            told.append(replace(words, only=only))
        return told[0], told[1]

    def _inown_names(self, before: Effect, after: Effect, full: Sequence[Cond]) -> tuple[Effect, Effect]:
        """Return the effects with the same tests as each side names them; without tests where that cannot be done."""
        before = replace(before, renamed=self.tests.names)
        if max(len(str(tests)) for tests in full) <= _LONGEST:
            told = [_said(effect, And(effect.only or TRUE, tests), given) for effect, tests, given in zip(
                (before, after), full, (self.with_before, self.with_after), strict=True)]
            if told[0].differs(told[1]) == before.differs(after):
                return told[0], told[1]
        return _said(before, TRUE, self.with_before), _said(after, TRUE, self.with_after)

    def _alike(self, before: Effect, after: Effect) -> tuple[Effect, Effect]:
        """Return the effects without a difference that comes only of what lies behind the call on one side."""
        if before.symbol != after.symbol:
            return on_one_history(before, after)
        if (before.value, before.does, before.errnos) == (after.value, after.does, after.errnos):
            return before, after
        if self.doubt:
            return _of_one_history(before, after)
        if before.differs(after) and not (before.anywhere or before).differs(after.anywhere or after):
            return without_history(before, after)
        return before, after


def _of_one_history(before: Effect, after: Effect) -> tuple[Effect, Effect]:
    """Return two effects that are not proved to be the same without what only lies behind the call on one side: the
    findings speak of the call as it is after the patch, and so does the row then."""
    if (before.anywhere or before).differs(after.anywhere or after):
        return before.anywhere or before, after.anywhere or after
    words = after.does
    for was, now in before.reworded:
        words = words.replace(now, was)
    return replace(after, resolves_to=before.resolves_to, via=before.via, only=before.only, given=before.given,
                   does=words, reworded=before.reworded), after


def _behind(effect: Effect, label: str, given: str) -> Effect:
    """Return the effect with the label that leads to its call; its other conditions are not told then."""
    if not effect.is_work:
        return effect
    name, blank, rest = effect.does.partition(" ")
    said = f"is called only behind the label '{label}', " if label else ""
    said += f"is called with {given}, " if given else ""
    return replace(effect, does=f"{name}{blank}{said}{rest}")


def _only_when(condition: Cond | None) -> str:
    return f"is called only when {condition}, "


def _said(effect: Effect, only: Cond | None, given: str) -> Effect:
    """Return the effect with the condition of its call and its arguments said behind its name; of what does nothing
    neither is told."""
    if not effect.is_work:
        return replace(effect, only=only)
    name, blank, rest = effect.does.partition(" ")
    said = _only_when(only) if only not in {None, TRUE} else ""
    said += f"is called with {given}, " if given else ""
    return replace(effect, does=f"{name}{blank}{said}{rest}", only=only) if said else replace(effect, only=only)


def _alone(effect: Effect, whole: Cond) -> Effect:
    """Return the effect with all tests of a call that the other side lacks; what is too long is not told in part."""
    if effect.only is None or effect.resolves_to == "absent":
        return effect
    told = And(effect.only, whole)
    if len(str(told)) <= _LONGEST_ALONE:
        return _said(effect, told, "")
    return replace(_sometimes(effect, ""), only=told)


def _sometimes(effect: Effect, given: str) -> Effect:
    """Return the effect as one of a call that has a condition, which is not told."""
    if not effect.is_work:
        return effect
    name, blank, rest = effect.does.partition(" ")
    said = f"is called with {given}, " if given else ""
    return replace(effect, does=f"{name}{blank}is called only in some cases, {said}{rest}")


def _common(one: Cond, other: Cond) -> Cond:
    mine, theirs = (set(cond.parts) if cond.op == "and" else {cond} for cond in (one, other))
    return And(*(mine & theirs))


def in_running(condition: Cond, directives: frozenset[str] = frozenset()) -> Cond:
    """Return what a mixed condition says about run time: every CONFIG symbol is taken as what the row says already.

    So are what `#if` lines ask, `directives` and whether a macro is defined: no call tests these.
    """
    return without(condition, lambda name: name.startswith(("CONFIG_", "defined(")) or name in directives)


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
        alone = [TRUE if item is None else _in_front(_tests(analysis, item, told=True), (item,))
                 for item in (pair.before, pair.after)]
        return Compared(tests=Tests(how="same"), in_front=(alone[0], alone[1]), doubt=pair.open, labels=labels,
                        directives=directives_of(pair.before) | directives_of(pair.after))
    if pair.open:
        return Compared(tests=Tests(how="open", why=pair.open), doubt=pair.open, labels=labels)
    old, new = ([squash_c(line.encode("latin-1")) for line in lines_of(item.place)[:_MOST_LINES]]
                for item in (pair.before, pair.after))
    own = own_names(old, new)
    one, other = _tests(analysis, pair.before), _tests(analysis, pair.after)
    asked = {name for cond in (*one, *other) for atom in cond.variables() for name in _CALLED.findall(atom)}
    own_words = {name: those for name in sorted(asked) if (those := analysis.redefinitions_of(name))}
    known = frozenset(entry.name for arch in analysis.arches
                      for entry in analysis.model.runtimes(arch, analysis.version))
    heirs = renamed_functions(analysis.patched.states[position], own_words.keys()) if own_words else {}
    tests = compare_tests([_in_new_names(cond, heirs) for cond in one], other, own=own, known=known,
                          unclear=own_words.keys() - {*heirs, *heirs.values()})
    if tests.how == "same" and heirs and not tests.names:
        tests = replace(tests, names=tuple(sorted((a, b) for a, b in heirs.items() if a in asked)))
    if tests.how != "same":
        tests = _by_backends(analysis, pair.before.place.path, tests, one, other)
    alike = bool(own_words or tests.how != "same") and _answered_alike(
        analysis, position, pair.after.place.path, And(*one), And(*other))
    if tests.how != "same" and alike:
        tests = Tests(how="same")
    if tests.how == "other" and TRUE not in {tests.before, tests.after} and all(
            any(_asks_result(item, atom) for item in (pair.before, pair.after))
            for atom in tests.before.variables() | tests.after.variables()):
        # Whether what was called before has worked is asked otherwise: that is about another call.
        tests = Tests(how="open", why=f"its condition is written otherwise, '{tests.after}' (before: '{tests.before}')")
    found = _arguments(pair.before, pair.after, own)
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
    if not doubt and changed and not alike:
        doubt = f"its condition asks {changed[0]}(), which the patch changes"
    label = labels[0] or labels[1]
    if label and tests.how == "other":
        doubt = doubt or f"what leads to the label '{label}' is written otherwise"
    both = pair.before, pair.after
    named = [_tests(analysis, item, told=True) for item in both]
    if tests.how == "other":
        # A way out with an error that one side writes as a jump is the same way out.
        excused = {test for whole, some in zip((one, other), named, strict=True) for test in whole if test not in some}
        named = [[test for test in some if test not in excused or test in {*_parts(tests.before), *_parts(tests.after)}]
                 for some in named]
    told = [_in_front([*some, *_parts(rest)], both)
            for some, rest in zip(named, (tests.before, tests.after), strict=True)]
    return replace(found, tests=tests, labels=labels, directives=directives, in_front=(told[0], told[1]),
                   doubt=doubt or otherwise_computed(pair.before, pair.after, own))


def _in_new_names(condition: Cond, heirs: Mapping[str, str]) -> Cond:
    """Return the condition with each function that the patch renames under its new name."""
    def renamed(atom: str) -> Cond | None:
        words = _VARIABLE.sub(lambda word: heirs.get(word[0], word[0]), atom)
        return Var(words) if words != atom else None

    return condition.replace(renamed) if heirs else condition


def _by_backends(analysis: Analysis, path: str, tests: Tests, one: Sequence[Cond], other: Sequence[Cond]) -> Tests:
    """Return the tests as the same where one question gives way to another that is answered alike on all that the
    kernel can run on, and as other ones where it is known to be answered otherwise on some."""
    arches = (own_arch(path),) if own_arch(path) else analysis.arches
    shifts = shifts_between(analysis, arches, And(*one), And(*other))
    if shifts == ():
        return Tests(how="same")
    if not shifts or tests.how != "open":
        return tests
    asked = frozenset(atom.removesuffix("()") for cond in (*one, *other) for atom in cond.variables())
    return compare_tests(one, other, own=(frozenset(), frozenset()), unclear=frozenset(), known=asked)


def _answered_alike(analysis: Analysis, position: int, path: str, old: Cond, new: Cond) -> bool:
    """Return whether other questions stand there than before, which by their bodies all come to the same."""
    arches = concerned(analysis, analysis.after(position).tree, path)
    return bool(arches) and all(answer_alike(analysis, position, old, new, arch) for arch in arches)


def _tests(analysis: Analysis, item: Item, *, told: bool = False) -> list[Cond]:
    """Return the tests in front of a call as they are written, in its function and in the helpers behind it.

    Where they are `told`, those are left out that only lead to an error of the function.
    """
    place = item.place
    lines = (place.side.tree.read(place.path) or b"").decode("latin-1").splitlines()
    arch = own_arch(place.path)
    inside = [test for guard, test in tests_of(place.side, item.call, place.path) if not is_loop(guard, lines)
              and not (told and leaves_with_error(guard, lines, item.call.span.line))]
    first = item.leaves[0]
    helpers = [_guards(first, told=told)] if len(item.leaves) == 1 else [
        (Or(*(And(*_guards(leaf, told=told)) for leaf in item.leaves)),)]
    found = [item.call.path_condition, *(expanded(analysis, place.side, cond, arch, place.path) for cond in inside),
             *(expanded(analysis, place.side, cond, arch, first.file) for conds in helpers for cond in conds)]
    return [part for cond in found for part in (cond.parts if cond.op == "and" else (cond,)) if part != TRUE]


def _parts(condition: Cond) -> tuple[Cond, ...]:
    return condition.parts if condition.op == "and" else (condition,)


def _guards(leaf: Leaf, *, told: bool) -> tuple[Cond, ...]:
    return tuple(guard for guard in leaf.guards if guard not in leaf.excused) if told else leaf.guards


def _in_front(tests: Sequence[Cond], items: Sequence[Item]) -> Cond:
    """Return the tests together, without those that only let a function go on when what it called worked.

    Two tests of a variable that does not keep its value ask two things in the same words: neither is told.
    """
    changed = sorted({name for item in items for call in _calls(item) for name in call.changed})
    left = [test for test in dict.fromkeys(tests)
            if not all(any(_asks_result(item, atom) for item in items) for atom in test.variables())]
    asked = [frozenset(place for place in changed if any(_names(place, atom) for atom in test.variables()))
             for test in left]
    twice = {place for place in changed if sum(place in places for places in asked) > 1}
    return And(*(test for test, places in zip(left, asked, strict=True) if twice.isdisjoint(places)))


def _calls(item: Item) -> list[Call]:
    return [call for call in (item.call, *(leaf.call for leaf in item.leaves)) if call is not None]


def _asks_result(item: Item, atom: str) -> bool:
    """Return whether an atom asks whether something that was called has worked."""
    status = _STATUS.fullmatch(atom)
    return _FAILED.fullmatch(atom) is not None or (
        status is not None and any(status[1] in call.results for call in _calls(item)))


def _names(place: str, atom: str) -> bool:
    """Return whether an atom asks for a variable or a place in memory."""
    return place in _VARIABLE.findall(atom) if place.isidentifier() else place in atom


def _arguments(before: Item, after: Item, own: tuple[frozenset[str], frozenset[str]]) -> Compared:
    """Return whether the family's function is called with the same: other constants are other calls."""
    same = Tests(how="same")
    for one, other in zip(before.leaves, after.leaves, strict=False):
        if one.primitive != other.primitive:
            continue
        given = one.arguments, other.arguments
        hidden = before.call.callee == after.call.callee and makes_its_own(before, one) and makes_its_own(after, other)
        if hidden:
            given = _but_texts(before.call), _but_texts(after.call)
        old, new = ([bare(argument) for argument in those] for those in given)
        if old == new or renamed(old, new, own=own) is not None:
            continue
        differ = [(a, b) for a, b in zip(old, new, strict=False) if a != b]
        told = [f"({', '.join(arguments)})" for arguments in given]
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
