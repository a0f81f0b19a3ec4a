"""The review as a SARIF 2.1.0 log, the form that code hosts and editors read.

Written as plain dictionaries: the packages that model SARIF for writers are no longer looked after, and the part used
here is small.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reviewbot import __version__
from reviewbot.errors import Skip
from reviewbot.findings.types import Evidence, Finding, Level, RuleText
from reviewbot.report.order import in_report_order
from reviewbot.report.words import LONGEST
from reviewbot.review.types import Review
from reviewbot.text import clip, visible

__all__ = ["render_sarif"]

_Record = dict[str, Any]

# SARIF knows no question; what the author is asked is a note to everyone else.
_LEVELS: Mapping[Level, str] = {"error": "error", "warning": "warning", "question": "note", "note": "note"}
_ROOT = "SRCROOT"


def render_sarif(*reviews: Review, rules: Mapping[str, RuleText]) -> str:
    """Return one SARIF log with a run for each review as JSON text that ends in a newline.

    The same reviews give the same bytes.
    """
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [_run(review, rules) for review in reviews],
    }
    return json.dumps(log, indent=1, ensure_ascii=True) + "\n"


def _run(review: Review, rules: Mapping[str, RuleText]) -> _Record:
    findings = in_report_order(review.findings)
    ids = sorted({*review.coverage.rules, *(f.rule for f in findings)})
    base = review.patched.base
    provenance = [{"repositoryUri": _text(base.origin), "revisionId": base.rev, "mappedTo": {"uriBaseId": _ROOT}}]
    return {
        "tool": {"driver": {"name": "reviewbot", "version": __version__, "semanticVersion": __version__,
                            "rules": [_rule(rule, rules.get(rule)) for rule in ids]}},
        "automationDetails": {"id": f"reviewbot/{visible(review.series.message_id)}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the kernel tree."}}},
        **({"versionControlProvenance": provenance} if base.origin and base.rev else {}),
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, ids) for finding in findings],
        "invocations": [{"executionSuccessful": True,
                         "toolExecutionNotifications": [_notification(skip) for skip in review.skips]}],
        "properties": {"series": _text(review.series.subject), "version": review.series.version,
                       "base": {"kind": base.kind, "rev": base.rev, "kernel": base.kernel}},
    }


def _text(text: str) -> str:
    return visible(clip(text, LONGEST))


def _rule(rule: str, text: RuleText | None) -> _Record:
    if text is None:
        return {"id": rule}
    return {
        "id": rule,
        "shortDescription": {"text": text.summary},
        "help": {"text": text.doc, "markdown": text.doc},
        "defaultConfiguration": {"level": _LEVELS[text.level]},
        "properties": {"status": text.status},
    }


def _result(finding: Finding, ids: Sequence[str]) -> _Record:
    result: _Record = {
        "ruleId": finding.rule,
        "ruleIndex": ids.index(finding.rule),
        "level": _LEVELS[finding.level],
        "message": {"text": _text(f"{finding.message} {finding.question}".strip())},
        "locations": [_location(finding)],
        "baselineState": _baseline(finding),
        "properties": {
            "level": finding.level, "category": finding.category, "confidence": finding.confidence,
            "patch": finding.patch, "side": finding.side, "arch": list(finding.arch), "config": _text(finding.config),
        },
    }
    if finding.fingerprint:
        result["partialFingerprints"] = {"reviewbotFingerprint/v1": finding.fingerprint}
    if finding.suppressed:
        why = _text(finding.suppressed)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    flow = [_step(evidence) for evidence in finding.evidence if evidence.file and evidence.kind in {"source", "patch"}]
    if flow:
        last = _location(finding) | {"message": {"text": _text(finding.message)}}
        result["codeFlows"] = [{"threadFlows": [{"locations": [*flow, {"location": last}]}]}]
    return result


def _baseline(finding: Finding) -> str:
    """Return how the finding stands against the tree before the series."""
    if finding.introduced:
        return "new"
    return "absent" if finding.fixed_by else "unchanged"


def _location(finding: Finding) -> _Record:
    if not finding.file:
        where = f"patch {finding.patch}" if finding.patch else "cover letter"
        return {"logicalLocations": [{"name": where, "kind": "message"}]}
    location: _Record = {"physicalLocation": _place(finding.file, finding.line, finding.end_line, finding.code)}
    if finding.function:
        location["logicalLocations"] = [{"name": _text(finding.function), "kind": "function"}]
    return location


def _place(file: str, line: int, end_line: int, snippet: str) -> _Record:
    place: _Record = {"artifactLocation": {"uri": quote(file.encode("utf-8", "replace"), safe="/"), "uriBaseId": _ROOT}}
    if line > 0:
        region: _Record = {"startLine": line, "startColumn": 1, "endLine": max(line, end_line)}
        if snippet:
            region["snippet"] = {"text": _text(snippet)}
        place["region"] = region
    return place


def _step(evidence: Evidence) -> _Record:
    words = f"{evidence.text} ({evidence.rev})" if evidence.rev else evidence.text
    return {"location": {"physicalLocation": _place(evidence.file, evidence.line, evidence.line, ""),
                         "message": {"text": _text(words)}}}


def _notification(skip: Skip) -> _Record:
    return {"level": "note", "descriptor": {"id": f"skip/{skip.stage}"},
            "message": {"text": _text(f"{skip.where}: {skip.why}")}}
