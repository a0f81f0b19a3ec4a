"""A scan as rows: one for each call, with a fingerprint that survives moved lines, and the lines that scripts read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from reviewbot.cfacts.types import Use
from reviewbot.cfacts.wrappers import FoundCall
from reviewbot.errors import InputError
from reviewbot.findings.types import Level
from reviewbot.text import squash, visible
from reviewbot.values import dataclass

__all__ = ["DROPPED", "ScanRow", "known_fingerprints", "level_of", "render_scan_jsonl", "render_scan_terse", "rows_of",
           "sentence", "without_known"]

DROPPED: tuple[Use, ...] = ("discarded", "void-cast", "unread", "overwritten")
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRow:
    """One call: where it is, what becomes of its result, and how the callee leads to the family (`through`)."""

    file: str
    line: int
    column: int
    function: str
    callee: str
    use: Use
    path_condition: str
    note: str
    through: tuple[str, ...]
    statement: str
    fingerprint: str


def rows_of(calls: Iterable[FoundCall]) -> tuple[ScanRow, ...]:
    """Return the rows of a scan by file, line and column."""
    rows: list[ScanRow] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for one in sorted(calls, key=lambda one: (one.path, one.call.span.line, one.call.span.column, one.call.callee)):
        call = one.call
        what = (one.path, call.function, call.callee, call.use, squash(call.statement))
        seen[what] += 1
        mark = hashlib.sha256("\0".join((*what, str(seen[what]))).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        rows.append(ScanRow(
            file=one.path, line=call.span.line, column=call.span.column, function=call.function, callee=call.callee,
            use=call.use, path_condition="" if str(call.path_condition) == "1" else str(call.path_condition),
            note=call.note, through=call.through, statement=call.statement, fingerprint=mark))
    return tuple(rows)


def level_of(row: ScanRow) -> Level | None:
    """Return how much a row matters: a dropped failure is an error, one that is only reported a warning."""
    if row.use in DROPPED:
        return "error"
    return "warning" if row.use == "warn-only" else None


def sentence(row: ScanRow) -> str:
    """Return what is wrong with a row in one sentence; a plain statement for a row with which nothing is."""
    callee = f"'{row.callee}()'" + (f" (which hands on '{row.through[-1]}()')" if row.through else "")
    where = f"'{row.function}()' " if row.function else "this "
    match row.use:
        case "discarded":
            return f"{where}drops the result of {callee}"
        case "void-cast":
            return f"{where}casts the result of {callee} to void"
        case "unread":
            return f"{where}assigns the result of {callee} and never reads it"
        case "overwritten":
            return f"{where}overwrites the result of {callee} on a path before it reads it"
        case "warn-only":
            return f"{where}only reports a failure of {callee} and goes on"
    return f"{where}calls {callee}: {row.use}"


def render_scan_jsonl(rows: Iterable[ScanRow]) -> str:
    """Return one JSON object a line, with the fields of the contract; `through` only where a wrapper is called."""
    return "".join(json.dumps(_plain(row), ensure_ascii=True) + "\n" for row in rows)


def _plain(row: ScanRow) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "file": row.file, "line": row.line, "column": row.column, "function": row.function, "callee": row.callee,
        "use": row.use, "path_condition": row.path_condition, "note": row.note}
    if row.through:
        plain["through"] = row.through[-1]
    plain["fingerprint"] = row.fingerprint
    return plain


def render_scan_terse(rows: Iterable[ScanRow]) -> str:
    """Return `FILE:LINE: LEVEL: message [rule]` for each row that counts, and nothing when none does."""
    lines = []
    for row in rows:
        level = level_of(row)
        if level is not None:
            rule = "ignored-result" if level == "error" else "warn-only"
            lines.append(visible(squash(f"{row.file}:{row.line}: {level}: {sentence(row)} [{rule}]")) + "\n")
    return "".join(lines)


def known_fingerprints(text: str, *, where: str) -> frozenset[str]:
    """Return the fingerprints in the output of an earlier scan, JSON lines or SARIF.

    Raises InputError, naming the line, when it is neither.
    """
    if text.lstrip().startswith("{") and '"partialFingerprints"' in text:
        return _from_sarif(text, where)
    found = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line) if len(line) <= _LONGEST_LINE else None
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("fingerprint"), str):
            raise InputError("no line of an earlier scan", where=f"{where}:{number}",
                             hint="--baseline takes what 'reviewbot scan' printed with --format jsonl or sarif")
        found.add(row["fingerprint"])
    return frozenset(found)


def _from_sarif(text: str, where: str) -> frozenset[str]:
    try:
        log = json.loads(text)
        return frozenset(str(mark) for run in log["runs"] for result in run["results"]
                         for mark in result.get("partialFingerprints", {}).values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("no SARIF log of an earlier scan", where=where,
                         hint="--baseline takes what 'reviewbot scan --format sarif' printed") from error


def without_known(rows: Iterable[ScanRow], known: frozenset[str]) -> tuple[ScanRow, ...]:
    """Return the rows that the baseline does not have."""
    return tuple(row for row in rows if row.fingerprint not in known)
