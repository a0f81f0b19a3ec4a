"""Every form of a review stands in the one list, and where people look for it."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_sample as sample
from click.testing import CliRunner

from reviewbot.cli import main
from reviewbot.report.formats import FORMATS, Format, Order

TOP = Path(__file__).resolve().parents[2]
NAMES = [form.name for form in FORMATS]


@pytest.mark.parametrize("page", ["README.md", "docs/report.md"])
def test_each_form_has_a_line_in_the_tables(page: str) -> None:
    """A form that is in the list and not in a table is named; so is one that is only in the table."""
    lines = (TOP / page).read_text(encoding="utf-8").splitlines()
    rows = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert [name for name in NAMES if name not in rows] == [], f"{page} lacks them"


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_each_form_can_be_made(form: Format) -> None:
    """The function of each entry loads and writes the sample review, also as one of several."""
    order = Order(rules=sample.make_rules(), identity=lambda: sample.ME, messages=sample.make_messages())
    assert form.write([sample.make_review()], order).strip()
    assert form.says


def test_help_names_every_form() -> None:
    """What `--format` takes is read from the list."""
    text = " ".join(CliRunner().invoke(main, ["review", "--help"]).output.split())
    assert all(name in text for name in NAMES)
