"""An option without a prompt is named by the one that a person sets, where the two are always set together."""

from __future__ import annotations

import pytest

from reviewbot.kconfig import KernelConfig
from reviewbot.review.chosen import by_hand
from reviewbot.source import MemoryTree

HIDDEN = "config DEMO_HAS_FORCE\n\tbool\n\n"
ONE = 'config DEMO_ENCRYPT\n\tbool "encrypt"\n\tselect DEMO_HAS_FORCE\n\n'
MORE = 'config DEMO_GUEST\n\tbool "guest"\n\tselect DEMO_HAS_FORCE\n\n'
BETWEEN = ONE.replace("DEMO_HAS_FORCE", "DEMO_COMMON") + "config DEMO_COMMON\n\tbool\n\tselect DEMO_HAS_FORCE\n"


@pytest.mark.parametrize(("kconfig", "said"), [
    (HIDDEN + ONE, "DEMO_ENCRYPT"),
    (HIDDEN + BETWEEN, "DEMO_ENCRYPT"),
    (HIDDEN + ONE + MORE, "DEMO_HAS_FORCE"),
    (HIDDEN.replace("bool", 'bool "force"') + ONE, "DEMO_HAS_FORCE"),
    (HIDDEN + ONE.replace("FORCE", "FORCE if DEMO_GUEST") + 'config DEMO_GUEST\n\tbool "guest"\n', "DEMO_HAS_FORCE"),
])
def test_the_option_that_decides_a_hidden_one(kconfig: str, said: str) -> None:
    """Of several that may decide it none is named, nor is one that decides it in part."""
    tree = MemoryTree({"Kconfig": b'source "arch/$(SRCARCH)/Kconfig"\n', "Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n",
                       "arch/x86/Kconfig": f"config X86\n\tdef_bool y\n\n{kconfig}".encode()})
    assert by_hand(KernelConfig(tree), "x86", {"DEMO_HAS_FORCE": "y", "X86": "y"}) == {said: "y", "X86": "y"}
