"""Kind `two-types`: functions that an added line declares with two types at once, `bool void demo_walk(`.

No option. The line alone shows it, wherever its hunk has a place; C has no type that is made of `void` and another one.
Where the patch adds a `return` with a value to the function, it says itself which type is meant, and nothing is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.hunked import diffs_of, placed_line
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff
from reviewbot.source.alignment import heading_name
from reviewbot.source.lines import as_bytes
from reviewbot.source.placing import begins_function
from reviewbot.source.types import PatchedFile

__all__ = ["TWO_TYPES"]

_TYPE = r"(?:bool|_Bool|char|short|int|long|float|double|void|signed|unsigned|size_t|ssize_t|[us](?:8|16|32|64))"
_VALUE = regex(r"\s+return\b\s*[^\s;]")
_HEAD = regex(rf"(?:(?:static|extern|inline|__always_inline|noinline|__init|__ref|asmlinkage)[ \t]+)*"
              rf"(?P<types>{_TYPE}[ \t]+{_TYPE})[ \t]+(?P<name>[A-Za-z_]\w*)\(")


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for file, diff in diffs_of(analysis.series, analysis.patched.states[position]):
        for line in (line for hunk in diff.hunks for line in hunk.lines if line.kind == "+"):
            found = _HEAD.match(line.text)
            if found is not None and "void" in found["types"].split():
                made = _finding(rule, analysis, position, file, line.new_line or 0, line.text, found)
                yield replace(made, question="") if _gives_values(diff, found["name"]) else made


def _gives_values(diff: FileDiff, name: str) -> bool:
    """Return whether the diff adds a `return` with a value to the function."""
    for hunk in diff.hunks:
        owner = heading_name(as_bytes(hunk.section)) if "(" in hunk.section else b""
        for line in hunk.lines:
            text = as_bytes(line.text)
            if line.kind != "-" and begins_function(text):
                owner = heading_name(text)
            elif text.startswith(b"}"):
                owner = b""
            if line.kind == "+" and owner == name.encode() and _VALUE.match(line.text):
                return True
    return False


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, mailed: int, text: str,
             found: re.Match[str]) -> Finding:
    state, arch = analysis.patched.states[position], own_arch(file.path)
    arches = (arch,) if arch else tuple(one for one in analysis.arches if not analysis.never_builds(file.path, one))
    at = placed_line(analysis.series, state.index, file, mailed)
    made = draft_finding(
        rule, state, Spot(file=file.path, line=at, end_line=at, function=found["name"], symbol=found["name"],
                          side=analysis.after(position)),
        {"function": found["name"], "types": " ".join(found["types"].split())},
        message_id=analysis.message_id(state.index), arches=arches, evidence=())
    mended = next((patch.index for patch in analysis.series.patches if patch.index > state.index for diff in patch.files
                   if diff.old_path == file.path for hunk in diff.hunks for line in hunk.lines
                   if line.kind == "-" and line.text.strip() == text.strip()), None)
    return replace(made, code=text.strip(), fixed_by=mended)


TWO_TYPES = Kind(name="two-types", fields=frozenset({"function", "types"}), changes=_run, check_options=_check)
