"""Every call of the family in a whole tree, with what becomes of its result."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import tree_sitter
import tree_sitter_c

from reviewbot.cfacts.candidates import SUFFIXES, Candidates, Found, adopt, load_memory
from reviewbot.cfacts.crew import Crew
from reviewbot.cfacts.family import Family
from reviewbot.cfacts.index import Index, stamp_of
from reviewbot.cfacts.links import FileRecord
from reviewbot.cfacts.reader import Reader, Wanted, adopt_family
from reviewbot.cfacts.wrappers import Carrier, FoundCall, Wrappers
from reviewbot.errors import Skip
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.folders import FolderSeen
from reviewbot.source.gittree import GitTree
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["SUFFIXES", "Scan", "index_stamp", "scan_tree", "words_of"]

Report = Callable[[str, int, int], None]
_REMEMBERED = "search "


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a scan found. `files` hold a name of the family, `parsed` of them were not in the index.

    `skips` has all that was not looked at, `unread` those of it that this user may not read.
    """

    calls: tuple[FoundCall, ...]
    carriers: tuple[Carrier, ...]
    skips: tuple[Skip, ...]
    files: int
    parsed: int
    unread: tuple[Skip, ...] = ()


def index_stamp(api_folders: Iterable[Path]) -> str:
    """Return the id of everything that decides what the index holds: the rules' families and the code that reads C."""
    here = Path(__file__).resolve().parent
    files = [path for folder in api_folders for path in folder.glob("*.toml")]
    files += [*here.glob("*.py"), here.parent / "logic.py", here.parent / "source" / "matcher.py",
              here.parent / "source" / "folders.py"]
    # To ask for the version of an installed package takes longer than all else that a scan with its index does.
    grammar = [path.stat() for module in (tree_sitter, tree_sitter_c)
               for path in sorted(Path(str(module.__file__)).parent.glob("*.so"))]
    return stamp_of(files, [*(f"{one.st_size} {one.st_mtime_ns}" for one in grammar), sys.version])


def _start(folders: Mapping[str, FolderSeen], family: Family) -> None:
    adopt(folders)
    adopt_family(family)


def scan_tree(tree: Tree, family: Family, *, index: Index, now: int, workers: int, wrappers: bool = False,
              below: tuple[str, ...] = (), report: Report) -> Scan:
    """Return the calls of the public family in the files and folders `below` (none: everywhere), by file and place.

    With `wrappers` the whole tree is searched for functions that hand on such results, and their calls are returned
    too, with the calls of the architectures' inner functions. `now` is the time in ns.
    """
    name = _REMEMBERED + _identity(tree)
    remembered = load_memory(index.get([name]).get(name))
    with Crew(workers, start=_start, given=(remembered.folders, family)) as crew:
        candidates = Candidates(tree, crew, remembered=remembered, now=now, below=() if wrappers else below)
        reader = Reader(tree, crew, index)

        def find(words: Iterable[str]) -> tuple[Found, ...]:
            return candidates.find(words, step=lambda done, total: report("searching the tree", done, total))

        def read(wanted: tuple[Wanted, ...]) -> Mapping[str, FileRecord]:
            return reader.read(wanted, step=lambda done, total: report("reading files", done, total))

        scan = (_with_wrappers(tree, family, find, read, below) if wrappers
                else _plain(family, find(family.names("core")), read))
        if candidates.changed:
            index.put({name: candidates.memory()})
        else:
            index.put({})
        unread = candidates.unread()
    return Scan(calls=scan.calls, carriers=scan.carriers, skips=(*scan.skips, *unread), files=scan.files,
                parsed=reader.read_now, unread=unread)


def words_of(tree: Tree, words: Iterable[str], *, index: Index, now: int) -> dict[str, tuple[str, ...]]:
    """Return for each word the C files and headers of the tree that contain it, as far as possible from the index.

    A git tree of which an earlier scan or review knows another revision is searched only in the folders that differ.
    `now` is the time in ns.
    """
    name = _REMEMBERED + _identity(tree)
    remembered = load_memory(index.get([name]).get(name))
    adopt(remembered.folders)
    wanted = sorted(set(words))
    with Crew(1) as crew:
        candidates = Candidates(tree, crew, remembered=remembered, now=now)
        found = candidates.find(wanted)
    index.put({name: candidates.memory()} if candidates.changed else {})
    return {word: tuple(one.path for one in found if word in one.words) for word in wanted}


def _identity(tree: Tree) -> str:
    """Return a name for the place that a tree is at; what is remembered of it stays true for other revisions there."""
    place = tree.place if isinstance(tree, DirectoryTree | GitTree) else tree.kind
    return hashlib.blake2b(place.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _plain(family: Family, found: tuple[Found, ...],
           read: Callable[[tuple[Wanted, ...]], Mapping[str, FileRecord]]) -> Scan:
    types = {function.name: function.returns for function in family.functions}
    wanted = tuple(Wanted(path=one.path, content_id=one.content_id,
                          names=tuple((word, types[word]) for word in sorted(one.words))) for one in found)
    records = read(wanted)
    calls = [FoundCall(path=path, call=call, tier="macro" if call.through else "core")
             for path in sorted(records) for call in records[path].facts.calls
             if call.note != "the macro is another one here"]
    return Scan(calls=tuple(calls), carriers=(), skips=_skips(records), files=len(found), parsed=0)


def _with_wrappers(tree: Tree, family: Family, find: Callable[[Iterable[str]], tuple[Found, ...]],
                   read: Callable[[tuple[Wanted, ...]], Mapping[str, FileRecord]], below: tuple[str, ...]) -> Scan:
    search = Wrappers(family, find=find, read=read, text=lambda path: tree.read(path) or b"")
    calls = search.run()
    ends = tuple(path.strip("/") for path in below)
    kept = tuple(one for one in calls
                 if not ends or any(not end or one.path == end or one.path.startswith(f"{end}/") for end in ends))
    return Scan(calls=kept, carriers=search.carriers, skips=(*_skips(search.records), *search.skips),
                files=len({one.path for one in kept}), parsed=0)


def _skips(records: Mapping[str, FileRecord]) -> tuple[Skip, ...]:
    return tuple(skip for path in sorted(records) for skip in records[path].facts.skips)
