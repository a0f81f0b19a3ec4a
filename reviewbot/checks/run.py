"""All rules over all patches: what the series introduces, what was there before, and what a later patch mends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.kinds import KINDS
from reviewbot.checks.rule import Rule, load_rules
from reviewbot.findings.order import finish_findings
from reviewbot.findings.types import Finding
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, squash

__all__ = ["find", "load_checks"]


def load_checks(folders: tuple[Path, ...]) -> tuple[Rule, ...]:
    """Return all rules below the folders, each checked against its kind. Raises DataError on the first bad one."""
    rules = load_rules(folders, {name: kind.fields for name, kind in KINDS.items()})
    for rule in rules:
        KINDS[rule.kind].check_options(rule)
    return rules


def find(rules: tuple[Rule, ...], analysis: Analysis, *, patches: frozenset[int] | None = None) -> tuple[Finding, ...]:
    """Return what the rules find in the present patches (or in those numbered in `patches`), finished and in order.

    A finding that a later patch of the series removes is a note with `fixed_by`; an old defect is at most a note.
    """
    found: list[Finding] = []
    for position, state in analysis.states():
        if patches is not None and state.index not in patches:
            continue
        for rule in rules:
            found += [_settled(analysis, position, finding)
                      for finding in KINDS[rule.kind].run(rule, analysis, position)]
    return finish_findings(_without_echoes(found))


def _settled(analysis: Analysis, position: int, finding: Finding) -> Finding:
    """Return the finding at the level it has in the light of the whole series."""
    if not finding.introduced:
        return replace(finding, level="note")
    if finding.fixed_by is not None:
        return finding  # the check knows who mends it, and what it is until then
    fixed_by = _fixed_by(analysis, position, finding)
    return replace(finding, fixed_by=fixed_by, level="note") if fixed_by is not None else finding


def _fixed_by(analysis: Analysis, position: int, finding: Finding) -> int | None:
    """Return the number of the later patch after which the flagged call is gone for good or is used otherwise.

    Where only hunks are known, what a later patch does not show still stands; a line that it removes is gone.
    """
    if finding.side == "old" or not _stands(analysis.after(position), finding):
        return None
    fixed_by = None
    for later in range(position + 1, len(analysis.patched.states)):
        state = analysis.patched.states[later]
        file = next((file for file in state.files if finding.file in {file.path, file.old_path}), None)
        if file is None:
            continue
        if file.applies in {"fragment", "failed"}:
            gone = squash(finding.code) in _removed(file)
        else:
            gone = not _stands(analysis.after(later), finding)
        if not gone:
            fixed_by = None if _stands(analysis.after(later), finding) else fixed_by
        elif fixed_by is None:
            fixed_by = state.index
    return fixed_by


def _removed(file: PatchedFile) -> frozenset[str]:
    lines = decode(file.before or b"").splitlines()
    return frozenset(squash(lines[number - 1]) for number in file.removed if number <= len(lines))


def _stands(side: Side, finding: Finding) -> bool:
    """Return whether the flagged statement stands in that function at this moment and its result is used alike."""
    facts = side.facts.get(finding.file)
    return facts is not None and any(
        call.function == finding.function and call.callee == finding.symbol
        and squash(finding.code) in {squash(call.statement), call.statement, *_lines(call.statement)}
        and call.use not in {"handled", "returned"}
        for call in facts.calls)


def _lines(statement: str) -> tuple[str, ...]:
    return (statement, statement.rstrip(";"), f"{statement};")


def _without_echoes(found: list[Finding]) -> list[Finding]:
    """Return the findings without the same old defect said again for every patch that touches its function."""
    seen: set[tuple[str, str, str, str, str]] = set()
    kept = []
    for finding in found:
        key = (finding.rule, finding.file, finding.function, finding.symbol, squash(finding.code))
        if not finding.introduced:
            if key in seen:
                continue
            seen.add(key)
        kept.append(finding)
    return kept
