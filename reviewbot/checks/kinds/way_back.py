"""Kind `way-back`: a new exit for a failure takes back less than the tree's own exit for the same failure.

Options: `api` (families whose undo counts). Looked at are hunks without a place, in a file of which the tree has
another version: the exit is the patch's, what stands in front of it is seen in the tree alone. So it is no more than a
question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.hunked import hunk_functions
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.contracts.outline import Outline, Step, calls_in, outlines_of
from reviewbot.contracts.set_early import exits_for_results
from reviewbot.findings.types import Evidence, Finding
from reviewbot.source import tree_below
from reviewbot.source.types import PatchedFile
from reviewbot.text import line_at, places_of
from reviewbot.values import dataclass

__all__ = ["WAY_BACK"]

_FIELDS = frozenset({"function", "callee", "exit", "other", "end", "undo", "take"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exit:
    """An exit for a failure of a call: the step that leaves, what it is called, and the calls on its way back."""

    outline: Outline
    test: Step
    leave: Step
    callee: str
    calls: tuple[tuple[str, int], ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    undoes = {name: known.undone_by for name in sorted(analysis.wanted(tuple(rule.options.get("api", ()))))
              if (known := analysis.family.get(name)) is not None and known.restores}
    base = tree_below(analysis.patched.start)
    for file in state.files:
        data = base.read(file.old_path) if file.path.endswith(".c") and file.old_path else None
        if data is None or not (file.unplaced or not file.whole) or not any(name.encode() in data for name in undoes):
            continue
        shown = _shown(analysis, state.index, file)
        for new, lines in _new_parts(analysis, state.index, file):
            for one in _exits(new, [*shown, new]):
                if one.leave.line in lines and one.test.line in lines:
                    yield from _passed_by(rule, analysis, position, file, data, one, undoes)


def _passed_by(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, data: bytes, mine: _Exit,
               undoes: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Yield what the tree's only exit for a failure of the same call takes back, where something in front of the call
    has done it, and the way of the patch's exit does not, which is a part of it."""
    places = list(places_of(mine.callee.encode(), data))
    theirs = [one for outlines in outlines_of(file.old_path, data, places, most=1)
              for one in _exits(outlines[0], [outlines[0]]) if one.callee == mine.callee]
    if len(theirs) != 1:
        return
    other = theirs[0]
    taken = {name for name, _ in mine.calls}
    if not taken or not taken <= {name for name, _ in other.calls}:
        return
    for undo, line in other.calls:
        steps = other.outline.steps
        does = [(call.name, step.line) for step in steps[:steps.index(other.test)] for call in calls_in(step.expr)
                if call.name in undoes.get(undo, ())]
        if undo in taken or not does or _brings(analysis, file.path, {undo, does[-1][0]}):
            continue
        yield _finding(rule, analysis, position, file, data, mine, other, (undo, line), does[-1])
        return


def _brings(analysis: Analysis, path: str, names: set[str]) -> bool:
    """Return whether a line of the series in the file has one of the names: then it is seen what becomes of it."""
    return any(name in line.text for patch in analysis.series.patches for diff in patch.files if diff.path == path
               for hunk in diff.hunks for line in hunk.lines for name in names)


def _new_parts(analysis: Analysis, index: int, file: PatchedFile) -> Iterator[tuple[Outline, frozenset[int]]]:
    """Yield what the patch's hunks without a place show of functions after it, with the lines that they add."""
    for patch in (one for one in analysis.series.patches if one.index == index):
        for diff in (one for one in patch.files if one.path == file.path):
            lines = frozenset(line.new_line for number, hunk in enumerate(diff.hunks)
                              if number in file.unplaced or not file.unplaced
                              for line in hunk.lines if line.kind == "+" and line.new_line is not None)
            for _, new in hunk_functions(diff):
                yield new, lines


def _shown(analysis: Analysis, index: int, file: PatchedFile) -> list[Outline]:
    """Return what the hunks of the patch, and of those before it, show of the functions of a file, the latest last."""
    return [new for patch in analysis.series.patches if patch.index <= index for diff in patch.files
            if diff.path == file.path for _, new in hunk_functions(diff)]


def _exits(outline: Outline, parts: Sequence[Outline]) -> Iterator[_Exit]:
    """Yield the exits for a failed call whose way back is in sight: of a jump, the label in a part of the function."""
    for _, test, callee in exits_for_results(outline):
        inside = outline.inside(test.branches[0])
        leave = inside[-1]
        way = [*inside]
        if leave.kind == "goto":
            behind = next((found for part in reversed(parts) if part.name == outline.name
                           and (found := _behind(part, leave.name))), None)
            if behind is None:
                continue
            way += behind
        yield _Exit(outline=outline, test=test, leave=leave, callee=callee,
                    calls=tuple((call.name, step.line) for step in way for call in calls_in(step.expr)))


def _behind(outline: Outline, label: str) -> list[Step]:
    """Return the steps from a label to the return at its end; nothing where that is not in sight."""
    steps = outline.steps
    at = next((number for number, step in enumerate(steps) if step.kind == "label" and step.name == label), len(steps))
    end = next((number for number, step in enumerate(steps) if number > at and step.kind == "return"
                and step.where == steps[at].where), None)
    return steps[at:end + 1] if end is not None else []


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, data: bytes, mine: _Exit, other: _Exit,
             undo: tuple[str, int], does: tuple[str, int]) -> Finding:
    state = analysis.patched.states[position]
    fields = {"function": mine.outline.name, "callee": mine.callee, "exit": _said(mine),
              "other": other.outline.name, "end": _said(other), "undo": undo[0], "take": does[0]}
    shown = [Evidence(kind="patch", file=file.path, line=mine.test.line, text=mine.outline.said(mine.test),
                      rev=f"after patch {state.index}")]
    shown += [Evidence(kind="source", file=file.old_path, line=line, text=line_at(data, line), rev="the tree")
              for line in (does[1], other.leave.line, undo[1])]
    arch = own_arch(file.path)
    return draft_finding(
        rule, state, Spot(file=file.path, line=mine.leave.line, end_line=mine.leave.line, function=mine.outline.name,
                          symbol=mine.callee, side=analysis.after(position)),
        fields, message_id=analysis.message_id(state.index), evidence=tuple(shown),
        arches=(arch,) if arch in analysis.arches else (), says=(mine.callee, undo[0], mine.leave.name))


def _said(one: _Exit) -> str:
    """Return in words where an exit goes: `goto out`, `return`."""
    return f"goto {one.leave.name}" if one.leave.kind == "goto" else "return"


WAY_BACK = Kind(name="way-back", fields=_FIELDS, changes=_run, check_options=_check)
