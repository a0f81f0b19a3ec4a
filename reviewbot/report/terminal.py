"""The review for a terminal: the summary that a person reads, and the one-line form of compilers."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from reviewbot.findings.types import Level, RuleText
from reviewbot.report.behaviour import CallChange, say_effect
from reviewbot.report.order import in_report_order, is_new
from reviewbot.report.page import build_page
from reviewbot.report.show import PAGE, Show
from reviewbot.report.terminal_parts import front_blocks, heading, labelled, text_of
from reviewbot.report.view import Card, Page, PatchView, Proof
from reviewbot.review.types import Review
from reviewbot.text import squash, visible
from reviewbot.values import dataclass

__all__ = ["PLAIN", "Screen", "render_terse", "render_text", "screen_for"]

_STYLES: Mapping[Level, str] = {"error": "bold red", "warning": "bold yellow", "question": "bold blue", "note": "dim"}
_VERDICTS = {"contradicted": "bold red", "holds": "green", "cannot-tell": "dim"}
_PLAINLY = "\x1b[0m"  # ends colours
_NARROW = 60  # columns; below, a label stands above its text instead of beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Where the text goes: its width in columns, and whether it understands colours."""

    width: int = 80
    colour: bool = False


PLAIN = Screen()


def screen_for(stream: TextIO, environ: Mapping[str, str]) -> Screen:
    """Return the screen behind the stream: 80 plain columns unless it is a terminal; NO_COLOR is obeyed,
    and a dumb terminal gets no colour.

    FORCE_COLOR says that behind a pipe, too, there is one (`less -R`), COLUMNS then how wide it is.
    """
    if environ.get("FORCE_COLOR", "0") not in {"", "0"} and not stream.isatty():
        said = environ.get("COLUMNS", "")
        width = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else PLAIN.width
        return Screen(width=_held(width), colour=not environ.get("NO_COLOR"))
    if not stream.isatty():
        return PLAIN
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        width = PLAIN.width
    return Screen(width=_held(width), colour=not environ.get("NO_COLOR") and environ.get("TERM") != "dumb")


def _held(width: int) -> int:
    return min(max(width, 40), 160)


def _trimmed(line: str) -> str:
    """Return the line without the blanks at its end, also where it is painted to its end."""
    bare = line.rstrip()
    return f"{bare.removesuffix(_PLAINLY).rstrip()}{_PLAINLY}" if bare.endswith(_PLAINLY) else bare


def render_terse(review: Review) -> str:
    """Return one line for each finding that counts, `FILE:LINE: LEVEL: message [rule]`; empty when there is none.

    Old and suppressed findings stay out, because a caller such as `b4 am` takes every line for a complaint.
    """
    lines = []
    for finding in in_report_order(review.findings):
        if is_new(finding):
            where = f"{finding.file or 'series'}:{finding.line}"
            lines.append(visible(squash(f"{where}: {finding.level}: {finding.message} [{finding.rule}]")) + "\n")
    return "".join(lines)


def render_text(review: Review, rules: Mapping[str, RuleText], *, screen: Screen = PLAIN, show: Show = PAGE) -> str:
    """Return the first page, and as much of the rest as `show` asks for: the level set, what changes, claims, findings
    by patch, what was looked at."""
    stream = io.StringIO()
    # Everything that rich would otherwise look up in the environment is given here: same review, same bytes.
    console = Console(file=stream, width=screen.width, color_system="standard" if screen.colour else None,
                      force_terminal=screen.colour, no_color=not screen.colour, markup=False, highlight=False,
                      emoji=False, legacy_windows=False, _environ={})
    page = build_page(review, {rule: replace(text, doc="") for rule, text in rules.items()})  # HTML alone shows them
    for block in _blocks(page, show, narrow=screen.width < _NARROW):
        console.print(block)
    text = "\n".join(map(_trimmed, stream.getvalue().split("\n")))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _blocks(page: Page, show: Show, *, narrow: bool) -> Iterator[RenderableType]:
    yield from front_blocks(page.front, narrow=narrow, why=show.why)
    if show.full:
        yield from _rest(page, narrow=narrow)
    if show.full and page.silenced:
        yield heading("Suppressed findings")
        for card in page.silenced:
            yield _card(card)
    if show.old and page.old:
        yield heading("Old defects nearby")
        for card in page.old:
            yield _card(card)


def _rest(page: Page, *, narrow: bool) -> Iterator[RenderableType]:
    if page.level_set:
        yield heading("What this series really does")
        for topic in page.level_set:
            yield text_of(topic.title, style="bold")
            for statement in (*topic.statements, *topic.rest):
                yield labelled(statement.arch, Group(text_of(statement.text), *_places(statement.proof)), narrow=narrow)
    if page.scenarios:
        yield heading("What scenarios show")
        for one in page.scenarios:
            yield labelled(one.arch, Group(text_of(one.statement), Text(visible(one.config), style="dim"), *(
                Text(visible(f"{number}. {step}"), style="dim") for _, _, steps, _ in one.turns
                for number, step in enumerate(steps, start=1))), narrow=narrow)
    if page.changes or page.same:
        yield heading("Changed behaviour")
        for change in page.changes:
            yield from _change(change, narrow=narrow)
        if page.changes_left:
            yield Text(f"{page.changes_left} more that change; --format json has them.", style="dim")
        if page.same:
            yield Text(f"{page.same_count} where nothing changes.", style="dim")
    if page.claims:
        yield heading("Claims, held against the code")
        for claim in page.claims:
            text = Text.assemble("\N{LEFT DOUBLE QUOTATION MARK}", text_of(claim.text),
                                 f"\N{RIGHT DOUBLE QUOTATION MARK} ({claim.patch})")
            yield labelled(claim.words, Group(text, *_places(claim.proof)), narrow=narrow,
                           style=_VERDICTS[claim.verdict])
    yield from _findings(page)
    yield from _bottom(page)


def _places(proof: Proof) -> list[Text]:
    """Return where a statement can be checked, each place once."""
    return [Text(visible(place), style="dim") for place in dict.fromkeys(item.place for item in proof)]


def _change(change: CallChange, *, narrow: bool) -> Iterator[RenderableType]:
    patch = "the whole series" if change.patch == "series" else f"patch {change.patch}"
    for place in change.places:
        within = f" in {place.function}()" if place.function else ""
        yield Text.assemble((visible(f"{place.call}{within}"), "bold"), (visible(f"  {place.file}, {patch}"), "dim"))
    for row in change.rows:
        yield Padding(Text(visible(row.where + (f" with {row.when}" if row.when else ""))), (0, 0, 0, 2))
        yield labelled("before", Text(visible(say_effect(row.before))), narrow=narrow, indent=4, width=8)
        yield labelled("after", Text(visible(say_effect(row.after))), narrow=narrow, indent=4, width=8)
    for sentence in change.same:
        yield Padding(Text(visible(sentence), style="dim"), (0, 0, 0, 2))


def _findings(page: Page) -> Iterator[RenderableType]:
    if page.series_cards:
        yield heading("The whole series")
        for card in page.series_cards:
            yield _card(card)
    for patch in page.patches:
        cards = [*patch.cards, *(card for file in patch.files for part in file.parts for card in part.cards)]
        if cards or patch.follow_ups:
            yield from _patch(patch, cards)


def _patch(patch: PatchView, cards: Sequence[Card]) -> Iterator[RenderableType]:
    yield heading(f"Patch {patch.number}  {visible(patch.title)}")
    if not patch.applied_well:
        yield Text(visible(f"{patch.applies}: {patch.note}" if patch.note else patch.applies), style="yellow")
    for one in patch.follow_ups:
        yield Text(visible(one.text + ("" if one.matches else "  (from another address)")), style="dim")
    for card in cards:
        yield _card(card)


def _card(card: Card) -> RenderableType:
    parts: list[RenderableType] = [Text.assemble(
        (visible(card.place), "bold"), ": " if card.place else "", (card.level, _STYLES[card.level]), ": ",
        text_of(card.message), (visible(f" [{card.rule}]"), "dim"))]
    if card.source_line:
        parts.append(Padding(Text(visible(squash(card.source_line)), style="cyan"), (0, 0, 0, 4)))
    if card.question:
        parts.append(Padding(Text.assemble("? ", text_of(card.question)), (0, 0, 0, 2)))
    if card.suppressed:
        parts.append(Padding(Text(visible(f"suppressed: {card.suppressed}"), style="yellow"), (0, 0, 0, 4)))
    parts.append(Padding(Text(visible(f"{card.where}; {card.when}"), style="dim"), (0, 0, 0, 4)))
    proof = dict.fromkeys(squash(f"{item.place}: {item.text}" if item.text else item.place) for item in card.proof)
    parts += [Padding(Text(visible(shown), style="dim"), (0, 0, 0, 4)) for shown in proof]
    return Padding(Group(*parts), (0, 0, 1, 0))


def _bottom(page: Page) -> Iterator[RenderableType]:
    yield heading("What was looked at")
    lines = [page.coverage, f"{page.base} {page.applies}".strip()]
    if page.aside:
        lines.append(f"Apart: {page.aside}.")
    yield from (Text(visible(line)) for line in lines)
    for where, stage, why in page.skips:
        yield Text(visible(f"Not looked at: {where} ({stage}): {why}"), style="dim")
    if page.skips_left:
        yield Text(f"Not looked at: {page.skips_left} more; --format json has them", style="dim")
