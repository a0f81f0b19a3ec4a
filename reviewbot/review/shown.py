"""What the hunks of a patch show of a function by themselves: where the tree is of another time, only that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reviewbot.cfacts import squash_c
from reviewbot.checks.analysis import Analysis
from reviewbot.review.matching import Item, lines_of
from reviewbot.text import decode

__all__ = ["Shown"]

_WORD = re.compile(r"[A-Za-z_]\w*")


class Shown:
    """The text of a patch's hunks, before and after, and what of it stands there whole."""

    def __init__(self, analysis: Analysis, position: int) -> None:
        """Read the hunks of the patch at this position; most patches are never asked."""
        index = analysis.patched.states[position].index
        self._hunks = {old: [[line.text for line in hunk.lines if line.kind != ("+" if old else "-")]
                             for patch in analysis.series.patches if patch.index == index
                             for file in patch.files for hunk in file.hunks] for old in (True, False)}
        self._texts = {old: "\n".join(_bare("\n".join(lines)) for lines in hunks)
                       for old, hunks in self._hunks.items()}

    def has(self, item: Item | None, torn: Mapping[str, set[str]], *, old: bool) -> bool:
        """Return whether the hunks show the call, and those in the functions behind it of which nothing is known."""
        if item is None:
            return True
        statements = [item.call.statement]
        for leaf in item.leaves:
            if any(not torn.get(path, set()).isdisjoint(leaf.via) for path in leaf.files):
                if leaf.call is None:
                    return False
                statements.append(leaf.call.statement)
        return all(_bare(text) in self._texts[old] for text in statements)

    def adds(self, item: Item) -> bool:
        """Return whether a call is new: the hunks show all of its function on both sides, before without the call."""
        name = item.place.function.name
        was, now = (next(self._bodies(name, old=old), None) for old in (True, False))
        if was is None or now is None or item.call.callee in _WORD.findall(" ".join(was)):
            return False
        return _code(now) == _code([decode(text.encode("latin-1")) for text in lines_of(item.place)])

    def _bodies(self, name: str, *, old: bool) -> Iterator[list[str]]:
        """Yield the function as each hunk shows it from its first line to its last."""
        head = re.compile(rf"(?![\s#}}/*])[^;]*\b{re.escape(name)}\s*\([^;]*")
        for lines in self._hunks[old]:
            starts = [number for number, text in enumerate(lines) if head.fullmatch(text)]
            end = next((number for number, text in enumerate(lines) if starts and number > starts[0]
                        and text.startswith("}")), 0)
            if end:
                yield lines[starts[0]:end + 1]


def _bare(text: str) -> str:
    return "".join(text.split())


def _code(lines: list[str]) -> str:
    return _bare(squash_c("\n".join(lines).encode("utf-8", "replace")))
