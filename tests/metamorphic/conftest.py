"""A sample of the metamorphic tests: chosen by a seed, ended by the clock.

Series of our own are always tried whole. REVIEWBOT_SEED chooses among the real ones (default: everything runs, in
order): of each thread three relations, the small threads first, the large ones not at all. What is chosen of one does
not depend on which others there are.
With REVIEWBOT_MINUTES a relation that has not begun by then is skipped, and one that takes longer than most is ended
and skipped too. The seed is printed, and a failure says how to have it again.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import groupby
from types import FrameType

import pluggy
import pytest

_STARTED = time.monotonic()
_RELATIONS_OF_A_CASE = 3
_MOST_SECONDS = 40
"""What one relation may take within a sample."""
_SMALL = 30_000
"""Bytes of a series whose turn comes by chance; a larger one waits for these."""
_LARGEST = 64_000
"""Bytes of the largest series in a sample; those above it take minutes, and are tried by `make metamorphic`."""


class _TooLongError(BaseException):
    """A relation of a sample takes too long. No Exception: nothing that it passes through may swallow it."""


def pytest_report_header() -> str:
    """Return the line that says which sample this is."""
    seed = os.environ.get("REVIEWBOT_SEED", "")
    return f"metamorphic: REVIEWBOT_SEED={seed}" if seed else "metamorphic: every relation on every series"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the chosen ones of the marked tests, and let each series stay in one process."""
    marked = [item for item in items if "metamorphic" in item.keywords]
    rest = [item for item in items if "metamorphic" not in item.keywords]
    seed = os.environ.get("REVIEWBOT_SEED", "")
    groups = [list(group) for _, group in groupby(marked, key=_case)]
    if seed:
        groups = [group if not _size(group[0]) else _some(group, seed) for group in groups
                  if _size(group[0]) <= _LARGEST]
        groups.sort(key=lambda group: _size(group[0]) // _SMALL)
    for group in groups:
        for item in group:
            item.add_marker(pytest.mark.xdist_group(_case(item)))
    items[:] = [*rest, *(item for group in groups for item in group)]


def _some(group: list[pytest.Item], seed: str) -> list[pytest.Item]:
    """Return the relations of one thread that this sample tries."""
    chance = random.Random(f"{seed} {_case(group[0])}")
    return chance.sample(group, min(_RELATIONS_OF_A_CASE, len(group)))


def _case(item: pytest.Item) -> str:
    return str(item.callspec.params.get("name", "")) if hasattr(item, "callspec") else ""


def _size(item: pytest.Item) -> int:
    """Return how large the series of a test is, in bytes; nothing for one of our own, which are all small."""
    path = getattr(item.module, "THREADS", {}).get(_case(item)) if isinstance(item, pytest.Function) else None
    return path.stat().st_size if path is not None and path.exists() else 0


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, pluggy.Result[None], None]:
    """Skip a relation of a sample that begins too late or takes too long."""
    minutes = os.environ.get("REVIEWBOT_MINUTES", "")
    if not minutes or "metamorphic" not in item.keywords:
        yield
        return
    left = 60 * float(minutes) - (time.monotonic() - _STARTED)
    with _ended_after(min(_MOST_SECONDS, left)):
        outcome = yield
        if outcome.excinfo is not None and outcome.excinfo[0] is _TooLongError:
            outcome.force_exception(pytest.skip.Exception("it takes longer than the sample has time"))


@contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """Skip the test when the seconds are over, before it begins or while it runs."""
    if seconds < 1:
        pytest.skip("the minutes of the sample are over")

    def end(signum: int, frame: FrameType | None) -> None:
        around = frame
        while around is not None:
            if around.f_code.co_name == "__del__":
                return  # what is raised in there is lost: the next signal ends it
            around = around.f_back
        signal.setitimer(signal.ITIMER_REAL, 0)
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
