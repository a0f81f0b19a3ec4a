"""Tests in front of a line say under which configuration the compiler keeps it."""

from __future__ import annotations

import pytest

from reviewbot.cfacts.before import LineGuards
from reviewbot.kconfig import KernelConfig
from reviewbot.source import MemoryTree
from tests.kconfig.trees import TREE

CODE = """\
#include <linux/pages.h>

void demo(int on)
{
	first();
	if (!IS_ENABLED(CONFIG_NET))
		return;
	second();
	if (debug_enabled())
		third();
	else
		fourth();
	if (on && IS_ENABLED(CONFIG_SWAP)) {
		fifth(on,
			IS_ENABLED(CONFIG_DEBUG_KERNEL));
	}
	if (other_enabled() || !on)
		sixth();
	if (!never_enabled())
		seventh();
#ifdef CONFIG_MMU
	if (!always_enabled())
		return;
#endif
	eighth();
	if (folded_enabled())
		ninth();
	if (counted_enabled())
		tenth();
}
"""
HEADER = """\
static inline bool folded_enabled(void)
{
	if (!IS_ENABLED(CONFIG_DEBUG_KERNEL))
		return false;
	if (IS_ENABLED(CONFIG_NET))
		return true;

	return static_branch_unlikely(&_folded);
}
static inline bool counted_enabled(void)
{
	if (_count = IS_ENABLED(CONFIG_NET))
		return false;

	return true;
}
#ifdef CONFIG_DEBUG_PAGEALLOC
extern int _debug;
static inline bool debug_enabled(void)
{
	return IS_ENABLED(CONFIG_DEBUG_KERNEL) && static_branch_unlikely(&_debug);
}
bool other_enabled(void);
static inline bool never_enabled(void) { return false; }
#define always_enabled() (1)
#else
static inline bool debug_enabled(void) { return false; }
static inline bool other_enabled(void) { return false; }
static inline bool never_enabled(void) { return 0; }
#define always_enabled() (0)
#endif
"""
NET = "CONFIG_NET || CONFIG_NET_MODULE"


@pytest.fixture(scope="module")
def kernel() -> KernelConfig:
    return KernelConfig(MemoryTree({**TREE, "mm/alloc.c": CODE, "include/linux/pages.h": HEADER}))


@pytest.mark.parametrize(("call", "condition"), [
    ("first", "1"),
    ("second", NET),
    ("third", f"CONFIG_DEBUG_KERNEL && CONFIG_DEBUG_PAGEALLOC && ({NET})"),
    ("fourth", NET),  # the branch may be false at run time
    ("fifth", f"({NET}) && CONFIG_SWAP"),
    ("sixth", NET),
    ("seventh", NET),
    ("eighth", f"(!CONFIG_MMU || CONFIG_DEBUG_PAGEALLOC) && ({NET})"),
    # tests and returns, one after the other
    ("ninth", f"(!CONFIG_MMU || CONFIG_DEBUG_PAGEALLOC) && CONFIG_DEBUG_KERNEL && ({NET})"),
    ("tenth", f"(!CONFIG_MMU || CONFIG_DEBUG_PAGEALLOC) && ({NET})"),  # it does more than to test
])
def test_presence_joins_the_tests_that_come_first(kernel: KernelConfig, call: str, condition: str) -> None:
    """Options that a test or an early return asks for, and what an inline function returns under each configuration."""
    line = next(number for number, text in enumerate(CODE.splitlines(), 1) if text.strip().startswith(f"{call}("))
    assert str(kernel.presence("mm/alloc.c", line, "fast")) == condition


def test_a_line_between_functions_has_no_guards() -> None:
    """Lines outside functions, and those of a function's head, are under no test."""
    assert [LineGuards(CODE.encode()).guards(line) for line in (1, 2, 3, 4)] == [()] * 4
    assert [str(guard.condition) for guard in LineGuards(CODE.encode()).guards(15)] == [
        NET, "on", "(CONFIG_SWAP || CONFIG_SWAP_MODULE) && on", "CONFIG_SWAP || CONFIG_SWAP_MODULE"]


def test_two_headers_with_the_same_name_tell_nothing() -> None:
    """Where a file might see either of two inline functions, what they return is not taken for settled."""
    two = {**TREE, "mm/alloc.c": "void demo(void)\n{\n\tif (!is_on())\n\t\tfirst();\n}\n",
           "include/linux/one.h": "static inline bool is_on(void) { return true; }\n",
           "include/linux/two.h": "static inline bool is_on(void) { return false; }\n"}
    assert str(KernelConfig(MemoryTree(two)).presence("mm/alloc.c", 4, "fast")) == "1"
    two["mm/alloc.c"] = "static bool is_on(void) { return true; }\n" + two["mm/alloc.c"]
    assert str(KernelConfig(MemoryTree(two)).presence("mm/alloc.c", 5, "fast")) == "0"
