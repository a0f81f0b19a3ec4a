"""What surrounds a run: closed and full streams, narrow encodings, signals, full disks; none of it is the series."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from damage import git_tree_of

from reviewbot import review as reviewing
from reviewbot.cli import main
from reviewbot.cli.streams import write_file
from reviewbot.errors import LocalError, TreeError, UsageError
from reviewbot.source import open_tree
from reviewbot.source.gittree import GitTree
from reviewbot.source.sandbox import Sandbox

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RUN = [sys.executable, "-c", "from reviewbot.cli import main; main()"]
REVIEW = [*RUN, "review", str(EXAMPLES / "series.mbox"), "--tree", str(EXAMPLES / "linux"), "--no-network"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX streams")


def shell(words: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of the shell with the arguments as "$@"."""
    return subprocess.run(["sh", "-c", words, "sh", *arguments], capture_output=True, check=False, timeout=120,
                          env={**os.environ, **environment})


def test_a_closed_output_takes_nothing_and_breaks_nothing() -> None:
    """Standard output or error that the shell has closed is no defect of the program."""
    done = shell('"$@" >&-', *REVIEW)
    assert (done.returncode, done.stderr) == (0, b"")
    assert shell('"$@" 2>&-', *RUN, "review", "/nonexistent").returncode == 4


def test_a_closed_input_holds_no_mail() -> None:
    """Standard input that is closed reads as empty: one line, status 4."""
    done = shell('"$@" <&-', *RUN, "review", "-", "--no-network")
    assert done.returncode == 4
    assert done.stderr.startswith(b"reviewbot: standard input: is empty")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_output_is_one_line() -> None:
    """What cannot be written to standard output is said in one line; a full standard error changes no status."""
    done = shell('"$@" >/dev/full', *REVIEW)
    assert done.returncode == 4
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"reviewbot: standard output or a temporary file: No space left on device; free some")
    assert shell('"$@" 2>/dev/full', *RUN, "review", "/nonexistent").returncode == 4


@pytest.mark.parametrize("form", ["text", "html", "terse", "eml"])
def test_a_narrow_encoding_spells_letters_out(form: str) -> None:
    """Every format can be printed on a stream of Latin-1."""
    done = shell('"$@"', *REVIEW, "--format", form, PYTHONIOENCODING="latin1", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interrupt_while_the_program_is_loaded_prints_nothing() -> None:
    """Ctrl-C before the first command is there ends the run with 130 and no traceback."""
    code = ("import sys\n"
            "class Stop:\n"
            "    def find_spec(self, name, *_):\n"
            "        if name == 'click':\n"
            "            raise KeyboardInterrupt\n"
            "sys.meta_path.insert(0, Stop())\n"
            "from reviewbot.__main__ import run\n"
            "run()\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("clock", ["1e300", "-1e300", "float('nan')", "0.0", "-5.0", "1e15"])
def test_an_odd_clock_changes_nothing(clock: str, tmp_path: Path) -> None:
    """What day the machine thinks it is only decides what the cache forgets."""
    code = (f"import sys, time; time.time = lambda: {clock}; "
            "from reviewbot.cli import main; main(sys.argv[1:], prog_name='reviewbot')")
    done = subprocess.run([sys.executable, "-c", code, "scan", "--tree", str(EXAMPLES / "linux")],
                          env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "SOURCE_DATE_EPOCH": "nonsense"},
                          capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def outcome_at_home(**home: str) -> tuple[int, bytes, bytes]:
    bare = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    done = subprocess.run([*REVIEW, "--format", "json"], env={**bare, **home}, capture_output=True, check=False)
    return done.returncode, done.stderr, done.stdout


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, bytes, bytes]:
    return outcome_at_home(HOME=str(tmp_path_factory.mktemp("home")))


@pytest.mark.parametrize("home", ["", "/proc", "/dev/null", "/nonexistent/home"])
def test_no_home_costs_the_cache_and_nothing_else(home: str, at_home: tuple[int, bytes, bytes]) -> None:
    """Without a home, or with one in which nothing can be written, the report is the same and nothing is complained."""
    assert outcome_at_home(**{"HOME": home} if home else {}) == at_home
    assert at_home[:2] == (0, b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_folder(number: signal.Signals, tmp_path: Path) -> None:
    """SIGTERM and SIGHUP end the run as a shell expects it, and the temporary folders go."""
    with subprocess.Popen(REVIEW, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as running:
        end = time.monotonic() + 60
        while not list(tmp_path.glob("reviewbot-git-*")) and running.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    assert running.returncode in {128 + number, 0}  # 0: it was done before
    assert said == b""
    assert list(tmp_path.glob("reviewbot-git-*")) == []


def test_a_report_is_whole_or_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while a report is written leaves the old report and no other file."""
    report = tmp_path / "report.html"
    write_file(report, "old")
    report.chmod(0o640)
    write_file(report, "new")
    assert (report.read_text(), report.stat().st_mode & 0o777) == ("new", 0o640)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr("os.fdopen", full)
    with pytest.raises(LocalError, match="No space left on device; nothing of it was changed; free some"):
        write_file(report, "newer")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert report.read_text() == "new"
    with pytest.raises(UsageError, match="cannot write"):
        write_file(tmp_path / "nowhere/report", "text")


def test_links_and_pipes_stay_what_they_are(tmp_path: Path) -> None:
    """A report written through a link changes the file that it names; the null device is written as it is."""
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "file").write_text("old")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"
    write_file(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()


def test_a_full_temporary_disk_is_no_answer_about_a_patch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git's words about a full disk end the run; the same words as a file's name in a patch do not."""
    fake = tmp_path / "git"
    monkeypatch.setattr("reviewbot.source.sandbox.find_git", lambda: str(fake))
    sandbox = Sandbox()
    for said, error in (("error: unable to write loose object file: No space left on device", LocalError),
                        ("error: x: No space left on device: patch does not apply", None)):
        fake.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
        fake.chmod(0o755)
        if error is None:
            assert sandbox.run("apply").status == 1
        else:
            with pytest.raises(error):
                sandbox.run("apply")
    assert not issubclass(LocalError, TreeError)


@pytest.mark.parametrize("every", [(), ("--all",)], ids=["one", "all"])
@pytest.mark.parametrize("gone", ["", "drivers", "Makefile"])
def test_a_tree_that_goes_away_is_no_answer(gone: str, every: tuple[str, ...], tmp_path: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, or a part of it, that is removed while it is reviewed: one line and status 4, and no report."""
    tree = shutil.copytree(EXAMPLES / "linux", tmp_path / "linux")
    make = reviewing.review_series

    def removing(*words: Any, **more: Any) -> Any:
        (tree / gone).rename(tmp_path / "elsewhere")
        return make(*words, **more)

    monkeypatch.setattr(reviewing, "review_series", removing)
    done = CliRunner().invoke(main, ["review", str(EXAMPLES / "series.mbox"), "--tree", str(tree), "--no-network",
                                     "--no-cache", *every])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert "went away while the tree was read" in done.stderr


def test_a_repository_that_goes_away_is_named_as_such(tmp_path: Path) -> None:
    """What is missing of a repository that was removed is not said to be missing of a partial clone."""
    git_tree_of(EXAMPLES / "linux", tmp_path / "linux")
    tree = open_tree(tmp_path / "linux")
    assert isinstance(tree, GitTree)
    assert isinstance(tree.repository.lacks("demo"), TreeError)
    (tmp_path / "linux").rename(tmp_path / "elsewhere")
    assert isinstance(tree.repository.lacks("demo"), LocalError)


def test_a_reader_that_stops_early_has_seen_enough() -> None:
    """A closed pipe ends every command with 0, also those that print line by line."""
    for words in (["model", "explore", "--list"], ["rules"]):
        done = subprocess.run(["bash", "-c", '"$@" | head -c 1; exit ${PIPESTATUS[0]}', "sh", *RUN, *words],
                              capture_output=True, check=False, timeout=120)
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("name", ["a" * 5000, "/tmp/" + "a" * 300 + "/b"], ids=["whole", "folder"])
def test_a_name_that_no_file_can_have_names_nothing(name: str) -> None:
    """A series or a tree whose name is longer than any file's is one that is not there: one line, status 4."""
    series = str(EXAMPLES / "series.mbox")
    for words in ((series, "--tree", name), (name, "--tree", str(EXAMPLES / "linux"))):
        done = subprocess.run([*RUN, "review", *words, "--no-network"], capture_output=True, check=False, timeout=120)
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (4, b"", 1)
