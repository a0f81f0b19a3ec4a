"""A failure that is looked after now where the call fails each time."""

from __future__ import annotations

import pytest

from .one_patch import review

HEAD = """#include <linux/set_memory.h>

int demo_seal(struct page *page, int n)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL, n);

"""
DROPS = HEAD + "\tset_memory_ro(addr, 1 << n);\n\treturn demo_start(addr);\n}\n"
CHECKS = HEAD + """	int ret = set_memory_ro(addr, 1 << n);

	if (ret)
		return ret;
	return demo_start(addr);
}
"""


def rows(before: str, after: str) -> dict[str, tuple[str, str]]:
    page = review(before, after, path="drivers/misc/demo.c", arches=("arm64", "riscv", "x86")).first_page
    return {arch: (row.verdict, row.statement) for row in page.rows for arch in row.arch}


def test_where_each_call_fails_who_gives_up_is_worse_off() -> None:
    """Where a function takes no address of the linear map, giving up on its failure ends what worked without it."""
    found = rows(DROPS, CHECKS)
    verdict, said = found["arm64"]
    assert verdict == "worse"
    assert said.endswith("lies in the linear map, for which set_memory_ro() returns -EINVAL there each time, "
                         "so that what worked with the failure ignored gives up now")
    assert {found[arch][0] for arch in ("riscv", "x86")} == {"better"}


@pytest.mark.parametrize("source", ["kvmalloc(n, GFP_KERNEL)", "demo_alloc(n)"])
def test_where_the_address_may_be_taken_it_is_better(source: str) -> None:
    """An address that may be one of vmalloc space is no reason to say that the call fails each time."""
    before, after = (text.replace("__get_free_pages(GFP_KERNEL, n)", f"(unsigned long){source}")
                     for text in (DROPS, CHECKS))
    assert rows(before, after)["arm64"][0] == "better"


def test_what_goes_on_another_way_is_told_as_different() -> None:
    """Who only leaves a step out where the call failed goes on, and does something else than before."""
    after = HEAD + "\tif (!set_memory_ro(addr, 1 << n))\n\t\tdemo_note(addr);\n\treturn demo_start(addr);\n}\n"
    assert rows(DROPS, after)["arm64"][0] == "different"
