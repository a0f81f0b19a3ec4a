"""The user's own git settings: who drafts are from, and where mail archives are."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

__all__ = ["GitSettings"]

_SECTIONS = ("user", "sendemail", "b4", "lore", "reviewbot")
_ESCAPE = re.compile(r'\\(["\\])')
_LARGEST = 1 << 20  # bytes of a file of settings


class GitSettings(Mapping[str, str]):
    """The settings of the user's global git configuration that the program reads; empty without such a file.

    Only the global files are asked, with what they include: the configuration of a tree is a stranger's. Keys are
    lower case; the last value wins. Nothing is read before something is asked: GitPython takes 60 ms to import, where
    `git config` would take 5 ms, and a review of a file of mails needs no setting at all.
    """

    @cached_property
    def _read(self) -> dict[str, str]:
        files = [path for path in _global_files() if path.is_file() and path.stat().st_size <= _LARGEST]
        if not files:
            return {}
        try:
            from git.config import GitConfigParser  # noqa: PLC0415
        except ImportError:  # GitPython will not load where git is not installed
            return {}
        found: dict[str, str] = {}
        for path in files:
            try:
                parser = GitConfigParser([str(path)], read_only=True)
                for section in filter(lambda name: name.lower() in _SECTIONS, parser.sections()):
                    # It leaves the escapes of a value that no quotes stand around.
                    found.update((f"{section}.{key}".lower(), _ESCAPE.sub(r"\1", value or ""))
                                 for key, value in parser.items(section))
            except (OSError, ValueError, configparser.Error):
                continue
        return found

    def __getitem__(self, key: str) -> str:
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _global_files() -> list[Path]:
    """Return where git has the settings of the user, the weaker file first."""
    named = os.environ.get("GIT_CONFIG_GLOBAL")
    if named is not None:
        return [Path(named)]
    home = os.environ.get("HOME", "")
    folder = os.environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    return [*([Path(folder, "git", "config")] if folder else []), *([Path(home, ".gitconfig")] if home else [])]
