"""Real threads on real trees: the page that took thirty mails, and silence about what is not our subject."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewbot.cli import main

pytestmark = [pytest.mark.threads, pytest.mark.kernel]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep one cache for all of these tests, apart from the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "shared-cache"))


def review(*words: str) -> dict[str, object]:
    result = CliRunner().invoke(main, ["review", *words, "--no-network", "--format", "json"])
    assert result.exit_code == 0, result.output[-2000:]
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_the_thread_that_it_began_with(threads_folder: Path, kernel_tree: Callable[[str], Path]) -> None:
    """The warning after which the copy goes on, the error that stays invisible, and the guard that lost a term."""
    found = review(str(threads_folder / "direct-map-robustness-v1.mbox"), "--tree", str(kernel_tree("5.10")))
    said = {(f["rule"], f["file"], f["function"], f["symbol"]) for f in found["findings"]}  # type: ignore[attr-defined]
    snapshot = "kernel/power/snapshot.c"
    assert ("warn-only", snapshot, "hibernate_map_page", "set_direct_map_default_noflush") in said
    assert ("error-lost-in-void", snapshot, "hibernate_map_page", "debug_pagealloc_map_pages") in said
    assert ("error-lost-in-void", snapshot, "safe_copy_page", "hibernate_map_page") in said
    assert ("config-gate-changed", "arch/arm64/mm/pageattr.c", "__kernel_map_pages", "__kernel_map_pages") in said
    mine = [f for f in found["findings"] if f["function"] == "hibernate_map_page"]  # type: ignore[attr-defined]
    assert all({"arm64", "x86"} & set(f["arch"]) for f in mine if f["rule"] != "error-lost-in-void")
    # Only powerpc builds the other branch, and there DEBUG_PAGEALLOC and HIBERNATION exclude each other.
    [lost] = [f for f in mine if f["rule"] == "error-lost-in-void"]
    assert (lost["level"], lost["arch"]) == ("note", ["powerpc"])
    assert "comes from this line to '__kernel_map_pages'" in lost["message"]
    statements = " ".join(entry["statement"] for entry in found["level_set"])  # type: ignore[attr-defined]
    assert "hibernate_map_page() only warns about a failure (before: kernel_map_pages() drops a failure)" in statements
    guard = "does nothing when !rodata_full (before: does nothing when !debug_pagealloc_enabled() && !rodata_full)"
    assert guard in statements
    assert "No configuration builds kernel/power/snapshot.c" in statements


def test_unrelated_patches_give_nothing_grave(threads_folder: Path) -> None:
    """Three hundred patches on other subjects give no error and no warning."""
    found = review("--all", str(threads_folder / "unrelated-300.mbox"))
    grave = [f for one in found["reviews"] for f in one["findings"]  # type: ignore[attr-defined]
             if f["level"] in {"error", "warning"} and f["introduced"]]
    assert grave == []
