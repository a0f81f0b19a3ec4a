"""A kernel of a few files, in memory, with the turns that real trees take."""

from __future__ import annotations

from reviewbot.source import MemoryTree

__all__ = ["TREE", "demo_tree"]

TREE: dict[str, str] = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": ('mainmenu "Demo"\ncc-option = $(shell,touch made-by-kconfig; gcc $(1))\n'
                'source "arch/$(SRCARCH)/Kconfig"\nsource "mm/Kconfig"\n'),
    "Kbuild": "obj-y += mm/ arch/$(SRCARCH)/\nobj-$(CONFIG_NET) += net/\n",
    "mm/Kconfig": """\
config MODULES
	bool "Loadable modules"
	modules

config ARCH_HAS_SET_MEMORY
	bool

config ARCH_HAS_SET_DIRECT_MAP
	bool

config DEBUG_KERNEL
	bool "Debugging"

config SWAP
	bool "Swap"
	depends on MMU
	default y

config HIBERNATION
	bool "Hibernation"
	depends on SWAP && ARCH_HIBERNATION_POSSIBLE

config ARCH_HIBERNATION_POSSIBLE
	bool

config DEBUG_PAGEALLOC
	bool "Check page accesses"
	depends on DEBUG_KERNEL
	depends on !HIBERNATION if ARCH_HAS_SET_DIRECT_MAP
	select PAGE_POISONING if !ARCH_HAS_SET_DIRECT_MAP

config PAGE_POISONING
	bool "Poison pages"

config NET
	tristate "Network"

config SHADOW
	bool "Shadow stack"
	depends on $(cc-option,-fshadow)
""",
    "mm/Makefile": "obj-y := alloc.o\nobj-$(CONFIG_PAGE_POISONING) += poison.o\nsnap-y := snapshot.o\n"
                   "snap-$(CONFIG_SWAP) += swapper.o\nobj-$(CONFIG_HIBERNATION) += snap.o\n",
    "mm/poison.c": "#ifndef CONFIG_ARCH_HAS_SET_DIRECT_MAP\nvoid map_pages(int on)\n{\n\t/* nothing */\n}\n#endif\n",
    "include/linux/mm.h": "#ifndef _MM_H\n#define _MM_H\nvoid map_pages(int on);\n#endif\n",
    "include/asm-generic/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n",
    "include/linux/set_memory.h": """\
#ifndef _SET_MEMORY_H
#define _SET_MEMORY_H
#ifdef CONFIG_ARCH_HAS_SET_MEMORY
#include <asm/set_memory.h>
#else
static inline int set_memory_ro(unsigned long addr, int numpages) { return 0; }
#endif
#ifndef set_memory_rox
static inline int set_memory_rox(unsigned long addr, int numpages)
{
	int ret = set_memory_ro(addr, numpages);
	return ret;
}
#endif
#ifdef CONFIG_ARCH_HAS_SET_DIRECT_MAP
#ifndef can_set
static inline bool can_set(void)
{
	return true;
}
#define can_set can_set
#endif
#endif
#endif
""",
    "arch/fast/Kconfig": """\
config FAST
	def_bool y
	select ARCH_HAS_SET_MEMORY if MMU
	select ARCH_HAS_SET_DIRECT_MAP if MMU
	select ARCH_HIBERNATION_POSSIBLE

config MMU
	bool "MMU"
	default y
""",
    "arch/fast/Kbuild": "obj-y += mm/\n",
    "arch/fast/mm/Makefile": "obj-$(CONFIG_MMU) += pageattr.o\n",
    "arch/fast/mm/pageattr.c": """\
int set_memory_ro(unsigned long addr, int numpages)
{
	return change(addr, numpages);
}
EXPORT_SYMBOL_GPL(set_memory_ro);

bool can_set(void)
{
	return rodata_full;
}

#ifdef CONFIG_DEBUG_PAGEALLOC
void map_pages(int on)
{
	change(on, 1);
}
#endif
""",
    "arch/fast/include/asm/set_memory.h": "#include <asm-generic/set_memory.h>\nbool can_set(void);\n"
                                          "#define can_set can_set\n",
    "arch/odd/Kconfig": "config ODD\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig MMU\n\tdef_bool y\n",
    "arch/odd/include/asm/set_memory.h": """\
#define __FUNC(name, flags)			\\
static inline int name(unsigned long addr, int numpages) \\
{						\\
	return worker(addr, numpages, flags);	\\
}
#define set_memory_rox set_memory_rox
__FUNC(set_memory_ro, 1)
__FUNC(set_memory_rox, 2)
""",
    "arch/plain/Kconfig": "config PLAIN\n\tdef_bool y\n",
}


def demo_tree(**changes: str) -> MemoryTree:
    """Return the tree with some files replaced; `__` in a name stands for `/`."""
    return MemoryTree({**TREE, **{name.replace("__", "/"): text for name, text in changes.items()}})
