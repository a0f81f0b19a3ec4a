"""The user's own git settings: who drafts are from, where mail archives are, and what is told by default."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from reviewbot.errors import UsageError
from reviewbot.patterns import regex
from reviewbot.text import clip, quote_names, visible

__all__ = ["SECTIONS", "GitSettings", "said_settings"]

SECTIONS = ("user", "sendemail", "b4", "lore", "reviewbot")
_ESCAPE = regex(r'\\(["\\])')
_SUBSECTION = regex(r'(sendemail) "(.*)"', re.DOTALL)
_LARGEST = 1 << 20  # bytes of a file of settings


class GitSettings(Mapping[str, str]):
    """The settings of the user's global git configuration that the program reads; empty without such a file.

    Only the global files are asked, with what they include: the configuration of a tree is a stranger's. Keys are
    lower case, `sendemail.work.from` for one of the identity `work`; the last value wins, and what the command line
    `said` wins over all. Nothing is read before something is asked: GitPython takes 60 ms to import, where
    `git config` would take 5 ms, and a review of a file of mails needs no setting at all.
    """

    def __init__(self, said: Mapping[str, Sequence[str]] | None = None) -> None:
        """Begin with what `reviewbot -c NAME=VALUE` said."""
        self._said = dict(said or {})

    @cached_property
    def _read(self) -> dict[str, tuple[str, ...]]:
        files = [path for path in _global_files() if path.is_file() and path.stat().st_size <= _LARGEST]
        found: dict[str, tuple[str, ...]] = {}
        if files:
            try:
                from git.config import GitConfigParser  # noqa: PLC0415
            except ImportError:  # GitPython will not load where git is not installed
                files = []
        for path in files:
            try:
                parser = GitConfigParser([str(path)], read_only=True)
                for section in parser.sections():
                    name = _section(section)
                    if not name:
                        continue
                    found.update((f"{name}.{key.lower()}", tuple(map(_unescaped, values)))
                                 for key, values in parser.items_all(section))
            except (OSError, ValueError, configparser.Error):
                continue
        return found | {name: tuple(values) for name, values in self._said.items()}

    @cached_property
    def _texts(self) -> tuple[bytes, ...]:
        """What the files hold, in lower case: a section whose name stands in none of them has no settings."""
        texts = []
        for path in _global_files():
            try:
                with path.open("rb") as stream:
                    texts.append(stream.read(_LARGEST).lower())
            except OSError:
                continue
        return tuple(texts)

    def _may_have(self, section: str) -> bool:
        return any(name.startswith(f"{section}.") for name in self._said) or any(
            section.encode() in text or b"[include" in text for text in self._texts)

    def __getitem__(self, key: str) -> str:
        if not self._may_have(key.partition(".")[0]):
            raise KeyError(key)
        return self._read[key][-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)

    def own(self) -> dict[str, tuple[str, ...]]:
        """Return every value of the program's own section, by key without `reviewbot.`; no file is parsed that cannot
        have one."""
        if not self._may_have("reviewbot"):
            return {}
        return {name.removeprefix("reviewbot."): values for name, values in self._read.items()
                if name.startswith("reviewbot.")}


def said_settings(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values by lower-case name of `NAME=VALUE` words. Raises UsageError for what is none."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        section, dot, key = name.strip().partition(".")
        if not equals and section.lower() not in SECTIONS:
            raise UsageError(f"'{clip(visible(word), 80)}' names no setting, and before the command -c takes one",
                             where="-c", hint="write -c NAME=VALUE; behind the command, 'reviewbot review -c SOURCE' "
                                              "asks for a newer version of a series")
        if not dot or not key or section.lower() not in SECTIONS:
            raise UsageError(f"'{clip(visible(word), 80)}' names no setting that is read", where="-c",
                             hint=f"write NAME=VALUE with a name of {quote_names(SECTIONS, joint='or')}, as "
                                  "b4.midmask=https://lore.kernel.org/all/%s")
        lower = f"{section}.{key}".lower()
        found[lower] = (*found.get(lower, ()), value if equals else "true")
    return found


def _section(text: str) -> str:
    """Return the name that keys of a section begin with, empty for a section that nobody here asks for."""
    below = _SUBSECTION.fullmatch(text)
    if below:
        return f"{below[1]}.{below[2]}".lower()
    return text.lower() if text.lower() in SECTIONS else ""


def _unescaped(value: object) -> str:
    """Return a value as git gives it: the parser leaves the escapes where no quotes stand around it."""
    return _ESCAPE.sub(r"\1", str(value or ""))


def _global_files() -> list[Path]:
    """Return where git has the settings of the user, the weaker file first."""
    named = os.environ.get("GIT_CONFIG_GLOBAL")
    if named is not None:
        return [Path(named)]
    home = os.environ.get("HOME", "")
    folder = os.environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    return [*([Path(folder, "git", "config")] if folder else []), *([Path(home, ".gitconfig")] if home else [])]
