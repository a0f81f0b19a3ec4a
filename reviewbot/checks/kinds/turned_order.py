"""Kind `turned-order`: a call goes to another function, and what sets a variable and what reads it change places.

Looked at are calls that one patch takes out of one function and puts into another, in files near the subject. No
options.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.contracted import near_paths, outlines_around, teachers_of
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.contracts.turned_order import Move, turned_order
from reviewbot.contracts.types import Hit
from reviewbot.findings.types import Evidence, Finding
from reviewbot.source.types import PatchedFile
from reviewbot.text import line_at

__all__ = ["TURNED_ORDER"]

_FIELDS = frozenset({"function", "callee", "variable", "by", "where", "other", "take", "use"})
_MOST_MOVES = 8


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    near = near_paths(analysis)
    files = [file for file in analysis.patched.states[position].files
             if file.path.endswith(".c") and file.before is not None and file.after is not None]
    if not near.intersection(file.path for file in files):
        return
    lost: list[tuple[str, PatchedFile, Outline, Outline]] = []
    gained: dict[str, list[tuple[PatchedFile, Outline]]] = {}
    for file in files:
        for old, new in outlines_around(analysis, file):
            before, after = _called(old), _called(new)
            lost += [(name, file, old, new) for name in sorted(before - after)]
            for name in sorted(after - before):
                gained.setdefault(name, []).append((file, new))
    for name, file, old, new in [one for one in lost if len(gained.get(one[0], ())) == 1][:_MOST_MOVES]:
        [(other, target)] = gained[name]
        if target.name == old.name or not near & {file.path, other.path}:
            continue
        was, now = teachers_of(analysis, position, file)
        there = now if other.path == file.path else teachers_of(analysis, position, other)[1]
        move = Move(callee=name, source=old, source_now=new, target=target)
        for hit in turned_order(move, was, now, there):
            yield _finding(rule, analysis, position, file, new, hit, other)


def _called(outline: Outline) -> set[str]:
    return {call.name for step in outline.steps for call in calls_in(step.expr) if call.name}


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, outline: Outline, hit: Hit,
             other: PatchedFile) -> Finding:
    state, after = analysis.patched.states[position], analysis.after(position)
    fields = {**dict(hit.fields), "function": outline.name}
    arch = own_arch(file.path) or own_arch(other.path)
    shown = [Evidence(kind="patch", file=path, line=line, text=text, rev=f"{moment} patch {state.index}")
             for moment, path, lines in (("before", file.old_path, hit.old), ("after", file.path, hit.new))
             for line, text in lines]
    where, _, line = fields["where"].rpartition(":")
    if where and line.isdigit():
        shown.append(Evidence(kind="source", file=where, line=int(line), rev=after.tree.rev,
                              text=line_at(after.tree.read(where), int(line))))
    said = replace(rule, text=rule.notes.get(hit.shape, rule.text),
                   question=rule.notes.get(f"ask {hit.shape}", rule.question),
                   notes={**rule.notes, "page": rule.notes.get("page", "") if hit.shape not in rule.notes else ""})
    return draft_finding(
        said, state, Spot(file=file.path, line=hit.line, end_line=hit.end_line, function=outline.name,
                          symbol=hit.symbol, side=after),
        fields, message_id=analysis.message_id(state.index), evidence=tuple(shown),
        arches=(arch,) if arch in analysis.arches else (), says=(hit.symbol, hit.shape, hit.object))


TURNED_ORDER = Kind(name="turned-order", changes=_run, check_options=_check, fields=_FIELDS,
                    notes=lambda _: ("read-too-soon", "ask read-too-soon"))
