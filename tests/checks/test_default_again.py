"""A function that a hunk shows whole is compared with the weak one, though the hunk has no place in the tree."""

from __future__ import annotations

import pytest
from rule_example import TreeExample, mails_of

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import review_series
from reviewbot.series import choose_series, find_series
from reviewbot.source import MemoryTree, apply_series

KCONFIG = "config RISCV\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig ARCH_HAS_SET_MEMORY\n\tbool\n"
TREE = {"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
        "Kbuild": "obj-y += mm/\n", "mm/Makefile": "obj-y += demo.o\n", "arch/riscv/Kconfig": KCONFIG,
        "mm/demo.c": "void __weak free_demo(void)\n{\n\tfree_demo_default(0);\n}\n"}
OWN = ("void free_demo(void)\n{\n\tset_memory_nx(demo_begin(), demo_pages());\n\tfree_demo_default(0);\n}\n")


@pytest.mark.parametrize(("left", "expected"), [
    ("\tfree_demo_default(0);\n", True),
    ("\tfree_demo_default(1);\n", False),
])
def test_the_rest_of_a_function_in_a_hunk_without_a_place_is_compared(left: str, expected: bool) -> None:
    """What the patch leaves is the weak function's body, or is not; the tree's file has no such function."""
    path = "arch/riscv/mm/init.c"
    moments = ({**TREE, path: OWN}, {**TREE, path: f"void free_demo(void)\n{{\n{left}}}\n"})
    example = TreeExample(arches=("riscv",), marks={}, moments=moments)
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    tree = MemoryTree({**{name: text.encode() for name, text in TREE.items()},
                       path: b"".join(b"int demo_%d;\n" % number for number in range(40))})
    review = review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version("6.12"),
                           arches=("riscv",))
    assert ("same-as-the-default" in {one.rule for one in review.findings}) is expected
