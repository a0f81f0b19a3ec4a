"""A sample of the metamorphic tests: chosen by a seed, ended by the clock.

Series of our own are always tried whole. REVIEWBOT_SEED chooses among the real ones (default: everything runs, in
order): of each thread three relations, the small threads first, the large ones not at all. What is chosen of one does
not depend on which others there are.
With REVIEWBOT_MINUTES a relation that has not begun by then is skipped. The seed is printed, and a failure says how to
have it again.
"""

from __future__ import annotations

import os
import random
import time
from itertools import groupby

import pytest

_STARTED = time.monotonic()
_RELATIONS_OF_A_CASE = 3
_SMALL = 30_000
"""Bytes of a series whose turn comes by chance; a larger one waits for these."""
_LARGEST = 64_000
"""Bytes of the largest series in a sample; those above it take minutes, and are tried by `make metamorphic`."""


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


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a relation of a sample that would begin too late. One that runs is never cut off: an exception out of a
    signal may come up where nothing can take it, as in what a weak reference calls."""
    minutes = os.environ.get("REVIEWBOT_MINUTES", "")
    if minutes and "metamorphic" in item.keywords and time.monotonic() - _STARTED > 60 * float(minutes):
        pytest.skip("the minutes of the sample are over")
