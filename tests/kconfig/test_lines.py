"""Single lines of Kconfig files, as patches show them."""

from __future__ import annotations

import pytest

from reviewbot.kconfig.lines import entry_named, is_kconfig, selected


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
