"""A patch within its analysis is one value: what the functions of a kind hand to each other."""

from __future__ import annotations

from reviewbot.arch import parse_version
from reviewbot.checks import analyse
from reviewbot.checks.step import Step
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.source import MemoryTree, apply_series
from tests.source.making import series_of

DIFF = ("diff --git a/mm/a.c b/mm/a.c\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,3 +1,3 @@\n int first;\n-int {};\n+int {};\n"
        " int last;\n")


def test_a_step_is_what_the_analysis_says_of_its_patch() -> None:
    """Both sides, the state, the two configurations and the files of a name are those of that patch alone."""
    knowledge = load_knowledge(())
    tree = MemoryTree({"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "mm/a.c": "int first;\nint one;\nint last;\n"})
    series = series_of(DIFF.format("one", "two"), DIFF.format("two", "three"))
    analysis = analyse(series=series, patched=apply_series(series, tree), family=knowledge.family,
                       model=knowledge.model, version=parse_version("6.12"), arches=("x86",))
    first, second = Step(analysis, 0), Step(analysis, 1)
    assert (first.state.index, second.state.index) == (1, 2)
    assert first.after.tree.read("mm/a.c") == second.before.tree.read("mm/a.c") == b"int first;\nint two;\nint last;\n"
    assert first.configs == analysis.configs[:2]
    assert second.configs == analysis.configs[1:]
    assert (first.files_with(("two",))["two"], second.files_with(("two",))["two"]) == (("mm/a.c",), ())
    assert first == Step(analysis, 0)
