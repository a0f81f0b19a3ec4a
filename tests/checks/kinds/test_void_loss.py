"""An error that a function without a result drops inside it, on the kernels that have the line."""

from __future__ import annotations

import pytest

from reviewbot.arch import parse_version
from reviewbot.checks import analyse, find
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.cli.rule_examples import TreeExample, mails_of
from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

KNOWLEDGE = load_knowledge(())
RULE = next(rule for rule in KNOWLEDGE.rules if rule.id == "error-lost-in-void")
KCONFIG = """\
config POWERPC
	def_bool y
config PPC64
	bool "64 bits"
config PPC32
	def_bool !PPC64
config PPC_BOOK3S_64
	def_bool PPC64
config DEBUG_PAGEALLOC
	bool "Unmap free pages"
"""
CODE = """\
#ifdef CONFIG_{option}
void demo_hide(struct page *page)
{{
	__kernel_map_pages(page, 1, 0);
	demo_note(page);
}}
#endif
"""


@pytest.mark.parametrize(("option", "level"), [("PPC32", "question"), ("PPC64", "note")])
def test_only_the_variant_that_the_line_gets_counts(option: str, level: str) -> None:
    """What the function of one platform drops is not asked about a line that only another platform builds."""
    before = {"Makefile": "VERSION = 5\nPATCHLEVEL = 10\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
              "mm/demo.c": "int demo;\n", "mm/Makefile": "obj-y += demo.o\n", "arch/powerpc/Kconfig": KCONFIG}
    after = {**before, "mm/demo.c": CODE.format(option=option)}
    example = TreeExample(arches=("powerpc",), marks={}, moments=(before, after))
    [series] = find_series(read_source(mails_of(example), name="example")).series
    tree = MemoryTree({path: text.encode() for path, text in before.items()})
    analysis = analyse(series=series, patched=apply_series(series, tree), family=KNOWLEDGE.family,
                       model=KNOWLEDGE.model, version=parse_version("5.10"), arches=("powerpc",))
    assert [one.level for one in find((RULE,), analysis)] == [level]
