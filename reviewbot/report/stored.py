"""A finished review read back from its JSON, as far as a reply needs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reviewbot.errors import InputError
from reviewbot.findings.types import CATEGORIES, LEVELS, Evidence, Finding
from reviewbot.report.answerable import Answerable, read_mails
from reviewbot.report.json_form import SCHEMA, SCHEMA_SEVERAL
from reviewbot.review.page import EMPTY_PAGE, FirstPage, PageRow, Weight
from reviewbot.values import dataclass

__all__ = ["StoredReview", "read_file", "read_record", "read_review", "read_reviews", "read_stored"]

_HINT = "give the file that 'reviewbot review -o json=FILE' wrote"
_TEXTS = ("id", "rule", "confidence", "message_id", "file", "function", "code", "symbol", "config", "message",
          "question", "fingerprint")
_NUMBERS = ("patch", "line", "end_line")
_KINDS = ("source", "patch", "model", "mail", "kconfig", "scenario")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReview:
    """The series that was reviewed, by its Message-ID and version, what was found in it, and the mails to answer.

    `answerable` is None for a review of before the mails were kept; `notices` are what a reader must know of the input.
    """

    message_id: str
    version: int
    findings: tuple[Finding, ...]
    page: FirstPage = EMPTY_PAGE
    answerable: Answerable | None = None
    notices: tuple[str, ...] = ()


def read_file(path: Path) -> str:
    """Return the text of the file. Raises InputError with the reason why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path), hint=_HINT) from error


def read_record(text: str, *, where: str = "") -> dict[str, Any]:
    """Return the record of the review, or of several, that the JSON `text` holds.

    Raises InputError when it is no JSON, or of another schema; `where` is the file's name for the error.
    """
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("this is not JSON", where=where, hint=_HINT) from error
    if not isinstance(record, dict) or record.get("schema") not in {SCHEMA, SCHEMA_SEVERAL}:
        raise InputError(f"this is not a review (schema {SCHEMA})", where=where, hint=_HINT)
    return record


def read_reviews(text: str, *, where: str = "") -> tuple[StoredReview, ...]:
    """Return the review that the JSON `text` holds, or all of them; `where` is the file's name for the error.

    Raises InputError when it is not a review of the known schema, or lacks something.
    """
    record = read_record(text, where=where)
    several = record.get("reviews") if record["schema"] == SCHEMA_SEVERAL else [record]
    return tuple(read_stored(one, where=where) for one in several) if isinstance(several, list) else ()


def read_stored(record: Any, *, where: str) -> StoredReview:
    """Return the review of the record. Raises InputError when it lacks something or has something wrong."""
    try:
        return _review(record)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"this review lacks a field or has a wrong one ({error})", where=where, hint=_HINT) from error


def read_review(text: str, *, where: str = "") -> StoredReview:
    """Return the one review that the JSON `text` holds. Raises InputError as `read_reviews`, and for several."""
    found = read_reviews(text, where=where)
    if len(found) != 1 or read_record(text, where=where)["schema"] != SCHEMA:
        raise InputError(f"this is not a single review (schema {SCHEMA})", where=where, hint=_HINT)
    return found[0]


def _review(record: Any) -> StoredReview:
    series = record["series"]
    return StoredReview(message_id=_text(series["message_id"]), version=_number(series["version"]),
                        findings=tuple(_finding(finding) for finding in record["findings"]),
                        page=_page(record["first_page"]) if "first_page" in record else EMPTY_PAGE,
                        answerable=read_mails(series, record["mails"]) if "mails" in record else None,
                        notices=tuple(_text(text) for text in series.get("notices", ())))


def _finding(record: Any) -> Finding:
    values: dict[str, Any] = {name: _text(record[name]) for name in _TEXTS}
    values |= {name: _number(record[name]) for name in _NUMBERS}
    fixed_by = record["fixed_by"]
    return Finding(
        **values, category=_word(record["category"], CATEGORIES), level=_word(record["level"], LEVELS),
        side=_word(record["side"], ("new", "old")), arch=tuple(_text(arch) for arch in record["arch"]),
        introduced=record["introduced"] is True, fixed_by=None if fixed_by is None else _number(fixed_by),
        suppressed=_text(record.get("suppressed", "")),
        evidence=tuple(Evidence(kind=_word(e["kind"], _KINDS), file=_text(e["file"]), line=_number(e["line"]),
                                text=_text(e["text"]), rev=_text(e["rev"])) for e in record["evidence"]))


def _page(record: Any) -> FirstPage:
    return FirstPage(conclusion=_text(record["conclusion"]), rows=tuple(_row(row) for row in record["rows"]),
                     ask=tuple(_text(name) for name in record["ask"]),
                     claims=tuple(_number(number) for number in record["claims"]),
                     not_seen=tuple(_text(text) for text in record["not_seen"]),
                     ask_weights=tuple(_weight(weight) for weight in record.get("ask_weights", ())),
                     left_out=_number(record.get("left_out", 0)),
                     left_errors=_number(record.get("left_errors", 0)),
                     left_rows=tuple(_row(row) for row in record.get("left_rows", ())),
                     since=_text(record.get("since", "")))


def _row(record: Any) -> PageRow:
    return PageRow(
        id=_text(record["id"]), arch=tuple(_text(arch) for arch in record["arch"]), config=_text(record["config"]),
        verdict=_word(record["verdict"], ("worse", "better", "different", "same")),
        statement=_text(record["statement"]), patch=_number(record["patch"]), file=_text(record["file"]),
        line=_number(record["line"]), weight=_weight(record["why"]),
        because=tuple(_text(name) for name in record["because"]))


def _weight(record: Any) -> Weight:
    return Weight(value=_number(record["value"]), consequence=_text(record["consequence"]),
                  reach=_text(record["reach"]), certainty=_text(record["certainty"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r:.40} is no number")
    return value


def _word(value: Any, words: tuple[str, ...]) -> Any:
    if value not in words:
        raise ValueError(f"{value!r:.40} is none of {', '.join(words)}")
    return value
