"""Which line of a file a page names."""

from __future__ import annotations

from dataclasses import replace

import report_sample as sample

from reviewbot.report.mail_lines import line_to_look_up
from reviewbot.source import MemoryTree, OverlayTree
from reviewbot.source.types import PatchedTree

PATH = "drivers/demo/ring.c"
BEFORE = "".join(f"line {number};\n" for number in range(1, 40))
AFTER = BEFORE.replace("line 20;\n", "line 20;\nnew;\n")


def look_up(line: int, **parts: object) -> int:
    review = sample.make_review()
    diff = sample.file_diff(PATH, BEFORE, AFTER, shift=300)
    series = replace(review.series, patches=(sample.patch(1, "demo", (diff,), "Text."),))
    file = replace(sample.patched_file(PATH, BEFORE, AFTER, applies="merged"), **parts)  # type: ignore[arg-type]
    patched = PatchedTree(base=review.patched.base, states=(sample.state(1, (file,), applies="merged"),))
    return line_to_look_up(series, patched, 1, PATH, line)


def test_a_hunk_without_a_place_is_named_by_the_mails_line() -> None:
    """Lines that only the mail shows have the mail's number, the others that of the tree."""
    mailed = next(line.new_line for hunk in sample.file_diff(PATH, BEFORE, AFTER, shift=300).hunks
                  for line in hunk.lines if line.kind == "+")
    apart = {"known_new": ((1, 10), (18, 24)), "known_old": ((1, 10), (18, 23)),
             "sections": ((18, 18, "demo_ring()"),)}
    assert look_up(21) == 21
    assert look_up(21, **apart) == mailed
    assert look_up(22, **apart) == mailed + 1
    assert look_up(5, **apart) == 5


def test_a_line_that_the_tree_has_already_is_named_as_it_stands_there() -> None:
    """Where parts of the series were taken out of the file first, the tree's own number counts; none is guessed."""
    own = BEFORE.replace("line 3;\n", "line 3;\nold;\nolder;\n").replace("line 20;\n", "line 20;\nnew;\n")
    review = sample.make_review()
    state = sample.state(1, (sample.patched_file(PATH, BEFORE, AFTER),))
    tree = OverlayTree(MemoryTree({PATH: own.encode()}), {PATH: BEFORE.encode()})
    patched = PatchedTree(base=review.patched.base, states=(replace(state, before=tree),))
    assert line_to_look_up(review.series, patched, 1, PATH, 21) == 23
    assert line_to_look_up(review.series, patched, 1, PATH, 500) == 0
