"""Old defects beside a series as a reader counts them: what can fail, stands in the tree, and is not told already."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.review.page.grouping import grouped
from reviewbot.review.page.types import FirstPage
from reviewbot.source import PatchedTree, tree_below
from reviewbot.text import decode, squash

__all__ = ["old_defects"]

_HARMLESS = regex(r"\bIt can(?:not| only) fail here\b|\bIt cannot fail on any\b")


def old_defects(findings: Sequence[Finding], patched: PatchedTree, page: FirstPage) -> int:
    """Return how many events the old defects are that nobody ends, not counting what cannot fail, what the tree does
    not have and what the page itself speaks of."""
    if not patched.states or patched.base.kind == "none":
        return 0
    asked = {(finding.file, finding.line) for finding in findings if finding.id in page.ask}
    told = {(row.file, row.line) for row in page.rows}
    lines: dict[str, frozenset[str]] = {}

    def stands(finding: Finding) -> bool:
        if finding.file not in lines:
            own = tree_below(patched.start)
            lines[finding.file] = frozenset(squash(line) for line in decode(own.read(finding.file) or b"").splitlines())
        first = next(iter(finding.code.splitlines()), "")
        return bool(squash(first)) and squash(first) in lines[finding.file]

    return len(grouped([finding for finding in findings if not (
        finding.introduced or finding.suppressed or finding.fixed_by is not None or _HARMLESS.search(finding.message)
        or (finding.file, finding.line) in told | asked) and stands(finding)]))
