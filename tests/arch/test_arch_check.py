"""Anchors held against a tree: they hold, have moved, or are gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_model import DEMO, HEADER, SOURCE, load_small

from reviewbot.arch import Check, Model, parse_version
from reviewbot.arch.check import check
from reviewbot.source import MemoryTree

PAGEATTR = "arch/demo/mm/pageattr.c"
FALLBACK = "include/linux/set_memory.h"


def _check(model: Model, release: str = "6.1", **files: str) -> list[Check]:
    tree = MemoryTree({PAGEATTR: SOURCE, FALLBACK: HEADER} | files)
    return list(check(model, tree, arches=["demo"], version=parse_version(release)))


def _broken(checks: list[Check]) -> list[tuple[str, str, str, int]]:
    return [(item.subject, item.outcome, item.why, item.line) for item in checks if item.outcome != "holds"]


def test_everything_holds_in_the_tree_it_was_read_from(tmp_path: Path) -> None:
    """Each anchor holds and names the line where it stands."""
    checks = _check(load_small(tmp_path))
    assert [(item.arch, item.subject, item.outcome, item.line) for item in checks] == [
        ("*", "set_memory_ro", "holds", 2), ("*", "set_memory_rw", "holds", 3), ("*", "set_memory_np", "holds", 1),
        ("demo", "set_memory_ro", "holds", 6), ("demo", "set_memory_ro", "holds", 16),
        ("demo", "set_memory_ro", "holds", 12)]


@pytest.mark.parametrize(("old", "new", "broken"), [
    ("return -ENOMEM;", "return -EAGAIN;", ("gone", "the code is not there")),
    ("flush_range(addr, addr + n * PAGE_SIZE);", ";", ("gone", "change_attr() does not call flush_range()")),
    ("return change_attr(addr, n);", "return 0;", ("gone", "set_memory_ro() does not call change_attr()")),
    ("int set_memory_ro(", "void set_memory_ro(", ("gone", "the code is not there"))])
def test_an_edit_breaks_what_rests_on_it_and_nothing_else(tmp_path: Path, old: str, new: str,
                                                         broken: tuple[str, str]) -> None:
    """One edit of the code gives exactly one broken anchor."""
    found = _broken(_check(load_small(tmp_path), **{PAGEATTR: SOURCE.replace(old, new)}))
    assert [(outcome, why) for _, outcome, why, _ in found] == [broken]


def test_the_returned_type_needs_no_anchor_of_its_own(tmp_path: Path) -> None:
    """A real function that returns something else now breaks the field, though nobody wrote an anchor for it."""
    checks = _check(load_small(tmp_path), **{PAGEATTR: SOURCE.replace("int set_memory_ro(", "void set_memory_ro(")})
    assert [item.anchor.holds_for for item in checks if item.outcome != "holds"] == [("returns",)]


def test_a_function_for_boot_is_one(tmp_path: Path) -> None:
    """Where a fact says that a function is for boot alone, it has to be `__init`, and elsewhere it must not be."""
    boot = "int __init set_memory_ro("
    for number, (said, code, broken) in enumerate((
            ("boot = true\n", boot, []), ("boot = true\n", "int set_memory_ro(", [("returns",)]),
            ("", boot, [("returns",)]))):
        model = load_small(tmp_path / str(number), demo=DEMO.replace('alias = "both"\n', f'alias = "both"\n{said}'))
        checks = _check(model, **{PAGEATTR: SOURCE.replace("int set_memory_ro(", code)})
        assert [item.anchor.holds_for for item in checks if item.outcome != "holds"] == broken


def test_a_function_that_is_gone_is_not_found_in_a_stub(tmp_path: Path) -> None:
    """Generic code has a stub of the same name; an architecture's function has not moved there."""
    found = _broken(_check(load_small(tmp_path), **{PAGEATTR: SOURCE.replace("set_memory_ro(", "set_memory_rox(")}))
    assert [(outcome, why) for _, outcome, why, _ in found] == [("gone", "the file does not define set_memory_ro")] * 2


def test_code_in_another_function_has_moved(tmp_path: Path) -> None:
    """What another function of the file has now is named with its place."""
    moved = SOURCE.replace("if (!table)\n\t\treturn -ENOMEM;", "").replace(
        "if (n == 0)\n\t\treturn 0;", "if (!table)\n\t\treturn -ENOMEM;")
    item = next(item for item in _check(load_small(tmp_path), **{PAGEATTR: moved}) if item.outcome != "holds")
    assert (item.outcome, item.file, item.function, item.line) == ("moved", PAGEATTR, "set_memory_ro", 13)


def test_the_same_code_in_an_unrelated_function_does_not_count(tmp_path: Path) -> None:
    """A guard that one function lost is not found in its neighbour."""
    twins = SOURCE.replace("if (!table)\n\t\treturn -ENOMEM;", "") + (
        "int set_memory_x(unsigned long addr, int n)\n{\n\tif (!table)\n\t\treturn -ENOMEM;\n\treturn 0;\n}\n")
    assert [outcome for _, outcome, _, _ in _broken(_check(load_small(tmp_path), **{PAGEATTR: twins}))] == ["gone"]


def test_a_renamed_function_has_moved(tmp_path: Path) -> None:
    """When the file does not define the function any more, its code is looked for in all others of the file."""
    found = _check(load_small(tmp_path), **{PAGEATTR: SOURCE.replace("change_attr", "change_page_attr")})
    assert [(item.outcome, item.function) for item in found if item.arch == "demo"] == [
        ("moved", "change_page_attr"), ("gone", "set_memory_ro"), ("holds", "set_memory_ro")]


def test_a_function_in_another_file_has_moved(tmp_path: Path) -> None:
    """What a rename of the file took along is found by its name."""
    demo = DEMO.replace('path = ["change_attr", "flush_range"]', 'has = "return change_attr(addr, n);"')
    checks = _check(load_small(tmp_path, demo=demo), **{PAGEATTR: "", "arch/demo/mm/set_memory.c": SOURCE})
    assert [(item.outcome, item.file, item.line) for item in checks if item.arch == "demo"] == [
        ("moved", "arch/demo/mm/set_memory.c", 6), ("moved", "arch/demo/mm/set_memory.c", 16),
        ("moved", "arch/demo/mm/set_memory.c", 12)]


def test_a_chain_of_calls_in_another_file_has_moved(tmp_path: Path) -> None:
    """The function that a chain starts with is found in another file of the architecture, with what it calls."""
    checks = _check(load_small(tmp_path), **{PAGEATTR: "", "arch/demo/mm/set_memory.c": SOURCE})
    assert [(item.outcome, item.file, item.line) for item in checks if item.anchor.path] == [
        ("moved", "arch/demo/mm/set_memory.c", 16)]


def test_each_arm_has_the_returned_type(tmp_path: Path) -> None:
    """Of several definitions under `#if` none may return something else."""
    arms = f"#ifdef CONFIG_DEMO\n{SOURCE}#else\nvoid set_memory_ro(unsigned long addr, int n)\n{{\n}}\n#endif\n"
    found = [item for item in _check(load_small(tmp_path), **{PAGEATTR: arms}) if item.outcome != "holds"]
    assert [(item.anchor.holds_for, item.why) for item in found] == [
        (("returns",), "'void set_memory_ro(' stands there")]


def test_what_must_not_stand_there_is_shown(tmp_path: Path) -> None:
    """A `lacks` that fails names the line of what is there now."""
    header = HEADER + "int set_memory_np(unsigned long addr, int n);\n"
    found = _broken(_check(load_small(tmp_path), **{FALLBACK: header}))
    assert found == [("set_memory_np", "gone", "'set_memory_np' stands there", 5)]


def test_a_missing_file_is_gone(tmp_path: Path) -> None:
    """A tree without the file has none of it."""
    tree = MemoryTree({FALLBACK: HEADER})
    checks = check(load_small(tmp_path), tree, arches=["demo"], version=parse_version("6.1"))
    assert [(item.outcome, item.why) for item in checks if item.arch == "demo"] == [
        ("gone", "there is no such file")] * 3


def test_only_the_facts_of_the_release_are_checked(tmp_path: Path) -> None:
    """A fact whose range ended is not held against a newer tree."""
    assert [item.condition for item in _check(load_small(tmp_path), "6.12") if item.arch == "demo"] == [
        "ARCH_HAS_SET_MEMORY"] * 3
