"""The examples of every rule are its tests: marked lines are found, unmarked lines are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_example import findings_in, read_example

from reviewbot.cli.knowledge import load_knowledge
from reviewbot.resources import data_folder

KNOWLEDGE = load_knowledge(())
RULES = {rule.id: rule for rule in KNOWLEDGE.rules}
EXAMPLES = [path for rule in sorted(RULES) for path in sorted((data_folder("rules") / "checks" / rule).glob("*.c"))
            if not path.name.endswith(".before.c")]


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


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_its_examples(rule: str) -> None:
    """A rule has two bad and two good cases; bad ones have a mark and good ones have none."""
    bad = [p for p in EXAMPLES if p.parent.name == rule and p.name.startswith("bad_")]
    good = [p for p in EXAMPLES if p.parent.name == rule and p.name.startswith("good_")]
    assert len(bad) >= 2
    assert len(good) >= 2
    assert all("BAD" in read_example(p).marks.values() for p in bad)
    assert not any("BAD" in read_example(p).marks.values() for p in good)
