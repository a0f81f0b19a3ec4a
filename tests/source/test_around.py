"""The tree that somebody works in, and the base that a series' date gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from making import git, series_of

from reviewbot.arch import release_at
from reviewbot.resources import data_folder
from reviewbot.source import apply_series, kernel_tree_around, open_tree

OLD = "".join(f"line {number}\n" for number in range(20))


def diff(old: str, new: str) -> str:
    """Return a diff of one changed line in the middle of the file."""
    around = [OLD.splitlines()[number] for number in (8, 9, 11, 12)]
    rows = [f" {around[0]}", f" {around[1]}", f"-{old}", f"+{new}", f" {around[2]}", f" {around[3]}"]
    return "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -9,5 +9,5 @@\n" + "\n".join(rows) + "\n"


def test_only_the_top_of_a_kernel_tree_is_taken(tmp_path: Path) -> None:
    """A folder with a Makefile alone is none, and nothing is found outside of a tree."""
    top = tmp_path / "linux"
    (top / "arch/x86").mkdir(parents=True)
    (top / "mm").mkdir()
    (top / "Kconfig").write_text("")
    (top / "arch/Kconfig").write_text("")
    assert kernel_tree_around(top / "mm") is None
    (top / "Makefile").write_text("# SPDX\nVERSION = 6\nPATCHLEVEL = 1\n")
    (top / "mm/Makefile").write_text("obj-y += a.o\n")
    assert kernel_tree_around(top / "mm") == top
    assert kernel_tree_around(top / "arch/x86") == top
    assert kernel_tree_around(tmp_path) is None
    (top / "arch/Kconfig").unlink()
    assert kernel_tree_around(top / "mm") is None
    (top / "arch/x86/Kconfig").write_text("")
    assert kernel_tree_around(top / "mm") == top


def test_the_release_of_a_day_is_the_newest_that_was_out() -> None:
    """The day of a release counts for it; before the first there is none."""
    rules = data_folder("rules")
    assert [str(release_at(date(*day), rules)) for day in ((2020, 12, 12), (2020, 12, 13), (2024, 12, 1), (2010, 1, 1))
            ] == ["5.9", "5.10", "6.12", "None"]


def test_without_blob_ids_the_base_is_what_fits_best_before_the_date(tmp_path: Path) -> None:
    """HEAD has moved on: the newest tag before the series' date to which it applies is the base."""
    git(tmp_path, "init", "-q", "linux")
    folder = tmp_path / "linux"
    for number, text in enumerate((OLD, OLD.replace("line 10\n", "ten\n"), OLD.replace("line 10\n", "tenth\n"))):
        (folder / "a.c").write_text(text)
        git(folder, "add", "-A", when=number * 1000)
        git(folder, "commit", "-qm", f"c{number}", when=number * 1000)
        git(folder, "tag", f"v{number}")
    series = series_of(diff("line 10", "X"))
    assert apply_series(series, open_tree(folder)).base.how == "newest", "without a date nothing is guessed"
    dated = replace(series, date=datetime.fromtimestamp(1_600_001_500, UTC))
    patched = apply_series(dated, open_tree(folder))
    assert (patched.base.how, patched.base.rev) == ("date", git(folder, "rev-parse", "v0").strip())
    assert patched.states[0].applies == "clean"
    late = replace(series, date=datetime.fromtimestamp(1_600_009_000, UTC))
    assert apply_series(late, open_tree(folder)).base.how == "newest", "HEAD is what was newest then"
