"""`reviewbot why` and `reviewbot explain weights`: every line can be asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("why") / "review.json"
    result = run("review", str(EXAMPLES / "series.mbox"), "--tree", str(EXAMPLES / "linux"), "--no-network", "-q",
                 "-o", f"json={path}")
    assert result.exit_code == 0, result.stderr
    return path


def test_every_row_and_question_can_be_asked(stored: Path) -> None:
    """The answer repeats the sentence and names every finding and cell that it rests on."""
    page = json.loads(stored.read_text(encoding="utf-8"))["first_page"]
    assert page["rows"]
    for row in page["rows"]:
        text = run("why", str(stored), row["id"]).stdout
        assert row["statement"] in text
        assert all(name in text for name in row["because"])
    for name in page["ask"]:
        assert "Question: " in run("why", str(stored), name).stdout


def test_a_row_without_room_can_be_asked(stored: Path, tmp_path: Path) -> None:
    """Rows are numbered as they stand on the page; one that is left out has the next number, and is still known."""
    record = json.loads(stored.read_text(encoding="utf-8"))
    page = record["first_page"]
    ids = [row["id"] for row in (*page["rows"], *page["left_rows"])]
    assert ids == [f"row-{number}" for number in range(1, len(ids) + 1)]
    page["left_rows"] = [page["rows"].pop(), *page["left_rows"]]
    (tmp_path / "less.json").write_text(json.dumps(record), encoding="utf-8")
    asked = page["left_rows"][0]
    assert asked["statement"] in run("why", str(tmp_path / "less.json"), asked["id"]).stdout


def test_a_cell_shows_both_sides(stored: Path) -> None:
    """A cell is shown with what the call comes to before and after."""
    cell = next(c for c in json.loads(stored.read_text(encoding="utf-8"))["behaviour"] if c["changed"])
    text = run("why", str(stored), cell["id"]).stdout
    assert cell["before"]["does"] in text
    assert cell["after"]["does"] in text


def test_what_is_not_there_is_one_line(stored: Path, tmp_path: Path) -> None:
    """An unknown id and a file that is no review are told apart, each in one line with what to do."""
    result = run("why", str(stored), "row-99")
    assert result.exit_code == 2
    assert "row-1" in result.stderr
    (tmp_path / "no.json").write_text("{}", encoding="utf-8")
    assert run("why", str(tmp_path / "no.json"), "row-1").exit_code == 4
    assert run("why", str(tmp_path / "absent.json"), "row-1").exit_code == 4


def test_the_weights_can_be_read() -> None:
    """What orders the page is data that the program shows."""
    text = run("explain", "weights").stdout
    assert "[consequence]" in text
    assert "consequence x reach x certainty" in text


def test_what_is_not_there_has_no_failure(stored: Path) -> None:
    """A side of a cell on which nothing is called says nothing about what becomes of an error."""
    cells = json.loads(stored.read_text(encoding="utf-8"))["behaviour"]
    absent = next(one for one in cells if one["before"]["resolves_to"] == "absent")
    lines = run("why", str(stored), absent["id"]).stdout.splitlines()
    assert f"  before: {absent['before']['does']}." in lines
