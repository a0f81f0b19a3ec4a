"""Rule texts become HTML that nobody can smuggle anything into."""

from __future__ import annotations

from reviewbot.report.rule_page import markdown_to_html


def test_headings_go_below_the_page() -> None:
    """The largest heading of a rule text gets the level that the page has left for it."""
    assert markdown_to_html("## One\n### Two\n", top_heading=4) == "<h4>One</h4>\n<h5>Two</h5>\n"
    assert "<h6>" in markdown_to_html("# a\n###### b\n", top_heading=4)


def test_html_is_text() -> None:
    """A tag in a rule text is shown, not obeyed."""
    html = markdown_to_html("<script>alert(1)</script> <img src=x onerror=y>", top_heading=4)
    assert "<script" not in html
    assert "<img" not in html


def test_only_web_links_stay_links() -> None:
    """http and https links stay; javascript, data and relative ones become text; images load nothing."""
    assert 'href="https://example.org/"' in markdown_to_html("[a](https://example.org/)", top_heading=4)
    for text in ("[a](javascript:alert(1))", "[a](data:text/html,x)", "[a](/etc/passwd)", "<file:///etc/passwd>"):
        assert "href" not in markdown_to_html(text, top_heading=4)
    assert "<img" not in markdown_to_html("![a](https://example.org/x.png)", top_heading=4)
