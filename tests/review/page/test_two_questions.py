"""Two questions about one call and what takes it back are two, though they are asked in one function."""

from __future__ import annotations

from one_patch import review

OPEN = """#include <linux/set_memory.h>

int ring_open(struct ring *ring, void *buf, int pages)
{
	int ret = 0;

	ret = set_memory_decrypted((unsigned long)buf, pages);
	if (ret)
		return ret;
	ring->mem = buf;
	ret = ring_announce(ring);
	if (ret) {
		if (set_memory_encrypted((unsigned long)buf, pages))
			ring_leak(ring);
	}
	return ret;
}

int ring_close(struct ring *ring, int pages)
{
	return set_memory_encrypted((unsigned long)ring->mem, pages);
}
"""
CALL = "	ret = set_memory_decrypted((unsigned long)buf, pages);\n	if (ret)\n		return ret;\n"


def test_the_error_path_and_the_teardown_are_asked_about_apart() -> None:
    """What is done only under a condition may be taken back in two places: each has its own question, and that about
    every teardown comes before that about a failure."""
    inner = CALL.replace("\t", "\t\t", 1).replace("\n\tif", "\n\t\tif").replace("\n\t\treturn", "\n\t\t\treturn")
    found = review(OPEN, OPEN.replace(CALL, f"	if (!ring->confidential) {{\n{inner}	}}\n"))
    rules = {finding.id: finding.rule for finding in found.findings}
    asked = [rules[name] for name in found.first_page.ask]
    assert [rule for rule in asked if "undo" in rule] == ["undo-not-gated", "unmatched-undo"]
