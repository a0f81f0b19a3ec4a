"""Messages out of a local copy of a public-inbox: a folder of git repositories (epochs) with a mail in each commit.

`public-inbox-clone`, `grokmirror` and plain `git clone --mirror` make such folders: `LIST/git/0.git`, `LIST/git/1.git`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reviewbot.errors import TreeError
from reviewbot.mail import Mailbox, read_message
from reviewbot.patterns import regex
from reviewbot.source.gittree import Repository, open_repository
from reviewbot.source.opened import commits_of
from reviewbot.text import quote_names

__all__ = ["epochs_of", "read_inbox"]

NEWEST = 3000
"""Mails that are read from the end of an inbox, and more such portions while a named mail is not among them."""

FARTHEST = 60_000
"""Mails after which a named one is no longer looked for."""

_EPOCH = regex(r"(\d{1,4})\.git")


def epochs_of(folder: Path) -> list[Path]:
    """Return the epochs of the inbox that lies in the folder (or is it), the newest first; empty when it is none."""
    below = folder / "git" if (folder / "git").is_dir() else folder
    try:
        found = [(int(name[1]), path) for path in below.iterdir() if (name := _EPOCH.fullmatch(path.name))
                 and (path / "HEAD").is_file()]
    except OSError:
        return []
    if not found and _EPOCH.fullmatch(folder.name) and (folder / "HEAD").is_file():
        return [folder]
    return [path for _, path in sorted(found, reverse=True)]


def read_inbox(folder: Path, *, message_id: str = "") -> Mailbox:
    """Return the newest mails of the inbox, oldest first; with `message_id` those around that mail.

    The portions before and behind it are read as well: a thread begins before its answers. Raises TreeError when an
    epoch cannot be read, or holds no mails.
    """
    raw: list[bytes] = []
    last = 0
    wanted = f"<{message_id}>".encode() if message_id else b""
    read, found, whole = 0, False, True
    for portion in _portions(folder):
        raw = [*(raw[-last:] if wanted and not found else raw), *portion]
        last, read = len(portion), read + len(portion)
        if found or read >= (FARTHEST if wanted else NEWEST):
            whole = False
            break
        found = bool(wanted) and any(wanted in mail[:65536] for mail in portion)
    if not raw:
        raise TreeError("holds no mails", where=str(folder), hint="each commit of an epoch has one")
    names = quote_names([path.name for path in epochs_of(folder)], most=4)
    notice = () if whole else (f"{folder.name}: only {len(raw)} mails of {names} are read",)
    return Mailbox(messages=tuple(read_message(mail, where=f"{folder.name}#{len(raw) - number}")
                                  for number, mail in reversed(list(enumerate(raw)))), warnings=notice)


def _portions(folder: Path) -> Iterator[list[bytes]]:
    """Yield the mails of all epochs, the newest first, in portions."""
    for epoch in epochs_of(folder):
        repository = open_repository(epoch)
        if repository is None:
            continue
        try:
            skip = 0
            while commits := commits_of(repository.sandbox, most=NEWEST, skip=skip):
                yield _mails(repository, commits)
                skip += len(commits)
        finally:
            repository.close()


def _mails(repository: Repository, commits: list[str]) -> list[bytes]:
    """Return the mails of the commits; a commit that takes a mail out of the archive has none.

    One `git cat-file --batch` reads them all; GitPython would ask it for one at a time.
    """
    asked = "".join(f"{commit}:m\n" for commit in commits).encode()
    out = repository.sandbox.must("cat-file", "--batch", stdin=asked)
    mails = []
    at = 0
    while at < len(out):
        end = out.find(b"\n", at)
        if end < 0:
            break
        words = out[at:end].split()
        at = end + 1
        if len(words) == 3 and words[1] == b"blob" and words[2].isdigit():
            size = int(words[2])
            mails.append(out[at:at + size])
            at += size + 1
    return mails
