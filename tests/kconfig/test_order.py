"""An answer does not depend on what was asked before it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.reading import Reading
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import And, Cond, Not, Or, Var
from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series, open_tree
from reviewbot.source.types import Tree
from tests.kconfig.trees import TREE

Question = tuple[str, tuple[object, ...]]

_ORDERS = 10
_QUESTIONS = 500
# A file that is not plain Kconfig, headers and folders that lead to each other, and a stub both in a header and in C.
ODD = {
    **TREE,
    "Kconfig": TREE["Kconfig"] + 'source "odd/Kconfig"\nsource "far/Kconfig"\n',
    "odd/Kconfig": 'config ODD\n\tbool "Odd"\n\tdepends on SWAP\n\tfrobnicate\n\nconfig ODD_TOO\n\ttristate "Too"\n',
    "far/Kconfig": 'config FAR\n\ttristate "Far"\n\tselect NEAR if ODD_TOO\n\tdepends on NET || DEBUG_KERNEL\n\n'
                   'config NEAR\n\tbool "Near" if DEBUG_KERNEL\n\tdefault y if SWAP\n\nconfig ALONE\n\tbool "Alone"\n',
    "Kbuild": TREE["Kbuild"] + "obj-$(CONFIG_FAR) += one/\nobj-y += ring.o\n",
    "one/Makefile": "obj-$(CONFIG_NEAR) += ../two/\nobj-y += one.o\n",
    "two/Makefile": "obj-$(CONFIG_ALONE) += ../one/\nobj-y += two.o ../one/inner/\n",
    "one/inner/Makefile": "obj-y += ../../two/ inner.o\n",
    "arch/fast/include/asm/ring/a.h": "#ifdef CONFIG_SWAP\n#include <asm/ring/b.h>\n#endif\nint ring_a(void);\n",
    "arch/fast/include/asm/ring/b.h": "#ifdef CONFIG_NET\n#include <asm/ring/a.h>\n#endif\nint ring_b(void);\n",
    "include/linux/ring.h": "#ifdef CONFIG_ALONE\n#include <asm/ring/a.h>\n#endif\n#include <asm/ring/b.h>\n"
                            "static inline int outer(int on)\n{\n\treturn inner(on);\n}\n",
    "include/linux/inner.h": "#ifdef CONFIG_NEAR\nint inner(int on);\n#else\n"
                             "static inline int inner(int on) { return 0; }\n#endif\n",
    "mm/inner.c": "int inner(int on)\n{\n\treturn 0;\n}\n",
}
_SYMBOLS = ("MODULES", "SWAP", "NET", "HIBERNATION", "DEBUG_PAGEALLOC", "PAGE_POISONING", "SHADOW", "ODD", "ODD_TOO",
            "FAR", "NEAR", "ALONE", "MMU", "ARCH_HAS_SET_DIRECT_MAP", "NOWHERE", "DEBUG_KERNEL")
_FILES = ("one/one.c", "two/two.c", "one/inner/inner.c", "mm/alloc.c", "mm/snap.c", "mm/poison.c", "mm/inner.c",
          "net/x.c")
_NAMES = ("set_memory_ro", "set_memory_rox", "can_set", "inner", "outer", "ring_a", "ring_b", "map_pages")


def random_condition(chosen: random.Random, symbols: Sequence[str]) -> Cond:
    parts = []
    for _ in range(chosen.choice((1, 1, 2, 3))):
        part = Var(f"CONFIG_{chosen.choice(symbols)}{'_MODULE' if chosen.random() < 0.2 else ''}")
        parts.append(Not(part) if chosen.random() < 0.4 else part)
    return And(*parts) if chosen.random() < 0.6 else Or(*parts)


def questions(chosen: random.Random, count: int, arches: Sequence[str], symbols: Sequence[str],
              files: Sequence[str], names: Sequence[str]) -> list[Question]:
    found: list[Question] = []
    for _ in range(count):
        arch, cond = chosen.choice(arches), random_condition(chosen, symbols)
        kinds: list[Question] = [
            ("possible", (cond, arch)), ("can", (cond, arch)), ("ordinary", (cond, arch)), ("simplified", (cond, arch)),
            ("kbuild", (chosen.choice(files), arch)), ("presence", (chosen.choice(files), 3, arch)),
            ("knows", (chosen.choice(symbols), arch)), ("depends", (chosen.choice(symbols), arch)),
            ("definition_for", (chosen.choice(names), arch)), ("candidates", (chosen.choice(names), arch)),
            ("spelled_like", (chosen.choice(symbols), arch))]
        found.append(kinds[0] if chosen.random() < 0.3 else chosen.choice(kinds))
    return found


def answers(tree: Tree, asked: Sequence[Question], order: Sequence[int]) -> list[str]:
    config = KernelConfig(tree)
    found = [""] * len(asked)
    for number in order:
        name, given = asked[number]
        found[number] = str(getattr(config, name)(*given))
    return found


def compare(tree: Tree, asked: Sequence[Question], orders: int) -> None:
    chosen = random.Random(11)
    first = answers(tree, asked, range(len(asked)))
    for _ in range(orders - 1):
        again = answers(tree, asked, chosen.sample(range(len(asked)), len(asked)))
        assert [(*asked[n], a, b) for n, (a, b) in enumerate(zip(first, again, strict=True)) if a != b] == []


def test_the_same_questions_in_any_order_have_the_same_answers() -> None:
    """Yes and no, example and reason, and which definition a name gets, also around files that are not plain."""
    tree = MemoryTree(ODD)
    arches = tuple(KernelConfig(tree).arches())
    compare(tree, questions(random.Random(3), _QUESTIONS, arches, _SYMBOLS, _FILES, _NAMES), _ORDERS)


@pytest.mark.kernel
@pytest.mark.parametrize("release", ["5.10", "7.3"])
def test_a_real_kernel_answers_alike_in_any_order(kernel_tree: Callable[[str], Path], release: str) -> None:
    """The same for symbols drawn from all of Kconfig."""
    tree = open_tree(kernel_tree(release))
    chosen = random.Random(release)
    config = KernelConfig(tree)
    names = chosen.sample(sorted(config._asked("x86").names()), 300)
    files = ("kernel/power/snapshot.c", "mm/kfence/core.c", "drivers/hv/channel.c", "drivers/char/agp/generic.c",
             "arch/x86/mm/pat/set_memory.c", "arch/powerpc/mm/pageattr.c", "net/core/dev.c")
    compare(tree, questions(chosen, 200, ("powerpc", "x86"), names, files, _NAMES[:2]), 3)


def read(returns: Sequence[Mapping[str, str]]) -> list[FileFacts | None]:
    code = "int demo(void)\n{\n\tmapped(1);\n\treturn 0;\n}\n"
    mail = ("From: A <a@kernel.example>\nSubject: [PATCH] demo\nMessage-ID: <1@kernel.example>\n\nA.\n---\n"
            "diff --git a/mm/y.c b/mm/y.c\nnew file mode 100644\n--- /dev/null\n+++ b/mm/y.c\n@@ -0,0 +1 @@\n+int y;\n")
    [series] = find_series(read_source(mail.encode(), name="demo")).series
    tree = MemoryTree({"mm/demo.c": code})
    reading = Reading(series, apply_series(series, tree))
    return [reading.facts(tree, "mm/demo.c", kinds) for kinds in returns]


def test_what_a_file_says_does_not_depend_on_who_read_it_first() -> None:
    """A reader that knows what a function returns is not handed the facts of one that did not."""
    known, unknown = {"mapped": "void"}, {"mapped": ""}
    assert read([unknown, known]) == [*reversed(read([known, unknown]))]
    assert len(set(map(str, read([known, unknown])))) == 2
