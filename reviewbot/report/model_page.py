"""One architecture of the model as an HTML file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reviewbot import __version__
from reviewbot.arch.backends import Backends
from reviewbot.arch.check import Check
from reviewbot.arch.page import ArchPage, Behaviour, Section, TableRow
from reviewbot.arch.types import Anchor, Fact
from reviewbot.patterns import regex
from reviewbot.report.frame import render_page
from reviewbot.report.model_words import Line, SaidBefore, say_backend, say_behaviour, say_setting, say_switch, say_yes
from reviewbot.report.order import spell_count
from reviewbot.report.view import Phrase, Piece
from reviewbot.report.words import anchor_for, pieces
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["render_model_html"]

_ERRNO = regex(r"E[A-Z0-9]+(?=:)")
_SHORT_ALIAS = {"vmalloc": "the given mapping", "linear": "the direct map", "both": "both mappings", "none": "nothing"}
_CALM = frozenset({"never", "no", "no need", "–", "nothing"})
_SPLITS = {"yes": "yes", "no": "no need", "cannot": "cannot", "unknown": "?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an anchor stands: `where` is `file` or `file:line`, `state` empty unless it does not stand there."""

    where: str
    function: str
    said: str
    bears: str
    state: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """The places behind something, and the line that is shown while they are folded."""

    summary: str
    places: tuple[_Place, ...]
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A label with what is said: sentences, or `like` the card of another function."""

    label: str
    texts: tuple[Phrase, ...]
    like: str
    like_anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    """What one function (or several that do the same) does."""

    anchor: str
    symbols: tuple[str, ...]
    condition: str
    told: tuple[_Told, ...]
    evidence: _Evidence
    glance: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A function's word over `width` releases in which nothing changed; `quiet` when there is nothing to fear."""

    word: str
    width: int
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    symbols: tuple[tuple[str, str], ...]
    spans: tuple[_Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One section of the page; `absent` are sentences about stubs and what is not declared."""

    anchor: str
    title: str
    cards: tuple[_Card, ...]
    rows: tuple[_Row, ...]
    absent: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A statement, a switch or a name: what it is called, what is said, and the evidence."""

    name: str
    told: tuple[tuple[str, Phrase], ...]
    evidence: _Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    tool: str
    title: str
    name: str
    version: str
    summary: Phrase
    releases: tuple[str, ...]
    held: str
    counts: tuple[tuple[str, str], ...]
    parts: tuple[_Part, ...]
    statements: tuple[tuple[str, tuple[_Entry, ...]], ...]
    switches: tuple[_Entry, ...]
    names: tuple[_Entry, ...]
    backends: tuple[_Entry, ...]
    changes: tuple[tuple[str, Phrase, str], ...]


def render_model_html(page: ArchPage, places: Mapping[Anchor, Check], *, tree: str = "") -> str:
    """Return the architecture's page; `places` says where in the `tree` each anchor stands, empty without one."""
    return render_page("model", page=_build(page, places, tree))


def _build(page: ArchPage, places: Mapping[Anchor, Check], tree: str) -> _Page:
    said: SaidBefore = {}
    homes = {symbol: anchor_for("does", behaviour.symbols[0])
             for section in page.sections for behaviour in reversed(section.behaviours)  # the first variant wins
             for symbol in behaviour.symbols}
    outcomes = Counter(place.outcome for place in places.values())
    topics: dict[str, list[_Entry]] = {}
    for statement in page.statements:
        topics.setdefault(statement.topic, []).append(_Entry(
            name="", told=(("", pieces(statement.text)),), evidence=_evidence(statement.anchors, places)))
    return _Page(
        tool=f"reviewbot {__version__}", title=page.title, name=page.name, version=str(page.version),
        summary=pieces(page.summary), releases=tuple(map(str, page.releases)),
        held=tree if places else "",
        counts=tuple((name, f"{outcomes[name]} {'hold' if name == 'holds' else name}")
                     for name in ("holds", "moved", "gone") if outcomes[name]),
        parts=_parts(page, said, homes, places),
        statements=tuple((topic.replace("-", " "), tuple(entries)) for topic, entries in topics.items()),
        switches=tuple(_Entry(name=switch.name, told=_phrases(say_switch(switch)),
                              evidence=_evidence(switch.anchors, places)) for switch in page.switches),
        names=tuple(_Entry(name=runtime.name, told=_phrases(say_setting(runtime)),
                           evidence=_evidence(runtime.anchors, places)) for runtime in page.runtimes),
        backends=tuple(_Entry(name=row.title, told=_phrases(say_backend(page.backends, row)),
                              evidence=_evidence(_behind(page.backends, row.name, row.anchors), places))
                       for row in page.backends.rows),
        changes=tuple((str(change.since), pieces(change.text), change.commit) for change in page.changes),
    )


def _behind(known: Backends, name: str, own: Sequence[Anchor]) -> tuple[Anchor, ...]:
    """Return what the row of a backend rests on: itself, what it is not told as all the others are, its conversions,
    and what runs on it."""
    groups = [own, *(answer.anchors for answer in known.answers if name not in answer.no or not answer.yes),
              *(entry.anchors for entry in known.conversions if name in entry.backends),
              *(entry.anchors for entry in known.callers if name in entry.backends)]
    return tuple(dict.fromkeys(anchor for group in groups for anchor in group))


def _phrases(told: Iterable[tuple[str, str]]) -> tuple[tuple[str, Phrase], ...]:
    return tuple((label, pieces(text)) for label, text in told)


def _parts(page: ArchPage, said: SaidBefore, homes: Mapping[str, str],
           places: Mapping[Anchor, Check]) -> tuple[_Part, ...]:
    taken: set[str] = set()
    return tuple(_Part(
        anchor=anchor_for("part", section.title.lower()), title=section.title,
        cards=tuple(_card(behaviour, said, homes, places, taken) for behaviour in section.behaviours),
        rows=tuple(_row(row, homes) for row in section.table), absent=_absent(section),
    ) for section in page.sections)


def _absent(section: Section) -> tuple[tuple[str, tuple[str, ...]], ...]:
    stubs = [(f"Stubs, which do nothing{f', with {condition}' if condition else ''}", symbols)
             for condition, symbols in section.stubs]
    return (*stubs, *((("Not declared", section.undeclared),) if section.undeclared else ()))


def _card(behaviour: Behaviour, said: SaidBefore, homes: Mapping[str, str], places: Mapping[Anchor, Check],
          taken: set[str]) -> _Card:
    anchor = anchor_for("does", behaviour.symbols[0])
    while anchor in taken:  # another variant of the function
        anchor += "-or"
    taken.add(anchor)
    return _Card(anchor=anchor, symbols=behaviour.symbols, condition=behaviour.fact.condition,
                 told=tuple(_told(line, homes) for line in say_behaviour(behaviour, said)),
                 evidence=_evidence(behaviour.anchors, places), glance=_glance(behaviour.fact))


def _told(line: Line, homes: Mapping[str, str]) -> _Told:
    return _Told(label=line.label, texts=tuple(_phrase(text) for text in line.texts), like=line.like,
                 like_anchor=homes.get(line.like, ""))


def _phrase(text: str) -> Phrase:
    """Return the sentence with the errno in front of it, if there is one, as a name of the code."""
    errno = _ERRNO.match(text)
    return (Piece(text=errno[0], code=True), *pieces(text[errno.end():])) if errno else pieces(text)


def _glance(fact: Fact) -> tuple[tuple[str, str], ...]:
    """Return the cells of the table at the top, each with its class: `calm` has nothing to fear, `care` has."""
    never = "never" if fact.may_fail is False else "?"
    fails = " ".join(name for name, _ in fact.errnos) or never
    half = say_yes(fact.partial_on_failure) if fact.may_fail else "–"
    cells = (fails, _SPLITS[fact.splits], half, say_yes(fact.flushes), say_yes(fact.sleeps),
             _SHORT_ALIAS.get(fact.alias, "?"), "yes" if fact.noop_when else "no")
    classes = ["calm" if text in _CALM else "" for text in cells]
    classes[2] = "care" if half == "yes" else classes[2]
    return tuple(zip(cells, classes, strict=True))


def _row(row: TableRow, homes: Mapping[str, str]) -> _Row:
    spans: list[_Span] = []
    for cell in row.cells:
        if spans and (cell.same or (not cell.word and spans[-1].word == "–")):
            last = spans.pop()
            spans.append(_Span(word=last.word, width=last.width + 1, quiet=last.quiet))
        else:
            quiet = not cell.word or cell.word.startswith(("not declared", "stub", "cannot fail"))
            spans.append(_Span(word=cell.word or "–", width=1, quiet=quiet))
    return _Row(symbols=tuple((symbol, homes.get(symbol, "")) for symbol in row.symbols), spans=tuple(spans))


def _evidence(anchors: Sequence[Anchor], places: Mapping[Anchor, Check]) -> _Evidence:
    found = tuple(_place(anchor, places.get(anchor)) for anchor in sorted(anchors, key=lambda a: (a.file, a.function)))
    drift = sum(bool(place.state) for place in found)
    if len(found) == 1:
        summary = f"{found[0].where} {found[0].function}".rstrip()
    else:
        files = spell_count(len({anchor.file for anchor in anchors}), "file")
        summary = f"{spell_count(len(found), 'place')} in {files}"
    summary += f", {drift} not as the model says" if drift else ""
    return _Evidence(summary=summary, places=found, open=bool(drift))


def _place(anchor: Anchor, check: Check | None) -> _Place:
    said = anchor.has or (f"without {anchor.lacks}" if anchor.lacks else "")
    if anchor.path:
        said = " → ".join((anchor.function, *anchor.path))
    state = "" if check is None or check.outcome == "holds" else check.outcome
    line = check.line if check else 0
    file = check.file if check else anchor.file
    return _Place(where=f"{file}:{line}" if line else file,
                  function=(check.function if check and check.function else anchor.function),
                  said=squash(said) or "is defined there", bears=", ".join(anchor.holds_for).replace("_", " "),
                  state=state, why=check.why if check and state else "")
