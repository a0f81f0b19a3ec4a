"""An undo that runs only where something has failed that cannot fail there is a call that never runs."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, review

PATH = "kernel/demo.c"
CODE = HEAD + """static void *demo_get(struct page *page)
{
	void *addr = ADDRESS;

	if (EARLIER)
		goto undo;
	if (set_memory_decrypted((unsigned long)addr, 1))
		goto undo;
	return addr;
undo:
	set_memory_encrypted((unsigned long)addr, 1);
	return NULL;
}

void *demo_go(struct page *page)
{
	demo_count();
	return demo_get(page);
}
"""


def undone(arch: str, *, address: str = "page_address(page)", earlier: str = "!addr") -> set[str]:
    """Return what is said of the undo in demo_get() for a caller of it."""
    code = CODE.replace("ADDRESS", address).replace("EARLIER", earlier)
    if not earlier:
        code = code.replace("	if ()\n		goto undo;\n", "")
    found = review({PATH: code}, {PATH: code.replace("demo_count();", "demo_sum();")}, arches=(arch,))
    return {cell.after.symbol for cell in found.behaviour if cell.function == "demo_go"} - {""}


@pytest.mark.parametrize(("arch", "runs"), [("x86", True), ("s390", False), ("powerpc", False)])
def test_an_undo_runs_only_where_something_can_fail(arch: str, runs: bool) -> None:
    """s390 always shares memory, powerpc whole pages: there is nothing to be undone."""
    assert ("set_memory_encrypted" in undone(arch, earlier="")) is runs


def test_an_undo_that_is_reached_in_another_way_may_run() -> None:
    """Another error may lead to the same label."""
    assert "set_memory_encrypted" in undone("s390")


def test_an_undo_may_run_where_the_address_may_be_wrong() -> None:
    """What refuses the middle of a page may fail where nothing shows the start of one."""
    assert "set_memory_encrypted" in undone("powerpc", address="demo_address(page)", earlier="")


def test_a_question_that_is_answered_with_no_has_not_failed() -> None:
    """What runs where the direct map can be changed stands behind no failure."""
    code = (f"{HEAD}int demo_go(struct page *page)\n{{\n	demo_count();\n	if (!can_set_direct_map())\n"
            "		return 0;\n	return set_direct_map_invalid_noflush(page);\n}\n")
    found = review({PATH: code}, {PATH: code.replace("demo_count();", "demo_sum();")}, arches=("arm64",))
    assert "set_direct_map_invalid_noflush" in {cell.after.symbol for cell in found.behaviour}
