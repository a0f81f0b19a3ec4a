"""Masks of named flags: which have a bit in common, by what the headers say the flags are."""

from __future__ import annotations

import pytest

from reviewbot.checks.masks import answer_of_mask, share_bits
from reviewbot.source import MemoryTree

HEADER = b"""enum {
	___DEMO_WAIT_BIT,
	___DEMO_LOW_BIT,
	___DEMO_SET_BIT = 1,
};
#define ___DEMO_WAIT	BIT(___DEMO_WAIT_BIT)
#define ___DEMO_LOW	BIT(___DEMO_LOW_BIT)
#define __DEMO_WAIT	((__force demo_t)___DEMO_WAIT)	/* may wait */
#define __DEMO_LOW	((__force demo_t)___DEMO_LOW)
#define __DEMO_SET	BIT(___DEMO_SET_BIT)
#define DEMO_ALL	(__DEMO_WAIT | __DEMO_LOW)
#define DEMO_SHARED	(1UL << 14)
#define DEMO_FOUR	0x4u
#define DEMO_SIX	6
#define DEMO_NONE	0
#ifdef CONFIG_DEMO
#define DEMO_MAYBE	0x1
#else
#define DEMO_MAYBE	0
#endif

static inline bool demo_may_wait(const demo_t flags)
{
	return !!(flags & __DEMO_WAIT);
}

static inline bool demo_may_not(demo_t flags)
{
	return !(flags & __DEMO_WAIT);
}
"""
TREE = MemoryTree({"include/linux/demo.h": HEADER})


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("DEMO_ALL", "__DEMO_WAIT", True), ("__DEMO_LOW", "__DEMO_WAIT", False), ("DEMO_SHARED", "DEMO_SHARED", True),
    ("DEMO_FOUR", "DEMO_SIX", True), ("DEMO_FOUR", "DEMO_SHARED", False), ("0", "DEMO_ELSEWHERE", False),
    ("DEMO_NONE", "DEMO_NONE", False), ("DEMO_MAYBE", "DEMO_MAYBE", None), ("__DEMO_LOW", "DEMO_FOUR", None),
    ("__DEMO_LOW", "__DEMO_SET", None), ("DEMO_ELSEWHERE", "DEMO_ELSEWHERE", None),
    ("(__DEMO_LOW | DEMO_FOUR)", "DEMO_SIX", True),
])
def test_masks_share_the_bits_that_are_known(one: str, other: str, expected: bool | None) -> None:
    """Two enumerators are two bits, and two numbers tell; what an option decides, or nobody says, is not known."""
    assert share_bits(TREE, one, other) is expected


@pytest.mark.parametrize(("name", "mask", "expected"), [
    ("demo_may_wait", "DEMO_ALL", True), ("demo_may_wait", "__DEMO_LOW", False), ("demo_may_not", "DEMO_ALL", None),
    ("demo_elsewhere", "DEMO_ALL", None), ("demo_may_wait", "flags", None)])
def test_a_question_about_one_flag(name: str, mask: str, expected: bool | None) -> None:
    """An inline function that returns whether its argument has a flag is answered for constants."""
    assert answer_of_mask(TREE, name, mask) is expected
