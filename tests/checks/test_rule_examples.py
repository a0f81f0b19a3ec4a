"""The examples of every rule are its tests: marked lines are found, unmarked lines are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_example import findings_in, findings_in_trees, read_example, read_tree_example

from reviewbot.cli.knowledge import load_knowledge
from reviewbot.resources import data_folder

KNOWLEDGE = load_knowledge(())
RULES = {rule.id: rule for rule in KNOWLEDGE.rules}
EXAMPLES = [path for rule in sorted(RULES) for path in sorted((data_folder("rules") / "checks" / rule).glob("*.c"))
            if not path.name.endswith(".before.c")]
FOLDERS = [path for rule in sorted(RULES) for path in sorted((data_folder("rules") / "checks" / rule).glob("*_*"))
           if path.is_dir()]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example(path: Path) -> None:
    """Exactly the marked lines of the example are found; known misses and false alarms are still what they were."""
    example = read_example(path)
    found = {finding.line for finding in findings_in(example, RULES[path.parent.name], KNOWLEDGE)
             if finding.introduced}
    must = {line for line, kind in example.marks.items() if kind == "BAD"}
    missed = {line for line, kind in example.marks.items() if kind == "BAD-TODO"}
    wrong = {line for line, kind in example.marks.items() if kind == "FALSE-TODO"}
    assert found == must | wrong
    assert not found & missed


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example_of_several_files(path: Path) -> None:
    """Exactly the marked lines of the trees are found, those of `before/` as removed lines."""
    example = read_tree_example(path)
    found = {(finding.file, finding.line, finding.side)
             for finding in findings_in_trees(example, RULES[path.parent.name], KNOWLEDGE) if finding.introduced}
    must = {place for place, kind in example.marks.items() if kind == "BAD"}
    missed = {place for place, kind in example.marks.items() if kind == "BAD-TODO"}
    wrong = {place for place, kind in example.marks.items() if kind == "FALSE-TODO"}
    assert found == must | wrong
    assert not found & missed


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


def _marks(path: Path) -> list[str]:
    return list((read_tree_example(path) if path.is_dir() else read_example(path)).marks.values())
