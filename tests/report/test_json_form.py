"""The JSON form keeps the promised schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import report_sample as sample

from reviewbot.findings.types import CATEGORIES, LEVELS
from reviewbot.report import render_json, render_json_several, render_text
from reviewbot.review.types import Review

# The schema, written down once more by hand: a type, a tuple of words, [each item], {field: ...}, or a choice `Either`.
Shape = Any


class Either:
    """One of several shapes."""

    def __init__(self, *shapes: Shape) -> None:
        self.shapes = shapes


EVIDENCE: Shape = {"kind": ("source", "patch", "model", "mail", "kconfig", "scenario"), "file": str, "line": int,
                   "text": str, "rev": str}
EFFECT: Shape = {"resolves_to": str, "via": [str], "does": str, "may_fail": bool, "errnos": [str],
                 "known": bool, "on_failure": ("dropped", "warned", "returned", "handled", "cannot-fail")}
FINDING: Shape = {
    "id": str, "rule": str, "category": CATEGORIES, "level": LEVELS, "confidence": str, "patch": int, "message_id": str,
    "file": str, "line": int, "end_line": int, "side": ("new", "old"), "function": str, "code": str, "symbol": str,
    "arch": [str], "config": str, "message": str, "question": str, "evidence": [EVIDENCE], "introduced": bool,
    "fixed_by": Either(int, None), "fingerprint": str,
}
PERSON: Shape = {"name": str, "email": str}
HEADERS: Shape = {"subject": str, "from": PERSON, "date": Either(str, None), "reply_to": [PERSON], "to": [PERSON],
                  "cc": [PERSON], "in_reply_to": str, "references": [str], "original_from": str}
FOLLOW_UP: Shape = {"name": str, "value": str, "via": str, "matches": bool}
WEIGHT: Shape = {"value": int, "consequence": str, "reach": str, "certainty": str}
ROW: Shape = {"id": str, "arch": [str], "config": str, "verdict": ("worse", "better", "different", "same"),
              "statement": str, "patch": int, "file": str, "line": int, "weight": int, "because": [str], "why": WEIGHT}
REVIEW: Shape = {
    "schema": ("reviewbot.review/1",),
    "tool": {"name": ("reviewbot",), "version": str},
    "series": {
        "subject": str, "version": int, "total": int, "message_id": str, "author": str, "date": Either(str, None),
        "list": str, "missing": [int], "follow_ups": [FOLLOW_UP], "superseded_by": Either(str, None), "notices": [str],
        "patches": [{"index": int, "message_id": str, "subject": str, "author": str, "files": [str],
                     "follow_ups": [FOLLOW_UP], "applies": ("clean", "offset", "fuzz", "merged", "reversed", "fragment",
                                                             "failed"), "note": str}],
        "base": {"kind": ("git", "directory", "none"), "rev": str, "kernel": str,
                 "how": ("base-commit", "blob-ids", "option", "date", "oldest", "newest", "none")},
    },
    "first_page": {
        "conclusion": str, "ask": [str], "claims": [int], "not_seen": [str], "left_out": int,
        "left_errors": int, "since": str,
        "ask_weights": [WEIGHT],
        "rows": [ROW],
        "left_rows": [ROW],
    },
    "findings": [FINDING],
    "behaviour": [{"id": str, "patch": str, "file": str, "function": str, "call": str, "arch": str,
                   "config": {...: str}, "before": EFFECT, "after": EFFECT, "changed": bool,
                   "seen": ("changes", "same", "not-seen"), "doubt": str}],
    "claims": [{"patch": int, "text": str, "kind": ("nfc", "fixes", "only-config", "arch", "error-handled", "other"),
                "verdict": ("holds", "contradicted", "cannot-tell"), "because": [EVIDENCE]}],
    "level_set": [{"topic": str, "arch": str, "statement": str, "because": [EVIDENCE]}],
    "coverage": {"calls": int, "functions": int, "files": int, "arches": [str], "built_on": [str],
                 "rules": [str]},
    "messages": [{"message_id": str, "role": ("patch", "cover", "reply", "ignored"), "why": str}],
    "skips": [{"where": str, "stage": str, "why": str}],
    "mails": [{"patch": int, "message_id": str, "subject": str, "author": PERSON, "date": Either(str, None),
               "text": str, "diffs": [str], "comments": {...: Either([int], None)}, "mail": Either(HEADERS, None)}],
}


def misfits(value: Any, shape: Shape, path: str = "$") -> list[str]:
    """Return where the value does not have the shape."""
    if isinstance(shape, Either):
        return [] if any(not misfits(value, choice, path) for choice in shape.shapes) else [path]
    if isinstance(shape, type) or shape is None:
        return [] if (type(value) is shape if shape is not None else value is None) else [f"{path}: {value!r}"]
    if isinstance(shape, tuple):
        return [] if value in shape else [f"{path}: {value!r}"]
    if type(value) is not type(shape):
        return [f"{path}: {value!r}"]
    if isinstance(shape, list):
        return [m for n, item in enumerate(value) for m in misfits(item, shape[0], f"{path}[{n}]")]
    if ... in shape:
        return [m for key, item in value.items() for m in misfits(item, shape[...], f"{path}.{key}")]
    wrong = [f"{path}: {sorted(set(value) ^ set(shape))}"] if set(value) != set(shape) else []
    return wrong + [m for key in shape if key in value for m in misfits(value[key], shape[key], f"{path}.{key}")]


def test_review_keeps_the_schema(review: Review) -> None:
    """Every field is there, none is there that was not promised, and each has its type."""
    assert misfits(json.loads(render_json(review, messages=sample.make_messages())), REVIEW) == []


def test_timings_only_when_asked(review: Review) -> None:
    """`timing_ms` is there with its parts and their sum when asked for, and otherwise not at all."""
    assert "timing_ms" not in json.loads(render_json(review))
    timing = json.loads(render_json(review, timings=True, render_ms=2))["timing_ms"]
    assert timing == {"ingest": 3, "apply": 5, "analyse": 7, "render": 2, "total": 17}


def test_several_reviews(review: Review) -> None:
    """Several reviews stand in one object with a schema of its own."""
    record = json.loads(render_json_several([review, review]))
    assert record["schema"] == "reviewbot.reviews/1"
    assert len(record["reviews"]) == 2


def test_order_does_not_depend_on_the_input(review: Review) -> None:
    """Findings come out by patch, file, line and rule, whatever order they came in."""
    turned = sample.make_review(findings=tuple(reversed(review.findings)), behaviour=tuple(reversed(review.behaviour)))
    assert render_json(turned) == render_json(review)
    keys = [(f["patch"], f["file"], f["line"], f["rule"]) for f in json.loads(render_json(turned))["findings"]]
    assert keys == sorted(keys)


def test_message_ids_are_bare(review: Review) -> None:
    """Message-IDs stand without angle brackets, also when a value still had them."""
    wrapped = sample.make_review(findings=(sample.finding(message_id="<a@b>"),))
    assert json.loads(render_json(wrapped))["findings"][0]["message_id"] == "a@b"


def test_nothing_but_ascii_comes_out() -> None:
    """Control and direction characters of a stranger leave as JSON escapes, and a lone surrogate does no harm."""
    text = render_json(sample.make_review(findings=(sample.finding(message="a\u202eb\x1b[31m\ud800"),)))
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["findings"][0]["message"] == "a\u202eb\x1b[31m\ud800"


def test_silenced_finding_says_why() -> None:
    """A silenced finding is still there, with the reason."""
    record = json.loads(render_json(sample.make_review(findings=(sample.finding(suppressed="known, see the wiki"),))))
    assert record["findings"][0]["suppressed"] == "known, see the wiki"


def test_what_the_page_notes_of_the_input_is_in_the_json(review: Review) -> None:
    """A newer version, missing patches, a series that was left out: each note of the text form is one of the JSON's."""
    series = replace(review.series, superseded_by="v9@example.org", missing=(3, 7), total=9,
                     set_aside=(("other@example.org", "another series"),), warnings=("the cover is a copy",))
    changed = replace(review, series=series)
    notices = json.loads(render_json(changed))["series"]["notices"]
    assert notices == ["A newer version is in the same input: v9@example.org", "Patches 3 and 7 of 9 are missing",
                       ("Not reviewed here: 'another series', sent below this series; --series other@example.org "
                       "reviews it"), "The cover is a copy"]
    text = " ".join(render_text(changed, sample.make_rules()).split())
    assert notices[0] in text
    assert notices[2] in text
