"""One event is told once, by the kind that says the graver thing of it."""

from __future__ import annotations

from pathlib import Path

from rule_example import mails_of, read_tree_example

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
    example = read_tree_example(data_folder("rules") / EXAMPLE)
    series = choose_series(find_series(read_source(mails_of(example), name="example")))
    tree = MemoryTree({path: text.encode() for path, text in example.moments[0].items()})
    review = review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version("6.12"),
                           arches=example.arches)
    rules = {one.rule for one in review.findings if one.introduced and one.level != "note"}
    assert "defined-twice-on-arch" in rules
    assert "gate-taken-away" not in rules
