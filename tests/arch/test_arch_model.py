"""Which facts answer for a symbol on an architecture in a release."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_model import DEMO, load_small

from reviewbot.arch import Model, build_arch_page, parse_version
from reviewbot.arch.query import query
from reviewbot.errors import UsageError


def _statuses(model: Model, arch: str, symbol: str, release: str) -> list[tuple[str, str, str]]:
    return [(fact.arch, fact.status, fact.condition) for fact in model.fact(arch, symbol, parse_version(release))]


def test_own_facts_replace_the_generic_ones(tmp_path: Path) -> None:
    """What the architecture says itself is all there is."""
    assert _statuses(load_small(tmp_path), "demo", "set_memory_ro", "6.1") == [("demo", "real", "")]


def test_generic_facts_can_stay_as_the_other_variant(tmp_path: Path) -> None:
    """`otherwise = "generic"` keeps the fallback after the own fact."""
    assert _statuses(load_small(tmp_path), "demo", "set_memory_ro", "6.12") == [
        ("demo", "real", "ARCH_HAS_SET_MEMORY"), ("demo", "stub", "!ARCH_HAS_SET_MEMORY")]


def test_generic_facts_can_come_first(tmp_path: Path) -> None:
    """`before = "generic"` makes the fallback the ordinary case."""
    model = load_small(tmp_path, demo=DEMO.replace("otherwise", "before"))
    assert [status for _, status, _ in _statuses(model, "demo", "set_memory_ro", "6.12")] == ["stub", "real"]


def test_an_architecture_without_a_file_has_the_generic_facts(tmp_path: Path) -> None:
    """Architectures about which there is nothing to say are part of the model."""
    model = load_small(tmp_path)
    assert model.arches == ("bare", "demo")
    assert _statuses(model, "bare", "set_memory_ro", "6.12") == [("bare", "stub", "!ARCH_HAS_SET_MEMORY")]
    assert _statuses(model, "bare", "set_memory_np", "6.12") == [("bare", "undeclared", "")]


@pytest.mark.parametrize(("asked", "answered"), [("4.19", "5.10"), ("5.10", "5.10"), ("6.5", "6.5"), ("9.1", "6.12")])
def test_the_nearest_known_release_answers(tmp_path: Path, asked: str, answered: str) -> None:
    """Before the first and after the last known release the model answers as these."""
    model = load_small(tmp_path)
    assert str(model.nearest(parse_version(asked))) == answered
    assert model.fact("demo", "set_memory_ro", parse_version(asked))


def test_an_unknown_symbol_has_no_facts(tmp_path: Path) -> None:
    """A symbol that no file names is not part of the model."""
    assert load_small(tmp_path).fact("demo", "kmalloc", parse_version("6.12")) == ()


def test_a_query_has_the_fields_of_the_contract_in_order(tmp_path: Path) -> None:
    """Scripts rely on the names of the fields."""
    row = query(load_small(tmp_path), ["demo"], [parse_version("6.1")], ["set_memory_ro"])[0]
    assert list(row) == ["version", "arch", "symbol", "status", "defined_in", "condition", "returns", "may_fail",
                         "errnos", "noop_when", "splits", "split_alloc", "partial_on_failure", "flushes", "sleeps",
                         "alias", "evidence"]
    assert (row["errnos"], row["may_fail"], row["defined_in"]) == (["ENOMEM"], True, "arch/demo/mm/pageattr.c")
    assert row["evidence"] == [
        {"kind": "model", "file": "arch/demo/mm/pageattr.c", "line": 0,
         "text": "change_attr(): if (!table) return -ENOMEM;", "rev": ""},
        {"kind": "model", "file": "arch/demo/mm/pageattr.c", "line": 0,
         "text": "set_memory_ro() calls change_attr() calls flush_range()", "rev": ""}]


def test_the_ordinary_variant_is_the_last_row_of_a_query(tmp_path: Path) -> None:
    """A script that keeps one row a function by assignment keeps the ordinary configuration's."""
    rows = query(load_small(tmp_path), ["demo"], [parse_version("6.12")], ["set_memory_ro"])
    assert [row["status"] for row in rows] == ["stub", "real"]


def test_an_empty_query_asks_for_everything_known(tmp_path: Path) -> None:
    """Left out means all: releases that were read, architectures, functions, sorted."""
    rows = query(load_small(tmp_path), [], [], [])
    keys = [(str(row["version"]), str(row["arch"]), str(row["symbol"])) for row in rows]
    assert {key[0] for key in keys} == {"5.10", "6.12"}
    assert keys == sorted(keys, key=lambda key: (parse_version(key[0]), key[1], key[2]))


def test_an_unknown_name_is_answered_with_the_nearest_ones(tmp_path: Path) -> None:
    """A misspelt function or architecture is one line with a hint."""
    with pytest.raises(UsageError, match="did you mean set_memory_ro"):
        query(load_small(tmp_path), [], [], ["set_memry_ro"])
    with pytest.raises(UsageError, match="it knows bare, demo"):
        query(load_small(tmp_path / "again"), ["sparc32"], [], [])


def test_the_page_marks_what_did_not_change(tmp_path: Path) -> None:
    """The table over releases shows a change where there is one."""
    page = build_arch_page(load_small(tmp_path), "demo")
    rows = {row.symbols: [(cell.word, cell.same) for cell in row.cells] for row in page.sections[0].table}
    assert rows == {
        ("set_memory_ro",): [("ENOMEM", False), ("ENOMEM (with ARCH_HAS_SET_MEMORY)", False)],
        ("set_memory_rw",): [("stub", False), ("stub", True)]}
    assert page.sections[0].stubs == (("!ARCH_HAS_SET_MEMORY", ("set_memory_ro", "set_memory_rw")),)
