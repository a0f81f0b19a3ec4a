"""Files are read once for all moments of a series, and within what the review may spend."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.budget import LIMITS, Budget
from reviewbot.cfacts import functions_of
from reviewbot.checks.reading import Reading, code_of, holds_line
from reviewbot.source import MemoryTree, apply_series
from tests.source.making import series_of

CODE = "int demo(void)\n{\n\tif (work())\n\t\treturn -1;\n\treturn 0;\n}\n"
DIFF = ("diff --git a/mm/a.c b/mm/a.c\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -3,4 +3,4 @@ int demo(void)\n \tif (work())\n"
        " \t\treturn -1;\n-\treturn 0;\n+\treturn 1;\n }\n")


def reading(budget: Budget | None = None) -> tuple[Reading, MemoryTree, MemoryTree]:
    """Return what reads a series of one patch, the tree before it and one with the same files."""
    files = {"mm/a.c": CODE, "mm/b.c": CODE.replace("demo", "other"), "Makefile": "VERSION = 6\n"}
    tree = MemoryTree(files)
    series = series_of(DIFF)
    return Reading(series, apply_series(series, tree), budget), tree, MemoryTree(files)


def test_a_file_is_read_once_by_its_content() -> None:
    """Another tree with the same bytes gets the same facts, and names that the file has not change nothing."""
    read, tree, same = reading()
    first = read.facts(tree, "mm/a.c", {"work": "int"})
    assert first is not None
    assert [call.callee for call in first.calls] == ["work"]
    assert read.facts(same, "mm/a.c", {"work": "int"}) is first
    assert read.facts(tree, "mm/a.c", {"work": "int", "absent": ""}) is first
    assert read.facts(tree, "mm/none.c", {"work": "int"}) is None


def test_the_flow_of_a_function() -> None:
    """It is found by a line of it, and a call in it by its own; there is none for a name that is not there."""
    read, tree, _ = reading()
    flow = read.flow(tree, "mm/a.c", "demo", 5)
    assert flow is not None
    assert read.flow(tree, "mm/a.c", "demo", 3) is flow
    assert read.flow(tree, "mm/a.c", "missing", 1) is None
    facts = read.facts(tree, "mm/a.c", {"work": "int"})
    assert facts is not None
    followed = read.follow(tree, "mm/a.c", facts.calls[0])
    assert followed is not None
    assert followed[1].line == 3


def test_what_cannot_be_paid_is_said() -> None:
    """A file beyond the budget gives no facts and the reason, never a part of them."""
    read, tree, _ = reading(Budget(replace(LIMITS, review=0)))
    facts = read.facts(tree, "mm/b.c", {"work": "int"})
    assert facts is not None
    assert (facts.functions, facts.calls) == ((), ())
    assert [skip.stage for skip in facts.skips] == ["read"]


def test_code_without_its_comments() -> None:
    """A change of comments and blanks alone leaves a function as it is."""
    other = CODE.replace("\tif (work())", "\t/* why */\n\tif  (work())").encode()
    assert code_of(CODE.encode(), functions_of(CODE.encode())[0]) == code_of(other, functions_of(other)[0])


def test_a_line_within_a_range() -> None:
    """Both ends belong to it, however many lines are asked about."""
    assert holds_line(frozenset({3}), 3, 9)
    assert holds_line(frozenset({9, 1, 2}), 3, 9)
    assert not holds_line(frozenset(range(10, 99)) | {2}, 3, 9)
