"""What a call comes down to: through helpers to the functions that architectures define."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from reviewbot.cfacts.functions import body_text
from reviewbot.cfacts.types import Call, Function, Guard
from reviewbot.checks.analysis import Side, Wrapper
from reviewbot.checks.arches import own_arch
from reviewbot.checks.arguments import parameter_names, put_in
from reviewbot.checks.configured import nest_at
from reviewbot.checks.handed import as_handed, in_helper, written_before
from reviewbot.checks.own_macros import with_own_macros
from reviewbot.checks.values import Cases, cases_of, constants_of, decided, known_values
from reviewbot.checks.weak import as_called, asks_result
from reviewbot.errors import BudgetError
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var, difference, without
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Leaf", "can_hold", "global_part", "is_loop", "leaves_of", "leaves_with_error", "sure_tests", "tests_of"]

_DEEPEST = 6
_MOST_KEPT = 400  # calls whose leaves are kept
_OPEN = "\0open "
_IF = regex(r"\s*(?:\}?[ \t]*else[ \t]+)?if\b[ \t]*\(")
_ERROR = regex(r"(?:\breturn|=)\s*(?:-E[A-Z0-9]+\b|ERR_PTR\()")
_LEAVING = regex(r"\b(?:return|goto)\b[^;]*;\s*\}?\s*$")
_RESULT = regex(r"\breturn\s+(\w+)\s*;")
_STOPS = regex(r"\s*BUG_ON\s*\(")
_STOPPING = regex(r"\b(?:BUG|panic)\s*\([^;]*;\s*\}?\s*$")
_LOOP = regex(r"\s*(?:for|while|do|\w*for_each\w*)\b")
# A question about nothing local: `can_change()`, or about constants alone, `cc_platform_has(CC_ATTR_MEM_ENCRYPT)`.
_GLOBAL_CALL = regex(r"[A-Za-z_]\w*\((?:(?:[A-Z][A-Z0-9_]*|\d+)(?:, ?(?:[A-Z][A-Z0-9_]*|\d+))*)?\)")
_NAME = regex(r"[A-Za-z_]\w*")
_WORD = regex(r"(?<![\w.>])[A-Za-z_]\w*")
_BRACKETED = regex(r"^\(|\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One function of the family that a call reaches: through the helpers `via`, when `when` holds.

    `when` mixes configuration (`CONFIG_X`) and C conditions; those on local values are left out. `use` is what the
    innermost helper does with the result that does not hand it on, or what the outermost does where all hand it on
    (`hands_on`); `decided` is the helper of which it tells, empty where that is left to who makes the call asked about.
    `call` is the innermost call (None: the call asked about is the family's own). `guards` are the tests inside the
    helpers as they are written, `arguments` what the function is called with, both with the caller's arguments in the
    place of the helpers' parameters. `files` are those of the helpers. `sure` are the tests inside the helpers on what
    does not change on the way: what refutes them is never so. `nest` are the `#if` conditions of the helpers, `excused`
    those of the `guards` that only let a helper leave with an error. `asked` are the tests inside the helpers on what
    `__weak` functions return.
    """

    primitive: str
    via: tuple[str, ...]
    when: Cond
    use: str
    file: str
    line: int
    call: Call | None = None
    guards: tuple[Cond, ...] = ()
    arguments: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    sure: Cond = TRUE
    nest: Cond = TRUE
    hands_on: bool = True
    decided: str = ""
    excused: tuple[Cond, ...] = ()
    asked: tuple[Cond, ...] = ()

    @property
    def named_call(self) -> Call | None:
        """Return the innermost call under the name of what it calls: a helper may make it through a parameter."""
        return self.call if self.call is None or self.call.callee == self.primitive else replace(
            self.call, callee=self.primitive)

    def is_on(self, *arches: str) -> bool:
        """Return whether one of the architectures can have all of the helpers on the way."""
        return all(own_arch(path) in {"", *arches} for path in self.files)


def tests_of(side: Side, call: Call, near: str) -> tuple[tuple[Guard, Cond], ...]:
    """Return the tests in front of a call in the file `near`, each with what it comes to: variables that are set once
    stand for their value, and constants for what they are."""
    constants = constants_of(side.tree, (near,))
    known = known_values(call.values, {}, constants)
    return tuple((guard, with_own_macros(side.tree, near, decided(guard.condition, known, constants, guard.cases)))
                 for guard in call.guards)


def is_loop(guard: Guard, lines: Sequence[str]) -> bool:
    """Return whether a test only lets a loop go on or end: what comes after it does not depend on how often it ran."""
    return 0 < guard.line <= len(lines) and _LOOP.match(lines[guard.line - 1]) is not None


def leaves_with_error(guard: Guard, lines: Sequence[str], upto: int, results: frozenset[str] = frozenset()) -> bool:
    """Return whether a test stands in front of line `upto` only to leave the function with an error, or with one of the
    `results` of other calls that it tests: that the call is not made then is the failure of something else. A test that
    stops the kernel is one as well."""
    if not 0 < guard.line < upto or upto > len(lines) + 1:
        return False
    if _STOPS.match(lines[guard.line - 1]):
        return True
    if not _IF.match(lines[guard.line - 1]):
        return False
    text = "\n".join(lines[guard.line - 1:upto - 1])
    behind = text[_closed(text, text.find("(")):].lstrip()
    arm = behind[:_closed(behind, 0)] if behind.startswith("{") else behind[:behind.find(";") + 1]
    handed_on = _RESULT.search(arm)
    lost = handed_on is not None and handed_on[1] in results & guard.condition.variables()
    return _STOPPING.search(arm) is not None or ((
        lost or _ERROR.search(arm) is not None) and _LEAVING.search(arm) is not None)


def _closed(text: str, opening: int) -> int:
    """Return where the bracket at `opening` has been closed, 0 where it is not."""
    level = 0
    for number in range(max(opening, 0), len(text)):
        level += {"(": 1, "{": 1, ")": -1, "}": -1}.get(text[number], 0)
        if level == 0:
            return number + 1
    return 0


def can_hold(condition: Cond) -> bool:
    """Return False where a condition is never met whatever its variables are."""
    try:
        return condition != FALSE and (condition.op != "and" or difference(condition, FALSE) is not None)
    except BudgetError:
        return True


def sure_tests(call: Call, tests: Sequence[Cond], own: Callable[[str], bool] = lambda _: False) -> Cond:
    """Return tests around a call without what may change between one of them and the next.

    `own` tells of an atom that its names mean something in the call's function alone.
    """
    places = [place for place in call.changed if not _NAME.fullmatch(place)]
    names = frozenset(call.changed)

    def lasting(atom: str) -> Cond | None:
        if atom.startswith("CONFIG_") or _GLOBAL_CALL.fullmatch(atom):
            return None
        loose = "(" in _BRACKETED.sub("", atom) or "->" in atom or "[" in atom or "*" in atom or own(atom)
        written = names & set(_WORD.findall(atom)) or any(place in atom for place in places)
        return Var(_OPEN + atom) if loose or written else None

    return And(*(without(test.replace(lasting), lambda name: name.startswith(_OPEN)) for test in tests))


def leaves_of(side: Side, name: str, *, near: str, arguments: tuple[str, ...] = (), primitives: frozenset[str],
              values: Sequence[tuple[str, tuple[str, ...]]] = ()) -> tuple[Leaf, ...]:
    """Return every function of the family that a call of `name` in the file `near` reaches through helpers.

    `primitives` are the names that an architecture defines; a helper with a body in the touched files or the family's
    headers is followed, one without is a leaf. `values` are those of the caller's variables that are known: a call
    that the helper does not make for these arguments is not reached.
    """
    asked = (name, near, arguments, primitives, tuple(values))
    found: tuple[Leaf, ...] | None = side.reached.get(asked)
    if found is None:
        if len(side.reached) >= _MOST_KEPT:
            side.reached.clear()
        constants = constants_of(side.tree, (near,))
        known = known_values(values, {}, constants)
        given = tuple(cases_of(argument, known, constants) for argument in arguments)
        found = side.reached[asked] = tuple(_descend(side, name, near, arguments, given, primitives, ()))
    return found


def _descend(side: Side, name: str, near: str, arguments: tuple[str, ...], cases: tuple[Cases, ...],
             primitives: frozenset[str], via: tuple[str, ...]) -> Iterator[Leaf]:
    if name in primitives or name in via or len(via) >= _DEEPEST:
        if name in primitives:
            yield Leaf(primitive=name, via=via, when=TRUE, use="", file=near, line=0, arguments=arguments)
        return
    for wrapper in side.visible_wrappers(name, near):
        head = _with_switches(side, wrapper.file, wrapper.function.path_condition, wrapper.function.span.line)
        there = And(head, Not(_in_header(side, wrapper, near)))
        given = dict(zip(parameter_names(wrapper.function), arguments, strict=False))
        passed_in = dict(zip(parameter_names(wrapper.function), cases, strict=False))
        constants = constants_of(side.tree, (wrapper.file, near))
        for call in wrapper.calls:
            known = known_values(call.values, {name: those for name, those in passed_in.items()
                                               if name not in call.changed}, constants)
            writes = any(not place.isidentifier() for place in call.changed)
            data = (side.tree.read(wrapper.file) or b"") if call.guards or writes else b""
            lines = _lines_of(data) if data else []
            tests = [with_own_macros(side.tree, wrapper.file, decided(
                guard.condition, known | as_handed(wrapper.function, call, guard, passed_in, lines), constants,
                guard.cases)) for guard in call.guards]
            asked = tuple(test for guard in call.guards if asks_result(test := as_called(guard, data)))
            told = [_of_results(guard, test, wrapper, lines) for guard, test in zip(call.guards, tests, strict=True)]
            if via:  # a helper's helper: what its own variables are called another helper on the way may use as well
                told = [(_of_helper(side, wrapper, test), results) for test, results in told]
            written = written_before(wrapper.function, call, given, lines) if writes else ()
            told = [(in_helper(test, name, (), written), results) for test, results in told]
            excused = [test for guard, (test, results) in zip(call.guards, told, strict=True)
                       if leaves_with_error(guard, lines, call.span.line, frozenset(results))]
            shown = [test for guard, (test, _) in zip(call.guards, told, strict=True) if not is_loop(guard, lines)]
            own = frozenset().union(*(guard.condition.variables() for guard in call.guards)) - known.keys()
            nest = _with_switches(side, wrapper.file, And(head, call.path_condition), call.span.line)
            when = And(there, nest, *(global_part(test, wrapper.function, side, own) for test in tests))
            if when == FALSE:
                continue
            sure = sure_tests(call, tests, own.__contains__)
            loose = {word for argument in call.arguments for word in _WORD.findall(argument)} - known.keys()
            passed = tuple(put_in(argument, given) for argument in call.arguments)
            inside = tuple(cases_of(argument, known, constants) for argument in call.arguments)
            callee = given.get(call.callee, call.callee).lstrip("&")  # a parameter stands for what it was given
            foreign = given.keys() | {word for text in arguments for word in _WORD.findall(text)}
            words = loose - foreign
            for leaf in _descend(side, callee, wrapper.file, passed, inside, primitives, (*via, name)):
                inner = leaf if leaf.line else replace(leaf, file=wrapper.file, line=call.span.line, call=call)
                named = [*inner.guards, *inner.excused]
                asks = {word for test in named if words for atom in test.variables() for word in _WORD.findall(atom)}
                mine = [word for word in sorted(words & asks) if _varies(side, wrapper.function, word)]
                named = [in_helper(test, name, mine, written) for test in named]
                yield replace(inner, when=And(when, inner.when),
                              guards=(nest, *shown, *named[:len(inner.guards)]),
                              excused=(*excused, *named[len(inner.guards):]), asked=(*asked, *inner.asked),
                              nest=And(there, nest, inner.nest),
                              sure=And(sure, sure_tests(call, [inner.sure], partial(_names_one, loose))),
                              use=call.use if inner.hands_on else inner.use,
                              hands_on=inner.hands_on and call.reaches_caller,
                              decided="" if inner.hands_on and call.reaches_caller else inner.decided or name,
                              files=(wrapper.file, *inner.files))


def _with_switches(side: Side, path: str, nest: Cond, line: int) -> Cond:
    """Return the `#if` nest of a line with the file's own switches in it settled: `#if DEBUG` asks for an option."""
    return nest if all(name.startswith("CONFIG_") for name in nest.variables()) else nest_at(side.tree, path, line)


def _of_results(guard: Guard, test: Cond, wrapper: Wrapper, lines: Sequence[str]) -> tuple[Cond, dict[str, str]]:
    """Return a helper's test with the calls of the family in the place of the variables that hold their results, and
    which those are: `ret` after `ret = set_memory_ro(...)` asks whether that failed, until something else is put there.
    """
    results = {one.variable: one.callee for one in wrapper.calls if one.span.line < guard.line and one.variable
               and not any(re.search(rf"(?<![\w.>]){re.escape(one.variable)}\s*(?:[-+|&^*/%]|<<|>>)?=(?!=)", line)
                           for line in lines[one.span.end_line:guard.line])}

    def called(atom: str) -> Cond | None:
        return Not(Var(f"{results[atom]}() == 0")) if atom in results else None

    return (test.replace(called) if results else test), results


def _of_helper(side: Side, wrapper: Wrapper, test: Cond) -> Cond:
    """Return a helper's test with each of its own variables under its name: `count (in pick_one())`."""
    given = {*parameter_names(wrapper.function)}

    def named(atom: str) -> Cond | None:
        own = {*_WORD.findall(atom)} - given
        return Var(f"{atom} (in {wrapper.name}())") if any(
            _varies(side, wrapper.function, word) for word in own) else None

    return test.replace(named)


@lru_cache(maxsize=32)
def _lines_of(data: bytes) -> list[str]:
    return data.decode("latin-1").splitlines()


def _names_one(words: set[str], atom: str) -> bool:
    return not words.isdisjoint(_WORD.findall(atom))


def _in_header(side: Side, wrapper: Wrapper, near: str) -> Cond:
    """Return when a header gives the name another definition, say a stub, so that the C file's is not called."""
    if not wrapper.file.endswith(".c") or wrapper.file == near:
        return FALSE
    return Or(*(function.path_condition for path, facts in sorted(side.facts.items())
                if path.endswith(".h") and own_arch(path) in {"", own_arch(wrapper.file)}
                for function in facts.functions if function.name == wrapper.name))


def global_part(condition: Cond, function: Function, side: Side, own: frozenset[str] | None = None) -> Cond:
    """Return the condition without what depends on local values.

    Two local values are two unknowns: `a->ready && !b->trusted` may hold, `a->ready && !a->ready` never does. `own` are
    the variables in the function's own words, where others stand for what its caller calls so; None means all.
    """
    names = parameter_names(function)

    def value(atom: str) -> Cond | None:
        if atom.startswith("CONFIG_") or _GLOBAL_CALL.fullmatch(atom):
            return None
        if _NAME.fullmatch(atom) and (own is None or atom in own) and atom not in names \
                and not _varies(side, function, atom):
            return None
        return Var(_OPEN + atom)

    return without(condition.replace(value), lambda name: name.startswith(_OPEN))


def _varies(side: Side, function: Function, name: str) -> bool:
    """Return whether the name is a local variable of the function, or one that the function itself changes."""
    for path, facts in side.facts.items():
        if function in facts.functions:
            lines = body_text(side.tree.read(path), function).split("\n")
            word = re.escape(name)
            local = re.compile(rf"^\s*(?:[A-Za-z_]\w*[\s*]+)+(?:[\w\s,*=]*?[\s,*])?{word}\s*(?:=|;|,|\[)")
            changed = re.compile(rf"(?<![\w.>]){word}\s*(?:[-+|&^*/%]|<<|>>)?=(?!=)|(?<![\w.>]){word}\s*(?:\+\+|--)"
                                 rf"|(?:\+\+|--)\s*{word}\b")
            return any((local.match(line) and not line.lstrip().startswith(("return", "goto"))) or changed.search(line)
                       for line in lines)
    return False
