"""What an inline function returns, as one expression: its early exits joined to its last statement."""

from __future__ import annotations

from reviewbot.patterns import regex

__all__ = ["given_by"]

_RETURN = regex(r"return\b\s*([^;{}]+);")
_EXIT = regex(r"if \((?P<asks>[^;{}]+)\) (?:\{ )?return\b ?\(?(?P<gives>true|false|\d+)\)? ?;(?: \})? ?")
_WRITES = regex(r"(?<![=!<>])=(?!=)|\+\+|--")
_MOST_EXITS = 4


def given_by(body: str) -> str:
    """Return what a body, written on one line, returns: `!(A) && (B)` for `if (A) return false; return B;`.

    Empty for a body that does more than to test and return.
    """
    asked: list[tuple[str, bool]] = []
    while len(asked) <= _MOST_EXITS:
        last = _RETURN.fullmatch(body)
        if last:
            break
        leaves = _EXIT.match(body)
        if not leaves or not _is_one(leaves["asks"]) or _WRITES.search(leaves["asks"]):
            return ""
        asked.append((leaves["asks"], leaves["gives"] == "true" or leaves["gives"].strip("0").isdigit()))
        body = body[leaves.end():]
    else:
        return ""
    text = last[1]
    for asks, true in reversed(asked):
        text = f"({asks}) || ({text})" if true else f"!({asks}) && ({text})"
    return text


def _is_one(text: str) -> bool:
    """Return whether every bracket that the text opens is closed in it, and no other."""
    level = 0
    for sign in text:
        level += {"(": 1, ")": -1}.get(sign, 0)
        if level < 0:
            return False
    return level == 0
