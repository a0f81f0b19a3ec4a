"""Which functions a patch touches: those with a line that it adds, or one that it removes between two that stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.occurrences import loses_lines
from reviewbot.checks.reading import touches
from reviewbot.source.lines import line_map
from reviewbot.source.types import PatchedFile

LINES = st.frozensets(st.integers(1, 30), max_size=30)


def function(first: int, length: int) -> Function:
    """Return a function that stands in these lines."""
    text = "\n" * (first - 1) + "int demo(void) {" + "\n" * length + "}\n"
    return functions_of(text.encode())[0]


@given(LINES, LINES, st.integers(1, 28), st.integers(0, 8))
def test_a_function_is_touched_by_lines_inside_it(added: frozenset[int], removed: frozenset[int], first: int,
                                                  length: int) -> None:
    """A removed line is inside where the lines that stay above and below it both are."""
    kept = max(30 - len(removed), 30 - len(added))
    mapped = line_map(added, removed, old_count=len(removed) + kept, new_count=len(added) + kept)
    file = PatchedFile(path="a.c", old_path="a.c", before=b"", after=b"", added=added, removed=removed,
                       line_map=mapped, applies="clean", note="")
    one, last = function(first, length), first + length
    stays = [(old + step, new + step) for old, new, count in mapped.pairs for step in range(count)]
    between = any(max((new for old, new in stays if old < line), default=0) >= first
                  and min((new for old, new in stays if old > line), default=1 << 30) <= last for line in removed)
    assert touches(file, one) is (between or any(first <= line <= last for line in added))
    assert loses_lines(file, one) is any(first <= line <= last for line in removed)
