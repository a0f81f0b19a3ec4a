"""Where the tests that need real trees and real threads find them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def kernel_tree() -> Callable[[str], Path]:
    """Return a function that gives the unpacked tree of a release, or skips the test when it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = Path(os.environ.get("REVIEWBOT_KERNELS") or cache / "reviewbot" / "kernels")

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
