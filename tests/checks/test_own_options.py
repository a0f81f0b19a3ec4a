"""What a series brings is set where the series sets it: a younger tree is no measure of that."""

from __future__ import annotations

from typing import Any

from reviewbot.arch import parse_version
from reviewbot.checks.own_options import selecting_arches
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import review_series
from reviewbot.series import Series, find_series
from reviewbot.source import MemoryTree, apply_series

BRINGS = ("diff --git a/arch/Kconfig b/arch/Kconfig\n--- a/arch/Kconfig\n+++ b/arch/Kconfig\n@@ -1,2 +1,5 @@\n"
          " config DEMO\n \tbool\n+\n+config ARCH_HAS_DEMO_MAP\n+\tbool\n")
SELECTS = ("diff --git a/arch/x86/Kconfig b/arch/x86/Kconfig\n--- a/arch/x86/Kconfig\n+++ b/arch/x86/Kconfig\n"
           "@@ -1,2 +1,3 @@\n config X86\n \tdef_bool y\n+\tselect ARCH_HAS_DEMO_MAP\n")
CALLS = ("diff --git a/kernel/demo.c b/kernel/demo.c\n--- a/kernel/demo.c\n+++ b/kernel/demo.c\n@@ -1,6 +1,9 @@\n"
         " #include <linux/set_memory.h>\n \n int demo_open(void *text)\n {\n+#ifdef CONFIG_ARCH_HAS_DEMO_MAP\n"
         "+\tset_memory_ro((unsigned long)text, 1);\n+#endif\n \treturn demo_run(text);\n }\n")


def series_of(diff: str) -> Series:
    mail = ("From: A <a@kernel.example>\nSubject: [PATCH] demo: map it\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n"
            f"Message-ID: <a@kernel.example>\n\nMap it.\n\n---\n{diff}-- \n2.39\n")
    [series] = find_series(read_source(mail.encode(), name="demo")).series
    return series


def test_an_option_that_the_series_selects() -> None:
    """Only what nothing but an architecture's line sets is told by these lines; what is moved is not brought."""
    assert selecting_arches(series_of(BRINGS + SELECTS)) == {"ARCH_HAS_DEMO_MAP": {"x86"}}
    assert selecting_arches(series_of(BRINGS)) == {}
    default = BRINGS.replace("+1,5", "+1,6") + "+	default y\n"
    assert selecting_arches(series_of(default + SELECTS)) == {}
    assert selecting_arches(series_of(SELECTS)) == {}


def test_what_a_younger_tree_selects_is_not_the_series_doing() -> None:
    """The tree selects the option on s390 as well: that the call comes there is not told of this series."""
    entry = "config {}\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n{}"
    files: dict[str, Any] = {
        "Makefile": "VERSION = 5\nPATCHLEVEL = 10\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n'
        'source "arch/Kconfig"\n', "kernel/Makefile": "obj-y += demo.o\n",
        "arch/Kconfig": "config DEMO\n\tbool\n", "kernel/demo.c": "#include <linux/set_memory.h>\n\n"
        "int demo_open(void *text)\n{\n\treturn demo_run(text);\n}\n",
        "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\nconfig SETS\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n",
        "arch/s390/Kconfig": entry.format("S390", "\tselect ARCH_HAS_DEMO_MAP\n")}
    series = series_of(BRINGS + SELECTS + CALLS)
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    found = review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version("5.10"),
                          arches=("s390", "x86"))
    assert {cell.arch for cell in found.behaviour if cell.changed and cell.function == "demo_open"} == {"x86"}
