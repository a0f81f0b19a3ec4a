"""What a patch says itself about a condition that it changes: in a comment that it adds to the function."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.types import Function
from reviewbot.logic import Cond
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["added_in", "explains_change", "is_comment"]

_OWN_WORD = regex(r"[A-Za-z]\w*_\w+")  # `key_mask`, and no word of plain English


def added_in(file: PatchedFile, function: Function) -> Iterator[tuple[int, str]]:
    """Yield the lines that the patch adds to a function, with their numbers, in order."""
    lines = decode(file.after or b"").splitlines()
    yield from ((number, lines[number - 1].strip()) for number in sorted(file.added)
                if function.span.line <= number <= min(function.span.end_line, len(lines)))


def is_comment(line: str) -> bool:
    """Return whether a line begins as one of a comment does, or is empty."""
    return not line or line.startswith(("/*", "* ", "*/", "//")) or line == "*"


def explains_change(file: PatchedFile, function: Function, old: Cond, new: Cond) -> bool:
    """Return whether a comment that the patch adds to the function speaks of what a condition asks now and did not
    ask before, or the other way: then its author knows of the difference."""
    said = {word for _, line in added_in(file, function) if is_comment(line) for word in _OWN_WORD.findall(line)}
    return any(said & {*_OWN_WORD.findall(atom)} for atom in old.variables() ^ new.variables())
