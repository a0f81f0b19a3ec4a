"""Where the functions of a file lie, found by braces and not by a grammar: one broken function spoils no other.

A whole file is split at its top-level braces. Of the arms of an `#if` that opens or closes braces the first decides.
When the braces do not balance, a `}` in the first column ends a function, as kernel style has it. Of a file in
fragments (known line ranges, as hunks give them) each range is split on its own; the first and the last function
of a range may be cut off.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from reviewbot.cfacts.headers import Header, read_header
from reviewbot.cfacts.lexer import CHAR, COMMENT, DIRECTIVE, STRING
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Layout", "Piece", "pieces_around", "split_file", "split_ranges"]

_STRUCTURE = regex(COMMENT + rb"|" + STRING + rb"|" + CHAR + rb"|" + DIRECTIVE + rb"|[{}]", re.DOTALL)
_CONDITIONAL = regex(rb"\#[ \t]*(if|el|endif)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One function as byte offsets: header [`start`, `body`), body [`body`, `end`) with its braces.

    `head_cut`/`tail_cut`: the fragment starts or ends inside the function; a body without head starts at `body`
    without a brace.
    """

    header: Header
    start: int
    body: int
    end: int
    head_cut: bool = False
    tail_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The parts of a file: functions, other top-level brace groups (initialisers, types), preprocessor lines, and
    `silent` spans (comments, strings, characters); all as byte offsets in order. `balanced` is false when the braces
    did not match and the split rests on kernel style."""

    pieces: tuple[Piece, ...]
    groups: tuple[tuple[int, int], ...]
    directives: tuple[tuple[int, int], ...]
    silent: tuple[tuple[int, int], ...]
    balanced: bool = True


class _Structure:
    """Braces, preprocessor lines, comments and strings of a stretch of a file."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.directives: list[tuple[int, int]] = []
        self.silent: list[tuple[int, int]] = []
        self.marks: list[tuple[int, int]] = []  # (offset, byte) of braces and of conditional directives
        marks, silent = self.marks, self.silent
        for found in _STRUCTURE.finditer(data, start, end):
            at = found.start()
            first = data[at]
            if first in b"{}":
                marks.append((at, first))
            elif first == 0x23:  # '#'
                self.directives.append((at, found.end()))
                if _CONDITIONAL.match(data, at):
                    marks.append((at, first))
            else:
                silent.append((at, found.end()))


def split_file(data: bytes, wanted: Sequence[int] | None = None) -> Layout:
    """Return the layout of a whole file. With `wanted`, sorted offsets, headers are read only for the groups that
    hold one of them or stand right behind one; the others are listed in `groups` unread."""
    structure, groups, balanced = _grouped(data)
    pieces, others = [], []
    before = 0
    for opening, closing in groups:
        header = read_header(data, before, opening) if _is_wanted(wanted, before, closing) else None
        if header:
            pieces.append(_full_piece(data, header, (opening, closing)))
        else:
            others.append((opening, closing))
        before = closing
    return Layout(pieces=tuple(pieces), groups=tuple(others), directives=tuple(structure.directives),
                  silent=tuple(structure.silent), balanced=balanced)


def pieces_around(data: bytes, wanted: Sequence[int]) -> tuple[Piece, ...]:
    """Return the functions of a whole file that hold one of these offsets or stand right behind one."""
    _, groups, _ = _grouped(data)
    near = sorted({bisect_right(groups, offset, key=lambda group: group[1]) for offset in wanted} - {len(groups)})
    found = ((groups[at], read_header(data, groups[at - 1][1] if at else 0, groups[at][0])) for at in near)
    return tuple(_full_piece(data, header, group) for group, header in found if header)


def _full_piece(data: bytes, header: Header, group: tuple[int, int]) -> Piece:
    return Piece(header=header, start=header.start, body=group[0], end=group[1],
                 tail_cut=data[group[1] - 1:group[1]] != b"}")


@lru_cache(maxsize=256)
def _grouped(data: bytes) -> tuple[_Structure, tuple[tuple[int, int], ...], bool]:
    """Return the structure of a whole file, its top-level groups and whether its braces balance.

    It is asked for the same file again and again, each time for other functions.
    """
    structure = _Structure(data, 0, len(data))
    groups, balanced = _balanced_groups(data, structure)
    if not balanced:
        groups = _styled_groups(data, structure)
    return structure, tuple(groups), balanced


def _is_wanted(wanted: Sequence[int] | None, start: int, end: int) -> bool:
    if wanted is None:
        return True
    place = bisect_left(wanted, start)
    return place < len(wanted) and wanted[place] < end


def _balanced_groups(data: bytes, structure: _Structure) -> tuple[list[tuple[int, int]], bool]:
    groups: list[tuple[int, int]] = []
    stack: list[tuple[int, int | None]] = []  # depth before an #if group, depth at the end of its first arm
    depth, opening, balanced = 0, -1, True
    for at, kind in structure.marks:
        if kind == 0x7B:  # '{'
            if depth == 0 and opening < 0:
                opening = at
            depth += 1
        elif kind == 0x7D:  # '}'
            depth -= 1
            if depth <= 0:
                if opening >= 0:
                    groups.append((opening, at + 1))
                elif not stack:
                    balanced = False
                opening, depth = -1, 0
        else:
            depth = _at_conditional(data, at, stack, depth)
    if depth > 0 and opening >= 0:
        groups.append((opening, len(data)))
        balanced = False
    return groups, balanced


def _at_conditional(data: bytes, at: int, stack: list[tuple[int, int | None]], depth: int) -> int:
    """Return the brace depth after a conditional directive: that of the first arm counts for what follows."""
    found = _CONDITIONAL.match(data, at)
    word = found.group(1) if found else b""
    if word == b"if":
        stack.append((depth, None))
    elif stack and word == b"el":
        before, first = stack[-1]
        stack[-1] = (before, depth if first is None else first)
        return before
    elif stack and word == b"endif":
        _, first = stack.pop()
        return depth if first is None else first
    return depth


def _styled_groups(data: bytes, structure: _Structure) -> list[tuple[int, int]]:
    """Return the groups of a file whose braces do not balance, by the column of its braces."""
    groups: list[tuple[int, int]] = []
    depth, opening = 0, -1
    for at, kind in structure.marks:
        first_column = at == 0 or data[at - 1:at] == b"\n"
        if kind == 0x7B:
            if opening >= 0 and first_column and data[:at].rstrip()[-1:] == b")":
                groups.append((opening, _line_start_before(data, at)))
                depth, opening = 0, -1
            if opening < 0:
                opening = at
            depth += 1
        elif kind == 0x7D and opening >= 0:
            depth -= 1
            if first_column or depth <= 0:
                groups.append((opening, at + 1))
                depth, opening = 0, -1
    if opening >= 0:
        groups.append((opening, len(data)))
    return groups


def _line_start_before(data: bytes, brace: int) -> int:
    """Return where the header in front of a `{` in the first column starts: the last line without indentation."""
    at = brace
    while at > 0:
        at = data.rfind(b"\n", 0, at - 1) + 1
        if data[at:at + 1] not in {b" ", b"\t", b"\n", b")"} or at == 0:
            return at
    return 0


def split_ranges(data: bytes, ranges: tuple[tuple[int, int], ...], *, sections: Mapping[int, bytes]) -> Layout:
    """Return the layout of a file of which only byte ranges are known.

    `sections` maps a range's start to the text of its hunk's section, the header of the function it starts in.
    """
    pieces: list[Piece] = []
    directives: list[tuple[int, int]] = []
    silent: list[tuple[int, int]] = []
    for start, end in ranges:
        opened, closed = data.find(b"/*", start, end), data.find(b"*/", start, end)
        inside_comment = closed >= 0 and (opened < 0 or closed < opened)
        if inside_comment:
            silent.append((start, closed + 2))
        structure = _Structure(data, closed + 2 if inside_comment else start, end)
        directives += structure.directives
        silent += structure.silent
        pieces += _pieces_of_range(data, closed + 2 if inside_comment else start, end, structure=structure,
                                   section=sections.get(start, b""))
    return Layout(pieces=tuple(pieces), groups=(), directives=tuple(directives), silent=tuple(silent))


def _pieces_of_range(data: bytes, start: int, end: int, *, structure: _Structure, section: bytes) -> Iterator[Piece]:
    segment, opening, depth = start, -1, 0
    first = True
    for at, kind in structure.marks:
        line = data.rfind(b"\n", 0, at) + 1
        if kind == 0x7B:
            if opening < 0 and depth == 0 and data[line:line + 1] not in {b" ", b"\t", b"}"}:
                opening = at
            depth += 1
        elif kind == 0x7D:
            depth -= 1
            if at == line or (opening >= 0 and depth == 0):
                yield from _piece(data, segment, opening, at + 1, section=section if first else b"")
                segment, opening, depth, first = at + 1, -1, 0, False
    if opening >= 0:
        yield from _piece(data, segment, opening, end, section=section if first else b"", tail_cut=True)
    elif _looks_like_a_body(data, segment, end):
        header = _header_of(section) if first else Header()
        yield Piece(header=header, start=segment, body=segment, end=end, head_cut=True, tail_cut=True)


def _piece(data: bytes, segment: int, opening: int, end: int, *, section: bytes,
           tail_cut: bool = False) -> Iterator[Piece]:
    if opening >= 0:
        header = read_header(data, segment, opening)
        if header:
            yield Piece(header=header, start=header.start, body=opening, end=end, tail_cut=tail_cut)
        elif data[opening - 1:opening] in {b"", b"\n"} and (section or not data[segment:opening].strip()):
            # The hunk begins below the function's head, or amid its parameters; the section has the first line of it.
            head = section + b" " + data[segment:opening]
            yield Piece(header=read_header(head, 0, len(head)) or _header_of(section), start=segment, body=opening,
                        end=end, tail_cut=tail_cut)
        return
    yield Piece(header=_header_of(section), start=segment, body=segment, end=end, head_cut=True)


def _header_of(section: bytes) -> Header:
    """Return the header that a hunk's section shows the first line of; git cuts that line after 80 characters."""
    line = section.rstrip(b" \t,")
    return read_header(line, 0, len(line)) or read_header(line + b")", 0, len(line) + 1) or Header()


def _looks_like_a_body(data: bytes, start: int, end: int) -> bool:
    """Return whether the lines are indented as statements are and hold at least one."""
    text = data[start:end]
    lines = [line for line in text.split(b"\n") if line.strip() and not line.lstrip().startswith(b"#")]
    return bool(lines) and lines[0][:1] in {b" ", b"\t"} and any(mark in text for mark in (b";", b"{", b"("))
