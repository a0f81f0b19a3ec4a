"""Work on many files, spread over processes."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self, TypeVar

__all__ = ["Crew"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Crew:
    """Some processes that call a function for one item after another; with one worker no process is started."""

    def __init__(self, workers: int, *, start: Callable[..., None] | None = None, given: tuple[Any, ...] = ()) -> None:
        """Take the number of workers; each calls `start(*given)` first, as this process does when it works itself."""
        self.workers = max(1, workers)
        self._start, self._given = start, given
        self._pool: ProcessPoolExecutor | None = None
        self._alone = self.workers == 1
        if self._alone and start is not None:
            start(*given)

    def __enter__(self) -> Self:
        """Return the crew; the processes start with the first work."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 traceback: TracebackType | None) -> None:
        """End all processes, at once after an error."""
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
            self._pool = None

    def each(self, function: Callable[[Item], Result], items: Sequence[Item], *,
             lost: Callable[[Item], Result]) -> Iterator[tuple[Item, Result]]:
        """Yield (item, function(item)) as they get done, in no order.

        A worker that dies with its item (a crash in native code) loses that item: `lost(item)` stands for its result.
        `function` must be importable and may only raise for defects of the program.
        """
        if self._alone or len(items) < 2:
            if not self._alone and self._start is not None:
                self._start(*self._given)
            for item in items:
                yield item, function(item)
            return
        try:
            yield from self._spread(function, items)
        except _LostError as error:
            for item in error.items:  # each in a pool of its own, so that only the guilty one is lost
                try:
                    yield from self._spread(function, [item])
                except _LostError:
                    yield item, lost(item)

    def _spread(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[Item, Result]]:
        waiting = list(items)[::-1]
        running: dict[Future[Result], Item] = {}
        try:
            while waiting or running:
                while waiting and len(running) < 3 * self.workers:
                    item = waiting.pop()
                    running[self._ready().submit(function, item)] = item
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    yield running.pop(future), result
        except BrokenProcessPool:
            self._pool = None
            raise _LostError([*running.values(), *waiting[::-1]]) from None

    def _ready(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # A fork starts in milliseconds and shares what is loaded; a fresh interpreter needs a quarter of a second.
            how = "fork" if sys.platform == "linux" else "spawn"
            self._pool = ProcessPoolExecutor(self.workers, mp_context=multiprocessing.get_context(how),
                                             initializer=self._start, initargs=self._given)
        return self._pool


class _LostError(Exception):
    """The processes died; `items` have no result."""

    def __init__(self, items: list[Any]) -> None:
        super().__init__()
        self.items = items
