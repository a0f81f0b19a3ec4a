"""What may sleep, what runs where nothing may, and what asks for it: the table `rules/effects/contexts.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, get_args

from reviewbot.contracts.tables import effect_table
from reviewbot.values import dataclass

__all__ = ["Contexts", "Demand", "known_contexts"]

Demand = Literal["lock", "sleep", "irqs-on", "irqs-off", "preempt-off"]
_LISTS = ("sleeps", "faults", "waiting", "not-waiting", "reclaims", "asks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexts:
    """The functions and flags that sleep or ask where code runs, and what is demanded of callers.

    `lists`: by their name in the table. `runs_atomic`: of a function, the number, from 1, of the argument that it runs
    where nothing may sleep. `unsaid`: demands that a function has without an assertion in sight."""

    lists: Mapping[str, frozenset[str]]
    allocates: tuple[str, ...]
    spinning: tuple[str, ...]
    runs_atomic: Mapping[str, int]
    demands: Mapping[str, Demand]
    unsaid: Mapping[str, Demand]
    stronger: Mapping[str, tuple[str, ...]]
    bare: Mapping[str, str]


@lru_cache(maxsize=1)
def known_contexts() -> Contexts:
    """Return the program's own table. Raises DataError when it does not load."""
    return effect_table("contexts.toml", _made)


def _made(table: dict[str, Any]) -> Contexts:
    return Contexts(
        lists={name: frozenset(table[name]) for name in _LISTS},
        allocates=tuple(table["allocates"]),
        spinning=tuple(table["spinning"]),
        runs_atomic={name: int(place) for name, place in table["runs-atomic"].items()},
        demands=_demands(table["demands"]),
        unsaid=_demands(table["demands-unsaid"]),
        stronger={name: tuple(others) for name, others in table["stronger"].items()},
        bare=dict(table["bare"]),
    )


def _demands(table: dict[str, Any]) -> dict[str, Demand]:
    if set(table.values()) - set(get_args(Demand)):
        raise ValueError(f"a demand is one of {', '.join(get_args(Demand))}")
    return dict(table)
