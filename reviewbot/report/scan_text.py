"""A scan for people: what is lost where, by subsystem, and as SARIF for editors and code hosts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from reviewbot import __version__
from reviewbot.cfacts.types import Use
from reviewbot.errors import Skip
from reviewbot.report.order import spell_count
from reviewbot.report.scan_rows import ScanRow, level_of, sentence
from reviewbot.text import clip, squash, visible

__all__ = ["render_scan_sarif", "render_scan_text"]

_USES: tuple[Use, ...] = ("discarded", "void-cast", "unread", "overwritten", "warn-only", "handled", "returned",
                          "in-macro", "void-callee")
_MOST_SKIPS = 10
_LONGEST = 400
_RULES = {
    "ignored-result": ("error", "The result of a call that can fail is dropped"),
    "warn-only": ("warning", "A failure is reported, and the code goes on as if there were none"),
}


def render_scan_text(rows: tuple[ScanRow, ...], owners: Mapping[str, str], *, skips: tuple[Skip, ...] = (),
                     hidden: int = 0, files: int = 0) -> str:
    """Return the summary: counts by use, then for each subsystem the calls whose failure is lost.

    `owners` maps each file to its subsystem; `hidden` counts the calls that a baseline took out.
    """
    counts = Counter(row.use for row in rows)
    told = ", ".join(f"{counts[use]} {use}" for use in _USES if counts[use])
    within = spell_count(files or len({row.file for row in rows}), "file")
    lines = [f"{spell_count(len(rows), 'call')} in {within}: {told or 'nothing to report'}"]
    if hidden:
        lines.append(f"left out, because the baseline knows them: {spell_count(hidden, 'call')}")
    groups: dict[str, list[ScanRow]] = {}
    for row in rows:
        groups.setdefault(owners.get(row.file, ""), []).append(row)
    losing = sorted((name for name, group in groups.items() if any(level_of(row) for row in group)),
                    key=lambda name: (-sum(level_of(row) is not None for row in groups[name]), name))
    for name in losing:
        group = groups[name]
        uses = Counter(row.use for row in group)
        lines += ["", f"{visible(name)}: " + ", ".join(f"{uses[use]} {use}" for use in _USES if uses[use])]
        lines += [f"  {_line(row)}" for row in group if level_of(row) is not None]
    quiet = len(groups) - len(losing)
    if quiet and losing:
        lines += ["", f"{quiet} other subsystem{'s' if quiet > 1 else ''}: no failure is lost"]
    if skips:
        lines += ["", f"Not looked at ({len(skips)}):"]
        lines += [f"  {visible(clip(squash(f'{skip.where}: {skip.why}'), _LONGEST))}" for skip in skips[:_MOST_SKIPS]]
        if len(skips) > _MOST_SKIPS:
            lines.append(f"  and {len(skips) - _MOST_SKIPS} more")
    return "\n".join(lines) + "\n"


def _line(row: ScanRow) -> str:
    when = f" (#if {row.path_condition})" if row.path_condition else ""
    return visible(clip(squash(f"{row.file}:{row.line}: {row.use}: {row.statement or row.callee}{when}"), _LONGEST))


def render_scan_sarif(rows: Iterable[ScanRow], *, skips: tuple[Skip, ...] = (), kernel: str = "") -> str:
    """Return one SARIF 2.1.0 log of the calls whose failure is lost; the same scan gives the same bytes."""
    ids = list(_RULES)
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "reviewbot", "version": __version__, "semanticVersion": __version__, "rules": [
                {"id": rule, "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}}
                for rule, (level, text) in _RULES.items()]}},
            "automationDetails": {"id": "reviewbot/scan/"},
            "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the kernel tree."}}},
            "columnKind": "unicodeCodePoints",
            "results": [_result(row, ids) for row in rows if level_of(row) is not None],
            "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [
                {"level": "note", "descriptor": {"id": f"skip/{skip.stage}"},
                 "message": {"text": visible(clip(f"{skip.where}: {skip.why}", _LONGEST))}} for skip in skips]}],
            "properties": {"kernel": kernel},
        }],
    }
    return json.dumps(log, indent=1, ensure_ascii=True) + "\n"


def _result(row: ScanRow, ids: list[str]) -> dict[str, Any]:
    level = level_of(row)
    rule = "ignored-result" if level == "error" else "warn-only"
    uri = quote(row.file.encode("utf-8", "replace"), safe="/")
    location: dict[str, Any] = {"physicalLocation": {
        "artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"},
        "region": {"startLine": row.line, "startColumn": max(1, row.column),
                   "snippet": {"text": visible(clip(row.statement, _LONGEST))}}}}
    if row.function:
        location["logicalLocations"] = [{"name": visible(row.function), "kind": "function"}]
    note = f" {row.note}." if row.note else ""
    return {
        "ruleId": rule, "ruleIndex": ids.index(rule), "level": level,
        "message": {"text": visible(clip(f"{sentence(row)}.{note}", _LONGEST))},
        "locations": [location], "partialFingerprints": {"reviewbotFingerprint/v1": row.fingerprint},
        "properties": {"use": row.use, "callee": visible(row.callee), "config": visible(row.path_condition)},
    }
