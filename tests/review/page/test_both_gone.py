"""An architecture loses its own function and the one that undoes it: what stays undone is what the first was for."""

from __future__ import annotations

from one_patch import review

HEADER = "arch/x86/include/asm/set_memory.h"
OTHER = "int set_memory_rw(unsigned long addr, int numpages);\n"
OWN = """static inline int set_mce_nospec(unsigned long pfn)
{
	return set_memory_np((unsigned long)pfn_to_kaddr(pfn), 1);
}
#define set_mce_nospec set_mce_nospec

static inline int clear_mce_nospec(unsigned long pfn)
{
	return set_memory_p((unsigned long)pfn_to_kaddr(pfn), 1);
}
#define clear_mce_nospec clear_mce_nospec
"""
GENERIC = "#include <asm/set_memory.h>\n" + "".join(
    f"#ifndef {name}\nstatic inline int {name}(unsigned long pfn)\n{{\n\treturn 0;\n}}\n#endif\n"
    for name in ("set_mce_nospec", "clear_mce_nospec"))
TREE = {"include/linux/set_memory.h": GENERIC, "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
        "arch/x86/Kconfig": ("config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\n"
                             "config ARCH_HAS_SET_MEMORY\n\tbool\n\nconfig X86_64\n\tdef_bool y\n")}


def test_of_a_pair_that_is_gone_the_page_says_what_is_not_done_any_more() -> None:
    """Nobody takes a page away any more, so that none stays away: it is the other half that has a consequence."""
    [row] = review(OTHER + OWN, OTHER, path=HEADER, files=TREE).first_page.rows
    assert row.verdict == "worse"
    assert row.gist == "clear_mce_nospec() and set_mce_nospec() no longer do anything"
    assert "pages stay in the direct map" in row.statement
