"""What a run asked of a tree and was told: where a later run would be told the same, its result is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from reviewbot.errors import ReviewbotError

__all__ = ["Asked", "Trace", "Traced", "same_answers"]

_SETTLED = 2_000_000_000  # ns: a file changed this shortly before the run may change again within one time stamp

Asked = tuple[tuple[str, Any, Any], ...]
"""(kind, question, answer) of tuples, texts and numbers."""
Look = Callable[[str], tuple[int, int, int, int] | None]
"""Size, time of change, time of change of the inode (ns) and inode of a regular file; None for anything else."""


class Trace:
    """The questions of one run with their answers. `since` is when the run began, in ns."""

    def __init__(self, since: int) -> None:
        """Start with nothing asked."""
        self._since = since
        self._told: dict[tuple[str, Any], Any] = {}
        self.read: dict[str, bool] = {}
        """Whether there is a file, by path."""
        self._whole = True

    def saw(self, kind: str, question: Any, answer: Any) -> None:
        """Note an answer; one that is another than before makes the trace worthless."""
        if self._told.setdefault((kind, question), answer) != answer:
            self._whole = False

    def sealed(self, tree: Traced, look: Look) -> Asked | None:
        """Return what was asked with what decides the answers, None where that cannot be told.

        A file counts by its look if it has not changed since the run began, so that it is what the run has read.
        """
        if not self._whole:
            return None
        found: list[tuple[str, Any, Any]] = []
        for path, there in self.read.items():
            now = look(path) if there else None
            if there and (now is None or max(now[1], now[2]) > self._since - _SETTLED):
                return None
            found.append(("file", path, now) if there else ("absent", path, None))
        found += [(kind, question, answer) for (kind, question), answer in self._told.items()]
        return tuple(found) if same_answers(tree, found, look) else None


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
