"""Kind `resolution`: a call that is a stub, or not declared at all, on an architecture that can build the file.

Options: `api` (families), `status` (`stub`, `undeclared`).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.arch import Fact
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.definitions import definition_of
from reviewbot.checks.draft import as_written, callee_evidence, draft_finding, spot_of, table_for
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import arches_at, fact_for, where_of
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.text import quote_names

__all__ = ["RESOLUTION"]

_FIELDS = frozenset({"function", "callee", "arches", "others", "object"})
_STATUS = frozenset({"stub", "undeclared"})


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "status"}))
    if not rule.options.get("status") or set(names_option(rule, "status")) - _STATUS:
        raise DataError("'status' must be 'stub', 'undeclared' or both", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api")) & analysis.primitives
    for occurrence in analysis.occurrences(position):
        call, path = occurrence.call, occurrence.file.path
        if call.callee not in wanted or own_arch(path) or call.use == "in-macro":
            continue
        found = _finding(rule, analysis, position, occurrence) if analysis.returns(call.callee) == "int" else None
        if found is not None:
            yield found


def _user(finding: Finding) -> tuple[object, ...]:
    """Return the file and what it calls: one finding for all its new calls."""
    return finding.file, finding.symbol


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence) -> Finding | None:
    state, side, call = analysis.patched.states[position], analysis.after(position), occurrence.call
    statuses = names_option(rule, "status")
    hollow: list[tuple[str, Fact]] = []
    others: list[tuple[str, Fact]] = []
    where = where_of(analysis, position, occurrence.file.path, call)
    for arch in arches_at(analysis, where):
        fact = fact_for(analysis, where, arch, call.callee, lambda _: True)
        if fact is None:
            continue
        (hollow if fact.status in statuses else others).append((arch, fact))
    if not hollow or not others:
        return None
    arches = tuple(arch for arch, _ in hollow)
    evidence = list(callee_evidence(analysis, side, call.callee, tuple(arch for arch, _ in others)))
    for arch, fact in hollow:
        place = definition_of(analysis, side, call.callee, fact) if fact.defined_in else None
        if place and place.line:
            evidence.append(Evidence(kind="source", file=place.file, line=place.line, text=place.text,
                                     rev=side.tree.rev))
        evidence.append(Evidence(kind="model", file=fact.defined_in or f"arch/{arch}/Kconfig", line=0,
                                 text=f"{fact.status} when {fact.condition or 'always'}",
                                 rev=f"model {analysis.version}"))
    fields = {"function": call.function or occurrence.file.path, "callee": call.callee, "object": as_written(call),
              "arches": quote_names(arches), "others": quote_names([arch for arch, _ in others])}
    return draft_finding(
        rule, state, spot_of(analysis, position, occurrence), fields, message_id=analysis.message_id(state.index),
        evidence=tuple(dict.fromkeys(evidence)), arches=arches,
        table=table_for(analysis, side, call.callee, tuple(sorted({*arches, *(arch for arch, _ in others)}))))


RESOLUTION = Kind(name="resolution", fields=_FIELDS, states=_run, check_options=_check, once=_user)
