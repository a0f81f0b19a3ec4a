"""A series beside the subject: its files name no function of the family, and lie where others do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewbot.arch import KernelVersion, Model
from reviewbot.budget import Budget
from reviewbot.cfacts import Family, body_text, functions_with
from reviewbot.checks import Rule, find
from reviewbot.checks.beside import bare_analysis
from reviewbot.checks.expected import expect_names
from reviewbot.checks.nearness import is_about_mappings, names_effects, near_files
from reviewbot.contracts.learned import Learned
from reviewbot.findings.suppressions import Suppression, suppressed
from reviewbot.findings.types import LEVELS, Finding
from reviewbot.review.page import asked_fact, grouped, load_page_rules, with_others
from reviewbot.review.places import Places
from reviewbot.review.types import Review
from reviewbot.source.types import PatchedTree

__all__ = ["beside"]

_ANYWHERE = frozenset({"contract", "dead-gate", "lost-setting", "twice-linked", "variable-break", "written-after-init"})
"""Kinds of check that ask nothing of the family, and of a tree of another time nothing that its other files decide."""
_AT_ITS_TIME = frozenset({"build-break", "gated-static", "not-exported"})
"""Such kinds that other files decide, for a tree that has what the patches say they were made on."""


def beside(nothing: Review, rules: tuple[Rule, ...], learned: Learned, *, family: Family, model: Model,
           version: KernelVersion, patches: frozenset[int] | None, silent: Mapping[str, Suppression],
           budget: Budget) -> Review:
    """Return the empty review of a series, with what the rules about any function find where its files are near."""
    patched = nothing.patched
    if patched.base.kind == "none" and not learned.scope:
        return nothing
    learned.near = near_files(patched.states, patched.start, family.names("core"), learned.scope)
    if not learned.near and not any(names_effects(file) for state in patched.states for file in state.files):
        return nothing
    analysis = bare_analysis(series=nothing.series, patched=patched, family=family, model=model, version=version,
                             arches=nothing.coverage.arches, learned=learned, budget=budget)
    expect_names(analysis)
    fits = patched.exact and patched.base.how in {"base-commit", "blob-ids"}
    wanted = tuple(rule for rule in rules if rule.kind in _ANYWHERE or (fits and rule.kind in _AT_ITS_TIME))
    found = budget.attempt(lambda: find(wanted, analysis, patches=patches), where="the series", stage="rule",
                           steps=budget.limits.review) or ()
    found = tuple(one for one in found if _is_in_reach(one, patched, learned, family))
    places = Places(patched)
    findings = suppressed(tuple(replace(one, evidence=places.within(one.evidence)) for one in found), silent)
    told = [one for one in findings if one.level != "note" and one.introduced and not one.suppressed]
    if not told:
        return replace(nothing, findings=findings)
    weights = load_page_rules()
    place = {one.id: (LEVELS.index(one.level), number) for number, one in enumerate(told)}
    groups = [sorted(group, key=lambda one: place[one.id]) for group in grouped(told, weights)]
    events = [with_others(group, weights) for group in sorted(groups, key=lambda group: place[group[0].id])]
    asked, rest = events[:weights.limits["asks"]], events[weights.limits["asks"]:]
    weight = [weights.weigh(weights.category[one.category], "distribution", "derived") for one in asked]
    worded = {one.id: one for one in asked}
    said = f"{asked_fact(asked[0], nothing.series.total)} {nothing.first_page.conclusion}"
    return replace(nothing, findings=tuple(worded.get(one.id, one) for one in findings), first_page=replace(
        nothing.first_page, conclusion=said, ask=tuple(worded), ask_weights=tuple(weight),
        left_out=len(rest), left_errors=sum(one.level == "error" for one in rest)))


def _is_in_reach(finding: Finding, patched: PatchedTree, learned: Learned, family: Family) -> bool:
    """Return whether a finding lies near the subject and is about mappings, by its file, its function and its line."""
    files = [file for state in patched.states for file in state.files if finding.file in {file.path, file.old_path}]
    names = frozenset({finding.function}) if finding.function else frozenset[str]()
    code = tuple(body_text(data, one) for file in files for data in (file.before, file.after) if data and names
                 for one in functions_with(data, names) if one.name == finding.function)
    code += (finding.function, finding.symbol, finding.code, *(shown.text for shown in finding.evidence))
    return any(file.path in (learned.near or ()) or names_effects(file) for file in files) and any(is_about_mappings(
        file, code, patched.start, family.names("core"), learned.leading, learned.scope) for file in files)
