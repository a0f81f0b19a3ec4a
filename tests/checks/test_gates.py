"""The lines that ask for a configuration: which they are, and what holds already where they stand."""

from __future__ import annotations

from reviewbot.cfacts import read_file
from reviewbot.checks.gates import ENABLED, Gate, kconfig_gates, option_gates, preprocessor_gates

C = b"""\
#ifdef CONFIG_MMU
#if defined(CONFIG_SMP) || defined(CONFIG_DEMO)
int a;
#elif IS_ENABLED(CONFIG_VAULT) && \\
	!defined(CONFIG_XIP)
int b;
#else
#error "neither"
#endif
#endif
#ifndef CONFIG_64BIT
#error "only for 64 bits"
#endif
#ifdef __ASSEMBLY__
#endif
int demo(int x)
{
	if (!IS_ENABLED(CONFIG_MMU))
		return 0;
	BUILD_BUG_ON(!IS_ENABLED(CONFIG_64BIT));
	if (x && IS_BUILTIN(CONFIG_VAULT))
		return 1;
	return IS_ENABLED(CONFIG_SMP);
}
"""

KCONFIG = b"""\
menu "Demo"
	depends on NET

config OUTER
	bool "Outer"
	select VAULT if MMU
	help
		This help
			depends on nothing.

if OUTER

config INNER
	tristate "Inner"
	depends on USB
	depends on PCI || !PCI
	depends on MMU=y
	select ARCH_HAS_DEMO
	depends on !SMP

choice
	prompt "Which"
	depends on USB

endchoice

endif
endmenu

config LAST
	bool
	depends on USB && NET
"""


def _shown(gates: list[Gate]) -> list[tuple[int, str, str, str]]:
    return [(gate.line, str(gate.around), str(gate.holds), str(gate.fails)) for gate in gates]


def test_if_lines_stand_under_those_around_and_before_them() -> None:
    """An #elif stands under the #if's contrary; where #else or the arm itself only refuses, that way is not asked."""
    assert _shown(list(preprocessor_gates(C, range(1, 30)))) == [
        (1, "1", "CONFIG_MMU", "!CONFIG_MMU"),
        (2, "CONFIG_MMU", "CONFIG_DEMO || CONFIG_SMP", "!CONFIG_DEMO && !CONFIG_SMP"),
        (4, "!CONFIG_DEMO && !CONFIG_SMP && CONFIG_MMU",
         "!CONFIG_DEMO && !CONFIG_SMP && !CONFIG_XIP && (CONFIG_VAULT || CONFIG_VAULT_MODULE)", "None"),
        (11, "1", "None", "CONFIG_64BIT"),
    ]


def test_tests_stand_under_those_that_come_first() -> None:
    """What an early return leaves holds behind it; an assertion is no gate."""
    facts = read_file("demo.c", C, names=frozenset(ENABLED), returns={})
    assert [(gate.line, gate.text, str(gate.around)) for gate in option_gates(facts, range(1, 30))] == [
        (18, "IS_ENABLED(CONFIG_MMU)", "1"),
        (21, "IS_BUILTIN(CONFIG_VAULT)", "CONFIG_MMU || CONFIG_MMU_MODULE"),
        (23, "IS_ENABLED(CONFIG_SMP)",
         "CONFIG_MMU || CONFIG_MMU_MODULE"),
    ]


def test_dependencies_stand_under_blocks_and_other_lines() -> None:
    """The menu, the `if` and the entry's other lines hold; help texts, other entries and `X || !X` ask for nothing."""
    set_ = {name: f"CONFIG_{name} || CONFIG_{name}_MODULE" for name in ("NET", "OUTER", "USB", "SMP", "MMU")}
    unset = {name: f"!CONFIG_{name} && !CONFIG_{name}_MODULE" for name in ("SMP", "MMU")}
    found = {gate.line: gate for gate in kconfig_gates(KCONFIG, range(1, 40))}
    around = f"({set_['NET']}) && ({set_['OUTER']})"
    assert sorted(found) == [2, 6, 15, 16, 18, 19, 23, 32]
    assert (str(found[6].around), str(found[6].fails)) == (around, unset["MMU"])
    assert (str(found[15].around), str(found[15].holds)) == (around, set_["USB"])
    assert str(found[15].fails) == "!CONFIG_USB"  # USB=m limits INNER to m
    assert str(found[16].holds) == "1"
    assert str(found[19].around) == f"{around} && ({set_['USB']})"
    assert str(found[19].fails) == set_["SMP"]
    assert str(found[32].around) == "1"
    assert (found[2].fails, found[18].fails, found[23].fails) == (None, None, None)


def test_of_two_new_lines_the_second_is_the_one_that_says_nothing_new() -> None:
    """Lines that the patch adds further down do not count for those above."""
    first, second = kconfig_gates(b"config A\n\tbool\n\tdepends on NET\n\tdepends on NET\n", (3, 4))
    assert str(first.around) == "1"
    assert second.around == second.holds
