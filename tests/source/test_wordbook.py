"""What is written down of the words of a tree: every answer is that of a search, and nothing is read twice."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from making import git

from reviewbot.errors import TreeError
from reviewbot.source import directory, wordbook, wordbuild, wordshelf
from reviewbot.source.base import open_tree
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree
from reviewbot.source.wordbook import Book, Writer
from reviewbot.source.words import any_of
from reviewbot.source.wordshelf import Shelf

FILES = {"mm/a.c": "set_x(); other 0x12ab", "mm/b.h": "set_x other_2", "lib/c.c": "other", "lib/deep/d.S": "set_x",
         "lib/deep/e.h": "other", "e.c": "set_x", "mm/Kconfig": "config set_x"}
FAR = 4_000_000_000_000_000_000  # a time long after the files were made
SCOPES: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    ((), (".c", ".h")), (("lib", "mm"), (".c", ".h", ".S")), (("lib/deep",), (".S",)), (("mm",), (".h",)),
    (("none",), (".c",)), ((), ())]


class Kept(dict[str, bytes]):
    """A store in memory."""

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:  # type: ignore[override]
        return {name: self[name] for name in names if name in self}

    def put(self, entries: Mapping[str, bytes]) -> None:
        self.update(entries)


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def write_down(tree: DirectoryTree | GitTree, shelf: Shelf, *, now: int = FAR) -> int:
    """Write down the words of a tree, and return how many files were read for it."""
    job = wordbuild.plan(tree, shelf, now)
    wordbuild.adopt(job.context)
    for share in job.shares:
        job.take(wordbuild.gather(share))
    job.finish(now)
    return job.read


def same_as_searched(tree: DirectoryTree | GitTree, plain: DirectoryTree | GitTree, shelf: Shelf, *, now: int = FAR
                     ) -> bool:
    """Return whether the books answer at all for the source files of the tree; hold every answer against a search."""
    tree.remember(Kept(), now, shelf)
    for prefixes, suffixes in SCOPES:
        for words in (("set_x",), ("other", "other_2"), ("nowhere",), ("int",)):
            assert (tree.search(words, prefixes=prefixes, suffixes=suffixes)
                    == plain.search(words, prefixes=prefixes, suffixes=suffixes)), (prefixes, suffixes, words)
    assert tree._words is not None
    return tree._words.narrow(("set_x",), ("mm",), (".c",)) is not None


def test_a_book_leads_to_every_file_with_a_word(tmp_path: Path) -> None:
    """Whatever bytes stand between words: no file is missed, and hardly another one is named."""
    chance = random.Random(7)
    words = [f"word_{number}" for number in range(300)]
    contents = [bytes(chance.choice(b" \n(;\xc3\x00-$@.") for _ in range(2)).join(
        word.encode() for word in chance.sample(words, 30)) + b" 12ab" for _ in range(60)]
    writer = Writer(14)
    for number, content in enumerate(contents):
        writer.add(bytes([number]) * wordbook.ID_BYTES, content)
    book = Book(tmp_path / writer.write(tmp_path))
    assert (len(book), book.is_whole(), list(book.ids())[3]) == (60, True, b"\x03" * wordbook.ID_BYTES)
    besides = 0
    for word in words:
        holds, found = any_of((word,)), book.files([word])
        assert found >= {number for number, content in enumerate(contents) if holds(content)}
        besides += sum(not holds(contents[number]) for number in found)
    assert besides < 300
    assert book.files(["12ab"]) == set()


def test_a_large_file_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words are the same, wherever a piece ends."""
    content = b"one two_three\tfour;five" * 20 + b"x" * 50
    whole = wordbook._words(content)
    for piece in (1, 2, 3, 7, 50, 1000):
        monkeypatch.setattr(wordbook, "_PIECE", piece)
        assert wordbook._words(content) == whole == {b"one", b"two_three", b"four", b"fiveone", b"five" + b"x" * 50}


def test_what_is_written_down_is_not_searched_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is read once; a second look at it reads nothing, and no search of its sources starts a program."""
    tree, shelf = tmp_path / "tree", Shelf(tmp_path / "shelf")
    write(tree, FILES)
    assert write_down(DirectoryTree(tree), shelf) == 5
    assert write_down(DirectoryTree(tree), shelf) == 0
    assert same_as_searched(DirectoryTree(tree), DirectoryTree(tree), shelf)
    monkeypatch.setattr(directory, "candidates", None)
    told = DirectoryTree(tree)
    told.remember(Kept(), FAR, shelf)
    assert told.search(["set_x"]) == ("e.c", "mm/a.c", "mm/b.h")
    assert told.search(["set_x"], prefixes=("mm", "lib"), suffixes=(".S", ".h")) == ("lib/deep/d.S", "mm/b.h")


@pytest.mark.parametrize("change", [
    {"mm/a.c": "nothing"}, {"lib/c.c": "set_x"}, {"mm/new.c": "set_x other_2"}, {"lib/deep/d.S": None},
    {"mm/new/f.h": "other"}, {"new/f.c": "set_x"}, {"e.c": None, "g.c": "other_2"}, {"lib/deep": None},
])
def test_what_has_changed_is_looked_at(tmp_path: Path, change: dict[str, str | None]) -> None:
    """Changed, new and removed files and folders: the answers are those of a search, before and after a new list."""
    tree, shelf = tmp_path / "tree", Shelf(tmp_path / "shelf")
    write(tree, FILES)
    write_down(DirectoryTree(tree), shelf)
    for name, text in change.items():
        if text is not None:
            write(tree, {name: text})
        elif (tree / name).is_dir():
            shutil.rmtree(tree / name)
        else:
            (tree / name).unlink()
    same_as_searched(DirectoryTree(tree), DirectoryTree(tree), shelf)
    assert write_down(DirectoryTree(tree), shelf) <= 4
    assert same_as_searched(DirectoryTree(tree), DirectoryTree(tree), shelf)


def test_files_that_have_just_been_written_are_looked_at_each_time(tmp_path: Path) -> None:
    """A file may change again within one time stamp."""
    tree, shelf = tmp_path / "tree", Shelf(tmp_path / "shelf")
    write(tree, FILES)
    now = (tree / "mm/a.c").stat().st_mtime_ns
    write_down(DirectoryTree(tree), shelf, now=now)
    status = (tree / "mm/a.c").stat()
    (tree / "mm/a.c").write_text("other();set_x 0x12ab")
    os.utime(tree / "mm/a.c", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert same_as_searched(DirectoryTree(tree), DirectoryTree(tree), shelf, now=now)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_shelf_costs_a_search(tmp_path: Path, seed: int) -> None:
    """Whatever is wrong with books and lists, the answers are those of a search, and the next run mends it."""
    chance = random.Random(seed)
    tree, shelf = tmp_path / "tree", Shelf(tmp_path / "shelf")
    write(tree, FILES)
    write_down(DirectoryTree(tree), shelf)
    for file in sorted(shelf.folder.iterdir()):
        data = bytearray(file.read_bytes())
        what = chance.randrange(4)
        if what == 0:
            file.unlink()
        elif what == 1:
            file.write_bytes(data[:chance.randrange(len(data))])
        elif what == 2:
            data[chance.randrange(len(data))] ^= 0xff
            file.write_bytes(data)
    same_as_searched(DirectoryTree(tree), DirectoryTree(tree), shelf)
    write_down(DirectoryTree(tree), shelf)
    assert same_as_searched(DirectoryTree(tree), DirectoryTree(tree), shelf)


def test_ways_that_lead_nowhere_end(tmp_path: Path) -> None:
    """A book whose pairs are nonsense is no answer, and no way through it is without an end."""
    writer = Writer(6)
    for number in range(9):
        writer.add(bytes([number]) * wordbook.ID_BYTES, b"word other")
    path = tmp_path / writer.write(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[:-36] + b"\x05\0\0\0" * 9)
    with pytest.raises(ValueError, match="way"):
        Book(path).files(["word", "other"])
    assert not Book(path).is_whole()


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    write(folder, files)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_another_revision_costs_what_changed(tmp_path: Path) -> None:
    """Contents are known by their ids: a branch, a renamed folder and the same files unpacked are read no second
    time."""
    tree, shelf = repository(tmp_path / "tree", FILES), Shelf(tmp_path / "shelf")
    first = git(tree, "rev-parse", "HEAD").strip()
    assert write_down(open_git(tree), shelf) == 4  # two files are the same
    git(tree, "mv", "lib", "moved")
    write(tree, {"mm/a.c": "set_x other_2 anew", "mm/n.h": "other"})
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "second")
    assert same_as_searched(open_git(tree), open_git(tree), shelf)
    assert write_down(open_git(tree), shelf) == 1
    assert same_as_searched(open_git(tree), open_git(tree), shelf)
    assert same_as_searched(open_git(tree, first), open_git(tree, first), shelf)
    assert write_down(open_git(tree, first), shelf) == 0


def open_git(folder: Path, rev: str = "") -> GitTree:
    tree = open_tree(folder, rev=rev)
    assert isinstance(tree, GitTree)
    return tree


def test_a_revision_far_away_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too much differs, or the other tree is gone, the answer is that of a search."""
    tree, shelf = repository(tmp_path / "tree", FILES), Shelf(tmp_path / "shelf")
    write_down(open_git(tree), shelf)
    write(tree, {"mm/a.c": "set_x other_2", "mm/n.h": "other"})
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "second")
    monkeypatch.setattr(wordshelf, "_MOST_LOOKED_AT", 1)
    assert not same_as_searched(open_git(tree), open_git(tree), shelf)


def test_a_repository_without_a_content_is_not_written_down(tmp_path: Path) -> None:
    """What is not there cannot be said to hold no word."""
    tree, shelf = repository(tmp_path / "tree", FILES), Shelf(tmp_path / "shelf")
    oid = git(tree, "rev-parse", "HEAD:mm/a.c").strip()
    (tree / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(TreeError, match="not in the repository"):
        write_down(open_git(tree), shelf)


def test_small_books_are_put_together(tmp_path: Path) -> None:
    """Many refreshes leave few books, and what no list names goes in time."""
    tree, shelf = tmp_path / "tree", Shelf(tmp_path / "shelf")
    write(tree, FILES)
    for number in range(20):
        write(tree, {"mm/a.c": f"set_x word_{number}"})
        write_down(DirectoryTree(tree), shelf)
    listed = shelf.listed(DirectoryTree(tree).place)
    assert listed is not None
    assert len(listed.books) <= wordbuild._MOST_SMALL + 1
    assert {path.name for path in shelf.folder.glob("*.book")} == {name for name, *_ in listed.books}
    assert same_as_searched(DirectoryTree(tree), DirectoryTree(tree), shelf)
