"""A declaration that a patch moves from one header to another is neither new nor gone."""

from __future__ import annotations

from tests.review.test_seen import Review, review, sayings

FIRST, SECOND = "arch/x86/include/asm/demo_first.h", "arch/x86/include/asm/demo_second.h"
SAYS = "int set_memory_ro(unsigned long addr, int numpages);\n"
REST = "int demo_one(void);\nint demo_two(void);\n"


def moved(text: str) -> Review:
    return review({FIRST: SAYS + REST, SECOND: REST}, {FIRST: REST, SECOND: text + REST})


def test_what_moves_is_not_told() -> None:
    """The same words in another file of the patch declare what was declared."""
    assert "the declaration of" not in sayings(moved(SAYS))


def test_what_comes_with_other_words_is_told() -> None:
    """Another type is another declaration, and one that comes alone is new."""
    assert "adds the declaration of set_memory_ro()" in sayings(moved(SAYS.replace("int num", "unsigned int num")))
    alone = review({SECOND: REST}, {SECOND: SAYS + REST})
    assert "adds the declaration of set_memory_ro()" in sayings(alone)
