"""What a call does to the map: the family's meaning, and how the architecture's fact says it is carried out."""

from __future__ import annotations

from typing import Literal, NamedTuple

from reviewbot.arch.machine.language import Call
from reviewbot.arch.machine.setting import Setting
from reviewbot.arch.machine.state import EXECUTE, PRESENT, SHARED, SHARED_PAGE, UNKNOWN, WRITE, Geometry, State
from reviewbot.arch.types import Fact
from reviewbot.logic import Ternary, parse_condition
from reviewbot.values import dataclass

__all__ = ["KNOWN_CALLS", "Operation", "Outcome", "apply", "mean_the_same", "resolve"]


class _Meaning(NamedTuple):
    """What a function is for: bits it sets and clears, in the direct map or at the address it is given."""

    sets: int
    clears: int
    at: Literal["direct", "address"]
    splits_only: bool = False


_MAP = _Meaning(PRESENT | WRITE, 0, "direct")
_UNMAP = _Meaning(0, PRESENT | WRITE, "direct")
_FIXED = {
    "set_direct_map_invalid_noflush": _UNMAP,
    "set_direct_map_default_noflush": _MAP,
    "debug_pagealloc_map_pages": _MAP,
    "debug_pagealloc_unmap_pages": _UNMAP,
    "hibernate_map_page": _MAP,
    "hibernate_unmap_page": _UNMAP,
    "set_memory_ro": _Meaning(0, WRITE, "address"),
    "set_memory_rw": _Meaning(WRITE, 0, "address"),
    "set_memory_x": _Meaning(EXECUTE, 0, "address"),
    "set_memory_nx": _Meaning(0, EXECUTE, "address"),
    "set_memory_rox": _Meaning(EXECUTE, WRITE, "address"),
    "set_memory_np": _Meaning(0, PRESENT, "address"),
    "set_memory_p": _Meaning(PRESENT, 0, "address"),
    "set_memory_4k": _Meaning(0, 0, "address", splits_only=True),
    "set_memory_decrypted": _Meaning(SHARED, 0, "address"),
    "set_memory_encrypted": _Meaning(0, SHARED, "address"),
}
_BY_ARGUMENT = {                       # the last argument says which way: 0 and 1
    "__kernel_map_pages": (_UNMAP, _MAP),
    "kernel_map_pages": (_UNMAP, _MAP),
    "set_direct_map_valid_noflush": (_UNMAP, _MAP),
    "set_memory_valid": (_Meaning(0, PRESENT, "address"), _Meaning(PRESENT, 0, "address")),
    "kfence_protect_page": (_Meaning(PRESENT, 0, "direct"), _Meaning(0, PRESENT, "direct")),
}
_QUESTIONS = {"kernel_page_present"}
# Wrappers of generic code: how the work is done is said by the fact of the function that they call.
_WRAPPERS = {"kernel_map_pages", "debug_pagealloc_map_pages", "debug_pagealloc_unmap_pages", "hibernate_map_page",
             "hibernate_unmap_page"}
KNOWN_CALLS = frozenset({*_FIXED, *_BY_ARGUMENT, *_QUESTIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call as this architecture, release and configuration carries it out.

    `idle`: why it does nothing (empty: it works). `large`: what it does with a leaf that it covers in part: `split` it,
    which allocates and can fail; `refuse` it; or change the `whole` leaf. `both`: the page's other mapping follows.
    `answers`: its result reaches the caller. `maps`: a page table changes at all. `refusable`: the hypervisor may
    refuse at any page. `facts` are those of the model that say all this, the caller's first.
    """

    call: str
    through: str
    question: bool
    idle: str
    sets: int
    clears: int
    at: Literal["direct", "address"]
    splits_only: bool
    large: Literal["split", "refuse", "whole"]
    partial: bool
    both: bool
    maps: bool
    flushes: bool
    may_sleep: bool
    answers: bool
    refusable: bool
    facts: tuple[Fact, ...]


class Outcome(NamedTuple):
    """One way in which a call can end: the state after it, the error inside (empty: none), and what to say."""

    state: State
    error: str
    note: str


def _meaning(symbol: str, argument: int | None) -> _Meaning:
    return _FIXED.get(symbol) or _BY_ARGUMENT.get(symbol, (_UNMAP, _MAP))[1 if argument else 0]


def mean_the_same(one: Call, other: Call) -> bool:
    """Return whether two calls are for the same: whichever of them a release has, it stands in the same place.

    A call whose argument is needed to tell and is not known is like no other.
    """
    return all(call.symbol in _FIXED or (call.symbol in _BY_ARGUMENT and call.argument is not None)
               for call in (one, other)) and (
        _meaning(one.symbol, one.argument) == _meaning(other.symbol, other.argument))


def resolve(setting: Setting, symbol: str, argument: int | None) -> Operation | str:
    """Return the operation that a call is here, or the sentence why it cannot be called at all."""
    fact = setting.fact(symbol, argument)
    where = f"on {setting.arch} in {setting.version}"
    if fact is None:
        return f"the model has no fact about {symbol}() {where}"
    if fact.status == "undeclared":
        return f"{symbol}() is undeclared {where}" + (f": {fact.notes}" if fact.notes else "")
    idle, worker = setting.refusal(fact), fact
    chain = [fact]
    while worker.symbol in _WRAPPERS and worker.calls in KNOWN_CALLS and not idle:
        inner = setting.fact(worker.calls, argument)
        if inner is None or inner.status == "undeclared":
            break
        if any(inner.symbol == step.symbol for step in chain):
            return f"{symbol}() calls itself {where}, by way of {worker.symbol}()"
        worker = inner
        chain.append(worker)
        idle = setting.refusal(worker)
    meaning = _meaning(symbol, argument)
    sleeps = _holds(setting, worker.sleep_guard) and (bool(worker.sleeps) or worker.atomic_ok is False)
    follows = worker.alias == "both" and _holds(setting, worker.alias_guard)
    converts = bool((meaning.sets | meaning.clears) & SHARED)
    shown = f"{symbol}()" if argument is None else f"{symbol}({argument})"
    return Operation(
        call=shown, through=" -> ".join(step.symbol for step in chain), question=symbol in _QUESTIONS, idle=idle,
        sets=meaning.sets, clears=meaning.clears, at=meaning.at, splits_only=meaning.splits_only,
        large=_large(worker), partial=worker.partial_on_failure is not False, both=follows,
        maps=worker.alias != "none" and not (converts and worker.splits == "no"),
        flushes=worker.flushes is True or fact.flushes is True,
        may_sleep=sleeps and (not idle or (idle.startswith("always") and worker.is_real)),
        answers=fact.returns != "void" and fact.may_fail is not False,
        refusable=converts and worker.may_fail is True and worker.partial_on_failure is True,
        facts=tuple(chain))


def _holds(setting: Setting, guard: str) -> bool:
    return not guard or setting.truth(parse_condition(guard)) is not Ternary.NO


def _large(fact: Fact) -> Literal["split", "refuse", "whole"]:
    if fact.splits == "yes":
        return "split"
    return "whole" if fact.large_leaf == "whole" else "refuse"


def apply(operation: Operation, state: State, pages: tuple[int, ...], geometry: Geometry) -> list[Outcome]:
    """Return every way in which the call can end on these pages, success first."""
    if operation.idle:
        return [Outcome(state, "", f"does nothing: {operation.idle}")]
    at_alias = operation.at == "address" and any(state.alias[page] for page in pages)
    if at_alias and operation.maps:
        state = _change_alias(operation, state, pages)
        if not operation.both:
            return [Outcome(state, "", "")]
    sets, clears = (operation.sets, operation.clears) if operation.maps else (0, 0)
    if at_alias:                       # permission to execute stays with the address that was given
        sets, clears = sets & ~EXECUTE, clears & ~EXECUTE
    ends = _Walk(operation, geometry, sets, clears, page_by_page=at_alias).run(state, pages)
    if (operation.sets | operation.clears) & SHARED:
        return _converted(operation, state, pages, ends)
    return ends


def _change_alias(operation: Operation, state: State, pages: tuple[int, ...]) -> State:
    alias, stale = list(state.alias), list(state.alias_stale)
    for page in pages:
        old = alias[page]
        if not old:
            continue
        alias[page] = old & ~operation.clears | operation.sets
        if operation.flushes:
            stale[page] = 0
        elif old & PRESENT and old & ~alias[page]:
            stale[page] |= old
    return state._replace(alias=tuple(alias), alias_stale=tuple(stale))


class _Walk(NamedTuple):
    """A walk over the direct map, leaf by leaf, that ends in one of several ways."""

    operation: Operation
    geometry: Geometry
    sets: int
    clears: int
    page_by_page: bool

    def run(self, state: State, pages: tuple[int, ...]) -> list[Outcome]:
        """Return the ways it can end: all done, or stopped at a leaf that could not be split or was refused."""
        direct, stale = list(state.direct), list(state.stale)
        failures: list[Outcome] = []
        notes: list[str] = []
        chunks: dict[int, list[int]] = {}
        for page in pages:
            chunks.setdefault(page // self.geometry.leaf, []).append(page)
        for leaf, wanted in sorted(chunks.items()):
            entries, reached = direct[leaf], wanted
            if len(entries) == 1 and self.geometry.leaf > 1:
                change = self._large_leaf(entries[0], wanted)
                if change == "refuse":
                    failures.append(self._stopped(state, direct, stale, pages, "EINVAL", "a large leaf is refused"))
                    return failures
                if change == "split":
                    failures.append(self._stopped(state, direct, stale, pages, "ENOMEM",
                                                  "no page for the table that a split needs"))
                    entries = direct[leaf] = entries * self.geometry.leaf
                    notes.append("splits a large leaf")
                elif change == "whole":
                    reached = list(range(leaf * self.geometry.leaf, (leaf + 1) * self.geometry.leaf))
                    if self.operation.large == "whole":
                        notes.append("changes the whole large leaf")
                else:
                    continue
            direct[leaf] = self._changed(entries, reached, stale)
        done = self._finish(state, direct, stale, pages)
        return [Outcome(done, "", ", ".join(notes)), *failures]

    def _large_leaf(self, entry: int, wanted: list[int]) -> Literal["split", "whole", "refuse", "keep"]:
        if entry & ~self.clears | self.sets == entry and not self.operation.splits_only:
            return "keep"
        if self.operation.splits_only:
            return "split"
        if self.operation.large == "refuse":      # a walk that takes page entries only, however much it covers
            return "refuse"
        if len(wanted) == self.geometry.leaf and not self.page_by_page:
            return "whole"
        return self.operation.large

    def _changed(self, entries: tuple[int, ...], wanted: list[int], stale: list[int]) -> tuple[int, ...]:
        new = list(entries)
        for page in wanted:
            place = page % self.geometry.leaf if len(entries) > 1 else 0
            old = entries[place]
            new[place] = old & ~self.clears | self.sets
            if old & PRESENT and old & ~new[place]:
                stale[page] |= old
        return tuple(new)

    def _finish(self, state: State, direct: list[tuple[int, ...]], stale: list[int], pages: tuple[int, ...]) -> State:
        if self.operation.flushes:
            touched = {page // self.geometry.leaf for page in pages}
            stale = [0 if page // self.geometry.leaf in touched else held for page, held in enumerate(stale)]
        return state._replace(direct=tuple(direct), stale=tuple(stale))

    def _stopped(self, state: State, direct: list[tuple[int, ...]], stale: list[int], pages: tuple[int, ...],
                 error: str, why: str) -> Outcome:
        if not self.operation.partial:
            return Outcome(state, error, why)
        half = self._finish(state, direct, stale, pages)
        return Outcome(half, error, why + (", and what lies before it stays changed" if half != state else ""))


def _converted(operation: Operation, before: State, pages: tuple[int, ...], ends: list[Outcome]) -> list[Outcome]:
    """Return the ends of a conversion: who shares each page, and that after an error nobody can tell."""
    def mark(state: State, *, flag: int, clear: int, which: tuple[int, ...]) -> State:
        return state._replace(pages=tuple(held & ~clear | flag if page in which else held
                                          for page, held in enumerate(state.pages)))

    to_shared = bool(operation.sets & SHARED)
    found = []
    for end in ends:
        if end.error:
            found.append(end._replace(state=mark(end.state, flag=UNKNOWN, clear=0, which=pages)))
            continue
        clear = UNKNOWN | (0 if to_shared else SHARED_PAGE)
        done = mark(end.state, flag=SHARED_PAGE if to_shared else 0, clear=clear, which=pages)
        found.append(end._replace(state=done))
        if operation.refusable:
            for reached in range(len(pages) + 1):
                part = mark(end.state, flag=SHARED_PAGE if to_shared else 0, clear=0 if to_shared else SHARED_PAGE,
                            which=pages[:reached])
                note = "the hypervisor refuses" + (f" after {reached} of {len(pages)} pages" if reached else "")
                found.append(Outcome(mark(part, flag=UNKNOWN, clear=0, which=pages), "EIO", note))
    return found or [Outcome(before, "", "")]
