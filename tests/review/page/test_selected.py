"""A symbol that an architecture selects makes a real question of one that was always answered with no."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.review.page import is_told
from reviewbot.review.unseen import Unseen

from ..test_seen import HEAD, PATH, TAIL, review

KCONFIG = """config X86
	def_bool y

config DEMO_ASKS
	bool
"""
HEADER = """#ifdef CONFIG_DEMO_ASKS
bool demo_is_shared(struct demo *d);
#else
static inline bool demo_is_shared(struct demo *d)
{
	return false;
}
#endif
"""
USER = """#include <linux/set_memory.h>
#include <linux/demo.h>

int demo_open(struct demo *d, unsigned long addr)
{
	if (demo_is_shared(d))
		return set_memory_decrypted(addr, 1);
	return 0;
}

int demo_quiet(struct demo *d, unsigned long addr)
{
	if (!demo_is_shared(d))
		return set_memory_ro(addr, 1);
	return 0;
}
"""
TREE = {"Kconfig": 'source "arch/x86/Kconfig"\n', "arch/x86/Kconfig": KCONFIG, "include/linux/demo.h": HEADER,
        "mm/demo.c": USER, "mm/Makefile": "obj-y += demo.o\n", PATH: HEAD + TAIL}


def test_what_is_called_where_the_answer_is_yes_is_told() -> None:
    """The call behind the question can be made now; what is called where the answer is no was called before."""
    selected = KCONFIG.replace("def_bool y\n", "def_bool y\n\tselect DEMO_ASKS\n")
    noted = {PATH: HEAD.replace("\n\n", "\n\n/* Asks. */\n", 1) + TAIL}
    found = review(TREE, {**TREE, "arch/x86/Kconfig": selected, **noted})
    assert [row.gist for row in found.first_page.rows] == [
        "demo_is_shared() is no longer always false: where it is true demo_open() calls set_memory_decrypted()"]
    [row] = found.first_page.rows
    beside = Unseen(patch=row.patch, file=PATH, line=1, near=True, kind="beside", quiet=False, why="",
                    what="demo_is_shared(), which demo_open() uses beside the family's calls")
    assert is_told(found.first_page, beside)  # so the level set does not say that nobody followed it
    assert not is_told(found.first_page, replace(beside, what="demo_other(), which demo_open() uses"))
    had = {**TREE, "arch/x86/Kconfig": KCONFIG.replace("bool\n", "def_bool y\n").replace("def_def_", "def_")}
    again = {**had, "arch/x86/Kconfig": had["arch/x86/Kconfig"].replace("y\n", "y\n\tselect DEMO_ASKS\n", 1), **noted}
    assert review(had, again).first_page.rows == ()
