"""What findings about configurations give as their reason."""

from __future__ import annotations

import pytest
from rule_example import TreeExample, findings_in_trees

from reviewbot.cli.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(())
RULES = {rule.id: rule for rule in KNOWLEDGE.rules}
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
    "Kbuild": "obj-$(CONFIG_HIBERNATION) += power/\nobj-y += arch/$(SRCARCH)/\n",
    "power/Makefile": "obj-y += snapshot.o\n",
    "arch/x86/Kconfig": "config X86\n\tdef_bool y\n",
    "arch/x86/Kbuild": "obj-y += init.o\n",
    "arch/x86/init.c": "int init;\n",
    "include/linux/set_memory.h": "static inline bool can_set_direct_map(void)\n{\n\treturn true;\n}\n",
}


def test_a_symbol_that_the_architecture_lacks_is_named() -> None:
    """A caller behind an option that no Kconfig file of the architecture defines is never built for want of it."""
    before = {**TREE, "kernel/snapshot.c": "void save(void)\n{\n\tkernel_page_present(0);\n}\n",
              "Kbuild": "obj-$(CONFIG_HIBERNATION) += kernel/\nobj-y += arch/$(SRCARCH)/\n",
              "kernel/Makefile": "obj-y += snapshot.o\n"}
    after = {**before, "arch/x86/init.c": "bool kernel_page_present(struct page *page)\n{\n\treturn true;\n}\n"}
    [finding] = findings_in_trees(TreeExample(arches=("x86",), moments=(before, after), marks={}),
                                  RULES["unused-definition"], KNOWLEDGE)
    assert "(HIBERNATION: no Kconfig file of x86 defines it)" in finding.message


def test_answers_that_have_nothing_in_common_differ_always() -> None:
    """Where a constant becomes another one there is no condition to name."""
    after = {path: text.replace("true", "false") for path, text in TREE.items()}
    [finding] = findings_in_trees(TreeExample(arches=("x86",), moments=(TREE, after), marks={}),
                                  RULES["changed-answer"], KNOWLEDGE)
    assert finding.message.endswith("they differ in every case.")
    assert finding.config == ""


@pytest.mark.parametrize(("before", "after", "told"), [
    ("(code >> 28) == 0", "CC_BITS(code) == 0", 0), ("code == 0", "code != 0", 1), ("code == 0", "demo_on()", 1)])
def test_one_value_that_is_looked_at_in_other_words(before: str, after: str, told: int) -> None:
    """Whether another comparison of the same value is another answer is open; another value's is one."""
    moments = [{path: text.replace("return true;", f"return {answer};") for path, text in TREE.items()}
               for answer in (before, after)]
    found = findings_in_trees(TreeExample(arches=("x86",), moments=(moments[0], moments[1]), marks={}),
                              RULES["changed-answer"], KNOWLEDGE)
    assert len(found) == told


@pytest.mark.parametrize(("symbol", "whole", "broken"), [
    ("CONFIG_DEBUG_PAGE_ALLOC", 1, 1),  # a misspelling is one on any base
    ("CONFIG_SHADOW_CALLS", 1, 0),      # another series, which the base lacks, may define it
])
def test_what_a_base_lacks_is_told_only_where_the_series_fits(symbol: str, whole: int, broken: int) -> None:
    """An undefined symbol is named with the one that is nearly spelled so, and told of a broken series only then."""
    before = {**TREE, "Kconfig": TREE["Kconfig"] + "config DEBUG_PAGEALLOC\n\tbool \"Debug\"\n", "mm/a.c": "int a;\n"}
    after = {**before, "arch/x86/init.c": f"#ifdef {symbol}\nint init;\n#endif\n", "mm/a.c": "int a, b;\n"}
    example = TreeExample(arches=("x86",), moments=(before, after), marks={})
    moved_on = {**before, "mm/a.c": "long another;\n"}
    found = [findings_in_trees(example, RULES["dead-gate"], KNOWLEDGE, base=base) for base in (before, moved_on)]
    assert [len(one) for one in found] == [whole, broken]
    assert ("but there is CONFIG_DEBUG_PAGEALLOC" in found[0][0].message) == (symbol == "CONFIG_DEBUG_PAGE_ALLOC")
