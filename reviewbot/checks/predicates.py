"""What a question of the series' own stands for: `can_change()` in a condition is what the function asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from reviewbot.cfacts import body_text, functions_of
from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.arguments import parameter_names, put_in, split_arguments
from reviewbot.checks.values import headers_of
from reviewbot.kconfig.guards import of_options
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var
from reviewbot.patterns import regex
from reviewbot.text import closing

__all__ = ["expanded", "options_asked", "settled", "written_out"]

_ASKED = regex(r"([A-Za-z_]\w*)\((.*)\)", re.DOTALL)
_NO_ARGUMENTS = regex(r"([A-Za-z_]\w*)\(\)")
_RETURN = regex(r"return\b([^;{}]*);")
_VALUES = {"true": TRUE, "1": TRUE, "false": FALSE, "0": FALSE}
_BUILT_IN = frozenset({"likely", "unlikely", "IS_ENABLED", "defined"})
_DEEPEST = 3


def expanded(analysis: Analysis, side: Side, condition: Cond, arch: str, near: str, depth: int = 0) -> Cond:
    """Return the condition with each `name(...)` that the series adds or changes replaced by what it asks then.

    A function that does more than to test and return stays a name. `near` is the file that asks, on `arch`.
    """
    def replaced(atom: str) -> Cond | None:
        asked = _ASKED.fullmatch(atom)
        own = analysis.redefinitions_of(asked[1]) if asked and depth < _DEEPEST else ()
        arguments = split_arguments(asked[2]) if asked else None
        if asked is None or not own or arguments is None:
            return None
        paths = {*side.facts, *(one.path for one in own)}
        answers = [(function.path_condition, _answer(side, path, function, arguments))
                   for path, function in _definitions(side, paths, asked[1], arch, near)]
        if not answers or any(answer is None for _, answer in answers):
            return None
        # Where the definitions that are known do not stand there may be others: the question stays.
        rest = And(Not(Or(*(when for when, _ in answers))), Var(atom))
        whole = Or(rest, *(And(when, answer) for when, answer in answers if answer is not None))
        return expanded(analysis, side, whole, arch, near, depth + 1)

    return condition.replace(replaced) if condition.variables() else condition


def written_out(side: Side, path: str, condition: Cond) -> Cond:
    """Return the condition with each question of a static function of the file replaced by what that function asks."""
    data = side.tree.read(path) or b""

    def replaced(atom: str) -> Cond | None:
        asked = _ASKED.fullmatch(atom)
        arguments = split_arguments(asked[2]) if asked else None
        if asked is None or arguments is None or not re.search(
                rb"^static\b[^;{}()]*\b%s[ \t]*\(" % asked[1].encode(), data, re.MULTILINE):
            return None
        those = _functions(data, asked[1])
        return _answer(side, path, those[0], tuple(arguments)) if len(those) == 1 and those[0].static else None

    return condition.replace(replaced)


def settled(analysis: Analysis, side: Side, condition: Cond, arch: str, near: str, values: Mapping[str, bool]) -> Cond:
    """Return the condition with each question `name()` that has one answer under the configuration `values` answered.

    `debug_pagealloc_enabled()` is false where its header returns false, whatever the machine was started with, and so
    is what has a `__weak` body alone that returns false. Of a question that is given something that is so where a
    header answers it in the same way whatever that is: `#define arch_may_skip(dev) (false)`.
    """
    def replaced(atom: str) -> Cond | None:
        asked = _NO_ARGUMENTS.fullmatch(atom)
        if asked is None:
            given = _ASKED.fullmatch(atom)
            return _alike_for_all(analysis, side, given[1], arch, near, values) if given else None
        answer = _under(analysis, side, asked[1], arch, near).evaluate(values)
        if answer is Ternary.UNKNOWN and analysis.redefinitions_of(asked[1]):
            answer = _by_all(analysis, side, asked[1], arch, near, values)
        return {Ternary.YES: TRUE, Ternary.NO: FALSE}.get(answer)

    return condition.replace(replaced) if "(" in str(condition) else condition


def _alike_for_all(analysis: Analysis, side: Side, name: str, arch: str, near: str, values: Mapping[str, bool]
                   ) -> Cond | None:
    """Return what a header's question answers whatever it is given, None where that depends on something."""
    moment = analysis.moment_of(side.tree)
    if name in _BUILT_IN or moment is None or analysis.redefinitions_of(name) \
            or not side.tree.exists(f"arch/{arch}/Kconfig"):
        return None
    key = (id(side.tree), near, arch, f"{name}(")
    if key not in analysis.answers:
        # The tree is kept with its answer, so that no other tree can get its id.
        truth = analysis.configs[moment].truth(name, arch, near=near)
        analysis.answers[key] = side.tree, Var(f"{name}()") if truth is None else truth
    left = analysis.answers[key][1].assume(values)
    for answer, asked in ((FALSE, of_options(left)), (TRUE, of_options(Not(left)))):
        if asked == FALSE or (asked != TRUE and not analysis.reach.may_change(asked)
                              and analysis.reach.can(analysis.configs[moment], arch, asked) is Ternary.NO):
            return answer
    return None


def _under(analysis: Analysis, side: Side, name: str, arch: str, near: str) -> Cond:
    """Return what `name()` asks in the file `near`, options above all; the question itself where that is not known."""
    key = (id(side.tree), near, arch, name)
    if key not in analysis.answers:
        atom = f"{name}()"
        if analysis.redefinitions_of(name):
            found = expanded(analysis, side, Var(atom), arch, near)
        else:
            moment = analysis.moment_of(side.tree)
            known = side.tree.kind != "none" and side.tree.exists(f"arch/{arch}/Kconfig")
            truth = None
            if moment is not None and known:
                weak = analysis.weak.told(moment, Var(atom), arch)
                truth = weak if weak != Var(atom) else analysis.configs[moment].truth(name, arch, near=near)
            found = _in_headers(side, name, arch, near) if truth is None or atom in truth.variables() else truth
        # The tree is kept with its answer, so that no other tree can get its id.
        analysis.answers[key] = side.tree, found
    return analysis.answers[key][1]


def options_asked(analysis: Analysis, side: Side, condition: Cond, arch: str, near: str) -> frozenset[str]:
    """Return the options that the questions `name()` in the condition ask for, of those that the series changes."""
    found: set[str] = set()
    for atom in condition.variables():
        asked = _NO_ARGUMENTS.fullmatch(atom)
        own = analysis.redefinitions_of(asked[1]) if asked else ()
        if asked and own:
            paths = {*side.facts, *(one.path for one in own)}
            answers = [_answer(side, path, function, ())
                       for path, function in _visible(side, paths, asked[1], arch, near)]
            found |= {name for answer in answers if answer is not None for name in answer.variables()}
    return frozenset(name for name in found if name.startswith("CONFIG_") and not name.endswith("_MODULE"))


def _by_all(analysis: Analysis, side: Side, name: str, arch: str, near: str, values: Mapping[str, bool]) -> Ternary:
    """Return what every definition answers that may stand under the configuration, if it is the same.

    A tree that has the series in part shows a function as it has it and as the hunks have it.
    """
    paths = {*side.facts, *(one.path for one in analysis.redefinitions_of(name))}
    every = tuple(_visible(side, paths, name, arch, near))
    if any("__weak" in function.signature.split() for _, function in every):
        return Ternary.UNKNOWN
    stand = [(path, function) for path, function in every
             if function.path_condition.evaluate(values) is not Ternary.NO]
    if not any(function.path_condition.evaluate(values) is Ternary.YES for _, function in stand):
        return Ternary.UNKNOWN
    answers = [_answer(side, path, function, ()) for path, function in stand]
    told = {Ternary.UNKNOWN if answer is None else answer.evaluate(values) for answer in answers}
    return told.pop() if len(told) == 1 else Ternary.UNKNOWN


def _in_headers(side: Side, name: str, arch: str, near: str) -> Cond:
    """Return what the function asks as the file itself, or a header that it includes, defines it."""
    paths = {near, *headers_of(side.tree.read(near) or b"", near)}
    answers = [(function.path_condition, _answer(side, path, function, ()))
               for path, function in _definitions(side, paths, name, arch, near)]
    if not answers or any(answer is None for _, answer in answers):
        return Var(f"{name}()")
    rest = And(Not(Or(*(when for when, _ in answers))), Var(f"{name}()"))
    return Or(rest, *(And(when, answer) for when, answer in answers if answer is not None))


def _definitions(side: Side, paths: set[str], name: str, arch: str, near: str) -> Iterator[tuple[str, Function]]:
    """Yield the definitions that code in the file `near` can mean: its own, else the global ones of the architecture.

    Nothing where two of them may stand at once.
    """
    found = list(_visible(side, paths, name, arch, near))
    if any("__weak" in function.signature.split() for _, function in found):  # another file's body may replace it
        return
    own = [(path, function) for path, function in found if path == near] or found
    if not any(And(one.path_condition, other.path_condition) != FALSE
               for number, (_, one) in enumerate(own) for _, other in own[:number]):
        yield from own


def _visible(side: Side, paths: set[str], name: str, arch: str, near: str) -> Iterator[tuple[str, Function]]:
    """Yield every definition of the name that the file `near` could mean, whichever of them stands."""
    for path in sorted(paths):
        if own_arch(path) in {"", arch}:
            for function in _functions(side.tree.read(path) or b"", name):
                if path == near or path.endswith(".h") or not function.static:
                    yield path, function


@lru_cache(maxsize=512)
def _functions(data: bytes, name: str) -> tuple[Function, ...]:
    return tuple(one for one in functions_of(data) if one.name == name) if name.encode() in data else ()


def _answer(side: Side, path: str, function: Function, arguments: tuple[str, ...]) -> Cond | None:
    """Return when the function returns true for these arguments: it must be tests that return, and a last return."""
    names = parameter_names(function)
    if len(names) != len(arguments):
        return None
    given = dict(zip(names, arguments, strict=True))
    whole = body_text(side.tree.read(path), function)
    text = whole[whole.find("{") + 1:whole.rfind("}")].strip()
    if "#" in text or "{" in text:
        return None
    tests: list[tuple[Cond, Cond]] = []
    while text.startswith("if"):
        start = text.find("(")
        end = closing(text, start)
        returned = _RETURN.match(text[end + 1:].lstrip()) if end > 0 else None
        if returned is None:
            return None
        tests.append((_read(text[start + 1:end], given), _read(returned[1], given)))
        text = text[end + 1:].lstrip()[returned.end():].strip()
    last = _RETURN.fullmatch(text)
    if last is None or not last[1].strip():
        return None
    answer = _read(last[1], given)
    for test, value in reversed(tests):
        answer = Or(And(test, value), And(Not(test), answer))
    return answer


def _read(text: str, given: Mapping[str, str]) -> Cond:
    bare = put_in(text.strip(), given)
    return _VALUES[bare] if bare in _VALUES else parse_c_condition(bare.encode())
