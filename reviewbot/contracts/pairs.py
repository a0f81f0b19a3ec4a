"""What undoes what: the pairs of `rules/pairs/`, and the names that may be a pair by the way they are made."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from reviewbot.cfacts.vocabulary import LOCKS
from reviewbot.contracts.frees import known_frees
from reviewbot.errors import DataError
from reviewbot.resources import data_folder
from reviewbot.values import dataclass

__all__ = ["Pairs", "gives_back", "known_pairs", "taken_by", "twins"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The pairs that are facts: what gives back the result of a function, and what its argument."""

    of_result: dict[str, frozenset[str]]
    of_argument: dict[str, frozenset[str]]

    @property
    def takers(self) -> frozenset[str]:
        """Return the functions whose result has to be given back."""
        return frozenset(self.of_result)

    def givers(self) -> frozenset[str]:
        """Return the functions that give back some result."""
        return frozenset().union(*self.of_result.values()) if self.of_result else frozenset()

    def undone_by(self, name: str) -> tuple[str, ...]:
        """Return what undoes a function, as a fact: from the lists, or as a lock."""
        found = {*self.of_result.get(name, ()), *self.of_argument.get(name, ())}
        found |= {give for take, give in LOCKS if take == name}
        return tuple(sorted(found))


@lru_cache(maxsize=1)
def known_pairs() -> Pairs:
    """Return the program's own pairs. Raises DataError when a list does not load."""
    folder = data_folder("rules") / "pairs"
    of_result: dict[str, frozenset[str]] = {}
    of_argument: dict[str, frozenset[str]] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        for takes, gives, on in _load(path):
            for name in takes:
                table = of_argument if on == "argument" else of_result
                table[name] = table.get(name, frozenset()) | gives
    return Pairs(of_result=of_result, of_argument=of_argument)


def _load(path: Path) -> Iterator[tuple[tuple[str, ...], frozenset[str], str]]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for pair in table["pair"]:
            if pair.keys() - {"takes", "gives", "on"} or pair.get("on", "result") not in {"result", "argument"}:
                raise DataError("a pair has 'takes', 'gives', and maybe on = \"argument\"", where=str(path))
            yield tuple(pair["takes"]), frozenset(pair["gives"]), pair.get("on", "result")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataError(f"the pairs do not load: {error}", where=str(path)) from error


def twins(name: str) -> tuple[str, ...]:
    """Return the names that may undo a function, by the way names are made: a proposal, which use has to confirm."""
    words = name.split("_")
    found = []
    for take, give in known_frees().opposites:
        for number, word in enumerate(words):
            if word == take:
                found.append("_".join([*words[:number], give, *words[number + 1:]]))
    return tuple(dict.fromkeys(one for one in found if one != name))


def taken_by(name: str) -> tuple[str, ...]:
    """Return the names of which a function may be the way back, by the way names are made: `twins` the other way."""
    words = name.split("_")
    found = ["_".join([*words[:number], take, *words[number + 1:]])
             for take, give in known_frees().opposites for number, word in enumerate(words) if word == give]
    return tuple(dict.fromkeys(one for one in found if one != name))


def gives_back(name: str) -> bool:
    """Return whether a function's name says that it gives something back."""
    return bool(known_frees().words["gives"] & set(re.split(r"_+|(?<=[a-z])(?=\d)", name.lower())))
