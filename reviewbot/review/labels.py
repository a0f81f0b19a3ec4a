"""Calls that only a `goto` leads to: the label in front of them, however the code is laid out."""

from __future__ import annotations

from reviewbot.cfacts.lexer import lines_in, tokens
from reviewbot.review.matching import Item

__all__ = ["label_before"]

_LEAVES = frozenset({"return", "goto"})
_ENDS = frozenset({";", "{", "}", ":"})


def label_before(item: Item | None) -> str:
    """Return the nearest label above a call that a `goto` alone leads to, empty where the code runs into the call."""
    if item is None:
        return ""
    place = item.place
    data = place.side.tree.read(place.path) or b""
    lines = lines_in(data)
    body = data[lines.start(place.function.span.line):lines.start(item.call.span.line)]
    if b":" not in body:
        return ""
    words = [word.text for word in tokens(body) if word.kind != "directive"]
    depth, first, behind = 0, "", ""
    for number, word in enumerate(words):
        before = words[number - 1] if number else ""
        if depth == 1 and before in _ENDS:
            if words[number + 1:number + 2] == [":"] and word.isidentifier() and word != "default":
                # Code runs into a label unless the statement before it leaves; what only labels lead to stays so.
                behind = word if behind or (before == ";" and first in _LEAVES) else ""
            else:
                first = word
        depth += {"{": 1, "}": -1}.get(word, 0)
    return behind
