"""What was counted of a rule decides whether it is a draft, and how sure it is said to be."""

from __future__ import annotations

import pytest

from reviewbot.checks import Rule
from reviewbot.cli.knowledge import load_knowledge

RULES = load_knowledge(()).rules
COUNTED = [rule for rule in RULES if rule.counted is not None]
_ALMOST_ALL, _FEWEST = 0.9, 5


def test_rules_about_contracts_speak_when_they_were_counted() -> None:
    """A rule about any function is a draft until findings of it were read."""
    assert not [rule.id for rule in RULES if rule.kind == "contract" and rule.status == "stable"
                and (rule.counted is None or not rule.counted.of)]


@pytest.mark.parametrize("rule", COUNTED, ids=lambda rule: rule.id)
def test_status_and_confidence_follow_the_count(rule: Rule) -> None:
    """Below one in two a rule is a draft of low confidence; nine in ten of five make it high."""
    counted = rule.counted
    assert counted is not None
    share = counted.worth / counted.of if counted.of else 0
    assert rule.status == ("stable" if 2 * share >= 1 else "draft")
    assert rule.confidence == ("low" if 2 * share < 1 else
                               "high" if share >= _ALMOST_ALL and counted.of >= _FEWEST else "medium")


def test_drafts_are_off_unless_asked_for() -> None:
    """The program's own drafts are not among the rules of a review."""
    assert not [rule.id for rule in load_knowledge((), drafts=False).rules if rule.status == "draft"]
