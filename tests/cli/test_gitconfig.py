"""The user's git settings are read as git reads them, and only when something is asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.cli.gitconfig import GitSettings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home without any settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_what_git_writes_is_read(home: Path) -> None:
    """Quotes, marks of comments, several values: what `git config` wrote comes back."""
    written = {"user.name": 'Ada "L" Lovelace; x # y', "user.email": "ada@example.org",
               "sendemail.from": '"Lovelace, Ada" <ada@example.org>', "b4.midmask": "https://mail.example/%s",
               "lore.fallback": "https://one.example"}
    for name, value in written.items():
        subprocess.run(["git", "config", "--global", name, value], check=True)
    subprocess.run(["git", "config", "--global", "core.pager", "touch ran"], check=True)
    assert dict(GitSettings()) == written


def test_the_files_of_a_user(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file in the home wins over that of XDG, what it includes counts, and GIT_CONFIG_GLOBAL stands for both."""
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "config").write_text("[User]\n\tname = Weak\n\tEmail = weak@example.org\n")
    (home / ".gitconfig").write_text("[user]\n\tname = Strong\n[include]\n\tpath = more\n")
    (home / "more").write_text("[sendemail]\n\tfrom = more@example.org\n")
    assert dict(GitSettings()) == {"user.name": "Strong", "user.email": "weak@example.org",
                                   "sendemail.from": "more@example.org"}
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "none"))
    assert dict(GitSettings()) == {}


def test_a_file_that_is_no_configuration(home: Path) -> None:
    """What git itself refuses gives no settings, and no error."""
    (home / ".gitconfig").write_text("name = without a section\n")
    assert dict(GitSettings()) == {}


def test_nothing_is_loaded_before_it_is_asked(home: Path) -> None:
    """A review of a file of mails needs no setting, and GitPython takes longer to load than git to run."""
    script = ("import sys\nfrom reviewbot.cli.sources import network_of\n"
              "settings = network_of(allowed=False, cache=None).settings\n"
              "assert 'git' not in sys.modules\nassert settings.get('user.name') is None\n")
    subprocess.run([sys.executable, "-P", "-c", script], check=True)
