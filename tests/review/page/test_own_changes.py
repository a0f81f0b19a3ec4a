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


def test_a_failure_that_ends_in_success_is_told() -> None:
    """A result dropped on the way to 0 is told of every caller: for the worse where it is new, else with what changes.
    """
    path = "arch/x86/mm/demo.c"
    start = ("static int demo_tell(unsigned long addr)\n{\n\tif (demo_ask(addr))\n\t\treturn -EIO;\n\treturn 0;\n}\n\n"
             "int set_memory_encrypted(unsigned long addr, int numpages)\n{\n")
    start += "\tif (!demo_on())\n\t\treturn 0;\n\tflush_tlb_kernel_range(addr, addr + 1);\n"
    kept, lost = (f"{start}\t{end}\n}}\n" for end in ("return demo_tell(addr);", "demo_tell(addr);\n\treturn 0;"))
    new = review({path: kept}, {path: lost}, release="5.10")
    assert [one.introduced for one in new.findings if one.rule == "failure-told-as-success"] == [True]
    assert [(one.verdict, one.statement) for one in new.first_page.rows] == [
        ("worse", ("set_memory_encrypted() cannot fail (before: a failure is returned): callers get 0 now also where "
                  "demo_tell() fails"))]
    old = review({path: lost}, {path: lost.replace("\tflush", "\tmutex_lock(&demo);\n\tflush")}, release="5.10")
    assert [one.introduced for one in old.findings if one.rule == "failure-told-as-success"] == [False]
    told = [one.statement for one in old.first_page.rows]
    assert any("callers still get 0 where demo_tell() fails" in one for one in told), told
    other = lost.replace("encrypted", "decrypted").replace("demo_tell", "demo_say")
    both = review({path: lost + other}, {path: (lost + other).replace("\tflush", "\tmutex_lock(&demo);\n\tflush")},
                  release="5.10")
    told = [one.statement for one in both.first_page.rows]
    assert any("demo_say() or demo_tell() fails" in one for one in told), told


def test_another_test_is_told_by_the_cases_that_are_new_or_gone() -> None:
    """What a function did nothing in and works in now is one clause; where some cases come and others go it is not."""
    said = "does nothing when !full() (before: does nothing when !deep())"
    full, deep, flat = Var("full()"), Var("deep()"), Var("flat()")
    assert in_more_or_less(said, full, Or(full, deep), alone=True) == "now also works where !full() && deep()"
    assert in_more_or_less(said, full, And(full, deep), alone=False) == "no longer do anything where !deep() && full()"
    assert in_more_or_less(said, full, Or(And(full, flat), deep), alone=True) == ""
    assert in_more_or_less(said, full, None, alone=True) == ""
    assert in_more_or_less("flushes the map", full, deep, alone=True) == ""
