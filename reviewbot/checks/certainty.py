"""How sure a finding can be where the code under it stands in a place that was only likely."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.findings.types import Finding

__all__ = ["as_sure_as_placed"]

_LOWER = {"high": "medium", "medium": "low"}
_NOTE = "The patch does not apply here as it is: a hunk in this function was placed by its surroundings."
_NEAR = 20  # lines, outside of functions


def as_sure_as_placed(analysis: Analysis, finding: Finding) -> Finding:
    """Return the finding; less sure, and saying so, when a hunk in its function was placed without certainty."""
    for position, state in analysis.states():
        if state.index != finding.patch:
            continue
        for file in state.files:
            if file.path != finding.file or not file.unsure or finding.side != "new":
                continue
            function = analysis.after(position).function_at(file.path, finding.line)
            first, last = (function.span.line, function.span.end_line) if function else (
                finding.line - _NEAR, finding.line + _NEAR)
            if any(start <= last and first <= stop for start, stop in file.unsure):
                return replace(finding, confidence=_LOWER.get(finding.confidence, finding.confidence),
                               notes=(*finding.notes, _NOTE))
    return finding
