"""Where a call can be part of a kernel, and which definition it can get there: what lists of architectures rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from functools import lru_cache

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import nest_at
from reviewbot.checks.definitions import certain_symbols, facts_at
from reviewbot.checks.gate_macros import gates_before
from reviewbot.checks.leaves import Leaf, leaves_of
from reviewbot.checks.made_facts import condition_of
from reviewbot.checks.reach import has_kconfig
from reviewbot.checks.stand_ins import is_absent, same_call, shown_options, stand_in
from reviewbot.checks.users import nobody_calls
from reviewbot.checks.weak import as_called, asks_result
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.guards import asks_calls, of_options, told
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Ternary, Var, parse_condition
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["Where", "arches_at", "as_guarded", "asked_inline", "at_leaf", "at_leaves", "builders", "can_be", "fact_for",
           "facts_here", "is_called", "is_idle", "running_at", "where_of", "with_line"]

_COMPILED = (".c", ".S", ".rs")
_CONVERSIONS = frozenset({"set_memory_encrypted", "set_memory_decrypted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A line at a moment of the series (0: the base, `position + 1`: after that patch) and what it rests on.

    `nest` is its `#if` nest, `tests` are the tests in its function that let it run, as far as options or what is called
    may decide them, `asked` those of the helpers on the way on what others return; `files` are its own file and those
    of the helpers on the way; `functions` are the functions around it and those helpers, each with its file; `when` is
    what else must hold. `proved` is not so where a macro that nobody knows may leave the function before, and `placed`
    where the tree has neither the file nor anything that says when it is built.
    """

    moment: int
    side: Side = field(hash=False, compare=False)
    path: str
    line: int
    nest: Cond = TRUE
    tests: tuple[Cond, ...] = ()
    asked: tuple[Cond, ...] = ()
    when: Cond = TRUE
    files: tuple[str, ...] = ()
    functions: tuple[tuple[str, str], ...] = ()
    proved: bool = True
    placed: bool = True


def where_of(analysis: Analysis, position: int, path: str, call: Call, *, before: bool = False) -> Where:
    """Return where a call stands after the patch at this position, or `before` it."""
    side = analysis.before(position) if before else analysis.after(position)
    if is_absent(analysis, path):
        return _elsewhere(analysis, position + (not before), side, path, call)
    return _in_tree(analysis, position + (not before), side, path, call)


def _elsewhere(analysis: Analysis, moment: int, side: Side, path: str, call: Call) -> Where:
    """Return where a call of a file that the tree does not have may stand: as the file that has its function says, or
    with the options that its hunks name."""
    there = stand_in(analysis, moment, path, call.function) if call.function else ""
    same = same_call(analysis, side, there, call) if there else None
    if same is not None:
        return replace(_in_tree(analysis, moment, side, there, same), path=path)
    here, options = _in_tree(analysis, moment, side, path, call), shown_options(side, path)
    if there:
        return replace(here, files=(there,))
    return replace(here, when=options, placed=options != TRUE)


def _in_tree(analysis: Analysis, moment: int, side: Side, path: str, call: Call) -> Where:
    nest = call.path_condition
    if any(not name.startswith("CONFIG_") for name in nest.variables()):
        nest = nest_at(side.tree, path, call.span.line)
    data = side.tree.read(path) or b""
    gates = _gates(analysis, moment, side, path, call, data)
    return Where(moment=moment, side=side, path=path, line=call.span.line, nest=nest,
                 tests=tuple(filter(_is_asked, (*(as_called(guard, data) for guard in call.guards), *(gates or ())))),
                 files=(path,),
                 functions=((path, call.function),) if call.function else (), proved=gates is not None)


@lru_cache(maxsize=1 << 14)
def _is_asked(test: Cond) -> bool:
    """Return whether a test can say anything about the configuration: by its options, or by what it calls."""
    return of_options(test) != TRUE or asks_calls(test) or asks_result(test)


def _gates(analysis: Analysis, moment: int, side: Side, path: str, call: Call, data: bytes) -> tuple[Cond, ...] | None:
    """Return what the macros in front of the call ask of the configuration, None where nobody can tell."""
    facts = analysis.read(side, path) if b"CONFIG_" in data else None
    start = next((one.span.line for one in (facts.functions if facts else ())
                  if one.span.line <= call.span.line <= one.span.end_line), 0)

    def files_with(name: str) -> tuple[bytes, ...]:
        return tuple(side.tree.read(one) or b"" for one in analysis.files_with(moment, (name,))[name])

    return gates_before(data, start, call.span.line, files_with) if start else ()


def with_line(where: Where, line: int) -> Where:
    """Return the same for kernels that have another line of that file as well: what a path behind the call does."""
    return replace(where, nest=And(where.nest, nest_at(where.side.tree, where.path, line)))


def at_leaf(where: Where, leaf: Leaf) -> Where:
    """Return the same for one function of the family that the call reaches through helpers."""
    return replace(where, when=And(where.when, leaf.when), files=tuple(dict.fromkeys((*where.files, *leaf.files))),
                   functions=tuple(dict.fromkeys((*where.functions, *zip(leaf.files, leaf.via, strict=False)))),
                   asked=(*where.asked, *leaf.asked))


def at_leaves(analysis: Analysis, where: Where, call: Call, wanted: Callable[[Leaf], bool]) -> tuple[Where, ...]:
    """Return where the wanted functions of the family below a call stand; the call itself where there is none."""
    leaves = leaves_of(where.side, call.callee, near=where.path, arguments=call.arguments,
                       primitives=analysis.primitives, values=call.values)
    return tuple(dict.fromkeys(at_leaf(where, leaf) for leaf in leaves if wanted(leaf))) or (where,)


def can_be(analysis: Analysis, where: Where, arch: str, condition: Cond = TRUE) -> Ternary:
    """Return whether some kernel of the architecture has the line, lets it run, and fulfils the condition.

    A line that nobody can tell to be reached is in none: there is nothing to say of it.
    """
    if not where.proved:
        return Ternary.NO
    config = analysis.configs[where.moment]
    plain = And(where.nest, condition, of_options(where.when),
                *(of_options(test) for test in where.tests))
    answer = analysis.reach.can(config, arch, plain, where.files)
    if answer is not Ternary.NO:
        met = _told(analysis, where, arch)
        if met is not None:
            plain = And(where.nest, condition, *(of_options(one) for one in met))
            answer = analysis.reach.can(config, arch, plain, where.files)
    if answer is Ternary.NO or where.path not in where.files:
        return answer
    inline = asked_inline(config, where, arch)
    exact = And(where.nest, condition, of_options(where.when), *inline)
    return answer if not inline or exact == plain else analysis.reach.can(config, arch, exact, where.files)


def asked_inline(config: KernelConfig, where: Where, arch: str) -> tuple[Cond, ...]:
    """Return what the tests in front of the line need of the options, with what the tree's inline functions return
    there: `debug_pagealloc_enabled()` may be false for want of an option. () where they call none."""
    if not any(map(asks_calls, where.tests)):
        return ()
    return tuple(of_options(told(test, lambda name: config.truth(name, arch, near=where.path)))
                 for test in where.tests)


def _told(analysis: Analysis, where: Where, arch: str) -> tuple[Cond, ...] | None:
    """Return what must hold, with what `__weak` functions and `#error` lines come to on the architecture; None where
    neither has a say."""
    tests = (where.when, *where.tests, *where.asked)
    bodies = (*(analysis.weak.body(where.moment, path, name, arch) for path, name in where.functions),
              *(of_options(analysis.refused.built(where.moment, path, arch)) for path in where.files))
    met = tuple(analysis.weak.told(where.moment, test, arch) for test in tests)
    return (*met, *bodies) if met != tests or any(body != TRUE for body in bodies) else None


def as_guarded(analysis: Analysis, where: Where, arch: str, fact: Fact) -> Fact:
    """Return what the function is for this line: one whose guard needs options that no kernel with the line has never
    does anything there, nor one whose work is done on another backend than the line runs on."""
    if not fact.is_real:
        return fact
    why = _unguarded(analysis, where, arch, fact) or _on_idle_backend(analysis, where, arch, fact)
    return replace(fact, may_fail=False, errnos=(), causes=(), splits="no", does="", noop_when=(f"always: {why}",),
                   partial_on_failure=None, flushes=False, sleeps=False, drops=()) if why else fact


def is_idle(fact: Fact) -> bool:
    """Return whether the function never does anything."""
    return bool(fact.noop_when) and fact.noop_when[0].startswith("always")


def _unguarded(analysis: Analysis, where: Where, arch: str, fact: Fact) -> str:
    """Return why the guard of the function is never true for the line, empty where it can be."""
    if not fact.guard:
        return ""
    needs = next((runtime.requires for runtime in analysis.model.runtimes(arch, analysis.version)
                  if runtime.name == fact.guard), "")
    if not needs:
        return ""
    wanted, config = parse_condition(needs), analysis.configs[where.moment]
    known = all(config.knows(name.removeprefix("CONFIG_"), arch) for name in wanted.variables())
    if not known or analysis.reach.may_change(wanted) or can_be(analysis, where, arch, wanted) is not Ternary.NO:
        return ""
    return f"no kernel with the call has {needs}"


def _on_idle_backend(analysis: Analysis, where: Where, arch: str, fact: Fact) -> str:
    """Return why the line runs only where a conversion of memory does nothing, empty where that is not so."""
    if fact.symbol not in _CONVERSIONS or analysis.redefinitions_of(fact.symbol):
        return ""
    known = analysis.model.backends_of(arch, analysis.version)
    config = analysis.configs[where.moment]
    for caller in known.idle_callers():
        wanted = parse_condition(caller.needs)
        without_it = And(*(part for name in sorted(wanted.variables()) for part in (Not(Var(name)), Not(Var(
            f"{name}_MODULE"))))) if wanted.op == "var" else Not(wanted)
        if all(config.knows(name.removeprefix("CONFIG_"), arch) for name in wanted.variables()) \
                and not analysis.reach.may_change(wanted) and can_be(analysis, where, arch, without_it) is Ternary.NO:
            titles = quote_names([row.title for row in known.rows if row.name in caller.backends], joint="or")
            return f"what needs {caller.needs} runs on {titles}"
    return ""


def arches_at(analysis: Analysis, *wheres: Where) -> tuple[str, ...]:
    """Return the architectures of the review on which one of the lines can be part of a kernel."""
    return tuple(arch for arch in analysis.arches
                 if any(can_be(analysis, where, arch) is not Ternary.NO for where in wheres))


def is_called(analysis: Analysis, where: Where, arch: str) -> bool:
    """Return False where the function around the line has callers, and none of them on the architecture."""
    return not where.functions or not nobody_calls(analysis, where.moment, *where.functions[0], arch)


def running_at(analysis: Analysis, *wheres: Where) -> tuple[str, ...]:
    """Return the architectures of the review on which one of the lines can be part of a kernel, and run."""
    return tuple(arch for arch in arches_at(analysis, *wheres)
                 if any(is_called(analysis, where, arch) for where in wheres))


def builders(analysis: Analysis, others: tuple[str, ...]) -> tuple[str, ...]:
    """Return the architectures of the review, and those of the others that alone can build a call of the series.

    Without a tree only names tell, which is too little to bring another architecture in.
    """
    more: set[str] = set()
    strange = [arch for arch in others if arch not in analysis.arches and has_kconfig(analysis.end.tree, arch)]
    for position, _ in analysis.states() if strange else ():
        for occurrence in analysis.occurrences(position):
            path = occurrence.file.path
            where = where_of(analysis, position, path, occurrence.call)
            if not own_arch(path) and not any(can_be(analysis, where, arch) is not Ternary.NO for arch in (
                    *sorted(analysis.arches, reverse=True), *sorted(more))):
                more |= {arch for arch in strange if can_be(analysis, where, arch) is not Ternary.NO}
    return tuple(sorted({*analysis.arches, *more}))


def facts_here(analysis: Analysis, where: Where, arch: str, symbol: str) -> tuple[Fact, ...]:
    """Return the variants of the symbol that some kernel gives to this line, the ordinary one first."""
    values = certain_symbols(analysis, where.side, arch)
    found = []
    for fact in (as_guarded(analysis, where, arch, one) for one in facts_at(analysis, where.side, arch, symbol)):
        condition = condition_of(fact)
        left = condition.assume(values)
        if (left == FALSE and not analysis.reach.may_change(condition)) or (
                left != TRUE and can_be(analysis, where, arch, condition) is Ternary.NO):
            continue
        found.append(fact)
    return tuple(found)


def fact_for(analysis: Analysis, where: Where, arch: str, symbol: str,
             wanted: Callable[[Fact], bool] = lambda fact: bool(fact.may_fail)) -> Fact | None:
    """Return the first variant that is as wanted, else the first of all; None where nobody gets any or knows any."""
    facts = facts_here(analysis, where, arch, symbol)
    return next((fact for fact in facts if wanted(fact)), facts[0] if facts else None)
