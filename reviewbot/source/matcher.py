"""Which of many identifiers stand in the bytes of a file, in one pass over them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache

from reviewbot.text import places_of

try:
    import hyperscan
except ImportError:  # no wheel for this machine: the same answers, some ten times slower
    _HYPERSCAN = False
else:
    _HYPERSCAN = True

__all__ = ["Spotter", "matcher_for", "names_in", "spotter_for", "stems_of", "strings_in"]

Matcher = Callable[[bytes], tuple[int, ...]]
Spotter = Callable[[memoryview], list[tuple[int, int]]]
_FEW = 4  # identifiers that are found sooner one after the other
_FEW_LITERALS, _MANY_LITERALS = 13, 72
"""Between these Hyperscan compares in a way that takes twice as long for names that begin alike: more are looked for
then in a sweep, which stand in no text. At 68 it compares so still for some sets of names, and from 72 on for none of
those that were tried (20 to 80 names of a kernel)."""
_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


@lru_cache(maxsize=128)
def matcher_for(words: tuple[str, ...]) -> Matcher:
    """Return a function from bytes to the sorted numbers of those `words` that stand in them as whole identifiers."""
    if not words:
        return lambda _: ()
    return _vectored(words) if _HYPERSCAN else _plain(words)


def spotter_for(words: tuple[str, ...]) -> Spotter | None:
    """Return a function from bytes to the places where one of the identifiers stands whole, each with its number among
    the `words`; None without Hyperscan."""
    if not _HYPERSCAN:
        return None
    if not words:
        return lambda _: []
    count = len(words)
    database, lengths = _database(words, _MANY_LITERALS if count > _FEW_LITERALS else 0)

    def spot(content: memoryview) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        size, add = len(content), found.append

        def at(number: int, _: int, end: int, __: int, ___: object) -> None:
            if number >= count:
                return
            start = end - lengths[number]
            if (not start or content[start - 1] not in _WORD) and (end == size or content[end] not in _WORD):
                add((start, number))

        database.scan(content, match_event_handler=at)  # type: ignore[type-var]  # any buffer will do
        return found

    return spot


@lru_cache(maxsize=8)
def strings_in(strings: frozenset[str]) -> Callable[[bytes], bool]:
    """Return a test of whether one of the strings stands in the bytes, also as a part of a longer word."""
    wanted = tuple(sorted(strings))
    if not wanted:
        return lambda _: False
    if not _HYPERSCAN:
        pattern = re.compile(b"|".join(re.escape(one.encode()) for one in wanted))
        return lambda content: pattern.search(content) is not None
    database, _ = _database(wanted)

    def test(content: bytes) -> bool:
        found: list[int] = []

        def at(number: int, _: int, __: int, ___: int, ____: object) -> bool:
            found.append(number)
            return True  # one is enough

        if content:
            with suppress(hyperscan.ScanTerminated):
                database.scan(content, match_event_handler=at)
        return bool(found)

    return test


def names_in(words: Iterable[str]) -> Callable[[bytes], tuple[str, ...]]:
    """Return a function from bytes to those of the identifiers that stand in them, whatever else is asked for."""
    wanted = tuple(sorted({word for word in words if word.isidentifier()}))
    if len(wanted) > _FEW:
        match = matcher_for(wanted)
        return lambda content: tuple(wanted[number] for number in match(content))
    coded = tuple((word, word.encode()) for word in wanted)
    return lambda content: tuple(word for word, code in coded if next(places_of(code, content), None) is not None)


def _vectored(words: tuple[str, ...]) -> Matcher:
    """Return a matcher that looks for all words at once with Hyperscan: a kernel's 60 000 files take a second."""
    database, lengths = _database(words)

    def find(content: bytes) -> tuple[int, ...]:
        if not content:
            return ()
        found: set[int] = set()

        def at(number: int, _: int, end: int, __: int, ___: object) -> None:
            start = end - lengths[number]
            if number not in found and not ((start and content[start - 1] in _WORD)
                                            or (end < len(content) and content[end] in _WORD)):
                found.add(number)

        database.scan(content, match_event_handler=at)
        return tuple(sorted(found))

    return find


def _database(words: tuple[str, ...], fewest: int = 0) -> tuple[hyperscan.Database, list[int]]:
    """Return what finds the words by their numbers, and how long each is; what makes them the `fewest` comes behind."""
    texts = [word.encode() for word in words]
    texts += [b"\x7f\x7f%d\x7f\x7f" % number for number in range(fewest - len(texts))]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=texts, ids=list(range(len(texts))), elements=len(texts), flags=[0] * len(texts),
                     literal=True)
    return database, [len(text) for text in texts]


def _plain(words: tuple[str, ...]) -> Matcher:
    numbers = {word.encode(): number for number, word in enumerate(words)}
    stems = [stem.encode() for stem in stems_of(words)]
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    search = re.compile(rb"(?<![A-Za-z0-9_])(?:" + "|".join(longest_first).encode() + rb")(?![A-Za-z0-9_])")

    def find(content: bytes) -> tuple[int, ...]:
        if not any(stem in content for stem in stems):
            return ()
        return tuple(sorted({numbers[found] for found in search.findall(content)}))

    return find


def stems_of(words: tuple[str, ...]) -> list[str]:
    """Return few strings of which every word starts with one: `set_memory_` for `set_memory_ro`, `set_memory_x`."""
    stems: dict[str, None] = {}
    for word in words:
        cut = word.rfind("_", 3, len(word) - 1)
        stems[word[:cut + 1] if cut > 5 else word] = None
    return [stem for stem in stems if not any(stem != other and other in stem for other in stems)]
