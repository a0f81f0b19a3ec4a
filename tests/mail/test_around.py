"""Patches that no mail stands around become the mails that git format-patch would have made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reviewbot.errors import MailError
from reviewbot.mail import read_source
from reviewbot.series import find_series

DIFF = b"""\
--- a/mm/one.c
+++ b/mm/one.c
@@ -1,3 +1,3 @@
 int a;
-int b;
+int c;
 int d;
"""


def git(folder: Path, *words: str, env: dict[str, str] | None = None) -> bytes:
    return subprocess.run(["git", "-C", str(folder), "-c", "user.name=Ada Öre", "-c", "user.email=ada@example.org",
                           *words], check=True, capture_output=True, env=env).stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Return a repository with three commits and a merge."""
    git(tmp_path, "init", "-q", "-b", "main")
    for number in (1, 2, 3):
        (tmp_path / "f.c").write_text("".join(f"int line{n};\n" for n in range(number * 3)))
        git(tmp_path, "add", "f.c")
        date = f"2025-03-0{number} 10:00:00 +0100"
        git(tmp_path, "commit", "-q", "-m", f"mm: step {number}\n\nWhy {number}.\n\nSigned-off-by: A <a@b.example>",
            "--date", date)
    return tmp_path


@pytest.mark.parametrize("words", [
    ["log", "-p"], ["log", "-p", "--reverse"], ["log", "-p", "--stat", "--decorate=full"],
    ["log", "-p", "--format=fuller", "--date=iso"], ["show", "HEAD~2", "HEAD~1", "HEAD"]])
def test_a_log_is_the_series_of_its_commits(repo: Path, words: list[str]) -> None:
    """Each commit is a patch, the oldest first, whichever way the log was printed."""
    (series,) = find_series(read_source(git(repo, *words))).series
    assert [(patch.index, patch.subject) for patch in series.patches] == [(1, "mm: step 1"), (2, "mm: step 2"),
                                                                          (3, "mm: step 3")]
    assert [patch.changelog for patch in series.patches] == ["Why 1.", "Why 2.", "Why 3."]
    assert [len(patch.files[0].hunks[0].lines) for patch in series.patches] == [3, 6, 6]
    assert {patch.author.name for patch in series.patches} == {"Ada Öre"}
    oldest = git(repo, "rev-list", "--max-parents=0", "HEAD").decode().strip()
    assert series.patches[0].message_id == f"{oldest}@git"
    assert series.patches[0].date is not None
    assert series.patches[0].date.day == 1


def test_one_commit_is_a_patch(repo: Path) -> None:
    """`git show` of one commit needs no number."""
    (series,) = find_series(read_source(git(repo, "show"))).series
    assert [(patch.index, patch.subject) for patch in series.patches] == [(1, "mm: step 3")]
    assert series.total == 1


def test_a_merge_alone_is_refused_with_what_to_do() -> None:
    """A combined diff is no patch."""
    with pytest.raises(MailError) as caught:
        read_source(b"commit 0123456789abcdef\nMerge: 1234 5678\nAuthor: A <a@b.example>\n\n    Merge x\n\n"
                    b"diff --cc a.c\n")
    assert "git:BASE..TOPIC" in str(caught.value)


@pytest.mark.parametrize(("above", "title", "author"), [
    (b"mm: say it better\n\nBecause.\n---\n mm/one.c | 2 +-\n\n", "mm: say it better", ""),
    (b"\nSay it better\n\ndiff -Naur old/mm/one.c new/mm/one.c\n", "Say it better", ""),
    (b"# HG changeset patch\n# User Ada <ada@example.org>\n# Date 1741082400 0\n# Parent  12\nmm: better\n\nText.\n\n",
     "mm: better", "ada@example.org"),
    (b"From: Ada <ada@example.org>\nSubject: mm: with headers\n\nText.\n\n", "mm: with headers", "ada@example.org"),
])
def test_words_above_a_diff_are_its_description(above: bytes, title: str, author: str) -> None:
    """Quilt and Mercurial write a title and a text; a mail keeps its own headers."""
    (series,) = find_series(read_source(above + DIFF)).series
    (patch,) = series.patches
    assert (patch.subject, patch.author.email, len(patch.files)) == (title, author, 1)


def test_a_bare_diff_and_a_mailbox_stay_what_they_are() -> None:
    """Nothing is put around a diff without words, and an mbox is split as before."""
    assert find_series(read_source(DIFF)).series[0].patches[0].subject == "change mm/one.c"
    box = b"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: A <a@b.example>\nSubject: [PATCH] x\n\nText\n---\n" + DIFF
    assert len(read_source(box + b"\n" + box).messages) == 2
