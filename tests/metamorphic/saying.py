"""What a review says, in a form in which two reviews can be compared: no lines, no words that a rewriting changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rewriting import MARK

from reviewbot.findings.types import Cell, Effect, Finding
from reviewbot.review import Review

__all__ = ["Said", "difference", "said", "summed", "without_release"]

Said = Counter[tuple[str, ...]]

_LINE = re.compile(r"(?<=[\w.]):\d+\b|\blines? \d+(?:-\d+)?")
_BLANK = re.compile(r"[()\s]+")
_NUMBER = re.compile(r"^Patch(?:es)? [\d, and]+, ")


def _plain(text: str) -> str:
    """Return the text without line numbers, brackets and blanks, and with renamed locals under their old name."""
    same = text.replace(MARK, "").replace("#ifdef ", "#if defined ").replace("#ifndef ", "#if !defined ")
    return _BLANK.sub("", _LINE.sub("", same))


def said(review: Review, *, patches: bool = True) -> Said:
    """Return every statement of the review; without `patches` it does not matter which patch a statement is about."""
    statements: Said = Counter()
    statements.update(_finding(one, patches=patches) for one in review.findings)
    statements.update(("level set", entry.topic, entry.arch,
                       _plain(entry.statement if patches else _NUMBER.sub("", entry.statement)))
                      for entry in review.level_set)
    statements.update(_cell(one, patches=patches) for one in review.behaviour if one.changed)
    statements.update(("claim", str(one.patch) if patches else "", _plain(one.text), one.kind, one.verdict)
                      for one in review.claims)
    return statements


def without_release(statements: Said) -> Said:
    """Return the statements without what the model knows of a release, which it says where its words stand."""
    return Counter({one: count for one, count in statements.items()
                    if not (one[0] == "level set" and one[1].startswith("Known: "))})


def summed(review: Review) -> Said:
    """Return what the series does in sum: defects that it introduces and leaves, whichever patch does.

    One finding may speak of several files of a patch and their architectures; here each architecture counts.
    """
    return Counter({("finding", one.level, one.rule, one.category, one.symbol, arch): 1 for one in review.findings
                    if one.introduced and one.fixed_by is None and one.level != "note"
                    for arch in one.arch or ("all",)})


def _finding(one: Finding, *, patches: bool) -> tuple[str, ...]:
    where = str(one.patch) if patches else ""
    return ("finding", where, one.level, one.rule, one.category, _plain(one.symbol), one.function, one.file,
            " ".join(sorted(one.arch)), "new" if one.introduced else "old",
            f"fixed by {one.fixed_by}" if one.fixed_by is not None else "")


def _cell(one: Cell, *, patches: bool) -> tuple[str, ...]:
    return ("cell", one.patch if patches else "", one.file, one.function, _plain(one.call), one.arch,
            " ".join(f"{name}={value}" for name, value in sorted(one.config)), _effect(one.before), _effect(one.after))


def _effect(one: Effect) -> str:
    return " ".join([_plain(one.resolves_to), _plain(one.does), str(one.may_fail), *sorted(one.errnos), one.on_failure])


def difference(before: Said, after: Said, *, most: int = 12) -> str:
    """Return the statements that only one of the two makes, a line each; empty when they say the same."""
    lines = [*_lines("gone", before - after), *_lines("came", after - before)]
    more = [f"and {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join([*lines[:most], *more])


def _lines(word: str, statements: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"{word}: {' | '.join(part for part in one if part)[:400]}" for one in sorted(statements)]
