"""The values that the room of contracts gives: a function's contract, and what in a function does not fit one."""

from __future__ import annotations

from typing import NamedTuple

from reviewbot.values import dataclass

__all__ = ["Contract", "Hit", "Place", "Way"]


class Place(NamedTuple):
    """A line in a function of a file."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to treat a result: how many callers do so, and where some of them stand."""

    how: str
    count: int
    places: tuple[Place, ...]


_MINDING = ("tested", "compared", "returned")
_FEWEST = 3
_MOST_PART = 0.8
_MANY = 5
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a tree teaches about a function, each source told apart.

    From the body: what it `returns` (C types of its definitions) and `gives` (kinds of values, each with a place),
    whose result it `hands_on` as its own, and what its body or head `asserts` of a caller. From the callers: the `ways`
    in which they treat the result, of `calls` that were read (`sampled`: in a part of all `files` that hold the name),
    and what is `paired_with` it: names that may undo it, with how many of how many calling functions call both.
    `undone_by` are facts of the lists.
    """

    name: str
    returns: tuple[str, ...]
    defined: tuple[Place, ...]
    gives: tuple[tuple[str, Place], ...]
    ways: tuple[Way, ...]
    calls: int
    sampled: bool
    files: int
    undone_by: tuple[str, ...] = ()
    paired_with: tuple[tuple[str, int, int], ...] = ()
    hands_on: tuple[str, ...] = ()
    asserts: tuple[tuple[str, Place], ...] = ()

    @property
    def minded(self) -> int:
        """Return how many of the calls test the result or hand it to their own caller."""
        return sum(way.count for way in self.ways if way.how.startswith(_MINDING))

    @property
    def is_minded_by_nearly_all(self) -> bool:
        """Return whether so many callers look at the result that one that does not is worth a question."""
        others = self.calls - 1  # the call that is asked about is one of them
        return others >= _MANY and self.minded >= _NEARLY_ALL * others

    @property
    def fails_and_is_minded(self) -> bool:
        """Return whether a body gives an errno, and each caller but the one that is asked about looks at the result."""
        others = self.calls - 1
        return others > 0 and self.minded >= others and any(kind == "errno" for kind, _ in self.gives)

    @property
    def is_void(self) -> bool:
        """Return whether every definition returns nothing."""
        return bool(self.returns) and all(kind.split()[-1:] == ["void"] for kind in self.returns)

    @property
    def told(self) -> str:
        """Return in words how the callers treat the result."""
        read = " that were read" if self.sampled else ""
        return f"{self.minded} of {self.calls} callers{read} test this result or return it"

    @property
    def asked_below(self) -> str:
        """Return in words how many callers take less than 0 for a failure."""
        below = sum(way.count for way in self.ways if way.how == "tested for less than 0")
        return f"{below} of {self.calls} callers ask whether it is less than 0"

    @property
    def fails_negative(self) -> bool:
        """Return whether the function gives an errno when it fails, by its body or by what most callers ask."""
        kinds = {kind for kind, _ in self.gives}
        if "errno" in kinds and not kinds & {"true", "false", "null", "error-pointer"}:
            return True
        asked = sum(way.count for way in self.ways if way.how in {"tested", "tested for less than 0", "returned"})
        below = sum(way.count for way in self.ways if way.how == "tested for less than 0")
        otherwise = sum(way.count for way in self.ways if way.how.startswith(("tested", "compared", "followed"))) \
            + sum(way.count for way in self.ways if way.how == "returned") - asked
        return asked >= _FEWEST and below > 1 and otherwise * 4 <= asked

    @property
    def pointer_failure(self) -> str:
        """Return whether the function fails with an `error-pointer` or `null`, empty where that is not clear."""
        kinds = {kind for kind, _ in self.gives}
        if kinds and "unknown" not in kinds:
            return "" if {"null", "error-pointer"} <= kinds else next(iter(kinds & {"null", "error-pointer"}), "")
        errors = sum(way.count for way in self.ways if way.how == "tested by IS_ERR()")
        nulls = sum(way.count for way in self.ways if way.how in {"tested for 0", "tested"})
        if max(errors, nulls) < _FEWEST or min(errors, nulls) * 10 > max(errors, nulls):
            return ""
        return "error-pointer" if errors > nulls else "null"

    @property
    def is_minded(self) -> bool:
        """Return whether enough callers, and most of them, look at the result."""
        return self.calls >= _FEWEST and self.minded >= _MOST_PART * self.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something in a function that does not fit a contract, before the rule's words are put to it.

    `shape` names the mechanism, and the rule's text for it; `line` to `end_line` is the place in the new file. `fields`
    are what the text may name. `old` are lines before the patch that show it, `new` lines after it, each (line, text).
    `elsewhere` are names one of which the series may bring somewhere else instead: then nothing is lost.
    `rests_on` are functions whose own definition the series may take away: then it is meant.
    `asks_of` is what a test that is gone asked for, members as `->size`; `answered_by` the members by which the
    function that it asked answers: the series may give these their value at another point.
    `taken_from` are names one of which the series has to take away somewhere: else nothing was moved.
    """

    shape: str
    line: int
    end_line: int
    symbol: str
    object: str
    fields: tuple[tuple[str, str], ...]
    old: tuple[tuple[int, str], ...] = ()
    new: tuple[tuple[int, str], ...] = ()
    elsewhere: frozenset[str] = frozenset()
    rests_on: frozenset[str] = frozenset()
    taken_from: frozenset[str] = frozenset()
    asks_of: frozenset[str] = frozenset()
    answered_by: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what two hits have in common that are the same at two moments."""
        return self.shape, self.symbol, self.object
