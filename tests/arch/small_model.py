"""Small models for the tests: a generic file and one architecture, written to a folder."""

from __future__ import annotations

from pathlib import Path

from reviewbot.arch import Model, load_model

GENERIC = """
arch = "*"
title = "all architectures"
arches = ["bare"]
releases = ["5.10", "6.12"]
summary = "Stubs."
[[fact]]
symbol = ["set_memory_ro", "set_memory_rw"]
versions = "5.10.."
status = "stub"
file = "include/linux/set_memory.h"
condition = "!ARCH_HAS_SET_MEMORY"
returns = "int"
[[fact.anchor]]
file = "include/linux/set_memory.h"
function = "{symbol}"
has = "{ return 0; }"
[[fact]]
symbol = "set_memory_np"
versions = "5.10.."
status = "undeclared"
[[fact.anchor]]
file = "include/linux/set_memory.h"
lacks = "{symbol}"
"""

DEMO = """
arch = "demo"
title = "demo"
summary = "One leaf."
[profile.worker]
status = "real"
file = "arch/demo/mm/pageattr.c"
returns = "int"
may_fail = true
partial_on_failure = true
splits = "yes"
flushes = true
sleeps = true
alias = "both"
[profile.worker.errnos]
ENOMEM = "no page for the table"
[[profile.worker.anchor]]
file = "arch/demo/mm/pageattr.c"
function = "change_attr"
has = "if (!table) return -ENOMEM;"
for = ["errnos"]
[[fact]]
symbol = "set_memory_ro"
versions = "5.10..6.1"
like = "worker"
[[fact.anchor]]
file = "arch/demo/mm/pageattr.c"
function = "set_memory_ro"
path = ["change_attr", "flush_range"]
[[fact]]
symbol = "set_memory_ro"
versions = "6.2.."
like = "worker"
condition = "ARCH_HAS_SET_MEMORY"
otherwise = "generic"
[[fact.anchor]]
file = "arch/demo/mm/pageattr.c"
function = "set_memory_ro"
"""

SOURCE = """\
/* change_attr() stands in a comment, and so does return -EINVAL; */
static int change_attr(unsigned long addr, int n)
{
	void *table = alloc_table(GFP_KERNEL);

	if (!table)
		return -ENOMEM;	/* nothing changed yet */
	flush_range(addr, addr + n * PAGE_SIZE);
	return 0;
}

int set_memory_ro(unsigned long addr, int n)
{
	if (n == 0)
		return 0;
	return change_attr(addr, n);
}
"""

HEADER = """\
#ifndef CONFIG_ARCH_HAS_SET_MEMORY
static inline int set_memory_ro(unsigned long addr, int n) { return 0; }
static inline int set_memory_rw(unsigned long addr, int n) { return 0; }
#endif
"""


def write_model(folder: Path, *, generic: str = GENERIC, demo: str = DEMO) -> Path:
    """Return the rules folder that holds these two files."""
    (folder / "arch").mkdir(parents=True)
    (folder / "arch" / "_generic.toml").write_text(generic)
    if demo:
        (folder / "arch" / "demo.toml").write_text(demo)
    return folder


def load_small(folder: Path, *, generic: str = GENERIC, demo: str = DEMO) -> Model:
    """Return the model of these two files."""
    return load_model((write_model(folder, generic=generic, demo=demo),))
