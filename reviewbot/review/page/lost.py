"""What a page says of hunks without a place: how many of a file they are, and in which functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.patterns import regex
from reviewbot.review.unplaced import lost_hunks
from reviewbot.review.unseen import Unseen
from reviewbot.series.types import Hunk
from reviewbot.source.owners import owned
from reviewbot.text import quote_names

__all__ = ["lost_parts"]

_MOST_FILES = 2
_MOST_PATCHES = 8
_MOST_FUNCTIONS = 2
_NAME = regex(r"\b\w+(?=\()")


def lost_parts(analysis: Analysis, unplaced: Sequence[Unseen], files: Sequence[str],
               judged: frozenset[str] = frozenset()) -> str:
    """Return which hunks have no place, of the `files` in this order: of a file of which the others were seen how many,
    and in which functions. Those that are `judged` by what the mail shows of them are not named as not seen."""
    whole: list[str] = []
    parts: dict[str, tuple[str, tuple[int, ...], list[Hunk]]] = {}
    for path in files:
        numbers = tuple(sorted({one.patch for one in unplaced if one.file == path}))
        lost = [hunk for number in numbers for hunk in _lost(analysis, number, path)]
        count = sum(len(diff.hunks) for patch in analysis.series.patches if patch.index in numbers
                    for diff in patch.files if diff.new_path == path)
        if 0 < len(lost) < count:
            parts[path] = f"{len(lost)} of {count} hunks of {path}", numbers, lost
        else:
            whole.append(path)
    said = []
    if whole:
        numbers = tuple(sorted({one.patch for one in unplaced if one.file in whole}))
        said.append(f"{quote_names(whole, most=_MOST_FILES)}, where hunks of {_patches(numbers)} have no place")
    for numbers in dict.fromkeys(which for _, which, _ in parts.values()):
        those = [(words, lost) for words, which, lost in parts.values() if which == numbers]
        where = _functions(analysis, those[0][1], judged) if len(parts) == 1 and not whole else ""
        said.append(f"{quote_names([words for words, _ in those], most=_MOST_FILES)} ({_patches(numbers)}){where}")
    return "; ".join(said[:_MOST_FILES])


def _lost(analysis: Analysis, index: int, path: str) -> tuple[Hunk, ...]:
    return tuple(hunk for state in analysis.patched.states if state.index == index for file in state.files
                 if file.path == path for hunk in lost_hunks(analysis, index, file))


def _patches(numbers: Sequence[int]) -> str:
    named = quote_names([str(number) for number in numbers], most=_MOST_PATCHES)
    return f"{'patch' if len(numbers) == 1 else 'patches'} {named}"


def _functions(analysis: Analysis, hunks: Sequence[Hunk], judged: frozenset[str]) -> str:
    """Return in which functions the hunks change lines, as a clause, those first that call the family; empty where that
    is in none, and what is left to see where all of them are judged."""
    texts = [text for hunk in hunks for text in (hunk.section, *(line.text for line in hunk.lines))]
    owners = [owner for owner in dict.fromkeys(owner for hunk in hunks for owner, kind, text in owned(hunk)
                                               if owner and kind != " " and text.strip())
              if any(re.search(rf"^(?!#).*\b{owner}\(", text) for text in texts)]
    if owners and judged.issuperset(owners):
        return ", beyond what the mail shows"
    family = analysis.family.names()
    calling = {owner for hunk in hunks for owner, _, text in owned(hunk) if not family.isdisjoint(_NAME.findall(text))}
    names = [f"{owner}()" for owner in sorted(owners, key=lambda one: one not in calling) if owner not in judged]
    more = len(names) - _MOST_FUNCTIONS
    if more > 1:
        return f", in {', '.join(names[:_MOST_FUNCTIONS])} and {more} more functions"
    return f", in {quote_names(names, most=_MOST_FUNCTIONS + 1)}" if names else ""
