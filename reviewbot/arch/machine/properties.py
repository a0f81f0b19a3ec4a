"""The five properties, each as the question that is asked at the step where it can break."""

from __future__ import annotations

from collections.abc import Iterable

from reviewbot.arch.machine.operations import Operation
from reviewbot.arch.machine.state import (
    EXECUTE,
    FREE,
    LEAKED,
    PRESENT,
    SHARED_PAGE,
    UNKNOWN,
    WRITE,
    Geometry,
    State,
    say_entry,
)
from reviewbot.arch.machine.types import PropertyName, Violation

__all__ = ["PROPERTIES", "access", "belief", "freed", "sleeping", "write_execute"]

PROPERTIES: dict[PropertyName, str] = {
    "read": "nobody touches a page through a mapping that does not allow it",
    "free": "no page is freed while unmapped, read-only, shared or of unknown state",
    "write-execute": "no mapping of a page is writable and executable",
    "view": "what a caller takes for granted about its pages is so",
    "sleep": "nothing sleeps in atomic context",
}
_NEEDS = {"read": PRESENT, "write": PRESENT | WRITE, "run": PRESENT | EXECUTE}


def access(state: State, geometry: Geometry, actor: str, kind: str, pages: Iterable[int],
           *, at_alias: bool) -> Violation | None:
    """Return what goes wrong when an actor reads, writes or runs these pages at their linear or vmalloc address."""
    for page in pages:
        entry = state.alias[page] if at_alias else geometry.entry(state, page)
        if entry & _NEEDS[kind] != _NEEDS[kind]:
            where = "at its vmalloc address" if at_alias else "in the direct map"
            return Violation(broken="read", text=f"{actor} {kind}s {geometry.names[page]}, which is {say_entry(entry)} "
                                                 f"{where}{_leaf(state, geometry, page, at_alias=at_alias)}")
    return None


def _leaf(state: State, geometry: Geometry, page: int, *, at_alias: bool) -> str:
    return " as part of a large leaf" if not at_alias and geometry.is_large(state, page) else ""


def freed(state: State, geometry: Geometry, actor: str, pages: Iterable[int]) -> Violation | None:
    """Return what goes wrong when an actor gives these pages back to the page allocator."""
    for page in pages:
        held, entry = state.pages[page], geometry.entry(state, page)
        alias = state.alias[page] | state.alias_stale[page]
        for wrong, words in (
            (held & 3 == FREE, "which is free already"),
            (held & 3 == LEAKED, "which it had given up"),
            (held & UNKNOWN, "and nobody knows whether it is private or shared"),
            (held & SHARED_PAGE, "while it is shared with the hypervisor"),
            (not entry & PRESENT,
             "while it is not present in the direct map" + _leaf(state, geometry, page, at_alias=False)),
            (not entry & WRITE, "while it is read-only in the direct map"),
            (alias & PRESENT and alias & EXECUTE, "while a vmalloc address, or a TLB, still lets it be executed"),
        ):
            if wrong:
                return Violation(broken="free", text=f"{actor} frees {geometry.names[page]} {words}")
    return None


def write_execute(state: State, geometry: Geometry, pages: Iterable[int]) -> Violation | None:
    """Return what goes wrong when a mapping of these pages, with what TLBs hold of it, is writable and executable."""
    for page in pages:
        for entry, stale, where in ((state.alias[page], state.alias_stale[page], "at its vmalloc address"),
                                    (geometry.entry(state, page), state.stale[page], "in the direct map")):
            reach = (entry if entry & PRESENT else 0) | stale
            if reach & WRITE and reach & EXECUTE:
                late = "" if entry & WRITE and entry & EXECUTE else ", because a TLB still holds the old entry"
                return Violation(broken="write-execute",
                                 text=f"{geometry.names[page]} is writable and executable {where}{late}")
    return None


def belief(state: State, geometry: Geometry, actor: str, word: str, pages: Iterable[int],
           *, at_alias: bool) -> Violation | None:
    """Return what goes wrong when an actor goes on as if these pages were what `word` says."""
    for page in pages:
        entry = state.alias[page] if at_alias else geometry.entry(state, page)
        shared = bool(state.pages[page] & SHARED_PAGE)
        unknown = bool(state.pages[page] & UNKNOWN)
        true = {
            "present": bool(entry & PRESENT), "absent": not entry & PRESENT,
            "writable": entry & (PRESENT | WRITE) == PRESENT | WRITE, "read-only": not entry & WRITE,
            "executable": entry & (PRESENT | EXECUTE) == PRESENT | EXECUTE, "not-executable": not entry & EXECUTE,
            "shared": shared and not unknown, "private": not shared and not unknown,
        }[word]
        if not true:
            said = {"shared": "is private", "private": "is shared"}.get(word, f"is {say_entry(entry)}")
            said = "is of unknown state" if unknown and word in {"shared", "private"} else said
            where = " at its vmalloc address" if at_alias else " in the direct map"
            where = "" if word in {"shared", "private"} else where
            return Violation(broken="view",
                             text=f"{actor} takes {geometry.names[page]} to be {word}, and it {said}{where}")
    return None


def sleeping(operation: Operation, actor: str, *, atomic: bool) -> Violation | None:
    """Return what goes wrong when the call is made where nothing may sleep."""
    if atomic and operation.may_sleep:
        return Violation(broken="sleep", text=f"{actor} calls {operation.call} in atomic context, and it may sleep")
    return None
