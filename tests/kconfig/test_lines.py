"""Single lines of Kconfig files, as patches show them."""

from __future__ import annotations

import pytest

from reviewbot.kconfig.lines import decides, entries_in, entry_named, is_kconfig, read_line, says_the_default, selected


@pytest.mark.parametrize(("line", "name"), [
    ("config FAST_MAP", "FAST_MAP"), ("menuconfig\tFAST_MAP # all of it", "FAST_MAP"), ("  config INNER", "INNER"),
    ("config", ""), ("configure it", ""), ("	  config FAST_MAP is what to say", ""), ("choice", "")])
def test_which_entry_a_line_begins(line: str, name: str) -> None:
    """A name alone behind the word; a sentence of a help text begins none."""
    assert entry_named(line) == name


@pytest.mark.parametrize(("line", "found"), [
    ("\tselect ARCH_HAS_SET_MEMORY", ("ARCH_HAS_SET_MEMORY", "")),
    ("\tselect A if B && !C  # why", ("A", "B && !C")),
    ("select A", None), ("\timply A", None), ("\tselect A B", None)])
def test_what_a_line_selects(line: str, found: tuple[str, str] | None) -> None:
    """The symbol, and the condition behind its `if`."""
    assert selected(line) == found


def test_which_files_are_kconfig() -> None:
    """By their own name, wherever they are; a folder of that name says nothing."""
    assert [is_kconfig(path) for path in ("Kconfig", "arch/x86/Kconfig.debug", "Kconfig/Makefile", "mm/fake.Kconfig")
            ] == [True, True, False, False]


@pytest.mark.parametrize(("line", "said"), [
    ("menuconfig A # all", ("menuconfig", "A", False)), ("  if A", ("if", "A", True)),
    ("\tdepends  on A && !B # why", ("depends on", "A && !B", True)), ("endif # A", ("endif", "", False)),
    ("\tdef_bool y if A", ("def_bool", "y if A", True)),
    ("\tbool \"a text\"", ("bool", '"a text"', True)), ("\tselecting things", None),
    ("\tdefault. You can", None), ("configure", None), ("", None)])
def test_what_a_line_says(line: str, said: tuple[str, str, bool] | None) -> None:
    """Its word, what stands behind it without the comment, and whether it is indented."""
    found = read_line(line)
    assert (found and (found.word, found.rest, found.indented)) == said


@pytest.mark.parametrize(("line", "given", "value"), [
    ("\timply A if B", ("A", "B"), None), ("\tselect A", ("A", ""), None), ("\tselect A B", None, None),
    ("\tdefault y if\tB", None, ("y", "B")), ("\tdefault y", None, ("y", None))])
def test_what_a_line_gives(line: str, given: tuple[str, str] | None, value: tuple[str, str | None] | None) -> None:
    """A symbol of another entry, or a value of its own; each with the condition behind `if`."""
    found = read_line(line)
    assert found is not None
    assert found.gives() == given
    if value:
        assert found.value() == value


@pytest.mark.parametrize(("line", "sets"), [
    ("\tselect A if B", "A"), ("\timply A \\", "A"), ("\tdefault A", ""), ("config A", "")])
def test_what_a_line_sets(line: str, sets: str) -> None:
    """The symbol of a `select` or `imply`, though its condition goes on in the next line."""
    found = read_line(line)
    assert found is not None
    assert found.sets == sets


@pytest.mark.parametrize(("line", "whether"), [
    ("\tdepends on A", True), ("endif", True), ("menuconfig A", True), ("\tbool", True), ("\thelp", False),
    ("comment \"for people\"", False), ("\t  Say Y here.", False), ("", False)])
def test_which_lines_decide(line: str, whether: bool) -> None:
    """Texts for people decide nothing."""
    assert decides(line) is whether


def test_which_entries_a_file_has() -> None:
    """Every line that begins one, wherever it stands."""
    assert [*entries_in(b"config A\n\tbool\n\n  menuconfig B\nconfiguration C\n")] == ["A", "B"]


@pytest.mark.parametrize(("line", "expected"), [("	default n", True), ("	default n # as ever", True),
                                                ("	default n if EXPERT", False), ("	default y", False)])
def test_a_default_of_n_says_nothing(line: str, expected: bool) -> None:
    """It is what an option is without it, unless another default stands beside it."""
    lines = ["config FIRST", "	bool \"first\"", line, "", "config LAST", "	bool", "	default y"]
    assert says_the_default(lines, 3) is expected
    assert not says_the_default([*lines[:3], "	default y if FAST", *lines[3:]], 3)
