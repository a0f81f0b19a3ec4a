"""The contents of the files that a series touches, and the private git directory that gets them when git is asked."""

from __future__ import annotations

import stat
from pathlib import Path

from reviewbot.errors import TreeError
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree
from reviewbot.source.objects import ObjectReader, TreeEntry
from reviewbot.source.sandbox import Sandbox, find_git
from reviewbot.source.trees import blob_id
from reviewbot.source.types import Tree

__all__ = ["Contents"]


class Contents:
    """Files by their blob ids: those that were kept here, and those that git has made in the directory since."""

    def __init__(self, tree: Tree) -> None:
        """Make nothing yet. Raises TreeError without git: a patch may need it at any time."""
        find_git()
        self._tree = tree
        self.object_format = tree.repository.object_format if isinstance(tree, GitTree) else "sha1"
        self._own: Sandbox | None = None
        self._reader: ObjectReader | None = None
        self._place: Sandbox | None = None
        self._known: dict[str, bytes] = {}
        self._waiting: dict[str, bytes] = {}  # contents that the directory does not have yet

    @property
    def place(self) -> Sandbox:
        """Return the directory, with every content in it."""
        if self._place is None:
            if isinstance(self._tree, DirectoryTree):
                self._place, self._reader = self._tree.workplace()
            else:
                # Never the repository's sandbox: git gives a blob or pack of an alternate a new time when it is to
                # write a blob that is there already (freshen_packed_object() in git's object-file.c).
                self._own = self._place = Sandbox(object_format=self.object_format)
                self._reader = ObjectReader(self._place)
        while self._waiting:
            _, content = self._waiting.popitem()
            _store(content, self._place)
        return self._place

    @property
    def index_path(self) -> Path:
        """Return where the directory has the index of the files."""
        return self.place.git_dir / "index-of-series"

    def keep(self, content: bytes) -> str:
        """Return the blob id of the content, which is here from now on."""
        oid = blob_id(content, self.object_format)
        if oid not in self._known:
            self._known[oid] = self._waiting[oid] = content
        return oid

    def of(self, entry: TreeEntry | None) -> bytes | None:
        """Return the content of a regular file, None for anything else. Raises TreeError when nobody has it."""
        if entry is None or not stat.S_ISREG(entry[0]):
            return None
        if entry[1] not in self._known:
            found = self._reader.get(entry[1]) if self._reader is not None else None
            if found is None:
                raise TreeError(f"the content {entry[1][:12]} of a touched file is not to be had")
            self._known[entry[1]] = found[2]
        return self._known[entry[1]]

    def close(self) -> None:
        """Remove what is temporary."""
        if self._own is not None:
            assert self._reader is not None
            self._reader.close()
            self._own.close()


def _store(content: bytes, place: Sandbox) -> None:
    """Write the content into the directory's own objects."""
    if place.object_format != "sha1":
        place.must("hash-object", "-w", "--stdin", stdin=content)
        return
    # GitPython's object database writes the loose object; imported here because most runs store nothing.
    from io import BytesIO  # noqa: PLC0415

    from gitdb import IStream, LooseObjectDB  # type: ignore[import-untyped]  # it ships no types  # noqa: PLC0415

    LooseObjectDB(str(place.git_dir / "objects")).store(IStream("blob", len(content), BytesIO(content)))
