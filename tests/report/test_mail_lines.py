"""Which line of a file a page names."""

from __future__ import annotations

from dataclasses import replace

import report_sample as sample

from reviewbot.checks.hunked import placed_line
from reviewbot.findings.types import Evidence
from reviewbot.report.mail_lines import line_to_look_up, lines_told, with_lines_to_look_up
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
    """Lines that the mail shows have the mail's number wherever the hunk went, the others that of the tree."""
    mailed = next(line.new_line for hunk in sample.file_diff(PATH, BEFORE, AFTER, shift=300).hunks
                  for line in hunk.lines if line.kind == "+")
    apart = {"known_new": ((1, 10), (18, 24)), "known_old": ((1, 10), (18, 23)),
             "sections": ((18, 18, "demo_ring()"),)}
    assert look_up(21) == mailed
    assert look_up(23) == mailed + 2
    assert look_up(30) == 30
    assert look_up(21, added=frozenset({3, 21})) == mailed
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


def test_a_pointer_into_a_patched_file_has_the_mails_number() -> None:
    """What a comment points to in a file of an earlier patch is numbered as that patch's mail is."""
    review = sample.make_review()
    diff = sample.file_diff(PATH, BEFORE, AFTER, shift=300)
    series = replace(review.series, patches=(sample.patch(1, "demo", (diff,), "Text."),))
    patched = PatchedTree(base=review.patched.base, states=(
        sample.state(1, (sample.patched_file(PATH, BEFORE, AFTER, applies="offset"),)), sample.state(2, ())))
    proof = Evidence(kind="source", file=PATH, line=21, text="new;", rev="")
    finding = replace(review.findings[0], patch=2, evidence=(proof, replace(proof, file="mm/other.c")))
    found = with_lines_to_look_up(series, patched, finding)
    assert [one.line for one in found.evidence] == [321, 21]
    said = f"it is missing at {PATH}:21, and mm/other.c:21 has it at line 21."
    assert lines_told(series, patched, 2, said, PATH) == said.replace(f"{PATH}:21", f"{PATH}:321").replace(
        "line 21", "line 321")
    assert with_lines_to_look_up(series, patched, replace(finding, message=said)).message.startswith(
        f"it is missing at {PATH}:321")


def test_a_line_of_the_mail_is_found_where_its_hunk_was_placed() -> None:
    """What reads the mail's lines names those of the patched file, also where all hunks were found at an offset."""
    diff = sample.file_diff(PATH, BEFORE, AFTER, shift=300)
    series = replace(sample.make_review().series, patches=(sample.patch(1, "demo", (diff,), "Text."),))
    file = sample.patched_file(PATH, BEFORE, AFTER, applies="offset")
    assert [placed_line(series, 1, file, line) for line in (321, 322, 500)] == [21, 22, 500]


def test_a_hunk_that_stands_in_another_order_is_found_by_its_text() -> None:
    """Two hunks without a place stand behind the others: their lines are not counted from the first."""
    after = BEFORE.replace("line 5;\n", "line 5;\nearly;\n").replace("line 30;\n", "line 30;\nlate;\n")
    moved = "line 28;\nline 29;\nline 30;\nlate;\nline 31;\n\nline 4;\nline 5;\nearly;\nline 6;\n"
    review = sample.make_review()
    diff = sample.file_diff(PATH, BEFORE, after)
    series = replace(review.series, patches=(sample.patch(1, "demo", (diff,), "Text."),))
    file = replace(sample.patched_file(PATH, BEFORE, after, applies="merged"), after=moved.encode(),
                   added=frozenset({4, 9}), known_new=((1, 5), (7, 10)), sections=((7, 7, "demo_ring()"),))
    patched = PatchedTree(base=review.patched.base, states=(sample.state(1, (file,), applies="merged"),))
    assert [line_to_look_up(series, patched, 1, PATH, line) for line in (4, 9)] == [32, 6]
