"""Undoing that a patch leaves to whoever frees the memory: a mark on it has the free function do the work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts import DeferredUndo, body_text
from reviewbot.findings.types import Cell
from reviewbot.patterns import regex
from reviewbot.review.page.reader import Reader
from reviewbot.source.owners import owned
from reviewbot.text import closing
from reviewbot.values import dataclass

__all__ = ["Deferral", "left_to"]

_WORD = regex(r"[A-Za-z_]\w*")
_FREES = regex(r"\b\w*(?:free|release|destroy|dealloc)\w*\s*\(", re.IGNORECASE)
_TYPES = frozenset({"char", "const", "int", "long", "struct", "unsigned", "void", "u8", "u32", "u64", "size_t"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """What does the work of a call that goes: the `undo`, and the function that sets its mark (`""`: not known)."""

    undo: DeferredUndo
    setter: str


def left_to(reader: Reader, cell: Cell) -> Deferral | None:
    """Return what undoes at the end what the cell's call undid, None where nothing was seen to be left to it.

    The series has to mark memory of the same name in the same patch, or in the same file; and the function that made
    the call goes on to free something.
    """
    undos = [undo for undo in reader.analysis.family.deferred if cell.before.symbol in undo.stands_for]
    if not undos or not _goes_on_to_free(reader, cell):
        return None
    given = _names(cell.call.partition("(")[2])
    for undo in undos:
        for setter, memory in _marks(reader, cell, undo):
            if given & memory:
                return Deferral(undo=undo, setter=setter)
    return None


def _names(text: str) -> set[str]:
    return set(_WORD.findall(text)) - _TYPES


def _goes_on_to_free(reader: Reader, cell: Cell) -> bool:
    before, _ = reader.sides(int(cell.patch))
    file = reader.file(int(cell.patch), cell.file)
    path = file.old_path if file else cell.file
    facts = before.facts.get(path)
    for one in facts.functions if facts else ():
        if one.name == cell.function:
            body = body_text(before.tree.read(path), one)
            at = body.find(f"{cell.call.partition('(')[0]}(")
            return _FREES.search(body, max(at, 0)) is not None
    return False


def _marks(reader: Reader, cell: Cell, undo: DeferredUndo) -> Iterator[tuple[str, set[str]]]:
    """Yield each line by which the series marks memory: the function that it stands in, and the names of the memory."""
    calls = re.compile(rf"\b(?:{'|'.join(map(re.escape, undo.set_by))})\s*\(") if undo.set_by else None
    for patch in reader.analysis.series.patches:
        here = patch.index == int(cell.patch)
        for file in patch.files:
            if not here and cell.file not in {file.path, file.old_path}:
                continue
            for hunk in file.hunks:
                for owner, kind, text in owned(hunk):
                    hit = calls.search(text) if calls and kind == "+" else None
                    if hit is not None and owner not in undo.set_by:
                        yield owner, _names(text[hit.end():closing(text, hit.end() - 1)])
