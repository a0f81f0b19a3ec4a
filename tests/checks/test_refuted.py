"""An old defect is told of the tree, not of what a mail shows around its change where the tree has it otherwise."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, PATH, review

OLD = HEAD + """void demo_seal(struct demo *demo)
{
	unsigned long pages;

	if (demo_is_mapped(demo)) {
		demo_seal_block(demo);
		demo_check(demo);
		return;
	}

	pages = demo_end(demo) - demo_start(demo);
	set_memory_ro(demo->addr, pages);

	demo_check(demo);
}
"""
NEW = OLD.replace("	set_memory_ro(demo->addr, pages);\n\n	demo_check(demo);\n",
                  "	set_memory_ro(demo->addr, pages);\n").replace("		demo_check(demo);\n", "")
THERE = HEAD + """static int __demo_seal(struct demo *demo)
{
	unsigned long pages;

	if (demo_is_mapped(demo))
		return demo_seal_block_now(demo);

	pages = demo_end_of(demo) - demo_start_of(demo);
	%sset_memory_ro(demo->addr, pages);
	return 0;
}

void demo_seal(struct demo *demo)
{
	int ret = __demo_seal(demo);

	if (ret)
		panic("no way to go on: %%d", ret);
}
"""


@pytest.mark.parametrize(("returned", "given", "told"), [
    ("return ", "pages", False), ("", "pages", True), ("", "pages << 1", True)])
def test_a_result_that_the_tree_looks_at_is_not_dropped(returned: str, given: str, *, told: bool) -> None:
    """The hunk has no place, and shows a call whose result the tree now returns; dropped there too, it is told."""
    there = (THERE % returned).replace("addr, pages", f"addr, {given}")
    found = review({PATH: OLD}, {PATH: NEW}, there={PATH: there})
    assert found.patched.states[0].applies == "fragment"
    assert any(one.rule == "ignored-result" for one in found.findings) is told
