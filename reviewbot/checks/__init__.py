"""Findings: rules as data, kinds of check as code, and the series seen through its C facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.checks.analysis import Analysis, Side, analyse
    from reviewbot.checks.rule import Rule, load_rules, rule_texts
    from reviewbot.checks.run import find, load_checks

__all__ = ["Analysis", "Rule", "Side", "analyse", "find", "load_checks", "load_rules", "rule_texts"]

# Loaded when first asked for: a review that is kept needs none of it.
_HOMES = {
    "Analysis": "analysis",
    "Rule": "rule",
    "Side": "analysis",
    "analyse": "analysis",
    "find": "run",
    "load_checks": "run",
    "load_rules": "rule",
    "rule_texts": "rule",
}

__getattr__ = exports_of(__name__, _HOMES)
