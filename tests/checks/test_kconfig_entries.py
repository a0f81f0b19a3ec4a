"""Lines of Kconfig files that set a symbol are read as kernels write them."""

from __future__ import annotations

from reviewbot.checks.kconfig_entries import set_by
from reviewbot.source import MemoryTree

FILE = ("config A\n\tbool\n\tselect WIDE \\\n\t\tif $(cc-option,-x)\n\tselect PLAIN if  B\n\ncommand\nconfig VALUE\n"
        "\tdefault C || D if E\n\thelp\n\t  default. You can select PROSE.\n\t  select PROSE.\n")


def test_each_line_gives_its_symbol() -> None:
    """A select that goes on in the next line is one; a condition behind several words is read; prose gives nothing."""
    tree = MemoryTree({"Kconfig": FILE})
    found = {name: [(one.line, one.when) for one in set_by(tree, name, "x86")]
             for name in ("WIDE", "PLAIN", "VALUE", "PROSE")}
    assert found == {"WIDE": [(3, "")], "PLAIN": [(5, "B")], "VALUE": [(9, "E")], "PROSE": []}
