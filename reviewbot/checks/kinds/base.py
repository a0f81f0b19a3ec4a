"""What every kind of check is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.findings.types import Finding
from reviewbot.text import nearest, quote_names
from reviewbot.values import dataclass

__all__ = ["Finder", "Kind", "names_option", "notes_within", "options_within"]

_COMMON_NOTES = frozenset({"milder", "page", "unchanged"})

Finder = Callable[[Rule, Analysis, int], Iterator[Finding]]


def place_of(finding: Finding) -> tuple[object, ...]:
    """Return the place of a finding and what it is about: several findings of one rule there are one."""
    return finding.file, finding.line, finding.symbol, finding.object, finding.message


def _no_notes(_: Rule) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of check. `fields` are what its messages may name; `check_options(rule)` raises DataError when the rule's
    `[match]` table is wrong.

    `states(rule, analysis, position)` gives what is wrong with the code as it is after the patch at that position, in
    the functions that the patch touches; whoever asks subtracts what was wrong before. `changes(...)` gives what is
    wrong with the change itself: it has looked at both sides. A kind has one of them or both.

    A finding of a kind that `yields_to` another is not told where one of that kind, of the same patch and machines,
    names what it is about: both speak of one event, and the other is the graver.

    `notes(rule)` are the names of the notes that it says beside those of every kind.

    `grain` says whether such a statement is about one call or about a file that makes it; of several states with the
    same `once` only the first is told. `keeps_old(analysis, finding)` is whether an old one is worth a note where the
    patch touches its function; without it none is.
    """

    name: str
    fields: frozenset[str]
    check_options: Callable[[Rule], None]
    states: Finder | None = None
    changes: Finder | None = None
    grain: Literal["call", "file"] = "call"
    once: Callable[[Finding], tuple[object, ...]] = place_of
    keeps_old: Callable[[Analysis, Finding], bool] | None = None
    notes: Callable[[Rule], Iterable[str]] = _no_notes
    yields_to: str = ""


def options_within(rule: Rule, known: frozenset[str]) -> None:
    """Raise DataError when the rule's `[match]` table has a key that its kind does not read."""
    unknown = sorted(rule.options.keys() - known)
    if unknown:
        raise DataError(f"the kind '{rule.kind}' has no option '{unknown[0]}'", where=str(rule.folder / "rule.toml"),
                        hint=f"it has {', '.join(sorted(known))}")


def notes_within(rule: Rule, known: Iterable[str]) -> None:
    """Raise DataError when the rule has a note that its kind never says."""
    said = sorted({*known, *_COMMON_NOTES})
    unknown = sorted(rule.notes.keys() - set(said))
    if unknown:
        near = nearest(unknown[0], said)
        raise DataError(f"the kind '{rule.kind}' has no note '{unknown[0]}'", where=str(rule.folder / "rule.toml"),
                        hint=f"did you mean {quote_names(near, joint='or')}?" if near else f"it has {', '.join(said)}")


def names_option(rule: Rule, key: str) -> tuple[str, ...]:
    """Return an option that is a string or a list of strings as a tuple. Raises DataError when it is neither."""
    value: Any = rule.options.get(key, ())
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise DataError(f"'{key}' is neither a string nor a list of strings", where=str(rule.folder / "rule.toml"))
