"""Which definition a name gets: all its places, and for each architecture and configuration the one that counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.kconfig.headers import Headers, Visible, is_for, macro_name
from reviewbot.kconfig.sightings import Sighting
from reviewbot.kconfig.texts import Texts
from reviewbot.kconfig.types import Answer, Candidate, Definition, Resolution, Status, SymbolReport
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var
from reviewbot.source.matcher import names_in
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["SOURCE_ENDINGS", "SOURCE_FOLDERS", "Asking", "Resolver"]

# What of a kernel tree is built into a kernel or a module; samples, tools and scripts are programs of their own.
SOURCE_FOLDERS = ("arch", "block", "certs", "crypto", "drivers", "fs", "include", "init", "io_uring", "ipc", "kernel",
                  "lib", "mm", "net", "rust", "security", "sound", "usr", "virt")
SOURCE_ENDINGS = (".c", ".h", ".S")
_MOST_CALLS = 4
_MOST_DEPTH = 3
_MMU = Var("CONFIG_MMU")
# Macros of every tree: whatever calls nothing else than these does something.
_MACROS = frozenset({"IS_ENABLED", "IS_BUILTIN", "IS_MODULE", "IS_REACHABLE", "static_branch_likely",
                     "static_branch_unlikely"})


class Asking(Protocol):
    """What the resolver asks about configurations; `KernelConfig` answers."""

    tree: Tree

    def possible(self, cond: Cond, arch: str) -> Answer:
        """Return whether the condition can hold."""

    def can(self, cond: Cond, arch: str) -> Ternary:
        """Return the same, cheaper."""

    def ordinary(self, cond: Cond, arch: str) -> bool:
        """Return whether it holds by default."""

    def kbuild(self, path: str, arch: str) -> Cond:
        """Return when the file is built."""

    def simplified(self, cond: Cond, arch: str) -> Cond:
        """Return the condition without what Kconfig settles."""

    def knows(self, symbol: str, arch: str) -> bool:
        """Return whether Kconfig defines the symbol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A sighting with the whole condition under which the architecture has it."""

    sighting: Sighting
    condition: Cond


class Resolver:
    """Resolves names in one tree; files are searched once for each name and kept."""

    def __init__(self, asking: Asking, texts: Texts, *, makers: Mapping[str, tuple[str, ...]] | None = None,
                 parent: Resolver | None = None, changed: frozenset[str] = frozenset()) -> None:
        """`makers` names for a symbol the macros that are known to define it, from the API files.

        `parent` resolves in the tree before a patch that touched the files `changed`: what it found elsewhere counts.
        """
        self._asking, self._tree, self._texts = asking, asking.tree, texts
        self._parent, self._changed = parent, changed
        self._makers = makers or {}
        self._files: dict[str, tuple[str, ...]] = {}
        self._sites: dict[str, tuple[str, ...]] = {}
        self._headers: dict[str, Headers] = {}
        self._places: dict[tuple[str, str, str], tuple[_Place, ...]] = {}
        self._visible: dict[tuple[str, str], Visible] = {}
        self._in_headers: dict[tuple[str, str], tuple[_Place, ...]] = {}

    def prepare(self, symbols: Iterable[str]) -> None:
        """Search for many names at once: one pass over the tree instead of one for each."""
        wanted = sorted(set(symbols) - set(self._files))
        if not wanted:
            return
        if self._parent:
            self._parent.prepare(wanted)
            paths: tuple[str, ...] = tuple(path for path in sorted(self._changed) if path.endswith(SOURCE_ENDINGS)
                                           and path.split("/", 1)[0] in SOURCE_FOLDERS)
            found = {name: [path for path in self._parent.files(name) if path not in self._changed] for name in wanted}
        else:
            paths = self._tree.search(wanted, prefixes=SOURCE_FOLDERS, suffixes=SOURCE_ENDINGS)
            found = {name: [] for name in wanted}
        named = names_in(wanted)
        for path in paths:
            for name in named(self._tree.read(path) or b""):
                found[name].append(path)
        self._files.update((name, tuple(sorted(paths))) for name, paths in found.items())
        macros = {macro_name(variable) for name in wanted for sighting in self._sightings(name)
                  for variable in sighting.condition.variables()}
        self._prepare_macros(macros - {""} - set(self._sites))

    def files(self, symbol: str) -> tuple[str, ...]:
        """Return the files that a search for the name found, sorted."""
        return self._files.get(symbol, ())

    def macro_files(self, names: set[str]) -> tuple[str, ...]:
        """Return the headers that may define one of the macros."""
        if not self._parent:
            return self._tree.search(sorted(names), prefixes=("include", "arch"), suffixes=(".h",))
        before = self._parent.macro_files(names)
        changed = (path for path in self._changed if path.endswith(".h") and path.startswith(("include/", "arch/")))
        return tuple(sorted({*before, *changed}))

    def _prepare_macros(self, names: set[str]) -> None:
        if not names:
            return
        for name in names:
            self._sites[name] = ()
        for path in self.macro_files(names):
            text = self._texts.get(self._tree, path)
            if text is None:
                continue
            for event in text.events():
                if event.kind == "define" and event.name in names and path not in self._sites[event.name]:
                    self._sites[event.name] += (path,)

    def _sightings(self, symbol: str) -> list[Sighting]:
        makers = self._makers.get(symbol, ())
        return [sighting for path in self._files.get(symbol, ())
                for sighting in self._texts.sightings(self._tree, path, symbol, makers=makers)]

    def report(self, symbol: str, *, arches: Sequence[str], config: Cond, from_file: str) -> SymbolReport:
        """Return every place of the name and what each of the architectures gets."""
        self.prepare([symbol])
        resolution = [entry for arch in arches
                      for entry in self._resolution(symbol, arch, config=config, from_file=from_file)]
        return SymbolReport(symbol=symbol, definitions=self._definitions(symbol, arches), config=config,
                            resolution=tuple(resolution), from_file=from_file)

    def candidates(self, symbol: str, arch: str) -> tuple[Candidate, ...]:
        """Return every place of the name that the architecture may have, with its whole condition."""
        self.prepare([symbol])
        return tuple(
            Candidate(
                definition=Definition(file=place.sighting.file, line=place.sighting.line, kind=place.sighting.kind,
                                      condition=place.condition),
                static=place.sighting.static, stub=place.sighting.stub, calls=place.sighting.calls,
                returns=f"{place.sighting.returns} {place.sighting.value}".strip(),
                made_by=place.sighting.made_by, gpl=place.sighting.gpl)
            for place in self._all_places(symbol, arch) if not place.sighting.marker
        )

    def find_header(self, name: str, arch: str) -> str | None:
        """Return the path that `<name>` means on the architecture, None when the tree has no such header."""
        return self.headers_of(arch).find(name)

    def view_of(self, symbol: str, arch: str, paths: Iterable[str]) -> tuple[Headers, tuple[Sighting, ...]]:
        """Return the headers of the architecture, and the places of the name in the files `paths`."""
        makers = self._makers.get(symbol, ())
        sightings = tuple(one for path in paths if is_for(path, arch)
                          for one in self._texts.sightings(self._tree, path, symbol, makers=makers) if not one.marker)
        return self.headers_of(arch), sightings

    # Every place of the name

    def _definitions(self, symbol: str, arches: Sequence[str]) -> tuple[Definition, ...]:
        out = []
        for sighting in self._sightings(symbol):
            if sighting.marker:
                continue
            owner = sighting.file.split("/")[1] if sighting.file.startswith("arch/") else ""
            if owner and arches and not any(is_for(sighting.file, arch) for arch in arches):
                continue
            arch = next((arch for arch in arches if is_for(sighting.file, arch)), owner)
            built = self._asking.kbuild(sighting.file, arch) if arch else TRUE
            out.append(Definition(file=sighting.file, line=sighting.line, kind=sighting.kind,
                                  condition=And(sighting.condition, built)))
        return tuple(sorted(out, key=lambda one: (one.file, one.line, one.kind)))

    # One architecture

    def headers_of(self, arch: str) -> Headers:
        """Return the headers of the tree as the architecture sees them."""
        known = self._headers.get(arch)
        if known is None:
            known = self._headers[arch] = Headers(self._tree, arch, self._texts)
        return known

    def _all_places(self, symbol: str, arch: str, from_file: str = "") -> tuple[_Place, ...]:
        key = (symbol, arch, from_file)
        known = self._places.get(key)
        if known is None:
            found = (self._place(sighting, arch, from_file) for sighting in self._sightings(symbol)
                     if is_for(sighting.file, arch))
            known = self._places[key] = tuple(place for place in found if place.condition != FALSE)
        return known

    def _place(self, sighting: Sighting, arch: str, from_file: str) -> _Place:
        in_header = sighting.file.endswith(".h")
        start = from_file and self._start(from_file, arch)
        if start and (in_header or sighting.file == start):
            visible = self.seen_from(start, arch)
            context = visible.contexts.get(sighting.file, {})
            nest = sighting.condition.replace(lambda name: context.get(macro_name(name)))
            around = visible.files.get(sighting.file, FALSE)
        elif start and sighting.static:
            return _Place(sighting=sighting, condition=FALSE)
        else:
            nest = self._macros_replaced(sighting.condition, sighting.file, arch, 0)
            around = self.headers_of(arch).reach(sighting.file) if in_header \
                else self._asking.kbuild(sighting.file, arch)
            around = self._macros_replaced(around, sighting.file, arch, 0)
        return _Place(sighting=sighting, condition=self._asking.simplified(And(nest, around), arch))

    def refused(self, path: str, lines: Iterable[int], arch: str) -> Cond:
        """Return when one of these 1-based lines of a file, each of them an `#error`, stops a build that reads it."""
        text = self._texts.get(self._tree, path)
        nests = (text.conditions.at_line(line) for line in lines) if text else ()
        return self._asking.simplified(Or(*(self._macros_replaced(nest, path, arch, 0, handed_on=True)
                                            for nest in nests)), arch)

    def _start(self, from_file: str, arch: str) -> str:
        """Return the path of the file that looks: a path in the tree, or what `<linux/x.h>` means."""
        name = from_file.strip("<>")
        return name if self._tree.exists(name) else self.headers_of(arch).find(name) or name

    def seen_from(self, start: str, arch: str) -> Visible:
        """Return what the file includes under some configuration of the architecture."""
        known = self._visible.get((start, arch))
        if known is None:
            known = self.headers_of(arch).visible(start, settle=lambda cond: self._asking.simplified(cond, arch))
            self._visible[start, arch] = known
        return known

    def _macros_replaced(self, cond: Cond, path: str, arch: str, depth: int, *, handed_on: bool = False) -> Cond:
        """Return the condition with `defined(X)` replaced by when a header of the architecture defines X.

        With `handed_on` a header counts where another one includes it: `asm/page_64.h` in 64-bit kernels alone.
        """
        names = {macro_name(variable) for variable in cond.variables()} - {""}
        if not names or depth > _MOST_DEPTH:
            return cond
        self._prepare_macros(names - set(self._sites))

        def replaced(variable: str) -> Cond | None:
            name = macro_name(variable)
            sites = self._sites.get(name, ())
            if not sites:
                return None
            arms = []
            for site in sites:
                text = self._texts.get(self._tree, site)
                if text is None or not is_for(site, arch):
                    continue
                for event in text.events():
                    if event.kind == "define" and event.name == name:
                        # The fallback's own `#define X X` stands inside `#ifndef X` and tells nothing.
                        here = event.condition.replace(lambda other: FALSE if other == variable else None)
                        if variable in event.condition.variables() and site == path:
                            continue
                        headers = self.headers_of(arch)
                        arms.append(And(self._macros_replaced(here, site, arch, depth + 1), headers.reach(site),
                                        headers.handed_on(site) if handed_on else TRUE))
            return Or(*arms)

        return cond.replace(replaced)

    def _resolution(self, symbol: str, arch: str, *, config: Cond, from_file: str) -> list[Resolution]:
        places = self._all_places(symbol, arch, from_file)
        if from_file:
            # The question is about the file, so it is asked where the file is built.
            config = And(config, self._asking.kbuild(self._start(from_file, arch), arch))
            places = self._declared_only(places, self._start(from_file, arch))
        definitions = self._strong([place for place in places if place.sighting.kind in {"function", "inline", "macro"}
                                    and not place.sighting.marker])
        split = [part for place in definitions for part in self._split(place, arch, depth=0)]
        entries = [self._entry(place, status, arch, config, places) for place, status in split]
        entries.extend(self._missing(places, definitions, arch, config))
        possible = [entry for entry in entries if entry is not None]
        if not possible and self._asking.possible(config, arch).ternary is not Ternary.NO:
            possible = [Resolution(arch=arch, status="undeclared", defined_in="", condition=config, returns="",
                                   example=())]
        return sorted(possible, key=lambda entry: self._rank(entry, config))

    def _declared_only(self, places: Sequence[_Place], start: str) -> tuple[_Place, ...]:
        """Return the places, a function of another C file only where the file that looks sees a declaration of it."""
        declared = Or(*(place.condition for place in places if place.sighting.kind == "declaration"
                        and (place.sighting.file.endswith(".h") or place.sighting.file == start)))
        return tuple(
            replace(place, condition=And(place.condition, declared))
            if place.sighting.kind == "function" and place.sighting.file != start else place
            for place in places)

    def _rank(self, entry: Resolution, config: Cond) -> tuple[bool, bool, bool, bool, str]:
        with_mmu = not self._asking.knows("MMU", entry.arch) or \
            self._asking.possible(And(entry.condition, config, _MMU), entry.arch).ternary is not Ternary.NO
        return (entry.ternary is not Ternary.YES, entry.status in {"undefined", "undeclared"}, not with_mmu,
                not self._asking.ordinary(And(entry.condition, config), entry.arch), entry.defined_in)

    def _strong(self, places: list[_Place]) -> list[_Place]:
        """Return the places, a __weak one only where no other function of that name is built."""
        strong = Or(*(place.condition for place in places
                      if place.sighting.kind == "function" and not place.sighting.static and not place.sighting.weak))
        return [replace(place, condition=And(place.condition, Not(strong))) if place.sighting.weak else place
                for place in places]

    def _split(self, place: _Place, arch: str, *, depth: int) -> list[tuple[_Place, Status]]:
        """Return the place with its status; a generic wrapper is a stub where all that it calls are stubs."""
        sighting = place.sighting
        if sighting.stub:
            return [(place, "stub")]
        if sighting.kind == "macro" or (sighting.made_by and sighting.file.endswith(".h")):
            return [(place, "macro")]
        generic = sighting.kind == "inline" and sighting.file.startswith("include/") and sighting.plain
        if not generic or not sighting.calls or len(sighting.calls) > _MOST_CALLS or depth > 1:
            return [(place, "real")]
        nothing = TRUE
        for name in sighting.calls:
            nothing = And(nothing, FALSE if name in _MACROS else self._does_nothing(name, arch, depth))
            if nothing == FALSE:
                return [(place, "real")]
        parts: tuple[tuple[Cond, Status], ...] = ((Not(nothing), "real"), (nothing, "stub"))
        split = [(replace(place, condition=self._asking.simplified(And(place.condition, cond), arch)), status)
                 for cond, status in parts]
        return [(part, status) for part, status in split if part.condition != FALSE]

    def _does_nothing(self, name: str, arch: str, depth: int) -> Cond:
        """Return when a called name is a stub on the architecture."""
        places = [place for place in self._called(name, arch) if not place.sighting.marker
                  and place.sighting.kind in {"function", "inline", "macro"} and not
                  (place.sighting.static and place.sighting.file.endswith(".c"))]
        return Or(*(part.condition for place in places for part, status in self._split(place, arch, depth=depth + 1)
                    if status == "stub"))

    def _called(self, name: str, arch: str) -> tuple[_Place, ...]:
        """Return the places of a called name; only those of headers where one defines it, which spares all callers."""
        known = self.in_headers(name, arch)
        if known:
            return known
        self.prepare([name])
        return self._all_places(name, arch)

    def in_headers(self, name: str, arch: str) -> tuple[_Place, ...]:
        """Return the inline functions and macros of the name that headers give the architecture."""
        key = (name, arch)
        known = self._in_headers.get(key)
        if known is None:
            makers = self._makers.get(name, ())
            files = self._files[name] if name in self._files else self.macro_files({name})
            found = [self._place(sighting, arch, "") for path in files if is_for(path, arch)
                     and path.endswith(".h") and path.startswith(("arch/", "include/"))
                     for sighting in self._texts.sightings(self._tree, path, name, makers=makers)
                     if sighting.kind in {"inline", "macro"} and not sighting.marker]
            known = self._in_headers[key] = tuple(place for place in found if place.condition != FALSE)
        return known

    def truth(self, name: str, arch: str, *, near: str) -> Cond | None:
        """Return when a call `name()` in the file `near` is true as its inline definitions tell it: options decide,
        and what else they ask is a variable named by its C text. None when that cannot be told.

        Where the function is defined elsewhere it is the variable `name()`.
        """
        own = [_Place(sighting=one, condition=one.condition) for one in self._texts.sightings(
            self._tree, near, name, makers=()) if one.kind in {"function", "inline", "macro"} and not one.marker]
        if any(place.sighting.weak for place in own):  # another file's body may replace it
            own = self._bodies(name, arch)
        found: Sequence[_Place] = own or self.in_headers(name, arch)
        if not found:
            return None
        places = found if not _any_alike(found) else [
            one for one in found if self._asking.can(one.condition, arch) is not Ternary.NO]
        if _any_alike(places):  # of two headers the file may see either
            return None
        arms = [And(place.condition, parse_c_condition(place.sighting.gives.encode()) if place.sighting.gives
                    else Var(f"{name}()")) for place in places]
        elsewhere = Not(Or(*(place.condition for place in places)))
        return self._asking.simplified(Or(*arms, And(elsewhere, Var(f"{name}()"))), arch)

    def _bodies(self, name: str, arch: str) -> list[_Place]:
        """Return the global definitions of a name, each with when the architecture has it and no stronger one."""
        self.prepare([name])
        return self._strong([
            place for place in self._all_places(name, arch) if place.sighting.kind in {"function", "inline", "macro"}
            and not place.sighting.marker and not (place.sighting.static and place.sighting.file.endswith(".c"))])

    def _entry(self, place: _Place, status: Status, arch: str, config: Cond,
               places: Sequence[_Place]) -> Resolution | None:
        sighting = place.sighting
        cond = self._asking.simplified(place.condition, arch)
        answer = self._asking.possible(And(cond, config), arch)
        if answer.ternary is Ternary.NO:
            return None
        exported = None
        if sighting.kind == "function" and not sighting.static:
            exported = Or(*(other.condition for other in places if other.sighting.kind == "export"))
        return Resolution(arch=arch, status=status, defined_in=f"{sighting.file}:{sighting.line}", condition=cond,
                          returns=sighting.returns, value=sighting.value, example=answer.example, exported=exported,
                          ternary=answer.ternary, free=answer.free)

    def _missing(self, places: Sequence[_Place], definitions: Sequence[_Place], arch: str,
                 config: Cond) -> list[Resolution | None]:
        """Return where the name is declared but not defined, and where it is not even declared."""
        declared = [place for place in places
                    if place.sighting.kind == "declaration" and place.sighting.file.endswith(".h")]
        public = [place for place in definitions if not (place.sighting.static and place.sighting.file.endswith(".c"))]
        defined = Or(*(place.condition for place in public))
        out: list[Resolution | None] = []
        lacking: dict[Cond, _Place] = {}  # of two prototypes for the same configurations the generic one is told
        for place in sorted(declared, key=lambda one: one.sighting.file.startswith("arch/")):
            lacking.setdefault(self._asking.simplified(And(place.condition, Not(defined)), arch), place)
        out.extend(self._absent("undefined", place, cond, arch, config) for cond, place in lacking.items())
        headers = [place for place in [*declared, *public] if place.sighting.file.endswith(".h")]
        # A name that no header has is used where its own C file declares it.
        seen = Or(*(place.condition for place in headers or public))
        if seen != FALSE:
            out.append(self._absent("undeclared", None, self._asking.simplified(Not(seen), arch), arch, config))
        return out

    def _absent(self, status: Status, place: _Place | None, cond: Cond, arch: str, config: Cond) -> Resolution | None:
        answer = self._asking.possible(And(cond, config), arch)
        if answer.ternary is not Ternary.YES:
            return None
        where = f"{place.sighting.file}:{place.sighting.line}" if place else ""
        return Resolution(arch=arch, status=status, defined_in=where, condition=cond,
                          returns=place.sighting.returns if place else "", example=answer.example)


def _any_alike(places: Sequence[_Place]) -> bool:
    """Return whether two of the places may stand under one configuration."""
    return any(And(one.condition, other.condition) != FALSE
               for number, one in enumerate(places) for other in places[:number])
