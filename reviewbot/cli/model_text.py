"""The architecture model for a terminal: one architecture's page, answers to questions, and a check of a tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reviewbot.arch import Anchor, ArchPage, Check, Section, Statement, TableRow
from reviewbot.report import Line, SaidBefore, say_backend, say_behaviour, say_found, say_setting, say_switch, say_yes
from reviewbot.text import visible

__all__ = ["say_checks", "say_page", "say_rows"]

_NARROW = 76  # columns; below, a table's columns stand under each other
_OUTCOME = {"holds": "green", "moved": "bold yellow", "gone": "bold red"}


def say_page(page: ArchPage, *, width: int, detailed: bool,
             places: Mapping[Anchor, Check]) -> Iterator[RenderableType]:
    """Yield the blocks of one architecture's page: every function of one release in full when `detailed`, else the
    table over the releases. `places` says where in a tree each fact stands; without a tree it is empty."""
    title = f"{page.title}, Linux {page.version}" if detailed else page.title
    yield Text(title, style="bold")
    yield Padding(Text(page.summary), (0, 0, 1, 2))
    said: SaidBefore = {}
    for section in page.sections:
        if detailed:
            yield from _details(section, said, places)
        elif section.table:
            yield Text(section.title, style="bold cyan")
            yield Padding(_over_releases(page, section.table, width=width), (0, 0, 1, 2))
    if page.statements:
        yield Text(f"The direct map as a whole, Linux {page.version}", style="bold cyan")
        yield Padding(_statements(page.statements, width=width), (0, 0, 1, 2))
    if page.switches:
        yield Text("Switches", style="bold cyan")
        yield from (_entry(switch.name, say_switch(switch)) for switch in page.switches)
    if page.runtimes and detailed:
        yield Text("Names in conditions", style="bold cyan")
        yield from (_entry(runtime.name, say_setting(runtime)) for runtime in page.runtimes)
    if page.backends.rows and detailed:
        yield Text("What it can run on", style="bold cyan")
        yield from (_entry(row.title, say_backend(page.backends, row)) for row in page.backends.rows)
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


def _details(section: Section, said: SaidBefore, places: Mapping[Anchor, Check]) -> Iterator[RenderableType]:
    yield Text(section.title, style="bold cyan")
    for behaviour in section.behaviours:
        yield Padding(Text(", ".join(behaviour.symbols), style="bold"), (0, 0, 0, 2))
        lines = [pair for line in say_behaviour(behaviour, said) for pair in _said(line)]
        yield Padding(_labelled([*lines, *_places(behaviour.anchors, places)]), (0, 0, 1, 4))
    rest = [f"Stubs, which do nothing{f', with {condition}' if condition else ''}: {', '.join(symbols)}"
            for condition, symbols in section.stubs]
    if section.undeclared:
        rest.append(f"Not declared: {', '.join(section.undeclared)}")
    for text in rest:
        yield Padding(Text(text, style="dim"), (0, 0, 0, 2))
    if rest:
        yield Text("")


def _said(line: Line) -> Iterator[tuple[str, str]]:
    """Yield the lines of one trait; what an earlier function said in the same words is only named."""
    texts = (", ".join((*line.texts, f"as {line.like}")),) if line.like else line.texts
    for number, text in enumerate(texts):
        yield "" if number else line.label, text


def _places(anchors: Sequence[Anchor], places: Mapping[Anchor, Check]) -> Iterator[tuple[str, str]]:
    """Yield where in the tree the facts stand, a line a file; what does not stand comes first, each on its own."""
    found = [places[anchor] for anchor in anchors if anchor in places]
    lines = list(dict.fromkeys(say_found(check) for check in found if check.outcome != "holds"))
    files: dict[str, dict[str, set[int]]] = {}
    for check in found:
        if check.outcome == "holds":
            files.setdefault(check.file, {}).setdefault(check.function, set()).add(check.line)
    lines += [f"{file}: {'; '.join(_numbered(name, numbers) for name, numbers in sorted(functions.items()))}"
              for file, functions in sorted(files.items())]
    for number, text in enumerate(lines):
        yield "" if number else "stands at", text


def _numbered(name: str, lines: set[int]) -> str:
    return f"{name} {', '.join(map(str, sorted(lines)))}".lstrip()


def _statements(statements: Sequence[Statement], *, width: int) -> RenderableType:
    if width < _NARROW:
        return Group(*(Group(Text(statement.topic, style="bold"), Padding(Text(statement.text), (0, 0, 0, 2)))
                       for statement in statements))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(style="dim", width=1, no_wrap=True)
    table.add_column(ratio=1)
    before = ""
    for statement in statements:
        table.add_row("" if statement.topic == before else statement.topic, "-", Text(statement.text))
        before = statement.topic
    return table


def _entry(name: str, said: Sequence[tuple[str, str]]) -> RenderableType:
    return Padding(Group(Text(name, style="bold"), Padding(_labelled(said), (0, 0, 1, 2))), (0, 0, 0, 2))


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
                 say_yes(row["flushes"]) if real else "", say_yes(row["sleeps"]) if real else ""]
        if narrow:
            yield Text(" ".join(cells[:3]), style="bold")
            yield Padding(Text(f"{cells[3]}; {fails}; splits {cells[5]}; flushes {cells[6]}; sleeps {cells[7]}"
                               if real else cells[3]), (0, 0, 0, 2))
        else:
            table.add_row(*(Text(cell) for cell in cells))
    if not narrow:
        yield table


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
