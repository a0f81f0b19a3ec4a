"""What becomes of a failure: which of the functions on the way decides about it, and what that leaves to the others."""

from __future__ import annotations

import pytest

from reviewbot.review.phrases import say_effect

from .test_call_conditions import NOTHING, cells_of, go

KEEPS = """static int demo_put(void *page)
{
	int ret = set_memory_encrypted((unsigned long)page, 1);

	if (ret)
		pr_err("demo: page lost\\n");
	else
		free_page((unsigned long)page);
	return ret;
}

"""
OUTER = "static void demo_clean(void *page)\n{\n	demo_put(page);\n}\n\n"


@pytest.mark.parametrize(("head", "call"), [(KEEPS, "demo_put(page);"), (KEEPS + OUTER, "demo_clean(page);")])
def test_who_keeps_the_page_has_dealt_with_the_failure(head: str, call: str) -> None:
    """A helper that frees what it could change, and nothing else, leaves its callers nothing to do, however many of
    them drop its result."""
    [cell] = cells_of(NOTHING, go(f"	{call}\n	return 0;\n", head))
    assert (cell.after.may_fail, cell.after.on_failure) == (True, "handled")
    assert say_effect(cell.after).endswith("; demo_put() deals with a failure")


def test_who_frees_the_page_all_the_same_has_dropped_it() -> None:
    """Where the page is given back behind the failure too, that is dropped by who drops the result."""
    head = KEEPS.replace("	else\n		free", "	free").replace("		free_page", "	free_page") + OUTER
    [cell] = cells_of(NOTHING, go("	demo_clean(page);\n	return 0;\n", head))
    assert cell.after.on_failure == "dropped"
