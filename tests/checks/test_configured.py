"""Whether a configuration exists for what a patch shows, for whom it is asked, and how it is said."""

from __future__ import annotations

import pytest

from reviewbot.arch import parse_version
from reviewbot.checks import analyse
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.configured import (
    concerned,
    example_evidence,
    first_possible,
    has_kconfig,
    in_kconfig_words,
    is_whole,
    nest_at,
    settled_by_name,
)
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.logic import FALSE, And, Not, Var
from reviewbot.source import MemoryTree, apply_series
from tests.source.making import series_of

KNOWLEDGE = load_knowledge(())
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kbuild": "obj-y += mm/\n",
    "mm/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n",
    "Kconfig": 'config DEMO\n\tbool "Demo"\n\tdepends on X86\n\nconfig LOUD\n\tbool "Loud"\n\n'
               'source "arch/$(SRCARCH)/Kconfig"\n',
    "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\n"
                         "config ARCH_HAS_SET_MEMORY\n\tbool\n",
    "arch/arm64/Kconfig": "config ARM64\n\tdef_bool y\n",
    "mm/demo.c": "int demo;\nint other;\nint third;\n",
}
DIFF = ("diff --git a/mm/demo.c b/mm/demo.c\n--- a/mm/demo.c\n+++ b/mm/demo.c\n"
        "@@ -1,3 +1,3 @@\n int demo;\n-{}\n+{}\n int third;\n")


def analysed(old: str = "int other;", new: str = "int loud;") -> Analysis:
    """Return the analysis of a patch that changes one line of a file that only x86 builds."""
    tree = MemoryTree(TREE)
    series = series_of(DIFF.format(old, new))
    return analyse(series=series, patched=apply_series(series, tree), family=KNOWLEDGE.family, model=KNOWLEDGE.model,
                   version=parse_version("6.12"), arches=("arm64", "x86"))


def test_for_whom_code_is_built() -> None:
    """Generic code is for all, an architecture's own for it alone, code of two of them for nobody."""
    analysis, tree = analysed(), MemoryTree(TREE)
    assert set(concerned(analysis, tree, "mm/demo.c")) == {"arm64", "x86"}
    assert concerned(analysis, tree, "mm/demo.c", "arch/arm64/mm/a.c") == ("arm64",)
    assert concerned(analysis, tree, "arch/x86/a.c", "arch/arm64/a.c") == ()
    assert concerned(analysis, tree, "arch/riscv/a.c") == ()  # the tree does not have it


def test_the_first_architecture_on_which_something_can_be() -> None:
    """What the Makefile and the option's dependencies say counts; what can be nowhere gives nothing."""
    analysis = analysed()
    shown = first_possible(analysis, 1, Var("CONFIG_LOUD"), ("arm64", "x86"), file="mm/demo.c")
    assert shown is not None
    assert shown.arch == "x86"
    assert ("LOUD", "y") in shown.answer.example
    evidence = example_evidence(shown, "after patch 1")
    assert (evidence.file, evidence.rev) == ("arch/x86/Kconfig", "after patch 1")
    assert evidence.text.startswith("possible on x86: ")
    assert first_possible(analysis, 1, Var("CONFIG_DEMO"), ("arm64",)) is None
    impossible = And(Var("CONFIG_LOUD"), Not(Var("CONFIG_LOUD")))
    assert first_possible(analysis, 1, impossible, ("x86",)) is None


def test_what_a_name_settles() -> None:
    """The architecture's own symbol and its plain selects are known without a look at the rest."""
    tree = MemoryTree(TREE)
    assert settled_by_name(tree, And(Var("CONFIG_ARM64"), Var("CONFIG_LOUD")), "x86") == FALSE
    both = And(Var("CONFIG_ARCH_HAS_SET_MEMORY"), Var("CONFIG_LOUD"))
    assert settled_by_name(tree, both, "x86") == Var("CONFIG_LOUD")
    assert settled_by_name(tree, Var("debug"), "x86") == Var("debug")


@pytest.mark.parametrize(("code", "line", "said"), [
    ("#ifdef CONFIG_LOUD\nint a;\n#endif\n", 2, "CONFIG_LOUD"),
    ("#ifdef CONFIG_LOUD\n#define TELL 1\n#else\n#define TELL 0\n#endif\n#if TELL\nint a;\n#endif\n", 7, "CONFIG_LOUD"),
    ("#define TELL 0\n#if TELL\nint a;\n#endif\n", 3, "0")])
def test_the_nest_around_a_line(code: str, line: int, said: str) -> None:
    """A file's own switch stands for the options under which it sets it."""
    assert str(nest_at(MemoryTree({"mm/a.c": code}), "mm/a.c", line)) == said


def test_a_switch_of_other_files_stays_open() -> None:
    """A macro that the file does not define everywhere is not decided."""
    code = "#ifdef CONFIG_LOUD\n#define TELL 1\n#endif\n#if TELL\nint a;\n#endif\n"
    assert "TELL" in str(nest_at(MemoryTree({"mm/a.c": code}), "mm/a.c", 5))


def test_how_an_example_is_said() -> None:
    """One line, with the words of a .config; nothing to set is said as that."""
    assert in_kconfig_words([("A", "y"), ("B", "n")]) == "A=y B=n"
    assert in_kconfig_words([]) == "the default configuration"


def test_whether_the_tree_can_answer() -> None:
    """It needs a Kconfig, and a series of which nothing is missing and everything found its place."""
    assert has_kconfig(MemoryTree(TREE))
    assert not has_kconfig(MemoryTree({"mm/demo.c": ""}))
    assert is_whole(analysed())
    assert not is_whole(analysed(old="int not_there_at_all;"))
