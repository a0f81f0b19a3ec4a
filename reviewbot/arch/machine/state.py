"""The states of the machine: plain tuples, so that equal states hash equal and are found again."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["EXECUTE", "FREE", "IN_USE", "LEAKED", "PRESENT", "SHARED", "SHARED_PAGE", "UNKNOWN", "WRITE", "Geometry",
           "Local", "State", "say_entry", "say_page"]

# Bits of an entry of a map, and of what a TLB still holds.
PRESENT, WRITE, EXECUTE, SHARED = 1, 2, 4, 8
# A page: who has it, and two flags.
FREE, IN_USE, LEAKED = 0, 1, 2
SHARED_PAGE, UNKNOWN = 4, 8


class Local(NamedTuple):
    """Where one actor is: its next step, its variables, and how many locks keep it from sleeping."""

    at: int
    values: tuple[int, ...]
    atomic: int


class State(NamedTuple):
    """One state. `direct` has a tuple for each leaf: one entry while it is large, one for each page once it is split.

    `alias` has the vmalloc entry of each page (0: none). `stale` and `alias_stale` are what a TLB may still hold beside
    the entry. `pages` says who has each page. `locks`: the number of the actor that holds it, -1 for nobody.
    """

    direct: tuple[tuple[int, ...], ...]
    alias: tuple[int, ...]
    stale: tuple[int, ...]
    alias_stale: tuple[int, ...]
    pages: tuple[int, ...]
    locks: tuple[int, ...]
    actors: tuple[Local, ...]
    frozen: bool


class Geometry(NamedTuple):
    """How pages lie in leaves: `leaf` pages make one large leaf; `names` has a name for each page."""

    leaf: int
    names: tuple[str, ...]

    def entry(self, state: State, page: int) -> int:
        """Return the direct map's entry for a page, out of its large leaf where that is not split."""
        leaf = state.direct[page // self.leaf]
        return leaf[0] if len(leaf) == 1 else leaf[page % self.leaf]

    def is_large(self, state: State, page: int) -> bool:
        """Return whether the page is mapped by a large leaf."""
        return self.leaf > 1 and len(state.direct[page // self.leaf]) == 1


def say_entry(entry: int) -> str:
    """Return an entry in words: `writable`, `read-only, executable`, `not present`."""
    words = ["writable" if entry & WRITE else "read-only"] if entry & PRESENT else ["not present"]
    words += ["executable"] if entry & EXECUTE and entry & PRESENT else []
    words += ["shared"] if entry & SHARED else []
    return ", ".join(words)


def say_page(page: int) -> str:
    """Return who has a page, in words: `in use, shared with the hypervisor`."""
    words = [{FREE: "free", IN_USE: "in use", LEAKED: "leaked"}[page & 3]]
    words += ["shared with the hypervisor"] if page & SHARED_PAGE else []
    words += ["of unknown state"] if page & UNKNOWN else []
    return ", ".join(words)
