"""A finished review can be read back for a reply."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import report_sample as sample

from reviewbot.errors import InputError
from reviewbot.mail.types import Message
from reviewbot.report import draft_for, in_report_order, read_review, render_json
from reviewbot.review.types import Review


def test_findings_come_back_as_they_went(review: Review) -> None:
    """All that the JSON promises of a finding survives the way through the file."""
    stored = read_review(render_json(review))
    assert (stored.message_id, stored.version) == ("20260302.0-ada@example.org", 2)
    assert stored.findings == tuple(replace(f, notes=(), table=()) for f in in_report_order(review.findings))


def test_a_stored_review_is_enough_for_a_reply(review: Review, messages: dict[str, Message]) -> None:
    """Without the patched files the quoted code still places each comment."""
    stored = read_review(render_json(review))
    drafts = draft_for(review.series, stored.findings, spots={}, identity=sample.ME, messages=messages)
    lines = drafts[0].body.splitlines()
    at = lines.index("> +\t\tset_direct_map_invalid_noflush(page);")
    assert lines[at + 2].startswith("guard_page() drops the result of")


def spoil(record: dict[str, Any]) -> list[str]:
    finding = record["findings"][0]
    return [json.dumps(record | {"findings": [finding | change]}) for change in (
        {"line": "7"}, {"line": True}, {"level": "fatal"}, {"file": None}, {"evidence": [{}]}, {"arch": 5})]


def test_other_files_are_refused_in_one_line(review: Review) -> None:
    """No JSON, another schema, a missing or a wrong field: one line that names the file, never a traceback."""
    record = json.loads(render_json(review))
    del record["series"]["version"]
    texts = ["", "{", "[]", "5", '{"schema": "reviewbot.reviews/1"}', "[" * 100_000, json.dumps(record),
             *spoil(json.loads(render_json(review)))]
    for text in texts:
        with pytest.raises(InputError) as caught:
            read_review(text, where="old.json")
        assert str(caught.value).startswith("old.json: ")
        assert "\n" not in str(caught.value)
