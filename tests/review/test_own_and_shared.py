"""A function that generic code has for those who have none of their own, and bodies that give way to others."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Cell
from reviewbot.mail import read_source
from reviewbot.review import review_series
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

PATH = "kernel/demo.c"
ARCH = ("config {0}\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig MMU\n\tdef_bool y\n\n"
        "config ARCH_HAS_SET_MEMORY\n\tbool\n")
OWN = {"arch/x86/mm/pat/set_memory.c": ("ro", "x", "rox"), "arch/arm64/mm/pageattr.c": ("ro", "x")}
BODY = "int set_memory_{0}(unsigned long addr, int numpages)\n{{\n\treturn change_memory(addr, numpages, {0});\n}}\n"
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": 'config DEMO_LOW\n\tbool "Low"\n\nconfig DEMO_OWN\n\tbool "Own"\n\nsource "arch/$(SRCARCH)/Kconfig"\n',
    "Kbuild": "obj-y += kernel/ arch/$(SRCARCH)/\n", "kernel/Makefile": "obj-y += demo.o\n",
    "arch/x86/Kconfig": ARCH.format("X86"), "arch/arm64/Kconfig": ARCH.format("ARM64"),
    "arch/x86/Kbuild": "obj-y += mm/\n",
    "arch/x86/mm/Makefile": "obj-y += pat/set_memory.o\nobj-$(CONFIG_DEMO_OWN) += demo_own.o\n",
    "arch/arm64/Kbuild": "obj-y += mm/\n", "arch/arm64/mm/Makefile": "obj-y += pageattr.o\n",
    "include/linux/set_memory.h": """#include <asm/set_memory.h>
#ifndef set_memory_rox
static inline int set_memory_rox(unsigned long addr, int numpages)
{
	int err = set_memory_ro(addr, numpages);

	return err ? err : set_memory_x(addr, numpages);
}
#endif
""",
    "arch/x86/include/asm/set_memory.h": "#define set_memory_rox set_memory_rox\n"
                                         + "".join(f"int set_memory_{one}(unsigned long addr, int numpages);\n"
                                                   for one in ("ro", "x", "rox")),
    "arch/arm64/include/asm/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n"
                                           "int set_memory_x(unsigned long addr, int numpages);\n",
    **{path: "\n".join(map(BODY.format, names)) for path, names in OWN.items()},
}
SEAL = "\treturn set_memory_rox((unsigned long)demo->text, 1);\n"


def cells(old: str, new: str, files: Mapping[str, str] = {}, other: tuple[str, str, str] | None = None) -> list[Cell]:
    """Return the changed cells of one patch to a file of generic code, on arm64 and x86; `other` is another file that
    the patch touches: its path, before and after."""
    diff = ""
    for path, was, now in [(PATH, old, new), *[other] * (other is not None)]:
        lines = difflib.unified_diff(was.splitlines(True), now.splitlines(True), f"a/{path}", f"b/{path}")
        diff += f"diff --git a/{path} b/{path}\n" + "".join(lines)
    mail = ("From: A <a@kernel.example>\nSubject: [PATCH] demo: seal it\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n"
            f"Message-ID: <a@kernel.example>\n\nSeal it.\n\n---\n{diff}-- \n2.39\n")
    [series] = find_series(read_source(mail.encode(), name="demo")).series
    there = {**TREE, **files, PATH: old, **({other[0]: other[1]} if other else {})}
    base = MemoryTree({name: text.encode() for name, text in there.items()})
    found = review_series(series, apply_series(series, base), load_knowledge(()), version=parse_version("6.12"),
                          arches=("arm64", "x86"))
    return [cell for cell in found.behaviour if cell.seen == "changes"]


def opened(body: str, above: str = "") -> str:
    """Return the file with one function of this body below other text."""
    return f"#include <linux/set_memory.h>\n\n{above}int demo_open(struct demo *demo)\n{{\n{body}}}\n"


def test_an_architecture_with_a_definition_of_its_own_has_that_one() -> None:
    """Where x86 has its own function, a call is not told as the two calls that others make in its place."""
    found = {cell.arch: cell.after for cell in cells(opened("\treturn 0;\n"), opened(SEAL))}
    assert found["x86"].symbol == "set_memory_rox"
    assert found["x86"].resolves_to.startswith("arch/x86/mm/pat/set_memory.c:")
    assert not found["x86"].via
    assert found["arm64"].symbol == "set_memory_rox"
    assert found["arm64"].resolves_to.startswith("include/linux/set_memory.h:")


def test_a_weak_body_is_told_only_where_no_other_is_built() -> None:
    """x86 builds another body with an option: the call below the weak one is told for kernels without it."""
    weak = "int __weak demo_seal(struct demo *demo)\n{\n" + SEAL + "}\n\n"
    own = {"arch/x86/mm/demo_own.c": "int demo_seal(struct demo *demo)\n{\n\treturn 0;\n}\n"}
    found = {(cell.arch, cell.config) for cell in cells(opened("\treturn 0;\n", weak), opened(
        "\treturn demo_seal(demo);\n", weak), own)}
    assert found == {("arm64", ()), ("x86", (("DEMO_OWN", "n"),))}


def test_a_macro_of_the_file_is_what_it_stands_for() -> None:
    """Where the file says that a name is false, nothing behind it is called, and nothing of that changes."""
    low = "#ifdef CONFIG_DEMO_LOW\n#define has_low demo_has(LOW)\n#else\n#define has_low (false)\n#endif\n\n"
    found = cells(opened("\tif (IS_ENABLED(CONFIG_DEMO_LOW))\n\t" + SEAL + "\treturn 0;\n", low),
                  opened("\tif (has_low)\n\t" + SEAL + "\treturn 0;\n", low))
    assert {cell.config for cell in found} == {(("DEMO_LOW", "y"),)}
    assert all(" is called only when demo_has(LOW), " in cell.after.does for cell in found)


def test_what_another_file_did_where_it_is_not_built_was_not_seen() -> None:
    """A function that comes from a file of other kernels says nothing of what its name did in this one before."""
    body = "int demo_open(struct demo *demo)\n{\n" + SEAL + "}\n"
    old, new = "#include <linux/set_memory.h>\n\n", "#include <linux/set_memory.h>\n\n" + body.replace(
        "1);", "2);")
    low = "kernel/demo_low.c"
    found = cells(old, new, {"kernel/Makefile": "obj-y += demo.o\nobj-$(CONFIG_DEMO_LOW) += demo_low.o\n"},
                  (low, old + body, old))
    assert {(cell.config, cell.before.does == "was not seen") for cell in found if cell.arch == "x86"} == {
        ((("DEMO_LOW", "n"),), True), ((("DEMO_LOW", "y"),), False)}
