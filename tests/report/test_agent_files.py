"""b4's own parser reads the comments back to the path and the line that they were written for."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Return the example's review, and the folder with its files for b4."""
    folder = tmp_path_factory.mktemp("agent")
    done = CliRunner().invoke(main, ["review", str(EXAMPLES / "series.mbox"), "--tree", str(EXAMPLES / "linux"),
                                     "--no-network", "-o", f"b4-review={folder}/files/",
                                     "-o", f"json={folder}/review.json"])
    assert done.exit_code == 0, done.output
    return json.loads((folder / "review.json").read_text()), folder / "files"


def bare(text: str) -> str:
    """Return the letters of a sentence: one form quotes names and puts brackets behind functions, another not."""
    return re.sub(r"[^A-Za-z]", "", text)


def test_b4_finds_each_comment_at_its_line(reviewed: tuple[dict[str, Any], Path]) -> None:
    """Path, line and words of every finding that the mail shows come back, and nothing else does."""
    parser = pytest.importorskip("b4.review._review")
    review, folder = reviewed
    checked = 0
    for path in sorted(folder.glob("[0-9]*.txt")):
        text = path.read_text()
        at = text.find("> diff --git ")
        found = {(one["path"], one["line"]): " ".join(one["text"].split())
                 for one in parser._extract_comments_from_quoted_reply(text[at:])}
        mine = [f for f in review["findings"] if f["patch"] == int(path.stem) and f["introduced"]
                and f["fixed_by"] is None]
        shown = next(mail for mail in review["mails"] if mail["patch"] == int(path.stem))["comments"]
        for finding in mine:
            if shown[finding["id"]]:
                side = "b" if finding["side"] == "new" else "a"  # b4 names the side so
                there = bare(found[f"{side}/{finding['file']}", finding["line"]])
                assert bare(finding["question"]) in there
                checked += 1
        assert len(found) <= len(mine)
    assert checked > 5


def test_no_line_of_a_diff_is_left_out(reviewed: tuple[dict[str, Any], Path]) -> None:
    """What is quoted is the whole diff of the patch, line by line."""
    mails = (EXAMPLES / "series.mbox").read_text()
    for path in reviewed[1].glob("[0-9]*.txt"):
        quoted = [line[2:] for line in path.read_text().splitlines() if line.startswith("> ")]
        assert quoted[0].startswith("diff --git ")
        assert "\n".join(quoted).split("\ndiff --git ")[0] in mails
    assert (reviewed[1] / "identity.txt").read_text() == "reviewbot <reviewbot@localhost>\n"
    assert reviewed[0]["first_page"]["conclusion"] in (reviewed[1] / "series.txt").read_text()


def test_the_option_puts_them_where_b4_looks(tmp_path: Path) -> None:
    """.git/b4-review/ and the commit that is checked out; a folder that is no repository is refused."""
    tree = tmp_path / "linux"
    subprocess.run(["cp", "-r", str(EXAMPLES / "linux"), str(tree)], check=True)
    words = ["review", str(EXAMPLES / "series.mbox"), "--tree", str(tree), "--no-network", "--b4-review"]
    refused = CliRunner().invoke(main, words)
    assert (refused.exit_code, "--b4-review needs the git repository" in refused.stderr) == (2, True)
    git = ["git", "-C", str(tree), "-c", "user.name=A", "-c", "user.email=a@b.example"]
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "base"]):
        subprocess.run([*git, *command], check=True)
    done = CliRunner().invoke(main, words)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert (tree / ".git" / "b4-review" / head / "series.txt").is_file()
    assert (done.exit_code, done.stdout) == (0, "")
    assert str(tree / ".git" / "b4-review" / head) in done.stderr


def test_a_plain_folder_inside_a_repository_is_not_that_repository(tmp_path: Path) -> None:
    """Nothing is written into the repository that somebody keeps an unpacked tree in; without a tree it is refused."""
    tree = tmp_path / "linux"
    subprocess.run(["cp", "-r", str(EXAMPLES / "linux"), str(tree)], check=True)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@b.example"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "base"]):
        subprocess.run([*git, *command], check=True)
    before = sorted(path for path in (tmp_path / ".git").rglob("*"))
    words = ["review", str(EXAMPLES / "series.mbox"), "--no-network", "--b4-review"]
    for place in (["--tree", str(tree)], ["--kernel", "6.12"]):
        refused = CliRunner().invoke(main, [*words, *place])
        assert (refused.exit_code, "--b4-review needs the git repository" in refused.stderr) == (2, True)
    assert sorted(path for path in (tmp_path / ".git").rglob("*")) == before
