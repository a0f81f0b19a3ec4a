"""The pieces of the terminal form that every part of it is made of, and the first page made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reviewbot.report.view import Front, FrontAsk, FrontRow, Phrase
from reviewbot.text import visible

__all__ = ["front_blocks", "heading", "labelled", "text_of"]

_STYLES: Mapping[str, str] = {"worse": "bold red", "better": "green", "different": "bold yellow", "same": "dim"}
_WIDE = 9  # columns of the verdict
_NUMBER = 5  # of a patch of a series of up to 99


def front_blocks(front: Front, *, narrow: bool, why: bool) -> Iterator[RenderableType]:
    """Yield the first page: head, conclusion, rows, questions, claims, what was not seen, what was looked at."""
    yield Text.assemble((visible(front.title), "bold"), visible(f" · {front.byline}") if front.byline else "")
    for notice in front.notices:
        yield Text(visible(notice), style="yellow")
    yield Text(visible(front.base), style="dim")
    yield Text("")
    yield text_of(front.conclusion, style="bold")
    if front.since:
        yield text_of(front.since)
    if rows := [row for row in front.rows if why or not row.told]:
        yield heading("What changes")
        for row in rows:
            yield _row(row, narrow=narrow, why=why)
    if front.ask:
        yield heading("Ask")
        for ask in front.ask:
            yield _ask(ask, narrow=narrow, why=why)
    if front.claims or front.held:
        yield heading("Claims")
        for claim in front.claims:
            because = f" ({claim.because})" if claim.because else ""
            said = f"\N{LEFT DOUBLE QUOTATION MARK}{claim.text}\N{RIGHT DOUBLE QUOTATION MARK} does not hold{because}."
            yield labelled(claim.patch, Text(visible(said)), narrow=narrow, width=_NUMBER)
        if front.held:
            yield Padding(Text(visible(f"Proved: {front.held}"), style="dim"), (0, 0, 0, 2))
    if front.not_seen:
        yield Text("")
        yield Text.assemble(("Not seen: ", "bold"), visible(front.not_seen) + ".")
    if front.bottom:
        yield Text("")
        yield Text(visible(front.bottom), style="dim")


def _row(row: FrontRow, *, narrow: bool, why: bool) -> RenderableType:
    place = " ".join(part for part in (row.patch, row.place) if part)
    first = Text.assemble((visible(row.where), "bold"), (visible(f"{'  ' if row.where else ''}{place}"), "dim"))
    parts: list[RenderableType] = [first, *([text_of(row.statement)] if row.statement else [])]
    if why:
        parts.append(Text(visible(f"{row.id}: {row.why}"), style="dim"))
    for ask in row.asks:
        patch = f"{ask.patch} " if ask.place and ask.patch != row.patch else ""
        where = f" ({patch}{ask.place})" if ask.place else ""
        parts.append(Text.assemble(("Ask", "bold"), visible(f"{where}: "), text_of(ask.question)))
        if why:
            parts.append(Text(visible(f"{ask.id}: {ask.why}"), style="dim"))
    return labelled(row.verdict, Group(*parts), narrow=narrow, style=_STYLES[row.verdict], width=_WIDE)


def _ask(ask: FrontAsk, *, narrow: bool, why: bool) -> RenderableType:
    parts: list[RenderableType] = [Text.assemble((visible(f"{ask.place}  "), "dim") if ask.place else "",
                                                 text_of(ask.question))]
    if why:
        parts.append(Text(visible(f"{ask.id}: {ask.why}"), style="dim"))
    return labelled(ask.patch, Group(*parts), narrow=narrow, width=_NUMBER)


def heading(text: str) -> RenderableType:
    return Text(f"\n{text}", style="bold underline")


def text_of(phrase: Phrase, *, style: str = "") -> Text:
    text = Text(style=style)
    for piece in phrase:
        plain = not piece.code or piece.text.endswith("()") or piece.text.startswith(("CONFIG_", "-E"))
        plain = plain or piece.text.endswith(("=y", "=m", "=n"))
        text.append(visible(piece.text if plain else f"'{piece.text}'"))
    return text


def labelled(label: str, body: RenderableType, *, narrow: bool, style: str = "bold", indent: int = 2,
              width: int = 14) -> RenderableType:
    """Return the body with its label beside it, or above it where there is no room."""
    if narrow:
        return Padding(Group(Text(visible(label), style=style), Padding(body, (0, 0, 0, 2))), (0, 0, 0, indent))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=width)
    grid.add_column(ratio=1)
    grid.add_row(Text(visible(label), style=style), body)
    return Padding(grid, (0, 0, 0, indent))
