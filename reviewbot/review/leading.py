"""Calls that a series changes of functions elsewhere that come to the family: what a page without a row must not pass
over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from reviewbot.patterns import regex
from reviewbot.text import quote_names

__all__ = ["Reached", "reached_by", "say_leading"]

_MOST = 3
_REACHES = regex(r"calls of (?P<name>\w+)\(\), which (?P<how>leads to|calls) the family in (?P<file>\S+)")


class Reached(NamedTuple):
    """A function that comes to the family and of which a series changes calls: `direct` where it calls that itself."""

    name: str
    file: str
    direct: bool

    def said(self) -> str:
        """Return the words for what was not followed."""
        return f"calls of {self.name}(), which {'calls' if self.direct else 'leads to'} the family in {self.file}"


def reached_by(what: str) -> Reached | None:
    """Return the function that such words are about, None for other words."""
    found = _REACHES.fullmatch(what)
    return Reached(found["name"], found["file"], found["how"] == "calls") if found else None


def say_leading(whats: Iterable[str]) -> str:
    """Return a sentence about the calls of which `outside` says that they come to the family, empty for none."""
    files: dict[str, list[str]] = {}
    for what in whats:
        if found := reached_by(what):
            files.setdefault(found.file, []).append(f"{found.name}()")
    told = [(path, list(dict.fromkeys(names))) for path, names in sorted(files.items())][:_MOST]
    parts = [f"{quote_names(names, most=_MOST)}, which {'leads' if len(names) == 1 else 'lead'} to such calls in {path}"
             for path, names in told]
    return f"It changes calls of {'; and of '.join(parts)}; what that comes to was not followed." if parts else ""
