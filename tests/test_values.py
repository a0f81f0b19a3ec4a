"""The types between the rooms are those of the standard library, made more cheaply."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace

import pytest

from reviewbot.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value with all that a field can have."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)
    seen: int = field(default=0, compare=False, repr=False)
    twice: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Work out what is worked out once."""
        object.__setattr__(self, "twice", 2 * self.x)


@dataclass(frozen=True, slots=True)
class Pair:
    """A value that is made by place."""

    left: int
    right: int = 0


@dataclass(slots=True)
class Counter:
    """One that changes."""

    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Further(Point):
    """One with the fields of another."""

    z: int = 3


def test_a_value_has_its_fields_and_defaults() -> None:
    """Each value gets what was given, what was not, and a list of its own."""
    one, other = Point(x=1), Point(x=1, y=5)
    assert (one.x, one.y, one.names, one.twice) == (1, 2, [], 2)
    assert other.y == 5
    assert one.names is not other.names
    assert Pair(3, right=4) == Pair(3, 4)
    assert Further(x=1, y=4).z == 3
    assert Further(x=1, y=4).twice == 2


def test_values_are_compared_by_their_fields() -> None:
    """Equal fields of one type make equal values, which have one hash."""
    assert Pair(1, 2) == Pair(1, 2)
    assert len({Pair(1, 2), Pair(1, 2), Pair(2, 1)}) == 2
    assert Point(x=1, seen=1) == Point(x=1, seen=2)
    assert Point(x=1) != Further(x=1)
    assert Counter(1) == Counter(1)
    with pytest.raises(TypeError):
        hash(Counter(1))


def test_a_frozen_value_stays_as_it_is() -> None:
    """Neither a field nor anything else can be set or deleted."""
    one = Pair(1, 2)
    with pytest.raises(FrozenInstanceError):
        one.left = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.left
    changing = Counter()
    changing.count += 1
    assert changing.count == 1


def test_what_is_lacking_is_said() -> None:
    """A field without a value, or one that is not there, is an error of the caller."""
    with pytest.raises(TypeError):
        Point(y=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Point(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Pair(1, wrong=2)  # type: ignore[call-arg]


def test_the_standard_library_takes_it_for_its_own() -> None:
    """It can be replaced, written, copied and sent to another process."""
    one = Point(x=1, names=["a"])
    assert is_dataclass(one)
    assert [each.name for each in fields(one)] == ["x", "y", "names", "seen", "twice"]
    assert replace(one, x=4).twice == 8
    assert repr(one) == "Point(x=1, y=2, names=['a'], twice=2)"
    assert copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one
    assert not hasattr(one, "__dict__")
