"""Kind `variable-break`: a variable that some configuration uses without a declaration, or that nothing defines.

No options. The rule's text is for the first, its notes `defined` and `ask defined` for the second; `kept` and
`ask kept` are for one that only lines of a later tree define.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import Use
from reviewbot.checks.configured import (
    Shown,
    concerned,
    example_evidence,
    first_possible,
    has_kconfig,
    is_whole,
    nest_at,
)
from reviewbot.checks.draft import Spot, draft_finding, source_evidence
from reviewbot.checks.gated_headers import is_seen_whole
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.rule import Rule
from reviewbot.checks.variables import (
    Variable,
    declared_at,
    defined_at,
    is_spelled_out,
    lost_externs,
    mentions,
    new_externs,
    used_within,
    uses_of_variable,
)
from reviewbot.findings.types import Evidence, Finding, Level
from reviewbot.kconfig.sightings import Sighting
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Ternary
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["VARIABLE_BREAK"]

_FIELDS = frozenset({"variable", "place", "user", "file", "arches", "config", "kept"})
_MOST_USERS = 24
_MOST_NAMES = 12
_MOST_NESTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Break:
    use: Use
    shown: Shown


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after):
        return
    for file in state.files:
        for one in list(lost_externs(file))[:_MOST_NAMES]:
            if is_seen_whole(analysis, len(analysis.patched.states), one.name):
                yield from _undeclared(rule, analysis, position, one)
        for one in list(new_externs(file))[:_MOST_NAMES]:
            if is_seen_whole(analysis, len(analysis.patched.states), one.name):
                yield from _undefined(rule, analysis, position, one)


# Used without a declaration

def _undeclared(rule: Rule, analysis: Analysis, position: int, one: Variable) -> Iterator[Finding]:
    broken = _first_unseen(analysis, position + 1, one)
    if broken is None:
        return
    mended = next((analysis.patched.states[later].index for later in range(position + 1, len(analysis.patched.states))
                   if _first_unseen(analysis, later + 1, one) is None), None)
    exact = analysis.patched.exact and is_whole(analysis)
    level: Level = "note" if mended is not None else "error" if exact else "warning"
    yield replace(_finding(rule, analysis, position, one, broken, level, rule.text, rule.question), fixed_by=mended)


def _first_unseen(analysis: Analysis, moment: int, one: Variable) -> _Break | None:
    """Return the first use that certainly is compiled without a declaration in sight, for want of the lost one."""
    config = analysis.configs[moment]
    paths = analysis.files_with(moment, (one.name,))[one.name]
    within = _unseen_within(analysis, moment, one, paths)
    if within is not None:
        return within
    for path in [path for path in paths if path.endswith(".c")][:_MOST_USERS]:
        for use in uses_of_variable(config.tree, one.name, path):
            for arch in concerned(analysis, config.tree, path, one.file):
                around = And(nest_at(config.tree, path, use.line), one.hidden)
                shown = _unseen_at(analysis, moment, one, path, arch, around, paths)
                if shown is not None:
                    return _Break(use=use, shown=shown)
    return None


def _unseen_at(analysis: Analysis, moment: int, one: Variable, path: str, arch: str, around: Cond,
               paths: tuple[str, ...]) -> Shown | None:
    """Return a configuration in which the file is built, the condition holds, and no place of the name is in sight."""
    config = analysis.configs[moment]
    places = tuple(_places(config.tree, one.name, paths, path))
    # An architecture may have a header of each sub-architecture: first any, then those that take in this one.
    for more in (TRUE, *config.nests_around(one.file, arch)[:_MOST_NESTS]):
        shown = first_possible(analysis, moment, And(around, more), (arch,), file=path)
        if shown is None:
            if more == TRUE:
                return None
            continue
        seen = config.sees(places, path, arch, shown.condition)
        if len(seen) == len(places) and all(place.there is Ternary.NO for place in seen):
            return shown
    return None


def _places(tree: Tree, name: str, paths: tuple[str, ...], start: str) -> Iterator[Sighting]:
    """Yield where headers, and the file that looks, have the name, one place for each file."""
    for path in paths:
        if path.endswith(".h") or path == start:
            there = declared_at(path, tree.read(path) or b"", name)
            if there != FALSE:
                yield Sighting(file=path, line=1, kind="declaration", condition=there)


def _unseen_within(analysis: Analysis, moment: int, one: Variable, paths: tuple[str, ...]) -> _Break | None:
    """Return the first use in a function of the header itself that stands without the declaration, which no other
    header has."""
    config = analysis.configs[moment]
    data = config.tree.read(one.file) or b""
    others = (path for path in paths if path != one.file and path.endswith(".h"))
    if any(declared_at(path, config.tree.read(path) or b"", one.name) != FALSE for path in others):
        return None
    for line, nest in used_within(one.file, data, one.name):
        missing = And(nest, one.hidden, Not(declared_at(one.file, data, one.name)))
        shown = first_possible(analysis, moment, missing, concerned(analysis, config.tree, one.file), file=one.file)
        if shown is not None:
            return _Break(use=Use(file=one.file, line=line), shown=shown)
    return None


# Declared, used and nowhere defined

def _undefined(rule: Rule, analysis: Analysis, position: int, one: Variable) -> Iterator[Finding]:
    last = len(analysis.patched.states)
    paths = analysis.files_with(last, (one.name,))[one.name]
    if any(path.endswith(".S") for path in paths) or any(
            (path.endswith(".h") and mentions(analysis.sides[last].tree, one.name, path) > 1)
            or not is_spelled_out(analysis.sides[last].tree, one.name, path) for path in paths):
        return
    before = analysis.files_with(0, (one.name,))[one.name]
    kept = ""
    if before:  # the tree has it, and the author had not: its one place there is a definition that nobody uses
        later = any(file.had for file in analysis.patched.states[position].files if file.path == one.file)
        tree = analysis.sides[0].tree
        if not later or len(before) != 1 or mentions(tree, one.name, before[0]) != 1 or not before[0].endswith(".c") \
                or defined_at(tree, one.name, before[0]) in {None, FALSE}:
            return
        kept = before[0]
    config = analysis.configs[last]
    for path in (path for path in paths if path.endswith(".c") and path != kept):
        if defined_at(config.tree, one.name, path) != FALSE:
            return
    users = [use for path in paths if path.endswith(".c") and path != kept
             for use in uses_of_variable(config.tree, one.name, path)]
    for use in users:
        shown = first_possible(analysis, last, nest_at(config.tree, use.file, use.line),
                               concerned(analysis, config.tree, use.file, one.file), file=use.file)
        if shown is not None:
            names = ("kept", "ask kept") if kept else ("defined", "ask defined")
            level: Level = "error" if not kept and is_whole(analysis) and analysis.patched.exact else "question"
            broken = _Break(use=use, shown=shown)
            yield _finding(rule, analysis, position, one, broken, level, *(rule.notes[name] for name in names),
                           kept=kept)
            return


def _finding(rule: Rule, analysis: Analysis, position: int, one: Variable, broken: _Break, level: Level, text: str,
             question: str, *, kept: str = "") -> Finding:
    state, use, shown = analysis.patched.states[position], broken.use, broken.shown
    side = analysis.before(position) if one.old else analysis.after(position)
    rev = f"after patch {state.index}"
    fields = {"variable": one.name, "place": f"{use.file}:{use.line}", "user": use.file, "file": one.file,
              "arches": shown.arch, "config": setting_of(analysis.configs[position + 1], shown), "kept": kept}
    seen = source_evidence(analysis.end if not one.old else analysis.after(position), use.file, use.line,
                           patch=state.index)
    evidence = [Evidence(kind="source", file=use.file, line=use.line, text=seen.text, rev=rev),
                example_evidence(shown, rev)]
    if kept:
        evidence.append(Evidence(kind="source", file=kept, line=0, rev=rev, text=f"the tree defines {one.name} here"))
    spot = Spot(file=one.file, line=one.line, end_line=one.line, function="", symbol=one.name, side=side, old=one.old)
    found = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), level=level,
                          evidence=tuple(evidence), arches=(shown.arch,), config=str(shown.condition),
                          says=(one.name, own_arch(one.file)))
    return replace(found, message=text.format_map(fields), question=question.format_map(fields))


VARIABLE_BREAK = Kind(name="variable-break", fields=_FIELDS, changes=_run, check_options=_check,
                      notes=lambda _: ("defined", "ask defined", "kept", "ask kept"))
