"""A new call that stands behind a switch of the whole kernel is told with it."""

from __future__ import annotations

import pytest
from one_patch import review

BEFORE = """#include <linux/set_memory.h>
#include <linux/demo.h>

static bool demo_strict = true;

void demo_enable(struct demo *d, bool again)
{
	bool quiet = d->quiet;

	if (TEST)
		return;
	demo_report(d);
}
"""
FILES = {"include/linux/demo.h": "extern bool demo_protects;\nextern int demo_depth;\n"}


@pytest.mark.parametrize(("test", "said"), [
    ("!demo_protects", " only where demo_protects"),
    ("!demo_strict", " only where demo_strict"),
    ("quiet", ""),
    ("again", ""),
    ("!demo_depth", ""),
    ("d->quiet", ""),
])
def test_a_new_call_is_told_with_the_switch_in_front_of_it(test: str, said: str) -> None:
    """A flag that a header declares, or the file defines, is for the whole kernel; what belongs to one call is not."""
    before = BEFORE.replace("TEST", test)
    after = before.replace("\tdemo_report(d);", "\tset_memory_x(d->text, d->pages);\n\tdemo_report(d);")
    rows = review(before, after, files=FILES).first_page.rows
    assert any(row.gist.startswith(f"demo_enable() now makes d->text executable{said}") and (
        said or "only where" not in row.gist) for row in rows), [row.gist for row in rows]
