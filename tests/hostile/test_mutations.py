"""Mails with random damage: every one is reviewed or refused in one line, and no report breaks its own form."""

from __future__ import annotations

import os
import time
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from damage import EXAMPLES, Material, git_tree_of, mails, review_damaged

from reviewbot.cli import knowledge

SEED = int(os.environ.get("REVIEWBOT_SEED", "20250304"))
MINUTES = float(os.environ.get("REVIEWBOT_FUZZ_MINUTES", "0"))
MAILS = 200

pytestmark = pytest.mark.hostile


def test_damaged_mails_are_reviewed_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 0, 1 or 4, at most one line on standard error, and well-formed reports; the failure names seed and mail.

    The same 200 mails on every run, unless REVIEWBOT_SEED names others or REVIEWBOT_FUZZ_MINUTES asks for as many as
    fit.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("reviewbot.cli.review.Known", cache(knowledge.Known))
    git = git_tree_of(EXAMPLES / "linux", tmp_path / "git")
    material = Material(mailboxes=[mails()], trees=[("--tree", str(EXAMPLES / "linux")), ("--tree", str(git)), ()])
    end = time.monotonic() + 60 * MINUTES
    for number in count() if MINUTES else range(MAILS):
        if MINUTES and time.monotonic() > end:
            break
        wrong = review_damaged(material, seed=SEED, number=number, folder=tmp_path)
        assert not wrong, wrong
