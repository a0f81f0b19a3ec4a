"""One event is told once, by the kind that says the graver thing of it."""

from __future__ import annotations

from pathlib import Path

from rule_example import TreeExample, mails_of, read_tree_example

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.resources import data_folder
from reviewbot.review import review_series
from reviewbot.series import choose_series, find_series
from reviewbot.source import MemoryTree, apply_series

EXAMPLE = Path("checks/gate-taken-away/bad_only_one_selects")


def test_a_stub_beside_the_function_is_not_also_said_to_take_its_place() -> None:
    """Where a lost symbol brings a stub into files that define the function, that they do not compile is all."""
    rules = rules_that_find(read_tree_example(data_folder("rules") / EXAMPLE))
    assert "defined-twice-on-arch" in rules
    assert "gate-taken-away" not in rules


def test_a_stub_with_another_answer_is_told_once() -> None:
    """That one constant became another is what the rule about stubs says, and its question asks."""
    before = {"include/linux/set_memory.h": "#ifndef CONFIG_ARCH_HAS_SET_DIRECT_MAP\n"
              "static inline bool kernel_page_present(struct page *page)\n{\n\treturn true;\n}\n#endif\n"}
    after = {path: text.replace("true", "false") for path, text in before.items()}
    rules = rules_that_find(TreeExample(arches=("x86",), moments=(before, after), marks={}))
    assert "stub-changes-meaning" in rules
    assert "changed-answer" not in rules


def rules_that_find(example: TreeExample) -> set[str]:
    """Return the rules with new findings in the patches of an example."""
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    tree = MemoryTree({path: text.encode() for path, text in example.moments[0].items()})
    review = review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version("6.12"),
                           arches=example.arches)
    return {one.rule for one in review.findings if one.introduced and one.level != "note"}
