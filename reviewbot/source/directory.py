"""A tree that lies unpacked in a folder, read where it is."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from reviewbot.errors import BudgetError, LocalError, TreeError
from reviewbot.source.answers import Answers, FolderStates, Store
from reviewbot.source.kept import Kept, look_at
from reviewbot.source.objects import ObjectReader
from reviewbot.source.sandbox import Sandbox
from reviewbot.source.sweep import Folders, can_sweep, sweep
from reviewbot.source.traced import Asked, Parts, Trace, same_answers
from reviewbot.source.trees import blob_id, is_safe_path, version_in_makefile
from reviewbot.source.words import Found, Searches, candidates, identifiers, wanted_path
from reviewbot.source.wordshelf import Shelf, TreeWords

__all__ = ["DirectoryTree"]

_LARGEST = 64 << 20  # the largest file of Linux is some 20 MB
_MORE = 1 << 16


class DirectoryTree:
    """An unpacked source tree. Symbolic links are followed only where they stay inside the folder."""

    kind: Literal["git", "directory", "memory", "none"] = "directory"

    def __init__(self, root: Path) -> None:
        """Take the folder. Raises TreeError when it is none or cannot be listed."""
        self.rev = ""
        self.root = Path(os.path.realpath(root))
        try:
            with os.scandir(self.root) as found:
                self._top = sorted(entry.name for entry in found
                                   if entry.name[0] != "." and entry.is_dir(follow_symlinks=False))
        except OSError as error:
            raise TreeError(f"cannot open the tree: {error.strerror}", where=str(root)) from error
        self._place: tuple[Sandbox, ObjectReader] | None = None
        self._folders = Folders(self.root)
        self._searches = Searches(self._narrow, self._content, together=can_sweep())
        self._start = f"{str(self.root).rstrip('/')}/"
        self._real: dict[str, str] = {}  # where the folders of the tree really are
        self._kept = Kept()
        self._trace: Trace | None = None
        self.parts = Parts()
        self._words: TreeWords | None = None
        self._expected: list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = []

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
            if status.st_size > _LARGEST:
                raise BudgetError(f"a file of {status.st_size >> 20} MB", where=path)
            content = os.read(handle, status.st_size + 1)
            # Python makes room for all that is asked for: of what the file has, there is rarely more.
            while len(content) < _LARGEST and (more := os.read(handle, min(
                    max(_MORE, len(content)), _LARGEST - len(content)))):
                content += more
        finally:
            os.close(handle)
        return self._kept.put(real, content, status)

    def require_there(self) -> None:
        """Raise LocalError where something of the folder went away since it was opened: "there is no such file" would
        be an answer about the machine then, not about the tree."""
        lacking = next((name for name in self._top if not os.path.lexists(f"{self._start}{name}")), "")
        gone = lacking or self._kept.gone().removeprefix(self._start)
        if gone:
            raise LocalError(f"'{gone}' went away while the tree was read", where=str(self.root),
                             hint="put the tree back and try again")

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
        self._look_for_expected()
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

    def expect(self, words: Iterable[str], *, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> None:
        """Take words of which some will be asked for: where all files have to be read for one, they are looked for all
        in the same pass. What `search` says does not depend on it."""
        names = identifiers(words)
        self.parts.expects = can_sweep()
        self._expected += [(names, prefixes, suffixes)] if names and can_sweep() else []

    def _look_for_expected(self) -> None:
        expected, self._expected = self._expected, []
        for names, prefixes, suffixes in expected:
            if self._words is None or self._words.narrow(names[:1], prefixes, suffixes) is None:
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

    def trace(self, since: int) -> None:
        """Note from now on all that is asked; `since` is when the run began, in ns."""
        self._trace = self._trace or Trace(since)

    def sealed(self) -> Asked | None:
        """Return what was asked since it was last told, None where a later run could not tell whether it would be told
        the same."""
        trace, self._trace = self._trace, None  # what is asked now is not noted
        found = trace.sealed(self, self._look) if trace is not None else None
        self._trace = trace
        return found

    def tells(self, asked: Asked) -> bool:
        """Return whether all that an earlier run asked has the same answers now."""
        trace, self._trace = self._trace, None
        try:
            return same_answers(self, asked, self._look)
        finally:
            self._trace = trace

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
        swept = sweep(self._folders, names, prefixes, suffixes)
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
