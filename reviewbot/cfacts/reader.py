"""File records of many files: out of the index where their content is known, else read on all cores and remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from reviewbot.cfacts.crew import Crew
from reviewbot.cfacts.facts import read_file
from reviewbot.cfacts.family import ApiFunction, Family
from reviewbot.cfacts.index import Index
from reviewbot.cfacts.links import FileRecord, escapes_of
from reviewbot.cfacts.mixture import mixed_functions
from reviewbot.cfacts.storing import dump, load
from reviewbot.cfacts.types import FileFacts
from reviewbot.errors import BudgetError, Skip, TreeError
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["Reader", "Wanted"]

_BATCH = 256  # files whose content is in memory at once, for trees that only this process can read


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to read, and the names of interest that stand in it: (name, its C return type), sorted."""

    path: str
    content_id: str
    names: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """Return the name under which the index keeps the answer: by content, so that other trees share it."""
        return hashlib.blake2b(f"{self.content_id}{self.names}".encode(), digest_size=20).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    wanted: Wanted
    root: str
    data: bytes | None


_family: list[Family] = [Family(functions=())]


def adopt_family(family: Family) -> None:
    """Give a worker the families of the rules."""
    _family[0] = family


@lru_cache(maxsize=256)
def _of_interest(names: tuple[tuple[str, str], ...]) -> Family:
    """Return a family that holds just these names; what the rules do not know are wrappers."""
    known = {function.name: function for function in _family[0].functions}
    return Family(functions=tuple(known.get(name) or _wrapper(name) for name, _ in names))


def _wrapper(name: str) -> ApiFunction:
    return ApiFunction(
        name=name, family="wrappers", prototype="", returns="int", address="none", address_argument=None, count="none",
        count_argument=None, failure="", undone_by=(), header="", tier="worker", arch=(), made_by=())


@lru_cache(maxsize=2)
def _folder(root: str) -> DirectoryTree:
    return DirectoryTree(Path(root))


def _read(task: _Task) -> bytes:
    path = task.wanted.path
    try:
        data = task.data if task.data is not None else _folder(task.root).read(path)
        names = _of_interest(task.wanted.names)
        data = data or b""
        facts = read_file(path, data, names=names, returns=dict(task.wanted.names))
        record = FileRecord(facts=facts, escapes=escapes_of(data, facts),
                            mixed=mixed_functions(path, data, facts, names=names.names()))
    except (BudgetError, TreeError, RecursionError) as error:
        record = _skipped(path, str(error) or "nested too deeply")
    return dump(record)


def _lost(task: _Task) -> bytes:
    return dump(_skipped(task.wanted.path, "the process that read it died"))


def _skipped(path: str, why: str) -> FileRecord:
    return FileRecord(facts=FileFacts(path=path, functions=(), calls=(), mentions=(), macros=(),
                                      skips=(Skip(where=path, stage="read", why=why),)))


class Reader:
    """Reads files of one tree. The workers of `crew` must have adopted the family."""

    def __init__(self, tree: Tree, crew: Crew, index: Index) -> None:
        """Read from `tree`; what was read is kept in `index`."""
        self._tree, self._crew, self._index = tree, crew, index
        self.read_now = 0
        """How many files were parsed rather than found in the index."""

    def read(self, wanted: tuple[Wanted, ...], *,
             step: Callable[[int, int], None] | None = None) -> Mapping[str, FileRecord]:
        """Return the record of each file, by path."""
        keys: dict[str, list[str]] = {}
        for one in wanted:
            keys.setdefault(one.key, []).append(one.path)
        records: dict[str, FileRecord] = {}
        for key, data in self._index.get(keys).items():
            record = load(FileRecord, data)
            if record is not None:
                records.update((path, _at(record, path)) for path in keys[key])
        missing = [one for one in wanted if one.path not in records]
        for start in range(0, len(missing), _BATCH):
            fresh: dict[str, bytes] = {}
            for task, data in self._crew.each(_read, self._tasks(missing[start:start + _BATCH]), lost=_lost):
                record = load(FileRecord, data)
                assert record is not None
                records[task.wanted.path] = record
                fresh[task.wanted.key] = data
                if step is not None:
                    step(len(records), len(wanted))
            self.read_now += len(fresh)
            self._index.put(fresh)
        return records

    def _tasks(self, part: list[Wanted]) -> list[_Task]:
        if isinstance(self._tree, DirectoryTree):
            return [_Task(wanted=one, root=str(self._tree.root), data=None) for one in part]
        return [_Task(wanted=one, root="", data=self._tree.read(one.path) or b"") for one in part]


def _at(record: FileRecord, path: str) -> FileRecord:
    """Return the record for `path`; it may have been made from a file with this content at another place."""
    facts = record.facts
    if facts.path == path:
        return record
    skips = tuple(Skip(where=path + skip.where.removeprefix(facts.path), stage=skip.stage, why=skip.why)
                  for skip in facts.skips)
    moved = FileFacts(path=path, functions=facts.functions, calls=facts.calls, mentions=facts.mentions,
                      macros=facts.macros, skips=skips)
    return FileRecord(facts=moved, escapes=record.escapes, mixed=record.mixed)
