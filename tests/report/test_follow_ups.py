"""Trailers that replies gave are shown, and those that name somebody else than the sender are marked."""

from __future__ import annotations

import json

from reviewbot.findings.types import RuleText
from reviewbot.report import Show, render_html, render_json, render_text
from reviewbot.review.types import Review


def test_follow_ups_are_shown_with_mismatches(review: Review, rules: dict[str, RuleText]) -> None:
    """JSON has who gave them, the HTML page and --full mark the one whose address is not the sender's."""
    patch = json.loads(render_json(review))["series"]["patches"][0]
    assert [(one["name"], one["via"], one["matches"]) for one in patch["follow_ups"]] == [
        ("Reviewed-by", "20260303.1-bea@example.com", True), ("Acked-by", "20260303.2-eve@example.com", False)]
    text = render_text(review, rules, show=Show(full=True))
    assert "Acked-by: Cy Doe <cy@example.net>  (from another address)" in text
    assert "Reviewed-by: Bea Keeper <bea@example.com>\n" in text
    html = render_html(review, rules)
    assert 'Acked-by: Cy Doe &lt;cy@example.net&gt; <span class="chip warning">from another address</span>' in html
    assert html.count("from another address") == 1


def test_the_page_explains_levels_and_weights(review: Review, rules: dict[str, RuleText]) -> None:
    """Whoever reads the page finds what a level means, and what a weight is made of, on it."""
    html = render_html(review, rules)
    for said in ("What levels and weights mean", "the build broken", "configurations that distributions ship",
                 "from the hunks alone"):
        assert said in html
