"""A call for another number of pages: which numbers, where constants and choices between numbers are followed."""

from __future__ import annotations

import pytest

from .one_patch import review


def start(count: str) -> str:
    return f"""#include <linux/set_memory.h>

#define DEMO_PAGES 1

int demo_start(struct demo *d)
{{
	const int count = {count};
	void *buf = demo_get(d);
	int ret = set_memory_decrypted((unsigned long)buf, count);

	if (ret)
		return ret;
	return demo_go(d, buf);
}}
"""


@pytest.mark.parametrize(("before", "after", "said"), [
    ("1", "2", "more pages: 2, before 1"),
    ("demo_both() ? 2 : 1", "DEMO_PAGES", "fewer pages: 1 (DEMO_PAGES), before 2 where demo_both(), else 1"),
    ("DEMO_PAGES", "demo_both() ? 2 : 1", "more pages: 2 where demo_both(), else 1, before 1"),
    ("demo_both() ? 3 : 1", "2", "other numbers of pages: 2, before 3 where demo_both(), else 1"),
])
def test_fewer_or_more_pages_are_told(before: str, after: str, said: str) -> None:
    """The row says for how many pages the call is made and was, and of a constant its name."""
    [row] = review(start(before), start(after)).first_page.rows
    assert (row.verdict, row.statement) == ("different", f"demo_start() now calls set_memory_decrypted() for {said}")


@pytest.mark.parametrize(("before", "after"), [
    ("1", "DEMO_PAGES"), ("DEMO_PAGES", "0x1"), ("demo_both() ? 2 : 1", "demo_both() ? 2 : DEMO_PAGES")])
def test_the_same_number_in_other_words_is_no_change(before: str, after: str) -> None:
    """A constant is the number that it stands for."""
    assert {row.verdict for row in review(start(before), start(after)).first_page.rows} == {"same"}


def test_what_is_known_of_one_side_alone_stays_open() -> None:
    """Of a number that is not known it is open whether the call is the same; that of a constant stands behind it."""
    page = review(start("d->count"), start("DEMO_PAGES")).first_page
    assert not page.rows
    assert "with 'count = DEMO_PAGES (1)' (before: with 'count = d->count')" in page.conclusion
