"""Lines of a hunk that the file has in nearly the same words: a renamed argument, another wrap, a changed comment."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from reviewbot.patterns import regex
from reviewbot.source.alignment import Alignment, FileLines
from reviewbot.source.placing import Lines

__all__ = ["Likes", "with_alike"]

_ENOUGH = 0.7
_WIDEST = 16  # lines of the file between two lines of the hunk among which the like of others is looked for
_SLACK = 3  # the same above the first and below the last, beside as many as the hunk has
_FEWEST = 3  # words and signs of a line that may be known by its like
_LONGEST = 800
_STEPS = 2_000_000  # a series of a hundred patches takes some ten thousand
_TOLD = 0.4  # how much such a line says about a place
_WORD = regex(rb"\w+|[^\w\s]")


class Likes:
    """How alike lines and texts are, as long as what may be spent on that for one series is not: then nothing is."""

    def __init__(self, steps: int = _STEPS) -> None:
        """Begin with so many steps: pairs of equal words that are looked at."""
        self.left = steps

    def of_texts(self, one: Sequence[bytes], other: Sequence[bytes]) -> float:
        """Return how alike two texts are word by word, from 0 to 1; long ones line by line."""
        here, there = (_WORD.findall(b"\n".join(lines)) for lines in (one, other))
        if max(len(here), len(there)) > _LONGEST:
            here, there = ([line for text in lines if (line := b" ".join(text.split()))] for lines in (one, other))
        return self._of(here, there)

    def of_lines(self, line: bytes, other: bytes) -> float:
        """Return how alike two lines are, 0 where not enough to be the same one in other words."""
        words, there = _WORD.findall(line), _WORD.findall(other)
        fewest, most = sorted((len(words), len(there)))
        if not _FEWEST <= fewest <= most <= 2 * fewest:
            return 0.0
        if words.count(b"(") - words.count(b")") != there.count(b"(") - there.count(b")"):
            return 0.0  # the rest of a statement is not the like of a whole one
        found = self._of(words, there)
        return found if found >= _ENOUGH else 0.0

    def _of(self, here: Sequence[bytes], there: Sequence[bytes]) -> float:
        standing = Counter(there)
        self.left -= len(here) + len(there) + sum(count * standing[word] for word, count in Counter(here).items())
        if self.left < 0 or not here or not there:
            return 0.0
        return difflib.SequenceMatcher(None, here, there, autojunk=False).ratio()


def with_alike(hunk: Lines, one: Alignment, file: FileLines, likes: Likes) -> Alignment:
    """Return the alignment with unchanged lines of the hunk laid on those of the file that are their like, where these
    stand between what was found of the hunk already."""
    changed = {number for block in hunk.blocks for number in range(block.first, block.first + len(block.removed))}
    at, told = list(one.at), one.told
    anchors = [(number, place) for number, place in enumerate(at) if place is not None]
    first, last = anchors[0], anchors[-1]
    ends = [(-1, first[1] - first[0] - 1 - _SLACK), *anchors,
            (len(at), last[1] + len(at) - last[0] + _SLACK)]
    for (above, over), (below, under) in pairwise(ends):
        lines = [number for number in range(above + 1, below) if number not in changed]
        places = range(max(over + 1, 0), min(under, len(file.lines)))
        if not lines or not 0 < len(places) <= _WIDEST:
            continue
        for number, place in _paired([hunk.old[number] for number in lines], [file.lines[place] for place in places],
                                     likes):
            at[lines[number]] = places[place]
            told += _TOLD
    return replace(one, at=tuple(at), told=told)


def _paired(lines: Sequence[bytes], there: Sequence[bytes], likes: Likes) -> list[tuple[int, int]]:
    """Return which of the lines is which of the others, in order, so that they are as alike as can be."""
    best: list[list[tuple[float, tuple[tuple[int, int], ...]]]] = [[(0.0, ())] * (len(there) + 1)]
    for row, line in enumerate(lines):
        before, here = best[-1], [(0.0, best[-1][0][1])]
        for column, other in enumerate(there):
            found = max(before[column + 1], here[column], key=lambda way: way[0])
            alike = likes.of_lines(line, other)
            if alike and before[column][0] + alike > found[0]:
                found = (before[column][0] + alike, (*before[column][1], (row, column)))
            here.append(found)
        best.append(here)
    return list(best[-1][-1][1])
