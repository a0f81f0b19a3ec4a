"""Whose code a file is, as the kernel's MAINTAINERS says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reviewbot.patterns import regex

__all__ = ["subsystems"]

_ENTRY = regex(r"([FXN]):\s*(\S+)")
_REST = "THE REST"


def subsystems(maintainers: str, files: Iterable[str]) -> Mapping[str, str]:
    """Return the title of the most specific section for each file; files of no section get the folder they are in.

    `maintainers` is the whole text. `F:` patterns are read as get_maintainer.pl does: one that ends in a slash is a
    folder with all below it, `*` does not match a slash. `X:` takes files out again; of several sections the one with
    the longest matching pattern wins.
    """
    wanted = sorted(set(files))
    best: dict[str, tuple[int, str]] = {}
    for title, patterns, excluded in _sections(maintainers):
        for path in wanted:
            length = max((len(text) for text, matches in patterns if matches(path)), default=0)
            if length > best.get(path, (0, ""))[0] and not any(matches(path) for _, matches in excluded):
                best[path] = (length, title)
    return {path: best[path][1] if path in best else _folder(path) for path in wanted}


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "the top folder"


class _Pattern:
    """One `F:` or `X:` line; calling it says whether a path matches."""

    def __init__(self, text: str) -> None:
        self._start = re.split(r"[*?\[]", text, maxsplit=1)[0]
        self._plain = self._start == text
        self._regex: re.Pattern[str] | None = None
        self._text = text

    def __call__(self, path: str) -> bool:
        if not path.startswith(self._start):
            return False
        if self._plain:
            return path == self._text or self._text.endswith("/")
        if self._regex is None:
            parts = ("[^/]*" if part == "*" else "[^/]" if part == "?" else re.escape(part)
                     for part in re.split(r"([*?])", self._text))
            self._regex = re.compile("".join(parts) + (".*" if self._text.endswith("/") else ""))
        return self._regex.fullmatch(path) is not None


_Patterns = list[tuple[str, _Pattern]]


def _sections(text: str) -> list[tuple[str, _Patterns, _Patterns]]:
    """Return (title, F: patterns, X: patterns) of each section."""
    sections: list[tuple[str, _Patterns, _Patterns]] = []
    previous = ""
    for line in text.splitlines():
        if len(line) > 2 and line[1] == ":" and line[0].isupper():
            if previous:
                sections.append((previous, [], []))
                previous = ""
            entry = _ENTRY.match(line)
            if entry and sections and sections[-1][0] != _REST:
                kind, pattern = entry.groups()
                if kind != "N" and len(pattern) < 300 and pattern.count("*") < 8:
                    _, wanted, excluded = sections[-1]
                    (wanted if kind == "F" else excluded).append((pattern, _Pattern(pattern)))
        elif line and not line[0].isspace():
            previous = line.strip()
    return sections
