"""What a helper makes of its arguments is open: a caller that gives it another value may change another range."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, changed

HELPER = """static void demo_hide(const char *what, void *begin, void *end)
{
	unsigned long first = (unsigned long)begin;
	unsigned long pages = ((unsigned long)end - first) >> PAGE_SHIFT;

	demo_log(what);
	set_memory_ro(first, pages);
}

"""
CALLER = """void demo_close(struct demo *demo)
{
	unsigned long last = PFN_ALIGN(demo_middle);
	unsigned long other = PFN_ALIGN(demo_other);

	demo_count(other);
	demo_hide("all", (void *)last, (void *)demo->end);
}
"""


@pytest.mark.parametrize(("old", "new", "doubt"), [
    ("last = PFN_ALIGN(demo_middle)", "last = PFN_ALIGN(demo_edge)", "'last' is assigned otherwise in demo_close()"),
    ("(void *)last", "(void *)other", "its arguments are written otherwise"),
    ("other = PFN_ALIGN(demo_other)", "other = PFN_ALIGN(demo_edge)", ""),
    ('"all"', '"all of it"', ""),
    ("(void *)last", "(unsigned long *)last", ""),
])
def test_what_a_helper_is_given(old: str, new: str, doubt: str) -> None:
    """Its result is the caller's value in a variable of its own: where that value is another, nothing is proved."""
    code = HEAD + HELPER + CALLER
    after = code.replace("demo_log(what)", "demo_tell(what)").replace(old, new)
    cells = [cell for cell in changed(code, after).behaviour if cell.function == "demo_close"]
    assert [cell.seen for cell in cells] == ["not-seen" if doubt else "same"]
    assert all(doubt in cell.doubt for cell in cells)
