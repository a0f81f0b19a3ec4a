"""Where the lines of a hunk are in a file that is not the one it was made for: a weighted alignment of lines.

A line that stands once in the file says more than a brace; lines that stand together say more than lines apart.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = [
    "Alignment", "FileLines", "file_lines", "find_alignments", "find_beside", "heading_name", "key_of", "runs_of",
]

TELLING = 0.4
"""The least weight of a line that tells one place from another."""

_MOST_CANDIDATES = 8
_MOST_POSITIONS = 12  # a line that stands more often than this says nothing about the place
_WORTH_A_LOOK = 0.5  # of the best place's weight: one with less of it is no rival
_SLACK = 30  # lines that the file may have more than the hunk, above and below
_MOST_CELLS = 2_000_000  # lines of a hunk times lines of the file that are held against one another
_MOST_PAIRS = 40_000  # of them those that are equal
_TOGETHER = 0.15  # what it adds when a line follows directly on the one before, in hunk and file
_COMMON = frozenset({
    b"{", b"}", b"};", b"", b"else", b"} else {", b"else {", b"break;", b"continue;", b"return 0;", b"return;", b"*/",
    b"/*", b"/**", b"*", b"#endif", b"#else", b"return ret;", b"return err;", b"return rc;", b"default:", b"int ret;",
    b"help", b"} while (0)", b"return -EINVAL;", b"return -ENOMEM;", b"return true;", b"return false;", b"int i;",
    b"return NULL;", b"if (ret)", b"if (err)", b"goto out;", b"out:", b")", b"(", b"do {", b"});"})
_LABEL = regex(rb"\w+:(?!:)")
_CALLED = regex(rb"\b([A-Za-z_]\w*)\s*\(")
_WORD = regex(rb"[A-Za-z_]\w*")
_ATTRIBUTE = regex(rb"__\w+|asmlinkage|noinline|SYSCALL_DEFINE\d|DEFINE_\w+|EXPORT_\w+")


def key_of(line: bytes) -> bytes:
    """Return the line without what white space alone makes different."""
    return b" ".join(line.split())


def heading_name(heading: bytes) -> bytes:
    """Return what the line that begins a function, an entry or a type is about: the name that is defined."""
    called = _CALLED.findall(heading)
    found = [name for name in called if not _ATTRIBUTE.fullmatch(name)] or [
        name for name in called if name.startswith(b"__")][-1:]
    if found:
        return bytes(found[0])
    words = _WORD.findall(heading.partition(b"=")[0])
    return bytes(words[-1]) if words else key_of(heading)


class FileLines:
    """The lines of a file with where each stands, how much each says, and what each lies in."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        """Take the lines, without their ends."""
        self.lines = lines
        self.keys = [b" ".join(line.split()) for line in lines]  # as key_of() makes them
        self._stops: dict[int, int] = {}

    @cached_property
    def positions(self) -> Mapping[bytes, list[int]]:
        """Return where (0-based) each line stands."""
        found: dict[bytes, list[int]] = {}
        for number, key in enumerate(self.keys):
            found.setdefault(key, []).append(number)
        return found

    def weight(self, key: bytes) -> float:
        """Return how much a line with this key says about a place in the file: 0 for an empty one, at most 1."""
        if key in _COMMON:
            return 0.1 if key else 0.02
        if len(key) < 4:
            return 0.1
        count = len(self.positions.get(key, ()))
        return 1.0 / (1.0 + math.log2(count)) if count else 1.0

    @cached_property
    def headings(self) -> tuple[int, ...]:
        """Return the lines that begin something, as git tells them: a letter in the first column, and no label."""
        return tuple(number for number, line in enumerate(self.lines)
                     if (line[:1].isalpha() or line[:1] in {b"_", b"$"}) and not _LABEL.match(line))

    @cached_property
    def named(self) -> Mapping[bytes, list[int]]:
        """Return the headings by the name that each is about."""
        found: dict[bytes, list[int]] = {}
        for number in self.headings:
            found.setdefault(heading_name(self.lines[number]), []).append(number)
        return found

    def heading(self, position: int) -> bytes:
        """Return the nearest heading above the line, empty when there is none."""
        above = bisect_left(self.headings, position)
        return self.lines[self.headings[above - 1]] if above else b""

    def within(self, position: int, section: bytes) -> bool | None:
        """Return whether the line lies in what the text behind a hunk's second @@ names, None without such a text."""
        if not section.strip():
            return None
        wanted, name = key_of(section), heading_name(section)
        for above in range(bisect_left(self.headings, position) - 1, -1, -1):
            number = self.headings[above]
            here = self.lines[number]
            if key_of(here).startswith(wanted) or heading_name(here) == name:
                return True
            if b"(" in here or b"=" in here or here.startswith((b"config", b"struct", b"enum")) \
                    or position - number > 400:
                break
        if _LABEL.match(section):  # git without the kernel's attributes takes a label for a heading
            return None
        return False

    def in_body(self, position: int) -> bool:
        """Return whether the line is between the braces of something that begins in the first column."""
        for number in range(min(position, len(self.lines)) - 1, -1, -1):
            line = self.lines[number]
            if line.startswith(b"}"):
                return False
            if line.startswith(b"{") or (line.rstrip().endswith(b"{") and not line[:1].isspace()):
                return True
        return False

    def span(self, section: bytes) -> tuple[int, int] | None:
        """Return the lines (first, behind the last) of the one function, type or entry that is named, None if none."""
        name = heading_name(section)
        if not section.strip() or _LABEL.match(section):
            return None
        found = self.named.get(name, ())
        spans = [(number, stop) for number in found for stop in (self._stop(number),) if stop]
        return spans[0] if len(spans) == 1 else None

    def _stop(self, heading: int) -> int:
        """Return the line behind what begins at the heading: behind its `}`, or before the next heading of an entry."""
        if heading not in self._stops:
            self._stops[heading] = self._stop_of(heading)
        return self._stops[heading]

    def _stop_of(self, heading: int) -> int:
        brace = False
        for number in range(heading, min(len(self.lines), heading + 2000)):
            line = self.lines[number]
            if not brace and b"{" in line and line.rstrip().endswith((b"}", b"};")) \
                    and line.count(b"{") == line.count(b"}"):
                return number + 1
            brace = brace or b"{" in line
            if line.startswith(b"}"):
                return number + 1
            if not brace and line.rstrip().endswith(b";"):
                return 0
            if number > heading and not brace and line.startswith((b"config ", b"menuconfig ", b"endmenu", b"choice",
                                                                   b"menu ", b"source ", b"if ", b"endif")):
                return number
        return len(self.lines) if not brace and self.lines[heading].startswith((b"config", b"menuconfig")) else 0


def file_lines(lines: Sequence[bytes]) -> FileLines:
    """Return the lines of a file, without their ends, as they are looked through; each step of placing a patch asks
    for the same few files."""
    return _file_lines(tuple(lines))


@lru_cache(maxsize=8)
def _file_lines(lines: tuple[bytes, ...]) -> FileLines:
    return FileLines([*lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A hunk's lines laid on the file's: `at[i]` is the file's line of the hunk's i-th, None when it has none there.

    `score` is the share of the hunk's weight that was found, `told` the weight that was found in telling lines.
    """

    at: tuple[int | None, ...]
    score: float
    told: float

    @property
    def first(self) -> int:
        """Return the first line of the file that was matched."""
        return min(place for place in self.at if place is not None)

    @property
    def last(self) -> int:
        """Return the last line of the file that was matched."""
        return max(place for place in self.at if place is not None)


def runs_of(keys: Sequence[bytes], file: FileLines) -> list[int]:
    """Return where these lines stand one after the other in the file, 0-based."""
    if not keys:
        return []
    rarest = min(range(len(keys)), key=lambda index: len(file.positions.get(keys[index], ())))
    return [start for start in (place - rarest for place in file.positions.get(keys[rarest], ()))
            if start >= 0 and file.keys[start:start + len(keys)] == keys]


def find_alignments(keys: Sequence[bytes], file: FileLines, *, near: int, section: bytes = b"") -> list[Alignment]:
    """Return the ways to lay the lines on the file, the best first; `near` is where the hunk's header says.

    None of a hunk of thousands of lines, or of hundreds that are equal: it goes where it fits, or has no place.
    """
    if not keys:
        return []
    weights = [file.weight(key) for key in keys]
    votes: dict[int, float] = {}
    for index, key in enumerate(keys):
        places = file.positions.get(key, [])
        if weights[index] < TELLING / 4 or not places:
            continue
        for place in places if len(places) <= _MOST_POSITIONS else _closest(places, near + index):
            votes[place - index] = votes.get(place - index, 0.0) + weights[index]
    span = file.span(section)
    if span:
        votes[span[0]] = votes.get(span[0], 0.0) + 0.5
    clusters = _clusters(sorted(votes.items(), key=lambda item: (-item[1], abs(item[0] - near), item[0])))
    best = sorted(clusters, key=lambda centre: (-clusters[centre], abs(centre - near), centre))[:_MOST_CANDIDATES]
    enough = _WORTH_A_LOOK * clusters[best[0]] if best else 0.0
    best = [centre for centre in best if clusters[centre] >= enough
            or (span is not None and abs(centre - span[0]) <= _SLACK // 2)]
    found: list[Alignment] = []
    windows = [(max(0, centre - _SLACK), min(len(file.keys), centre + len(keys) + _SLACK)) for centre in best]
    if span and any(start < span[1] and span[0] < stop for start, stop in windows):
        # What is named may stand beside its like: there it goes by its name.
        windows.append((span[0], min(len(file.keys), max(span[1] + len(keys), span[0] + 1))))
    for start, stop in windows:
        one = _alignment(_align(keys, weights, file.keys[start:stop], start), weights)
        if one is not None and all(other.at != one.at for other in found):
            found.append(one)
    return sorted(found, key=lambda one: (-one.score, abs(one.first - near), one.first))


def _closest(places: Sequence[int], wanted: int) -> list[int]:
    """Return the four of the sorted places that are nearest to the wanted one."""
    middle = bisect_left(places, wanted)
    return sorted(places[max(0, middle - 4):middle + 4], key=lambda place: abs(place - wanted))[:4]


def _clusters(votes: Sequence[tuple[int, float]]) -> dict[int, float]:
    """Return the sums of the votes that are near one another, by the first of each."""
    clusters: dict[int, float] = {}
    rooms: dict[int, list[tuple[int, int]]] = {}  # the centres by the room they are in, with when they came
    reach = _SLACK // 2
    for offset, vote in votes:
        room = offset // (reach + 1)
        near = [pair for other in (room - 1, room, room + 1) for pair in rooms.get(other, ())
                if abs(pair[1] - offset) <= reach]
        centre = min(near)[1] if near else offset
        if not near:
            rooms.setdefault(room, []).append((len(clusters), offset))
        clusters[centre] = clusters.get(centre, 0.0) + vote
    return clusters


def find_beside(keys: Sequence[bytes], file: FileLines, one: Alignment, taken: frozenset[int]) -> Alignment | None:
    """Return the next best way to lay the lines on the file near this one, without the lines `taken` of the file."""
    start, stop = max(0, one.first - _SLACK), min(len(file.keys), one.last + 1 + _SLACK)
    window = [b"\0" if number in taken else file.keys[number] for number in range(start, stop)]
    weights = [file.weight(key) for key in keys]
    return _alignment(_align(keys, weights, window, start), weights)


def _alignment(at: tuple[int | None, ...], weights: Sequence[float]) -> Alignment | None:
    matched = [weights[index] for index, place in enumerate(at) if place is not None]
    if not matched:
        return None
    return Alignment(at=at, score=sum(matched) / max(sum(weights), 0.01),
                     told=sum(weight for weight in matched if weight >= TELLING / 2))


def _align(keys: Sequence[bytes], weights: Sequence[float], window: Sequence[bytes],
           start: int) -> tuple[int | None, ...]:
    """Return the heaviest way to find the keys in order among the lines of the window, which begins at `start`.

    No place for any where there are too many of both to be held against one another.
    """
    rows, columns = len(keys), len(window)
    standing: dict[bytes, list[int]] = {}
    for column, key in enumerate(window, 1):
        standing.setdefault(key, []).append(column)
    if rows * columns > _MOST_CELLS or sum(len(standing.get(key, ())) for key in keys) > _MOST_PAIRS:
        return (None,) * rows
    best = [[0.0] * (columns + 1)]
    ended: list[list[float]] = [[-1.0] * (columns + 1)]  # the best that ends in a match of this row and column
    for row in range(1, rows + 1):
        weight, above, above_ended = weights[row - 1], best[row - 1], ended[row - 1]
        here, here_ended = above.copy(), [-1.0] * (columns + 1)
        matched = standing.get(keys[row - 1], [])
        most = 0.0
        for column, following in zip(matched, [*matched[1:], columns + 1], strict=False):
            match = above[column - 1] + weight
            joined = above_ended[column - 1] + weight + _TOGETHER
            match = max(match, joined) if above_ended[column - 1] >= 0 else match
            here_ended[column] = match
            most = max(most, match)
            behind = bisect_left(above, most, column, following)  # it never falls from one column to the next
            here[column:behind] = [most] * (behind - column)
        best.append(here)
        ended.append(here_ended)
    at: list[int | None] = [None] * rows
    row, column = rows, columns
    must = False  # the match below was counted as joined to this one
    while row > 0 and column > 0:
        if ended[row][column] >= 0 and (must or best[row][column] <= ended[row][column]):
            at[row - 1] = start + column - 1
            joined = ended[row - 1][column - 1] + weights[row - 1] + _TOGETHER
            must = ended[row - 1][column - 1] >= 0 and abs(ended[row][column] - joined) < 1e-9
            row, column = row - 1, column - 1
            continue
        must = False
        if best[row - 1][column] >= best[row][column - 1]:
            row -= 1
        else:
            column -= 1
    return tuple(at)
