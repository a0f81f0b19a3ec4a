"""Facts about contents that are kept from one run to the next."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.cfacts import read_file
from reviewbot.cfacts.index import Index
from reviewbot.source.recalled import DAMAGED, recalled, recalling, values_in

CODE = b"int f(void)\n{\n#ifdef CONFIG_A\n\tif (!g())\n\t\treturn set_x();\n#endif\n\treturn 0;\n}\n"


def opened(folder: Path) -> Index:
    return Index(folder / "index.sqlite", stamp="rules", today=1)


def facts_of(data: bytes, made: list[bytes]) -> object:
    def make() -> object:
        made.append(data)
        return read_file("a.c", data, names=frozenset({"set_x"}))

    return recalled("file", ("a.c", data), make)


def test_a_fact_is_worked_out_once_for_all_runs(tmp_path: Path) -> None:
    """The next run finds it as it was; another content, another kind or another program has its own."""
    made: list[bytes] = []
    with opened(tmp_path) as index, recalling(index, "one"):
        first = facts_of(CODE, made)
    with opened(tmp_path) as index, recalling(index, "one"):
        assert facts_of(CODE, made) == first == read_file("a.c", CODE, names=frozenset({"set_x"}))
        assert made == [CODE]
        assert facts_of(CODE + b"\n", made) is not None
        assert recalled("other", ("a.c", CODE), lambda: None) is None
    assert made == [CODE, CODE + b"\n"]
    with opened(tmp_path) as index, recalling(index, "two"):
        assert facts_of(CODE, made) == first
    assert made[2:] == [CODE]
    facts_of(CODE, made)
    with recalling(None, "one"):
        facts_of(CODE, made)
    assert made[3:] == [CODE, CODE]


@pytest.mark.parametrize("harm", [lambda data: b"", lambda data: data[:-1], lambda data: data[:8] + b"x" + data[9:],
                                  lambda data: data[9:]])
def test_a_damaged_fact_is_worked_out_again(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    """Bytes that nothing of ours wrote are never taken for a fact, and the next run has a sound one again."""
    made: list[bytes] = []
    with opened(tmp_path) as index, recalling(index, "one"):
        first = facts_of(CODE, made)
    with sqlite3.connect(tmp_path / "index.sqlite") as base:
        rows = base.execute("SELECT name, data FROM entry").fetchall()
        assert len(rows) == 1
        base.executemany("UPDATE entry SET data = ? WHERE name = ?", [(harm(data), name) for name, data in rows])
    base.close()
    for _ in range(2):
        with opened(tmp_path) as index, recalling(index, "one"):
            assert facts_of(CODE, made) == first
    assert made == [CODE, CODE]


def test_only_values_of_the_program_are_read() -> None:
    """What another has put into the cache calls nothing."""
    for value in (Path("x"), print, read_file, Index):
        with pytest.raises(DAMAGED):
            values_in(pickle.dumps(value).replace(b"reviewbot.cfacts.index", b"reviewbot.review.memos", 1))
    through = b"\x80\x04\x8c\x19reviewbot.source.recalled\x8c\x0cpickle.loads\x93."
    with pytest.raises(DAMAGED):
        values_in(through)
    assert values_in(pickle.dumps((1, frozenset({"a"}), {"b": [b"c"]}))) == (1, frozenset({"a"}), {"b": [b"c"]})


def test_an_error_is_no_fact(tmp_path: Path) -> None:
    """What fails is tried again, and the error goes to the one who asked."""
    def fail() -> None:
        raise ValueError("no")

    for _ in range(2):
        with opened(tmp_path) as index, recalling(index, "one"), pytest.raises(ValueError, match="no"):
            recalled("file", ("a",), fail)
