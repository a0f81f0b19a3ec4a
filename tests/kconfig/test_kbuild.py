"""When a file is built."""

from __future__ import annotations

import pytest

from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.kbuild import Kbuild
from reviewbot.source import MemoryTree
from tests.kconfig.trees import demo_tree

FILES = {
    "Kbuild": "obj-y += mm/ arch/$(SRCARCH)/\nobj-$(CONFIG_NET) += net/\n",
    "Makefile": "need-sub-make :=\nifeq ($(need-sub-make),)\nlibs-y := lib/\nendif\ncore-$(CONFIG_BLOCK) += block/\n",
    "block/Makefile": "obj-y := bio.o\n",
    "lib/Makefile": "lib-y := str.o\n",
    "mm/Makefile": """\
mmu-y := nommu.o
mmu-$(CONFIG_MMU) := memory.o \\
			mmap.o
obj-y := alloc.o $(mmu-y)
ifdef CONFIG_SWAP
obj-y += swap.o
else
obj-y += noswap.o
endif
ifeq ($(CONFIG_A)$(CONFIG_B),yy)
obj-y += both.o
endif
ifneq ($(CONFIG_C),)
obj-$(CONFIG_D) += some.o
endif
""",
    "net/Makefile": "obj-$(CONFIG_INET) += ipv4.o\nipv4-y := tcp.o sub/udp.o\nipv4-$(CONFIG_V6) += six.o\n"
                    "obj-$(subst m,y,$(CONFIG_NET)) += core.o\nobj-m += always.o\n",
    "arch/a/Makefile": "core-y += arch/a/old/\nmachine-$(CONFIG_ARCH_X) += x\n"
                       "machdirs := $(patsubst %,arch/a/mach-%/,$(machine-y))\ncore-y += $(machdirs)\n",
    "arch/a/Kbuild": "obj-y += kernel/ virt/\n",
    "arch/a/kernel/Makefile": "obj-y := entry_$(BITS).o\n",
    "arch/a/old/Makefile": "obj-y := o.o\n",
    "arch/a/mach-x/Makefile": "obj-y := board.o\n",
    "arch/a/virt/Makefile": "include $(srctree)/virt/Makefile.virt\nobj-$(CONFIG_VIRT) += virt.o\n",
    "virt/Makefile.virt": "V ?= ../../../virt\nvirt-y := $(V)/main.o\n",
    "tools/t.c": "",
}


@pytest.mark.parametrize(("path", "condition"), [
    ("mm/alloc.c", "1"),
    ("mm/mmap.c", "CONFIG_MMU || CONFIG_MMU_MODULE"),
    ("mm/nommu.c", "!CONFIG_MMU"),
    ("mm/swap.c", "CONFIG_SWAP || CONFIG_SWAP_MODULE"),
    ("mm/noswap.c", "!CONFIG_SWAP && !CONFIG_SWAP_MODULE"),
    ("mm/both.c", "CONFIG_A && CONFIG_B"),
    ("mm/some.c", "(CONFIG_C || CONFIG_C_MODULE) && (CONFIG_D || CONFIG_D_MODULE)"),
    ("net/tcp.c", "(CONFIG_INET || CONFIG_INET_MODULE) && (CONFIG_NET || CONFIG_NET_MODULE)"),
    ("net/sub/udp.c", "(CONFIG_INET || CONFIG_INET_MODULE) && (CONFIG_NET || CONFIG_NET_MODULE)"),
    ("net/six.c", ("(CONFIG_INET || CONFIG_INET_MODULE) && (CONFIG_NET || CONFIG_NET_MODULE) && "
                   "(CONFIG_V6 || CONFIG_V6_MODULE)")),
    ("net/core.c", "CONFIG_NET || CONFIG_NET_MODULE"),
    ("net/always.c", "CONFIG_NET || CONFIG_NET_MODULE"),
    ("lib/str.c", "1"),
    ("block/bio.c", "CONFIG_BLOCK || CONFIG_BLOCK_MODULE"),
    ("arch/a/kernel/entry_64.S", "CONFIG_64BIT"),
    ("arch/a/kernel/entry_32.S", "!CONFIG_64BIT"),
    ("arch/a/old/o.c", "1"),
    ("arch/a/mach-x/board.c", "CONFIG_ARCH_X || CONFIG_ARCH_X_MODULE"),
    ("virt/main.c", "CONFIG_VIRT || CONFIG_VIRT_MODULE"),
    ("arch/b/kernel/x.c", "0"),
    ("tools/t.c", "0"),
    ("include/linux/mm.h", "1"),
    ("mm/included.c", "built(mm/included.c)"),
])
def test_the_condition_of_a_file(path: str, condition: str) -> None:
    """Objects, composite objects, folders, conditionals and lists of other names join to one condition."""
    assert str(Kbuild(MemoryTree(FILES), "a").condition(path)) == condition


@pytest.mark.parametrize(("path", "condition"), [
    ("drivers/one.c", "CONFIG_ONE_MODULE"),
    ("drivers/plain.c", "0"),
    ("drivers/half.c", "0"),  # a folder that is entered for a module as well as for the kernel
    ("drivers/never.c", "0"),
    ("drivers/part.c", "(CONFIG_MORE || CONFIG_MORE_MODULE) && CONFIG_ONE_MODULE"),
    ("drivers/sub/kernel.c", "0"),
    ("drivers/sub/mod.c", "(CONFIG_HV || CONFIG_HV_MODULE) && CONFIG_SUB_MODULE"),
    ("drivers/sub/both.c", "(CONFIG_A_MODULE || CONFIG_SUB_MODULE) && (CONFIG_HV || CONFIG_HV_MODULE)"),
    ("drivers/hard.c", "CONFIG_HARD_MODULE"),
])
def test_what_becomes_part_of_a_module(path: str, condition: str) -> None:
    """`obj-y`, a library and `$(subst m,y,...)` never do, whatever leads to their folder; parts go with the whole."""
    tree = MemoryTree({
        "Kbuild": "obj-y += drivers/\n",
        "drivers/Makefile": "obj-$(CONFIG_ONE) += one.o whole.o\nobj-y += plain.o\nlib-$(CONFIG_ONE) += half.o\n"
                            "obj-$(subst m,y,$(CONFIG_HV)) += sub/ never.o\nwhole-$(CONFIG_MORE) := part.o\n"
                            "ifeq ($(CONFIG_HARD),m)\nobj-m += hard.o\nendif\n",
        "drivers/sub/Makefile": "obj-y += kernel.o\nobj-$(CONFIG_SUB) += mod.o both.o\nobj-$(CONFIG_A) += both.o\n"})
    assert str(Kbuild(tree, "a").modular(path)) == condition


@pytest.mark.parametrize(("line", "condition"), [
    ("ifneq ($(filter y,$(CONFIG_A) $(CONFIG_B)),)", "CONFIG_A || CONFIG_B"),
    ("ifeq ($(filter y m,$(CONFIG_A)),)", "!CONFIG_A && !CONFIG_A_MODULE"),
    ("ifeq ($(BITS),64)", "CONFIG_64BIT"),
    ("ifneq ($(BITS),64)", "!CONFIG_64BIT"),
    ("ifndef CONFIG_A", "!CONFIG_A && !CONFIG_A_MODULE"),
    ("ifeq (y, $(CONFIG_A))", "CONFIG_A"),
    ('ifeq "$(CONFIG_A)" "m"', "CONFIG_A_MODULE"),
])
def test_a_folder_below_a_conditional(line: str, condition: str) -> None:
    """What a conditional around `obj-y += sub/` asks is asked for every file of the folder."""
    tree = MemoryTree({"Kbuild": f"{line}\nobj-y += sub/\nendif\n", "sub/Makefile": "obj-y += x.o\n"})
    assert str(Kbuild(tree, "a").condition("sub/x.c")) == condition


def test_a_tab_makes_a_recipe_behind_a_rule_alone() -> None:
    """A list inside a conditional may be indented by a tab; behind a rule such a line is a command."""
    tree = MemoryTree({"Makefile": "ifeq ($(CONFIG_WIDE),y)\n\tobj-$(CONFIG_A) += a.o\nendif\n"
                                   "$(obj)/made.h: made.sh\n\tobj-y += b.o\n\nobj-y += c.o\n\tobj-y += d.o\n"})
    assert [str(Kbuild(tree, "a").condition(f"{name}.c")) for name in "abcd"] == [
        "(CONFIG_A || CONFIG_A_MODULE) && CONFIG_WIDE", "built(b.c)", "1", "1"]


def test_an_option_in_braces() -> None:
    """`${CONFIG_X}` is `$(CONFIG_X)`."""
    tree = MemoryTree({"Makefile": "obj-${CONFIG_A} += a.o\n"})
    assert str(Kbuild(tree, "a").condition("a.c")) == "CONFIG_A || CONFIG_A_MODULE"


def test_presence_joins_the_nest_with_kbuild_and_drops_what_kinds_settle() -> None:
    """A line of a file that only MMU builds: MMU is a bool, so there is no MMU=m in the condition."""
    kernel = KernelConfig(demo_tree())
    assert str(kernel.presence("arch/fast/mm/pageattr.c", 14, "fast")) == "CONFIG_DEBUG_PAGEALLOC && CONFIG_MMU"
    assert str(kernel.presence("arch/fast/mm/pageattr.c", 14, "odd")) == "0"
    assert str(kernel.depends("HIBERNATION", "fast")) == "CONFIG_ARCH_HIBERNATION_POSSIBLE && CONFIG_SWAP"
