"""A sample of the metamorphic tests: chosen by a seed, ended by the clock.

REVIEWBOT_SEED chooses (default: everything runs, in order); of each series it takes three relations. With
REVIEWBOT_MINUTES what has not begun by then is skipped. The seed is printed, so that a failure can be had again.
"""

from __future__ import annotations

import os
import random
import time
from itertools import groupby

import pytest

_STARTED = time.monotonic()
_RELATIONS_OF_A_CASE = 3


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
    if seed and groups:
        chance = random.Random(seed)
        chance.shuffle(groups)
        groups = [chance.sample(group, min(_RELATIONS_OF_A_CASE, len(group))) for group in groups]
    for group in groups:
        for item in group:
            item.add_marker(pytest.mark.xdist_group(_case(item)))
    items[:] = [*rest, *(item for group in groups for item in group)]


def _case(item: pytest.Item) -> str:
    return str(item.callspec.params.get("name", "")) if hasattr(item, "callspec") else ""


@pytest.fixture
def in_time() -> None:
    """Skip the test when the minutes of the sample are over."""
    minutes = os.environ.get("REVIEWBOT_MINUTES", "")
    if minutes and time.monotonic() - _STARTED > 60 * float(minutes):
        pytest.skip("the minutes of the sample are over")
