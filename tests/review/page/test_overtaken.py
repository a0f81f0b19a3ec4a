"""A row that holds after its own patch alone says what a later patch asks there."""

from __future__ import annotations

from dataclasses import replace

from one_patch import PATH, review

from reviewbot.review.page.events import Event
from reviewbot.review.page.overtaken import with_later_words

BODY = """#include <linux/set_memory.h>

int demo_open(unsigned long addr)
{
	return set_memory_decrypted(addr, 1);
}
"""


def test_a_later_patch_in_other_words_is_named() -> None:
    """The condition of the row is asked in other words later: the row alone would not hold at the end."""
    [cell] = review(BODY, BODY.replace("	return set", "	if (!demo_force)\n		return 0;\n	return set")).behaviour
    event = Event(kind="case", key=("case",), verdict="different", arch=("x86",), config="", gist="demo_open() asks",
                  reason="", patch=1, file=PATH, line=3, functions=("demo_open",), symbols=frozenset(),
                  consequence="changed", reach="distribution", certainty="derived", because=("cell-1-1",))
    later = replace(cell, patch="2", doubt="its condition is written otherwise, '!demo_bounce' (before: '!demo_force')")
    told, = with_later_words([event], [("cell-1-1", cell), ("cell-2-1", later)])
    assert told.reason == "patch 2 then asks '!demo_bounce' there in place of '!demo_force'"
    assert with_later_words([event], [("cell-1-1", cell), ("cell-2-1", replace(later, doubt=""))]) == [event]
