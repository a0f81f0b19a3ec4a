"""What a run asked of a tree and was told: where a later run would be told the same, its result is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from itertools import islice
from typing import Any, Protocol

from reviewbot.errors import ReviewbotError
from reviewbot.values import dataclass

__all__ = ["Asked", "Parts", "Trace", "Traced", "same_answers"]

_SETTLED = 2_000_000_000  # ns: a file changed this shortly before the run may change again within one time stamp

Asked = tuple[tuple[str, Any, Any], ...]
"""(kind, question, answer) of tuples, texts and numbers."""
Look = Callable[[str], tuple[int, int, int, int] | None]
"""Size, time of change, time of change of the inode (ns) and inode of a regular file; None for anything else."""


@dataclass(slots=True)
class Parts:
    """What was asked in one run, part by part: a later review of it may rest on answers that an earlier one was given.

    `last` names the last part so far, `told` says of parts whether they and those before them have the same answers
    still. `searched` are the searches among what was asked; `expects`: this run may well make those of an earlier one.
    """

    last: str = ""
    told: dict[str, bool] = field(default_factory=dict)
    searched: list[Any] = field(default_factory=list)
    expects: bool = False


class Trace:
    """The questions of one run with their answers. `since` is when the run began, in ns."""

    def __init__(self, since: int) -> None:
        """Start with nothing asked."""
        self._since = since
        self._told: dict[tuple[str, Any], Any] = {}
        self.read: dict[str, bool] = {}
        """Whether there is a file, by path."""
        self._sealed = 0, 0  # how many of both an earlier part holds
        self._whole = True

    def saw(self, kind: str, question: Any, answer: Any) -> None:
        """Note an answer; one that is another than before makes the trace worthless."""
        if self._told.setdefault((kind, question), answer) != answer:
            self._whole = False

    def sealed(self, tree: Traced, look: Look) -> Asked | None:
        """Return what was asked since the last part with what decides the answers, None where that cannot be told, or
        could not be told of an earlier part.

        A file counts by its look if it has not changed since the run began, so that it is what the run has read.
        """
        found: list[tuple[str, Any, Any]] = []
        for path, there in islice(self.read.items(), self._sealed[0], None):
            now = look(path) if there else None
            if there and (now is None or max(now[1], now[2]) > self._since - _SETTLED):
                self._whole = False
            found.append(("file", path, now) if there else ("absent", path, None))
        found += [(kind, question, answer)
                  for (kind, question), answer in islice(self._told.items(), self._sealed[1], None)]
        self._sealed = len(self.read), len(self._told)
        self._whole = self._whole and same_answers(tree, found, look)
        return tuple(found) if self._whole else None


class Traced(Protocol):
    """A tree whose answers can be asked for again."""

    def answer(self, kind: str, question: Any) -> Any:
        """Return what the tree says now to a question of a trace."""


def same_answers(tree: Traced, asked: Iterable[tuple[str, Any, Any]], look: Look) -> bool:
    """Return whether the tree would tell the run the same."""
    try:
        return all((look(question) if kind == "file" else tree.answer(kind, question)) == answer
                   for kind, question, answer in asked)
    except ReviewbotError:  # what cannot be read now says nothing
        return False
