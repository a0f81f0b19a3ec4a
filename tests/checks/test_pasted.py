"""A name that a macro puts together is declared, though no header spells it."""

from __future__ import annotations

import pytest

from reviewbot.checks.pasted import made_beside, pasted_in
from reviewbot.source import MemoryTree

HEADER = """\
#define DEMO_FUNC(name, flag) \\
static inline int name(unsigned long addr) { return demo(addr, flag); } \\
static inline int __##name(void *from) { return demo((unsigned long)from, flag); }

DEMO_FUNC(set_memory_ro, 1)
"""


@pytest.mark.parametrize(("arch", "name", "made"), [
    ("s390", "__set_memory_ro", True), ("s390", "__set_memory_rw", False), ("x86", "__set_memory_ro", False)])
def test_a_name_that_a_macro_makes(arch: str, name: str, made: bool) -> None:
    """Only the invocations count, and only those of the architecture's own headers."""
    tree = MemoryTree({"arch/s390/include/asm/set_memory.h": HEADER.encode()})
    assert pasted_in(tree, arch, name) == ("arch/s390/include/asm/set_memory.h" if made else "")


@pytest.mark.parametrize(("header", "beside"), [
    (HEADER, "set_memory_ro"),
    (HEADER.replace("return demo((unsigned long)", "return other((unsigned long)"), ""),
    (HEADER.replace("static inline int name", "static inline long name"), ""),
])
def test_what_one_line_makes_of_one_function_does_the_same(header: str, beside: str) -> None:
    """Both names hand on what the same function returns: what is known of the one is so of the other."""
    tree = MemoryTree({"a.h": header.encode()})
    assert made_beside(tree, "a.h", "__set_memory_ro") == beside
