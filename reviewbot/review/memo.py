"""Reviews of earlier runs, word for word: where nothing that a review rests on is another, it is not made again.

A review rests on the series, on how it applied, on what was asked for, on the program with its rules, and on what the
tree was asked. All but the last make the name that it is kept under; what the tree was asked lies with it, and is asked
again.
"""

from __future__ import annotations

import hashlib
import marshal
import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from reviewbot.review.types import Review, in_order
from reviewbot.series.types import FileDiff, Series
from reviewbot.source.answers import Store, pack, unpack
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree
from reviewbot.source.recalled import DAMAGED, values_in
from reviewbot.source.trees import OverlayTree
from reviewbot.source.types import PatchedTree, Tree

__all__ = ["Memo", "digest_of"]

_MADE_ANEW = frozenset({"series", "patched"})
_LARGEST = 16 << 20


class Memo:
    """One review of one run, kept in a store and found there. `since` is when the run began, in ns."""

    def __init__(self, store: Store, *, stamp: str, since: int) -> None:
        """`stamp` stands for the program with its rules."""
        self._store, self._stamp, self._since = store, stamp, since

    def review(self, series: Series, patched: PatchedTree, wish: tuple[object, ...],
               make: Callable[[], Review]) -> Review:
        """Return what `make` gives for these, from the store if it is there; `wish` is all else that `make` goes by."""
        tree = _below(patched)
        name = self._name(series, patched, wish, tree) if tree is not None else None
        if tree is None or name is None:
            return make()
        known = self._recalled(name, tree, series, patched)
        if known is not None:
            return known
        trace = tree.trace(self._since)
        done = make()
        asked = tree.sealed(trace) if trace is not None else None
        if asked is not None:
            self._keep(name, asked, done)
        return done

    def _name(self, series: Series, patched: PatchedTree, wish: tuple[object, ...],
              tree: DirectoryTree | GitTree) -> str | None:
        place = f"folder {tree.root}" if isinstance(tree, DirectoryTree) else f"git {tree.rev}"
        states = tuple((state.index, state.files, state.applies, state.note) for state in patched.states)
        found = digest_of((self._stamp, place, series, patched.base, states, wish))
        return None if found is None else f"review {found}"

    def _recalled(self, name: str, tree: DirectoryTree | GitTree, series: Series, patched: PatchedTree
                  ) -> Review | None:
        kept = unpack(self._store.get([name]).get(name))
        if not isinstance(kept, tuple) or len(kept) != 2 or not tree.tells(kept[0]):
            return None
        try:
            values = values_in(zlib.decompress(kept[1]))
            return Review(series=series, patched=in_order(patched), **values)
        except (zlib.error, *DAMAGED):
            return None

    def _keep(self, name: str, asked: object, done: Review) -> None:
        values = {one.name: getattr(done, one.name) for one in fields(done) if one.name not in _MADE_ANEW}
        try:
            data = zlib.compress(pickle.dumps(values, 5), 1)
        except (pickle.PicklingError, TypeError, AttributeError):
            return
        if len(data) <= _LARGEST:
            self._store.put({name: pack((asked, data))})


def _below(patched: PatchedTree) -> DirectoryTree | GitTree | None:
    """Return the tree that the series was put on, None where there is none that a later run could ask again."""
    start: Tree | None = patched.start if patched.states else None
    base = start.base if isinstance(start, OverlayTree) else start
    return base if isinstance(base, DirectoryTree | GitTree) else None


def digest_of(value: object) -> str | None:
    """Return an id of a value of dataclasses, tuples, sets, mappings, texts and numbers, None for any other."""
    try:
        return _digest(value).hex()
    except TypeError:
        return None


def _digest(value: object) -> bytes:
    feed = hashlib.blake2b(digest_size=16)
    kind = type(value)
    feed.update(f"{kind.__module__}.{kind.__qualname__}\0".encode())
    if value is None:
        pass
    elif isinstance(value, bytes):
        feed.update(value)
    elif isinstance(value, Enum):
        feed.update(value.name.encode())
    elif isinstance(value, bool | int | float | date):
        feed.update(repr(value).encode())
    elif isinstance(value, str | Path):
        feed.update(str(value).encode("utf-8", "surrogatepass"))
    elif isinstance(value, tuple | list):
        feed.update(_plain(value) or b"".join(map(_digest, value)))
    elif isinstance(value, frozenset | set):
        feed.update(b"".join(sorted(map(_digest, value))))
    elif isinstance(value, Mapping):
        feed.update(b"".join(_digest(part) for item in value.items() for part in item))
    elif is_dataclass(value):
        names = [one.name for one in fields(value)]
        if kind is FileDiff:  # the hunks are what its text says
            names.remove("hunks")
        feed.update(b"".join(_digest(getattr(value, name)) for name in names))
    else:
        raise TypeError(kind.__name__)
    return feed.digest()


def _plain(value: tuple[object, ...] | list[object]) -> bytes:
    """Return a sequence of nothing but plain values as bytes, empty for any other; the same bytes for the same one."""
    try:
        return marshal.dumps(value, 2)  # type: ignore[arg-type]
    except ValueError:
        return b""
