"""A progress line on the terminal for work that takes longer than a second."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from reviewbot.text import clip, squash, visible

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["ProgressDisplay", "Report", "no_progress"]

_PLAIN_BUFFERS = ("compile", "comint", "eshell")  # of Emacs, which show a terminal's control sequences as text


class Report(Protocol):
    """What the rooms call while they work: `done` of `total` steps of a `stage` (total 0: nobody knows how many)."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Tell how far a stage is; cheap enough to call for every file."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Show nothing."""


def _can_draw(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal can take a line away again; Emacs says so of its buffers in INSIDE_EMACS."""
    return environ.get("TERM") not in {"dumb", "unknown"} and not any(
        word in environ.get("INSIDE_EMACS", "") for word in _PLAIN_BUFFERS)


def _bar(stream: TextIO) -> Progress:
    from rich.console import Console  # noqa: PLC0415 - most runs draw nothing
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    return Progress(TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), MofNCompleteColumn(),
                    console=Console(file=stream, stderr=False), transient=True, refresh_per_second=8)


class ProgressDisplay:
    """A `Report` that draws one line on `stream`, from the second in which the work turns out to be long.

    It is a context manager, and shows nothing at all when the stream is no terminal that can draw it or `wanted` is
    false.
    """

    def __init__(self, stream: TextIO, *, wanted: bool = True, delay: float = 1.0,
                 clock: Callable[[], float] = time.monotonic, environ: Mapping[str, str] | None = None) -> None:
        """Wait `delay` seconds on `clock` before anything is drawn; `environ` says what the terminal can."""
        self._stream = stream
        self._wanted = wanted and stream.isatty() and _can_draw(os.environ if environ is None else environ)
        self._delay, self._clock = delay, clock
        self._started = clock()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._stage = ""

    def __enter__(self) -> Self:
        """Start to count the delay."""
        self._started = self._clock()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 traceback: TracebackType | None) -> None:
        """Take the line away again, also after an error."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw the stage, if the work has lasted long enough to be worth a line."""
        if not self._wanted or self._clock() - self._started < self._delay:
            return
        if self._progress is None:
            self._progress = _bar(self._stream)
            self._progress.start()
            self._task = self._progress.add_task("")
        assert self._task is not None
        label = clip(visible(squash(stage)), 40)
        if stage != self._stage:
            self._progress.reset(self._task)
            self._stage = stage
        self._progress.update(self._task, description=label, completed=done, total=total or None)
