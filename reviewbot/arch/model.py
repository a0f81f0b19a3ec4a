"""The embedded model: every architecture's facts, and which of them answer for a symbol in a release."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from reviewbot.arch.backends import Backends
from reviewbot.arch.types import Arch, Fact, KernelVersion, Runtime, Statement, VersionRange
from reviewbot.errors import UsageError
from reviewbot.patterns import regex
from reviewbot.text import clip, nearest, quote_names, visible
from reviewbot.values import dataclass

__all__ = ["Beside", "Model", "parse_range", "parse_version"]

_VERSION = regex(r"(\d{1,3})\.(\d{1,3})(?:\.\d.*|-.*)?")


@lru_cache(maxsize=256)
def parse_version(text: str) -> KernelVersion:
    """Return the release that `text` names: `6.12`, `v6.12`, `6.12.48`, `6.12-rc3` are all (6, 12).

    Raises UsageError when it names none.
    """
    found = _VERSION.fullmatch(text.strip().removeprefix("v"))
    if not found:
        raise UsageError(f"'{text}' is not a kernel release", hint="write it as in '6.12'")
    return KernelVersion(major=int(found[1]), minor=int(found[2]))


@lru_cache(maxsize=256)
def parse_range(text: str) -> VersionRange:
    """Return the range that `text` writes: `5.10..6.12`, `6.13..`, or one release `6.12`.

    Raises UsageError when it is none of these, or ends before it starts.
    """
    first, dots, last = text.partition("..")
    start = parse_version(first)
    end = (parse_version(last) if last.strip() else None) if dots else start
    if end is not None and end < start:
        raise UsageError(f"the range '{text}' ends before it starts")
    return VersionRange(first=start, last=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An own fact that stands beside the generic ones of its symbol instead of replacing them."""

    arch: str
    symbol: str
    versions: VersionRange
    generic_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """All architectures, sorted by name, with what generic code gives to each of them.

    `generic` is the file `_generic.toml`; `releases` are those that the files were read from, sorted. `backends` has an
    entry for each architecture that can run on more than one thing.
    """

    arches: tuple[str, ...]
    releases: tuple[KernelVersion, ...]
    generic: Arch
    own: tuple[Arch, ...]
    beside: tuple[Beside, ...]
    backends: tuple[Backends, ...] = ()

    def arch(self, name: str) -> Arch:
        """Return one that a user names; an architecture without a file has no own facts. Raises UsageError."""
        if name not in self.arches:
            near = nearest(name, self.arches)
            raise UsageError(f"the model has no architecture '{visible(clip(name, 40))}'",
                             hint=f"did you mean {quote_names(near, joint='or')}?" if near else
                             f"it knows {', '.join(self.arches)}")
        return self.own_of(name)

    def own_of(self, name: str) -> Arch:
        """Return what the model has of an architecture alone: nothing for one that it does not know, `arch/<name>` of
        any mail or tree."""
        known = next((arch for arch in self.own if arch.name == name), None)
        return known or Arch(name=name, title=name, summary=self.generic.summary, facts=(), switches=(), changes=())

    def nearest(self, version: KernelVersion) -> KernelVersion:
        """Return the release that answers for `version`: itself between the first and the last known, else that one."""
        return min(max(version, self.releases[0]), self.releases[-1])

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the names of everything that some architecture has a fact about, sorted."""
        return tuple(sorted({fact.symbol for arch in (self.generic, *self.own) for fact in arch.facts}))

    def fact(self, arch: str, symbol: str, version: KernelVersion) -> tuple[Fact, ...]:
        """Return the variants of `symbol` on `arch` in a release, the ordinary configuration's first; () if unknown.

        The architecture's own facts replace the generic ones, unless one of them says that both stand.
        """
        asked = self.nearest(version)
        own = _covering(self.own_of(arch).facts, symbol, asked)
        beside = [entry for entry in self.beside
                  if entry.arch == arch and entry.symbol == symbol and asked in entry.versions]
        if own and not beside:
            return own
        generic = tuple(replace(fact, arch=arch) for fact in _covering(self.generic.facts, symbol, asked)
                        if not fact.arches or arch in fact.arches)
        return generic + own if any(entry.generic_first for entry in beside) else own + generic

    def statements(self, arch: str, version: KernelVersion) -> tuple[Statement, ...]:
        """Return what holds for the architecture's direct map in a release: its own, then the generic ones."""
        asked = self.nearest(version)
        generic = (said for said in self.generic.statements if not said.arches or arch in said.arches)
        return tuple(said for said in (*self.own_of(arch).statements, *generic) if asked in said.versions)

    def backends_of(self, arch: str, version: KernelVersion) -> Backends:
        """Return what the architecture can run on in a release, and what its code is told there."""
        known = next((entry for entry in self.backends if entry.arch == arch), None)
        return (known or Backends(arch=arch, rows=(), answers=(), conversions=())).at(self.nearest(version))

    def runtimes(self, arch: str, version: KernelVersion) -> tuple[Runtime, ...]:
        """Return what the machine takes names in conditions to be, sorted by name; own entries replace generic ones."""
        asked = self.nearest(version)
        generic = [entry for entry in self.generic.runtimes if not entry.arches or arch in entry.arches]
        found = {entry.name: entry for entry in (*generic, *self.own_of(arch).runtimes) if asked in entry.versions}
        return tuple(found[name] for name in sorted(found))


def _covering(facts: tuple[Fact, ...], symbol: str, version: KernelVersion) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact.symbol == symbol and version in fact.versions)
