"""All rules over all patches: what the series introduces, what was there before, and what a later patch mends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from reviewbot.cfacts.family import Family
from reviewbot.checks.analysis import EVERY_FAMILY, Analysis
from reviewbot.checks.certainty import as_sure_as_placed
from reviewbot.checks.introduced import found_states, together
from reviewbot.checks.kinds import KINDS
from reviewbot.checks.kinds.base import names_option, notes_within
from reviewbot.checks.moments import as_one
from reviewbot.checks.rule import Rule, load_rules
from reviewbot.errors import BudgetError, DataError
from reviewbot.findings.joint import over_architectures
from reviewbot.findings.order import finish_findings
from reviewbot.findings.types import Finding

__all__ = ["find", "load_checks"]

_Said = tuple[str, str, tuple[str, ...]]


def load_checks(folders: tuple[Path, ...], family: Family | None = None) -> tuple[Rule, ...]:
    """Return all rules below the folders, each checked against its kind, and what it names against the family, if one
    is given. Raises DataError on the first bad one."""
    rules = load_rules(folders, {name: kind.fields for name, kind in KINDS.items()})
    for rule in rules:
        KINDS[rule.kind].check_options(rule)
        notes_within(rule, KINDS[rule.kind].notes(rule))
        if family is not None:
            _require_family(rule, family)
    return rules


def _require_family(rule: Rule, family: Family) -> None:
    """Raise DataError, with the rule, for a function or family that it names and nobody has."""
    for reference in names_option(rule, "api") if "api" in rule.options else ():
        try:
            _ = reference == EVERY_FAMILY or family.select(reference)
        except DataError as error:
            raise DataError(error.what, where=f"{rule.folder / 'rule.toml'}: match.api",
                            hint=f"{error.hint}; one of your own stands in a file of DIR/api/, beside DIR/checks/"
                            ) from error


def find(rules: tuple[Rule, ...], analysis: Analysis, *, patches: frozenset[int] | None = None) -> tuple[Finding, ...]:
    """Return what the rules find in the present patches (or in those numbered in `patches`), finished and in order.

    A finding that a later patch of the series removes is a note with `fixed_by`; an old defect is at most a note.
    """
    positions = [position for position, state in analysis.states() if patches is None or state.index in patches]
    attempt = analysis.budget.attempt
    found: list[Finding] = []
    for group in together(rules):
        found += attempt(partial(found_states, group, analysis, positions), stage="rule",
                         where=", ".join(rule.id for rule in group)) or []
    for rule in rules:
        sums = _Sums(rule, analysis)
        for position in positions:
            found += attempt(partial(_changes, rule, analysis, position, sums), stage="rule",
                             where=f"{rule.id}, patch {analysis.patched.states[position].index}") or []
    kinds = {rule.id: rule.kind for rule in rules}
    return finish_findings(over_architectures(as_sure_as_placed(analysis, finding) for finding in _without_lesser(
        _without_echoes(found), kinds)))


def _without_lesser(found: list[Finding], kinds: dict[str, str]) -> list[Finding]:
    """Return the findings without those that speak of an event of which another kind says the graver thing."""
    graver: dict[str, list[Finding]] = {}
    for finding in found:
        graver.setdefault(kinds[finding.rule], []).append(finding)

    def is_said(finding: Finding) -> bool:
        words = set(re.findall(r"\w+", finding.message))
        return any(other.patch == finding.patch and {*finding.arch} <= {*other.arch} and other.symbol in words
                   and other.fixed_by == finding.fixed_by and other.introduced == finding.introduced
                   for other in graver.get(KINDS[kinds[finding.rule]].yields_to, ()))

    return [finding for finding in found if not is_said(finding)]


class _Sums:
    """What one rule says of several patches as one: worked out once, and only as far as somebody asks."""

    def __init__(self, rule: Rule, analysis: Analysis) -> None:
        self._rule, self._analysis = rule, analysis
        self._coming: dict[tuple[int, int], Iterator[Finding]] = {}
        self._said: dict[tuple[int, int], set[_Said]] = {}

    def stands(self, first: int, last: int, finding: Finding) -> bool:
        """Return whether the patches from the first to the last, as one, do what the finding says."""
        changes = KINDS[self._rule.kind].changes
        if changes is None:
            return False
        step, wanted = (first, last), _said(finding)
        if step not in self._coming:
            self._coming[step] = iter(changes(self._rule, as_one(self._analysis, first, last), first))
            self._said[step] = set()
        said = self._said[step]
        while wanted not in said:
            try:
                one = next(self._coming[step], None)
            except BudgetError:
                del self._coming[step], self._said[step]  # whoever asks next shall not take this for the end
                raise
            if one is None:
                return False
            said.add(_said(one))
        return True


def _said(finding: Finding) -> _Said:
    return finding.symbol, finding.function, finding.says


def _changes(rule: Rule, analysis: Analysis, position: int, sums: _Sums) -> list[Finding]:
    """Return what is wrong with the changes that a patch makes, in the light of the whole series."""
    changes = KINDS[rule.kind].changes
    found = []
    for finding in changes(rule, analysis, position) if changes else ():
        settled = finding if finding.fixed_by is not None else _in_sum(sums, analysis, position, finding)
        found += [settled] if settled is not None else []
    return found


def _in_sum(sums: _Sums, analysis: Analysis, position: int, finding: Finding) -> Finding | None:
    """Return the finding about a change as it is when all patches are one; None when it only undoes an earlier one.

    Where a later patch undoes the change it is a note, and names that patch.
    """
    around = [number for number, state in analysis.states() if number != position
              and any(finding.file in {file.path, file.old_path} for file in state.files)]
    last = len(analysis.patched.states) - 1
    if not around or _is_fragment(analysis, finding.file) or sums.stands(0, last, finding):
        return finding
    for later in (number for number in around if number > position):
        if not sums.stands(position, later, finding):
            return replace(finding, fixed_by=analysis.patched.states[later].index, level="note")
    return None if around[0] < position else finding


def _is_fragment(analysis: Analysis, path: str) -> bool:
    return any(not file.whole for _, state in analysis.states() for file in state.files
               if path in {file.path, file.old_path})


def _without_echoes(found: list[Finding]) -> list[Finding]:
    """Return the findings without the same old defect said again for every patch that touches its function.

    Several defects alike in one function are told apart by their number in it.
    """
    seen: set[tuple[str, str, str, str, int]] = set()
    counts: Counter[tuple[int, str, str, str, str]] = Counter()
    kept = []
    for finding in sorted(found, key=lambda one: (one.patch, one.file, one.line)):
        if not finding.introduced:
            place = (finding.rule, finding.file, finding.function, finding.symbol)
            counts[finding.patch, *place] += 1
            key = (*place, counts[finding.patch, *place])
            if key in seen:
                continue
            seen.add(key)
        kept.append(finding)
    return kept
