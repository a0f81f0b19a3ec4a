"""A local copy of a public-inbox is a source: each commit of its epochs has a mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import git

from reviewbot.errors import TreeError
from reviewbot.source import inbox
from reviewbot.source.inbox import epochs_of, read_inbox


def make_epoch(path: Path, mails: list[tuple[str, str]]) -> None:
    work = path.with_suffix(".work")
    work.mkdir(parents=True)
    git(work, "init", "-q", "-b", "master")
    for name, text in mails:
        (work / "m").unlink(missing_ok=True)
        (work / "d").unlink(missing_ok=True)
        (work / ("d" if text == "gone" else "m")).write_text(f"From: A <a@b.example>\nSubject: {text}\n"
                                                             f"Message-ID: <{name}@b.example>\n\nText\n")
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", text)
    git(work, "clone", "-q", "--mirror", str(work), str(path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an inbox of two epochs, with a mail that was taken out again."""
    make_epoch(tmp_path / "list" / "git" / "0.git", [(str(n), f"mail {n}") for n in range(4)])
    make_epoch(tmp_path / "list" / "git" / "1.git", [("4", "mail 4"), ("9", "gone"), ("5", "mail 5")])
    return tmp_path / "list"


def test_the_mails_of_all_epochs_come_in_order(folder: Path) -> None:
    """The oldest mail of the oldest epoch is the first; a deletion is no mail; an epoch alone is read too."""
    assert [message.subject for message in read_inbox(folder).messages] == [f"mail {n}" for n in range(6)]
    assert [path.name for path in epochs_of(folder)] == ["1.git", "0.git"]
    assert [message.subject for message in read_inbox(folder, message_id="0@b.example").messages] == [
        f"mail {n}" for n in range(6)]
    assert [message.subject for message in read_inbox(folder / "git" / "0.git").messages] == [
        f"mail {n}" for n in range(4)]


def test_only_as_much_is_read_as_it_takes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name the newest portion is read and said to be all; with one, the portions around that mail."""
    monkeypatch.setattr(inbox, "NEWEST", 2)
    newest = read_inbox(folder)
    assert [message.subject for message in newest.messages] == ["mail 4", "mail 5"]
    assert "only 2 mails of 1.git and 0.git are read" in newest.warnings[0]
    around = read_inbox(folder, message_id="3@b.example")
    assert [message.subject for message in around.messages] == ["mail 0", "mail 1", "mail 2", "mail 3", "mail 4"]


def test_other_folders_are_no_inbox(tmp_path: Path) -> None:
    """A folder without epochs is left to other readers; an epoch without mails says so."""
    (tmp_path / "0.git").mkdir()
    assert epochs_of(tmp_path) == []
    assert epochs_of(tmp_path / "file.mbox") == []
    make_epoch(tmp_path / "x" / "0.git", [("1", "gone")])
    with pytest.raises(TreeError):
        read_inbox(tmp_path / "x")
