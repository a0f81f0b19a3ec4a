"""Kind `lost-inside`: a function of the family drops the failure of a call that does its work, and says success.

Option: `api` (families or functions). What can fail is read from the code of what is called, or known from the model or
as something that tells the layer below; the call counts where a way from it returns 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.arch.bodies import bodies_of
from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Call, Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import sightings_of
from reviewbot.checks.definitions import facts_at
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.partial_range import sounds_like_undo
from reviewbot.checks.made_facts import derived_at
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.contracts.effects import known_effects
from reviewbot.findings.types import Finding
from reviewbot.source.types import PatchedFile
from reviewbot.text import quote_names

__all__ = ["LOST_INSIDE", "passed_over"]

_FIELDS = frozenset({"function", "callee", "callers", "arches", "left"})
_LOST = frozenset({"discarded", "void-cast", "unread", "overwritten"})
_LAYER = "layer"
_DEEPEST = 3
_MOST_FILES = 8
_SHOWN = 3


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = frozenset(name for name in analysis.wanted(names_option(rule, "api")) if analysis.returns(name) == "int")
    for file in analysis.patched.states[position].files:
        arch = own_arch(file.path)
        if arch not in analysis.arches or not file.whole or not file.path.endswith((".c", ".h")) or not file.after:
            continue
        functions = {one.name: one for one in functions_of(file.after) if one.name}
        if wanted.isdisjoint(functions):
            continue
        for function in functions.values():
            if touches(file, function):
                yield from _in_function(rule, analysis, position, (file, arch), function, wanted & functions.keys())


def _in_function(rule: Rule, analysis: Analysis, position: int, at: tuple[PatchedFile, str], function: Function,
                 wanted: frozenset[str]) -> Iterator[Finding]:
    file, arch = at
    lost = passed_over(analysis, position + 1, arch, file.path, function)
    roots = _reported_by(file, function, wanted, analysis.family.names("core")) if lost else ()
    for call in lost if roots else ():
        yield _finding(rule, analysis, position, at, function, call, roots)


def passed_over(analysis: Analysis, moment: int, arch: str, path: str, function: Function) -> tuple[Call, ...]:
    """Return the calls in a function of an architecture's file whose failure is dropped on a way to success, each
    callee's first; moment `position + 1` is after that patch. What is dropped of the family is told of every call."""
    side = analysis.sides[moment]
    found: dict[str, Call] = {}
    for body in bodies_of(path, side.tree.read(path) or b"").get(function.name):
        for call in body.calls:
            if call.use in _LOST and call.callee not in {*found, *analysis.primitives} and _goes_on_to_success(
                    analysis, side, path, function, call) and _can_fail(analysis, moment, arch, path, call.callee):
                found[call.callee] = call
    return tuple(found.values())


def _reported_by(file: PatchedFile, function: Function, wanted: frozenset[str], core: frozenset[str]
                 ) -> tuple[str, ...]:
    """Return the functions of the family whose result the function's own is: itself, or those that hand it on; of one
    that returns nothing those that call it. Those that callers come to (`core`), where there are any."""
    bodies = bodies_of(file.path, file.after or b"")
    silent = function.returns.split()[-1:] == ["void"]
    found, near = dict.fromkeys([function.name] if function.name in wanted else []), {function.name}
    for _ in range(1 if silent else _DEEPEST):
        wider = {one.name for one in functions_of(file.after or b"") if near & set(one.calls_all) and any(
            call.callee in near and (silent or call.use in {"returned", "handled"} or call.returns_from)
            for body in bodies.get(one.name) for call in body.calls)}
        found |= dict.fromkeys(sorted(wider & wanted))
        near = wider - near
    return tuple(name for name in found if name in core) or tuple(found)


def _goes_on_to_success(analysis: Analysis, side: Side, path: str, function: Function, call: Call) -> bool:
    """Return whether some way from the call ends in `return 0`, or in a function that returns nothing ends at all."""
    flow = analysis.reading.flow(side.tree, path, function.name, call.span.line)
    site = flow.call_at(call.span.line, call.callee) if flow is not None else None
    if flow is None or site is None:
        return False
    silent = function.returns.split()[-1:] == ["void"]
    return any(route.ends == "return" and route.returns in ({""} if silent else {"0"})
               for route in flow.paths_after(site))


def _can_fail(analysis: Analysis, moment: int, arch: str, path: str, name: str) -> bool:
    """Return whether the function hands an error to who calls it: as the model or its code says, or, where it tells the
    layer below, as it returns a number."""
    side = analysis.sides[moment]
    known = [fact for fact in facts_at(analysis, side, arch, name) if fact.is_real] if name in analysis.workers else []
    if any(fact.may_fail and fact.returns == "int" for fact in known):
        return True
    if known and all(fact.may_fail is False and fact.read_from == "model" for fact in known):
        return False
    effect = known_effects().of.get(name)
    tells = effect is not None and effect.id == _LAYER
    if not tells and sounds_like_undo(name):
        return False  # what is given back is given back, and the work was done
    files = analysis.files_with(moment, (name,), f"arch/{arch}/")[name]
    for other in (path, *sorted(one for one in files if one != path and one.endswith((".h", ".c")))[:_MOST_FILES]):
        data = side.tree.read(other)
        for one in sightings_of(other, data, name) if data is not None else ():
            if one.kind not in {"function", "inline"} or one.stub or one.returns.split()[-1:] != ["int"]:
                continue
            derived = derived_at(analysis, side, arch, other, name)
            if tells or (derived is not None and derived.may_fail is True):
                return True
    return False


def _finding(rule: Rule, analysis: Analysis, position: int, at: tuple[PatchedFile, str], function: Function, call: Call,
             roots: tuple[str, ...]) -> Finding:
    (file, arch), state = at, analysis.patched.states[position]
    left = "the pages kept their state" if call.callee in known_effects().of else "its part of the work was not done"
    fields = {"function": function.name, "callee": call.callee, "arches": arch, "left": left,
              "callers": quote_names([f"'{name}()'" for name in roots], most=_SHOWN)}
    spot = Spot(file=file.path, line=call.span.line, end_line=call.span.end_line, function=function.name,
                symbol=call.callee, side=analysis.after(position))
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), arches=(arch,),
                         evidence=(), says=(function.name, call.callee))


LOST_INSIDE = Kind(name="lost-inside", fields=_FIELDS, states=_run, check_options=_check, keeps_old=lambda *_: True)
