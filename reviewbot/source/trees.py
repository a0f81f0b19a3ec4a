"""Trees that need no git: strings in memory, an unpacked folder, and a tree with some files replaced."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from reviewbot.errors import BudgetError, TreeError
from reviewbot.source.answers import Answers, FolderStates, Store
from reviewbot.source.kept import Kept, look_at
from reviewbot.source.objects import ObjectReader
from reviewbot.source.sandbox import Sandbox
from reviewbot.source.sweep import can_sweep, sweep
from reviewbot.source.traced import Asked, Trace, same_answers
from reviewbot.source.types import Tree
from reviewbot.source.words import Found, Searches, any_of, candidates, identifiers, wanted_path
from reviewbot.source.wordshelf import Shelf, TreeWords

__all__ = ["DirectoryTree", "MemoryTree", "OverlayTree", "blob_id", "is_safe_path", "version_in_makefile"]

LARGEST_FILE = 64 << 20  # the largest file of Linux is some 20 MB
_MORE = 1 << 16

_MAKE = re.compile(rb"^(VERSION|PATCHLEVEL)\s*=\s*(\d{1,4})\s*$", re.MULTILINE)


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


class DirectoryTree:
    """An unpacked source tree. Symbolic links are followed only where they stay inside the folder."""

    kind: Literal["git", "directory", "memory", "none"] = "directory"

    def __init__(self, root: Path) -> None:
        """Take the folder. Raises TreeError when it is none or cannot be listed."""
        self.rev = ""
        self.root = Path(os.path.realpath(root))
        try:
            with os.scandir(self.root):
                pass
        except OSError as error:
            raise TreeError(f"cannot open the tree: {error.strerror}", where=str(root)) from error
        self._place: tuple[Sandbox, ObjectReader] | None = None
        self._searches = Searches(self._narrow, self._content, together=can_sweep())
        self._start = f"{str(self.root).rstrip('/')}/"
        self._real: dict[str, str] = {}  # where the folders of the tree really are
        self._kept = Kept()
        self._trace: Trace | None = None
        self._is_new = True  # nothing has been asked for a review yet
        self._words: TreeWords | None = None

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, or None when there is no such regular file inside the folder.

        Raises TreeError for a file that may not be read, BudgetError for one of more than 64 MB.
        """
        if self._trace is None:
            return self._content(path)
        self._trace.read[path] = False  # should it raise
        found = self._content(path)
        self._trace.read[path] = found is not None
        return found

    def _content(self, path: str) -> bytes | None:
        real = self._place_of(path)
        known = self._kept.get(real) if real is not None else None
        if known is None and real is not None:
            known = self._read(path, real)
        return known

    def _read(self, path: str, real: str) -> bytes | None:
        # Not blocking: the name may be a pipe that nobody writes to.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            try:
                handle = os.open(real, flags | os.O_NOFOLLOW)
            except OSError as error:
                target = self._inside(path) if error.errno == errno.ELOOP else None  # a link?
                if target is None:
                    raise
                handle = os.open(target, flags)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.ELOOP,
                               errno.ENAMETOOLONG}:
                return None
            raise TreeError(f"cannot read this file of the tree: {error.strerror}", where=path,
                            hint="let your user read the whole tree, or give another copy of it") from error
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):  # a folder opens as well, but is no file to Python
            os.close(handle)
            return None
        try:
            if status.st_size > LARGEST_FILE:
                raise BudgetError(f"a file of {status.st_size >> 20} MB", where=path)
            content = os.read(handle, status.st_size + 1)
            # Python makes room for all that is asked for: of what the file has, there is rarely more.
            while len(content) < LARGEST_FILE and (more := os.read(handle, min(
                    max(_MORE, len(content)), LARGEST_FILE - len(content)))):
                content += more
        finally:
            os.close(handle)
        return self._kept.put(real, content, status)

    def content_id(self, path: str) -> str | None:
        """Return the git blob id of the file as it stands in the folder, None when absent."""
        real = self._place_of(path)
        known = self._kept.id_of(real) if real is not None else None
        if known is None and real is not None:
            found = self.read(path)
            return None if found is None else self._kept.name(real, blob_id(found))
        if self._trace is not None:
            self._trace.read[path] = known is not None
        return known

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder of that name inside the folder."""
        there = self._exists(path)
        if self._trace is not None:
            self._trace.saw("exists", path, there)
        return there

    def _exists(self, path: str) -> bool:
        place = self._place_of(path)
        try:
            is_link = place is not None and stat.S_ISLNK(os.lstat(place).st_mode)
        except OSError:
            return False
        real = self._inside(path) if is_link else place
        return real is not None and (not is_link or Path(real).exists())

    def workplace(self) -> tuple[Sandbox, ObjectReader]:
        """Return the private git directory in which this folder is searched and series are applied to it.

        Raises TreeError without git.
        """
        if self._place is None:
            sandbox = Sandbox()
            self._place = (sandbox, ObjectReader(sandbox))
        return self._place

    def is_executable(self, path: str) -> bool:
        """Return whether the owner may execute the file: git's mode 100755."""
        real = self._inside(path)
        try:
            return real is not None and bool(Path(real).stat().st_mode & stat.S_IXUSR)
        except OSError:
            return False

    def list_files(self, prefix: str = "") -> Iterator[str]:
        """Yield the paths of all regular files below the folder `prefix`, sorted; links are left out, as is `.git`."""
        folder = prefix.rstrip("/")
        outside = folder and self._inside(folder) is None
        paths: Iterable[str] = () if outside else self._list(folder)
        if self._trace is not None:
            paths = tuple(paths)
            self._trace.saw("files", prefix, paths)
        yield from paths

    def _entries(self, folder: str) -> list[tuple[str, bool]]:
        """Return each name in a folder with whether it is a regular file; those of folders end in a slash."""
        try:
            with os.scandir(self.root / folder) as found:
                # git's order: a folder sorts as if its name ended in a slash.
                return sorted((entry.name + ("/" if entry.is_dir(follow_symlinks=False) else ""),
                               entry.is_file(follow_symlinks=False)) for entry in found)
        except OSError:
            return []

    def _list(self, folder: str) -> Iterator[str]:
        for name, is_file in self._entries(folder):
            path = f"{folder}/{name}" if folder else name
            if is_file:
                yield path
            elif name.endswith("/") and name.lower() != ".git/":
                yield from self._list(path.rstrip("/"))

    def list_folder(self, path: str) -> tuple[str, ...]:
        """Return the names of what stands directly in the folder, sorted; those of folders end in a slash."""
        outside = path and self._inside(path.rstrip("/")) is None
        found = () if outside else tuple(sorted(
            name for name, is_file in self._entries(path.rstrip("/"))
            if is_file or (name.endswith("/") and name.lower() != ".git/")))
        if self._trace is not None:
            self._trace.saw("folder", path, found)
        return found

    def search(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
               suffixes: tuple[str, ...] = (".c", ".h")) -> tuple[str, ...]:
        """Return the sorted paths of regular files that contain any of the words as an identifier.

        The files are looked through here where that is cheap, else by ripgrep or `git grep --no-index`, which need no
        repository either. What was found is kept.
        """
        names = identifiers(words)
        found = self._searches.find(names, prefixes, suffixes) if names else ()
        if self._trace is not None:
            self._trace.saw("search", (names, prefixes, suffixes), found)
        return found

    def search_ahead(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
                     suffixes: tuple[str, ...] = (".c", ".h")) -> None:
        """Start to search for words that `search` will be asked for; what it says does not depend on it."""
        names = identifiers(words)
        if names:
            with suppress(TreeError):
                self.workplace()  # made here, since the search runs beside what else asks for it
            self._searches.ahead(names, prefixes, suffixes)

    def may_hold(self, words: Iterable[str], suffixes: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return all files that hold one of the identifiers, and a few others, None where that is not written down."""
        names = tuple(words)
        if self._words is None or len(identifiers(names)) != len(set(names)):
            return None
        return self._words.narrow(names, (), suffixes)

    def remember(self, store: Store, now: int, shelf: Shelf | None = None) -> Answers:
        """Take what earlier runs found from a store, and return what keeps what is found now; `now` is the time in
        ns. `shelf` has the books of words, if any."""
        if self._searches.answers is None:
            states = FolderStates(self.root, now)
            self._searches.answers = Answers(store, self.place, states)
            if shelf is not None:
                self._words = TreeWords(shelf, self.place, states=states)
        return self._searches.answers

    @property
    def place(self) -> str:
        """Return a name for where this tree is, for what is remembered of it."""
        return f"folder {self.root}"

    def trace(self, since: int) -> Trace | None:
        """Return what notes from now on all that is asked, None where an earlier review may know answers already;
        `since` is when the run began, in ns."""
        if not self._is_new:
            return None
        self._trace, self._is_new = Trace(since), False
        return self._trace

    def sealed(self, trace: Trace) -> Asked | None:
        """Return what was asked, None where a later run could not tell whether it would be told the same."""
        self._trace = None
        return trace.sealed(self, self._look)

    def tells(self, asked: Asked) -> bool:
        """Return whether all that an earlier run asked has the same answers now."""
        return same_answers(self, asked, self._look)

    def _look(self, path: str) -> tuple[int, int, int, int] | None:
        place = self._place_of(path)
        return look_at(place) if place is not None else None

    def answer(self, kind: str, question: Any) -> Any:
        """Return what the tree says now to a question of a trace."""
        match kind:
            case "exists":
                return self.exists(question)
            case "folder":
                return self.list_folder(question)
            case "files":
                return tuple(self.list_files(question))
            case "search":
                names, prefixes, suffixes = question
                return self.search(names, prefixes=prefixes, suffixes=suffixes)
            case _:
                return self.read(question)

    def _narrow(self, names: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> Found:
        known = self._words.narrow(names, prefixes, suffixes) if self._words is not None else None
        if known is not None:
            return known
        swept = sweep(self.root, names, prefixes, suffixes)
        if swept is not None:
            return swept
        try:
            sandbox, _ = self.workplace()
            return candidates(sandbox, names, self.root, prefixes=prefixes, suffixes=suffixes)
        except TreeError:
            return (path for path in self.list_files() if wanted_path(path, prefixes, suffixes))

    def kernel_version(self) -> str:
        """Return `X.Y` from the top Makefile, or empty."""
        return version_in_makefile(self.read("Makefile"))

    def _inside(self, path: str) -> str | None:
        place = self._place_of(path)
        if place is None:
            return None
        try:
            real = os.path.realpath(place) if Path(place).is_symlink() else place
        except (OSError, ValueError):
            return None
        return real if real.startswith(self._start) else None

    def _place_of(self, path: str) -> str | None:
        """Return where the name stands, its folder looked up through links; what it is itself has to be looked at."""
        if not is_safe_path(path):
            return None
        folder, _, name = path.rpartition("/")
        try:
            real = self._folder(folder)
        except (OSError, ValueError):
            return None
        return f"{real}{name}" if real.startswith(self._start) else None

    def _folder(self, folder: str) -> str:
        """Return where a folder of the tree really is, with a slash at its end."""
        real = self._real.get(folder)
        if real is None:
            outer, _, name = folder.rpartition("/")
            real = f"{self._folder(outer)}{name}" if folder else str(self.root)
            real = os.path.realpath(real) if os.path.islink(real) else real  # noqa: PTH114 - for every folder once
            self._real[folder] = real = f"{real.rstrip('/')}/"
        return real


class OverlayTree:
    """A tree with some files replaced, added or (content None) removed: what a patch makes of it."""

    def __init__(self, base: Tree, files: Mapping[str, bytes | None]) -> None:
        """Take the tree below and the files on top; overlays of overlays are flattened."""
        below: Tree = base.base if isinstance(base, OverlayTree) else base
        if isinstance(base, OverlayTree):
            files = {**base.files, **files}
        self.base: Tree = below
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
