"""A new file that no Makefile names is part of a kernel where its folder is entered and its headers exist."""

from __future__ import annotations

import pytest

from reviewbot.review import Review
from tests.review.test_seen import review, sayings

PATH = "drivers/lock/box/lid.c"
LID = """#include <linux/set_memory.h>

int demo_close(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);

	if (ret)
		return ret;
	return 0;
}
"""
ARCHES = {"arm64": "ARM64", "s390": "S390", "x86": "X86"}
TREE = {
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\nsource "drivers/Kconfig"\n',
    "Kbuild": "obj-y += drivers/\n",
    "drivers/Makefile": "obj-$(CONFIG_DEMO_LOCK) += lock/\n",
    "drivers/Kconfig": 'config DEMO_LOCK\n\tbool "lock"\n\tdepends on X86 || ARM64\n',
    "drivers/lock/Makefile": "obj-y += box/\n",
    "drivers/lock/box/Makefile": "obj-y += hinge.o\n",
    "include/linux/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n",
    **{f"arch/{arch}/Kconfig": f"config {symbol}\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n"
       "config ARCH_HAS_SET_MEMORY\n\tbool\nconfig MMU\n\tdef_bool y\n" for arch, symbol in ARCHES.items()},
}


def added(text: str = LID, *, path: str = PATH, tree: dict[str, str] | None = None, release: str = "6.12",
          beside: dict[str, str] | None = None) -> Review:
    return review({}, {path: text, **(beside or {})}, there={**TREE, **(tree or {})}, arches=tuple(ARCHES),
                  release=release)


def arches(found: Review) -> set[str]:
    return {cell.arch for cell in found.behaviour}


def test_the_gates_of_the_folders_above_hold_for_a_new_file() -> None:
    """Where no kernel enters the folder above, nothing is said of the file."""
    found = added()
    assert arches(found) == {"arm64", "x86"}
    assert f"No configuration builds {PATH}" in sayings(found)


def test_the_gates_hold_for_a_folder_that_no_makefile_names() -> None:
    """A new folder is entered from one of those above it, by lines that are not there yet."""
    assert arches(added(path="drivers/lock/new/deep/lid.c")) == {"arm64", "x86"}


def test_a_folder_that_every_kernel_enters_keeps_nobody_out() -> None:
    """Without a gate above the file it may be built everywhere."""
    assert arches(added(tree={"drivers/Makefile": "obj-y += lock/\n"})) == set(ARCHES)


@pytest.mark.parametrize(("path", "text"), [
    ("kernel/closer.c", '#include "../drivers/lock/box/lid.c"\n'),
    ("kernel/Makefile", "always-y += lid.o\n"),
])
def test_a_file_that_is_compiled_from_elsewhere_has_no_gate(path: str, text: str) -> None:
    """Another file that the patch adds includes it, or a Makefile makes it by its name: its folder tells nothing."""
    assert arches(added(beside={path: text})) == set(ARCHES)


@pytest.mark.parametrize(("lines", "tree", "expected"), [
    ("#include <asm/lid.h>\n", {"arch/x86/include/asm/lid.h": "int lid;\n"}, {"x86"}),
    ("#ifdef CONFIG_X86\n#include <asm/lid.h>\n#endif\n", {"arch/x86/include/asm/lid.h": "int lid;\n"},
     {"arm64", "x86"}),
    ("#include <asm/lid.h>\n", {"arch/x86/include/asm/lid.h": "int lid;\n", "include/asm-generic/lid.h": "int lid;\n",
                                "arch/arm64/include/asm/Kbuild": "generic-y += lid.h\n"}, {"arm64", "x86"}),
    ("#include <asm/lid.h>\n", {"arch/x86/include/asm/lid.h": "int lid;\n",
                                "arch/arm64/include/asm/Kbuild": "generated-y += lid.h\n"}, {"arm64", "x86"}),
    ("#include <asm/lid.h>\n", {}, {"arm64", "x86"}),
])
def test_a_new_file_is_built_where_its_headers_are(lines: str, tree: dict[str, str], expected: set[str]) -> None:
    """An architecture's header that a new file always includes keeps all others out; one that nobody has, nobody."""
    assert arches(added(lines + LID, tree=tree)) == expected


def test_a_file_of_the_tree_is_asked_of_its_makefiles_alone() -> None:
    """A file that was there without a line in a Makefile may be included by another one."""
    old = {PATH: "#include <asm/lid.h>\n" + LID}
    found = review(old, {PATH: old[PATH].replace("addr, 1", "addr, 2")}, arches=tuple(ARCHES),
                   there={**TREE, **old, "arch/x86/include/asm/lid.h": "int lid;\n"})
    assert arches(found) == set(ARCHES)


def test_what_is_new_does_not_stay_as_it_was() -> None:
    """Of an architecture on which all changed functions are new nobody says that the calls do what they did."""
    text = LID.replace("set_memory_ro", "set_memory_decrypted")
    x86 = TREE["arch/x86/Kconfig"] + "\tselect ARCH_HAS_MEM_ENCRYPT\nconfig ARCH_HAS_MEM_ENCRYPT\n\tbool\n"
    stub = ("#ifdef CONFIG_ARCH_HAS_MEM_ENCRYPT\nint set_memory_decrypted(unsigned long addr, int numpages);\n#else\n"
            "static inline int set_memory_decrypted(unsigned long addr, int numpages)\n{\n\treturn 0;\n}\n#endif\n")
    found = added(text, tree={"include/linux/set_memory.h": stub, "arch/x86/Kconfig": x86}, release="6.1")
    assert {cell.seen for cell in found.behaviour if cell.arch == "arm64"} == {"same"}
    assert "do what they did" not in sayings(found)
    assert not [row for row in found.first_page.rows if row.verdict == "same"]
