"""Reviews of earlier runs, word for word: where nothing that a review rests on is another, it is not made again.

A review rests on the series, on how it applied, on what was asked for, on the program with its rules, and on what the
tree was asked. All but the last make the name that it is kept under; what the tree was asked lies beside it, and is
asked again. What one review of a run was told the next may go by, so that each rests on all that was asked until then.
"""

from __future__ import annotations

import hashlib
import marshal
import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from reviewbot.review.types import Review, in_order
from reviewbot.series.types import FileDiff, Series
from reviewbot.source.answers import Store, pack, unpack
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree
from reviewbot.source.recalled import DAMAGED, values_in
from reviewbot.source.trees import OverlayTree, tree_below
from reviewbot.source.types import PatchedTree, PatchState, Tree

__all__ = ["Memo", "digest_of"]

_MADE_ANEW = frozenset({"series", "patched"})
_LARGEST = 16 << 20


class Memo:
    """One review of one run, kept in a store and found there. `since` is when the run began, in ns."""

    def __init__(self, store: Store, *, stamp: str, since: int) -> None:
        """`stamp` stands for the program with its rules."""
        self._store, self._stamp, self._since = store, stamp, since

    def patched(self, series: Series, tree: Tree, make: Callable[[], tuple[Series, PatchedTree]]
                ) -> tuple[Series, PatchedTree]:
        """Return what `make` gives for a series on a folder, from the store if it is there; what a series becomes on a
        repository rests on all its revisions, and is made each time."""
        found = digest_of((self._stamp, _place(tree), series)) if isinstance(tree, DirectoryTree) else None
        if not isinstance(tree, DirectoryTree) or found is None:
            return make()
        name = f"patched {found}"
        tree.trace(self._since)
        try:
            kept = self._recalled(name, tree)
            if kept is not None:
                files, plain = kept
                followed = series if files is None else replace(series, patches=tuple(
                    replace(patch, files=found) for patch, found in zip(series.patches, files, strict=True)))
                return followed, unfolded(plain, tree)
        except DAMAGED:
            pass
        followed, done = make()
        plain = folded(done, tree)
        if plain is not None:
            files = tuple(patch.files for patch in followed.patches) if followed is not series else None
            self._keep(name, tree, (files, plain))
        return followed, done

    def review(self, series: Series, patched: PatchedTree, wish: tuple[object, ...],
               make: Callable[[], Review]) -> Review:
        """Return what `make` gives for these, from the store if it is there; `wish` is all else that `make` goes by."""
        tree = _below(patched)
        name = self._name(series, patched, wish, tree) if tree is not None else None
        if tree is None or name is None:
            return make()
        tree.trace(self._since)
        try:
            values = self._recalled(name, tree)
            if values is not None:
                return Review(series=series, patched=in_order(patched), **values)
        except DAMAGED:
            pass
        done = make()
        self._keep(name, tree, {one.name: getattr(done, one.name) for one in fields(done)
                                if one.name not in _MADE_ANEW})
        return done

    def _name(self, series: Series, patched: PatchedTree, wish: tuple[object, ...],
              tree: DirectoryTree | GitTree) -> str | None:
        states = tuple((state.index, state.files, state.applies, state.note) for state in patched.states)
        found = digest_of((self._stamp, _place(tree), series, patched.base, states, wish))
        return None if found is None else f"review {found}"

    def _recalled(self, name: str, tree: DirectoryTree | GitTree) -> Any:
        """Return what is kept under the name, None where that is nothing or the tree now answers otherwise."""
        kept = unpack(self._store.get([name]).get(name))
        if not isinstance(kept, tuple) or len(kept) != 2 or not self._tells(kept[0], tree):
            return None
        try:
            return values_in(zlib.decompress(kept[1]))
        except zlib.error:
            return None

    def _tells(self, part: str, tree: DirectoryTree | GitTree) -> bool:
        """Return whether the tree answers what an earlier run asked, in this part and those before, as it did then."""
        self._search_ahead(tree)
        told = tree.parts.told
        waiting: list[str] = []
        while part and part not in told:
            waiting.append(part)
            kept = unpack(self._store.get([part]).get(part))
            if not isinstance(kept, tuple) or len(kept) != 2 or not tree.tells(kept[1]):
                told[part] = False
                break
            part = kept[0]
        told.update(dict.fromkeys(waiting, told.get(part, True)))
        return told.get(waiting[0] if waiting else part, True)

    def _search_ahead(self, tree: DirectoryTree | GitTree) -> None:
        """Let a folder be searched at once for all that the last run over many series searched it for."""
        if not isinstance(tree, DirectoryTree) or not tree.parts.expects:
            return
        tree.parts.expects = False
        name = f"searches {_place(tree)}"
        kept = unpack(self._store.get([name]).get(name))
        for names, prefixes, suffixes in kept if isinstance(kept, tuple) else ():
            tree.search_ahead(names, prefixes=prefixes, suffixes=suffixes)

    def _keep(self, name: str, tree: DirectoryTree | GitTree, values: object) -> None:
        """Keep what was made, after all that was asked in this run so far."""
        asked = tree.sealed()
        if asked is None:
            return
        entries: dict[str, bytes] = {}
        if asked:
            packed = pack((tree.parts.last, asked))
            tree.parts.last = f"asked {hashlib.blake2b(packed, digest_size=16).hexdigest()}"
            tree.parts.told[tree.parts.last] = True
            entries[tree.parts.last] = packed
            searched = [question for kind, question, _ in asked if kind == "search"]
            tree.parts.searched += searched
            if searched:
                entries[f"searches {_place(tree)}"] = pack(tuple(tree.parts.searched))
        try:
            data = zlib.compress(pickle.dumps(values, 5), 1)
        except (pickle.PicklingError, TypeError, AttributeError):
            data = b""
        if data and len(data) <= _LARGEST:
            entries[name] = pack((tree.parts.last, data))
        self._store.put(entries)


def _place(tree: DirectoryTree | GitTree) -> str:
    return f"folder {tree.root}" if isinstance(tree, DirectoryTree) else f"git {tree.rev}"


def folded(patched: PatchedTree, tree: Tree) -> tuple[Any, ...] | None:
    """Return a series on a tree without that tree, as plain values; None where its trees are other ones."""
    trees = [state.before for state in patched.states[:1]] + [state.after for state in patched.states]
    if not all(one is tree or (isinstance(one, OverlayTree) and one.base is tree) for one in trees):
        return None
    distinct = {id(one): one for one in trees}
    files = tuple(tuple(one.files.items()) if isinstance(one, OverlayTree) else None for one in distinct.values())
    which = tuple([*distinct].index(id(one)) for one in trees)
    return patched.base, files, which, tuple(
        (state.index, state.files, state.applies, state.note) for state in patched.states)


def unfolded(kept: tuple[Any, ...], tree: Tree) -> PatchedTree:
    """Return a folded series on its tree."""
    base, files, which, states = kept
    distinct = [tree if one is None else OverlayTree(tree, dict(one)) for one in files]
    trees = [distinct[number] for number in which]
    return PatchedTree(base=base, states=tuple(
        PatchState(index=index, files=found, applies=applies, note=note, before=before, after=after)
        for (index, found, applies, note), before, after in zip(states, trees[:-1], trees[1:], strict=True)))


def _below(patched: PatchedTree) -> DirectoryTree | GitTree | None:
    """Return the tree that the series was put on, None where there is none that a later run could ask again."""
    base = tree_below(patched.start) if patched.states else None
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
