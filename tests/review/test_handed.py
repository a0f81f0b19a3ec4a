"""What a helper's tests ask of what its caller hands to it, and of what it makes of that itself."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, review

PATH, HEADER = "kernel/demo.c", "include/linux/demo_flags.h"
FLAGS = """#define __DEMO_WAIT	0x1u
#define __DEMO_LOW	0x2u
#define DEMO_KERNEL	(__DEMO_WAIT | __DEMO_LOW)
#define DEMO_NOWAIT	__DEMO_LOW
#define DEMO_SHARED	(1UL << 4)

static inline bool demo_may_wait(unsigned int flags)
{
	return !!(flags & __DEMO_WAIT);
}
"""
HELPERS = """static int demo_map(void *addr, unsigned long attrs)
{
	bool shared = attrs & DEMO_SHARED;

	if (!shared)
		return 0;
	return set_memory_decrypted((unsigned long)addr, 1);
}

static int demo_take(struct demo *demo, unsigned int flags)
{
	unsigned long attrs = demo->shared ? DEMO_SHARED : 0;

	if (!demo_may_wait(flags))
		return 0;
	flags &= ~__DEMO_LOW;
	demo_note(flags);
	return demo_map(demo->addr, attrs);
}

"""


def only_when(helpers: str, call: str, *, head: str = "struct demo *demo") -> str:
    """Return the condition that is told of a call in demo_go() that stays; empty where it never runs."""
    code = f"{HEAD}{helpers}int demo_go({head})\n{{\n	demo_count();\n	return {call};\n}}\n"
    there = {PATH: code, HEADER: FLAGS}
    found = review(there, {**there, PATH: code.replace("demo_count();", "demo_sum();")}, arches=("arm64",))
    said = [cell.after.does for cell in found.behaviour if cell.function == "demo_go"]
    return said[0].partition("is called only when ")[2].partition(", tells")[0] if said else ""


@pytest.mark.parametrize(("given", "condition"), [
    ("DEMO_KERNEL", "demo->shared"), ("DEMO_NOWAIT", ""),
    ("demo->flags", "demo->shared && demo_may_wait(demo->flags)")])
def test_a_helper_asks_what_it_was_given(given: str, condition: str) -> None:
    """A test stands for the caller's value of a parameter that is changed only further down, and a flag that a local
    has or lacks for what decided over it."""
    assert only_when(HELPERS, f"demo_take(demo, {given})") == condition


def test_a_parameter_that_is_changed_before_the_test_is_another_one() -> None:
    """What was handed over says nothing of what is left of it."""
    helpers = HELPERS.replace("	if (!demo_may_wait", "	flags |= demo_more();\n	if (!demo_may_wait")
    assert "demo_may_wait(flags)" in only_when(helpers, "demo_take(demo, DEMO_NOWAIT)")


def test_a_field_that_the_helper_sets_is_not_the_callers() -> None:
    """A condition on it is told with the helper that has given it its value."""
    helpers = """static int demo_map(struct demo *demo)
{
	if (!demo->shared)
		return 0;
	return set_memory_decrypted(demo->addr, 1);
}

static int demo_take(struct demo *demo)
{
	demo->shared = demo_wants();
	return demo_map(demo);
}

"""
    assert only_when(helpers, "demo_take(&demo_all)") == "(&demo_all)->shared (in demo_take())"
    kept = helpers.replace("	demo->shared = demo_wants();\n	return demo_map(demo);\n",
                           "	int ret = demo_map(demo);\n\n	demo->shared = false;\n	return ret;\n")
    assert only_when(kept, "demo_take(&demo_all)") == "(&demo_all)->shared"


def test_the_local_of_a_helper_has_its_name() -> None:
    """What a helper hands on of its own is told with it, whatever the caller calls so."""
    helpers = """static int demo_map(struct demo *demo)
{
	if (!demo->shared)
		return 0;
	return set_memory_decrypted(demo->addr, 1);
}

static int demo_take(void)
{
	struct demo *mine = demo_find();

	return demo_map(mine);
}

"""
    assert only_when(helpers, "demo_take()", head="struct demo *mine") == "mine->shared (in demo_take())"
