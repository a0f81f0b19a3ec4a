"""The mails that a reply would answer, as the JSON of a review keeps them: a finished review is enough for a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from reviewbot.findings.types import Finding
from reviewbot.mail.types import Address, Message
from reviewbot.report.quoting import Mailed, Spot, find_spot
from reviewbot.review.types import Review
from reviewbot.series import parse_diff
from reviewbot.series.types import Cover, FileDiff, Patch, Series
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["Answerable", "answered_by", "keep_mails", "read_mails", "sentence_of", "spots_of"]

_FORWARDED = "X-Original-From"

_Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """What a reply needs of a series: as much of it as was kept, its mails by Message-ID, and where comments stand."""

    series: Series
    messages: Mapping[str, Message]
    spots: Mapping[str, Spot | None]


def sentence_of(finding: Finding) -> str:
    """Return the sentence of a mail that the finding is about, empty when it is about code."""
    return next((one.text for one in finding.evidence if one.kind == "mail"), "") if finding.category == "claim" else ""


def answered_by(series: Series, finding: Finding) -> int:
    """Return which mail a comment answers: the finding's patch, or 0, the cover letter, where only that one has the
    sentence that it is about."""
    said = squash(sentence_of(finding)).rstrip("\N{HORIZONTAL ELLIPSIS}").strip()
    own = next((patch.changelog for patch in series.patches if patch.index == finding.patch), "")
    of_cover = series.cover is not None and said and said in squash(series.cover.body) and said not in squash(own)
    return 0 if of_cover else finding.patch


def spots_of(review: Review) -> dict[str, Spot | None]:
    """Return, by finding, the line of the mail that it speaks of; None where the mail does not show it."""
    files = {(state.index, file.path): file for state in review.patched.states for file in state.files}
    patches = {patch.index: Mailed(patch) for patch in review.series.patches}
    return {finding.id: find_spot(patches[finding.patch], finding, files.get((finding.patch, finding.file)))
            for finding in review.findings if finding.patch in patches}


def keep_mails(review: Review, messages: Mapping[str, Message]) -> list[_Record]:
    """Return a record of each mail that the review may answer: its headers, its text, the diffs of spoken-of files."""
    rows = {row.patch for row in review.first_page.rows if row.verdict != "same"}
    spoken = rows | {number for finding in review.findings
                     for number in (finding.patch, answered_by(review.series, finding))} | ({0} if rows else set())
    spots = spots_of(review)
    series = review.series
    parts: list[tuple[int, Patch | Cover]] = [*([(0, series.cover)] if series.cover else []),
                                              *((patch.index, patch) for patch in series.patches)]
    return [_kept(index, part, messages.get(part.message_id), spots, review.findings)
            for index, part in parts if index in spoken]


def _kept(index: int, part: Patch | Cover, message: Message | None, spots: Mapping[str, Spot | None],
          findings: Iterable[Finding]) -> _Record:
    here = {finding.id: spots.get(finding.id) for finding in findings if finding.patch == index}
    shown = sorted({spot.file for spot in here.values() if spot is not None})
    return {
        "patch": index, "message_id": part.message_id, "subject": part.subject, "author": _person(part.author),
        "date": _date(part.date), "text": part.changelog if isinstance(part, Patch) else part.body,
        "diffs": [part.files[number].raw for number in shown] if isinstance(part, Patch) else [],
        "comments": {name: [shown.index(spot.file), spot.hunk, spot.row] if spot is not None else None
                     for name, spot in sorted(here.items())},
        "mail": _headers(message) if message is not None else None,
    }


def _headers(message: Message) -> _Record:
    original = next((value for name, value in message.headers if name.lower() == _FORWARDED.lower()), "")
    return {
        "subject": message.subject, "from": _person(message.author), "date": _date(message.date),
        "reply_to": [_person(one) for one in message.reply_to], "to": [_person(one) for one in message.to],
        "cc": [_person(one) for one in message.cc], "in_reply_to": message.in_reply_to,
        "references": list(message.references), "original_from": original,
    }


def _person(address: Address) -> _Record:
    return {"name": address.name, "email": address.email}


def _date(date: datetime | None) -> str | None:
    return date.isoformat() if date is not None else None


def read_mails(series: _Record, records: Sequence[_Record]) -> Answerable:
    """Return what `keep_mails` kept; `series` is the JSON's record of the series.

    Raises KeyError, TypeError or ValueError for a record that lacks something or has something wrong.
    """
    messages: dict[str, Message] = {}
    spots: dict[str, Spot | None] = {}
    cover: Cover | None = None
    patches: list[Patch] = []
    for record in records:
        message_id = _text(record["message_id"])
        if record["mail"] is not None:
            messages[message_id] = _message(message_id, record["mail"])
        if record["patch"] == 0:
            cover = Cover(message_id=message_id, subject=_text(record["subject"]), author=_address(record["author"]),
                          date=_when(record["date"]), body=_text(record["text"]))
            continue
        patch = _patch(message_id, record)
        patches.append(patch)
        for name, place in record["comments"].items():
            spot = Spot(file=place[0], hunk=place[1], row=place[2]) if place is not None else None
            spots[name] = spot if spot is not None and _has(patch, spot) else None
    return Answerable(series=_series(series, cover, tuple(patches)), messages=messages, spots=spots)


def _has(patch: Patch, spot: Spot) -> bool:
    """Return whether the patch has the line: a record that was cut or changed must not point beside it."""
    hunks = patch.files[spot.file].hunks if 0 <= spot.file < len(patch.files) else ()
    return 0 <= spot.hunk < len(hunks) and 0 <= spot.row < len(hunks[spot.hunk].lines)


def _patch(message_id: str, record: _Record) -> Patch:
    files: list[FileDiff] = []
    for text in record["diffs"]:
        files += parse_diff(_text(text)).files[:1]
    return Patch(index=int(record["patch"]), message_id=message_id, subject=_text(record["subject"]),
                 author=_address(record["author"]), date=_when(record["date"]), changelog=_text(record["text"]),
                 notes="", trailers=(), files=tuple(files))


def _series(record: _Record, cover: Cover | None, patches: tuple[Patch, ...]) -> Series:
    """Return the series as far as a draft asks for it; what is not kept is empty."""
    first = cover or (patches[0] if patches else None)
    return Series(
        subject=_text(record["subject"]), version=int(record["version"]), total=int(record["total"]),
        message_id=_text(record["message_id"]), author=first.author if first else Address(name="", email=""),
        date=first.date if first else None, list_name=_text(record["list"]), prefixes=(), cover=cover, patches=patches,
        missing=(), superseded_by=None, base_commit="", prerequisite_patch_ids=(), prerequisite_message_ids=(),
        change_id="", versions=(), kind="patches", roles=(), warnings=())


def _message(message_id: str, record: _Record) -> Message:
    original = _text(record["original_from"])
    return Message(
        message_id=message_id, synthetic_id=False, subject=_text(record["subject"]), author=_address(record["from"]),
        date=_when(record["date"]), date_text="", in_reply_to=_text(record["in_reply_to"]),
        references=tuple(_text(one) for one in record["references"]), to=_addresses(record["to"]),
        cc=_addresses(record["cc"]), reply_to=_addresses(record["reply_to"]), list_id="",
        headers=((_FORWARDED, original),) if original else (), body="", where="", warnings=())


def _addresses(records: Sequence[_Record]) -> tuple[Address, ...]:
    return tuple(_address(record) for record in records)


def _address(record: _Record) -> Address:
    return Address(name=_text(record["name"]), email=_text(record["email"]))


def _when(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(_text(text))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value
