"""What GitPython opens is opened without hooks, filters, and a user's configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import git

from reviewbot.source.gittree import open_repository
from reviewbot.source.opened import checked_out, commits_of


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Return a repository of three commits whose own configuration names commands to run."""
    folder = tmp_path / "repo"
    (folder / "below").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "master")
    for name in ("one", "two", "three"):
        (folder / "below" / name).write_text(name)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", name)
    for name in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor"):
        git(folder, "config", name, f"touch {tmp_path}/ran")
    return folder


def test_the_commits_below_head(repo: Path) -> None:
    """The newest first, in portions; a repository without a commit has none."""
    opened = open_repository(repo)
    assert opened is not None
    listed = [git(repo, "rev-parse", f"HEAD~{back}").strip() for back in range(3)]
    assert commits_of(opened.sandbox, most=2, skip=0) == listed[:2]
    assert commits_of(opened.sandbox, most=2, skip=2) == listed[2:]
    opened.close()


def test_variables_of_the_user_move_nothing(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git hands its hooks the folders of another repository; what is opened here is what was named."""
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    head = git(repo, "rev-parse", "HEAD").strip()
    opened = open_repository(repo)
    assert opened is not None
    for name, folder in (("GIT_OBJECT_DIRECTORY", other / ".git" / "objects"), ("GIT_WORK_TREE", other)):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.commitGraph")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nonsense")
    assert commits_of(opened.sandbox, most=1, skip=0) == [head]
    opened.close()


def test_the_commit_that_is_checked_out(repo: Path, tmp_path: Path) -> None:
    """From the top of a work tree, and from that of a second one, the git directory is the one that they share."""
    head = git(repo, "rev-parse", "HEAD").strip()
    assert checked_out(repo) == (repo / ".git", head)
    assert checked_out(repo / "below") is None
    git(repo, "-c", "core.fsmonitor=false", "worktree", "add", "-q", str(tmp_path / "second"), "HEAD~1")
    second = checked_out(tmp_path / "second")
    assert second is not None
    assert (second[0].resolve(), second[1]) == (repo / ".git", git(repo, "rev-parse", "HEAD~1").strip())
    assert not (tmp_path / "ran").exists()


def test_no_repository(tmp_path: Path) -> None:
    """A plain folder, and a repository without a commit, have none."""
    assert checked_out(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert checked_out(tmp_path) is None
