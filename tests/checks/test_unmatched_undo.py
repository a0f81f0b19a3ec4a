"""An undo of what was not done is told with the test that decided about it."""

from __future__ import annotations

from rule_example import TreeExample, findings_in_trees

from reviewbot.cli.knowledge import load_knowledge

KNOWLEDGE = load_knowledge(())
RULE = next(rule for rule in KNOWLEDGE.rules if rule.id == "unmatched-undo")
FILES = {"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
         "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\tselect ARCH_HAS_MEM_ENCRYPT\n"
                             "config ARCH_HAS_MEM_ENCRYPT\n\tbool\n", "mm/Makefile": "obj-y += demo.o\n"}
CODE = """\
void demo_open(struct demo *demo, unsigned long addr, int pages)
{
	int err;

	if (demo->kind != DEMO_SHARED)
		return;
	if (demo_common(demo))
		return;
	if (demo_has(DEMO_SECURE)) {
		err = set_memory_decrypted(addr, pages);
		if (err)
			return;
	}
	if (!demo_announce(demo))
		goto undo;
	return;
undo:
	if (set_memory_encrypted(addr, pages))
		demo_leak(demo);
}
"""


def test_the_test_that_skips_is_named() -> None:
    """Early returns that both ways have passed alike are not what an undo overlooks."""
    moments = (FILES, {**FILES, "mm/demo.c": CODE})
    [found] = findings_in_trees(TreeExample(arches=("x86",), moments=moments, marks={}), RULE, KNOWLEDGE)
    assert "when 'demo_has(DEMO_SECURE)' is false" in found.message
