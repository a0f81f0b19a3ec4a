"""The examples of every rule are its tests: marked lines are found, unmarked lines are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_example import read_example, read_tree_example

from reviewbot.cli.knowledge import load_knowledge
from reviewbot.cli.rule_examples import judge, strays_of
from reviewbot.cli.skeletons import left_of_template
from reviewbot.resources import data_folder

KNOWLEDGE = load_knowledge(())
RULES = {rule.id: rule for rule in KNOWLEDGE.rules}
EXAMPLES = [path for rule in sorted(RULES) for path in sorted((data_folder("rules") / "checks" / rule).glob("*.c"))
            if not path.name.endswith(".before.c")]
FOLDERS = [path for rule in sorted(RULES) for path in sorted((data_folder("rules") / "checks" / rule).glob("*_*"))
           if path.is_dir()]


@pytest.mark.parametrize("path", [*EXAMPLES, *FOLDERS], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example(path: Path) -> None:
    """Exactly the marked lines of the example are found, as the marks have them; known misses and false alarms are
    still what they were."""
    assert judge(path, RULES[path.parent.name], KNOWLEDGE).wrong == ()


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_its_examples(rule: str) -> None:
    """A rule has two bad and two good cases; bad ones have a mark and good ones have none."""
    both = EXAMPLES + FOLDERS
    bad = [p for p in both if p.parent.name == rule and p.name.startswith("bad_")]
    good = [p for p in both if p.parent.name == rule and p.name.startswith("good_")]
    assert len(bad) >= 2
    assert len(good) >= 2
    assert all("BAD" in _marks(p) for p in bad)
    assert not any("BAD" in _marks(p) for p in good)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_says_what_it_is_in_words_of_its_own(rule: str) -> None:
    """Nothing of what `rules new` wrote into doc.md is left, and no file that looks like an example is never run."""
    assert left_of_template(RULES[rule]) == (), "doc.md still has the words of the template below these headings"
    assert strays_of(RULES[rule]) == []


def _marks(path: Path) -> list[str]:
    return [mark.kind for mark in (read_tree_example(path) if path.is_dir() else read_example(path)).marks.values()]
