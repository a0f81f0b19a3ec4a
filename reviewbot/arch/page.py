"""What `model show` says about one architecture, as plain data: sections of facts, and a table over releases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reviewbot.arch.backends import Backends
from reviewbot.arch.model import Model
from reviewbot.arch.types import Anchor, Arch, Change, Fact, KernelVersion, Runtime, Statement, Switch
from reviewbot.values import dataclass

__all__ = ["ArchPage", "Behaviour", "Cell", "Section", "TableRow", "anchors_of", "build_arch_page"]

_SECTIONS = (
    ("Permissions", ("set_memory_ro", "set_memory_rw", "set_memory_x", "set_memory_nx", "set_memory_rox",
                     "set_memory_rwnx", "set_pages_ro", "set_pages_rw")),
    ("Presence and page size", ("set_memory_np", "set_memory_p", "set_memory_valid", "set_memory_np_noalias",
                                "set_memory_4k", "set_memory_global", "set_memory_nonglobal")),
    ("The direct map", ("set_direct_map_invalid_noflush", "set_direct_map_default_noflush",
                        "set_direct_map_valid_noflush", "can_set_direct_map", "kernel_page_present")),
    ("Page-allocator debugging and hibernation",
     ("__kernel_map_pages", "kernel_map_pages", "debug_pagealloc_map_pages", "debug_pagealloc_unmap_pages",
      "hibernate_map_page", "hibernate_unmap_page")),
    ("Encryption", ("set_memory_encrypted", "set_memory_decrypted")),
    ("Caching", ("set_memory_uc", "set_memory_wc", "set_memory_wb", "set_pages_uc", "set_pages_wb",
                 "set_pages_array_uc", "set_pages_array_wc", "set_pages_array_wt", "set_pages_array_wb")),
)
_WORKERS = "Workers behind them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Functions that do the same in one release. `fact` stands for all of them; `notes` are (symbols, sentence).

    `anchors` are those of all of them that should stand in the release.
    """

    symbols: tuple[str, ...]
    fact: Fact
    notes: tuple[tuple[tuple[str, ...], str], ...]
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A function in one release: `word` says it in a few words, `same` that nothing changed since the column before."""

    word: str
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One function (or several that are the same in every column) over the releases."""

    symbols: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the page: what is real, the names of stubs and of what is not declared, in one release.

    `stubs` are (condition, symbols): under it (empty: always) these do nothing.
    """

    title: str
    behaviours: tuple[Behaviour, ...]
    stubs: tuple[tuple[str, tuple[str, ...]], ...]
    undeclared: tuple[str, ...]
    table: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchPage:
    """The page of one architecture in the release `version`; `releases` are the columns of the tables.

    `switches`, `runtimes`, `statements` and `backends` are those of the release, what generic code says included;
    `changes` are all.
    """

    name: str
    title: str
    summary: str
    version: KernelVersion
    releases: tuple[KernelVersion, ...]
    sections: tuple[Section, ...]
    switches: tuple[Switch, ...]
    runtimes: tuple[Runtime, ...]
    statements: tuple[Statement, ...]
    changes: tuple[Change, ...]
    backends: Backends


def build_arch_page(model: Model, name: str, version: KernelVersion | None = None) -> ArchPage:
    """Return the page of an architecture for a release, the newest known one when none is given.

    Raises UsageError for an architecture that is not in the model.
    """
    arch = model.arch(name)
    asked = model.nearest(version) if version else model.releases[-1]
    placed = {symbol for _, symbols in _SECTIONS for symbol in symbols}
    rest = tuple(symbol for symbol in model.symbols if symbol not in placed)
    sections = (_section(model, name, asked, title=title, symbols=symbols)
                for title, symbols in (*_SECTIONS, (_WORKERS, rest)))
    sources: tuple[Arch, ...] = (arch, model.generic)
    return ArchPage(
        name=name, title=arch.title, summary=arch.summary, version=version or asked, releases=model.releases,
        sections=tuple(section for section in sections
                       if section.behaviours or section.stubs or section.undeclared or section.table),
        switches=tuple(replace(entry, anchors=_standing(entry.anchors, asked)) for entry in _switches(sources, asked)),
        runtimes=tuple(replace(entry, anchors=_standing(entry.anchors, asked))
                       for entry in model.runtimes(name, asked)),
        statements=tuple(replace(entry, anchors=_standing(entry.anchors, asked))
                         for entry in sorted(model.statements(name, asked), key=lambda statement: statement.topic)),
        changes=tuple(sorted((c for source in sources for c in source.changes), key=lambda change: change.since)),
        backends=_backends_of(model.backends_of(name, asked), asked),
    )


def _backends_of(known: Backends, version: KernelVersion) -> Backends:
    """Return the backends with the anchors that should stand in the release."""
    return Backends(
        arch=known.arch, rows=tuple(replace(row, anchors=_standing(row.anchors, version)) for row in known.rows),
        answers=tuple(replace(entry, anchors=_standing(entry.anchors, version)) for entry in known.answers),
        conversions=tuple(replace(entry, anchors=_standing(entry.anchors, version)) for entry in known.conversions),
        callers=tuple(replace(entry, anchors=_standing(entry.anchors, version)) for entry in known.callers))


def anchors_of(page: ArchPage) -> tuple[Anchor, ...]:
    """Return every anchor that the page rests on in its release, each once, in the page's order."""
    groups = [behaviour.anchors for section in page.sections for behaviour in section.behaviours]
    groups += [entry.anchors for entry in page.statements]
    groups += [entry.anchors for entry in page.switches]
    groups += [entry.anchors for entry in page.runtimes]
    groups += [row.anchors for row in page.backends.rows]
    groups += [answer.anchors for answer in page.backends.answers]
    groups += [conversion.anchors for conversion in page.backends.conversions]
    groups += [caller.anchors for caller in page.backends.callers]
    return tuple(dict.fromkeys(anchor for group in groups for anchor in group))


def _standing(anchors: Iterable[Anchor], version: KernelVersion) -> tuple[Anchor, ...]:
    return tuple(dict.fromkeys(anchor for anchor in anchors if anchor.covers(version)))


def _switches(sources: tuple[Arch, ...], version: KernelVersion) -> tuple[Switch, ...]:
    """Return the switches of a release; what the first source says about one replaces what later ones say."""
    found: dict[str, list[Switch]] = {}
    for source in sources:
        here = [switch for switch in source.switches if version in switch.versions and switch.name not in found]
        for switch in here:
            found.setdefault(switch.name, []).append(switch)
    return tuple(switch for switches in found.values() for switch in switches)


def _section(model: Model, arch: str, version: KernelVersion, *, title: str, symbols: tuple[str, ...]) -> Section:
    behaviours: dict[tuple[object, ...], list[Fact]] = {}
    stubs: dict[str, list[str]] = {}
    undeclared: list[str] = []
    for symbol in symbols:
        facts = model.fact(arch, symbol, version)
        for fact in facts:
            if fact.is_real:
                behaviours.setdefault(_key(fact), []).append(fact)
            elif fact.status == "stub":
                stubs.setdefault(fact.condition, []).append(symbol)
        if facts and all(fact.status == "undeclared" for fact in facts):
            undeclared.append(symbol)
    return Section(
        title=title,
        behaviours=tuple(_behaviour(facts, version) for facts in behaviours.values()),
        stubs=tuple((condition, tuple(names)) for condition, names in stubs.items()),
        undeclared=tuple(undeclared),
        table=_table(model, arch, symbols),
    )


def _behaviour(facts: list[Fact], version: KernelVersion) -> Behaviour:
    notes: dict[str, list[str]] = {}
    for fact in facts:
        if fact.notes:
            notes.setdefault(fact.notes, []).append(fact.symbol)
    return Behaviour(symbols=tuple(fact.symbol for fact in facts), fact=facts[0],
                     notes=tuple((tuple(symbols), text) for text, symbols in notes.items()),
                     anchors=_standing((anchor for fact in facts for anchor in fact.anchors), version))


def _key(fact: Fact) -> tuple[object, ...]:
    """Return what a reader would call the behaviour: everything but names, places and remarks."""
    return (fact.status, fact.condition, fact.returns, fact.must_check, fact.may_fail, fact.errnos, fact.noop_when,
            fact.splits, fact.partial_on_failure, fact.flushes, fact.sleeps, fact.alias)


def _table(model: Model, arch: str, symbols: tuple[str, ...]) -> tuple[TableRow, ...]:
    rows: dict[tuple[Cell, ...], list[str]] = {}
    for symbol in symbols:
        columns = [model.fact(arch, symbol, release)[:1] for release in model.releases]
        if any(fact.status != "undeclared" for column in columns for fact in column):
            rows.setdefault(_cells(columns), []).append(symbol)
    return tuple(TableRow(symbols=tuple(names), cells=cells) for cells, names in rows.items())


def _cells(columns: list[tuple[Fact, ...]]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    before: Fact | None = None
    for column in columns:
        fact = column[0] if column else None
        word = _word(fact) if fact else ""
        same = bool(cells) and fact is not None and _plain_key(fact) == _plain_key(before)
        if cells and not same and fact and before and word == _word(before):
            word = f"{word} ({', '.join(_differences(before, fact))})"
        cells.append(Cell(word=word, same=same))
        before = fact
    return tuple(cells)


def _differences(before: Fact, after: Fact) -> list[str]:
    """Return in a few words what else is different in the later release; at least one when the behaviour is."""
    splits = {"yes": "splits", "no": "no split", "cannot": "cannot split", "unknown": "may split"}
    pairs = (
        (before.splits != after.splits, splits[after.splits]),
        (before.sleeps != after.sleeps, "sleeps" if after.sleeps else "does not sleep"),
        (before.flushes != after.flushes, "flushes" if after.flushes else "does not flush"),
        (before.partial_on_failure != after.partial_on_failure,
         "may be half done" if after.partial_on_failure else "all or nothing"),
        (bool(before.noop_when) != bool(after.noop_when), "can be a no-op" if after.noop_when else "no longer a no-op"),
        (before.alias != after.alias, f"changes {after.alias}"),
        (before.must_check != after.must_check, "__must_check" if after.must_check else "no __must_check"),
        (before.returns != after.returns, f"returns {after.returns}"),
        (before.status != after.status, f"a {after.status}"),
        (before.condition != after.condition, f"with {after.condition}" if after.condition else "always"),
    )
    return [text for differs, text in pairs if differs][:3]


def _plain_key(fact: Fact | None) -> tuple[object, ...]:
    """Return the behaviour without the reasons: a reason may be worded anew where nothing changed."""
    if fact is None:
        return ()
    names = frozenset(name for name, _ in fact.errnos)
    return (fact.status, fact.condition, fact.returns, fact.must_check, fact.may_fail, names, bool(fact.noop_when),
            fact.splits, fact.partial_on_failure, fact.flushes, fact.sleeps, fact.alias)


def _word(fact: Fact) -> str:
    if fact.status == "undeclared":
        return "not declared"
    if fact.status == "stub":
        return "stub"
    if fact.may_fail is None:
        return "may or may not fail"
    return " ".join(name for name, _ in fact.errnos) if fact.may_fail else "cannot fail"
