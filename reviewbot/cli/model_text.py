"""The architecture model for a terminal: one architecture's page, answers to questions, and a check of a tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reviewbot.arch import ArchPage, Behaviour, Check, Fact, Section, Statement, Switch, TableRow, VersionRange
from reviewbot.text import visible

__all__ = ["say_checks", "say_page", "say_rows"]

_NARROW = 76  # columns; below, a table's columns stand under each other
_LONG = 60  # characters; a shorter text is repeated rather than pointed at
_ALIAS = {"vmalloc": "the mapping at the given address only", "linear": "the direct map",
          "both": "the given mapping and its alias in the direct map", "none": "no mapping"}
_OUTCOME = {"holds": "green", "moved": "bold yellow", "gone": "bold red"}


class _Trait(NamedTuple):
    """One thing about a function: its label, what is said about it, and the same in two words."""

    label: str
    texts: tuple[str, ...]
    short: str = ""


def say_page(page: ArchPage, *, width: int, detailed: bool) -> Iterator[RenderableType]:
    """Yield the blocks of one architecture's page: every function of one release in full when `detailed`, else the
    table over the releases."""
    title = f"{page.title}, Linux {page.version}" if detailed else page.title
    yield Text(title, style="bold")
    yield Padding(Text(page.summary), (0, 0, 1, 2))
    seen: dict[_Trait, str] = {}
    for section in page.sections:
        if detailed:
            yield from _details(section, seen)
        elif section.table:
            yield Text(section.title, style="bold cyan")
            yield Padding(_over_releases(page, section.table, width=width), (0, 0, 1, 2))
    if page.statements:
        yield Text(f"The direct map as a whole, Linux {page.version}", style="bold cyan")
        yield Padding(_statements(page.statements, width=width), (0, 0, 1, 2))
    if page.switches:
        yield Text("Switches", style="bold cyan")
        yield from (_switch(switch) for switch in page.switches)
    if page.changes and not detailed:
        yield Text("What changed", style="bold cyan")
        yield Padding(_labelled([(str(change.since), f"{change.text}{_commit(change.commit)}")
                                 for change in page.changes]), (0, 0, 1, 2))


def _commit(commit: str) -> str:
    return f" ({commit})" if commit else ""


def _over_releases(page: ArchPage, rows: Sequence[TableRow], *, width: int) -> RenderableType:
    if width < _NARROW:
        return Group(*(_stacked(page, row) for row in rows))
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for release in page.releases:
        table.add_column(str(release), overflow="fold")
    for row in rows:
        cells = [Text('"', style="dim") if cell.same else _word(cell.word) for cell in row.cells]
        table.add_row(Text("\n".join(row.symbols)), *cells)
    return table


def _stacked(page: ArchPage, row: TableRow) -> RenderableType:
    pairs = [(str(release), cell.word) for release, cell in zip(page.releases, row.cells, strict=True)
             if not cell.same]
    return Group(Text(", ".join(row.symbols)), Padding(_labelled(pairs), (0, 0, 0, 2)))


def _word(word: str) -> Text:
    quiet = word in {"not declared", "stub", "cannot fail"}
    return Text(word, style="dim" if quiet else "")


def _details(section: Section, seen: dict[_Trait, str]) -> Iterator[RenderableType]:
    yield Text(section.title, style="bold cyan")
    for behaviour in section.behaviours:
        yield Padding(Text(", ".join(behaviour.symbols), style="bold"), (0, 0, 0, 2))
        yield Padding(_labelled([pair for trait in _traits(behaviour) for pair in _lines(trait, behaviour, seen)]),
                      (0, 0, 1, 4))
    if section.stubs:
        yield Padding(Text(f"Stubs, which do nothing: {', '.join(section.stubs)}", style="dim"), (0, 0, 0, 2))
    if section.undeclared:
        yield Padding(Text(f"Not declared: {', '.join(section.undeclared)}", style="dim"), (0, 0, 0, 2))
    if section.stubs or section.undeclared:
        yield Text("")


def _lines(trait: _Trait, behaviour: Behaviour, seen: dict[_Trait, str]) -> Iterator[tuple[str, str]]:
    """Yield the trait's lines; what an earlier function said in the same words is only named."""
    first = seen.setdefault(trait, behaviour.symbols[0])
    if first != behaviour.symbols[0] and trait.label != "note" and sum(map(len, trait.texts)) > _LONG:
        yield trait.label, f"{trait.short}{', ' if trait.short else ''}as {first}"
        return
    for number, text in enumerate(trait.texts):
        yield "" if number else trait.label, text


def _traits(behaviour: Behaviour) -> Iterator[_Trait]:
    """Yield what a maintainer asks about a function, in that order."""
    fact = behaviour.fact
    yield _Trait("is", (_kind(fact),))
    if fact.errnos:
        yield _Trait("fails", tuple(f"{name}: {reason}" for name, reason in fact.errnos),
                     " ".join(name for name, _ in fact.errnos))
    else:
        yield _Trait("fails", ("never" if fact.may_fail is False else "not known",))
    if fact.drops:
        yield _Trait("drops", (f"the result of {', '.join(fact.drops)}",))
    if fact.partial_on_failure:
        yield _Trait("half done", ("a failure can leave a part of the range changed",))
    if fact.splits != "no":
        words = {"yes": "large leaves", "cannot": "cannot", "unknown": "not known"}[fact.splits]
        yield _Trait("splits", (f"{words}; {fact.split_alloc}" if fact.split_alloc else words,), words)
    if fact.noop_when:
        yield _Trait("no-op", fact.noop_when)
    yield _Trait("changes", (_ALIAS.get(fact.alias, "not known"),))
    flushes = {True: "yes", False: "no", None: "not known"}[fact.flushes]
    yield _Trait("flushes", (f"{flushes}; {fact.flush_how}" if fact.flush_how else flushes,), flushes)
    sleeps = {True: "may sleep", False: "does not sleep", None: "not known whether it sleeps"}[fact.sleeps]
    yield _Trait("context", (f"{sleeps}; takes {fact.locks}" if fact.locks else sleeps,), sleeps)
    for symbols, text in behaviour.notes:
        everybody = symbols == behaviour.symbols
        yield _Trait("note", (text if everybody else f"{', '.join(symbols)}: {text}",))


def _kind(fact: Fact) -> str:
    what = "a macro" if fact.status == "macro" else "a function"
    check = ", __must_check" if fact.must_check else ""
    when = f", with {fact.condition}" if fact.condition else ""
    return f"{what} that returns {fact.returns}{check}, in {fact.defined_in}{when}"


def _statements(statements: Sequence[Statement], *, width: int) -> RenderableType:
    if width < _NARROW:
        return Group(*(Group(Text(statement.topic, style="bold"), Padding(Text(statement.text), (0, 0, 0, 2)))
                       for statement in statements))
    rows = []
    before = ""
    for statement in statements:
        rows.append(("" if statement.topic == before else statement.topic, statement.text))
        before = statement.topic
    return _labelled(rows)


def _switch(switch: Switch) -> RenderableType:
    return Padding(Group(Text(switch.name, style="bold"),
                         Padding(_labelled([("default", switch.default), ("decides", switch.decides),
                                            ("since", _span(switch.versions))]), (0, 0, 1, 2))), (0, 0, 0, 2))


def _span(versions: VersionRange) -> str:
    return f"{versions.first} or earlier" if str(versions.first) == "5.10" else str(versions.first)


def _labelled(pairs: Sequence[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for label, text in pairs:
        table.add_row(Text(label), Text(text))
    return table


def say_rows(rows: Sequence[Mapping[str, object]], *, width: int) -> Iterator[RenderableType]:
    """Yield the answers of a query as lines: what each function is, and how it fails, flushes and sleeps."""
    narrow = width < _NARROW
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("release", "arch", "function", "is", "fails with", "splits", "flushes", "sleeps"):
        if not narrow:
            table.add_column(title, no_wrap=title == "function")
    for row in rows:
        real = row["status"] in {"real", "macro"}
        errnos = row["errnos"]
        fails = " ".join(map(str, errnos)) if isinstance(errnos, list) and errnos else "cannot fail"
        cells = [str(row["version"]), str(row["arch"]), str(row["symbol"]), str(row["status"]),
                 fails if real else "", str(row["splits"]) if real else "",
                 _yes(row["flushes"]) if real else "", _yes(row["sleeps"]) if real else ""]
        if narrow:
            yield Text(" ".join(cells[:3]), style="bold")
            yield Padding(Text(f"{cells[3]}; {fails}; splits {cells[5]}; flushes {cells[6]}; sleeps {cells[7]}"
                               if real else cells[3]), (0, 0, 0, 2))
        else:
            table.add_row(*(Text(cell) for cell in cells))
    if not narrow:
        yield table


def _yes(value: object) -> str:
    return "?" if value is None else "yes" if value else "no"


def say_checks(checks: Sequence[Check], *, verbose: bool) -> Iterator[RenderableType]:
    """Yield what no longer stands, place by place with everything that rests on it, and then the counts."""
    places: dict[tuple[object, ...], list[Check]] = {}
    for item in checks:
        if verbose or item.outcome != "holds":
            anchor = item.anchor
            key = (item.arch, item.outcome, item.file, item.line, anchor.file, anchor.function, anchor.has,
                   anchor.lacks, anchor.path)
            places.setdefault(key, []).append(item)
    for items in places.values():
        yield _place(items)
    counts: dict[str, dict[str, int]] = {}
    for item in checks:
        outcomes = counts.setdefault(item.arch, dict.fromkeys(_OUTCOME, 0))
        outcomes[item.outcome] += 1
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("", *_OUTCOME):
        table.add_column(title, justify="right" if title else "left")
    for arch, outcomes in sorted(counts.items()):
        table.add_row(Text("generic code" if arch == "*" else arch),
                      *(Text(str(number), style=_OUTCOME[name] if number else "dim")
                        for name, number in outcomes.items()))
    yield table


def _place(items: Sequence[Check]) -> RenderableType:
    first = items[0]
    anchor = first.anchor
    where = f"{first.file}:{first.line}" if first.line else first.file
    head = Text.assemble((first.outcome, _OUTCOME[first.outcome]), f"  {visible(where)}",
                         (f"  {first.function}()" if first.function else "", "dim"))
    said = " ".join((anchor.has or anchor.lacks or " -> ".join((anchor.function, *anchor.path))).split())
    pairs = [("why", visible(first.why))] if first.why else []
    pairs.append(("lacks" if anchor.lacks and not anchor.has else "wanted", said))
    if first.outcome == "moved":
        pairs.append(("was in", f"{anchor.file} {anchor.function}".rstrip()))
    fields = sorted({field for item in items for field in item.anchor.holds_for})
    subjects = sorted({item.subject for item in items})
    who = "generic code" if first.arch == "*" else first.arch
    pairs.append(("bears", f"{who}: {', '.join(subjects)}" + (f" ({', '.join(fields)})" if fields else "")))
    return Group(head, Padding(_labelled(pairs), (0, 0, 1, 2)))
