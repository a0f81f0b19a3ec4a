"""The terminal forms: the summary for people and the one-line form."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace

import pytest
import report_sample as sample

from reviewbot.findings.types import LevelSetEntry, RuleText
from reviewbot.report import PLAIN, Screen, Show, render_terse, render_text, screen_for
from reviewbot.review.page import EMPTY_PAGE
from reviewbot.review.types import Review

FULL = Show(full=True)


class Terminal(io.StringIO):
    """A stream that says it is a terminal and has no size to ask for."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError("no file")


def test_terse_is_the_compilers_form(review: Review) -> None:
    """One line a finding, `FILE:LINE: LEVEL: message [rule]`, old defects left out."""
    lines = render_terse(review).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("mm/guard.c:11: error: 'guard_page' drops the result of ")
    assert all(re.fullmatch(r"[^:]+:\d+: (error|warning|question|note): .+ \[[a-z-]+\]", line) for line in lines)


def test_terse_is_silent_without_findings() -> None:
    """Nothing at all is printed when there is nothing to say."""
    assert render_terse(sample.make_review(findings=())) == ""


@pytest.mark.parametrize("width", [40, 59, 60, 80, 132])
def test_text_fits_its_width(review: Review, rules: dict[str, RuleText], width: int) -> None:
    """No line is longer than the screen is wide, and every finding and question is there."""
    text = render_text(review, rules, screen=Screen(width=width), show=FULL)
    assert max(len(line) for line in text.splitlines()) <= width
    flat = re.sub(r"\s+", "", text)
    for finding in review.findings:
        if finding.introduced:
            assert re.sub(r"\s+", "", finding.question) in flat
            assert f"{finding.file}:{finding.line}" in flat


@pytest.mark.parametrize("width", [40, 80, 100, 140])
def test_the_page_alone_is_what_is_shown(review: Review, rules: dict[str, RuleText], width: int) -> None:
    """Unless more is asked for there is the first page and nothing else, in forty lines of a hundred columns."""
    text = render_text(review, rules, screen=Screen(width=width))
    assert max(len(line) for line in text.splitlines()) <= width
    flat = " ".join(text.split())
    assert all(part in flat for row in review.first_page.rows for part in row.statement.split(": ")) or width == 40
    told = review.first_page.rows[0].statement.split(": ")[0]
    assert flat.count(told) == 1 or width == 40, "what the conclusion says is not said again"
    assert "Changed behaviour" not in text
    assert width < 100 or len(text.splitlines()) <= 40


def test_nothing_looked_at_is_not_said(review: Review, rules: dict[str, RuleText]) -> None:
    """A review that found no call to look at has no line of noughts at the foot of its page."""
    nothing = replace(review.coverage, calls=0, functions=0, files=0)
    text = render_text(replace(review, coverage=nothing), rules)
    assert "Looked at" not in text
    assert "Not on this page: " in text


def test_missing_patches_are_told_once(review: Review, rules: dict[str, RuleText]) -> None:
    """What is not seen names the missing patches; the head does not name them again."""
    assert render_text(review, rules).count("patch 4") == 1
    assert "missing" not in render_text(review, rules)


def test_old_defects_and_reasons_are_shown_when_asked_for(review: Review, rules: dict[str, RuleText]) -> None:
    """`--old` adds the old defects, `--why` what gave each line its place."""
    assert "d1b2c3d4" not in render_text(review, rules)
    assert "'copy_image' drops the result" in render_text(review, rules, show=Show(old=True))
    text = " ".join(render_text(review, rules, show=Show(why=True)).split())
    assert "row-1: weight 50: undone, developer, derived; rests on cell-2-2 and stub-on-arch-1" in text


def test_text_puts_the_level_set_before_the_findings(review: Review, rules: dict[str, RuleText]) -> None:
    """Below the page, what the series really does comes first, the coverage line last."""
    text = render_text(review, rules, show=FULL)
    places = [text.index(words) for words in ("What changes", "Ask", "What this series really does",
                                              "Changed behaviour", "Claims, held", "Patch 1/4",
                                              "What was looked at", "Checked 9 calls")]
    assert places == sorted(places)
    assert "2 old defects nearby, not counted" in text


def test_no_findings_is_a_positive_result(rules: dict[str, RuleText]) -> None:
    """Without findings the summary still says what was looked at."""
    review = sample.make_review(findings=(), behaviour=(), claims=(), level_set=(), first_page=EMPTY_PAGE)
    text = render_text(review, rules, show=FULL)
    assert "Checked 9 calls in 6 functions of 4 files" in text


def test_plain_text_has_no_escapes(review: Review, rules: dict[str, RuleText]) -> None:
    """Without colours there is no escape character; with them there is."""
    assert "\x1b" not in render_text(review, rules)
    assert "\x1b[" in render_text(review, rules, screen=Screen(width=80, colour=True))


def test_strangers_cannot_steer_the_terminal(rules: dict[str, RuleText]) -> None:
    """Escape sequences and direction marks of a mail are spelled out."""
    hostile = sample.finding(message="x\x1b]0;owned\x07\u202ey [bold]z[/bold]", code="\x1b[2J", file="a\x1bb.c")
    review = sample.make_review(findings=(hostile,))
    for text in (render_text(review, rules, screen=Screen(colour=True), show=FULL), render_terse(review)):
        assert "\x1b]" not in text
        assert "\u202e" not in text
        assert "<U+001B>" in text
    assert "[bold]z[/bold]" in render_text(review, rules, show=FULL)


def test_the_screen_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file gets 80 plain columns, a terminal colours unless NO_COLOR is set."""
    assert screen_for(io.StringIO(), {}) == PLAIN
    with monkeypatch.context() as narrow:
        narrow.setattr(Terminal, "fileno", lambda _: 1)
        narrow.setattr(os, "get_terminal_size", lambda _: os.terminal_size((50, 24)))
        assert screen_for(Terminal(), {"TERM": "dumb"}) == Screen(width=50)
    assert screen_for(Terminal(), {"TERM": "xterm"}).colour
    assert not screen_for(Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}).colour
    forced = {"FORCE_COLOR": "1", "COLUMNS": "120"}
    assert screen_for(io.StringIO(), forced) == Screen(width=120, colour=True)
    assert screen_for(io.StringIO(), forced | {"NO_COLOR": "1"}) == Screen(width=120)
    assert screen_for(io.StringIO(), {"FORCE_COLOR": "0", "COLUMNS": "120"}) == PLAIN


def test_no_line_ends_in_blanks(review: Review, rules: dict[str, RuleText]) -> None:
    """Neither a plain line nor one that is painted to its end."""
    for colour in (False, True):
        text = render_text(review, rules, screen=Screen(width=70, colour=colour), show=FULL)
        assert not re.search(r"[ ](?:\x1b\[0m)?$", text, re.MULTILINE)


def test_everything_stands_below_the_page(rules: dict[str, RuleText]) -> None:
    """`--full` ends no list early, cuts no evidence, names a place once, and says what stands in no file."""
    review = sample.make_review()
    proof = tuple(sample.source("mm/pool.c", line, f"word{line} " * 40 + f"end{line}.")
                  for line in (31, 32, 33, 34, 34))
    proof += (replace(proof[0], kind="model", file="", line=0, text="In a guest it does nothing."),)
    entries = tuple(LevelSetEntry(topic="Many", arch="x86", statement=f"Sentence {number}.", because=proof)
                    for number in range(30))
    shown = replace(review.findings[0], evidence=proof)
    skips = tuple(replace(review.skips[0], why=f"why{number} " * 90 + f"last{number}.") for number in range(9))
    text = " ".join(render_text(replace(review, level_set=entries, findings=(shown,), skips=skips), rules, show=FULL
                                ).split())
    assert all(f"last{number}." in text for number in range(9))
    assert all(f"Sentence {number}." in text for number in range(30))
    assert all(f"end{line}." in text for line in (31, 32, 33, 34))
    assert text.count("end34.") == 1
    assert "the architecture model: In a guest it does nothing." in text
    assert " : In a guest" not in text
    assert "the other formats" not in text
