"""The golden pages: what they are made of, and the command that writes them anew.

    python tests/report/update_gold.py

Look at the difference before committing it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import report_sample as sample

from reviewbot import __version__
from reviewbot.report import (
    Screen,
    Show,
    draft_replies,
    render_b4,
    render_eml,
    render_html,
    render_json,
    render_sarif,
    render_terse,
    render_text,
)
from reviewbot.review.page import EMPTY_PAGE

GOLD = Path(__file__).resolve().parent.parent / "gold"


def _drafts() -> str:
    return render_eml(draft_replies(sample.make_review(), identity=sample.ME, messages=sample.make_messages(),
                                    date=sample.NOON))


PAGES: dict[str, Callable[[], str]] = {
    "report.html": lambda: render_html(sample.make_review(), sample.make_rules()),
    "report-empty.html": lambda: render_html(sample.make_review(
        findings=(), behaviour=(), claims=(), level_set=(), skips=(), first_page=EMPTY_PAGE), sample.make_rules()),
    "report.json": lambda: render_json(sample.make_review()),
    "report.sarif": lambda: render_sarif(sample.make_review(), rules=sample.make_rules()),
    "report.terse": lambda: render_terse(sample.make_review()),
    "report-b4.json": lambda: render_b4(sample.make_review()),
    "page-80.txt": lambda: render_text(sample.make_review(), sample.make_rules()),
    "report-40.txt": lambda: render_text(sample.make_review(), sample.make_rules(), screen=Screen(width=40),
                                         show=Show(full=True)),
    "report-100.txt": lambda: render_text(sample.make_review(), sample.make_rules(), screen=Screen(width=100),
                                          show=Show(full=True)),
    "replies.mbox": _drafts,
}


def scrub(text: str) -> str:
    """Return the text without what may change from one release to the next: versions and what is hashed from them."""
    text = text.replace(__version__, "VERSION")
    text = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-HASH", text)
    text = re.sub(r"<style>.*?</style>", "<style>STYLE</style>", text, flags=re.DOTALL)
    return re.sub(r"<[0-9a-f]{24}-reviewbot-reply@", "<ID-reviewbot-reply@", text)


def main() -> None:
    """Write every golden page."""
    GOLD.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (GOLD / name).write_text(scrub(make()), encoding="utf-8")
        sys.stdout.write(f"{GOLD / name}\n")


if __name__ == "__main__":
    main()
