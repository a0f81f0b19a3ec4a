"""Kind `gated-static`: a static function that its file calls where it has none, or has where nothing uses it, and a
variable of a function's own that nothing uses.

No options. The rule's text is for the first; its notes `unused` and `ask unused` are for the second, `local` and `ask
local` for the third.
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
from reviewbot.checks.own_locals import unused_locals
from reviewbot.checks.own_statics import Static, is_settled, unseen_calls, unused_statics
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Finding
from reviewbot.source.types import PatchedFile

__all__ = ["GATED_STATIC"]

_FIELDS = frozenset({"callee", "place", "file", "function", "arches", "config"})
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
            yield from _finding(rule, analysis, position, file, one, "")
        for one in list(unused_statics(file))[:_MOST]:
            yield from _finding(rule, analysis, position, file, one, "unused", one.name)
        for one, function in list(unused_locals(file))[:_MOST]:
            yield from _finding(rule, analysis, position, file, one, "local", function)


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, one: Static, form: str,
             function: str = "") -> Iterator[Finding]:
    """Yield what is to be said of a static that is not there (no `form`), of an `unused` one, or a `local` that is."""
    state = analysis.patched.states[position]
    shown = _shown(analysis, position + 1, file.path, one)
    mended = _mended(analysis, position, file.path, one, form, function) if shown is not None else None
    if shown is None or (form and mended is not None):
        return
    fields = {"callee": one.name, "place": f"{file.path}:{one.line}", "file": file.path, "function": function,
              "arches": shown.arch, "config": setting_of(analysis.configs[position + 1], shown)}
    spot = Spot(file=file.path, line=one.line, end_line=one.line, function=function, symbol=one.name,
                side=analysis.after(position))
    found = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                          evidence=(example_evidence(shown, f"after patch {state.index}"),), arches=(shown.arch,),
                          level="warning" if form else "note" if mended else rule.level, config=str(shown.condition),
                          says=(one.name, form or "unseen"))
    if form:
        found = replace(found, message=rule.notes[form].format_map(fields),
                        question=rule.notes[f"ask {form}"].format_map(fields))
    yield replace(found, fixed_by=mended)


def _shown(analysis: Analysis, moment: int, path: str, one: Static) -> Shown | None:
    tree = analysis.sides[moment].tree
    return first_possible(analysis, moment, one.condition, concerned(analysis, tree, path), file=path)


def _mended(analysis: Analysis, position: int, path: str, one: Static, form: str, function: str) -> int | None:
    """Return the number of the later patch of the series that touches the file and after which it is no more so."""
    for later in range(position + 1, len(analysis.patched.states)):
        state = analysis.patched.states[later]
        for file in state.files:
            if file.old_path == path and (not is_settled(file) or (one.name, function) not in set(
                    _now(analysis, position, later, file, form))):
                return state.index
    return None


def _now(analysis: Analysis, position: int, later: int, file: PatchedFile, form: str) -> Iterator[tuple[str, str]]:
    """Yield what is still so after a later patch: names, and the functions that `_finding` is told with them."""
    start = analysis.patched.states[position].before
    since = replace(file, before=start.read(file.old_path))
    if form == "local":
        yield from ((one.name, function) for one, function in unused_locals(since))
    elif form:
        yield from ((one.name, one.name) for one in unused_statics(since))
    else:
        yield from ((one.name, "") for one in unseen_calls(start, analysis.patched.states[later].after, file))


GATED_STATIC = Kind(name="gated-static", fields=_FIELDS, changes=_run, check_options=_check,
                    notes=lambda _: ("unused", "ask unused", "local", "ask local"))
