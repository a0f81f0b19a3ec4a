"""What makes a thing known to others: the table `rules/effects/published.toml`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.tables import effect_table
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Seen", "known_seen"]

_STATE = regex(r"(?:^|_|->|\.)(?:state|status)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The calls that make a thing known, those that mark or tell it, and the words of states and flags; `handed` are
    the functions, and members for functions, that hand memory over to a hypervisor or to firmware."""

    calls: re.Pattern[str]
    marks: frozenset[str]
    wakes: frozenset[str]
    states: frozenset[str]
    flags: frozenset[str]
    handed: frozenset[str]

    def tells(self, expr: Expr | None) -> bool:
        """Return whether a statement lets others find or use a thing, or says so to them."""
        if expr is None:
            return False
        if expr.kind == "call":
            return bool(self.calls.fullmatch(expr.name) or self.wakes & set(expr.name.split("_")))
        return expr.kind == "assign" and expr.name == "=" and len(expr.parts) == 2 and expr.parts[0].kind == "field" \
            and _STATE.search(expr.parts[0].name) is not None and expr.parts[1].name.split("_")[-1] in self.states


@lru_cache(maxsize=1)
def known_seen() -> Seen:
    """Return the program's own table. Raises DataError when it does not load."""
    return effect_table("published.toml", _made)


def _made(table: dict[str, Any]) -> Seen:
    return Seen(calls=re.compile("|".join(table["calls"])), marks=frozenset(table["marks"]),
                wakes=frozenset(table["wakes"]), states=frozenset(table["states"]), flags=frozenset(table["flags"]),
                handed=frozenset(table["handed"]))
