"""Calls that only a `goto` leads to: the label in front of them, however the code is laid out."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

from reviewbot.cfacts.lexer import lines_in, tokens
from reviewbot.review.matching import Item

__all__ = ["label_before", "line_of_label"]

_LEAVES = frozenset({"return", "goto"})
_ENDS = frozenset({";", "{", "}", ":"})


def label_before(item: Item | None) -> str:
    """Return the nearest label above a call that a `goto` alone leads to, empty where the code runs into the call."""
    return _above(item)[1]


def line_of_label(item: Item | None) -> int:
    """Return the line of that label, 0 where there is none."""
    line, label = _above(item)
    return line if label else 0


def _above(item: Item | None) -> tuple[int, str]:
    if item is None:
        return 0, ""
    place = item.place
    span = place.function.span
    changes = _labels(place.side.tree.read(place.path) or b"", span.line, span.end_line)
    at = bisect_left(changes, (item.call.span.line, ""))
    return changes[at - 1] if at else (0, "")


@lru_cache(maxsize=64)
def _labels(data: bytes, first_line: int, last_line: int) -> tuple[tuple[int, str], ...]:
    """Return each line of a function behind which another label stands in front of the code, or none (empty)."""
    lines = lines_in(data)
    start, stop = lines.start(first_line), lines.start(last_line + 1)
    if b":" not in data[start:stop]:
        return ()
    words = [word for word in tokens(data, start=start, end=stop, lines=lines) if word.kind != "directive"]
    found: list[tuple[int, str]] = []
    depth, first, behind = 0, "", ""
    for number, word in enumerate(words):
        text = word.text
        before = words[number - 1].text if number else ""
        if depth == 1 and before in _ENDS:
            if number + 1 < len(words) and words[number + 1].text == ":" and text.isidentifier() and text != "default":
                # Code runs into a label unless the statement before it leaves; what only labels lead to stays so.
                behind = text if behind or (before == ";" and first in _LEAVES) else ""
                if not found or found[-1][1] != behind:
                    found.append((word.line, behind))
            else:
                first = text
        depth += {"{": 1, "}": -1}.get(text, 0)
    return tuple(found)
