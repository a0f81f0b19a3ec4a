"""Whatever a mail says, every format comes out whole."""

from __future__ import annotations

import json
from dataclasses import replace

import report_sample as sample
from hypothesis import given, settings
from hypothesis import strategies as st
from test_html_page import read

from reviewbot.report import (
    draft_replies,
    render_b4,
    render_html,
    render_json,
    render_sarif,
    render_terse,
    render_text,
)

NASTY = st.text(st.one_of(st.characters(), st.sampled_from("<>&\"'`\\%{}\x00\x1b\r\n\t\u202e\u2028\ud800#/@:= ")),
                max_size=60)


def test_long_words_do_not_make_long_lines() -> None:
    """A mail's line keeps below 998 octets, whatever a patch's lines and names are like."""
    wide = "\N{GRINNING FACE}" * 3000
    found = sample.finding(patch=1, file="mm/guard.c", line=0, code=wide, message=wide, question=f"{wide} {wide}",
                           function=wide, evidence=(sample.source(wide, 1, wide),), config=wide, arch=(wide,))
    (draft,) = draft_replies(sample.make_review(findings=(found,)), identity=sample.ME,
                             messages=sample.make_messages())
    assert max(len(line.encode()) for line in draft.text.splitlines()) < 998


@settings(max_examples=40)
@given(text=NASTY, other=NASTY, number=st.integers(min_value=-5, max_value=10**9))
def test_any_text_anywhere(text: str, other: str, number: int) -> None:
    """Random text in every place that a stranger fills raises nothing and breaks no format."""
    found = sample.finding(id=text, rule=other, message=text, question=other, code=text, file=other, function=text,
                           config=other, symbol=text, message_id=other, arch=(text,), line=number, end_line=number,
                           patch=1, evidence=(sample.source(text, number, other),), notes=(text, other),
                           suppressed="" if number % 2 else other, table=sample.TABLE)
    review = sample.make_review(findings=(found, sample.finding(id=text, patch=0, file="", line=0, code=other)))
    messages = {mid: replace(message, subject=text, in_reply_to=other, references=(text, other))
                for mid, message in sample.make_messages().items()}
    page = read(render_html(review, {}))
    assert (page.faults, page.open, page.loads) == ([], [], [])
    assert len(page.ids) == len(set(page.ids))
    render_html(review, {}).encode()
    for form in (render_json(review), render_sarif(review, rules={}), render_b4(review)):
        json.loads(form)
    for draft in draft_replies(review, identity=sample.ME, messages=messages):
        head = draft.text.split("\n\n", 1)[0]
        assert head.isascii()
        assert max(map(len, draft.text.splitlines()), default=0) < 998
    for form in (render_text(review, {}), render_terse(review)):
        assert "\x1b" not in form
        form.encode()
    assert all(line.endswith("]") for line in render_terse(review).splitlines())
