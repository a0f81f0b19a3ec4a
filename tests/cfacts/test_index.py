"""The cache file: what it keeps, and that nothing wrong with it stops a run."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

from scanning import FAMILY, scan, unpack

from reviewbot.cfacts.index import Index, stamp_of
from reviewbot.cfacts.links import Escape, FileRecord
from reviewbot.cfacts.storing import dump, load

from reviewbot.cfacts.facts import read_file  # isort: skip

CODE = """\
#ifdef CONFIG_X
static int f(int (*fn)(unsigned long, int))
{
	int ret = set_memory_ro(1, 1);
	if (!can_set_direct_map() && IS_ENABLED(CONFIG_Y))
		set_memory_x(2, 1);
	return ret;
}
#define M(a) set_memory_nx(a, 1)
struct ops o = { .set = set_memory_rw };
#endif
"""


def open_index(file: Path, *, stamp: str = "one", today: int = 5, most: int = 1 << 20) -> Index:
    return Index(file, stamp=stamp, today=today, most_bytes=most)


def test_a_record_comes_back_as_it_was() -> None:
    """Facts, conditions and escapes survive being stored."""
    record = FileRecord(facts=read_file("a.c", CODE.encode(), names=FAMILY), mixed=("f",),
                        escapes=(Escape(name="set_memory_rw", line=10, function="", kind="other"),))
    assert record.facts.calls
    assert record.facts.macros
    assert load(FileRecord, dump(record)) == record


def test_damaged_records_are_not_there() -> None:
    """Bytes that are no record give nothing, never an error."""
    data = dump(FileRecord(facts=read_file("a.c", CODE.encode(), names=FAMILY)))
    assert load(FileRecord, data[:-9]) is None
    assert load(FileRecord, b"") is None
    assert load(FileRecord, dump(("a", "b"))) is None


def test_entries_stay_for_the_next_run(tmp_path: Path) -> None:
    """What one run puts in, the next gets."""
    file = tmp_path / "deep/er/index.sqlite"
    with open_index(file) as index:
        index.put({"a": b"1", "b": b"2"})
    with open_index(file) as index:
        assert index.get(["a", "b", "c"]) == {"a": b"1", "b": b"2"}
        assert index.notes == []


def test_other_rules_empty_it(tmp_path: Path) -> None:
    """An index made with another stamp starts anew and says so."""
    with open_index(tmp_path / "i") as index:
        index.put({"a": b"1"})
    with open_index(tmp_path / "i", stamp="two") as index:
        assert index.get(["a"]) == {}
        assert index.notes == ["the cache was made with other rules or another version and starts anew"]


def test_the_stamp_follows_the_rule_files(tmp_path: Path) -> None:
    """A changed rule file or version changes the stamp; the order of files does not."""
    one, two = tmp_path / "a.toml", tmp_path / "b.toml"
    one.write_text("x")
    two.write_text("y")
    before = stamp_of([one, two], ["1"])
    assert stamp_of([two, one], ["1"]) == before
    assert stamp_of([one, two], ["2"]) != before
    two.write_text("z")
    assert stamp_of([one, two], ["1"]) != before


def test_a_damaged_file_is_rebuilt(tmp_path: Path) -> None:
    """Garbage in place of the file costs the cache, not the run."""
    file = tmp_path / "i"
    file.write_bytes(b"this is no database" * 500)
    with open_index(file) as index:
        index.put({"a": b"1"})
        assert index.get(["a"]) == {"a": b"1"}
        assert index.notes == ["the cache was damaged and starts anew"]


def test_damage_in_the_middle_is_survived(tmp_path: Path) -> None:
    """Pages overwritten inside the file are noticed when they are read; the run goes on and can keep things again."""
    file = tmp_path / "i"
    with open_index(file) as index:
        index.put({f"{number:04}": b"x" * 3000 for number in range(200)})
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(bytes(data))
    with open_index(file) as index:
        assert index.get(["0001"]) == {}
        index.put({"a": b"1"})
        assert index.get(["a"]) == {"a": b"1"}
        assert index.notes


def test_a_folder_that_cannot_be_made_means_no_cache(tmp_path: Path) -> None:
    """Where nothing can be written, the run works without."""
    (tmp_path / "file").write_text("")
    with open_index(tmp_path / "file/index") as index:
        index.put({"a": b"1"})
        assert index.get(["a"]) == {}
        assert index.notes[0].startswith("no cache: ")


def test_no_file_means_no_cache() -> None:
    """Without a file nothing is kept and nothing is said."""
    with Index(None, stamp="", today=0) as index:
        index.put({"a": b"1"})
        assert index.get(["a"]) == {}
        assert index.notes == []


def test_it_stays_within_its_size(tmp_path: Path) -> None:
    """Past its size, the entries that were not used for longest go."""
    file = tmp_path / "i"
    for today in range(1, 5):
        with open_index(file, today=today, most=4000) as index:
            index.get(["day 1"])
            index.put({f"day {today}": b"x" * 1000})
    with open_index(file, today=5, most=4000) as index:
        index.put({"day 5": b"x" * 1000})
    with open_index(file, today=5, most=4000) as index:
        kept = index.get([f"day {today}" for today in range(1, 6)])
    assert "day 2" not in kept
    assert {"day 1", "day 4", "day 5"} <= set(kept)


def test_two_runs_at_once_get_along(tmp_path: Path) -> None:
    """Writers at the same time lose nothing and do not fail, also when each of them finds no file yet."""
    def write(file: Path, name: str) -> None:
        with open_index(file) as index:
            for number in range(20):
                index.put({f"{name}{number}": b"x"})
            notes.extend(index.notes)

    notes: list[str] = []
    for again in range(30):
        file = tmp_path / f"{again}"
        threads = [threading.Thread(target=write, args=(file, name)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with open_index(file) as index:
            assert len(index.get([f"{name}{number}" for name in "abcd" for number in range(20)])) == 80
        assert notes == []


def test_a_locked_file_is_left_alone(tmp_path: Path, monkeypatch) -> None:
    """A run that cannot write in time goes on without writing."""
    monkeypatch.setattr("reviewbot.cfacts.index._PATIENCE", 0.05)
    with open_index(tmp_path / "i") as index:
        other = sqlite3.connect(tmp_path / "i", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        index.put({"a": b"1"})
        other.execute("ROLLBACK")
        other.close()
        assert index.notes == ["the cache was not written: database is locked"]


def test_a_second_scan_parses_only_what_changed(tmp_path: Path) -> None:
    """Facts are kept by content: a changed file is parsed, a file with known content at another place is not."""
    tree = unpack(tmp_path / "tree", {"mm/a.c": CODE, "mm/b.c": "void g(void)\n{\n\tset_memory_ro(1, 1);\n}\n"})
    with open_index(tmp_path / "i") as index:
        first = scan(tree, index=index)
        assert first.parsed == 2
        again = scan(tree, index=index)
        assert replace(again, parsed=2) == first
        assert again.parsed == 0
        unpack(tmp_path / "tree", {"mm/b.c": "void g(void)\n{\n\n\tset_memory_ro(1, 1);\n}\n", "net/copy.c": CODE})
        last = scan(tree, index=index)
    assert last.parsed == 1
    assert [(one.path, one.call.span.line) for one in last.calls if one.path != "mm/a.c"] == [
        ("mm/b.c", 4), ("net/copy.c", 4), ("net/copy.c", 5), ("net/copy.c", 6), ("net/copy.c", 9)]
