"""What the reviews of many series will ask a folder for is searched for in few passes over its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from making import series_of

from reviewbot.review.ahead import expect_questions
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.sweep import can_sweep, sweep

CHANGE = "diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1,3 +1,3 @@\n {{\n-\t{1}\n+\t{2}\n }}\n"


def test_options_of_several_series_are_looked_for_everywhere_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                                     ) -> None:
    """Of the options that two series name one pass over all files tells who makes them, under both their names."""
    (tmp_path / "a.c").write_text("#define CONFIG_DEMO_ONE 1\n")
    (tmp_path / "Kconfig").write_text("config DEMO_TWO\n")
    passes: list[tuple[str, ...]] = []

    def noted(*asked: Any) -> dict[str, list[str]] | None:
        passes.append(asked[3])
        return sweep(*asked)

    monkeypatch.setattr("reviewbot.source.directory.sweep", noted)
    tree = DirectoryTree(tmp_path)
    expect_questions([series_of(CHANGE.format("a.c", "one();", f"if (IS_ENABLED(CONFIG_DEMO_{name}))"))
                      for name in ("ONE", "TWO")], tree)
    assert tree.search(["CONFIG_DEMO_ONE", "DEMO_ONE"], suffixes=()) == ("a.c",)
    assert tree.search(["CONFIG_DEMO_TWO", "DEMO_TWO"], suffixes=()) == ("Kconfig",)
    assert passes.count(()) == (1 if can_sweep() else 2)
