"""Kind `gated-static`: a static function that its file calls where it has none, or has where nothing uses it.

No options. The rule's text is for the first; its notes `unused` and `ask unused` are for the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import (
    Shown,
    concerned,
    example_evidence,
    first_possible,
    has_kconfig,
)
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.own_statics import Static, is_settled, unseen_calls, unused_statics
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Finding
from reviewbot.source.types import PatchedFile

__all__ = ["GATED_STATIC"]

_FIELDS = frozenset({"callee", "place", "file", "arches", "config"})
_MOST = 6


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after):
        return
    for file in state.files:
        if not is_settled(file):
            continue
        unseen = list(unseen_calls(state.before, state.after, file))[:_MOST]
        others = analysis.files_with(position + 1, [one.name for one in unseen]) if unseen else {}
        for one in unseen:
            if any(path != file.path and own_arch(path) in {"", own_arch(file.path)} and path.endswith(".h")
                   for path in others[one.name]):
                continue  # a header may have one of its own
            yield from _finding(rule, analysis, position, file, one, unused=False)
        for one in list(unused_statics(file))[:_MOST]:
            yield from _finding(rule, analysis, position, file, one, unused=True)


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, one: Static, *, unused: bool
             ) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    shown = _shown(analysis, position + 1, file.path, one)
    if shown is None or (unused and _mended(analysis, position, file.path, one, unused=True) is not None):
        return
    fields = {"callee": one.name, "place": f"{file.path}:{one.line}", "file": file.path, "arches": shown.arch,
              "config": setting_of(analysis.configs[position + 1], shown)}
    mended = None if unused else _mended(analysis, position, file.path, one, unused=False)
    spot = Spot(file=file.path, line=one.line, end_line=one.line, function=one.name if unused else "", symbol=one.name,
                side=analysis.after(position))
    found = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                          evidence=(example_evidence(shown, f"after patch {state.index}"),), arches=(shown.arch,),
                          level="note" if mended else "warning" if unused else rule.level, config=str(shown.condition),
                          says=(one.name, "unused" if unused else "unseen"))
    if unused:
        found = replace(found, message=rule.notes["unused"].format_map(fields),
                        question=rule.notes["ask unused"].format_map(fields))
    yield replace(found, fixed_by=mended)


def _shown(analysis: Analysis, moment: int, path: str, one: Static) -> Shown | None:
    tree = analysis.sides[moment].tree
    return first_possible(analysis, moment, one.condition, concerned(analysis, tree, path), file=path)


def _mended(analysis: Analysis, position: int, path: str, one: Static, *, unused: bool) -> int | None:
    """Return the number of the later patch of the series that touches the file and after which it is no more so."""
    for later in range(position + 1, len(analysis.patched.states)):
        state = analysis.patched.states[later]
        for file in state.files:
            if file.old_path == path and (not is_settled(file) or all(
                    other.name != one.name for other in _now(analysis, position, later, file, unused=unused))):
                return state.index
    return None


def _now(analysis: Analysis, position: int, later: int, file: PatchedFile, *, unused: bool) -> Iterator[Static]:
    start = analysis.patched.states[position].before
    if unused:
        yield from unused_statics(replace(file, before=start.read(file.old_path)))
    else:
        yield from unseen_calls(start, analysis.patched.states[later].after, file)


GATED_STATIC = Kind(name="gated-static", fields=_FIELDS, changes=_run, check_options=_check,
                    notes=lambda _: ("unused", "ask unused"))
