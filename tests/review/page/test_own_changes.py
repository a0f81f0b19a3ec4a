"""What a function of the family does otherwise, told by the bits that it hands on."""

from __future__ import annotations

from reviewbot.logic import And, Or, Var
from reviewbot.review.page.own import in_bits, in_more_or_less
from reviewbot.review.page.rulebook import load_page_rules
from tests.review.test_seen import review

RULES = load_page_rules()


def test_a_list_of_bits_is_told_by_those_that_are_new_or_gone() -> None:
    """Of two lists that share most of their bits only the difference is news."""
    said = "hands change() __pgprot({}) (before: hands change() __pgprot({}))"
    told = [in_bits(RULES, "x86", said.format(*lists))[0] for lists in (
        ("_A | _B", "_A"), ("_A", "_A | _B"), ("_A | _C", "_A | _B"))]
    assert told == ["now also hands change() _B", "no longer hands change() _B",
                    "now also hands change() _C and no longer hands change() _B"]
    assert in_bits(RULES, "x86", "flushes the map") == ("flushes the map", "")


def test_a_bit_says_what_it_means() -> None:
    """What is known of a bit stands beside its name, and what follows where it goes together with another one."""
    said = "hands demo_attr_clear() __pgprot({}) (before: hands demo_attr_clear() __pgprot(_PAGE_RW))"
    does, follows = in_bits(RULES, "x86", said.format("_PAGE_RW | _PAGE_DIRTY"))
    assert does == "now also clears _PAGE_DIRTY"
    assert "shadow stack" in follows
    assert in_bits(RULES, "riscv", said.format("_PAGE_RW | _PAGE_DIRTY")) == ("now also clears _PAGE_DIRTY", "")


def test_a_function_that_comes_to_need_memory_is_told() -> None:
    """What could only refuse a wrong argument can fail for want of memory after the patch: each caller may meet it."""
    path = "arch/x86/mm/demo.c"
    old = ("int set_direct_map_invalid_noflush(struct page *page)\n{\n	if (!page)\n		return -EINVAL;\n"
           "	demo_change(page);\n	return 0;\n}\n")
    new = old.replace("	demo_change", "	if (!demo_split(page))\n		return -ENOMEM;\n	demo_change")
    [row] = review({path: old}, {path: new}, release="5.10").first_page.rows
    assert row.statement == "set_direct_map_invalid_noflush() can fail with -ENOMEM now (before: -EINVAL)"
    found = review({path: old}, {path: new.replace("ENOMEM", "EIO")}, release="5.10").first_page.rows
    assert not any("can fail" in one.statement for one in found)


def test_another_test_is_told_by_the_cases_that_are_new_or_gone() -> None:
    """What a function did nothing in and works in now is one clause; where some cases come and others go it is not."""
    said = "does nothing when !full() (before: does nothing when !deep())"
    full, deep, flat = Var("full()"), Var("deep()"), Var("flat()")
    assert in_more_or_less(said, full, Or(full, deep), alone=True) == "now also works where !full() && deep()"
    assert in_more_or_less(said, full, And(full, deep), alone=False) == "no longer do anything where !deep() && full()"
    assert in_more_or_less(said, full, Or(And(full, flat), deep), alone=True) == ""
    assert in_more_or_less(said, full, None, alone=True) == ""
    assert in_more_or_less("flushes the map", full, deep, alone=True) == ""
