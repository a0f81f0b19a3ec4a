"""Mails that once stopped the program or broke a report: each is held to what every damaged mail is held to."""

from __future__ import annotations

from pathlib import Path

import pytest
from damage import EXAMPLES, git_tree_of, review_kept

KEPT = Path(__file__).with_name("kept")


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a git repository of the example's tree."""
    return git_tree_of(EXAMPLES / "linux", tmp_path_factory.mktemp("kept") / "git")


@pytest.mark.parametrize("every", [(), ("--all",)], ids=["one", "all"])
@pytest.mark.parametrize("kind", ["none", "folder", "repository"])
@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*.mbox")))
def test_a_kept_mail_is_reviewed_or_refused(name: str, kind: str, every: tuple[str, ...], git: Path, tmp_path: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 0, 1 or 4, at most one line on standard error, and well-formed reports, on every kind of tree."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tree = {"none": (), "folder": ("--tree", str(EXAMPLES / "linux")), "repository": ("--tree", str(git))}[kind]
    assert review_kept(KEPT / f"{name}.mbox", (*tree, *every), folder=tmp_path) == ""
