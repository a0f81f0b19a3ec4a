"""What went out of other functions together with what a mechanism says is missing in one: then nothing is missing.

A step and the step that takes it back are one thing, by how their names are made: `pool_timer_init()` and
`pool_timer_cleanup()`. Where a series takes both away, nobody has to take anything back. So it is with a test whose
answer the series makes at another point, that was for a call which goes as well, or that goes out of the whole file;
and with a step that another function does now under another name of the same kind: `pool_timer_setup()`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from reviewbot.contracts.aligned import staying
from reviewbot.contracts.changed import Pair
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.outline import Outline, calls_in, walk
from reviewbot.contracts.types import Hit
from reviewbot.values import dataclass

__all__ = ["Gone", "everything_gone", "member_of", "went_along"]

_HALVES = frozenset({"not-given-back", "shared-not-given-back", "step-back-dropped", "teardown-step-gone",
                     "call-dropped"})
_FEWEST_WORDS = 3
_BEGINS = frozenset({"init", "setup", "cleanup", "uninit"})
_REWORKED = 2  # other functions out of which a question goes
Functions = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What a series takes out of functions, each with the functions that it goes out of.

    `calls`: functions that are called less often, without those that are still called in one of these. `come`: those
    that are called more often, with the functions that call them now. `given`: members
    that such calls were given. `asked`: variables that fewer tests ask for. `set`: members whose assignment goes, or
    stands at another point.
    """

    calls: Functions
    come: Functions
    given: Functions
    asked: Functions
    set: Functions


def went_along(function: str, hit: Hit, gone: Callable[[], Gone]) -> bool:
    """Return whether the series answers itself what is asked about a step that is gone from a function."""
    if hit.shape in _HALVES and _stem(hit.symbol) and any(
            name != hit.symbol and _stem(name) == _stem(hit.symbol) and functions - {function}
            for name, functions in gone().calls.items()):
        return True
    if hit.shape in _HALVES and _stem(hit.symbol) and any(
            _stem(name) == _stem(hit.symbol) and _ends(name) == _ends(hit.symbol) and functions - {function}
            for name, functions in gone().come.items()):
        return True
    if not hit.asks_of and not hit.answered_by:
        return False
    members = {name for name in hit.asks_of if name.startswith("->")}
    if members and all(gone().given.get(name, frozenset()) - {function} for name in members):
        return True
    return any(gone().set.get(name, frozenset()) - {function} for name in hit.answered_by) or any(
        len(gone().asked.get(name, frozenset()) - {function}) >= _REWORKED for name in hit.asks_of - members)


def everything_gone(pairs: Iterable[Pair]) -> Gone:
    """Return what a series takes out of the functions that it changes."""
    balance: Counter[str] = Counter()
    calls: dict[str, set[str]] = {}
    come: dict[str, set[str]] = {}
    given: dict[str, list[tuple[str, str]]] = {}
    asked: dict[str, set[str]] = {}
    places: dict[str, set[str]] = {}
    kept: set[str] = set()
    for pair in pairs:
        was, now = (_calls(pair.old), _calls(pair.new))
        name = pair.old[0].name if pair.old else ""
        balance.update(now)
        balance.subtract(was)
        for callee in now - was:
            come.setdefault(callee, set()).add(pair.new[0].name)
        for callee in was - now:
            calls.setdefault(callee, set()).add(name)
            kept |= {callee} if now[callee] else set()
            given.setdefault(callee, []).extend((member, name) for member in _given(pair.old[0], callee))
        for variable in _asked(pair.old) - _asked(pair.new):
            asked.setdefault(variable, set()).add(name)
        for member in _resettled(pair):
            places.setdefault(member, set()).add(name)
    lost = {callee: frozenset(functions) for callee, functions in calls.items()
            if balance[callee] < 0 and callee not in kept}
    members: dict[str, set[str]] = {}
    for callee in lost:
        for member, name in given[callee]:
            members.setdefault(member, set()).add(name)
    more = {callee: frozenset(functions) for callee, functions in come.items() if balance[callee] > 0}
    return Gone(calls=lost, come=more, given=_frozen(members), asked=_frozen(asked), set=_frozen(places))


def _frozen(table: Mapping[str, set[str]]) -> Functions:
    return {key: frozenset(value) for key, value in table.items()}


def member_of(expr_name: str) -> str:
    """Return the key of a member, whatever it is a member of: `->size` of `.size`."""
    return f"->{expr_name.lstrip('.->')}"


def _calls(outlines: tuple[Outline, ...]) -> Counter[str]:
    return Counter(call.name for step in outlines[0].steps for call in calls_in(step.expr) if call.name) \
        if outlines else Counter()


def _given(outline: Outline, callee: str) -> set[str]:
    return {member_of(part.name) for _, call in outline.calls_of(callee) for argument in call.parts[1:]
            for part in walk(argument) if part.kind == "field"}


def _asked(outlines: tuple[Outline, ...]) -> Counter[str]:
    return Counter(part.name for step in outlines[0].steps if step.kind == "test" for part in walk(step.expr)
                   if part.kind == "name" and not outlines[0].type_of(part.name)) if outlines else Counter()


def _resettled(pair: Pair) -> set[str]:
    """Return the members whose assignments a function has lost, or has behind or in front of other steps now."""
    stays = staying(pair.old[0], pair.new[0]) if pair.old and pair.new else frozenset[int]()
    return {member_of(part.parts[0].name) for number, step in enumerate(pair.old[0].steps if pair.old else ())
            if number not in stays for part in walk(step.expr)
            if part.kind == "assign" and part.parts[0].kind == "field"}


@lru_cache(maxsize=4096)
def _stem(name: str) -> tuple[str, ...]:
    """Return the words of a name without the one that says which half of a pair it is; empty for a name without."""
    words = name.strip("_").split("_")
    found = tuple("" if word in _steps() else word for word in words)
    return found if found.count("") == 1 and len(found) >= _FEWEST_WORDS else ()


def _ends(name: str) -> bool:
    """Return whether a function's name says that it takes something back."""
    return bool({*name.split("_")} & {*known_frees().words["teardown"], *(
        give for _, give in known_frees().opposites if give not in {take for take, _ in known_frees().opposites})})


@lru_cache(maxsize=1)
def _steps() -> frozenset[str]:
    return frozenset(word for pair in known_frees().opposites for word in pair) | known_frees().words[
        "teardown"] | _BEGINS
