"""A git repository at any revision, read without a checkout and without its configuration."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeVar

from reviewbot.errors import InputError, LocalError, TreeError
from reviewbot.patterns import regex
from reviewbot.source.answers import Answers, Store
from reviewbot.source.objects import ObjectReader, TreeEntry, parse_tree
from reviewbot.source.sandbox import Sandbox
from reviewbot.source.traced import Asked, Parts, Trace, same_answers
from reviewbot.source.trees import is_safe_path, version_in_makefile
from reviewbot.source.words import Searches, candidates, identifiers
from reviewbot.source.wordshelf import Shelf, TreeWords

__all__ = ["GitTree", "Repository", "find_git_dir", "open_repository"]

# What every review asks is asked of git and not of GitPython: its import takes 60 ms, one process 2 to 5 ms, and one
# `git cat-file --batch` answers for all contents; for the dates of 1,000 tags it takes 2.6 s, `git for-each-ref` 8 ms.
# Nor does it know a name's every form (`v6.1-3-g0123456`, reftables). Where it costs nothing, it is used: opened.py.
_MOST_REFS = 50_000
_LARGEST_REF_FILE = 64 << 20
_FOLDER, _LINK = 0o040000, 0o120000
_Answer = TypeVar("_Answer", str, str | None)


_ORIGIN = regex(rb'(?ms)^\[remote "origin"\]\s*$(.*?)(?=^\[|\Z)')
_URL = regex(rb"(?mi)^[ \t]*url[ \t]*=[ \t]*((?:https?|git)://[!-~]{3,500})[ \t\r]*$")


def find_git_dir(path: Path) -> Path | None:
    """Return the git directory of the repository or worktree whose top is `path`, None when it is a plain folder.

    Folders above are not looked at: a kernel unpacked below somebody's versioned home is still a plain folder.
    """
    dotgit = path / ".git"
    if dotgit.is_dir():
        return dotgit if _is_git_dir(dotgit) else None
    if dotgit.is_file():
        named = _first_line(dotgit)
        target = path / named.removeprefix("gitdir:").strip()
        if not named.startswith("gitdir:") or not _is_git_dir(target):
            raise TreeError("its .git file does not lead to a git directory", where=str(path),
                            hint="mend it with 'git worktree repair'")
        return target
    return path if _is_git_dir(path) else None


def open_repository(path: Path) -> Repository | None:
    """Return the repository whose top is `path`, None when it is a plain folder.

    Raises TreeError when it cannot be read, or when git is missing.
    """
    try:
        git_dir = find_git_dir(path)
        return None if git_dir is None else Repository(git_dir, where=path)
    except OSError as error:
        raise TreeError(f"cannot open the tree: {error.strerror or error}", where=str(path)) from error


def _is_git_dir(path: Path) -> bool:
    common = _common_dir(path)
    return (path / "HEAD").exists() and (common / "objects").is_dir() and (common / "refs").exists()


def _common_dir(git_dir: Path) -> Path:
    """Return the directory that all worktrees of a repository share; objects and branches lie there."""
    named = git_dir / "commondir"
    return git_dir / _first_line(named) if named.is_file() else git_dir


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return os.fsdecode(file.read(4096).partition(b"\n")[0]).strip()
    except OSError as error:
        raise TreeError(f"cannot read it: {error.strerror}", where=str(path)) from error


def _configuration(common: Path) -> bytes:
    """Return the text of the repository's configuration, of which only an object format and an address are read."""
    try:
        with (common / "config").open("rb") as file:
            return file.read(1 << 20)
    except OSError:
        return b""


def _origin(text: bytes) -> str:
    """Return the web address in the configuration's `remote.origin.url`, without a name or password in it."""
    section = _ORIGIN.search(text)
    found = _URL.search(section[1]) if section else None
    address = found[1].decode("ascii", "replace") if found else ""
    return re.sub(r"//[^/@]*@", "//", address) if address.isprintable() else ""


def _object_format(text: bytes) -> str:
    """Return `sha1` or `sha256` as the repository's configuration says."""
    return "sha256" if re.search(rb"^\s*objectformat\s*=\s*\"?sha256\b", text, re.MULTILINE | re.IGNORECASE) else "sha1"


class Repository:
    """A user's repository as the sandbox sees it: its objects through an alternate, and a copy of its names."""

    def __init__(self, git_dir: Path, *, where: Path) -> None:
        """Copy the refs (small files) and start nothing yet. `where` is how the user names the repository."""
        self.where = where
        common = Path(os.path.realpath(_common_dir(git_dir)))
        objects = common / "objects"
        if not os.access(objects, os.R_OK | os.X_OK):
            raise TreeError("the repository's objects may not be read", where=str(where),
                            hint="ask its owner for read permission")
        configuration = _configuration(common)
        self._objects = objects
        self.object_format = _object_format(configuration)
        self.origin = _origin(configuration) or Path(os.path.realpath(where)).as_uri()
        self.sandbox = Sandbox(alternates=(objects,), object_format=self.object_format)
        self.reader = ObjectReader(self.sandbox)
        self._trees: dict[str, dict[str, TreeEntry]] = {}
        self._whole: set[str] = set()
        self._copy_names(Path(os.path.realpath(git_dir)), common)

    def close(self) -> None:
        """End git and remove the temporary directory now rather than when this value is forgotten."""
        self.reader.close()
        self.sandbox.close()

    def _copy_names(self, git_dir: Path, common: Path) -> None:
        if (common / "reftable").is_dir():
            shutil.copytree(common / "reftable", self.sandbox.git_dir / "reftable")
            with (self.sandbox.git_dir / "config").open("a") as config:
                config.write("[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n")
        budget = _MOST_REFS
        for source, name in ((common, "packed-refs"), (common, "shallow"), (git_dir, "HEAD")):
            _copy_small(source / name, self.sandbox.git_dir / name)
        for folder, _, names in os.walk(common / "refs", followlinks=False):
            target = self.sandbox.git_dir / os.path.relpath(folder, common)
            target.mkdir(exist_ok=True)
            for name in names:
                budget -= 1
                if budget < 0:
                    raise TreeError(f"more than {_MOST_REFS} loose refs", where=str(self.where),
                                    hint="run 'git pack-refs --all' there")
                _copy_small(Path(folder, name), target / name)

    def commit(self, rev: str) -> str:
        """Return the id of the commit that `rev` names. Raises TreeError with git's words when there is none."""
        found = self.find_commit(rev)
        if found is None:
            raise TreeError(f"no commit '{rev}' in this repository", where=str(self.where),
                            hint="name a tag, a branch or a commit that 'git log' shows there")
        return found

    def find_commit(self, rev: str) -> str | None:
        """Return the id of the commit that `rev` names, None when the repository has no such commit."""
        if not rev or "\n" in rev or "\0" in rev:
            return None
        done = self.sandbox.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
        words = done.out.decode("ascii", "replace").split()
        return words[-1] if done.status == 0 and words else None

    def subject_of(self, commit: str) -> str:
        """Return the first line of the commit's message; empty where git has none to show."""
        done = self.sandbox.run("show", "--no-patch", "--format=%s", "--end-of-options", commit)
        return done.out.decode("utf-8", "replace").strip() if done.status == 0 else ""

    def newest(self, most: int) -> list[tuple[str, str]]:
        """Return (name, commit id) of the newest tags and branches, newest first, each commit once."""
        done = self.sandbox.run(
            "for-each-ref", "--sort=refname", "--sort=-creatordate", f"--count={most * 2}",
            "--format=%(refname) %(objectname) %(objecttype) %(*objectname) %(*objecttype)",
            "refs/tags", "refs/heads", "refs/remotes")
        names: dict[str, str] = {}
        for line in os.fsdecode(done.out).splitlines():
            words = line.split(" ")
            for oid, kind in (words[1:3], words[3:5]):
                # A tag says more than the branch that happens to stand there.
                if kind == "commit" and (oid not in names or words[0].startswith("refs/tags/")):
                    names[oid] = words[0]
        return [(name.split("/", 2)[2], oid) for oid, name in names.items()][:most]

    def before(self, when: int, most: int) -> list[tuple[str, str]]:
        """Return (name, commit id) of what was newest at that time: HEAD as it was, and tags, newest first."""
        found: dict[str, str] = {}
        done = self.sandbox.run("rev-list", "--max-count=1", "--first-parent", f"--before={when}", "HEAD")
        if done.status == 0 and done.out.strip():
            found[done.out.decode("ascii").strip()] = "HEAD at that time"
        done = self.sandbox.run(
            "for-each-ref", "--sort=refname", "--sort=-creatordate", f"--count={_MOST_REFS}",
            "--format=%(creatordate:unix) %(refname) %(objectname) %(objecttype) %(*objectname) %(*objecttype)",
            "refs/tags", "refs/heads", "refs/remotes")
        for line in os.fsdecode(done.out).splitlines():
            words = line.split(" ")
            if len(found) < most and words[0].isdigit() and int(words[0]) <= when:
                oid = words[2] if words[3] == "commit" else words[4] if words[5:6] == ["commit"] else ""
                if oid:
                    found.setdefault(oid, words[1].split("/", 2)[2])
        return [(name, oid) for oid, name in found.items()]

    def lacks(self, what: str, *, where: str = "") -> InputError:
        """Return the error for an object that is not there: LocalError where the whole repository is not any more."""
        if not self._objects.is_dir():
            return LocalError("the repository went away while it was read", where=str(self.where),
                              hint="put it back and try again")
        return TreeError(what, where=where, hint="a partial clone must be completed first: git fetch --refetch")

    def entries(self, tree: str) -> dict[str, TreeEntry]:
        """Return the entries of the tree object, kept for the next question."""
        known = self._trees.get(tree)
        if known is None:
            found = self.reader.get(tree)
            if found is None or found[1] != "tree":
                raise self.lacks(f"the tree object {tree[:12]} is missing", where=str(self.where))
            try:
                known = self._trees[tree] = parse_tree(found[2], len(tree) // 2)
            except ValueError as error:
                raise TreeError(f"the tree object {tree[:12]} is damaged", where=str(self.where),
                                hint="run 'git fsck' there") from error
        return known

    def load(self, root: str) -> None:
        """Read all folders below the tree object at once: one process, where asking for each takes a second."""
        if root in self._whole:
            return
        self._whole.add(root)
        ids = {"": root}
        folders: dict[str, dict[str, TreeEntry]] = {"": {}}
        for line in self.sandbox.must("ls-tree", "-r", "-t", "-z", "--full-tree", root).split(b"\0"):
            meta, _, name = line.partition(b"\t")
            if not name:
                continue
            path = os.fsdecode(name)
            mode, _, oid = meta.decode("ascii").split(" ")
            above, _, last = path.rpartition("/")
            folders[above][last] = (int(mode, 8), oid)
            if mode == "040000":
                ids[path] = oid
                folders[path] = {}
        self._trees.update((ids[path], entries) for path, entries in folders.items())

    def entry(self, root: str, path: str) -> TreeEntry | None:
        """Return mode and id of what lies at `path` below the tree object `root`, None when nothing does."""
        if not is_safe_path(path):
            return None
        *folders, name = path.split("/")
        tree = root
        for folder in folders:
            mode, tree = self.entries(tree).get(folder, (0, ""))
            if mode != _FOLDER:
                return None
        return self.entries(tree).get(name)

    def root(self, commit: str) -> str:
        """Return the id of the commit's tree."""
        found = self.reader.get(f"{commit}^{{tree}}")
        if found is None:
            raise TreeError(f"the tree of commit {commit[:12]} is missing", where=str(self.where))
        return found[0]


def _copy_small(source: Path, target: Path) -> None:
    try:
        status = source.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST_REF_FILE:
            target.write_bytes(source.read_bytes())
    except FileNotFoundError:
        return
    except OSError as error:
        raise TreeError(f"cannot read it: {error.strerror}", where=str(source)) from error


class GitTree:
    """One commit of a repository as a tree of files. Symbolic links and submodules are not files."""

    kind: Literal["git", "directory", "memory", "none"] = "git"

    def __init__(self, repository: Repository, rev: str) -> None:
        """Take the commit that `rev` names (empty: HEAD). Raises TreeError when there is none."""
        self.repository = repository
        self.rev = repository.commit(rev or "HEAD")
        self.named = rev
        self._root = repository.root(self.rev)
        self.origin = repository.origin
        self._searches = Searches(self._narrow, self.read)
        self._trace: Trace | None = None
        self.parts = Parts()
        self._words: TreeWords | None = None

    def entry(self, path: str) -> TreeEntry | None:
        """Return git's mode and object id of a regular file, None when there is none of that name."""
        found = self.repository.entry(self._root, path)
        return found if found is not None and stat.S_ISREG(found[0]) else None

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, None when there is no such regular file.

        Raises TreeError when the repository knows the file and lacks its content (a partial clone).
        """
        entry = self.entry(path)
        if entry is None:
            return None
        found = self.repository.reader.get(entry[1])
        if found is None:
            raise self.repository.lacks(f"its content {entry[1][:12]} is not in the repository", where=path)
        return found[2]

    def content_id(self, path: str) -> str | None:
        """Return the file's git blob id, None when absent."""
        entry = self.entry(path)
        return None if entry is None else entry[1]

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder of that name."""
        found = self.repository.entry(self._root, path)
        return found is not None and found[0] != _LINK

    def list_files(self, prefix: str = "") -> Iterator[str]:
        """Yield the paths of all regular files below the folder `prefix`, sorted."""
        folder = prefix.rstrip("/")
        if not folder:
            self.repository.load(self._root)
            yield from self._list(self._root, "")
            return
        found = self.repository.entry(self._root, folder)
        if found is not None and found[0] == _FOLDER:
            yield from self._list(found[1], f"{folder}/")

    def list_folder(self, path: str) -> tuple[str, ...]:
        """Return the names of what stands directly in the folder, sorted; those of folders end in a slash."""
        folder = path.rstrip("/")
        found = self.repository.entry(self._root, folder) if folder else (_FOLDER, self._root)
        if found is None or found[0] != _FOLDER:
            return ()
        return tuple(sorted(f"{name}/" if mode == _FOLDER else name
                            for name, (mode, _) in self.repository.entries(found[1]).items()
                            if mode == _FOLDER or stat.S_ISREG(mode)))

    def _list(self, tree: str, prefix: str) -> Iterator[str]:
        for name, (mode, oid) in self.repository.entries(tree).items():
            if mode == _FOLDER:
                yield from self._list(oid, f"{prefix}{name}/")
            elif stat.S_ISREG(mode):
                yield prefix + name

    def search(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
               suffixes: tuple[str, ...] = (".c", ".h")) -> tuple[str, ...]:
        """Return the sorted paths of regular files that contain any of the words as an identifier.

        `git grep` reads the tree object on all cores; the answer is kept.
        """
        names = identifiers(words)
        return self._searches.find(names, prefixes, suffixes) if names else ()

    def search_ahead(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
                     suffixes: tuple[str, ...] = (".c", ".h")) -> None:
        """Start to search for words that `search` will be asked for; what it says does not depend on it."""
        names = identifiers(words)
        if names:
            self._searches.ahead(names, prefixes, suffixes)

    def know_words(self, found: Mapping[str, Iterable[str]], suffixes: tuple[str, ...]) -> None:
        """Take in where words stand in all files with these endings, as an earlier search of this tree found them."""
        self._searches.know(found, suffixes)

    def find_commit(self, rev: str) -> str | None:
        """Return the id of the commit that `rev` names, None when the repository has no such commit."""
        return self._seen("commit", rev, self.repository.find_commit(rev))

    def subject_of(self, commit: str) -> str:
        """Return the first line of the commit's message; empty where git has none to show."""
        return self._seen("subject", commit, self.repository.subject_of(commit))

    def _seen(self, kind: str, question: str, answer: _Answer) -> _Answer:
        if self._trace is not None:
            self._trace.saw(kind, question, answer)
        return answer

    def trace(self, since: int) -> None:
        """Note from now on which commits are asked for: all else of a commit never changes."""
        self._trace = self._trace or Trace(since)

    def sealed(self) -> Asked | None:
        """Return what was asked of other commits since it was last told, None where that cannot be told."""
        return self._trace.sealed(self, lambda _: None) if self._trace is not None else None

    def tells(self, asked: Asked) -> bool:
        """Return whether all that an earlier run asked has the same answers now."""
        return same_answers(self, asked, lambda _: None)

    def answer(self, kind: str, question: str) -> str | None:
        """Return what the repository says now to a question of a trace."""
        return self.repository.find_commit(question) if kind == "commit" else self.repository.subject_of(question)

    def remember(self, store: Store, now: int, shelf: Shelf | None = None) -> Answers:  # noqa: ARG002 - a folder needs the time
        """Take what earlier runs found in this very tree from a store, and return what keeps what is found now;
        `shelf` has the books of words, if any."""
        if self._searches.answers is None:
            self._searches.answers = Answers(store, f"git {self._root}")
            if shelf is not None:
                self._words = TreeWords(shelf, self.place, tree=self._root, sandbox=self.repository.sandbox)
        return self._searches.answers

    @property
    def place(self) -> str:
        """Return a name for where this repository is, for what is remembered of all its revisions."""
        return f"git {self.repository.where.resolve()}"

    def _narrow(self, names: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> tuple[str, ...]:
        known = self._words.narrow(names, prefixes, suffixes) if self._words is not None else None
        return known if known is not None else candidates(
            self.repository.sandbox, names, self._root, prefixes=prefixes, suffixes=suffixes)

    def kernel_version(self) -> str:
        """Return `X.Y` from the top Makefile, or empty."""
        return version_in_makefile(self.read("Makefile"))
