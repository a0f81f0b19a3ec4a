"""Kind `answer-change`: a question that the model of backends answers is told otherwise on some of them after a patch.

The patch changes the function that answers. What hangs on it are the calls of the families that its callers make under
its answer. No options.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.arch import Backend
from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.answers import answer_of
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.gate_backends import list_titles
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.errors import BudgetError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import FALSE, TRUE, Cond, parting
from reviewbot.source.types import PatchedFile
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["ANSWER_CHANGE"]

_FIELDS = frozenset({"function", "answer", "where", "platforms", "rest", "callee", "are"})
_MOST_FILES = 12
_LONGEST = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Where an answer that was always the same on these backends is the other one now."""

    arch: str
    was: bool
    where: Cond
    rows: tuple[Backend, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hanging:
    """A call of the families that a function makes where the answer is yes, or where it is no."""

    function: str
    callee: str
    file: str
    line: int
    yes: bool


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    after = analysis.after(position)
    for file in analysis.patched.states[position].files:
        for name, arches in _answered(analysis, file) if file.whole and file.added | file.removed else ():
            old, new = _function(file.before, name), _function(file.after, name)
            was = answer_of(file.before, old) if old is not None else None
            now = answer_of(file.after, new) if new is not None and touches(file, new) else None
            if old is None or new is None or was is None or now is None \
                    or old.path_condition != new.path_condition:
                continue  # where it stands under another `#if` now, another definition answers for the rest
            line = min((one for one in file.added if new.span.line <= one <= new.span.end_line), default=new.span.line)
            spot = Spot(file=file.path, line=line, end_line=line, function=name, symbol=name, side=after)
            for change in _changes(analysis, arches, was, now):
                yield _finding(rule, analysis, position, spot, change)


def _answered(analysis: Analysis, file: PatchedFile) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the questions that the file names and the model answers, with the architectures that it does so for."""
    names: dict[str, dict[str, None]] = {}
    for arch in analysis.arches if file.path.endswith((".c", ".h")) else ():
        for answer in analysis.model.backends_of(arch, analysis.version).answers:
            name = answer.asks.partition("(")[0]
            if own_arch(file.path) in {"", arch} and name.encode() in (file.after or b""):
                names.setdefault(name, {})[arch] = None
    yield from ((name, tuple(arches)) for name, arches in names.items())


def _function(data: bytes | None, name: str) -> Function | None:
    """Return the one function of that name that the file has, None for none or several."""
    found = [one for one in functions_of(data or b"") if one.name == name]
    return found[0] if len(found) == 1 else None


def _changes(analysis: Analysis, arches: tuple[str, ...], old: Cond, new: Cond) -> Iterator[_Change]:
    """Yield what backends get another answer where the old body says always yes, or always no, on them."""
    for arch in arches:
        known = analysis.model.backends_of(arch, analysis.version)
        groups: dict[tuple[bool, Cond], list[Backend]] = {}
        for row in known.rows:
            values = known.values(row.name, old.variables() | new.variables())
            was, now = old.assume(values), new.assume(values)
            if was in {TRUE, FALSE} and now != was and not _asks_more(now, old):
                try:
                    groups.setdefault((was == TRUE, parting(was, now)), []).append(row)
                except BudgetError:
                    continue
        for (was_yes, where), rows in groups.items():
            if len(str(where)) <= _LONGEST:
                yield _Change(arch=arch, was=was_yes, where=where, rows=tuple(rows))


def _asks_more(now: Cond, old: Cond) -> bool:
    """Return whether the new answer hangs on a call that the model does not answer: it may come to what was asked."""
    return any("(" in atom and not atom.startswith("(") for atom in now.variables() - old.variables())


def _hanging(analysis: Analysis, position: int, name: str) -> tuple[_Hanging, ...]:
    """Return the calls of the families that stand under an answer of the function, in order of their places."""
    side = analysis.after(position)
    wanted = dict.fromkeys(sorted(analysis.primitives), "")
    found = []
    for path in analysis.files_with(position + 1, (name,))[name][:_MOST_FILES]:
        facts = analysis.reading.facts(side.tree, path, wanted) if path.endswith(".c") else None
        for call in facts.calls if facts is not None else ():
            for guard in call.guards if call.callee in wanted else ():
                asked = [atom for atom in guard.condition.variables() if atom.startswith(f"{name}(")]
                values = [guard.condition.assume({atom: yes}) for atom in asked for yes in (True, False)]
                if len(asked) == 1 and FALSE in values:
                    found.append(_Hanging(function=call.function, callee=call.callee, file=path, line=call.span.line,
                                          yes=values[1] == FALSE))
                    break
    return tuple(found)


def _finding(rule: Rule, analysis: Analysis, position: int, spot: Spot, change: _Change) -> Finding:
    state, name = analysis.patched.states[position], spot.symbol
    hanging = [one for one in _hanging(analysis, position, name) if one.yes == change.was]
    callers = quote_names([f"{one}()" for one in dict.fromkeys(one.function for one in hanging)], most=3)
    callees = quote_names([f"{one}()" for one in dict.fromkeys(one.callee for one in hanging)], most=3)
    many = len({one.function for one in hanging}) > 1
    where = "in every case" if change.where == TRUE else f"where '{change.where}'"
    fields = {"are": "Are" if " and " in callees else "Is", "function": name, "where": where, "callee": callees,
              "answer": "no" if change.was else "yes",
              "platforms": list_titles([row.title for row in change.rows]),
              "rest": f": {callers} then {'leave' if many else 'leaves'} out {callees}" if hanging else ""}
    evidence = tuple(Evidence(kind="source", file=one.file, line=one.line, rev=f"after patch {state.index}",
                              text=f"{one.function}() calls {one.callee}() by the answer") for one in hanging[:4])
    asked = rule if hanging else replace(rule, question=rule.notes.get("ask alone", ""))
    return draft_finding(asked, state, spot, fields, message_id=analysis.message_id(state.index), evidence=evidence,
                         arches=(change.arch,), says=(name, fields["answer"], str(change.where)))


ANSWER_CHANGE = Kind(name="answer-change", fields=_FIELDS, changes=_run, check_options=_check,
                     notes=lambda _: ("ask alone",))
