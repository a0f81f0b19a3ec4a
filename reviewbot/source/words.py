"""Which files contain a word: what git's own grep is asked, and a finder of our own for bytes in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from reviewbot.errors import TreeError

__all__ = ["WordFinder", "grep_arguments", "grep_paths", "grep_pattern", "identifiers", "wanted_path"]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_GLOB = re.compile(r"([*?\[\]\\])")


def identifiers(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that can be identifiers of C, sorted and once each; others occur nowhere."""
    return tuple(sorted({word for word in words if _IDENTIFIER.fullmatch(word)}))


def wanted_path(path: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> bool:
    """Return whether the file lies below one of the folders (none: anywhere) and has one of the endings (none: any)."""
    if suffixes and not path.endswith(suffixes):
        return False
    return not prefixes or any(path.startswith(f"{prefix.rstrip('/')}/") or path == prefix for prefix in prefixes)


def grep_pattern(words: tuple[str, ...]) -> bytes:
    """Return the words as one extended regular expression; one pattern is twice as fast as one for each word."""
    return "|".join(words).encode() + b"\n"


def grep_arguments(prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> list[str]:
    """Return git's patterns of the files below these folders with these endings."""
    patterns: list[str] = []
    endings = [_escaped(suffix) for suffix in suffixes or ("",)]
    for prefix in prefixes or ("",):
        folder = _escaped(prefix.rstrip("/"))
        below = f"{folder}/**/" if folder else "**/"
        patterns.extend(f":(top,glob){below}*{ending}" for ending in endings)
        if folder:
            patterns.append(f":(top,glob){folder}")
    return patterns


def _escaped(text: str) -> str:
    return _GLOB.sub(r"\\\1", text)


class WordFinder:
    """Finds any of some identifiers in the bytes of a file.

    Most files hold none of the words, so a few substrings that every word contains are looked for first: that is
    some ten times as fast as a regular expression over all words.
    """

    def __init__(self, words: tuple[str, ...]) -> None:
        """Prepare for these words; an empty tuple finds nothing."""
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        self._stems = tuple(stem.encode() for stem in _stems(words))
        self._search: Callable[[bytes], object] = re.compile(
            rb"(?<![A-Za-z0-9_])(?:" + "|".join(longest_first).encode() + rb")(?![A-Za-z0-9_])").search

    def __call__(self, content: bytes) -> bool:
        """Return whether one of the words stands in the content as a whole identifier."""
        return any(stem in content for stem in self._stems) and self._search(content) is not None


def _stems(words: tuple[str, ...]) -> list[str]:
    """Return few strings of which every word starts with one: `set_memory_` for `set_memory_ro`, `set_memory_x`."""
    stems: dict[str, None] = {}
    for word in words:
        cut = word.rfind("_", 3, len(word) - 1)
        stems[word[:cut + 1] if cut > 5 else word] = None
    return [stem for stem in stems if not any(stem != other and other in stem for other in stems)]


def grep_paths(status: int, out: bytes, err: str, where: str) -> list[bytes]:
    """Return the paths that `git grep -l -z` printed. Raises TreeError when it failed (status 1 is: nothing found)."""
    if status > 1:
        raise TreeError(f"git grep failed: {err.strip().splitlines()[:1]}", where=where)
    return [path for path in out.split(b"\0") if path]
