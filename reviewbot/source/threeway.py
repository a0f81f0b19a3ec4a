"""A three-way merge, hunk by hunk, where the file that a patch was made from is at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.patterns import regex
from reviewbot.series.types import Hunk
from reviewbot.source.gittree import Repository
from reviewbot.source.placing import Edit, Lines, Placement, hunk_of

__all__ = ["apply_to_base", "blob_named", "three_way"]

_SURE = 0.95
_CHANGE = regex(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def blob_named(repository: Repository, name: str) -> tuple[str, bytes | None]:
    """Return the full id and the content of the blob that an `index` line names, None where the repository lacks it."""
    done = repository.sandbox.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{blob}}")
    oid = done.out.decode("ascii", "replace").strip()
    found = repository.reader.get(oid) if done.status == 0 and oid else None
    return oid, found[2] if found is not None else None


def apply_to_base(hunks: Sequence[Hunk], base: Sequence[bytes]) -> list[bytes] | None:
    """Return the base with all hunks at the lines that their headers say, None when they do not fit there."""
    after: list[bytes] = []
    at = 0
    for hunk in (hunk_of(one) for one in hunks):
        if list(base[hunk.near:hunk.near + len(hunk.old)]) != list(hunk.old) or hunk.near < at:
            return None
        for block in hunk.blocks:
            after += [*base[at:hunk.near + block.first], *block.added]
            at = hunk.near + block.first + len(block.removed)
    return [*after, *base[at:]]


def three_way(hunks: Sequence[Hunk], diff: bytes) -> dict[int, Placement]:
    """Return where the hunks go in the tree's file, those left out that change what the tree has changed as well.

    `diff` is git's diff without context from the file that the hunks were made from to the tree's.
    """
    changes = [(int(old) - 1 + (count == b"0"), int(count or b"1"), int(new_count or b"1"))
               for old, count, _, new_count in _CHANGE.findall(diff)]
    found = {}
    for number, hunk in enumerate(hunk_of(one) for one in hunks):
        edits = _moved(hunk, changes)
        if edits:
            found[number] = Placement(edits=edits, how="three-way", sure=_SURE, fitting=len(hunk.old),
                                      lines=len(hunk.old))
    return found


def _moved(hunk: Lines, changes: Sequence[tuple[int, int, int]]) -> tuple[Edit, ...]:
    edits = []
    for block in hunk.blocks:
        start = hunk.near + block.first
        stop = start + len(block.removed)
        # What touches is a conflict, as in git: which of the two comes first is not known.
        if any(first <= stop and start <= first + count for first, count, _ in changes):
            return ()
        shift = sum(new - count for first, count, new in changes if first + count < start)
        edits.append(Edit(start=start + shift, stop=stop + shift, new=block.added))
    return tuple(edits)
