"""A page without a row says in its conclusion what its gravest question is about."""

from __future__ import annotations

from one_patch import review

from reviewbot.report.front import build_front

BEFORE = """#include <linux/set_memory.h>
#include <asm/tlbflush.h>

int ring_hide(struct ring *ring, struct page *page, unsigned long address)
{
	int ret = set_direct_map_invalid_noflush(page);

	if (ret)
		return ret;
	flush_tlb_kernel_range(address, address + PAGE_SIZE);
	ring->hidden = page;
	return 0;
}
"""


def test_the_conclusion_has_the_fact_and_the_question_stands_alone() -> None:
    """Nobody has to look for what is asked: the fact is the conclusion, once, and below it stands only the question."""
    found = review(BEFORE, BEFORE.replace("\tflush_tlb_kernel_range(address, address + PAGE_SIZE);\n", ""))
    page, front = found.first_page, build_front(found, byline="", notices=(), base="")
    assert page.rows == ()
    said = "".join(piece.text for ask in front.ask for piece in ask.question)
    assert page.conclusion.startswith("The patch takes flush_tlb_kernel_range(")
    assert page.conclusion not in said
    assert said.endswith("?")
