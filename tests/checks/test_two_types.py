"""Which of two types at once is meant is asked where the patch does not say it."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, PATH, review

OLD = HEAD + """static void demo_walk(struct demo *demo, unsigned long addr)
{
	if (!demo->open)
		return;
	set_memory_ro(addr, 1);
}
"""
BOTH = OLD.replace("static void demo_walk", "bool void demo_walk")


@pytest.mark.parametrize(("new", "asked"), [
    (BOTH, True), (BOTH.replace("		return;", "		return true;"), False)])
def test_a_patch_that_adds_returns_says_which_type_is_meant(new: str, *, asked: bool) -> None:
    """The function gives back a value now: nobody has to be asked whether it is void."""
    [found] = [one for one in review({PATH: OLD}, {PATH: new}).findings if one.rule == "two-types"]
    assert bool(found.question) is asked
