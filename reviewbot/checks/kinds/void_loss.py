"""Kind `void-loss`: a call of a function that returns nothing although something inside it can fail.

Options: `api` (families whose errors must not be lost).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.callers import no_caller_reaches
from reviewbot.checks.definitions import facts_at
from reviewbot.checks.draft import (
    as_written,
    callee_evidence,
    draft_finding,
    errnos_of,
    fails_on,
    lower,
    spot_of,
    table_for,
)
from reviewbot.checks.failing import failing
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.leaves import Leaf, leaves_of
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.outcome import warns_after
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule, quiet
from reviewbot.checks.where import Where, at_leaves, facts_here, running_at, where_of
from reviewbot.findings.types import Evidence, Finding, Level
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["VOID_LOSS"]

_FIELDS = frozenset({"function", "callee", "primitive", "what", "fate", "arches", "errnos", "failure",
                     "object", "why", "ending"})
_LOST = {"discarded": "dropped", "void-cast": "dropped", "unread": "never read", "overwritten": "overwritten",
         "warn-only": "only warned about", "handled": "not passed on", "void-callee": "lost"}
_DROPPED = frozenset({"dropped", "never read", "overwritten"})
_INSIDE = "dropped inside it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """An error that a call hides: of `primitive`, whose result is `fate` at `evidence`, behind so many `helpers`."""

    primitive: str
    fate: str
    evidence: tuple[Evidence, ...]
    file: str = ""
    call: Call | None = None
    helpers: int = 0


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    for occurrence in (*analysis.occurrences(position), *analysis.reached(position)):
        if no_caller_reaches(analysis, analysis.after(position), occurrence):
            continue
        losses = _losses(analysis, analysis.after(position), occurrence.file.path, occurrence.call, wanted)
        if losses:
            found = _finding(rule, analysis, position, occurrence, losses)
            if found is not None:
                yield found


def _said_there(analysis: Analysis, position: int, loss: _Loss) -> bool:
    """Return whether the patch touches the function that drops the error: then it is said there, and quietly at each
    call on the way to it."""
    if loss.fate not in _DROPPED or loss.call is None:
        return False
    function = analysis.after(position).function_at(loss.file, loss.call.span.line)
    return any(file.path == loss.file and touches(file, function)
               for file in analysis.patched.states[position].files)


def _keeps_old(analysis: Analysis, finding: Finding) -> bool:
    """Return whether an old loss is in code of this tree; what a primitive drops inside itself is nobody's news."""
    return analysis.returns(finding.says[0].split()[-1]) != "void"


def _losses(analysis: Analysis, side: Side, path: str, call: Call, wanted: frozenset[str]) -> tuple[_Loss, ...]:
    """Return the errors that this call hides from whoever makes it, those of functions that say so first."""
    if call.use != "void-callee":
        return ()
    found: dict[str, _Loss] = {}
    for leaf in leaves_of(side, call.callee, near=path, arguments=call.arguments, primitives=analysis.primitives,
                          values=call.values):
        if leaf.primitive not in wanted or not leaf.is_on(*analysis.arches):
            continue
        if analysis.returns(leaf.primitive) == "int" and not _goes_on(analysis, side, path, call):
            continue
        if analysis.returns(leaf.primitive) == "int" and leaf.use in _LOST and leaf.via:
            shown = Evidence(kind="source", file=leaf.file, line=leaf.line,
                             text=leaf.call.statement if leaf.call else "", rev=side.tree.rev)
            found.setdefault(leaf.primitive, _Loss(primitive=leaf.primitive, fate=_fate(analysis, side, leaf),
                                                   evidence=(shown,), file=leaf.file, call=leaf.named_call))
        elif analysis.returns(leaf.primitive) == "void" and _dropped_inside(analysis, side, leaf.primitive):
            found.setdefault(leaf.primitive, _Loss(primitive=leaf.primitive, fate=_INSIDE, evidence=(),
                                                   helpers=len(leaf.via)))
    return tuple(sorted(found.values(), key=lambda loss: (loss.fate == _INSIDE, loss.primitive)))


def _fate(analysis: Analysis, side: Side, leaf: Leaf) -> str:
    """Return what the helper around the leaf does with its error; one that looks at it may only say so to the log."""
    helper = side.wrapper(leaf.via[-1], leaf.file)
    if leaf.use == "handled" and helper is not None and leaf.call is not None \
            and warns_after(analysis.reading, side, helper, leaf.call):
        return _LOST["warn-only"]
    return _LOST[leaf.use]


def _goes_on(analysis: Analysis, side: Side, path: str, call: Call) -> bool:
    """Return whether the caller uses the object again after the helper, which then had better not have failed."""
    found = analysis.reading.follow(side.tree, path, call)
    return found is None or bool(found[0].later_with(found[1], "any"))


def _dropped_inside(analysis: Analysis, side: Side, primitive: str, *wheres: Where) -> tuple[str, ...]:
    """Return the architectures whose void function drops the error of an inner call: with `wheres`, the one that a
    kernel with one of these lines has."""
    return tuple(arch for arch in analysis.arches
                 if any(fact.drops for where in wheres for fact in facts_here(analysis, where, arch, primitive)
                        if fact.is_real) or (not wheres and any(
                     fact.drops for fact in facts_at(analysis, side, arch, primitive) if fact.is_real)))


def _is_of(primitive: str, leaf: Leaf) -> bool:
    return leaf.primitive == primitive


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence,
             losses: tuple[_Loss, ...]) -> Finding | None:
    """Return the finding at a call, None where no kernel of these architectures loses anything there."""
    state, side, call = analysis.patched.states[position], analysis.after(position), occurrence.call
    at = where_of(analysis, position, occurrence.file.path, call)
    places = {loss: at_leaves(analysis, at, call, partial(_is_of, loss.primitive)) for loss in losses}
    cut_off, losses = losses[0], tuple(loss for loss in losses if running_at(analysis, *places[loss]))
    if not losses:
        return _cut_off(rule, analysis, position, occurrence, cut_off)
    loss = losses[0]
    arches = running_at(analysis, *places[loss])
    table = table_for(analysis, side, loss.primitive, arches, *places[loss])
    inside = loss.fate == _INSIDE
    could = None
    if not inside and loss.call is not None:
        could = failing(analysis, side, loss.file, loss.call, table, rev=side.tree.rev, wheres=places[loss])
    dropping = could.arches if could else fails_on(table)
    dropping = _dropped_inside(analysis, side, loss.primitive, *places[loss]) if inside else dropping
    failing_on = tuple(arch for arch in arches if arch in dropping)
    level: Level = lower(rule.level, "question") if inside else rule.level
    if not failing_on or (not occurrence.reached and all(_said_there(analysis, position, one) for one in losses)):
        level = "note"
    fields = {
        "function": call.function or occurrence.file.path, "callee": call.callee, "primitive": loss.primitive,
        "what": "it failed" if call.callee == loss.primitive else f"'{loss.primitive}' failed",
        "failure": f"{loss.primitive}() fails" if call.callee != loss.primitive else "a call inside it fails",
        "fate": loss.fate, "ending": "" if loss.fate == _LOST["handled"] else f": the error is {loss.fate}",
        "arches": quote_names(failing_on or arches),
        "errnos": (could.errnos if could else errnos_of(table)) or "an error", "object": as_written(call),
        "why": could.why if could else "It cannot fail on any architecture that can build this line.",
    }
    notes = [rule.notes.get("inside", "")] if inside else []
    notes += [rule.notes.get("reached", "")] if occurrence.reached else []
    notes += [rule.notes.get("also", "").format_map(fields | {"primitive": other.primitive, "fate": other.fate})
              for other in losses[1:]]
    evidence = (*loss.evidence, *(could.evidence if could else ()),
                *callee_evidence(analysis, side, loss.primitive, failing_on or arches))
    return draft_finding(
        quiet(rule) if table and not failing_on else rule, state, spot_of(analysis, position, occurrence), fields,
        message_id=analysis.message_id(state.index), evidence=evidence, level=level, arches=failing_on or arches,
        table=table, says=tuple(loss.primitive for loss in losses),
        notes=tuple(note.format_map(fields) for note in notes if note))


def _cut_off(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence, loss: _Loss) -> Finding | None:
    """Return a note on a call that hides an error which no kernel of these architectures can bring about there.

    Only of a call of the patch's own that some of them build: a reader who knows the helper will ask.
    """
    state, side, call = analysis.patched.states[position], analysis.after(position), occurrence.call
    arches = running_at(analysis, where_of(analysis, position, occurrence.file.path, call))
    if loss.fate != _INSIDE or loss.helpers != 1 or occurrence.reached or not arches:
        return None
    fields = {
        "function": call.function or occurrence.file.path, "callee": call.callee, "primitive": loss.primitive,
        "what": f"'{loss.primitive}' failed", "failure": f"{loss.primitive}() fails",
        "fate": loss.fate, "ending": "", "arches": quote_names(arches), "errnos": "an error",
        "object": as_written(call),
        "why": f"No configuration of {quote_names(analysis.arches)} comes from this line to '{loss.primitive}'."}
    return draft_finding(
        quiet(rule), state, spot_of(analysis, position, occurrence), fields,
        message_id=analysis.message_id(state.index), evidence=callee_evidence(analysis, side, loss.primitive, arches),
        level="note", arches=arches, table=(), says=(f"no way to {loss.primitive}",))


VOID_LOSS = Kind(name="void-loss", fields=_FIELDS, states=_run, check_options=_check, keeps_old=_keeps_old,
                 notes=lambda _: ("inside", "reached", "also"))
