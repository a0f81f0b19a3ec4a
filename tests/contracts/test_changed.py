"""The functions that a patch changes, of whole files and of those that are known in part."""

from __future__ import annotations

import pytest

from reviewbot.contracts.changed import changed_functions
from reviewbot.source.types import LineMap, PatchedFile

LINES = [line for number in range(100) for line in (f"int demo_{number}(int a)", "{", "\treturn a;", "}", "")]


def changed(number: int, *, in_part: bool) -> PatchedFile:
    """Return a file of a hundred functions of which a patch changes one."""
    row = 5 * number + 3
    after = [*LINES[:row - 1], "\treturn -a;", *LINES[row:]]
    known = ((1, len(LINES)),) if in_part else ()
    before, behind = ("\n".join(lines).encode() for lines in (LINES, after))
    pairs = ((1, 1, row - 1), (row + 1, row + 1, len(LINES) - row))
    return PatchedFile(path="a.c", old_path="a.c", before=before, after=behind, added=frozenset({row}),
                       removed=frozenset({row}), line_map=LineMap(pairs=pairs), applies="merged", note="",
                       known_old=known, known_new=known)


@pytest.mark.parametrize("in_part", [False, True])
@pytest.mark.parametrize("number", [0, 7, 99])
def test_only_what_loses_or_gains_a_line_is_changed(number: int, in_part: bool) -> None:
    """Of a file some hunks of which have no place it is the same functions as of any other, wherever they stand."""
    (pair,) = changed_functions(changed(number, in_part=in_part))
    assert [one.name for one in (*pair.old, *pair.new)] == [f"demo_{number}"] * 2
