"""What earlier runs found in a tree changes no byte of a report: cold, warm, half full, damaged or read-only."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SERIES = str(EXAMPLES / "series.mbox")


@pytest.fixture(scope="module", params=["folder", "git"])
def tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the example's tree as a folder, and as a repository."""
    folder = tmp_path_factory.mktemp("tree") / "linux"
    shutil.copytree(EXAMPLES / "linux", folder)
    if request.param == "git":
        for words in (("init", "-q"), ("add", "-A"), ("-c", "user.name=A", "-c", "user.email=a@b.example", "commit",
                                                      "-qm", "all")):
            subprocess.run(["git", *words], cwd=folder, check=True)
    return str(folder)


def review(tree: str, cache: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    done = CliRunner().invoke(main, ["review", SERIES, "--tree", tree, "--no-network", "--format", "json", *more])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_same_bytes_whatever_the_cache_holds(tree: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run, one with a part of the entries, one with a damaged file and one without a cache say the same."""
    cold = review(tree, tmp_path / "cache", monkeypatch)
    (file,) = tmp_path.rglob("index.sqlite")
    with sqlite3.connect(file) as base:
        assert base.execute("SELECT count(*) FROM entry").fetchone()[0] > 0
    base.close()
    assert review(tree, tmp_path / "cache", monkeypatch) == cold
    with sqlite3.connect(file) as base:
        base.execute("DELETE FROM entry WHERE rowid % 2")
        base.execute("UPDATE entry SET data = substr(data, 2) WHERE rowid % 3 = 0")
    base.close()
    assert review(tree, tmp_path / "cache", monkeypatch) == cold
    file.write_bytes(b"damaged" * 1000)
    assert review(tree, tmp_path / "cache", monkeypatch) == cold
    assert review(tree, tmp_path / "cache", monkeypatch, "--no-cache") == cold
    (tmp_path / "plain").write_text("no folder: nothing can be written below")
    assert review(tree, tmp_path / "plain", monkeypatch) == cold
