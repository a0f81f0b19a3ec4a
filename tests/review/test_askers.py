"""A test that goes from a function to its callers, or that what is called makes by itself."""

from __future__ import annotations

from .test_call_conditions import cells_of
from .test_seen import HEAD, PATH, changed, review

CALLERS = """int demo_first(void *page)
{
	NOTE
	return demo_go(page);
}
"""


def _series(*, test_in: str) -> str:
    ask = "	if (!demo_enabled())\n		return 0;\n"
    call = "	return set_memory_decrypted((unsigned long)page, 1);\n"
    go = f"static int demo_go(void *page)\n{{\n{ask if test_in == 'function' else ''}{call}}}\n\n"
    return HEAD + go + CALLERS.replace("	NOTE\n", ask if test_in == "caller" else "	demo_note(page);\n")


def sayings(old: str, new: str) -> list[str]:
    return [one.statement for one in changed(old, new).level_set]


def test_a_test_that_goes_to_the_callers_is_said_to_be_there() -> None:
    """Taken alone the sentence about the function would say that the call is made in more cases."""
    here, there = _series(test_in="function"), _series(test_in="caller")
    assert any(text.endswith("is called without the condition demo_enabled(); demo_first() asks that now.")
               for text in sayings(here, there))
    assert any(text.endswith("is called only when demo_enabled(); demo_first() asks that no more.")
               for text in sayings(there, here))


def test_a_test_that_the_callee_makes_by_itself_is_no_difference() -> None:
    """With the test in front of the call or without it, the function does its work in the same cases."""
    path = "arch/x86/mm/pat/set_memory.c"
    body = ("#include <linux/set_memory.h>\n\nint set_memory_encrypted(unsigned long addr, int numpages)\n{\n"
            "	if (!demo_enabled())\n		return 0;\n"
            "	return change_page_attr_set(&addr, numpages, __pgprot(0), 0);\n}\n")
    call = "	return set_memory_encrypted((unsigned long)page, 1);\n"
    asks = HEAD + f"int demo_go(void *page)\n{{\n	if (!demo_enabled())\n		return 0;\n{call}}}\n"
    goes = HEAD + f"int demo_go(void *page)\n{{\n{call}}}\n"
    for old, new in ((asks, goes), (goes, asks)):
        found = review({PATH: old, path: body}, {PATH: new, path: body}, release="6.12")
        [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
        assert cell.seen == "same", (cell.before.does, cell.after.does)
        assert ("only when demo_enabled(), " in cell.before.does) is (old == asks)
        assert ("only when demo_enabled(), " in cell.after.does) is (new == asks)
    assert {cell.seen for cell in cells_of(asks, goes)} == {"changes"}
