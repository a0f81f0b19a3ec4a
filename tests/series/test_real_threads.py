"""Real threads: every mail has a role, and git reads each diff as we do."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from reviewbot.mail import read_source
from reviewbot.series import choose_series, find_series

pytestmark = pytest.mark.threads


def test_every_mail_of_every_thread_has_one_role(threads_folder: Path) -> None:
    """Nothing is dropped, and a thread around one posting has one series that is meant."""
    for path in sorted(threads_folder.glob("*.mbox")):
        mailbox = read_source(path)
        found = find_series(mailbox)
        assert Counter(role.message_id for role in found.roles) == Counter(
            message.message_id for message in mailbox.messages), path.name
        if len([series for series in found.series if not series.below]) == 1:
            chosen = choose_series(found)
            assert chosen.patches, path.name
            assert chosen.missing == (), path.name


def test_git_reads_every_diff_as_we_do(threads_folder: Path, tmp_path: Path) -> None:
    """The raw text of all files of a patch is fit for git apply, with the lines that our hunks hold."""
    patches = [patch for path in sorted(threads_folder.glob("*.mbox"))
               for series in find_series(read_source(path)).series for patch in series.patches]
    assert patches
    for patch in patches:
        raw = "".join(file.raw for file in patch.files)
        run = subprocess.run(["git", "apply", "--numstat", "-"], input=raw.encode(), capture_output=True, cwd=tmp_path,
                             check=False)
        assert run.returncode == 0, (patch.subject, run.stderr)
        counts = [(sum(line.kind == "+" for hunk in file.hunks for line in hunk.lines),
                   sum(line.kind == "-" for hunk in file.hunks for line in hunk.lines)) for file in patch.files]
        expected = [tuple(0 if word == b"-" else int(word) for word in line.split(b"\t")[:2])
                    for line in run.stdout.splitlines()]
        assert counts == expected, patch.subject
        assert patch.warnings == () or all("rewrote the sender" in warning or "Message-ID" in warning
                                           for warning in patch.warnings), patch.subject
