"""Options of Kconfig files with their prompts and what they ask for."""

from __future__ import annotations

from reviewbot.checks.kconfig_options import options_asking, options_in
from reviewbot.source import MemoryTree

KCONFIG = b"""\
config ARCH_HAS_DEMO
	bool

config DEMO
	bool "Show the demo"
	depends on ARCH_HAS_DEMO && MMU
	depends on !SMALL
	help
	depends on nothing else.

menu "More"

config DEMO_MORE
	tristate
	prompt "More of it"
	depends on DEMO
endmenu
"""


def test_an_option_has_its_prompt_and_what_its_own_lines_ask_for() -> None:
    """A help text asks for nothing, and an entry ends where another word stands in the first column."""
    found = [(one.name, one.line, one.prompt, sorted(one.asked)) for one in options_in("mm/Kconfig", KCONFIG)]
    assert found == [("ARCH_HAS_DEMO", 1, "", []), ("DEMO", 4, "Show the demo", ["ARCH_HAS_DEMO", "MMU", "SMALL"]),
                     ("DEMO_MORE", 13, "More of it", ["DEMO"])]


def test_options_are_found_by_what_they_ask_for() -> None:
    """The entry of the symbol itself is among them."""
    tree = MemoryTree({"mm/Kconfig": KCONFIG, "lib/Kconfig": b"config OTHER\n\tbool \"Other\"\n"})
    assert [one.name for one in options_asking(tree, ["ARCH_HAS_DEMO"])] == ["ARCH_HAS_DEMO", "DEMO"]
