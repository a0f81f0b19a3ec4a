"""File records as bytes and back: JSON without names, so that a cache of thousands of files loads in a moment."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

from reviewbot.logic import FALSE, TRUE, Cond

__all__ = ["dump", "load"]

Record = TypeVar("Record")


def dump(record: object) -> bytes:
    """Return a dataclass, with all dataclasses, tuples, conditions, texts and numbers in it, as bytes."""
    return zlib.compress(json.dumps(_plain(record), separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"), 1)


def load(kind: type[Record], data: bytes) -> Record | None:
    """Return the value of class `kind` that `dump` wrote, None when the bytes are damaged."""
    try:
        plain = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
        return typing.cast(Record, _reader(kind)(plain))
    except (ValueError, TypeError, IndexError, KeyError, zlib.error, RecursionError):
        return None


def _plain(value: object) -> object:
    if isinstance(value, Cond):
        return _plain_condition(value)
    if dataclasses.is_dataclass(value):
        return [_plain(getattr(value, name)) for name in _names(type(value))]
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value


def _plain_condition(cond: Cond) -> object:
    if cond.op in {"true", "false"}:
        return int(cond.op == "true")
    return cond.name if cond.op == "var" else [cond.op, *map(_plain_condition, cond.parts)]


def _condition(plain: object) -> Cond:
    if isinstance(plain, int):
        return TRUE if plain else FALSE
    if isinstance(plain, str):
        return Cond(op="var", name=plain)
    if not isinstance(plain, list) or plain[0] not in {"not", "and", "or"}:
        raise ValueError("no condition")
    return Cond(op=plain[0], parts=tuple(map(_condition, plain[1:])))


_known_names: dict[type, tuple[str, ...]] = {}
_known_readers: dict[object, Callable[[Any], Any]] = {}


def _names(kind: type) -> tuple[str, ...]:
    if kind not in _known_names:
        _known_names[kind] = tuple(field.name for field in dataclasses.fields(kind))
    return _known_names[kind]


def _reader(kind: Any) -> Callable[[Any], Any]:
    if kind not in _known_readers:
        _known_readers[kind] = _new_reader(kind)
    return _known_readers[kind]


def _new_reader(kind: Any) -> Callable[[Any], Any]:
    if kind is Cond:
        return _condition
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_reader(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        part = _reader(arguments[0])
        if part is _same:
            return tuple
        return lambda plain: tuple([part(item) for item in plain])
    if origin is types.UnionType and type(None) in arguments:
        inner = _reader(next(argument for argument in arguments if argument is not type(None)))
        return lambda plain: None if plain is None else inner(plain)
    return _same


def _same(plain: Any) -> Any:
    return plain


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    names = _names(kind)
    readers = [(name, None if _reader(hints[name]) is _same else _reader(hints[name])) for name in names]

    def read(plain: Any) -> Any:
        if len(plain) != len(names):
            raise ValueError(f"no {kind.__name__}")
        return kind(**{name: value if part is None else part(value)
                       for (name, part), value in zip(readers, plain, strict=True)})

    return read
