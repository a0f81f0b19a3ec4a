"""What a page shows, as plain values: templates and the terminal only lay it out.

Text stays as it came in; whoever prints it makes it harmless (`text.visible`) and escapes it.
"""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup

from reviewbot.findings.types import ArchRow, Level
from reviewbot.report.behaviour import CallChange
from reviewbot.report.matrix import Matrix
from reviewbot.series.types import DiffLine
from reviewbot.values import dataclass

__all__ = [
    "Card",
    "ClaimView",
    "EvidenceView",
    "FileView",
    "FollowUp",
    "Front",
    "FrontAsk",
    "FrontClaim",
    "FrontRow",
    "Grave",
    "Page",
    "Part",
    "PatchView",
    "Piece",
    "Proof",
    "Row",
    "RuleView",
    "ScenarioView",
    "Statement",
    "Topic",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a sentence; `code` when it is a name out of the source."""

    text: str
    code: bool = False


Phrase = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """Where to look (`place`, in which `rev`), what stands there, and a link when it is a mail."""

    kind: str
    place: str
    rev: str
    text: str
    url: str


Proof = tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A finding as it is shown. `anchor` is its id on the page; `origin` says who brought it; `code` are source
    lines for a card that does not stand in a diff; `path` is the way of an error from the function that fails to the
    one that cannot know."""

    anchor: str
    level: Level
    rule: str
    rule_anchor: str
    message: Phrase
    question: Phrase
    place: str
    function: str
    when: str
    where: str
    origin: str
    confidence: str
    notes: tuple[Phrase, ...]
    proof: Proof
    table: tuple[ArchRow, ...]
    code: tuple[Row, ...]
    patch: int
    patch_anchor: str
    source_line: str
    suppressed: str
    path: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a diff; `mark` when a finding speaks of it, `old_defects` are anchors of old defects on it."""

    line: DiffLine
    mark: bool = False
    old_defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a file's diff: a hunk's `header`, some `rows` (folded away behind `label` when it is set), then the
    `cards` of the last row."""

    header: str
    label: str
    rows: tuple[Row, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """One file of a patch. `change` is `new file`, `deleted`, `was PATH` or empty; `applied` says how the patch fits
    where that is not the ordinary case; `open` when it has findings."""

    path: str
    change: str
    added: int
    removed: int
    note: str
    applied: str
    open: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchView:
    """One patch: how it `applies` in words, with git's `note`; `cards` that have no place in its diff; its files."""

    anchor: str
    number: str
    title: str
    byline: str
    url: str
    applies: str
    note: str
    applied_well: bool
    counts: tuple[tuple[Level, str], ...]
    clean: bool
    cards: tuple[Card, ...]
    files: tuple[FileView, ...]
    summary: str
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One line of the level set: for an architecture (or `everywhere`), with its proof."""

    arch: str
    text: Phrase
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The statements of the level set about one thing: the first ones, and the `rest`, which a page folds away."""

    title: Phrase
    statements: tuple[Statement, ...]
    rest: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grave:
    """What a person must see first: a finding's sentence, with every place that it is true of."""

    anchor: str
    level: Level
    message: Phrase
    places: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim with its verdict in words (`kind` is the verdict as CONTRACT words it)."""

    verdict: Literal["holds", "contradicted", "cannot-tell"]
    words: str
    text: Phrase
    patch: str
    patch_anchor: str
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule that ran: how often it found something, and its text as HTML (empty when there is none)."""

    anchor: str
    id: str
    summary: str
    level: Level | Literal[""]
    status: str
    found: str
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontAsk:
    """A question to the author with its patch and place, and the finding's anchor; under a row `place` is empty where
    it is the row's own."""

    id: str
    patch: str
    place: str
    question: Phrase
    link: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontRow:
    """A row: `where` it holds in a user's words, the verdict, the sentence, the place, and its weight in words.

    `told`: the conclusion says all of it, so that only whoever asks for the weights sees it. `drawn`: the anchor of the
    scenario that shows it. `asks` are the questions about it, which stand under it and nowhere else.
    """

    anchor: str
    id: str
    where: str
    verdict: str
    statement: Phrase
    patch: str
    place: str
    link: str
    why: str
    told: bool = False
    drawn: str = ""
    asks: tuple[FrontAsk, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioView:
    """A scenario that the series breaks or mends on one architecture, with `config` as words of a user.

    `turns` has for each moment: which, the outcome in a word, the steps of the shortest way in which it breaks, and
    the same as an SVG drawing (both empty where it holds).
    """

    anchor: str
    statement: Phrase
    arch: str
    config: str
    turns: tuple[tuple[str, str, tuple[str, ...], Markup], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A trailer that a reply gave: as it stands there, the reply, and whether who sent it is whom it names."""

    text: str
    via: str
    url: str
    matches: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontClaim:
    """A sentence of the series that does not hold, and what shows it."""

    patch: str
    text: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The lines of the first page, in its order; `held` and `not_seen` are empty where there is nothing to say."""

    title: str
    byline: str
    notices: tuple[str, ...]
    base: str
    conclusion: Phrase
    since: Phrase
    rows: tuple[FrontRow, ...]
    ask: tuple[FrontAsk, ...]
    claims: tuple[FrontClaim, ...]
    held: str
    not_seen: str
    bottom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that one review's page shows, in the page's order."""

    tool: str
    front: Front
    title: str
    version: str
    byline: tuple[tuple[str, str], ...]
    url: str
    notices: tuple[str, ...]
    counts: tuple[tuple[Level, str], ...]
    headline: str
    where: str
    gravest: tuple[Grave, ...]
    aside: str
    base: str
    applies: str
    tried: tuple[tuple[str, str], ...]
    level_set: tuple[Topic, ...]
    matrix: Matrix
    changes: tuple[CallChange, ...]
    changes_left: int
    same: tuple[CallChange, ...]
    same_count: str
    claims: tuple[ClaimView, ...]
    series_cards: tuple[Card, ...]
    patches: tuple[PatchView, ...]
    old: tuple[Card, ...]
    silenced: tuple[Card, ...]
    skips: tuple[tuple[str, str, str], ...]
    skips_left: int
    rules: tuple[RuleView, ...]
    coverage: str
    messages: tuple[tuple[str, str, str, str], ...]
    follow_ups: tuple[FollowUp, ...] = ()
    scenarios: tuple[ScenarioView, ...] = ()
