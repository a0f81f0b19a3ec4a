"""Fingerprints, ids and the one order in which findings are shown."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from reviewbot.findings.types import Cell, Finding
from reviewbot.text import squash

__all__ = ["finish_findings", "name_cells"]


def _fingerprint(finding: Finding, occurrence: int) -> str:
    """Return 16 hex digits over what stays when lines move and the series gets a new version."""
    parts = (finding.rule, finding.file, finding.function, finding.symbol, squash(finding.code), str(occurrence))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def finish_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in order of patch, file, line and rule, each with its fingerprint and id.

    Two findings with equal fingerprint parts (the same line twice in one function) are told apart by their order. The
    id is the rule and the fingerprint's first eight digits, with the patch in front: `2-ignored-result-1f00c0de`.
    """
    ordered = sorted(findings, key=lambda f: (f.patch, f.file, f.line, f.rule, f.symbol, f.message))
    seen: Counter[str] = Counter()
    done = []
    for finding in ordered:
        first = _fingerprint(finding, 0)
        patch_key = f"{finding.patch}\0{first}"
        mark = _fingerprint(finding, seen[patch_key]) if seen[patch_key] else first
        seen[patch_key] += 1
        done.append(replace(finding, fingerprint=mark, id=f"{finding.patch}-{finding.rule}-{mark[:8]}"))
    return tuple(done)


def name_cells(cells: Iterable[Cell]) -> tuple[tuple[str, Cell], ...]:
    """Return the cells in the one order in which they are shown, with ids: `cell-2-7` is patch 2's seventh."""
    def key(cell: Cell) -> tuple[object, ...]:
        number = int(cell.patch) if cell.patch.isascii() and cell.patch.isdigit() else 1 << 30
        return (number, cell.patch, cell.file, cell.function, cell.call, cell.arch, cell.config)

    counts: Counter[str] = Counter()
    named = []
    for cell in sorted(cells, key=key):
        counts[cell.patch] += 1
        named.append((f"cell-{cell.patch}-{counts[cell.patch]}", cell))
    return tuple(named)
