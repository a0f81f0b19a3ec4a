"""The tests in a function that decide whether a line of it runs, for many lines of the same file."""

from __future__ import annotations

from reviewbot.cfacts.conditions import read_conditions
from reviewbot.cfacts.functions import Source, find_pieces
from reviewbot.cfacts.lexer import lines_in
from reviewbot.cfacts.query import FunctionFlow
from reviewbot.cfacts.split import Piece
from reviewbot.cfacts.types import Guard
from reviewbot.errors import BudgetError

__all__ = ["LineGuards"]


class LineGuards:
    """One C file; each function of it is analysed once, when a line of it is asked about."""

    def __init__(self, data: bytes) -> None:
        """Keep the file."""
        self._data, self._lines = data, lines_in(data)
        self._flows: dict[tuple[int, int], FunctionFlow | None] = {}

    def guards(self, line: int) -> tuple[Guard, ...]:
        """Return the tests of the function around a 1-based line that decide whether the line runs.

        () outside of functions, and in one that is too large to follow.
        """
        offset = self._lines.start(line)
        while self._data[offset:offset + 1] in {b" ", b"\t"}:
            offset += 1
        span = next((span for span in self._flows if span[0] <= offset < span[1]), None)
        if span is None:
            piece = next((piece for piece in find_pieces(Source(path="", data=self._data), self._lines, [offset])
                          if piece.body <= offset < piece.end), None)
            if piece is None:
                return ()
            span = piece.body, piece.end
            self._flows[span] = self._opened(piece)
        flow = self._flows[span]
        return () if flow is None else flow.guards_at(line)

    def _opened(self, piece: Piece) -> FunctionFlow | None:
        try:
            return FunctionFlow(self._data, piece, read_conditions(self._data))
        except BudgetError:
            return None
