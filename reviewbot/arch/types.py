"""What one architecture does with each function of the family, by kernel version."""

from __future__ import annotations

from typing import Literal

from reviewbot.values import dataclass

__all__ = ["TOPICS", "Anchor", "Arch", "Change", "Fact", "KernelVersion", "Runtime", "Statement", "Switch",
           "VersionRange"]

TOPICS = {"presence": "presence of pages", "split": "splitting", "hibernation": "hibernation",
          "debug-pagealloc": "page-allocator debugging", "permissions": "permissions", "alias": "aliases",
          "kfence": "KFENCE", "encryption": "encryption", "granularity": "size of leaves",
          "boot": "", "caching": "", "flush": ""}
"""What a statement can be about, and how a review's level set calls that, in its order; empty: no review prints it."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class KernelVersion:
    """A kernel release, `6.12` as (6, 12)."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Return `6.12`."""
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRange:
    """Releases from `first` to `last`, both included; `last` None is open: it still holds in the newest known one."""

    first: KernelVersion
    last: KernelVersion | None

    def __contains__(self, version: KernelVersion) -> bool:
        """Return whether the release lies in the range."""
        return self.first <= version and (self.last is None or version <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a fact can be checked: in `file`, in `function` (empty: the whole file), what must stand there.

    `has` and `lacks` are C token sequences (blanks do not matter, `...` stands for any tokens inside one statement
    list); `path` is a chain of calls that starts at `function`. `holds_for` names the fields that rest on it.
    `versions` narrows it to a part of its fact's range (None: all of it).
    """

    file: str
    function: str
    has: str = ""
    lacks: str = ""
    path: tuple[str, ...] = ()
    holds_for: tuple[str, ...] = ()
    versions: VersionRange | None = None

    def covers(self, version: KernelVersion) -> bool:
        """Return whether the anchor should stand in this release of its fact's range."""
        return self.versions is None or version in self.versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What `symbol` is and does on `arch` in the releases `versions`.

    `condition` is a Kconfig expression (empty: always) under which this fact is the one; facts of the same symbol and
    version are the variants, the ordinary configuration's first. `errnos` are (NAME, reason), `causes` the same reasons
    in single words (NAME, (`split`, `refused`, ...)): an error without a cause can come at any time. `noop_when` lists
    when it returns 0 (or nothing) without doing the work. `splits`: may it split a large leaf. `partial_on_failure`: a
    failure can leave part of the range changed. `flushes`: it flushes the TLB itself. `sleeps`: it may sleep or take a
    sleeping lock; `sleeps_to_split`: only where it has to split a leaf. `boot`: it is `__init`, gone after boot.
    `flushes_with`: the last argument with which alone it flushes (`0` of `__kernel_map_pages(page, n, 0)`, where
    mapping needs none); empty: with any.
    `refuses_linear`: an address of the linear map is an error, however the kernel is configured.
    `alias`: which mappings change when called with its ordinary argument. `drops`: inner calls whose errors it drops.
    `does`: what stands for its work on leaves and the TLB where it changes no page table itself.
    `arches`: of a generic fact (`arch` is `*`), the architectures it is about; empty: all.
    For the machine, as conditions over Kconfig symbols and Runtime names, empty where `noop_when` says it already or
    nothing is special: it works only under `guard`, changes the other mappings only under `alias_guard`, sleeps only
    under `sleep_guard`. `large_leaf`: what it does with a leaf that it would have to split and cannot.
    `read_from`: whether its errors are the model's or were read from the code; `assumed`: they were, and it is not
    proved that each of them can come, nor that no other can. `hidden` are functions that a series calls for its work
    and that neither the tree nor the series has: what they split, flush or wait for is not known.
    `flushes_sometimes`: a series has put the flush under a condition.
    """

    symbol: str
    arch: str
    versions: VersionRange
    status: Literal["real", "stub", "undeclared", "macro"]
    defined_in: str
    condition: str
    returns: str
    must_check: bool
    may_fail: bool | None
    errnos: tuple[tuple[str, str], ...]
    noop_when: tuple[str, ...]
    splits: Literal["yes", "no", "cannot", "unknown"]
    split_alloc: str
    partial_on_failure: bool | None
    flushes: bool | None
    flush_how: str
    sleeps: bool | None
    locks: str
    atomic_ok: bool | None
    alias: Literal["vmalloc", "linear", "both", "none", "unknown"]
    drops: tuple[str, ...]
    calls: str
    notes: str
    anchors: tuple[Anchor, ...]
    arches: tuple[str, ...] = ()
    guard: str = ""
    alias_guard: str = ""
    sleep_guard: str = ""
    large_leaf: Literal["refused", "whole"] = "refused"
    causes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sleeps_to_split: bool = False
    boot: bool = False
    does: str = ""
    flushes_with: str = ""
    refuses_linear: bool = False
    read_from: Literal["model", "code"] = "model"
    assumed: bool = False
    hidden: tuple[str, ...] = ()
    flushes_sometimes: bool = False

    @property
    def is_real(self) -> bool:
        """Return whether it has code of its own here, written as a function or made by a macro; else it is a stub."""
        return self.status in {"real", "macro"}

    def possible_errnos(self, gone: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Return the errors that can come: not those whose causes are all among `gone` or never come about."""
        known = dict(self.causes)
        return tuple(name for name, _ in self.errnos if name not in known or set(known[name]) - gone - {"never"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What the machine takes a name in a condition to be, in the releases `versions`.

    `name` is a Kconfig symbol without CONFIG_ or what C code asks (`rodata_full`, `can_set_direct_map`); `holds` is the
    condition under which it is true when nobody sets it. `parameters`: words of the kernel's command line that set it
    (`rodata=off` False). `requires`: what must be so where it is set to true. `text`: one sentence for a person.
    """

    name: str
    versions: VersionRange
    holds: str
    parameters: tuple[tuple[str, bool], ...]
    requires: str
    text: str
    anchors: tuple[Anchor, ...]
    arches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A runtime switch (`rodata=`) with its default in the releases `versions`, and what it decides."""

    name: str
    versions: VersionRange
    default: str
    decides: str
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A full sentence about the direct map as a whole in the releases `versions`, filed under `topic`.

    `arches`: of a generic statement, the architectures it is about; empty: all. `aside`: it decides
    nothing in a review.
    """

    topic: str
    versions: VersionRange
    text: str
    anchors: tuple[Anchor, ...]
    arches: tuple[str, ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed between releases: `since` the release, `commit` (12 hex digits and subject) where known."""

    since: KernelVersion
    commit: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arch:
    """One architecture: its facts, switches and history; `summary` says how its direct map is built."""

    name: str
    title: str
    summary: str
    facts: tuple[Fact, ...]
    switches: tuple[Switch, ...]
    changes: tuple[Change, ...]
    statements: tuple[Statement, ...] = ()
    runtimes: tuple[Runtime, ...] = ()
