"""Reviews of earlier runs: what their names are made of, and what is read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from reviewbot.review.memo import digest_of, folded, unfolded
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.trees import OverlayTree
from reviewbot.source.types import Base, PatchedTree, PatchState

SINCE = 4_000_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A value of two."""

    one: object
    other: object


def test_a_digest_tells_values_apart_and_nothing_else() -> None:
    """Equal values have one digest, whatever order their sets have; others have another, and objects have none."""
    alike = (Pair(("a", 1), frozenset("abc")), Pair(("a", 1), frozenset("cba")))
    assert digest_of(alike[0]) == digest_of(alike[1])
    values = (Pair(("a", 1), frozenset("abc")), Pair(("a", 1), frozenset("ab")), Pair("a", 1), Pair(("a", "1"), ()), (),
              None, "", b"", 0, False, {"a": 1}, {"a": Pair(1, 2)}, Path("a"), "a", ("a",), (("a",),), Pair((), None))
    assert len({digest_of(value) for value in values}) == len(values)
    assert digest_of(object()) is None
    assert digest_of((Pair(object(), 1),)) is None


def sealed(folder: Path, ask: Callable[[DirectoryTree], object], since: int = SINCE) -> object:
    tree = DirectoryTree(folder)
    tree.trace(since)
    ask(tree)
    return tree.sealed()


ASKS: tuple[Callable[[DirectoryTree], object], ...] = (
    lambda tree: tree.read("a.c"), lambda tree: tree.read("b.c"), lambda tree: tree.content_id("a.c"),
    lambda tree: tree.exists("b.c"), lambda tree: tree.exists("d"), lambda tree: tree.list_folder(""),
    lambda tree: list(tree.list_files()), lambda tree: tree.search(["x"]))


@pytest.mark.parametrize("ask", ASKS)
def test_what_was_asked_has_the_same_answers_until_it_changes(tmp_path: Path, ask: Callable[[DirectoryTree], object]
                                                              ) -> None:
    """Each kind of question is told again as long as its answer stays, and no longer."""
    (tmp_path / "d").mkdir()
    (tmp_path / "a.c").write_text("int x;")
    asked = sealed(tmp_path, ask)
    assert isinstance(asked, tuple)
    assert len(asked) == 1
    assert DirectoryTree(tmp_path).tells(asked)
    (tmp_path / "a.c").unlink()
    (tmp_path / "d").rmdir()
    (tmp_path / "b.c").write_text("int x;")
    assert not DirectoryTree(tmp_path).tells(asked)


def test_what_changes_during_the_run_is_not_kept(tmp_path: Path) -> None:
    """A file that is younger than the run, one that changes while it is read and one that is no file tell nothing."""
    (tmp_path / "a.c").write_text("int x;")
    assert sealed(tmp_path, lambda tree: tree.read("a.c"), since=(tmp_path / "a.c").stat().st_ctime_ns) is None
    assert sealed(tmp_path, lambda tree: (tree.exists("b.c"), (tmp_path / "b.c").touch(), tree.exists("b.c"))) is None
    assert sealed(tmp_path, lambda tree: (tree.read("c.c"), (tmp_path / "c.c").touch())) is None
    (tmp_path / "link.c").symlink_to("a.c")
    assert sealed(tmp_path, lambda tree: tree.read("link.c")) is None


def test_a_trace_is_told_part_by_part(tmp_path: Path) -> None:
    """What was asked is told once, and after a part that a later run could not be told again nothing is."""
    for name in "abcd":
        (tmp_path / f"{name}.c").write_text("int x;")
    tree = DirectoryTree(tmp_path)
    tree.trace(SINCE)
    tree.read("a.c")
    first = tree.sealed()
    tree.trace(SINCE)
    tree.read("a.c"), tree.read("b.c")
    second = tree.sealed()
    assert [[path for _, path, _ in part or ()] for part in (first, second)] == [["a.c"], ["b.c"]]
    assert tree.sealed() == ()
    (tmp_path / "link.c").symlink_to("a.c")
    tree.read("link.c")
    assert (tree.sealed(), tree.read("c.c"), tree.sealed()) == (None, b"int x;", None)


def test_a_series_on_a_folder_is_kept_without_the_folder(tmp_path: Path) -> None:
    """Folded and unfolded again its trees say the same, and those that were one tree still are."""
    (tmp_path / "a.c").write_text("int x;")
    tree = DirectoryTree(tmp_path)
    changed = OverlayTree(tree, {"b.c": b"int y;", "a.c": None})
    base = Base(kind="directory", rev="", kernel="", how="none")
    states = tuple(PatchState(index=index, files=(), applies="clean", note="", before=before, after=after)
                   for index, before, after in ((1, tree, changed), (2, changed, changed)))
    patched = PatchedTree(base=base, states=states)
    kept = folded(patched, tree)
    assert kept is not None
    again = unfolded(kept, tree)
    assert again.base == base
    assert again.start is tree
    assert again.states[0].after is again.states[1].before is again.end
    assert [again.end.read(path) for path in ("a.c", "b.c")] == [None, b"int y;"]
    assert folded(patched, DirectoryTree(tmp_path)) is None
