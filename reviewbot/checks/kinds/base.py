"""What every kind of check is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.findings.types import Finding

__all__ = ["Kind", "names_option", "options_within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of check. `fields` are what its messages may name; `run(rule, analysis, position)` gives the findings of
    the patch at that position; `check_options(rule)` raises DataError when the rule's `[match]` table is wrong."""

    name: str
    fields: frozenset[str]
    run: Callable[[Rule, Analysis, int], Iterator[Finding]]
    check_options: Callable[[Rule], None]


def options_within(rule: Rule, known: frozenset[str]) -> None:
    """Raise DataError when the rule's `[match]` table has a key that its kind does not read."""
    unknown = sorted(rule.options.keys() - known)
    if unknown:
        raise DataError(f"the kind '{rule.kind}' has no option '{unknown[0]}'", where=str(rule.folder / "rule.toml"),
                        hint=f"it has {', '.join(sorted(known))}")


def names_option(rule: Rule, key: str) -> tuple[str, ...]:
    """Return an option that is a string or a list of strings as a tuple. Raises DataError when it is neither."""
    value: Any = rule.options.get(key, ())
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise DataError(f"'{key}' is neither a string nor a list of strings", where=str(rule.folder / "rule.toml"))
