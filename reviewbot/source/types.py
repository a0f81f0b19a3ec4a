"""What the source room gives: kernel trees, and a tree before and after each patch of a series."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from reviewbot.values import dataclass

__all__ = ["TAKEN_OUT", "Applied", "Base", "LineMap", "PatchState", "PatchedFile", "PatchedTree", "Tree"]

Applied = Literal["clean", "offset", "fuzz", "merged", "reversed", "fragment", "failed"]


class Tree(Protocol):
    """A kernel source tree at one moment, read-only: a git revision, a folder, strings in memory, or one of
    these with patches on top. Paths are relative with `/`."""

    kind: Literal["git", "directory", "memory", "none"]
    rev: str
    """The full commit id, or empty for a folder or memory."""

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, or None when there is no such regular file."""

    def content_id(self, path: str) -> str | None:
        """Return an id of the file's content (the git blob id, computed for folders), None when absent."""

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder of that name."""

    def list_files(self, prefix: str = "") -> Iterator[str]:
        """Yield the paths of all regular files below the folder `prefix`, sorted."""

    def list_folder(self, path: str) -> tuple[str, ...]:
        """Return the names of what stands directly in the folder, sorted; those of folders end in a slash."""

    def search(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
               suffixes: tuple[str, ...] = (".c", ".h")) -> tuple[str, ...]:
        """Return the sorted paths of files (with these endings, below these folders) that contain any of the
        words as an identifier, found without parsing."""

    def search_ahead(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
                     suffixes: tuple[str, ...] = (".c", ".h")) -> None:
        """Start a search whose words `search` will be asked for within that scope; it changes no answer."""

    def kernel_version(self) -> str:
        """Return `X.Y` from the top Makefile (`6.12`), or empty when it is not a kernel tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMap:
    """Which line of the file after a patch a line before it became: 1-based; None when it was removed.

    `pairs` holds the unchanged runs as (old_start, new_start, length), in the order of both.
    """

    pairs: tuple[tuple[int, int, int], ...]

    def to_new(self, old_line: int) -> int | None:
        """Return the line's number after the patch, or None when the patch removed it."""
        at = bisect_right(self.pairs, old_line, key=lambda pair: pair[0]) - 1
        old, new, length = self.pairs[at] if at >= 0 else (0, 0, 0)
        return new + old_line - old if old_line < old + length else None

    def to_old(self, new_line: int) -> int | None:
        """Return the line's number before the patch, or None when the patch added it."""
        at = bisect_right(self.pairs, new_line, key=lambda pair: pair[1]) - 1
        old, new, length = self.pairs[at] if at >= 0 else (0, 0, 0)
        return old + new_line - new if new_line < new + length else None


TAKEN_OUT = "taken out first"
"""What the note of a file says of which the tree had a part before the series was put on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchedFile:
    """One file that one patch touches. `before`/`after` are whole files (None: absent on that side).

    In fragment mode (`applies` is "fragment": no tree, or the hunks do not fit) they are rebuilt from the hunks:
    every known line stands at the line number that its hunk header implies and the unknown lines are empty, so line
    numbers stay true; `known_old`/`known_new` are then the known line ranges (first, last), else empty.
    A file into which only some hunks went (`merged`, with known ranges) is whole but for the functions of the others,
    which are known from these hunks alone; `sections` has (first line before, first line after, text behind the second
    @@) of each hunk that such a function is known from.
    `added` are line numbers after, `removed` line numbers before the patch. `unsure` are the line ranges after the
    patch that were put there without certainty. `torn` are the functions of hunks without a certain place where the
    tree has other hunks of the series already: how these stood at this patch is not known. `unplaced` are the numbers,
    from 0, of the patch's own hunks without a place in a file that the tree has.
    """

    path: str
    old_path: str
    before: bytes | None
    after: bytes | None
    added: frozenset[int]
    removed: frozenset[int]
    line_map: LineMap
    applies: Applied
    note: str
    known_old: tuple[tuple[int, int], ...] = ()
    known_new: tuple[tuple[int, int], ...] = ()
    sections: tuple[tuple[int, int, str], ...] = ()
    unsure: tuple[tuple[int, int], ...] = ()
    torn: frozenset[str] = frozenset()
    unplaced: tuple[int, ...] = ()

    @property
    def had(self) -> bool:
        """Return whether the tree had what the patch does to the file, or some of it: then that was taken out first."""
        return self.applies == "reversed" or TAKEN_OUT in self.note

    @property
    def whole(self) -> bool:
        """Return whether all of the file is known before and after the patch."""
        return self.applies not in {"fragment", "failed"} and not self.known_old and not self.known_new


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchState:
    """One patch applied: its files, how it applied as a whole (the worst of its files), and the trees around it."""

    index: int
    files: tuple[PatchedFile, ...]
    applies: Applied
    note: str
    before: Tree
    after: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the series was applied to. `how` is how it was chosen; `tried` are (revision, why not) in order.

    `origin` is the address that the git repository was cloned from, or its own as a file; empty for other trees.
    """

    kind: Literal["git", "directory", "memory", "none"]
    rev: str
    kernel: str
    how: Literal["base-commit", "blob-ids", "option", "date", "oldest", "newest", "none"]
    tried: tuple[tuple[str, str], ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchedTree:
    """A series on its base: `states[k]` is the k-th patch present (not every index need exist)."""

    base: Base
    states: tuple[PatchState, ...]

    @property
    def exact(self) -> bool:
        """Return whether every patch stands in the tree as its author wrote it; only line numbers may differ."""
        return all(state.applies in {"clean", "offset", "reversed"} for state in self.states)

    @property
    def start(self) -> Tree:
        """Return the tree before the first patch."""
        return self.states[0].before

    @property
    def end(self) -> Tree:
        """Return the tree after the last patch."""
        return self.states[-1].after
