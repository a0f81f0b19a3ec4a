"""Evidence held against the files that it names: a line that a file does not have is no place to look up."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from reviewbot.findings.types import Evidence
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedTree, Tree

__all__ = ["Places"]

_MOMENT = regex(r"(?:(before|after) )?patch (\d+)(?:/\d+)?")


class Places:
    """The lengths of the files of a series at each of its moments."""

    def __init__(self, patched: PatchedTree) -> None:
        """Keep the trees; a file is read when a place in it is asked for."""
        self._trees: dict[tuple[str, str], Tree] = {}
        for state in patched.states:
            self._trees["before", str(state.index)], self._trees["after", str(state.index)] = state.before, state.after
        self._length = cache(self._count)

    def _count(self, moment: str, patch: str, path: str) -> int | None:
        tree = self._trees.get((moment, patch))
        data = tree.read(path) if tree is not None else None
        return None if data is None else data.count(b"\n") + (not data.endswith(b"\n"))

    def within(self, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """Return the evidence, without the line where the file has fewer on the side that is named, or on both."""
        return tuple(replace(one, line=0) if self._is_past(one) else one for one in evidence)

    def _is_past(self, one: Evidence) -> bool:
        moment = _MOMENT.fullmatch(one.rev)
        if one.kind not in {"source", "patch"} or not one.line or moment is None:
            return False
        sides = [moment[1]] if moment[1] else ["before", "after"]
        lengths = [self._length(side, moment[2], one.file) for side in sides]
        known = [length for length in lengths if length is not None]
        return bool(known) and one.line > max(known)
