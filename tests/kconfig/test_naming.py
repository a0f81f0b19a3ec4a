"""Kconfig files that name a symbol."""

from __future__ import annotations

from reviewbot.kconfig.naming import files_naming
from reviewbot.source import MemoryTree


def test_files_of_the_kernel_are_named_and_not_those_of_its_tools() -> None:
    """A symbol is found as a word, in Kconfig files of the kernel's own folders."""
    tree = MemoryTree({"mm/Kconfig": b"config A_B\n", "lib/Kconfig.debug": b"\tselect A_B\n", "mm/a.c": b"A_B",
                       "arch/x/Kconfig": b"config A\n", "scripts/test/Kconfig": b"config A_B\n",
                       "Kconfig": b"config TOP\n"})
    assert files_naming(tree, {"A_B"}) == ("lib/Kconfig.debug", "mm/Kconfig")
    assert files_naming(tree, {"TOP", "A_B"}) == ("Kconfig", "lib/Kconfig.debug", "mm/Kconfig")
