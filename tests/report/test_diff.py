"""Diffs are rebuilt with the line numbers of the tree."""

from __future__ import annotations

import report_sample as sample

from reviewbot.report.diff import excerpt, hunks_of, row_of
from reviewbot.series.types import Hunk


def shape(hunk: Hunk) -> list[tuple[str, int | None, int | None]]:
    return [(line.kind, line.old_line, line.new_line) for line in hunk.lines]


def test_rebuilt_hunks_are_those_of_the_mail() -> None:
    """A patch that applies cleanly has the same hunks from the tree as from the mail."""
    pairs = [(sample.COPY_BEFORE, sample.COPY_AFTER), (sample.HEADER_BEFORE, sample.HEADER_AFTER),
             (sample.POOL_BEFORE, sample.POOL_AFTER), (None, sample.GUARD_AFTER), (sample.GUARD_AFTER, None)]
    for before, after in pairs:
        diff = sample.file_diff("a.c", before, after)
        rebuilt = hunks_of(sample.patched_file("a.c", before, after), diff)
        assert [(h.old_start, h.old_count, h.new_start, h.new_count) for h in rebuilt] == [
            (h.old_start, h.old_count, h.new_start, h.new_count) for h in diff.hunks]
        assert [shape(h) for h in rebuilt] == [shape(h) for h in diff.hunks]


def test_an_offset_shows_in_the_line_numbers() -> None:
    """A patch that applied four lines further down is numbered as the tree is, not as the mail."""
    diff = sample.file_diff("mm/pool.c", sample.POOL_BEFORE, sample.POOL_AFTER, shift=-4)
    file = sample.patched_file("mm/pool.c", sample.POOL_BEFORE, sample.POOL_AFTER, applies="offset")
    assert hunks_of(file, diff)[0].new_start == diff.hunks[0].new_start + 4


def test_fragments_keep_the_mails_hunks() -> None:
    """Where the patch does not apply, the mail's own hunks are shown."""
    diff = sample.file_diff("mm/pool.c", sample.POOL_BEFORE, sample.POOL_AFTER)
    file = sample.patched_file("mm/pool.c", sample.POOL_BEFORE, sample.POOL_AFTER, applies="fragment")
    assert hunks_of(file, diff) == diff.hunks
    assert hunks_of(None, diff) == diff.hunks


def test_section_is_the_function_above() -> None:
    """The text behind the second @@ names the function that the hunk lies in."""
    file = sample.patched_file("kernel/power/copy.c", sample.COPY_BEFORE, sample.COPY_AFTER)
    assert hunks_of(file, None)[1].section == "static void copy_one(void *dst, struct page *page)"


def test_rows_are_found_on_both_sides() -> None:
    """A line number of the new file finds an added or kept row, one of the old file a removed one."""
    hunk = hunks_of(sample.patched_file("a.c", sample.COPY_BEFORE, sample.COPY_AFTER), None)[1]
    added = row_of(hunk.lines, "new", sample.line_of(sample.COPY_AFTER, "guard_page(page, true)"))
    removed = row_of(hunk.lines, "old", sample.line_of(sample.COPY_BEFORE, "kernel_map_pages(page, 1, 1)"))
    assert added is not None
    assert removed is not None
    assert hunk.lines[added].kind == "+"
    assert hunk.lines[removed].kind == "-"
    assert row_of(hunk.lines, "new", 9999) is None


def test_excerpt_has_the_lines_around() -> None:
    """Code outside the diff is shown with three lines above and below, and nothing outside the file."""
    file = sample.patched_file("a.c", None, "one\ntwo\nthree\nfour\nfive\nsix\n")
    assert [line.text for line in excerpt(file, sample.finding(line=2))] == ["one", "two", "three", "four", "five"]
    assert excerpt(file, sample.finding(line=0)) == ()
    assert excerpt(file, sample.finding(line=7)) == ()
    assert excerpt(None, sample.finding(line=2)) == ()
