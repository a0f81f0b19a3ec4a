"""Kind `result-use`: what becomes of the result of a call that can fail.

Options: `api` (families of `rules/api/`, or `api:all`), `use`: the uses that match, and `warned-return`, a void
function that warns and returns while its caller goes on with the same object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side, Wrapper
from reviewbot.checks.callers import no_caller_reaches
from reviewbot.checks.draft import (
    as_written,
    callee_evidence,
    draft_finding,
    lower,
    spot_of,
    table_for,
)
from reviewbot.checks.failing import failing
from reviewbot.checks.feasible import says_harmless
from reviewbot.checks.inside import keeps_what_failed, leaves_here, name_inside, reached_inside, word_left
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.outcome import fails_either_way, is_rollback, only_warns
from reviewbot.checks.rule import Rule, quiet
from reviewbot.checks.where import at_leaves, running_at, where_of
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.text import quote_names

__all__ = ["RESULT_USE"]

_USES = frozenset({"discarded", "void-cast", "unread", "overwritten", "warn-only", "warned-return"})
_FIELDS = frozenset({"function", "callee", "arches", "errnos", "object", "variable", "statement", "why",
                     "comment", "machine", "warning", "symbol", "place", "asker"})
_EACH_TIME = frozenset({"WARN", "WARN_ON"})


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "use"}))
    unknown = sorted(set(names_option(rule, "use")) - _USES)
    if unknown or not rule.options.get("use"):
        raise DataError(f"'use' has no value '{''.join(unknown[:1])}'", where=str(rule.folder / "rule.toml"),
                        hint=f"one or more of {', '.join(sorted(_USES))}")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    uses = names_option(rule, "use")
    wanted = analysis.wanted(names_option(rule, "api"))
    for occurrence in (*analysis.occurrences(position), *analysis.reached(position)):
        call = occurrence.call
        if no_caller_reaches(analysis, analysis.after(position), occurrence):
            continue
        going_on: tuple[Evidence, ...] = ()
        if call.use == "handled" and "warned-return" in uses and call.callee in wanted:
            going_on = _callers_going_on(analysis, position, occurrence)
        if call.use not in uses and not going_on:
            continue
        if call.use == "warn-only" and fails_either_way(
                analysis.reading, analysis.after(position), occurrence.file.path, call):
            continue  # nothing goes on behind it
        wrapper = analysis.after(position).wrapper(call.callee, occurrence.file.path)
        found = None
        if call.callee in wanted and analysis.returns(call.callee) == "int":
            found = _finding(rule, analysis, position, occurrence, None, going_on)
        elif not analysis.returns(call.callee) and wrapper and wrapper.fallible:
            found = _finding(rule, analysis, position, occurrence, wrapper)
        if found is not None:
            yield found


def _callers_going_on(analysis: Analysis, position: int, occurrence: Occurrence) -> tuple[Evidence, ...]:
    """Return where callers use the object after a void helper has warned and returned; () if nobody does."""
    side, call, path = analysis.after(position), occurrence.call, occurrence.file.path
    helper = side.wrapper(call.function, path)
    if helper is None or not helper.lossy or not only_warns(analysis.reading, side, path, call):
        return ()
    found = []
    for file, facts in sorted(side.facts.items()):
        for outer in facts.calls:
            followed = analysis.reading.follow(side.tree, file, outer) if outer.callee == call.function else None
            later = followed[0].later_with(followed[1], "any") if followed else ()
            if later:
                text = f"{outer.function}() goes on with {later[0].callee}({', '.join(later[0].arguments)})"
                found.append(Evidence(kind="source", file=file, line=later[0].line, rev=side.tree.rev, text=text))
    return tuple(found)


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence,
             wrapper: Wrapper | None, going_on: tuple[Evidence, ...] = ()) -> Finding | None:
    """Return the finding at a call, None where no kernel of these architectures has the call."""
    state, side, call = analysis.patched.states[position], analysis.after(position), occurrence.call
    leaves = leaves_here(analysis, side, occurrence.file.path, call) if wrapper is not None else None
    inside = reached_inside(wrapper, call, leaves) if wrapper is not None else ()
    if wrapper is not None and not inside:
        return None  # with these arguments the helper does nothing that can fail
    inner = next(iter(inside), None)
    symbol = call.callee if inner is None or wrapper is None else name_inside(wrapper, call, inner)
    where = where_of(analysis, position, occurrence.file.path, call)
    wheres = (where,) if wrapper is None else at_leaves(
        analysis, where, call, lambda leaf: symbol == leaf.primitive or symbol in leaf.via)
    arches = running_at(analysis, *wheres)
    if not arches:
        return None
    table = table_for(analysis, side, symbol, arches, *wheres)
    path = occurrence.file.path
    could = failing(analysis, side, wrapper.file if wrapper and inner else path,
                    replace(inner, callee=symbol) if inner else call, table,
                    rev=f"after patch {state.index}", wheres=wheres)
    comment = could.comment or says_harmless(side, path, call, f"after patch {state.index}")
    level = rule.level
    notes = []
    kept = bool(leaves) and all(keeps_what_failed(analysis, side, leaf) for leaf in leaves or ())
    words = [word_left(analysis, side, leaf) for leaf in leaves or ()] if could.arches and not kept else []
    told = words[0] if words and None not in words else None
    harmless = kept or told is not None or (not could.arches and bool(table))
    if harmless:
        level = "note"
    elif comment is not None:
        level = lower(level, "question")
        notes.append(rule.notes.get("comment", ""))
    elif level != "note" and is_rollback(analysis.reading, side, occurrence.file.path, call, analysis.family.names()):
        level = lower(level, "question")
        notes.append(rule.notes.get("rollback", ""))
    own = quote_names(list(inner.reports), joint="or") if inner and not inner.returns_from else ""
    fields = {
        "function": call.function or occurrence.file.path, "callee": call.callee,
        "arches": quote_names(could.arches or arches), "errnos": own or could.errnos or "an error",
        "object": as_written(call), "variable": call.variable, "statement": call.statement,
        "why": could.why, "comment": comment.text if comment else "", "machine": "", "symbol": symbol,
        "place": told[0] if told else "", "asker": told[1] if told else "",
        "warning": _each_time(analysis, side, path, call) if "machine" in rule.notes else "",
    }
    if kept:
        fields["why"] = rule.notes.get("kept", "").format_map(fields)
    elif told is not None:
        fields["why"] = rule.notes.get("noted", "").format_map(fields)
    if fields["warning"]:
        fields["machine"] = rule.notes["machine"].format_map(fields)
    if could.why and not harmless:
        notes.append(could.why.replace("{", "{{").replace("}", "}}"))
    notes.append(rule.notes.get(call.use, ""))
    if occurrence.reached:
        notes.append(rule.notes.get("reached", ""))
    if occurrence.function and occurrence.function.returns.split()[-1:] == ["void"]:
        notes.append(rule.notes.get("void", ""))
    evidence = [*going_on, *(Evidence(kind="patch", file=occurrence.file.path, line=step.line, text=step.text,
                                      rev=f"after patch {state.index}") for step in call.steps)]
    if wrapper is not None:
        evidence += [Evidence(kind="source", file=wrapper.file, line=one.span.line, text=one.statement,
                              rev=side.tree.rev) for one in inside]
    evidence += [*could.evidence, *([comment] if comment else [])]
    evidence += callee_evidence(analysis, side, symbol, could.arches or arches)
    return draft_finding(
        quiet(rule) if harmless else rule, state, spot_of(analysis, position, occurrence), fields,
        message_id=analysis.message_id(state.index), evidence=tuple(evidence), level=level,
        arches=could.arches or arches, table=table, says=(symbol,),
        notes=tuple(note.format_map(fields) for note in notes if note))


def _each_time(analysis: Analysis, side: Side, path: str, call: Call) -> str:
    """Return the warning about a failure that comes anew each time and that `panic_on_warn` listens to; or nothing. One
    that a success meets as well is about something else."""
    followed = analysis.reading.follow(side.tree, path, call)
    if followed is None or not followed[0].calls(*sorted(_EACH_TIME)):
        return ""
    flow, site = followed
    fine = {statement for route in flow.paths_after(site, "success") for statement in route.statements}
    names = {inner.callee for route in flow.paths_after(site, "failure") for statement in route.statements
             if statement not in fine or site in statement.calls for inner in statement.calls} & _EACH_TIME
    return min(names, default="")


RESULT_USE = Kind(name="result-use", fields=_FIELDS, states=_run, check_options=_check, keeps_old=lambda *_: True,
                  notes=lambda _: ("comment", "rollback", "kept", "noted", "machine", "reached", "void", *_USES))
