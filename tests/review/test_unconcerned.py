"""What is said of a series whose files call no function of the family: what was looked for, and what leads there."""

from __future__ import annotations

import pytest

from .test_seen import HEAD, review

FAMILY = "set_memory_*(), set_direct_map_*() or __kernel_map_pages()"
PATH = "drivers/demo/demo.c"
SHARE = "drivers/share/share.c"
SHARES = """static int __share_buffer(void *buffer)
{
	return set_memory_decrypted((unsigned long)buffer, 1);
}

int share_buffer(void *buffer)
{
	return __share_buffer(buffer);
}
"""
OPEN = "int demo_open(struct demo *demo)\n{\n	demo->count = 1;\n	return 0;\n}\n"
SHARED = OPEN.replace("return 0", "return share_buffer(demo->buffer)")


def conclusion(old: str, new: str, **there: str) -> str:
    """Return what the page says of a change of one file, beside others that are there."""
    tree = {SHARE: SHARES, PATH: old} | there
    return review(tree, tree | {PATH: new}, there=tree).first_page.conclusion


def test_a_file_without_such_a_name_names_none() -> None:
    """Nothing in the file is named so: that is what was looked for, and all that is said."""
    assert conclusion(OPEN, OPEN.replace("= 1", "= 2")) == f"No file that the series touches names {FAMILY}."


@pytest.mark.parametrize("beside", [HEAD, "/* what set_memory_*() does */\n", "int set_memory_demo(void);\n"])
def test_a_file_with_the_header_or_a_name_like_it_is_not_said_to_name_none(beside: str) -> None:
    """The header stands in the file, a comment or a name of the same kind: no changed line has one."""
    assert conclusion(beside + OPEN, beside + OPEN.replace("= 1", "= 2")) == (
        f"The series changes no call and no definition of {FAMILY}.")


def test_a_changed_call_with_a_strange_name_of_the_kind_is_named() -> None:
    """A function is named as the family is, and nothing is known of it: that is not no change of the family."""
    new = OPEN.replace("return 0", "return set_memory_demo(demo)")
    assert conclusion(OPEN, new) == (
        "The series changes lines that name set_memory_demo(), of which nothing is known here.")


def test_a_call_of_another_folder_that_leads_to_the_family_is_told() -> None:
    """The function that is called now is defined elsewhere, and comes to the family through one of its file."""
    said = conclusion(HEAD + OPEN, HEAD + SHARED)
    assert said == (f"The series changes no call and no definition of {FAMILY}. It changes calls of share_buffer(), "
                    f"which leads to such calls in {SHARE}; what that comes to was not followed.")
    assert "share_buffer" in conclusion(HEAD + SHARED, HEAD + OPEN)
    direct = SHARES.replace("int share_buffer", "int other").replace("static int __share_buffer", "int share_buffer")
    assert "It changes calls of share_buffer(), which leads to such" in conclusion(HEAD + OPEN, HEAD + SHARED, **{
        SHARE: direct})


def test_a_call_that_only_shares_its_name_is_not_told() -> None:
    """The other file has it for itself alone, or what it is called from there does not come to the family."""
    static = {SHARE: SHARES.replace("\nint share", "\nstatic int share")}
    assert "share_buffer" not in conclusion(HEAD + OPEN, HEAD + SHARED, **static)
    harmless = {SHARE: SHARES.replace("return __share_buffer(buffer)", "return 0")}
    assert "share_buffer" not in conclusion(HEAD + OPEN, HEAD + SHARED, **harmless)


def test_of_a_file_that_calls_the_family_such_calls_are_told_too() -> None:
    """The touched file names the family elsewhere, no call of it changes, and one that leads to it does."""
    beside = HEAD + "int demo_hide(unsigned long addr)\n{\n	return set_memory_encrypted(addr, 1);\n}\n\n"
    said = conclusion(beside + OPEN, beside + SHARED)
    assert said.startswith(f"No call of {FAMILY} was seen to change. It changes calls of share_buffer(), which leads")


TORN = "arch/arm64/include/asm/demo.h"
EXCHANGED = {
    "arch/arm64/Kconfig": "config ARM64\n	def_bool y\n",
    "arch/arm64/include/asm/demo_cache.h": "#include <asm/demo_valid.h>\n",
    "arch/arm64/include/asm/demo_valid.h": "int set_memory_valid(unsigned long addr, int numpages, int enable);\n",
    "arch/arm64/include/asm/set_memory.h": "int set_memory_demo(unsigned long addr);\n",
}


CALLS_NONE = "What could be read of the series calls no function of the family; not all of it could."
NAMED = f"The log names set_memory_valid() and the series now includes <asm/set_memory.h>. {CALLS_NONE}"
DECLARED = (f" In this tree <asm/demo_cache.h>, which {TORN} no longer includes, declares set_memory_valid() on arm64, "
            "and <asm/set_memory.h> does not.")


@pytest.mark.parametrize(("log", "here", "said"), [
    ("set_memory_valid() is not declared here.", True, NAMED + DECLARED),
    ("set_memory_valid() is not declared here.", False, NAMED),
    ("Use the right header.", True, f"The series now includes <asm/set_memory.h>. {CALLS_NONE}"),
])
def test_what_the_log_and_the_includes_name_is_not_passed_over(log: str, here: bool, said: str) -> None:
    """A header of the family is added to a file that the tree lacks, and the log says for what: which of the two
    headers declares that, the tree tells."""
    rest = "".join(f"int demo_{number}(void);\n" for number in range(9))
    old, new = f"#include <asm/demo_cache.h>\n{rest}", f"#include <asm/set_memory.h>\n{rest}"
    there = EXCHANGED if here else EXCHANGED | {"arch/arm64/include/asm/demo_cache.h": ""}
    found = review({TORN: old}, {TORN: new}, text=log, arches=("arm64",), there=there)
    assert found.first_page.conclusion == said
