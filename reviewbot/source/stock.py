"""What the files of the tree are to have before a series is put on them, where they have it in other words.

A hunk that goes in the stead of other lines (`grafting`) says what stood there for its author. It is gathered while the
patches go by, led back to the lines of the file before the first of them, and put there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reviewbot.series.types import FileDiff
from reviewbot.source.alike import Likes
from reviewbot.source.gitapply import Group, is_copy
from reviewbot.source.grafting import SURE, is_brought
from reviewbot.source.lines import line_map, split_lines
from reviewbot.source.merging import Merge, join_lines
from reviewbot.source.placing import Edit, Placement
from reviewbot.source.types import LineMap, PatchedFile
from reviewbot.values import dataclass

__all__ = ["Grafted", "Stock", "as_grafted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grafted:
    """The hunks of a file of one patch, from 0, that go in the stead of other lines; why git refused the file.

    `had` are those of them whose like the tree has already.
    """

    hunks: frozenset[int]
    had: frozenset[int]
    refusal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    patch: int
    path: str
    hunk: int
    root: str
    edits: tuple[Edit, ...]
    had: bool
    refusal: str


class Stock:
    """What hunks need of the files before the series, as the patches go by."""

    def __init__(self) -> None:
        """Begin with nothing wished for and every file as it stands in the tree."""
        self.likes = Likes()
        self._ways: dict[str, tuple[str, list[LineMap]]] = {}
        self._wishes: list[_Wish] = []

    def followed(self, group: Group, file: PatchedFile) -> None:
        """Note where the lines of a file went that git applied."""
        self._went(group[0], file.line_map)

    def _went(self, file: FileDiff, mapped: LineMap) -> None:
        """Note where the lines of a file went by a patch; nothing leads back from a copy or a new file."""
        if not file.old_path or is_copy(file):
            self._ways[file.path] = ("", [])
            return
        root, ways = self._ways.pop(file.old_path, (file.old_path, []))
        self._ways[file.path] = (root, [*ways, mapped])

    def want(self, patch: int, file: FileDiff, merged: Merge, refusal: str) -> None:
        """Note what the placed hunks of a file need, and where the lines of the file go."""
        root, ways = self._ways.get(file.old_path, (file.old_path, []))
        for number, placed in sorted(merged.placed.items()):
            led = [_led_back(edit, ways, len(merged.before)) for edit in placed.stock]
            if root and led and None not in led:
                self._wishes.append(_Wish(patch=patch, path=file.path, hunk=number, root=root, refusal=refusal,
                                          edits=tuple(edit for edit in led if edit is not None),
                                          had=is_brought(placed, merged.before, self.likes)))
        self._went(file, _map_of(merged.placed, merged.before, len(merged.after)))

    def onto(self, contents: Mapping[str, bytes | None]) -> tuple[dict[str, bytes], dict[tuple[int, str], Grafted]]:
        """Return the contents that differ with what was wished for in them, and the hunks that get their wish."""
        taken: dict[str, list[Edit]] = {}
        granted: dict[tuple[int, str], list[_Wish]] = {}
        for wish in self._wishes:
            others = taken.setdefault(wish.root, [])
            if contents.get(wish.root) is None or any(
                    edit.start <= other.stop and other.start <= edit.stop for edit in wish.edits for other in others):
                continue
            others += wish.edits
            granted.setdefault((wish.patch, wish.path), []).append(wish)
        changed = {}
        for path, edits in taken.items():
            content = contents.get(path)
            if content is None or not edits:
                continue
            lines = split_lines(content)
            for edit in sorted(edits, key=lambda one: (one.start, one.stop), reverse=True):
                lines[edit.start:edit.stop] = edit.new
            changed[path] = join_lines(lines, content)
        return changed, {at: Grafted(hunks=frozenset(wish.hunk for wish in wishes), refusal=wishes[0].refusal,
                                     had=frozenset(wish.hunk for wish in wishes if wish.had))
                         for at, wishes in granted.items()}


def as_grafted(merged: Merge, grafted: Grafted) -> Merge:
    """Return the merge with these hunks told as what they are: placed where the tree has other lines."""
    lines = grafted.hunks - grafted.had
    return replace(merged, placed={number: replace(placed, how="grafted", sure=min(placed.sure, SURE))
                                   if number in lines else placed for number, placed in merged.placed.items()})


def _led_back(edit: Edit, ways: Sequence[LineMap], count: int) -> Edit | None:
    """Return the edit in the lines before the first patch, None where a patch touched them or what frames them.

    The file has `count` lines where the edit is.
    """
    first, last = max(edit.start, 1), min(edit.stop + 1, count)  # with the lines of the frame, from 1
    start, stop = first, last
    for way in reversed(ways):
        if any(way.to_old(line) is None for line in range(start, stop + 1)):
            return None
        start, stop = way.to_old(start) or 0, way.to_old(stop) or 0
        if stop - start != last - first:
            return None
    return Edit(start=edit.start + start - first, stop=edit.stop + start - first, new=edit.new)


def _map_of(placed: Mapping[int, Placement], before: Sequence[bytes], count: int) -> LineMap:
    added: set[int] = set()
    removed: set[int] = set()
    shift = 0
    for edit in sorted((edit for one in placed.values() for edit in one.edits),
                       key=lambda one: (one.start, one.stop)):
        removed.update(range(edit.start + 1, edit.stop + 1))
        added.update(range(edit.start + shift + 1, edit.start + shift + len(edit.new) + 1))
        shift += len(edit.new) - (edit.stop - edit.start)
    return line_map(added, removed, old_count=len(before), new_count=count)
