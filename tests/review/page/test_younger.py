"""What the tree has and the author's file had not is not asked about."""

from __future__ import annotations

import pytest
from one_patch import review

AUTHOR = """#include <linux/set_memory.h>

int demo_up(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}

void demo_mark(struct demo *demo)
{
	set_demo_bit(demo, 1);
}

void demo_clear(struct demo *demo)
{
	set_demo_bit(demo, 2);
}

int demo_down(unsigned long addr)
{
	return set_memory_rw(addr, 1);
}
"""
YOUNGER = """
void demo_young(struct demo *demo)
{
	set_demo_bit(demo, 3);
}
"""


def asked(tree: str, author: str = AUTHOR) -> list[str]:
    after = author.replace("\tset_demo_bit(demo, 1);", "\t__set_demo_bit(demo, 1);").replace(
        "\tset_demo_bit(demo, 2);", "\t__set_demo_bit(demo, 2);")
    return [one.message for one in review(author, after, tree=tree).findings if one.rule == "sibling-left"]


@pytest.mark.parametrize("tree", [
    AUTHOR.replace("int demo_up", "/* More of it\n * stands here.\n */\nint demo_up") + YOUNGER,
    YOUNGER[1:] + "\n" + AUTHOR,
])
def test_a_function_of_a_later_tree_is_no_place_that_was_left(tree: str) -> None:
    """The hunks stand elsewhere than they say, and the function stands where the author's file may end."""
    assert asked(tree) == []


def test_what_the_author_had_is_asked_about() -> None:
    """In the author's own file the same function is a place that was left."""
    assert len(asked(AUTHOR + YOUNGER, AUTHOR + YOUNGER)) == 1
