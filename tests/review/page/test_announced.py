"""Nobody asks about a test that the change log names and says to go."""

from __future__ import annotations

import pytest
from one_patch import review

SEAL = """#include <linux/set_memory.h>

int demo_seal(struct demo *demo)
{
	if (system_state != SYSTEM_BOOTING)
		set_memory_ro((unsigned long)demo->text, demo->pages);
	demo->sealed = true;
	return demo_start(demo);
}
"""
OPEN = SEAL.replace("\tif (system_state != SYSTEM_BOOTING)\n\t", "")


@pytest.mark.parametrize(("text", "asked"), [
    ("Seal it in any case.", True),
    ("Remove the special case.", True),
    ("Poking works early now: remove what depended on SYSTEM_BOOTING.", True),
    ("Poking works early now: remove the checks of system_state == SYSTEM_BOOTING.", False),
    ("The code asks whether system_state is SYSTEM_BOOTING.", True),
])
def test_a_test_that_the_change_log_takes_away_is_no_question(text: str, asked: bool) -> None:
    """All that the test asks about has to be named, and that something goes has to be said."""
    found = review(SEAL, OPEN, text=text)
    assert ("guard-taken-away" in {finding.rule for finding in found.findings}) is asked
