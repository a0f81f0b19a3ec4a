"""What a build break is called: an error, or a note that says which later patch mends it."""

from __future__ import annotations

import pytest
from rule_example import TreeExample, findings_in_trees, read_tree_example

from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Finding
from reviewbot.resources import data_folder

KNOWLEDGE = load_knowledge(())
RULES = {rule.id: rule for rule in KNOWLEDGE.rules}
FOLDER = data_folder("rules") / "checks" / "undeclared-on-arch"
CONVERTED = "#include <linux/demo.h>\n\nstatic void slab_map(struct page *page)\n{\n\t__demo_map(page, 1, 1);\n}\n"


def _left_behind(*later: dict[str, str]) -> tuple[Finding, ...]:
    """Return what is found in the example of a caller left behind, with more patches after it."""
    example = read_tree_example(FOLDER / "bad_caller_left_behind")
    moments = list(example.moments)
    for change in later:
        moments.append(moments[-1] | change)
    return findings_in_trees(TreeExample(arches=example.arches, moments=tuple(moments), marks={}),
                             RULES["undeclared-on-arch"], KNOWLEDGE)


def test_nothing_mends_it() -> None:
    """A break that stays to the end of a series that applies cleanly is an error, shown by a configuration."""
    [found] = _left_behind()
    assert (found.level, found.fixed_by, found.patch) == ("error", None, 1)
    assert found.arch == ("x86",)
    assert any(one.kind == "kconfig" and "SLAB=y" in one.text for one in found.evidence)


def test_a_later_patch_mends_it() -> None:
    """Bisection still stops at the first patch, so the finding stays, as a note that names the patch that mends it."""
    [found] = _left_behind({"mm/slab.c": CONVERTED})
    assert (found.level, found.fixed_by, found.patch) == ("note", 2, 1)
    assert found.notes


def test_an_unrelated_later_patch_mends_nothing() -> None:
    """A later patch that does not touch the name does not count as the one that mends it."""
    [found] = _left_behind({"mm/Makefile": "obj-y += slab.o other.o\n", "mm/other.c": "int o;\n"})
    assert (found.level, found.fixed_by) == ("error", None)


@pytest.mark.parametrize("line", ["\tops->demo_map(page, 1, 1);", "\t/* demo_map(page, 1, 1); */",
                                  "\tpr_info(\"demo_map(page)\");"])
def test_what_only_looks_like_a_call(line: str) -> None:
    """A member, a comment or a string of that name is no caller."""
    example = read_tree_example(FOLDER / "bad_caller_left_behind")
    slab = f"#include <linux/demo.h>\n\nvoid slab_map(struct ops *ops)\n{{\n{line}\n}}\n"
    moments = tuple(moment | {"mm/slab.c": slab} for moment in example.moments)
    assert not findings_in_trees(TreeExample(arches=example.arches, moments=moments, marks={}),
                                 RULES["undeclared-on-arch"], KNOWLEDGE)


def test_what_a_failed_hunk_may_provide_is_not_missed() -> None:
    """A new name that an architecture's header gets by a failed hunk is not said to be undeclared."""
    before = {
        "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
        "Kbuild": "obj-y += mm/\n", "mm/Makefile": "obj-y += seal.o\n", "mm/seal.c": "int seal;\n",
        "arch/arm64/Kconfig": "config ARM64\n\tdef_bool y\n", "arch/x86/Kconfig": "config X86\n\tdef_bool y\n",
        "arch/arm64/include/asm/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n",
        "arch/x86/include/asm/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n",
    }
    new = "#define set_memory_sealed(addr) set_memory_ro(addr, 1)\n"
    after = before | {f"arch/{arch}/include/asm/set_memory.h": before[f"arch/{arch}/include/asm/set_memory.h"] + new
                      for arch in ("arm64", "x86")}
    after["mm/seal.c"] = "#include <asm/set_memory.h>\n\nint seal(void)\n{\n\treturn set_memory_sealed(0);\n}\n"
    header = "arch/x86/include/asm/set_memory.h"
    example = TreeExample(arches=("arm64", "x86"), moments=(before, after), marks={})
    lacking = TreeExample(arches=("arm64", "x86"), moments=(before, after | {header: before[header]}), marks={})
    moved_on = before | {header: "/* a tree that has moved on */\nint set_memory_rw(unsigned long addr);\n"}
    rule = RULES["undeclared-on-arch"]
    assert [one.arch for one in findings_in_trees(lacking, rule, KNOWLEDGE)] == [("x86",)]
    assert not findings_in_trees(example, rule, KNOWLEDGE)
    assert not findings_in_trees(example, rule, KNOWLEDGE, base=moved_on)


@pytest.mark.parametrize(("rest", "asked"), [
    ("#else\nstatic inline void demo_old(void) { }\n#endif\n",
     "Should the other arm of that #if in '{}' (line 4) declare 'demo_seal', or give it an empty stub?"),
    ("#endif\n",
     "Should '{}' declare 'demo_seal', or give it an empty stub, also where the #if at its line 1 does not hold?"),
])
def test_the_arm_that_lacks_the_name_is_asked_about(rest: str, asked: str) -> None:
    """Where the patch declares what it calls in one arm of a header the header is known: the question is its other arm,
    and what shows it is the declaration."""
    old = "#ifdef CONFIG_DEMO\nvoid demo_old(void);\n" + rest
    user = "#include <linux/demo.h>\n\nvoid user(void)\n{\n\tset_memory_ro(1, 1);\n}\n"
    before = {"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
              "arch/x86/Kconfig": 'config X86\n\tdef_bool y\n\nconfig DEMO\n\tbool "Demo"\n',
              "Kbuild": "obj-y += mm/\n",
              "mm/Makefile": "obj-y += user.o\nobj-$(CONFIG_DEMO) += demo.o\n", "mm/user.c": user,
              "mm/demo.c": "#include <linux/demo.h>\n\nvoid demo_old(void)\n{\n}\n", "include/linux/demo.h": old}
    after = {**before, "mm/user.c": user.replace("\tset", "\tdemo_seal();\n\tset"),
             "mm/demo.c": before["mm/demo.c"] + "\nvoid demo_seal(void)\n{\n}\n",
             "include/linux/demo.h": old.replace("old(void);\n", "old(void);\nvoid demo_seal(void);\n", 1)}
    [found] = findings_in_trees(TreeExample(arches=("x86",), moments=(before, after), marks={}),
                                RULES["undeclared-on-arch"], KNOWLEDGE)
    assert found.question == asked.format("include/linux/demo.h")
    assert (found.evidence[0].text, found.evidence[0].line) == ("void demo_seal(void);", 3)


def test_a_break_is_named_on_all_architectures_that_build_the_caller() -> None:
    """What generic code calls is missing on each architecture, those together on which the same options show it; code
    of one architecture is missed on that one."""
    before = {
        "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kbuild": "obj-y += mm/\n",
        "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\nsource "mm/Kconfig"\n',
        "mm/Kconfig": 'config SLAB\n\tbool "Slab"\n\tdepends on ARM64 || X86\n',
        "mm/Makefile": "obj-$(CONFIG_SLAB) += slab.o\n",
        "mm/slab.c": "#include <linux/demo.h>\n\nvoid slab_map(struct page *page)\n{\n\tdemo_map(page, 1);\n}\n",
        **{f"arch/{arch}/Kconfig": f"config {arch.upper()}\n\tdef_bool y\n" for arch in ("arm64", "s390", "x86")},
        "include/linux/demo.h": "static inline void demo_map(struct page *page, int pages)\n{\n}\n",
    }
    after = before | {"include/linux/demo.h": "struct page;\n"}
    example = TreeExample(arches=("arm64", "s390", "x86"), moments=(before, after), marks={})
    [found] = findings_in_trees(example, RULES["undeclared-on-arch"], KNOWLEDGE)
    assert found.arch == ("arm64", "x86")
    assert "on arm64 and x86 with SLAB=y" in found.message
