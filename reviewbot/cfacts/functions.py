"""The functions of a file, whole or in fragments, and where names stand in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TypeAlias

from reviewbot.cfacts.conditions import Conditions, read_conditions
from reviewbot.cfacts.lexer import KEYWORDS, Lines
from reviewbot.cfacts.split import Layout, Piece, pieces_around, split_file, split_ranges
from reviewbot.cfacts.types import Function, Span
from reviewbot.patterns import regex
from reviewbot.text import lines_between, places_of
from reviewbot.values import dataclass

__all__ = ["Source", "body_text", "describe_function", "find_pieces", "functions_of", "functions_with", "layout_of",
           "names_pattern"]

_FEW = 4  # names that are found sooner one after the other than by a pattern
_CALLED = regex(rb"(?<!\w)([A-Za-z_]\w*)[ \t]*\(")  # without the look behind a long word is tried at each letter

_SILENT = regex(r'/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:\\.|[^"\\\n])*+"', re.DOTALL)

_Letters: TypeAlias = dict[str, "_Letters"]
"""Words letter by letter; an empty letter is the end of a word."""


@lru_cache(maxsize=64)
def names_pattern(names: frozenset[str]) -> re.Pattern[bytes]:
    """Return a pattern that finds any of the names as a whole word; common beginnings are shared."""
    tree: _Letters = {}
    for name in sorted(names):
        node = tree
        for char in name:
            node = node.setdefault(char, {})
        node[""] = {}
    return re.compile(rb"(?<![\w$])" + _alternatives(tree).encode("latin-1") + rb"(?![\w$])")


def _alternatives(tree: _Letters) -> str:
    ways = [re.escape(char) + _alternatives(below) for char, below in tree.items() if char]
    if not ways:
        return ""
    joined = ways[0] if len(ways) == 1 and "" not in tree else f"(?:{'|'.join(ways)})"
    return f"{joined}?" if "" in tree else joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file's text; of a file in fragments the `known` line ranges and the section texts by first line."""

    path: str
    data: bytes
    known: tuple[tuple[int, int], ...] = ()
    sections: tuple[tuple[int, str], ...] = ()


def find_pieces(source: Source, lines: Lines, wanted: list[int] | None = None) -> tuple[Piece, ...]:
    """Return the functions of a file, or of its fragments; with `wanted`, those around these offsets."""
    if wanted is not None and not source.known:
        return pieces_around(source.data, wanted)
    return layout_of(source, lines, wanted).pieces


def layout_of(source: Source, lines: Lines, wanted: list[int] | None) -> Layout:
    """Return how a file, or its fragments, fall into functions and the rest; with `wanted`, around these offsets."""
    if not source.known:
        return split_file(source.data, wanted)
    ranges = tuple((lines.start(first), lines.start(last + 1)) for first, last in source.known)
    sections = tuple((lines.start(line), text.encode("utf-8", "replace")) for line, text in source.sections)
    return _layout_of_fragments(source.data, ranges, sections)


@lru_cache(maxsize=16)  # asked for each function of the fragments
def _layout_of_fragments(data: bytes, ranges: tuple[tuple[int, int], ...], sections: tuple[tuple[int, bytes], ...]
                         ) -> Layout:
    return split_ranges(data, ranges, sections=dict(sections))


def describe_function(data: bytes, piece: Piece, conditions: Conditions) -> Function:
    """Return a function as the other rooms see it."""
    lines = conditions.lines
    header = piece.header
    last = max(piece.start, piece.end - 1)
    start = header.start if not piece.head_cut else piece.start
    if piece.head_cut:
        first = re.compile(rb"\s*").match(data, piece.start, piece.end)
        start = first.end() if first else piece.start
    called = {name.decode("latin-1") for name in _CALLED.findall(data, piece.body, piece.end)}
    return Function(
        name=header.name,
        span=Span(line=lines.line(start), column=lines.column(start), end_line=lines.line(last),
                  end_column=lines.column(last)),
        body=Span(line=lines.line(piece.body), column=lines.column(piece.body), end_line=lines.line(last),
                  end_column=lines.column(last)),
        returns=header.returns, static=header.static, inline=header.inline, parameters=header.parameters,
        signature=header.signature, must_check=header.must_check, path_condition=conditions.at_offset(start),
        calls_all=tuple(sorted(called - KEYWORDS - {"defined"})), by_macro=header.by_macro)


@lru_cache(maxsize=128)  # many rules ask about the same few files
def functions_of(data: bytes) -> tuple[Function, ...]:
    """Return every function definition of a file in order, also in files that no C grammar accepts."""
    conditions = read_conditions(data)
    return tuple(describe_function(data, piece, conditions) for piece in split_file(data).pieces)


def body_text(data: bytes | None, function: Function) -> str:
    """Return the lines of a function's body, braces included, with blanks for comments and strings: what a pattern
    may be held against. Lines stay lines."""
    lines = lines_between(data, function.body.line, function.body.end_line)
    return _SILENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), "\n".join(lines))


def _offsets(data: bytes, names: frozenset[str]) -> list[int]:
    """Return where the names stand as whole words, in order: a few are found sooner one after the other."""
    if len(names) > _FEW:
        return [found.start() for found in names_pattern(names).finditer(data)]
    return sorted(at for name in names for at in places_of(name.encode("latin-1"), data, joined_by=b"$"))


def functions_with(data: bytes, names: frozenset[str]) -> tuple[Function, ...]:
    """Return those functions of a file, in order, in which one of the names stands."""
    offsets = _offsets(data, names)
    if not offsets:
        return ()
    conditions = read_conditions(data)
    return tuple(describe_function(data, piece, conditions) for piece in split_file(data, offsets).pieces
                 if bisect_left(offsets, piece.start) < bisect_left(offsets, piece.end))
