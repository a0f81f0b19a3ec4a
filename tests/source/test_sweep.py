"""Searches that read the files of a folder themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.source import sweep as sweeping
from reviewbot.source.sweep import Folders, can_sweep, sweep

pytestmark = pytest.mark.skipif(not can_sweep(), reason="there is no Hyperscan for this machine")
FILES = {"mm/a.c": b"set_x(); other", "mm/b.h": b"set_x other_2", "lib/c.c": b"other", "lib/deep/d.S": b"set_x",
         "mm/.git/e.c": b"set_x", "lib/f.txt": b"set_x", "Kconfig": b"set_x", "mm/empty.c": b"", "mm/g.c": b"_set_x"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / "mm/link.c").symlink_to(tmp_path / "mm/a.c")
    (tmp_path / "linked").symlink_to(tmp_path / "mm")
    return tmp_path.resolve()


def test_a_sweep_names_the_files_with_a_word(folder: Path) -> None:
    """Whole words alone count, in files with the endings below the folders; links and git's own folder do not."""
    assert sweep(Folders(folder), ("set_x",), (), (".c", ".h", ".S")) == {"set_x": ["lib/deep/d.S", "mm/a.c", "mm/b.h"]}
    assert sweep(Folders(folder), ("other", "set_x"), ("mm/", "lib", "lib/deep", "gone"), (".c",)) == {
        "other": ["lib/c.c", "mm/a.c"], "set_x": ["mm/a.c"]}
    assert sweep(Folders(folder), ("set_x",), (), ()) == {
        "set_x": ["Kconfig", "lib/deep/d.S", "lib/f.txt", "mm/a.c", "mm/b.h"]}
    assert sweep(Folders(folder), ("set_x",), ("mm/a.c", "linked"), (".c",)) == {"set_x": ["mm/a.c"]}
    assert sweep(Folders(folder), (), (), ()) == {}


@pytest.mark.parametrize("size", [5, 16, 17, 33, 64])
def test_a_word_is_found_whatever_the_size_of_the_pile(folder: Path, monkeypatch: pytest.MonkeyPatch,
                                                       size: int) -> None:
    """Files that fill a pile are looked through in parts, and a word on the edge of two of them is not lost."""
    monkeypatch.setattr(sweeping, "_PILE", size + 6)
    for before in range(150):
        for word in (b"set_x", b"set_xy", b"_set_x"):
            for behind in (b"", b" " * 90):
                (folder / "lib/long.c").write_bytes(b" " * before + word + behind)
                found = sweep(Folders(folder), ("set_x", "other_word"), ("lib",), (".c",)) or {}
                assert ("lib/long.c" in found["set_x"]) is (word == b"set_x")


@pytest.mark.parametrize("more", [0, 20, 90])
def test_other_words_change_nothing(folder: Path, more: int) -> None:
    """What is found of a word does not depend on how many others are looked for, nor on what else a file holds."""
    (folder / "mm/odd.c").write_bytes(b"".join(b"\x7f\x7f%d\x7f\x7f" % number for number in range(100)))
    words = ("set_x", *(f"nowhere_{number}" for number in range(more)))
    assert sweep(Folders(folder), words, (), (".c",)) == {"set_x": ["mm/a.c"], **{word: [] for word in words[1:]}}


def test_a_folder_is_looked_into_once_for_all_sweeps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps of one tree share what stands in its folders, whatever endings and folders each of them is about."""
    looked: list[str] = []
    scandir = os.scandir

    def looking(path: str) -> Iterator[os.DirEntry[str]]:
        looked.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", looking)
    tree = Folders(folder)
    assert sweep(tree, ("set_x",), ("mm",), (".c",)) == {"set_x": ["mm/a.c"]}
    assert sweep(tree, ("set_x", "other"), (), (".c", ".h")) == {
        "set_x": ["mm/a.c", "mm/b.h"], "other": ["lib/c.c", "mm/a.c"]}
    assert sweep(tree, ("other",), ("lib",), (".c",)) == {"other": ["lib/c.c"]}
    assert sorted(looked) == sorted(f"{folder}/{name}" for name in ("", "lib", "lib/deep", "mm"))
