"""Trees of strings in memory, and of another tree with some files replaced; what all trees know of paths and ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from reviewbot.errors import TreeError
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.source.words import any_of, identifiers, wanted_path

__all__ = ["MemoryTree", "OverlayTree", "blob_id", "is_safe_path", "tree_below", "version_in_makefile"]

_MAKE = regex(rb"^(VERSION|PATCHLEVEL)\s*=\s*(\d{1,4})\s*$", re.MULTILINE)


def is_safe_path(path: str) -> bool:
    """Return whether the path is relative, has no empty, `.`, `..` or `.git` part and no NUL: it stays in the tree."""
    if not path or "\0" in path or len(path) > 4096:
        return False
    return not any(part in {"", ".", ".."} or part.lower() == ".git" for part in path.split("/"))


def blob_id(content: bytes, object_format: str = "sha1") -> str:
    """Return the id that git gives to a file with this content."""
    digest = hashlib.new(object_format, usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content))
    digest.update(content)
    return digest.hexdigest()


def version_in_makefile(makefile: bytes | None) -> str:
    """Return `X.Y` from the kernel's top Makefile (its lines `VERSION = 6`, `PATCHLEVEL = 12`), else empty."""
    found = dict(_MAKE.findall((makefile or b"")[:65536]))
    if b"VERSION" not in found or b"PATCHLEVEL" not in found:
        return ""
    return f"{int(found[b'VERSION'])}.{int(found[b'PATCHLEVEL'])}"


class MemoryTree:
    """A tree made of strings. Contents given as text are UTF-8."""

    def __init__(self, files: Mapping[str, str | bytes], *, kind: Literal["memory", "none"] = "memory") -> None:
        """Take the files by path; `kind` "none" says that they are fragments.

        Raises TreeError for a path that would leave the tree.
        """
        self.kind: Literal["git", "directory", "memory", "none"] = kind
        self.rev = ""
        for path in files:
            if not is_safe_path(path):
                raise TreeError("not a path inside a tree", where=repr(path))
        self._files = {path: content.encode() if isinstance(content, str) else content
                       for path, content in sorted(files.items())}
        self._folders = {"/".join(path.split("/")[:depth])
                         for path in self._files for depth in range(1, path.count("/") + 1)}

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, or None when there is no such file."""
        return self._files.get(path)

    def content_id(self, path: str) -> str | None:
        """Return the git blob id of the file, None when absent."""
        content = self._files.get(path)
        return None if content is None else blob_id(content)

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder of that name."""
        return path in self._files or path in self._folders

    def list_files(self, prefix: str = "") -> Iterator[str]:
        """Yield the paths of all files below the folder `prefix`, sorted."""
        folder = prefix.rstrip("/")
        for path in self._files:
            if not folder or path.startswith(f"{folder}/"):
                yield path

    def list_folder(self, path: str) -> tuple[str, ...]:
        """Return the names of what stands directly in the folder, sorted; those of folders end in a slash."""
        start = f"{path.rstrip('/')}/" if path else ""
        found = {name[len(start):] for name in self._files if name.startswith(start)}
        return tuple(sorted({name.partition("/")[0] + ("/" if "/" in name else "") for name in found}))

    def search(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
               suffixes: tuple[str, ...] = (".c", ".h")) -> tuple[str, ...]:
        """Return the sorted paths of files that contain any of the words as an identifier."""
        names = identifiers(words)
        if not names:
            return ()
        finder = any_of(names)
        return tuple(path for path, content in self._files.items()
                     if wanted_path(path, prefixes, suffixes) and finder(content))

    def search_ahead(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
                     suffixes: tuple[str, ...] = (".c", ".h")) -> None:
        """Do nothing: nothing is quicker than to search when asked."""

    def kernel_version(self) -> str:
        """Return `X.Y` from the top Makefile, or empty."""
        return version_in_makefile(self.read("Makefile"))


class OverlayTree:
    """A tree with some files replaced, added or (content None) removed: what a patch makes of it."""

    def __init__(self, base: Tree, files: Mapping[str, bytes | None]) -> None:
        """Take the tree below and the files on top; overlays of overlays are flattened."""
        if isinstance(base, OverlayTree):
            files = {**base.files, **files}
        self.base: Tree = tree_below(base)
        self.files: dict[str, bytes | None] = dict(sorted(files.items()))
        self._ids: dict[str, str] = {}
        self._folders = {"/".join(parts[:depth]) for path, content in self.files.items() if content is not None
                         for parts in (path.split("/"),) for depth in range(1, len(parts))}
        self.kind: Literal["git", "directory", "memory", "none"] = base.kind
        self.rev = base.rev

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, or None when there is no such regular file."""
        return self.files[path] if path in self.files else self.base.read(path)

    def content_id(self, path: str) -> str | None:
        """Return the git blob id of the file, None when absent."""
        if path not in self.files:
            return self.base.content_id(path)
        content = self.files[path]
        if content is not None and path not in self._ids:
            self._ids[path] = blob_id(content)
        return self._ids.get(path)

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder of that name."""
        if path in self.files:
            return self.files[path] is not None
        return path in self._folders or self.base.exists(path)

    def list_files(self, prefix: str = "") -> Iterator[str]:
        """Yield the paths of all regular files below the folder `prefix`, sorted."""
        folder = prefix.rstrip("/")
        added = [path for path, content in self.files.items()
                 if content is not None and (not folder or path.startswith(f"{folder}/"))]
        position = 0
        for path in self.base.list_files(prefix):
            while position < len(added) and added[position] < path:
                yield added[position]
                position += 1
            if path not in self.files:
                yield path
        yield from added[position:]

    def list_folder(self, path: str) -> tuple[str, ...]:
        """Return the names of what stands directly in the folder, sorted; those of folders end in a slash."""
        start = f"{path.rstrip('/')}/" if path else ""
        here = {name[len(start):]: content for name, content in self.files.items() if name.startswith(start)}
        found = {name for name in self.base.list_folder(path) if here.get(name, b"") is not None}
        found.update(name.partition("/")[0] + ("/" if "/" in name else "")
                     for name, content in here.items() if content is not None)
        return tuple(sorted(found))

    def search(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
               suffixes: tuple[str, ...] = (".c", ".h")) -> tuple[str, ...]:
        """Return the sorted paths of files that contain any of the words: the base's answer, and the files on top."""
        names = identifiers(words)
        if not names:
            return ()
        finder = any_of(names)
        found = {path for path in self.base.search(names, prefixes=prefixes, suffixes=suffixes)
                 if path not in self.files}
        found.update(path for path, content in self.files.items()
                     if content is not None and wanted_path(path, prefixes, suffixes) and finder(content))
        return tuple(sorted(found))

    def search_ahead(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
                     suffixes: tuple[str, ...] = (".c", ".h")) -> None:
        """Start to search the base for words that `search` will be asked for."""
        self.base.search_ahead(words, prefixes=prefixes, suffixes=suffixes)

    def kernel_version(self) -> str:
        """Return `X.Y` from the top Makefile, or empty."""
        return version_in_makefile(self.read("Makefile"))


def tree_below(tree: Tree) -> Tree:
    """Return the tree of the folder or the repository, without what was put on it or taken out of it for a series."""
    return tree.base if isinstance(tree, OverlayTree) else tree
