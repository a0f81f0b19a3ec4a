"""An option that goes where the log says that it goes is what the patch is for."""

from __future__ import annotations

import pytest
from one_patch import review

KCONFIG = """config 64BIT
	bool "64-bit kernel"

config X86_64
	def_bool y
	depends on 64BIT

config X86
	def_bool y
	select ARCH_HAS_DEMO_PTDUMP
"""
FILES = {
    "Kconfig": 'mainmenu "Demo"\nsource "arch/$(SRCARCH)/Kconfig"\nsource "mm/Kconfig"\n',
    "mm/Kconfig": "config ARCH_HAS_DEMO_PTDUMP\n\tbool\n\nconfig DEMO_PTDUMP\n\tbool \"Show the page tables\"\n"
                  "\tdepends on ARCH_HAS_DEMO_PTDUMP\n",
}


@pytest.mark.parametrize(("text", "asked"), [
    ("Move a select.", 1),
    ("Select ARCH_HAS_DEMO_PTDUMP with CONFIG_64BIT only.", 0),
])
def test_what_the_log_takes_away_is_not_asked_about(text: str, asked: int) -> None:
    """The log names the symbol and what tells the kernels apart; one that says less is asked."""
    after = KCONFIG.replace("DEMO_PTDUMP\n", "DEMO_PTDUMP if 64BIT\n")
    found = review(KCONFIG, after, path="arch/x86/Kconfig", files=FILES, text=text)
    assert [one.message for one in found.findings if one.rule == "option-lost-on-arch"] == asked * [
        ("'DEMO_PTDUMP' can no longer be set on x86 without 64BIT: it needs 'ARCH_HAS_DEMO_PTDUMP', which nothing sets "
         "there.")]
