"""What earlier runs found in a tree changes no byte of a report: cold, warm, half full, damaged or read-only."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewbot.cli import main
from reviewbot.cli import review as review_module

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SERIES, OTHER = (str(EXAMPLES / name) for name in ("series.mbox", "loan.mbox"))


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


FAR = 4_000_000_000_000_000_000  # ns, long after the files of a test were made


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the runs be long after the trees were made: what has just been written does not count as known."""
    monkeypatch.setattr("time.time_ns", lambda: FAR)


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
        assert base.execute("DELETE FROM entry WHERE name LIKE 'review %'").rowcount == 1
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
    (tmp_path / "plain").write_text("no folder: nothing can be written below")
    assert review(tree, tmp_path / "plain", monkeypatch) == cold


def test_a_review_is_made_once(tree: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same review comes from the cache in each form; another question is asked anew."""
    made = []
    make = review_module.reviewing.review_series

    def counted(*given: object, **more: object) -> object:
        made.append(1)
        return make(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(review_module.reviewing, "review_series", counted)
    cold = review(tree, tmp_path / "cache", monkeypatch)
    assert review(tree, tmp_path / "cache", monkeypatch) == cold
    assert review(tree, tmp_path / "cache", monkeypatch, "--full") == cold
    assert len(made) == 1
    assert review(tree, tmp_path / "cache", monkeypatch, "--arch", "x86") != cold
    assert len(made) == 2


def test_every_review_of_a_run_over_many_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a run over several series the next makes none, nor applies them; where the tree has changed it makes those
    again that came after the answer."""
    folder = tmp_path / "linux"
    shutil.copytree(EXAMPLES / "linux", folder)
    made: list[str] = []

    def counted(name: str, make: Callable[..., object]) -> Callable[..., object]:
        def noted(*given: object, **more: object) -> object:
            made.append(name)
            return make(*given, **more)

        return noted

    monkeypatch.setattr(review_module.reviewing, "review_series",
                        counted("made", review_module.reviewing.review_series))
    monkeypatch.setattr(review_module, "apply_series", counted("applied", review_module.apply_series))

    def run(*more: str) -> str:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        done = CliRunner().invoke(main, ["review", SERIES, OTHER, "--all", "--tree", str(folder), "--no-network",
                                         "--format", "json", *more])
        assert done.exit_code == 0, done.output
        return done.stdout

    cold = run()
    assert len(made) == 4
    assert run() == cold
    assert len(made) == 4
    with (folder / "include/linux/set_memory.h").open("a") as file:
        file.write("int more_of_it;\n")
    changed = run()
    assert len(made) > 4
    assert changed == run("--no-cache")


def test_a_tree_that_has_changed_is_reviewed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of what the review has read or searched for, it says what a review without a cache says."""
    folder = tmp_path / "linux"
    shutil.copytree(EXAMPLES / "linux", folder)
    cold = review(str(folder), tmp_path / "cache", monkeypatch)
    said = []
    for path, text in (("include/linux/set_memory.h", "int more_of_it;\n"),
                       ("mm/new.c", "int set_memory_ro(unsigned long a, int n)\n{\n\treturn -5;\n}\n")):
        with (folder / path).open("a") as file:
            file.write(text)
        said.append(review(str(folder), tmp_path / "cache", monkeypatch))
    assert said[1] == review(str(folder), tmp_path / "cache", monkeypatch, "--no-cache")
    assert said[1] != cold
