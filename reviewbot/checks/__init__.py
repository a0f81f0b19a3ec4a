"""Findings: rules as data, kinds of check as code, and the series seen through its C facts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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


def __getattr__(name: str) -> object:
    """Return what the package exports, out of the module that has it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{home}"), name)
