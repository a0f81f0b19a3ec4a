"""The review for a terminal: the summary that a person reads, and the one-line form of compilers."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reviewbot.findings.types import Level, RuleText
from reviewbot.report.behaviour import CallChange, say_effect
from reviewbot.report.order import in_report_order, is_new, spell_count
from reviewbot.report.page import build_page
from reviewbot.report.view import Card, Page, PatchView, Phrase
from reviewbot.review.types import Review
from reviewbot.text import clip, squash, visible

__all__ = ["PLAIN", "Screen", "render_terse", "render_text", "screen_for"]

_STYLES: Mapping[Level, str] = {"error": "bold red", "warning": "bold yellow", "question": "bold blue", "note": "dim"}
_VERDICTS = {"contradicted": "bold red", "holds": "green", "cannot-tell": "dim"}
_NARROW = 60  # columns; below, a label stands above its text instead of beside it
_FEW = 3  # pieces of evidence of one statement; the other formats have them all
_MOST_SKIPS = 5
_MOST_ROWS = 16  # of changed behaviour
_MOST_STATEMENTS = 6  # of one topic of the level set


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Where the text goes: its width in columns, and whether it understands colours."""

    width: int = 80
    colour: bool = False


PLAIN = Screen()


def screen_for(stream: TextIO, environ: Mapping[str, str]) -> Screen:
    """Return the screen behind the stream: 80 plain columns unless it is a terminal; NO_COLOR is obeyed."""
    if not stream.isatty() or environ.get("TERM") == "dumb":
        return PLAIN
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        width = PLAIN.width
    return Screen(width=min(max(width, 40), 160), colour=not environ.get("NO_COLOR"))


def render_terse(review: Review) -> str:
    """Return one line for each finding that counts, `FILE:LINE: LEVEL: message [rule]`; empty when there is none.

    Old and silenced findings stay out, because a caller such as `b4 am` takes every line for a complaint.
    """
    lines = []
    for finding in in_report_order(review.findings):
        if is_new(finding):
            where = f"{finding.file or 'series'}:{finding.line}"
            lines.append(visible(squash(f"{where}: {finding.level}: {finding.message} [{finding.rule}]")) + "\n")
    return "".join(lines)


def render_text(review: Review, rules: Mapping[str, RuleText], *, screen: Screen = PLAIN) -> str:
    """Return the maintainer's summary: the level set, what changes, claims, findings by patch, what was looked at."""
    stream = io.StringIO()
    # Everything that rich would otherwise look up in the environment is given here: same review, same bytes.
    console = Console(file=stream, width=screen.width, color_system="standard" if screen.colour else None,
                      force_terminal=screen.colour, no_color=not screen.colour, markup=False, highlight=False,
                      emoji=False, legacy_windows=False, _environ={})
    page = build_page(review, rules)
    for block in _blocks(page, narrow=screen.width < _NARROW):
        console.print(block)
    text = "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _blocks(page: Page, *, narrow: bool) -> Iterator[RenderableType]:
    yield from _top(page)
    if page.level_set:
        yield _heading("What this series really does")
        for topic in page.level_set:
            yield _text(topic.title, style="bold")
            for statement in topic.statements[:_MOST_STATEMENTS]:
                places = [Text(visible(item.place), style="dim") for item in statement.proof[:_FEW]]
                yield _labelled(statement.arch, Group(_text(statement.text), *places), narrow=narrow)
            left = len(topic.statements) + len(topic.rest) - _MOST_STATEMENTS
            if left > 0:
                yield Padding(Text(f"{left} more; the other formats have them.", style="dim"), (0, 0, 0, 2))
    if page.changes or page.same:
        yield _heading("Changed behaviour")
        shown = _first_changes(page.changes)
        for change in shown:
            yield from _change(change, narrow=narrow)
        left = len(page.changes) - len(shown) + page.changes_left
        if left > 0:
            yield Text(f"{left} more that change; the other formats have them.", style="dim")
        if page.same:
            yield Text(f"{page.same_count} where nothing changes.", style="dim")
    if page.claims:
        yield _heading("Claims, held against the code")
        for claim in page.claims:
            text = Text.assemble("\N{LEFT DOUBLE QUOTATION MARK}", _text(claim.text),
                                 f"\N{RIGHT DOUBLE QUOTATION MARK} ({claim.patch})")
            places = [Text(visible(item.place), style="dim") for item in claim.proof[:_FEW]]
            yield _labelled(claim.words, Group(text, *places), narrow=narrow, style=_VERDICTS[claim.verdict])
    yield from _findings(page)
    yield from _bottom(page)


def _top(page: Page) -> Iterator[RenderableType]:
    yield Text(visible(page.title), style="bold")
    yield Text(visible(" · ".join((page.version, *(value for _, value in page.byline)))), style="dim")
    for notice in page.notices:
        yield Text(visible(notice), style="yellow")
    yield Text("")
    style = _STYLES[page.counts[0][0]] if page.counts else "bold green"
    yield Text(visible(page.headline) + ".", style=style)


def _first_changes(changes: Sequence[CallChange]) -> list[CallChange]:
    """Return the changes that a terminal has room for: at least one, and then no more rows than it takes."""
    shown: list[CallChange] = []
    rows = 0
    for change in changes:
        rows += len(change.rows)
        if shown and rows > _MOST_ROWS:
            break
        shown.append(change)
    return shown


def _change(change: CallChange, *, narrow: bool) -> Iterator[RenderableType]:
    patch = "the whole series" if change.patch == "series" else f"patch {change.patch}"
    for place in change.places[:_FEW]:
        within = f" in {place.function}()" if place.function else ""
        yield Text.assemble((visible(f"{place.call}{within}"), "bold"), (visible(f"  {place.file}, {patch}"), "dim"))
    if len(change.places) > _FEW:
        yield Text(f"and {spell_count(len(change.places) - _FEW, 'call')} more that change alike", style="dim")
    for row in change.rows:
        yield Padding(Text(visible(row.where + (f" with {row.when}" if row.when else ""))), (0, 0, 0, 2))
        yield _labelled("before", Text(visible(say_effect(row.before))), narrow=narrow, indent=4, width=8)
        yield _labelled("after", Text(visible(say_effect(row.after))), narrow=narrow, indent=4, width=8)
    for sentence in change.same:
        yield Padding(Text(visible(sentence), style="dim"), (0, 0, 0, 2))


def _findings(page: Page) -> Iterator[RenderableType]:
    if page.series_cards:
        yield _heading("The whole series")
        for card in page.series_cards:
            yield _card(card)
    for patch in page.patches:
        cards = [*patch.cards, *(card for file in patch.files for part in file.parts for card in part.cards)]
        if cards:
            yield from _patch(patch, cards)


def _patch(patch: PatchView, cards: Sequence[Card]) -> Iterator[RenderableType]:
    yield _heading(f"Patch {patch.number}  {visible(patch.title)}")
    if not patch.applied_well:
        yield Text(visible(f"{patch.applies}: {patch.note}" if patch.note else patch.applies), style="yellow")
    for card in cards:
        yield _card(card)


def _card(card: Card) -> RenderableType:
    parts: list[RenderableType] = [Text.assemble(
        (visible(card.place), "bold"), ": " if card.place else "", (card.level, _STYLES[card.level]), ": ",
        _text(card.message), (visible(f" [{card.rule}]"), "dim"))]
    if card.source_line:
        parts.append(Padding(Text(visible(squash(card.source_line)), style="cyan"), (0, 0, 0, 4)))
    if card.question:
        parts.append(Padding(Text.assemble("? ", _text(card.question)), (0, 0, 0, 2)))
    parts.append(Padding(Text(visible(f"{card.where}; {card.when}"), style="dim"), (0, 0, 0, 4)))
    for item in card.proof[:_FEW]:
        shown = visible(squash(f"{item.place}: {clip(item.text, 200)}" if item.text else item.place))
        parts.append(Padding(Text(shown, style="dim"), (0, 0, 0, 4)))
    return Padding(Group(*parts), (0, 0, 1, 0))


def _bottom(page: Page) -> Iterator[RenderableType]:
    yield _heading("What was looked at")
    lines = [page.coverage, f"{page.base} {page.applies}".strip()]
    if page.aside:
        lines.append(f"Apart: {page.aside}.")
    yield from (Text(visible(line)) for line in lines)
    for where, stage, why in page.skips[:_MOST_SKIPS]:
        yield Text(visible(f"Not looked at: {where} ({stage}): {why}"), style="dim")
    left = len(page.skips) - _MOST_SKIPS + page.skips_left
    if left > 0:
        yield Text(f"Not looked at: {left} more, listed in the other formats", style="dim")


def _heading(text: str) -> RenderableType:
    return Text(f"\n{text}", style="bold underline")


def _text(phrase: Phrase, *, style: str = "") -> Text:
    text = Text(style=style)
    for piece in phrase:
        plain = not piece.code or piece.text.endswith("()") or piece.text.startswith(("CONFIG_", "-E"))
        plain = plain or piece.text.endswith(("=y", "=m", "=n"))
        text.append(visible(piece.text if plain else f"'{piece.text}'"))
    return text


def _labelled(label: str, body: RenderableType, *, narrow: bool, style: str = "bold", indent: int = 2,
              width: int = 14) -> RenderableType:
    """Return the body with its label beside it, or above it where there is no room."""
    if narrow:
        return Padding(Group(Text(visible(label), style=style), Padding(body, (0, 0, 0, 2))), (0, 0, 0, indent))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=width)
    grid.add_column(ratio=1)
    grid.add_row(Text(visible(label), style=style), body)
    return Padding(grid, (0, 0, 0, indent))
