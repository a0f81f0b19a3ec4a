"""A line for evidence that names a whole file: where the name it speaks of is defined, or the option it sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath

from reviewbot.findings.types import Evidence
from reviewbot.kconfig.lines import entry_named, is_kconfig
from reviewbot.patterns import regex
from reviewbot.review.types import Review
from reviewbot.source.types import PatchedTree, Tree
from reviewbot.text import decode, squash

__all__ = ["pinned"]

_MOMENT = regex(r"(?:(before|after) )?patch (\d+)")
_SETTING = regex(r"\b(?:CONFIG_)?([A-Z][A-Z0-9_]*)=[ymn]\b")
_PLACE = regex(r"\(([\w./-]*Kconfig[\w.-]*):(\d{1,6})\)")
_OPTION_NAME = regex(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_CALLED = regex(r"\b([A-Za-z_]\w*)\(\)")
_SUBJECTS = frozenset({"source", "patch", "model", "kconfig"})
_TELLING = 12  # letters of a line that stands for the statement it begins
_LONGEST = 4 << 20  # bytes of a file that is looked through


def pinned(review: Review) -> Review:
    """Return the review with a line for each piece of evidence that names a whole file, where one can be found."""
    files = _Files(review.patched)
    return replace(
        review,
        findings=tuple(replace(one, evidence=files.within(one.evidence, patch=one.patch, file=one.file,
                                                          symbol=one.symbol)) for one in review.findings),
        claims=tuple(replace(one, because=files.within(one.because, patch=one.patch)) for one in review.claims),
        level_set=tuple(replace(one, because=files.within(one.because, patch=0)) for one in review.level_set))


class _Files:
    """The files of a series' trees, by what stands in them."""

    def __init__(self, patched: PatchedTree) -> None:
        """Keep the trees; a file is read when a line of it is asked for."""
        self._states = {state.index: state for state in patched.states}
        self._touched = tuple(dict.fromkeys(
            file.path for state in patched.states for file in state.files if is_kconfig(file.path)))
        self._options = cache(self._options_in)
        self._lines = cache(self._lines_of)

    def within(self, evidence: tuple[Evidence, ...], *, patch: int, file: str = "", symbol: str = ""
               ) -> tuple[Evidence, ...]:
        """Return the evidence of a statement about `file` and `symbol` in that patch, with lines where they are found.

        What stands nowhere in the file keeps line 0: a line that shows nothing is worse than none.
        """
        return tuple(self._pinned(one, patch, file, symbol) for one in evidence)

    def _pinned(self, one: Evidence, patch: int, file: str, symbol: str) -> Evidence:
        if one.line or not one.file or one.kind not in _SUBJECTS:
            return one
        index, after = self._moment(one.rev, patch)
        if index is None:
            return one
        if one.kind == "kconfig" or is_kconfig(one.file):
            for path, line in self._option_places(one, index, file, after=after):
                return replace(one, file=path, line=line)
            return one
        line = self._line(one, index, symbol, after=after)
        return replace(one, line=line) if line else one

    def _moment(self, rev: str, patch: int) -> tuple[int | None, bool]:
        """Return the patch at whose side the evidence stands, and whether behind it; None when there is none."""
        found = _MOMENT.match(rev)
        wanted = int(found[2]) if found else patch
        if wanted not in self._states:
            wanted = max(self._states, default=-1)
        return (wanted if wanted in self._states else None), not (found and found[1] == "before")

    def _tree(self, index: int, *, after: bool) -> Tree:
        state = self._states[index]
        return state.after if after else state.before

    def _lines_of(self, index: int, path: str, after: bool) -> tuple[str, ...]:  # noqa: FBT001 - a key of the cache
        data = self._tree(index, after=after).read(path)
        return () if data is None or len(data) > _LONGEST else tuple(decode(data).split("\n"))

    def _options_in(self, index: int, path: str, after: bool) -> dict[str, int]:  # noqa: FBT001 - a key of the cache
        found: dict[str, int] = {}
        for number, line in enumerate(self._lines(index, path, after), 1):
            if name := entry_named(line):
                found.setdefault(name, number)
        return found

    def _option_places(self, one: Evidence, index: int, file: str, *, after: bool) -> Iterator[tuple[str, int]]:
        """Yield the place that the text itself names, where the options that it speaks of are defined, then where the
        architecture's own options begin."""
        named = _PLACE.search(one.text)
        if named and int(named[2]) <= len(self._lines(index, named[1], after)):
            yield named[1], int(named[2])
        names = [*_SETTING.findall(one.text), *_OPTION_NAME.findall(one.text)]
        folders = [PurePosixPath(file).parent, *PurePosixPath(file).parent.parents] if file else []
        paths = dict.fromkeys([*self._touched, *(str(folder / "Kconfig") for folder in folders), one.file])
        for name in dict.fromkeys(names):
            for path in paths:
                line = self._options(index, path, after).get(name)
                if line:
                    yield path, line
        own = PurePosixPath(one.file).parts
        if len(own) == 3 and own[0] == "arch":
            options = self._options(index, one.file, after)
            line = options.get(own[1].upper()) or min(options.values(), default=0)
            if line:
                yield one.file, line

    def _line(self, one: Evidence, index: int, symbol: str, *, after: bool) -> int:
        lines = self._lines(index, one.file, after)
        code = squash(one.text)
        whole = [number for number, line in enumerate(lines, 1) if code and squash(line) == code]
        # A statement of several lines begins with the first of them.
        begun = whole or [number for number, line in enumerate(lines, 1)
                          if len(squash(line)) >= _TELLING and code.startswith(squash(line))]
        if len(begun) == 1:
            return begun[0]
        for name in dict.fromkeys([*_CALLED.findall(one.text), *([symbol] if symbol else [])]):
            places = [(number, line) for number, line in enumerate(lines, 1)
                      if re.search(rf"\b{re.escape(name)}\b", line)]
            # A definition begins in the first column, and its line does not end there.
            defined = [number for number, line in places if line[:1] not in {" ", "\t", "/", "*", "", "}"}
                       and not line.rstrip().endswith(";") and re.search(rf"\b{re.escape(name)}\s*\(", line)]
            if defined or places:
                return (defined or [number for number, _ in places])[0]
        return 0
