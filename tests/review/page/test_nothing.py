"""What the page says of a series in which no call of the family changes: as much as is proved, and no more."""

from __future__ import annotations

from ..test_seen import HEAD, PATH, changed, review

FAMILY = "set_memory_*(), set_direct_map_*() or __kernel_map_pages()"
KCONFIG = "config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\tselect DEMO_A\n\tselect DEMO_B\n"
USER = HEAD + "int demo_open(unsigned long addr)\n{\n	return set_memory_decrypted(addr, demo_pages());\n}\n"
SIZE = "int demo_pages(void)\n{\n	return 1;\n}\n"


def test_lines_that_only_move_change_nothing() -> None:
    """Nothing that the series touches was left unseen: that is said without a reservation."""
    new = KCONFIG.replace("\tselect DEMO_A\n\tselect DEMO_B\n", "\tselect DEMO_B\n\tselect DEMO_A\n")
    user = f"{USER}#if defined(CONFIG_DEMO_A) || defined(CONFIG_DEMO_B)\n#endif\n"
    found = review({"arch/x86/Kconfig": KCONFIG, PATH: user}, {"arch/x86/Kconfig": new, PATH: user})
    assert found.first_page.conclusion == f"The series changes no call and no definition of {FAMILY}."


def test_where_no_call_stands_none_is_said_to_map_memory() -> None:
    """A function that callers of the family ask is another: the calls themselves were not seen to change."""
    found = changed(USER + SIZE, USER + SIZE.replace("return 1", "return 2"))
    assert found.first_page.conclusion.startswith(f"No call of {FAMILY} was seen to change")


def test_a_call_whose_surroundings_change_is_said_to_map_memory_as_before() -> None:
    """The call stands in what the series touches, and does what it did."""
    old = USER.replace("	return set", "	demo_count(1);\n	return set")
    assert changed(old, old.replace("count(1)", "count(2)")).first_page.conclusion == (
        "The calls in what the series touches map memory as they did before, on x86.")


def test_a_definition_under_another_name_is_not_said_to_stay() -> None:
    """What an architecture has behind the family may have any name: that no definition changes is not said then."""
    old = HEAD + "void demo__kernel_map_pages(struct page *page, int enable)\n{\n	demo_map(page, enable);\n}\n"
    new = old.replace("void demo", "int demo").replace("enable);\n}", "enable);\n	return 0;\n}")
    found = changed(old, new)
    assert found.first_page.conclusion == f"No call of {FAMILY} was seen to change in what the series touches."
    assert not any("no definition" in one.statement for one in found.level_set)
