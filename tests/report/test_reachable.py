"""The report can be read without eyes and without a mouse: what axe-core asks of headings, landmarks and scrolling."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LANDMARKS = {"main": "main", "nav": "navigation", "aside": "complementary", "form": "form", "section": "region"}


class Reading(HTMLParser):
    """The headings, landmarks and scrolling boxes of a page, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.landmarks: list[tuple[str, str]] = []
        self.stuck: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.levels.append(int(tag[1]))
        role, label = given.get("role", LANDMARKS.get(tag, "")), given.get("aria-label", "")
        if role in LANDMARKS.values() and (role != "region" or label):
            self.landmarks.append((role, label))
        if (tag == "pre" or "scroll" in given.get("class", "").split()) and given.get("tabindex") != "0":
            self.stuck.append(f"<{tag} {given}>")


@pytest.fixture(scope="module")
def pages() -> list[Reading]:
    words = ["--tree", str(EXAMPLES / "linux")]
    return [Reading(CliRunner().invoke(main, ["review", str(EXAMPLES / "series.mbox"), "--no-network", "--format",
                                              "html", *more]).stdout) for more in (words, [])]


def test_headings_descend_one_step_at_a_time(pages: list[Reading]) -> None:
    """There is one first heading, and none stands two levels below the one before it."""
    for page in pages:
        assert page.levels.count(1) == 1
        assert page.levels[0] == 1
        assert all(below - above <= 1 for above, below in zip(page.levels, page.levels[1:], strict=False))


def test_landmarks_are_told_apart(pages: list[Reading]) -> None:
    """No two landmarks of a kind have the same name."""
    for page in pages:
        assert len(set(page.landmarks)) == len(page.landmarks)


def test_what_scrolls_can_be_reached_with_keys(pages: list[Reading]) -> None:
    """Every box that scrolls sideways takes the focus."""
    for page in pages:
        assert page.stuck == []
