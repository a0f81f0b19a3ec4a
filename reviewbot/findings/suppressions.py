"""Findings that a person has looked at and does not want to be told of again: `.reviewbot/suppressions.toml`.

An entry names a finding by its fingerprint, which survives moved lines and new versions of the series, and says why,
when and who. What is suppressed is shown as such everywhere; it is never asked about and never gives an exit status.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from reviewbot.errors import DataError
from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.text import clip, squash, visible
from reviewbot.values import dataclass

__all__ = ["FILE", "Suppression", "read_suppressions", "suppressed", "write_suppression"]

FILE = ".reviewbot/suppressions.toml"
"""Where the entries stand, below the folder in which one works."""

_MARK = regex(r"[0-9a-f]{16}")
_FIELDS = frozenset({"fingerprint", "reason", "date", "author", "rule", "finding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One entry. `rule` and `finding` only say to a reader of the file what the fingerprint is of."""

    fingerprint: str
    reason: str
    date: dt.date
    author: str
    rule: str = ""
    finding: str = ""

    def __str__(self) -> str:
        """Return the reason with who gave it and when, in one line."""
        return f"{self.reason} ({self.author}, {self.date.isoformat()})"


def read_suppressions(text: str, *, where: str) -> dict[str, Suppression]:
    """Return the entries by fingerprint; of two for the same one the last counts. Raises DataError for a wrong one."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"is not TOML: {squash(visible(str(error)))}", where=where, hint="mend it by hand") from error
    entries = table.get("suppression", [])
    unknown = sorted(set(table) - {"suppression"})
    if unknown or not isinstance(entries, list):
        raise DataError(f"'{clip(visible(unknown[0] if unknown else 'suppression'), 40)}' is not a list of entries",
                        where=where, hint="entries stand under [[suppression]]")
    found = {}
    for number, entry in enumerate(entries, 1):
        one = _entry(entry, f"{where}, entry {number}")
        found[one.fingerprint] = one
    return found


def _entry(entry: object, where: str) -> Suppression:
    if not isinstance(entry, dict):
        raise DataError("is no table", where=where, hint="entries stand under [[suppression]]")
    unknown = sorted(set(entry) - _FIELDS)
    if unknown:
        raise DataError(f"has an unknown field '{clip(visible(unknown[0]), 40)}'", where=where,
                        hint=f"fields are {', '.join(sorted(_FIELDS))}")
    date = entry.get("date")
    texts = {name: squash(entry[name]) for name in _FIELDS - {"date"} if isinstance(entry.get(name), str)}
    lacking = [name for name in ("fingerprint", "reason", "author") if not texts.get(name)]
    if lacking or not isinstance(date, dt.date):
        raise DataError(f"lacks its {lacking[0] if lacking else 'date'}", where=where,
                        hint="each entry has a fingerprint, a reason, a date such as 2026-01-31, and an author")
    if not _MARK.fullmatch(texts["fingerprint"]):
        raise DataError(f"'{clip(visible(texts['fingerprint']), 40)}' is no fingerprint", where=where,
                        hint="it is 16 hexadecimal digits; the JSON of a review has them")
    return Suppression(date=date.date() if isinstance(date, dt.datetime) else date, **texts)


def suppressed(findings: Iterable[Finding], entries: Mapping[str, Suppression]) -> tuple[Finding, ...]:
    """Return the findings, each that has an entry with the reason of it."""
    return tuple(replace(one, suppressed=str(entries[one.fingerprint])) if one.fingerprint in entries else one
                 for one in findings)


def write_suppression(one: Suppression) -> str:
    """Return the entry as a part of the file, to stand behind what is there."""
    lines = [f"{name} = {_quoted(value)}" for name, value in (
        ("rule", one.rule), ("finding", one.finding), ("reason", one.reason), ("author", one.author)) if value]
    return "\n".join(["", "[[suppression]]", f"fingerprint = {_quoted(one.fingerprint)}",
                      f"date = {one.date.isoformat()}", *lines, ""])


def _quoted(text: str) -> str:
    """Return the text as a basic string of TOML, in one line and with nothing invisible in it."""
    plain = visible(squash(text)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
