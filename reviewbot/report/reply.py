"""Reply drafts: one mail for each patch that the author should answer for. Drafts are written, never sent."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from reviewbot import __version__
from reviewbot.findings.types import LEVELS, Finding, Level
from reviewbot.mail.types import Address, Message
from reviewbot.report.answerable import answered_by, sentence_of, spots_of
from reviewbot.report.mail_headers import bare_id, header_address, is_address, once, one_line
from reviewbot.report.mail_lines import line_to_look_up, with_lines_to_look_up
from reviewbot.report.manner import Manner
from reviewbot.report.order import in_report_order, is_new
from reviewbot.report.quoting import Mailed, Spot, find_spot, quote_patch, quote_sentence
from reviewbot.report.words import say_place
from reviewbot.review.page import (
    EMPTY_PAGE,
    FirstPage,
    PageRow,
    is_answered,
    said_plainly,
    told_rows,
    where_words,
    without_count,
)
from reviewbot.review.types import Review
from reviewbot.series.types import Cover, Patch, Series
from reviewbot.text import clip, quote_names
from reviewbot.values import dataclass

__all__ = ["Draft", "Selected", "comment_on", "draft_for", "draft_replies", "named_files", "render_eml", "select"]

_WIDTH = 72
_LONGEST = 240  # characters of a line that cannot be broken: 998 octets are what a mail may have
_MOST_LINES = 6  # of a comment; past that it says no more where to look
_LOOKED_UP = frozenset({"source", "patch", "kconfig"})
_POLICY = EmailPolicy(utf8=False, cte_type="8bit", max_line_length=78, linesep="\n")
_PLAIN = Manner()
_ASKED = {"error", "warning", "question"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One reply as a mail client or `git send-email` takes it.

    `patch` is the number of the patch it answers (0: the cover letter); `text` is the whole message in UTF-8 with
    LF line ends; `file_name` is a name that is safe to write it under; `findings` are the ids it speaks of.
    """

    patch: int
    message_id: str
    in_reply_to: str
    subject: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    body: str
    text: str
    file_name: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What the drafts shall say, by id: findings, and rows of the page that no finding stands behind."""

    findings: frozenset[str]
    rows: frozenset[str] = frozenset()


def draft_replies(review: Review, *, identity: Address, messages: Mapping[str, Message],
                  date: datetime | None = None, manner: Manner = _PLAIN) -> tuple[Draft, ...]:
    """Return the drafts in patch order: one for each patch (and the cover) with something to ask about.

    This is `draft_for` with everything that the review knows.
    """
    spots = spots_of(review)
    series, patched = review.series, review.patched
    findings = [finding if spots.get(finding.id) else replace(finding, line=line_to_look_up(
        series, patched, finding.patch, finding.file, finding.line)) for finding in (
        with_lines_to_look_up(series, patched, one) for one in review.findings)]
    return draft_for(review.series, findings, spots=spots, identity=identity, messages=messages, date=date,
                     page=review.first_page, manner=manner)


def draft_for(series: Series, findings: Iterable[Finding], *, spots: Mapping[str, Spot | None], identity: Address,
              messages: Mapping[str, Message], date: datetime | None = None, page: FirstPage = EMPTY_PAGE,
              selected: Selected | None = None, manner: Manner = _PLAIN) -> tuple[Draft, ...]:
    """Return the drafts for these findings of the series, for instance those of a finished review (`read_review`).

    `spots` are the mail's lines that findings speak of, as far as they are known; without them the code that a finding
    quotes places the comment.
    Findings count that the series brings and nobody silenced: errors, and what the first page asks; without a page
    all errors, warnings and questions. The answer to the cover letter has the conclusion and the rows that several
    patches share, as far as the answers to these patches do not ask about them. With `selected` exactly what it names
    is said instead.
    `messages` are the input's mails by Message-ID: they give To, Cc and References; a patch whose
    mail is not there gets what the series knows. Without `date` the draft has no Date, and whatever sends it fills
    one in. The Message-ID is made from the content, so the same review gives the same bytes.
    """
    drafts = []
    asked = [f for f in in_report_order(findings) if (f.id in selected.findings if selected else
             _is_asked(f, page) and not any(is_answered(f, p) for p in series.patches if p.index == f.patch))]
    asked = asked if selected else _without_causes(asked, page)
    shared, asked_ids = () if selected else _shared_rows(page), {finding.id for finding in asked}
    told_on = {name: row.arch for row in page.rows for name in row.because}
    parts: list[Patch | Cover] = [*([series.cover] if series.cover else []), *series.patches]
    for part in parts:
        index = part.index if isinstance(part, Patch) else 0
        here = [finding for finding in asked if answered_by(series, finding) == index]
        stated = [row for row in page.rows if selected and row.id in selected.rows and row.patch == index]
        left = isinstance(part, Cover) and any(not asked_ids & set(row.because) for row in shared)
        sums_up = bool(shared) and isinstance(part, Cover) and (left or bool(here))
        if here or sums_up or stated:
            drafts.append(_draft(part, index, here, _Context(
                series=series, identity=identity, date=date, message=messages.get(part.message_id), spots=spots,
                arches=told_on, manner=manner, conclusion=without_count(page.conclusion) if sums_up and left else "",
                paragraphs=_paragraphs(page, shared, asked_ids) if sums_up else tuple(map(_stated, stated)))))
    return tuple(drafts)


def select(findings: Iterable[Finding], page: FirstPage, *, names: Iterable[str] = (), level: Level | None = None
           ) -> Selected:
    """Return what the ids (of findings, or of rows of the page) name, or every finding of that level and graver.

    With both it is what is named and grave enough. Of a row that findings stand behind these are said, with their
    questions. Ids that the review does not have name nothing.
    """
    known, rows = {finding.id: finding for finding in findings}, {row.id: row for row in page.rows}
    names = list(names)
    grave = LEVELS[:LEVELS.index(level) + 1] if level else LEVELS
    found = {name for name, one in known.items() if not names and is_new(one) and one.fixed_by is None}
    stated = set()
    for name in names:
        behind = {name} & set(known) or {one for row in [rows.get(name)] if row for one in row.because if one in known}
        found |= behind
        stated |= set() if behind else {name} & set(rows)
    return Selected(findings=frozenset(name for name in found if known[name].level in grave), rows=frozenset(stated))


def render_eml(drafts: Iterable[Draft]) -> str:
    """Return one draft as it is, several as an mboxrd file; empty when there is none.

    An mboxrd is for programs that read mailboxes: `git send-email` takes a file for one mail.
    """
    texts = [draft.text for draft in drafts]
    if len(texts) < 2:
        return "".join(texts)
    return "".join("From mboxrd@z Thu Jan  1 00:00:00 1970\n" + re.sub(r"(?m)^(>*From )", r">\1", text) + "\n"
                   for text in texts)


def _is_asked(finding: Finding, page: FirstPage) -> bool:
    return is_new(finding) and finding.fixed_by is None and (
        finding.level == "error" or finding.id in page.ask if page.conclusion else finding.level in _ASKED)


def _without_causes(asked: Sequence[Finding], page: FirstPage) -> list[Finding]:
    """Return the findings without the dropped result of a call behind which another one, of the same row of the page,
    tells what memory is then given back: that says both."""
    rows = {name: row.id for row in page.rows for name in row.because}
    freed = {(rows.get(one.id), one.patch, one.function, one.symbol) for one in asked
             if one.category == "leak-on-failure"}
    return [one for one in asked if one.category != "ret-ignored" or one.id not in rows
            or (rows[one.id], one.patch, one.function, one.symbol) not in freed]


def _stated(row: PageRow) -> str:
    """Return the sentence of a row with where it holds, for an answer that has nothing but it."""
    arches, config = where_words(row.arch, row.config)
    where = " ".join(part for part in (f"on {arches}" if arches else "", config) if part)
    place = f" ({say_place(row.file, row.line)})" if row.file else ""
    return f"{where[:1].upper()}{where[1:]}: {row.statement}{place}." if where else f"{row.statement}{place}."


def named_files(drafts: Sequence[Sequence[Draft]]) -> dict[str, str]:
    """Return the text of each draft by a file name of its own; of several series the number stands in front."""
    return {draft.file_name if len(drafts) == 1 else f"{number:04d}-{draft.file_name}": draft.text
            for number, of_series in enumerate(drafts, 1) for draft in of_series}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    series: Series
    identity: Address
    date: datetime | None
    message: Message | None
    spots: Mapping[str, Spot | None]
    arches: Mapping[str, tuple[str, ...]]
    manner: Manner
    conclusion: str = ""
    paragraphs: tuple[str, ...] = ()


def _shared_rows(page: FirstPage) -> tuple[PageRow, ...]:
    """Return the rows for the worse that a single patch cannot be asked about: another patch's holds there as well."""
    worse = [row for row in page.rows if row.verdict == "worse"]
    return tuple(row for row in worse if any(other.patch != row.patch and (other.arch, other.config) == (
        row.arch, row.config) for other in worse))


def _draft(part: Patch | Cover, index: int, findings: Sequence[Finding], context: _Context) -> Draft:
    body = _body(part, findings, context)
    to, cc = _recipients(part, context)
    subject = _subject(part, index, context)
    answered = bare_id(part.message_id)
    digest = hashlib.sha256("\0".join([answered, str(context.identity), body]).encode("utf-8", "replace")).hexdigest()
    mail = EmailMessage(policy=_POLICY)
    if sender := header_address(context.identity):
        mail["From"] = sender  # else whatever sends the draft knows who that is
    mail["To"] = to
    if cc:
        mail["Cc"] = cc
    mail["Subject"] = subject
    if context.date is not None:
        mail["Date"] = format_datetime(context.date)
    message_id = f"{digest[:24]}-reviewbot-reply@reviewbot"
    mail["Message-ID"] = f"<{message_id}>"
    references = _references(part, context)
    if answered:
        mail["In-Reply-To"] = f"<{answered}>"
        mail["References"] = " ".join(f"<{reference}>" for reference in references)
    mail["X-Mailer"] = f"reviewbot {__version__}"
    mail.set_content(body, charset="utf-8", cte="8bit")
    return Draft(
        patch=index, message_id=message_id, in_reply_to=answered, subject=subject, to=tuple(str(a) for a in to),
        cc=tuple(str(a) for a in cc), body=body, text=_unbroken(mail.as_bytes().decode("utf-8", "replace")),
        file_name=f"reply-{index:04d}.eml", findings=tuple(finding.id for finding in findings))


def _unbroken(text: str) -> str:
    """Return the mail with the value of each header on the line of its name, where `git send-email` looks for it: the
    standard library breaks a line before a first word that is long."""
    head, blank, body = text.partition("\n\n")
    return re.sub(r"(?m)^([A-Za-z-]+:)\n[ \t]+", r"\1 ", head) + blank + body


# --- headers ---------------------------------------------------------------------------------------------------------

def _recipients(part: Patch | Cover, context: _Context) -> tuple[list[HeaderAddress], list[HeaderAddress]]:
    """Return To and Cc: the author by Reply-To, X-Original-From and in-body From; the rest without us and twice nobody.

    A list that rewrites From (for DMARC) leaves the sender's own address in X-Original-From.
    """
    message = context.message
    if message is None:
        asked: tuple[Address, ...] = (part.author,)
        others: tuple[Address, ...] = ()
    else:
        original = next((value for name, value in message.headers if name.lower() == "x-original-from"), "")
        name, email = parseaddr(one_line(original))
        sender = Address(name=name, email=email) if is_address(email) else message.author
        answer_to = message.reply_to or (sender,)
        # Who sends his own patches from another address has one of them in Cc anyway; who relays must not be alone.
        relayed = part.author.name != sender.name
        asked = (*answer_to, part.author) if relayed else answer_to
        others = (sender, part.author, *message.to, *message.cc)
    seen = {context.identity.email.lower()}
    to, cc = once(asked, seen), once((one for one in others if not context.manner.leaves_out(one.email)), seen)
    if to:
        return to, cc
    mine = once((context.identity,), set())  # a maintainer's own patch: answer on the list, To must not be empty
    return (cc[:1], cc[1:]) if cc else (mine, [])


def _subject(part: Patch | Cover, index: int, context: _Context) -> str:
    if context.message is not None and context.message.subject:
        subject = context.message.subject
    else:
        series = context.series
        words = [*series.prefixes, "PATCH", *([f"v{series.version}"] if series.version > 1 else []),
                 *([f"{index}/{series.total}"] if series.total > 1 else [])]
        subject = f"[{' '.join(words)}] {part.subject}"
    return "Re: " + clip(re.sub(r"(?i)^(?:(?:re|aw)\s*:\s*)+", "", one_line(subject)), 400)


def _references(part: Patch | Cover, context: _Context) -> list[str]:
    """Return the whole chain of references, the answered mail last."""
    message = context.message
    if message is None:
        chain = [context.series.cover.message_id] if context.series.cover else []
    else:
        chain = [*message.references, message.in_reply_to]
    ids = [bare_id(reference) for reference in (*chain[-200:], part.message_id)]
    return [reference for reference in dict.fromkeys(ids) if reference]


# --- body ------------------------------------------------------------------------------------------------------------

def _body(part: Patch | Cover, findings: Sequence[Finding], context: _Context) -> str:
    placed: dict[Spot, list[str]] = {}
    loose: list[str] = []
    mailed = Mailed(part) if isinstance(part, Patch) else None
    once: set[str] = set()
    for one in findings:
        finding = replace(one, question="") if one.question in once else one  # nobody is asked the same twice
        once.add(one.question)
        spot = None
        if mailed is not None:
            spot = context.spots[finding.id] if finding.id in context.spots else find_spot(mailed, finding, None)
        if spot is None:
            said = part.changelog if isinstance(part, Patch) else part.body
            sentence = quote_sentence(said, sentence_of(finding)) or quote_sentence(said, finding.code)
            loose += [*sentence, "", *comment_on(
                finding, context.arches, with_place=not (sentence and sentence_of(finding))), ""]
        else:
            lines = placed.setdefault(spot, [])
            lines += [*([""] if lines else []), *comment_on(finding, context.arches, with_place=False)]
    quoted = quote_patch(part, placed) if isinstance(part, Patch) else []
    names = sorted({finding.rule for finding in findings})
    rules = f"{'rule' if len(names) == 1 else 'rules'}: {quote_names(names, most=8)}" if names else ""
    lines = [_attribution(part, context), *_summary(context), *loose, *quoted]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n")
    signature = [f"drafted with reviewbot {__version__}, a static checker", *(_fill(rules) if rules else [])]
    author = context.message.author if context.message else part.author
    when = context.message.date if context.message else part.date
    return context.manner.around(text, "\n".join(signature), {
        "fromname": one_line(author.name), "fromemail": one_line(author.email),
        "firstname": (one_line(author.name).split() or [author.email.partition("@")[0]])[0],
        "subject": one_line(part.subject), "sentdate": format_datetime(when) if when else "",
        "msgid": bare_id(part.message_id), "myname": context.identity.name, "myemail": context.identity.email})


def _paragraphs(page: FirstPage, rows: Iterable[PageRow], asked: Iterable[str]) -> tuple[str, ...]:
    """Return what the rows say that neither the conclusion nor the mail to a single patch says already."""
    known, told = set(asked), told_rows(page)
    left = [row for row in rows if row.id not in told and not known & set(row.because)]
    return tuple(f"{row.statement} (patch {row.patch}, {say_place(row.file, row.line)})." if row.file
                 else f"{row.statement}." for row in left)


def _summary(context: _Context) -> list[str]:
    """Return the conclusion of the first page, and what several patches share that it does not tell."""
    texts = [text for text in (context.conclusion, *context.paragraphs) if text]
    return ["", *(line for text in texts for line in (*_fill(text), ""))] if texts else []


def _attribution(part: Patch | Cover, context: _Context) -> str:
    author = context.message.author if context.message else part.author
    when = context.message.date if context.message else part.date
    who = one_line(str(author))
    return clip(f"On {format_datetime(when)}, {who} wrote:" if when else f"{who} wrote:", _LONGEST)


def comment_on(finding: Finding, told_on: Mapping[str, tuple[str, ...]], *, with_place: bool) -> list[str]:
    """Return the comment: the fact, then the question; where else to look only while six lines have room for it."""
    place = say_place(finding.file, finding.line) if with_place and finding.file else ""
    message = _located(finding, told_on)
    lines = _fill(f"In {place}: {message}" if place else message)
    asked = ["", *_fill(said_plainly(finding, finding.question))] if finding.question else []
    if finding.gist and len(lines) + len(asked) > _MOST_LINES + 1:
        where = f" where {finding.config}" if finding.config and finding.config not in finding.gist else ""
        lines = _fill(_located(replace(finding, message=f"{finding.gist.rstrip('.')}{where}."), told_on))
    lines += asked
    elsewhere = next((e for e in finding.evidence if e.file and (e.file, e.line) != (finding.file, finding.line)
                      and e.kind in _LOOKED_UP and (e.kind, e.file) != ("patch", finding.file)
                      and not (finding.symbol and f"{finding.symbol}(" in e.text)), None)
    seen = f"(see {one_line(say_place(elsewhere.file, elsewhere.line))})" if elsewhere else ""
    if seen and len(seen) <= _WIDTH and len(lines) < _MOST_LINES:
        lines.append(seen)
    return lines


def _located(finding: Finding, told_on: Mapping[str, tuple[str, ...]]) -> str:
    """Return the fact with the architectures on which a row of the page shows it, unless it names them."""
    said = said_plainly(finding, finding.message)
    arches = [arch for arch in told_on.get(finding.id, ()) if arch in finding.arch]
    if not arches or any(arch in said for arch in finding.arch):
        return said
    first, space, rest = said.partition(" ")
    return f"On {quote_names(arches, most=12)} {first.lower() if first in {'The', 'A', 'An'} else first}{space}{rest}"


def _fill(text: str) -> list[str]:
    """Return the text in lines of 72 columns; names and paths stay whole."""
    words = " ".join(clip(word, _LONGEST) for word in one_line(clip(text, 2000)).split())
    return textwrap.wrap(words, _WIDTH, break_long_words=False, break_on_hyphens=False)
