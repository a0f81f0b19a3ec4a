"""What went out of other functions together with what a mechanism says is missing in one: then nothing is missing.

A step and the step that takes it back are one thing, by how their names are made: `pool_timer_init()` and
`pool_timer_cleanup()`. Where a series takes both away, nobody has to take anything back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from reviewbot.contracts.changed import Pair
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.contracts.types import Hit

__all__ = ["calls_lost", "went_along"]

_HALVES = frozenset({"not-given-back", "shared-not-given-back", "step-back-dropped", "teardown-step-gone",
                     "call-dropped"})
_FEWEST_WORDS = 3
_BEGINS = frozenset({"init", "setup", "cleanup", "uninit"})
Lost = Mapping[str, frozenset[str]]


def went_along(function: str, hit: Hit, lost: Callable[[], Lost]) -> bool:
    """Return whether the other half of the step that is gone from a function is gone as well, from another one."""
    if hit.shape not in _HALVES or not _stem(hit.symbol):
        return False
    stem = _stem(hit.symbol)
    return any(name != hit.symbol and _stem(name) == stem and functions - {function}
               for name, functions in lost().items())


def calls_lost(pairs: Iterable[Pair]) -> Lost:
    """Return the functions of which a series calls fewer than before, each with the functions that it goes out of; not
    those that one of these calls as often, or still calls elsewhere in it."""
    balance: Counter[str] = Counter()
    losing: dict[str, set[str]] = {}
    kept: set[str] = set()
    for pair in pairs:
        was, now = _calls(pair.old), _calls(pair.new)
        balance.update(now)
        balance.subtract(was)
        for name in was - now:
            losing.setdefault(name, set()).update({one.name for one in pair.old[:1]})
            kept |= {name} if now[name] else set()
    return {name: frozenset(functions) for name, functions in sorted(losing.items())
            if balance[name] < 0 and name not in kept}


def _calls(outlines: tuple[Outline, ...]) -> Counter[str]:
    return Counter(call.name for step in outlines[0].steps for call in calls_in(step.expr) if call.name) \
        if outlines else Counter()


@lru_cache(maxsize=4096)
def _stem(name: str) -> tuple[str, ...]:
    """Return the words of a name without the one that says which half of a pair it is; empty for a name without."""
    words = name.strip("_").split("_")
    found = tuple("" if word in _steps() else word for word in words)
    return found if found.count("") == 1 and len(found) >= _FEWEST_WORDS else ()


@lru_cache(maxsize=1)
def _steps() -> frozenset[str]:
    return frozenset(word for pair in known_frees().opposites for word in pair) | known_frees().words[
        "teardown"] | _BEGINS
