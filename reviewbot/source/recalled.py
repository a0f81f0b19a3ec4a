"""Facts about contents, kept from one run to the next: what a file says of a name rests on its bytes alone, so that the
next version of a series works out what has changed.

The name of a fact is made of all that it rests on and of the program with its rules. What is missing, damaged or
written by another program is worked out again; without a store nothing is kept.
"""

from __future__ import annotations

import hashlib
import io
import marshal
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from reviewbot.source.answers import Store, pack, unpack

__all__ = ["DAMAGED", "recalled", "recalling", "values_in"]

DAMAGED = (pickle.UnpicklingError, TypeError, ValueError, AttributeError, ImportError, EOFError, IndexError, KeyError)
"""What `values_in` raises for bytes that hold no values of ours."""

_LARGEST, _MOST_BYTES = 1 << 20, 24 << 20  # of one fact, and of all that one review adds
_MAKER = "reviewbot.logic", "_made"  # what gives a condition its one value
_BUILTINS = frozenset({"frozenset", "set", "tuple", "dict", "list"})
_Made = TypeVar("_Made")


class _Reader(pickle.Unpickler):
    """Makes values of the program's own classes and of plain ones, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return the class. Raises UnpicklingError for one that nothing of ours holds."""
        if "." not in name and (module.startswith("reviewbot.") or (module == "builtins" and name in _BUILTINS)):
            found = super().find_class(module, name)
            if found.__module__ == module and (isinstance(found, type) or (module, name) == _MAKER):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def values_in(data: bytes) -> Any:
    """Return what was pickled: values of the program's own types. Raises one of DAMAGED for anything else."""
    return _Reader(io.BytesIO(data)).load()


class _Facts:
    """The facts of one review in a store."""

    def __init__(self, store: Store, stamp: str) -> None:
        self._store, self._stamp = store, stamp
        self._new: dict[str, bytes] = {}
        self._size = 0

    def find(self, kind: str, rests_on: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
        digest = hashlib.blake2b(marshal.dumps((self._stamp, kind, rests_on), 2), digest_size=16)  # type: ignore[arg-type]
        name = f"fact {digest.hexdigest()}"
        kept = unpack(self._store.get([name]).get(name))
        if isinstance(kept, bytes):
            try:
                found: _Made = values_in(kept)
            except DAMAGED:
                pass
            else:
                return found
        made = make()
        data = pickle.dumps(made, 5)
        if len(data) <= _LARGEST and self._size + len(data) <= _MOST_BYTES:
            self._size += len(data)
            self._new[name] = pack(data)
        return made

    def keep(self) -> None:
        if self._new:
            self._store.put(self._new)
            self._new = {}


_facts: ContextVar[_Facts | None] = ContextVar("facts", default=None)


@contextmanager
def recalling(store: Store | None, stamp: str) -> Iterator[None]:
    """Let `recalled` find facts in the store and keep new ones there, None for nowhere; `stamp` stands for the program
    with its rules."""
    facts = _Facts(store, stamp) if store is not None else None
    before = _facts.set(facts)
    try:
        yield
    finally:
        _facts.reset(before)
        if facts is not None:
            facts.keep()


def recalled(kind: str, rests_on: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
    """Return what `make` gives, from the store if it is there.

    `rests_on` are plain values, sets sorted: everything that `make` goes by.
    """
    facts = _facts.get()
    return make() if facts is None else facts.find(kind, rests_on, make)
