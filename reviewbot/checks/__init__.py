"""Findings: rules as data, kinds of check as code, and the series seen through its C facts."""

from reviewbot.checks.analysis import Analysis, Side, analyse
from reviewbot.checks.rule import Rule, load_rules, rule_texts
from reviewbot.checks.run import find, load_checks

__all__ = ["Analysis", "Rule", "Side", "analyse", "find", "load_checks", "load_rules", "rule_texts"]
