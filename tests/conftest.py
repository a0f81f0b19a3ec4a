"""Where the tests that need real trees and real threads find them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what runs remember apart from the user's cache, let the tests share it, and print without forced colours.

    What a review says does not depend on it (tests/cli/test_remembered.py), so a review that several tests look at is
    made once. A test that counts or breaks reviews has a cache of its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("FORCE_COLOR", raising=False)
        yield


@pytest.fixture(scope="session")
def kernel_tree() -> Callable[[str], Path]:
    """Return a function that gives the unpacked tree of a release, or skips the test when it is not there."""
    home = Path(os.environ.get("REVIEWBOT_KERNELS") or _CACHE / "reviewbot" / "kernels")

    def find(version: str) -> Path:
        tree = home / version
        if not (tree / "Kconfig").is_file():
            pytest.skip(f"no kernel tree {version} in $REVIEWBOT_KERNELS")
        return tree

    return find


@pytest.fixture(scope="session")
def threads_folder() -> Path:
    """Return the folder of real mail threads named by $REVIEWBOT_THREADS, or skip the test."""
    named = os.environ.get("REVIEWBOT_THREADS", "")
    if not named or not Path(named).is_dir():
        pytest.skip("no folder of threads: set REVIEWBOT_THREADS")
    return Path(named)
