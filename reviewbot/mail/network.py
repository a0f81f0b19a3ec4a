"""How the network may be used: what the caller allows and knows, without the library that does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from reviewbot.mail.limits import DEFAULT_LIMITS, Limits
from reviewbot.values import dataclass

if TYPE_CHECKING:
    import requests

__all__ = ["Network", "parts_of"]

_CACHE_MINUTES = 10.0
_TIMEOUTS = (5.0, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How the network may be used; everything of the outside comes from the caller.

    `settings` are values of git's configuration by their full lower-case names: `b4.midmask`, `b4.cache-expire`
    (minutes), `lore.fallback` (addresses, blank separated), `lore.requesttimeout` (`connect,read` seconds),
    `lore.useragentplus`. `clock` gives seconds since 1970. `cache_folder` None keeps nothing. `version` is the
    program's, for the User-Agent. `session` replaces the one that is made otherwise.
    """

    version: str
    clock: Callable[[], float]
    allowed: bool = True
    cache_folder: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    session: requests.Session | None = None
    limits: Limits = DEFAULT_LIMITS

    @property
    def user_agent(self) -> str:
        """Return the honest name of this program, with the id that an archive's owner may have given out.

        A browser's name would pass some bot walls; we do not claim to be one.
        """
        plus = re.sub(r"[^!-~]", "", self.settings.get("lore.useragentplus", ""))[:100]
        agent = f"reviewbot/{self.version}"
        return f"{agent}+{plus.lstrip('+')}" if plus and "mozilla" not in plus.lower() else agent

    @property
    def timeouts(self) -> tuple[float, float]:
        """Return the seconds to wait for a connection and for the next bytes."""
        words = self.settings.get("lore.requesttimeout", "").split(",")
        try:
            connect, read = (min(max(float(word), 0.1), 120.0) for word in words)
        except ValueError:
            return _TIMEOUTS
        return connect, read

    @property
    def own_archives(self) -> frozenset[tuple[str, str]]:
        """Return scheme and host (with port) of the archives that the user's settings name: a redirect may lead to
        them even where they are on this machine or its own network."""
        named = (self.settings.get("b4.midmask", ""), *self.settings.get("lore.fallback", "").split())
        return frozenset((scheme, netloc) for scheme, netloc, *_ in map(parts_of, named) if netloc)

    @property
    def cache_seconds(self) -> float:
        """Return how long a fetched thread is used again."""
        try:
            minutes = float(self.settings.get("b4.cache-expire", "") or _CACHE_MINUTES)
        except ValueError:
            minutes = _CACHE_MINUTES
        return max(0.0, minutes) * 60


def parts_of(address: str) -> SplitResult:
    """Return the parts of a web address that the settings name; all empty for what is none."""
    try:
        return urlsplit(address)
    except ValueError:  # brackets without an end
        return urlsplit("")
