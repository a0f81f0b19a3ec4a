"""Whether a call stands in an arm of an `if`, read from the words of its function."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.cfacts.lexer import Token, closing_word

__all__ = ["stands_in_arm"]


def stands_in_arm(words: Sequence[Token], name: str) -> bool:
    """Return whether every call of `name` among the words stands in an arm of an `if`, its `else` too.

    A function that calls it in several places is taken to call it on each way.
    """
    calls = [number for number in range(len(words) - 1) if words[number].text == name and words[number + 1].text == "("]
    return len(calls) == 1 and any(first <= calls[0] <= last for first, last in _arms(words))


def _arms(words: Sequence[Token]) -> list[tuple[int, int]]:
    found = []
    for number, word in enumerate(words[:-1]):
        if word.text == "if" and (close := closing_word(words, number + 1)) > 0:
            found.append((close + 1, _end(words, close + 1)))
        elif word.text == "else" and words[number + 1].text != "if":
            found.append((number + 1, _end(words, number + 1)))
    return found


def _end(words: Sequence[Token], start: int) -> int:
    """Return the number of the word that ends the statement which begins at `start`."""
    depth = 0
    for number in range(start, len(words)):
        text = words[number].text
        depth += (text in {"{", "("}) - (text in {"}", ")"})
        if depth == 0 and text in {";", "}"}:
            return number
    return len(words) - 1
