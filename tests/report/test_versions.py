"""What became of an earlier version's page, in one line."""

from __future__ import annotations

import re
from dataclasses import replace

import report_sample as sample

from reviewbot.findings.types import RuleText
from reviewbot.report import render_text
from reviewbot.review.page.versions import with_previous


def test_what_is_gone_is_named_and_the_rest_counted() -> None:
    """A row that the new version does not have is named; one that only moved stays."""
    before = sample.make_review()
    page = before.first_page
    moved = replace(page.rows[1], line=99, id="row-1")
    now = with_previous(replace(before, first_page=replace(page, rows=(moved,))), before)
    assert now.first_page.since.startswith("Since v2: no longer so: ")
    assert page.rows[0].gist in now.first_page.since
    text = " ".join(render_text(now, sample.make_rules()).split())
    assert "Since v2: no longer so: " in text


def test_nothing_gone_is_said_without_a_word_about_it() -> None:
    """Two equal versions differ in nothing: everything stays and nothing is new."""
    before = sample.make_review()
    since = with_previous(before, before).first_page.since
    assert "gone" not in since
    assert re.fullmatch(r"Since v\d+: \d+ statements stay; nothing is new[.]", since)
    assert since.endswith("nothing is new.")


def test_a_series_without_a_cover_has_the_title_of_its_first_patch() -> None:
    """Whatever the page speaks of first, patch 1 names the series, as one of several; a cover has a name of its own."""
    review = sample.make_review()
    first = review.series.patches[0]
    series = replace(review.series, cover=None, subject=first.subject)
    assert render_text(replace(review, series=series), sample.make_rules()).startswith(
        f"{first.subject}, and 2 more patches")
    assert render_text(review, sample.make_rules()).startswith(f"{review.series.subject} ")


def test_the_base_of_a_range_of_commits_is_no_mails(rules: dict[str, RuleText]) -> None:
    """What a range of commits starts from is its parent; only a mail has a base-commit."""
    review = sample.make_review()
    base = replace(review.patched.base, how="base-commit", rev="9" * 40)
    mails = replace(review, patched=replace(review.patched, base=base))
    commits = replace(mails, series=replace(review.series, message_id=f"{'a1' * 20}@git"))
    assert "(999999999999, named by the mail's base-commit)" in " ".join(render_text(mails, rules).split())
    assert "(999999999999, the parent of its first commit)" in " ".join(render_text(commits, rules).split())
