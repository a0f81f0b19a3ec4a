"""What a function of the family does with the arguments that a call hands to it: those decide what is flushed."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, review

PATH = "mm/demo.c"
PROTECT = """static void demo_protect(void *where)
{
	if (demo_on)
		set_memory_ro((unsigned long)where, 1);
}

"""


def does(code: str, *, release: str = "6.12") -> set[str]:
    """Return what the cells of arm64 say of the calls of demo_go(), of which nothing that matters changes."""
    found = review({PATH: HEAD + code}, {PATH: HEAD + code.replace("demo_count();", "demo_sum();")}, arches=("arm64",),
                   release=release)
    return {cell.after.does for cell in found.behaviour if cell.function == "demo_go"}


@pytest.mark.parametrize("given", ["page_address(page)", "demo->where"])
def test_an_address_of_the_linear_map_is_refused(given: str) -> None:
    """arm64's set_memory_ro() has an error for each address outside of vmalloc, and flushes nothing then."""
    code = f"{PROTECT}void demo_go(struct page *page)\n{{\n	demo_count();\n	demo_protect({given});\n}}\n"
    [said] = does(code)
    assert ("returns -EINVAL each time" in said, "flushes" in said) == (
        (True, False) if "page_address" in given else (False, True))


def test_the_local_of_a_helper_is_what_the_helper_gives_it() -> None:
    """A name of the helper's own is linear by the helper's statements, whatever the caller calls so."""
    code = ("static int demo_set(void)\n{\n	void *mem = kmalloc(4096, GFP_KERNEL);\n\n"
            "	return set_memory_ro((unsigned long)mem, 1);\n}\n\n"
            "int demo_go(void *mem)\n{\n	demo_count();\n	return demo_set();\n}\n")
    [said] = does(code)
    assert "returns -EINVAL each time, as its address is one of the linear map" in said


@pytest.mark.parametrize(("given", "flushes"), [("true", False), ("false", True)])
def test_making_pages_valid_flushes_nothing_on_arm64(given: str, flushes: bool) -> None:
    """The flush of arm64's set_memory_valid() is for entries that were valid: others no TLB can have."""
    code = ("static void demo_mark(bool valid)\n{\n	set_memory_valid((unsigned long)lm_alias(demo_start), 4, valid);\n}"
            f"\n\nvoid demo_go(void)\n{{\n	demo_count();\n	demo_mark({given});\n}}\n")
    [said] = does(code, release="7.2")
    assert ("flushes" in said) is flushes
