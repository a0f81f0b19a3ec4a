"""The model goes out as a page for the kernel's documentation, and a tree is indexed ahead of time."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

TREE = str(Path(__file__).resolve().parents[2] / "examples" / "linux")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_model_is_a_page_of_restructured_text() -> None:
    """Every architecture is a chapter, names are literals whose marks pair, and no line runs on."""
    text = run("model", "export", "--format", "rst").stdout
    lines = text.splitlines()
    assert lines[0] == ".. SPDX-License-Identifier: GPL-2.0-or-later"
    chapters = [lines[at - 1] for at, line in enumerate(lines) if line and set(line) == {"="} and at > 4]
    assert {"alpha", "arm64", "LoongArch"} <= set(chapters)
    for paragraph in text.split("\n\n"):
        assert paragraph.count("``") % 2 == 0, paragraph
        assert not re.search(r"\w``[A-Za-z_]", re.sub(r"``[^`]+``", lambda found: "``" + "." * 3 + "``", paragraph))
    assert text == run("model", "export").stdout


def test_one_architecture_of_one_release(tmp_path: Path) -> None:
    """--arch and --kernel narrow it, -o writes it, and names that are not known are refused."""
    page = tmp_path / "x86.rst"
    assert run("model", "export", "--arch", "x86", "--kernel", "6.1", "-o", str(page)).exit_code == 0
    assert "Linux 6.1" in page.read_text()
    assert "\narm64\n" not in page.read_text()
    assert run("model", "export", "--arch", "x68").exit_code == 2


def test_what_is_told_of_functions_stands_below_one_line() -> None:
    """A term of a definition list has one line: with a second one the page would not be built."""
    for release in ("5.10", "6.12", "7.3"):
        lines = ["", *run("model", "export", "--kernel", release).stdout.split("\n")]
        terms = [number for number, (line, below) in enumerate(pairwise(lines))
                 if line and not line.startswith(" ") and below.startswith("  - ")]
        assert terms
        assert {lines[number - 1] for number in terms} == {""}


def test_docutils_takes_the_page() -> None:
    """A parser of reStructuredText has no complaint."""
    core = pytest.importorskip("docutils.core")
    core.publish_doctree(run("model", "export").stdout, settings_overrides={"report_level": 2, "halt_level": 2})


def test_an_index_is_made_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is read, and a scan finds what it needs."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = run("index", "--tree", TREE)
    assert (first.exit_code, "is up to date" in first.stderr) == (0, True)
    assert list(tmp_path.rglob("index.sqlite"))
    scanned = run("scan", "--tree", TREE, "-v", "--with-wrappers", "--format", "jsonl")
    assert scanned.exit_code == 0
    assert ", 0 parsed now" in scanned.stderr
    assert run("index", "--tree", str(tmp_path)).exit_code == 2


def test_an_index_that_cannot_be_kept_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was to keep something and did not ends with 4, and says where it could not, and what to do."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    done = run("index", "--tree", TREE)
    assert (done.exit_code, done.stderr.count("\n")) == (4, 1)
    assert done.stderr.startswith(f"reviewbot: {tmp_path}/file/reviewbot: the index cannot be kept: ")
    assert "name another place with XDG_CACHE_HOME" in done.stderr
