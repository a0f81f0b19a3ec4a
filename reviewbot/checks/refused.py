"""Which builds an `#error` that the series brings stops: code of an architecture that runs into it is in no kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.conditions import read_conditions
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.headers import macro_name
from reviewbot.logic import TRUE, Cond, Not, Or
from reviewbot.patterns import regex
from reviewbot.source.types import PatchState
from reviewbot.text import places_of

__all__ = ["Refused", "error_lines"]

_ERROR = regex(rb"^[ \t]*#[ \t]*error\b", re.MULTILINE)
_DEFINE = regex(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)


def _stops(data: bytes) -> bool:
    """Return whether the file has an `#error`; few that have the word do."""
    return any(data[max(0, at - 40):at].rstrip(b" \t").endswith(b"#") for at in places_of(b"error", data)) \
        and _ERROR.search(data) is not None


class Refused:
    """The `#error` lines of one series, each settled once for an architecture and a moment."""

    def __init__(self, configs: tuple[KernelConfig, ...], states: tuple[PatchState, ...]) -> None:
        """`configs` answer for the moments of the series: one more than `states`."""
        self._configs, self._states = configs, states
        self._any = any(_stops(file.after or b"") for state in states for file in state.files if file.added)
        self._unplaced = frozenset(
            name.decode() for state in states for file in state.files if not file.whole
            for name in _DEFINE.findall(file.after or b"")) if self._any else frozenset()
        self._lines: dict[int, dict[str, tuple[int, ...]]] = {}
        self._known: dict[tuple[int, str, str], Cond] = {}

    def built(self, moment: int, path: str, arch: str) -> Cond:
        """Return when no such line stops the build of a C file, then or at the end of the series."""
        if not self._any or not path.endswith(".c"):
            return TRUE
        now = self._passes(moment, path, arch)
        return now if now == TRUE else Or(now, self._passes(len(self._configs) - 1, path, arch))

    def _passes(self, moment: int, path: str, arch: str) -> Cond:
        key = (moment, path, arch)
        if key not in self._known:
            lines, config = self._brought(moment), self._configs[moment]
            inside = config.certain_from(path, arch) if lines else frozenset()
            stops = [config.refused(one, lines[one], arch) for one in sorted(inside & lines.keys())]
            self._known[key] = Not(Or(*stops))
        return self._known[key]

    def _brought(self, moment: int) -> dict[str, tuple[int, ...]]:
        """Return the `#error` lines that the patches up to this moment have added, by file of the tree."""
        if moment not in self._lines:
            texts: dict[str, set[bytes]] = {}
            for state in self._states[:moment]:
                for file in state.files:
                    if file.whole and file.after is not None:
                        texts.setdefault(file.path, set()).update(text for line, text in error_lines(file.after)
                                                                  if line in file.added)
            found = {path: self._certain(self._configs[moment].tree.read(path) or b"", wanted)
                     for path, wanted in texts.items() if wanted}
            self._lines[moment] = {path: lines for path, lines in found.items() if lines}
        return self._lines[moment]

    def _certain(self, data: bytes, wanted: set[bytes]) -> tuple[int, ...]:
        """Return the `#error` lines with these texts that ask for no macro which a hunk without a place defines."""
        nests = read_conditions(data)
        return tuple(line for line, text in error_lines(data) if text in wanted
                     and not {macro_name(name) for name in nests.at_line(line).variables()} & self._unplaced)


def error_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and text of each line that is an `#error`."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if _ERROR.match(line):
            yield number, line.strip()
