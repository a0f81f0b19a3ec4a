"""What is certain of an architecture: its name, and what its Kconfig files always or never select."""

from __future__ import annotations

from rule_example import TreeExample, findings_in_trees

from reviewbot.checks.arches import arch_values
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.source import MemoryTree, OverlayTree

TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
    "Kbuild": "obj-y += drivers/\n",
    "drivers/Makefile": "obj-y += demo.o\n",
    "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\tselect ARCH_HAS_MEM_ENCRYPT\n"
                        "\tselect ARCH_HAS_SET_MEMORY if MMU\n\nconfig ARCH_HAS_MEM_ENCRYPT\n\tbool\n",
    "arch/powerpc/Kconfig": 'config PPC\n\tdef_bool y\n\nsource "arch/powerpc/platforms/demo/Kconfig"\n',
    "arch/powerpc/platforms/demo/Kconfig": "config PPC_SVM\n\tbool \"Demo\"\n\tselect ARCH_HAS_MEM_ENCRYPT\n\n"
                                           "config ARCH_HAS_MEM_ENCRYPT\n\tbool\n",
    "arch/arm64/Kconfig": "config ARM64\n\tdef_bool y\n\nconfig ARCH_HAS_MEM_ENCRYPT\n\tbool\n",
}
DRIVER = """\
void demo_free(struct page *page)
{
	if (set_memory_encrypted((unsigned long)page_address(page), 1))
		pr_warn("demo\\n");
	__free_page(page);
}
"""


def test_what_another_entry_selects_is_open() -> None:
    """Only the architecture's own entry selects for all of its kernels; a platform's select counts."""
    tree = MemoryTree(TREE)
    symbol = "CONFIG_ARCH_HAS_MEM_ENCRYPT"
    assert arch_values(tree, "x86")[symbol]
    assert symbol not in arch_values(tree, "powerpc")
    assert arch_values(tree, "arm64")[symbol] is False
    assert "CONFIG_ARCH_HAS_SET_MEMORY" not in arch_values(tree, "x86")
    assert arch_values(tree, "arm64")["CONFIG_ARCH_HAS_SET_MEMORY"] is False


def test_a_patch_that_selects_is_seen() -> None:
    """A Kconfig file that a patch makes or changes counts as it stands on top of the tree."""
    new = {"arch/arm64/cca/Kconfig": b"config CCA\n\tbool\n\tselect ARCH_HAS_MEM_ENCRYPT\n"}
    tree = OverlayTree(MemoryTree(TREE), new)
    assert "CONFIG_ARCH_HAS_MEM_ENCRYPT" not in arch_values(tree, "arm64")


def test_memory_is_in_an_unknown_state_only_where_the_tree_can_encrypt() -> None:
    """The rule names arm64, whose release has the function, only if the Kconfig of the tree asks for it."""
    knowledge = load_knowledge(())
    rule = next(rule for rule in knowledge.rules if rule.id == "freed-in-unknown-state")
    found = []
    for more in ("", "\tselect ARCH_HAS_MEM_ENCRYPT\n"):
        config = TREE["arch/arm64/Kconfig"].replace("def_bool y\n", f"def_bool y\n{more}", 1)
        before = {**TREE, "arch/arm64/Kconfig": config, "drivers/demo.c": "int demo;\n"}
        example = TreeExample(arches=("arm64", "powerpc", "x86"), marks={},
                              moments=(before, {**before, "drivers/demo.c": DRIVER}))
        found += [finding.arch for finding in findings_in_trees(example, rule, knowledge)]
    assert found == [("x86",), ("arm64", "x86")]


def test_architectures_that_never_build_the_file_are_not_named() -> None:
    """A driver that depends on X86 says nothing about arm64, whose function could fail as well."""
    knowledge = load_knowledge(())
    rule = next(rule for rule in knowledge.rules if rule.id == "warn-only")
    found = []
    config = TREE["arch/arm64/Kconfig"].replace("def_bool y\n", "def_bool y\n\tselect ARCH_HAS_MEM_ENCRYPT\n", 1)
    for more in ("", "\tdepends on X86\n"):
        before = {**TREE, "arch/arm64/Kconfig": config, "drivers/demo.c": "int demo;\n",
                  "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n",
                  "Kconfig": TREE["Kconfig"] + f'\nconfig DEMO\n\tbool "Demo"\n{more}'}
        example = TreeExample(arches=("arm64", "x86"), marks={},
                              moments=(before, {**before, "drivers/demo.c": DRIVER}))
        found += [finding.arch for finding in findings_in_trees(example, rule, knowledge)]
    assert found == [("arm64", "x86"), ("x86",)]
