"""Something that happened, from whatever it was learned: the material of the page's rows and questions."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Literal

from reviewbot.findings.types import LEVELS, Finding
from reviewbot.logic import Cond
from reviewbot.review.page.types import Verdict
from reviewbot.values import dataclass

__all__ = ["Event", "EventKind", "is_stated", "joined", "plain_names"]

EventKind = Literal["lost", "gained", "fate", "new", "definition", "brought", "finding", "same", "had", "protection",
                    "case", "gone", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: `gist` says it in a clause, `reason` why or through what. `key` is equal for what can be said at once.

    `functions` are those it happens in, `symbols` the functions of the family that it is about. `asks` are findings
    whose question belongs to it, the best first; `rank` decides between events of the same weight. `through` are the
    helpers between function and symbol. `stops`: a failure stops the machine. `only_asked`: its fact is no
    change by itself. `address` is what the function of the family is called with, in the function that calls it.
    `breaks`: a file that does not build is what it comes to. `only` is what is asked in front of a new call.
    """

    kind: EventKind
    key: tuple[str, ...]
    verdict: Verdict
    arch: tuple[str, ...]
    config: str
    gist: str
    reason: str
    patch: int
    file: str
    line: int
    functions: tuple[str, ...]
    symbols: frozenset[str]
    consequence: str
    reach: str
    certainty: str
    because: tuple[str, ...]
    asks: tuple[Finding, ...] = ()
    rank: int = 0
    objects: frozenset[str] = field(default=frozenset())
    through: frozenset[str] = field(default=frozenset())
    stops: bool = False
    only_asked: bool = False
    address: str = ""
    breaks: bool = False
    only: Cond | None = None


def joined(first: Event, others: tuple[Event, ...]) -> Event:
    """Return the first event with what rests on the others merged into it; what it says stays."""
    return replace(first,
                   arch=tuple(sorted({arch for event in (first, *others) for arch in event.arch})),
                   functions=tuple(dict.fromkeys(name for event in (first, *others) for name in event.functions)),
                   symbols=frozenset().union(*(event.symbols for event in (first, *others))),
                   because=tuple(dict.fromkeys(name for event in (first, *others) for name in event.because)),
                   asks=tuple({finding.id: finding for event in (first, *others) for finding in event.asks}.values()))


def plain_names(text: str, functions: frozenset[str]) -> str:
    """Return a finding's sentence with its names as a person writes them: functions with brackets, no quotes."""
    parts = text.split("'")
    for index in range(1, len(parts), 2):
        name = parts[index]
        parts[index] = f"{name}()" if name in functions else name
    return "".join(parts) if len(parts) % 2 else text


def is_stated(event: Event) -> bool:
    """Return whether a finding's fact is a row: a question whose answer nobody here knows is only asked."""
    return event.rank <= LEVELS.index("warning") or (
        not event.only_asked and event.consequence in {"lost", "undone", "changed"})
