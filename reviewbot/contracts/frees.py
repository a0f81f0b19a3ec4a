"""What gives memory back, by which argument, and the words that say so: the table `rules/effects/frees.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reviewbot.contracts.tables import effect_table
from reviewbot.values import dataclass

__all__ = ["Frees", "known_frees"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frees:
    """The functions that give something back, the argument of each (from 1), and the words of such names."""

    argument: Mapping[str, int]
    gone: frozenset[str]
    made_by: Mapping[str, tuple[str, ...]]
    not_by: Mapping[str, tuple[str, ...]]
    wider: frozenset[tuple[str, str]]
    arrays: frozenset[str]
    pieces: Mapping[str, int]
    order_taken: Mapping[str, int]
    order_given: Mapping[str, int]
    words: Mapping[str, frozenset[str]]
    opposites: tuple[tuple[str, str], ...]

    def says(self, name: str, words: str) -> bool:
        """Return whether one of the words of that kind stands in a function's name."""
        return bool(self.words[words] & set(name.lower().split("_")))

    def fits(self, name: str, maker: str) -> bool:
        """Return whether by its name a function makes what another gives back; kfree() takes nothing of kvmalloc()."""
        return maker.startswith(self.made_by.get(name, ())) and not maker.startswith(self.not_by.get(name, ()))


@lru_cache(maxsize=1)
def known_frees() -> Frees:
    """Return the program's own table. Raises DataError when it does not load."""
    return effect_table("frees.toml", _made)


def _made(table: dict[str, Any]) -> Frees:
    entries = [(name, entry) for entry in table["free"] for name in entry["of"]]
    words = dict(table["words"])
    return Frees(
        argument={name: int(entry.get("argument", 1)) for name, entry in entries},
        gone=frozenset(name for name, entry in entries if entry.get("gone", False)),
        made_by={name: tuple(entry.get("made-by", ())) for name, entry in entries},
        not_by={name: tuple(entry.get("not-by", ())) for name, entry in entries},
        wider=frozenset((one, other) for one, other in table["wider"]),
        arrays=frozenset(table["arrays"]),
        pieces=dict(table["pieces"]),
        order_taken=dict(table["orders"]["takes"]),
        order_given=dict(table["orders"]["gives"]),
        opposites=tuple((take, give) for take, give in words.pop("pairs")),
        words={kind: frozenset(names) for kind, names in words.items()},
    )
