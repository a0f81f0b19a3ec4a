"""From what a check saw to a `Finding`: texts filled in, the source line beside it, the architecture table under it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from reviewbot.cfacts import object_of
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.definitions import arch_row, definition_of, facts_at
from reviewbot.checks.gated_headers import KconfigLine
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import Where, fact_for
from reviewbot.findings.types import ArchRow, Evidence, Finding, Level
from reviewbot.patterns import regex
from reviewbot.source.types import PatchState
from reviewbot.text import as_returned, clip, quote_names, squash
from reviewbot.values import dataclass

__all__ = ["Spot", "draft_finding", "fails_on", "kconfig_spot", "lower", "source_evidence", "spot_of", "table_for"]

_LONGEST = 1000  # characters of a line that is evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The place a finding is about: lines of a file on the side after the patch (or before it, for removed code)."""

    file: str
    line: int
    end_line: int
    function: str
    symbol: str
    side: Side
    old: bool = False


def spot_of(analysis: Analysis, position: int, occurrence: Occurrence) -> Spot:
    """Return the place of a call."""
    call = occurrence.call
    return Spot(file=occurrence.file.path, line=call.span.line, end_line=call.span.end_line, function=call.function,
                symbol=call.callee, side=analysis.after(position))


def kconfig_spot(analysis: Analysis, position: int, line: KconfigLine, symbol: str) -> Spot:
    """Return a changed line of a Kconfig file as the place of a finding about the symbol."""
    side = analysis.before(position) if line.old else analysis.after(position)
    return Spot(file=line.file, line=line.line, end_line=line.line, function="", symbol=symbol, side=side, old=line.old)


def draft_finding(rule: Rule, state: PatchState, spot: Spot, fields: Mapping[str, str], *, message_id: str,
                  evidence: tuple[Evidence, ...], level: Level | None = None, arches: tuple[str, ...] = (),
                  config: str = "", table: tuple[ArchRow, ...] = (), notes: tuple[str, ...] = (),
                  says: tuple[str, ...] = ()) -> Finding:
    """Return the finding of a rule at a place; id and fingerprint are given when all findings are put in order.

    Whether the series introduces it is decided there, too; `says` is what the rule says, in a form that can be compared
    (left out: the function of the family that the finding is about).
    """
    own = source_evidence(spot.side, spot.file, spot.line, patch=state.index, old=spot.old)
    return Finding(
        id="", rule=rule.id, category=rule.category, level=level or rule.level, confidence=rule.confidence,
        patch=state.index, message_id=message_id, file=spot.file, line=spot.line, end_line=spot.end_line,
        side="old" if spot.old else "new", function=spot.function, code=own.text, symbol=spot.symbol, arch=arches,
        config=config, message=rule.text.format_map(fields), question=rule.question.format_map(fields),
        gist=rule.notes.get("page", "").format_map(fields),
        evidence=tuple(dict.fromkeys((own, *evidence))), table=table, notes=notes,
        object=object_of(fields.get("object", "")),
        says=says or (spot.symbol,))


@lru_cache(maxsize=8)  # one finding after the other is about the same file
def _rows(data: bytes) -> list[str]:
    return data.decode("latin-1").splitlines()


def source_evidence(side: Side, file: str, line: int, *, patch: int, old: bool = False) -> Evidence:
    """Return the source line at a moment of the series as evidence."""
    lines = _rows(side.tree.read(file) or b"")
    text = clip(lines[line - 1].strip(), _LONGEST) if 0 < line <= len(lines) else ""
    moment = "before" if old else "after"
    return Evidence(kind="patch", file=file, line=line, text=text, rev=f"{moment} patch {patch}")


def table_for(analysis: Analysis, side: Side, symbol: str, arches: tuple[str, ...], *wheres: Where
              ) -> tuple[ArchRow, ...]:
    """Return the architecture table for a function of the family, one row for each architecture the model knows.

    `wheres` are the places at which it is called: a row speaks of a variant that these can get there, one that can fail
    before others; without them, of what an ordinary configuration has.
    """
    rows = []
    for arch in arches:
        known = [fact for where in wheres if (fact := fact_for(analysis, where, arch, symbol)) is not None]
        fact = next((one for one in known if one.may_fail), known[0] if known else None)
        row = arch_row(analysis, side, arch, symbol, fact) if fact or not wheres else None
        rows += [row] if row is not None else []
    return tuple(rows)


def fails_on(table: tuple[ArchRow, ...]) -> tuple[str, ...]:
    """Return the architectures of the table on which the call can fail."""
    return tuple(row.arch for row in table if row.may_fail)


def errnos_of(table: tuple[ArchRow, ...]) -> str:
    """Return all errors of the table as an English list, `-EINVAL or -ENOMEM`."""
    names = sorted({name for row in table for name in row.errnos})
    return quote_names([as_returned(name) for name in names], joint="or")


def callee_evidence(analysis: Analysis, side: Side, symbol: str, arches: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Return where the callee is defined on each architecture, at this moment of the series."""
    found: dict[tuple[str, int], Evidence] = {}
    for arch in arches:
        facts = facts_at(analysis, side, arch, symbol)
        place = definition_of(analysis, side, symbol, facts[0] if facts else None)
        if place and place.line:
            found.setdefault((place.file, place.line), Evidence(
                kind="source", file=place.file, line=place.line, text=place.text, rev=side.tree.rev))
    return tuple(found.values())


def lower(level: Level, to: Level) -> Level:
    """Return the weaker of two levels."""
    order: tuple[Level, ...] = ("error", "warning", "question", "note")
    return max(level, to, key=order.index)


_NUMBER = regex(r"\d\w*")
_CAST_NAME = regex(r"\((?:unsigned )?(?:long|int|u64|phys_addr_t|void \*|char \*)\) ?\(([A-Za-z_][\w>.-]*)\)")


def as_written(call: Call) -> str:
    """Return what the call is about in the code's own words: its first argument, without casts."""
    if not call.arguments:
        return "the range"
    text = squash(call.arguments[0])
    while text.startswith("(") and ")" in text and not text.endswith(")"):
        text = text[text.index(")") + 1:].strip()
    cast = _CAST_NAME.fullmatch(text)
    if cast:
        return cast[1]
    return f"address {text}" if _NUMBER.fullmatch(text) else text or "the range"
