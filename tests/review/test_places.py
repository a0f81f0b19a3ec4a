"""A place that is shown can be looked up: the file has that line."""

from __future__ import annotations

from reviewbot.findings.types import Evidence
from reviewbot.review.places import Places
from reviewbot.source import MemoryTree
from reviewbot.source.types import Base, PatchedTree, PatchState


def test_a_line_past_the_end_of_its_file_is_not_given() -> None:
    """The line goes, the file and the words stay; what the tree does not have is left as the mail says."""
    before, after = MemoryTree({"a.c": b"1\n2\n"}), MemoryTree({"a.c": b"1\n2\n3\n"})
    places = Places(PatchedTree(base=Base(kind="memory", rev="", kernel="", how="none"), states=(
        PatchState(index=1, files=(), applies="clean", note="", before=before, after=after),)))

    def line(number: int, rev: str, path: str = "a.c") -> int:
        return places.within((Evidence(kind="source", file=path, line=number, text="x", rev=rev),))[0].line

    assert [line(3, "after patch 1"), line(4, "after patch 1"), line(3, "before patch 1")] == [3, 0, 0]
    assert [line(3, "patch 1"), line(4, "patch 1/1"), line(9, "patch 1", "b.c")] == [3, 0, 9]
