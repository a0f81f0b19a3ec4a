"""What searches of a tree found, kept from one run to the next: the answers are those of a search."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from reviewbot.source.answers import pack, unpack
from reviewbot.source.directory import DirectoryTree

FILES = {"mm/a.c": "set_x(); other", "mm/b.h": "set_x other_2", "lib/c.c": "other", "lib/deep/d.S": "set_x",
         "e.c": "set_x"}
SCOPE = (("lib", "mm"), (".c", ".h", ".S"))
FAR = 4_000_000_000_000_000_000  # a time long after the files were made


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


def ask(folder: Path, kept: Kept, words: tuple[str, ...] = ("other", "set_x"), *, now: int = FAR,
        scope: tuple[tuple[str, ...], tuple[str, ...]] = SCOPE) -> tuple[tuple[str, ...], int]:
    """Return what a new run finds, and how often it had to search."""
    tree = DirectoryTree(folder)
    answers, searched = tree.remember(kept, now), []
    narrow = tree._searches._narrow
    tree._searches._narrow = lambda *question: searched.append(question) or narrow(*question)  # type: ignore[func-returns-value]
    found = tree.search(words, prefixes=scope[0], suffixes=scope[1])
    assert found == DirectoryTree(folder).search(words, prefixes=scope[0], suffixes=scope[1])
    answers.keep()
    return found, len(searched)


def test_a_second_run_searches_for_nothing(tmp_path: Path) -> None:
    """What one run found, the next one knows; a new word alone is searched for."""
    write(tmp_path, FILES)
    kept = Kept()
    assert ask(tmp_path, kept) == (("lib/c.c", "lib/deep/d.S", "mm/a.c", "mm/b.h"), 1)
    assert ask(tmp_path, kept) == (("lib/c.c", "lib/deep/d.S", "mm/a.c", "mm/b.h"), 0)
    assert ask(tmp_path, kept, ("other_2", "set_x"))[1] == 1
    assert ask(tmp_path, kept, ("other_2",)) == (("mm/b.h",), 0)


@pytest.mark.parametrize("change", [
    {"mm/a.c": "none"}, {"mm/new.c": "set_x"}, {"lib/new/new.h": "other"}, {"lib/c.c": ""}, {"mm/a.c": None},
    {"lib/deep/d.S": None}, {"mm/a.c": "set_y(); other"}])
def test_what_has_changed_is_looked_at_again(tmp_path: Path, change: dict[str, str | None]) -> None:
    """A file that is new, another or gone since then is seen as it is now, and the others need no search."""
    write(tmp_path, FILES)
    kept = Kept()
    ask(tmp_path, kept)
    for name, text in change.items():
        if text is None:
            (tmp_path / name).unlink()
        else:
            write(tmp_path, {name: text})
    for _ in range(2):
        assert ask(tmp_path, kept)[1] == 0


def test_kconfig_files_are_remembered_like_sources(tmp_path: Path) -> None:
    """A symbol that stands in a Kconfig file is not searched for twice, and is found where it stands later."""
    write(tmp_path, {"mm/Kconfig": "config A_B", "mm/a.c": "A_B", "lib/x/Kconfig.debug": "select A_B",
                     "lib/Kconfig": ""})
    kept, scope = Kept(), (("lib", "mm"), ("Kconfig", "Kconfig.debug"))
    assert ask(tmp_path, kept, ("A_B",), scope=scope) == (("lib/x/Kconfig.debug", "mm/Kconfig"), 1)
    assert ask(tmp_path, kept, ("A_B",), scope=scope) == (("lib/x/Kconfig.debug", "mm/Kconfig"), 0)
    write(tmp_path, {"lib/Kconfig": "select A_B", "mm/Kconfig": "config C"})
    assert ask(tmp_path, kept, ("A_B",), scope=scope) == (("lib/Kconfig", "lib/x/Kconfig.debug"), 0)


def test_a_folder_that_moves_is_looked_at_under_its_new_name(tmp_path: Path) -> None:
    """Files whose folder has another name now are found there alone."""
    write(tmp_path, FILES)
    kept = Kept()
    ask(tmp_path, kept)
    (tmp_path / "lib/deep").rename(tmp_path / "lib/deeper")
    assert ask(tmp_path, kept) == (("lib/c.c", "lib/deeper/d.S", "mm/a.c", "mm/b.h"), 0)


def test_files_that_have_just_been_written_are_looked_at_each_time(tmp_path: Path) -> None:
    """A file may change twice within one time stamp: what is that fresh does not count as known."""
    write(tmp_path, FILES)
    kept = Kept()
    now = (tmp_path / "mm/a.c").stat().st_mtime_ns
    ask(tmp_path, kept, now=now)
    status = (tmp_path / "mm/a.c").stat()
    (tmp_path / "mm/a.c").write_text("set_y(); other")
    os.utime(tmp_path / "mm/a.c", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert ask(tmp_path, kept, ("set_x",), now=now) == (("lib/deep/d.S", "mm/b.h"), 0)


def test_a_tree_that_has_become_another_is_remembered_anew(tmp_path: Path) -> None:
    """Where too many files have changed, all is searched once more, and then known again."""
    write(tmp_path, FILES | {f"lib/part/{number}.c": "set_x" for number in range(500)})
    kept = Kept()
    ask(tmp_path, kept)
    write(tmp_path, {f"lib/part/{number}.c": "set_yy" for number in range(500)})
    assert ask(tmp_path, kept)[1] == 1
    assert ask(tmp_path, kept)[1] == 0


def test_a_file_is_no_folder_that_could_be_remembered(tmp_path: Path) -> None:
    """A question that names a file is searched for each time."""
    write(tmp_path, FILES)
    kept = Kept()
    ask(tmp_path, kept)
    for text, found in (("set_x", ("mm/a.c",)), ("none", ())):
        write(tmp_path, {"mm/a.c": text})
        assert ask(tmp_path, kept, ("set_x",), scope=(("mm/a.c",), (".c",)))[0] == found


@pytest.mark.parametrize("seed", range(6))
def test_half_of_the_answers_and_damaged_ones_change_nothing(tmp_path: Path, seed: int) -> None:
    """Whatever of the store is lost or broken, the answer is that of a search."""
    write(tmp_path, FILES)
    kept, chance = Kept(), random.Random(seed)
    ask(tmp_path, kept)
    for name in sorted(kept):
        if chance.random() < 0.3:
            del kept[name]
        elif chance.random() < 0.4:
            data = bytearray(kept[name])
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            kept[name] = bytes(data)
    ask(tmp_path, kept)
    assert ask(tmp_path, kept)[1] == 0


def test_only_what_was_packed_is_unpacked() -> None:
    """Bytes with another sum, or none, give nothing."""
    data = pack((("a", 1), {"b": b"c"}))
    assert unpack(data) == (("a", 1), {"b": b"c"})
    for broken in (b"", None, data[:-1], data[:4], data[1:], bytes(len(data))):
        assert unpack(broken) is None
