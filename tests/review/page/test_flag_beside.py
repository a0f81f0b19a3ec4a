"""What a patch does with memory after a call failed is news, also where the call itself does what it did."""

from __future__ import annotations

from one_patch import review

OPEN = """#include <linux/set_memory.h>

int ring_open(struct ring *ring, void *buf, int pages)
{
	int ret;

	ring->decrypted = true;
	ret = set_memory_decrypted((unsigned long)buf, pages);
	if (ret) {
		pr_warn("cannot share: %d\\n", ret);
		return ret;
	}
	return ring_start(ring, buf);
}
"""


def test_a_flag_cleared_behind_an_unchanged_call_is_on_the_page() -> None:
    """The call is checked as before; that the flag now says private where any part may be shared is a row."""
    found = review(OPEN, OPEN.replace("\t\tpr_warn", "\t\tring->decrypted = false;\n\t\tpr_warn"))
    assert {cell.seen for cell in found.behaviour} == {"same"}
    assert [(row.verdict, "ring->decrypted is cleared" in row.statement) for row in found.first_page.rows] == [
        ("worse", True)]
