"""Reads `rules/arch/*.toml` into a Model, strictly: what the schema does not know does not load.

The schema is docs/architecture-model.md. Every error names the file, the fact and the key.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from reviewbot.arch.bare import BARE, bare_architectures
from reviewbot.arch.load_backends import load_backends
from reviewbot.arch.model import Beside, Model, parse_version
from reviewbot.arch.tables import (
    Place,
    Table,
    anchor_of,
    anchors_of,
    bytes_of,
    line_of,
    only,
    range_of,
    refuse_unanchored,
    releases_of,
    strings,
    table,
    table_in,
    tables,
    text_of,
)
from reviewbot.arch.types import TOPICS, Arch, Change, Fact, KernelVersion, Runtime, Statement, Switch
from reviewbot.errors import DataError, UsageError
from reviewbot.logic import parse_condition
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["load_model"]

_GENERIC = "_generic"
_CONDITIONS = {"condition", "guard", "alias_guard", "sleep_guard"}
_TEXTS = {"file", "split_alloc", "flush_how", "locks", "calls", "notes", "does", "flushes_with"} | _CONDITIONS
_TRUTHS = {"must_check", "may_fail", "partial_on_failure", "flushes", "sleeps", "sleeps_to_split", "atomic_ok",
           "boot", "refuses_linear"}
_LISTS = {"drops", "noop_when"}
_CHOICES = {
    "status": ("real", "stub", "undeclared", "macro"),
    "returns": ("int", "void", "bool"),
    "splits": ("yes", "no", "cannot", "unknown"),
    "alias": ("vmalloc", "linear", "both", "none", "unknown"),
    "large_leaf": ("refused", "whole"),
}
_CAUSES = ("argument", "unaligned", "area", "empty", "hole", "block", "split", "early", "reserved", "refused", "never")
_SHARED = _TEXTS | _TRUTHS | _LISTS | set(_CHOICES) | {"causes", "errnos", "anchor"}
_FACT = _SHARED | {"symbol", "versions", "like", "otherwise", "before", "arches"}
_BORNE = _SHARED | {"default", "decides", "text", "holds", "parameters"}
_NEEDED = ("file", "returns", "may_fail", "splits", "flushes", "sleeps", "alias")
_ERRNO = regex(r"E[A-Z0-9]+|false|[1-9]\d*")
_SYMBOL = regex(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    arch: Arch
    beside: tuple[Beside, ...]
    arches: tuple[str, ...]
    releases: tuple[KernelVersion, ...]


def load_model(folders: tuple[Path, ...]) -> Model:
    """Return the model that the `arch` folders below these rule folders hold; a later folder's file replaces an
    earlier one of the same name.

    Raises DataError naming file, fact and key when a file does not follow the schema.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        files |= {path.name: path for path in sorted((folder / "arch").glob("*.toml"))}
    if f"{_GENERIC}.toml" not in files:
        raise DataError("the architecture model has no file '_generic.toml'", where=" ".join(map(str, folders)),
                        hint="install reviewbot again")
    generic = _load_bytes(bytes_of(files.pop(f"{_GENERIC}.toml")), _GENERIC, ())
    bare = bare_architectures(files.pop(f"{BARE}.toml", None))
    named: dict[str, Path | Table] = {**{f"{name}.toml": data for name, data in bare.items()}, **files}
    own = tuple(_load_file(named[name], generic.releases, name.removesuffix(".toml")) for name in sorted(named))
    return Model(
        arches=tuple(sorted({*generic.arches, *(loaded.arch.name for loaded in own)})),
        releases=generic.releases,
        generic=generic.arch,
        own=tuple(loaded.arch for loaded in own),
        beside=tuple(entry for loaded in own for entry in loaded.beside),
        backends=load_backends(folders, generic.releases),
    )


def _load_file(source: Path | Table, releases: tuple[KernelVersion, ...], name: str) -> _Loaded:
    """Return what a file says, or what `_bare.toml` says of the architecture `name`."""
    if isinstance(source, Path):
        return _load_bytes(bytes_of(source), name, releases)
    return _load_table(source, name, releases, Place(text=f"{BARE}.toml for {name}"))


@lru_cache(maxsize=64)
def _load_bytes(content: bytes, name: str, releases: tuple[KernelVersion, ...]) -> _Loaded:
    """Return what the file of the architecture says; a model that differs in one file has the others as they were."""
    return _load_table(table_in(content, f"{name}.toml"), name, releases, Place(text=f"{name}.toml"))


def _load_table(data: Table, name: str, releases: tuple[KernelVersion, ...], place: Place) -> _Loaded:
    stem, generic = name, name == _GENERIC
    only(data, {"arch", "title", "summary", "profile", "fact", "switch", "statement", "change", "runtime"}
          | ({"arches", "releases"} if generic else set()), place)
    name = text_of(data, "arch", place)
    if name != ("*" if generic else stem):
        raise place.error(f"is '{name}', and the file is named '{stem}.toml'", key="arch")
    if generic:
        releases = releases_of(data, place)
    reader = _Reader(place=place, arch=name, profiles=table(data, "profile", place), releases=releases)
    facts, beside = reader.facts(tables(data, "fact", place))
    return _Loaded(
        arch=Arch(
            name=name,
            title=text_of(data, "title", place),
            summary=" ".join(text_of(data, "summary", place).split()),
            facts=facts,
            switches=tuple(reader.switch(entry) for entry in tables(data, "switch", place)),
            changes=tuple(reader.change(entry) for entry in tables(data, "change", place)),
            statements=tuple(reader.statement(entry) for entry in tables(data, "statement", place)),
            runtimes=tuple(reader.runtime(entry) for entry in tables(data, "runtime", place)),
        ),
        beside=beside,
        arches=strings(data, "arches", place) if generic else (),
        releases=releases,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the tables of one file."""

    place: Place
    arch: str
    profiles: Table
    releases: tuple[KernelVersion, ...]

    def facts(self, entries: Iterable[Table]) -> tuple[tuple[Fact, ...], tuple[Beside, ...]]:
        """Return all facts in the file's order, and which of them stand beside the generic ones."""
        facts: list[Fact] = []
        beside: list[Beside] = []
        for entry in entries:
            names = entry.get("symbol")
            symbols = (names,) if isinstance(names, str) else strings(entry, "symbol", self.place.inside("fact"))
            if not symbols:
                raise self.place.inside("fact").error("names no symbol", key="symbol")
            for symbol in symbols:
                fact = self._fact(entry, symbol)
                facts.append(fact)
                if "otherwise" in entry or "before" in entry:
                    beside.append(Beside(arch=self.arch, symbol=symbol, versions=fact.versions,
                                         generic_first="before" in entry))
        for name in self.profiles:
            only(self.profiles[name], _SHARED, self.place.inside(f"profile '{name}'"))
        self._refuse_overlap(facts)
        return tuple(facts), tuple(beside)

    def _fact(self, entry: Table, symbol: str) -> Fact:
        place = self.place.inside(f"fact '{symbol}' {entry.get('versions', '')}".rstrip())
        only(entry, _FACT, place)
        if not _SYMBOL.fullmatch(symbol):
            raise place.error(f"'{symbol}' is not a C name", key="symbol")
        for key in ("otherwise", "before"):
            if entry.get(key, "generic") != "generic":
                raise place.error("can only be 'generic'", key=key)
        if "arches" in entry and self.arch != "*":
            raise place.error("is for the facts of _generic.toml", key="arches")
        versions = range_of(entry, place)
        merged = self._merge(entry, place)
        self._check_complete(merged, place)
        anchors = tuple(anchor_of(anchor, place, fields=_BORNE, symbol=symbol) for anchor in merged["anchor"])
        refuse_unanchored(anchors, versions, self.releases, place)
        idle = merged["status"] in {"stub", "undeclared"}

        def text(key: str) -> str:
            return " ".join(str(merged.get(key, "")).replace("{symbol}", symbol).split())

        def truth(key: str) -> bool | None:
            value = merged.get(key, False if idle else None)
            return None if value == "unknown" else value

        may_fail = truth("may_fail")
        return Fact(
            symbol=symbol, arch=self.arch, versions=versions, status=merged["status"],
            defined_in="" if merged["status"] == "undeclared" else text("file"), condition=text("condition"),
            returns=merged.get("returns", ""), must_check=bool(truth("must_check")), may_fail=may_fail,
            errnos=tuple((name, " ".join(str(reason).split())) for name, reason in merged.get("errnos", {}).items()),
            causes=tuple((name, tuple(words)) for name, words in merged.get("causes", {}).items()),
            noop_when=tuple(" ".join(when.split()) for when in merged.get("noop_when", ())),
            splits=merged.get("splits", "no"), split_alloc=text("split_alloc"),
            partial_on_failure=False if may_fail is False else truth("partial_on_failure"),
            flushes=truth("flushes"), flush_how=text("flush_how"), sleeps=truth("sleeps"), locks=text("locks"),
            atomic_ok=True if idle else truth("atomic_ok"), alias=merged.get("alias", "none"),
            drops=tuple(merged.get("drops", ())), calls=text("calls"), notes=text("notes"), anchors=anchors,
            arches=strings(entry, "arches", place), guard=text("guard"), alias_guard=text("alias_guard"),
            sleep_guard=text("sleep_guard"), large_leaf=merged.get("large_leaf", "refused"),
            sleeps_to_split=bool(truth("sleeps_to_split")), boot=bool(truth("boot")), does=text("does"),
            flushes_with=text("flushes_with"), refuses_linear=bool(truth("refuses_linear")),
        )

    def _merge(self, entry: Table, place: Place) -> dict[str, Any]:
        """Return the fact's fields over those of its profiles: anchors add up, other keys are replaced as a whole."""
        like = entry.get("like", [])
        merged: dict[str, Any] = {}
        anchors: list[Any] = []
        for name in [like] if isinstance(like, str) else list(strings(entry, "like", place)):
            profile = self.profiles.get(name)
            if not isinstance(profile, dict):
                raise place.error(f"there is no profile '{name}'", key="like")
            inner = place.inside(f"profile '{name}'")
            only(profile, _SHARED, inner)
            _check_values(profile, inner)
            merged = _over(merged, profile)
            anchors += tables(profile, "anchor", inner)
        _check_values(entry, place)
        merged = _over(merged, entry)
        merged["anchor"] = anchors + list(tables(entry, "anchor", place))
        return merged

    @staticmethod
    def _check_complete(merged: Table, place: Place) -> None:
        if "status" not in merged:
            raise place.error("is missing", key="status")
        if merged["status"] in {"real", "macro"}:
            for key in _NEEDED:
                if key not in merged:
                    raise place.error("is missing; a fact that is real says it, if only \"unknown\"", key=key)
            if merged["may_fail"] is True and not merged.get("errnos"):
                raise place.error("is empty, and the function may fail", key="errnos")
            if merged["may_fail"] is True and "partial_on_failure" not in merged:
                raise place.error("is missing, and the function may fail", key="partial_on_failure")
        elif merged["status"] == "stub":
            for key in ("file", "returns"):
                if key not in merged:
                    raise place.error("is missing", key=key)
        if merged["status"] in {"stub", "undeclared"} and merged.get("may_fail"):
            raise place.error(f"a {merged['status']} cannot fail", key="may_fail")

    def _refuse_overlap(self, facts: list[Fact]) -> None:
        by_symbol: dict[str, list[Fact]] = {}
        for fact in facts:
            for other in by_symbol.setdefault(fact.symbol, []):
                if _overlap(fact, other) and fact.condition == other.condition:
                    place = self.place.inside(f"fact '{fact.symbol}'")
                    raise place.error("two facts cover the same release under the same condition", key="versions",
                                      hint="end one range before the other starts, or give each its condition")
            by_symbol[fact.symbol].append(fact)

    def switch(self, entry: Table) -> Switch:
        """Return one `[[switch]]`."""
        place = self.place.inside(f"switch '{entry.get('name', '')}'")
        only(entry, {"name", "versions", "default", "decides", "anchor"}, place)
        versions = range_of(entry, place)
        anchors = anchors_of(entry, place, fields=_BORNE, versions=versions, releases=self.releases)
        return Switch(name=text_of(entry, "name", place), versions=versions, default=line_of(entry, "default", place),
                      decides=line_of(entry, "decides", place), anchors=anchors)

    def statement(self, entry: Table) -> Statement:
        """Return one `[[statement]]`."""
        place = self.place.inside(f"statement '{str(entry.get('text', ''))[:40]}'")
        keys = {"topic", "versions", "text", "anchor", "aside"}
        only(entry, keys | ({"arches"} if self.arch == "*" else set()), place)
        topic = text_of(entry, "topic", place)
        if topic not in TOPICS:
            raise place.error(f"is '{topic}'; it can be {', '.join(sorted(TOPICS))}", key="topic")
        if not TOPICS[topic] and entry.get("aside") is not True:
            raise place.error(f"is '{topic}', which no review prints: it needs aside = true", key="topic")
        versions = range_of(entry, place)
        anchors = anchors_of(entry, place, fields=_BORNE, versions=versions, releases=self.releases)
        return Statement(topic=topic, versions=versions, text=line_of(entry, "text", place), anchors=anchors,
                         arches=strings(entry, "arches", place), aside=entry.get("aside") is True)

    def runtime(self, entry: Table) -> Runtime:
        """Return one `[[runtime]]`: what the machine takes a name in a condition to be."""
        place = self.place.inside(f"runtime '{entry.get('name', '')}'")
        only(entry, {"name", "versions", "holds", "parameters", "requires", "text", "anchor"}
              | ({"arches"} if self.arch == "*" else set()), place)
        if not _SYMBOL.fullmatch(text_of(entry, "name", place)):
            raise place.error(f"'{entry['name']}' is not a C name", key="name")
        versions = range_of(entry, place)
        parameters = table(entry, "parameters", place)
        if not all(isinstance(value, bool) for value in parameters.values()):
            raise place.error("says true or false for each word of the command line", key="parameters")
        requires = str(entry.get("requires", ""))
        for key, text in (("holds", text_of(entry, "holds", place)), ("requires", requires)):
            _check_condition(text, key, place)
        anchors = anchors_of(entry, place, fields=_BORNE, versions=versions, releases=self.releases)
        return Runtime(name=entry["name"], versions=versions, holds=entry["holds"],
                       parameters=tuple(parameters.items()), requires=requires,
                       text=line_of(entry, "text", place), anchors=anchors,
                       arches=strings(entry, "arches", place))

    def change(self, entry: Table) -> Change:
        """Return one `[[change]]`."""
        place = self.place.inside(f"change {entry.get('since', '')}")
        only(entry, {"since", "commit", "text"}, place)
        try:
            since = parse_version(text_of(entry, "since", place))
        except UsageError as problem:
            raise place.error(problem.what, key="since") from problem
        return Change(since=since, commit=str(entry.get("commit", "")), text=line_of(entry, "text", place))


def _overlap(left: Fact, right: Fact) -> bool:
    """Return whether some architecture and release is covered by both."""
    same_arch = not left.arches or not right.arches or bool(set(left.arches) & set(right.arches))
    return same_arch and (left.versions.first in right.versions or right.versions.first in left.versions)


def _over(below: dict[str, Any], entry: Table) -> dict[str, Any]:
    """Return the keys of an entry over those below it; causes belong to the errnos beside them and go with these."""
    kept = {key: value for key, value in below.items() if key != "causes" or "errnos" not in entry}
    return kept | dict(entry)


def _check_values(entry: Table, place: Place) -> None:
    """Refuse a field of a fact or profile whose value has the wrong type or is not one of its words."""
    for key in sorted(set(entry) & _TEXTS):
        if not isinstance(entry[key], str):
            raise place.error("must be a text", key=key)
    for key in sorted(set(entry) & _TRUTHS):
        if not isinstance(entry[key], bool) and entry[key] != "unknown":
            raise place.error("must be true, false or \"unknown\"", key=key)
    for key in sorted(set(entry) & set(_CHOICES)):
        if entry[key] not in _CHOICES[key]:
            raise place.error(f"is '{entry[key]}'; it can be {', '.join(_CHOICES[key])}", key=key)
    for key in sorted(set(entry) & _LISTS):
        strings(entry, key, place)
    for name, reason in table(entry, "errnos", place).items():
        if not _ERRNO.fullmatch(name) or not isinstance(reason, str):
            raise place.error(f"'{name}' is not an errno with a reason", key="errnos")
    for name in table(entry, "causes", place):
        words = strings(entry["causes"], name, place)
        if name not in entry.get("errnos", {}) or not words or not set(words) <= set(_CAUSES):
            raise place.error(f"'{name}' needs an errno beside it and words of {', '.join(_CAUSES)}", key="causes")
    for key in sorted(set(entry) & _CONDITIONS):
        _check_condition(entry[key], key, place)


def _check_condition(text: str, key: str, place: Place) -> None:
    if not text:
        return
    try:
        parse_condition(text)
    except UsageError as problem:
        raise place.error(problem.what, key=key, hint=problem.hint) from problem
