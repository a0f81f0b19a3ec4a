"""The order and the counting that every format shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reviewbot.findings.types import LEVELS, Finding, Level

__all__ = ["LEVEL_NOUNS", "count_levels", "counted", "in_report_order", "is_new", "patch_key", "say_counts",
           "spell_count"]

LEVEL_NOUNS: Mapping[Level, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "question": ("question", "questions"),
    "note": ("note", "notes"),
}


def in_report_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by patch, file, line and rule; the id decides between equals."""
    return tuple(sorted(findings, key=lambda f: (f.patch, f.file, f.line, f.rule, f.id)))


def patch_key(patch: str) -> tuple[int, str]:
    """Return the sort key of a cell's patch: numbers in order, then `series`."""
    return (int(patch), "") if patch.isascii() and patch.isdigit() else (1 << 30, patch)


def is_new(finding: Finding) -> bool:
    """Return whether the series itself brings the finding and nobody has suppressed it."""
    return finding.introduced and not finding.suppressed


def counted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that every form and every exit status counts: the new ones, in their order.

    What a later patch mends is one of them, as a note.
    """
    return tuple(finding for finding in findings if is_new(finding))


def count_levels(findings: Iterable[Finding]) -> tuple[tuple[Level, int], ...]:
    """Return how many findings there are of each level that occurs, the gravest first."""
    levels = [finding.level for finding in findings]
    return tuple((level, levels.count(level)) for level in LEVELS if level in levels)


def spell_count(number: int, one: str, many: str = "") -> str:
    """Return `1 call` or `2 calls`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def say_counts(findings: Iterable[Finding]) -> str:
    """Return `2 errors, 1 question`, or `nothing found`."""
    parts = [spell_count(number, *LEVEL_NOUNS[level]) for level, number in count_levels(findings)]
    return ", ".join(parts) or "nothing found"
