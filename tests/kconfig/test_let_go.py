"""Tests of what the parser leaves behind."""

from __future__ import annotations

import gc

from reviewbot.kconfig.reading import read_model

TEXT = """config A
\tbool "a"
\tdepends on B
\tselect C
if B
choice
\tprompt "which"
config X
\tbool "x"
config Y
\tbool "y"
endchoice
endif
config B
\tdef_bool y if C
config C
\tbool
config R
\tint
\trange 1 5 if B
\tdefault 3
OWN := 4
"""


def test_a_parsed_kconfig_leaves_nothing_for_the_cycle_collector() -> None:
    """A review parses some hundred parts of Kconfig; what is done with goes at once."""
    read_model({"Kconfig": TEXT}.get, surroundings={"SRCARCH": "x86"})
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        model = read_model({"Kconfig": TEXT}.get, surroundings={"SRCARCH": "x86"})
        assert gc.collect() == 0
    finally:
        if was_on:
            gc.enable()
    assert model.complete
    assert {"A", "X", "Y", "R"} <= model.symbols.keys()
