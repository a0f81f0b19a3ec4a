"""Series that a person does not want reviewed are left out, and said to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BOTH = [str(EXAMPLES / "series.mbox"), str(EXAMPLES / "loan.mbox")]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["review", *BOTH, "--no-network", "--no-cache", "--kernel", "6.12", *words])


def subjects(result: Result) -> list[str]:
    return [review["series"]["subject"][:6] for review in json.loads(result.stdout)["reviews"]]


@pytest.mark.parametrize("words", [["--skip-subject", "VAULT:*"]])
def test_what_matches_is_left_out(words: list[str]) -> None:
    """Subjects are patterns, whatever the case of letters; what is left out is named with the reason."""
    every = subjects(run("--all", "--format", "json"))
    result = run("--all", "--format", "json", *words)
    assert set(subjects(result)) == set(every) - {"vault:"}
    assert "left out: vault: keep keys out of the direct map: its " in result.stderr


def test_only_what_matches_is_reviewed() -> None:
    """With one series left none has to be named."""
    result = run("--only-subject", "vault:*", "--format", "json", "-q")
    assert json.loads(result.stdout)["series"]["subject"].startswith("vault:")
    assert result.stderr == ""


def test_a_series_of_nothing_but_such_files_is_left_out() -> None:
    """One file of another name is enough to be reviewed."""
    result = run("--only-subject", "vault:*", "--skip-file", "drivers/*", "--format", "json", "-q")
    assert result.stdout
    assert run("--skip-file", "*", "-q").stdout == ""


@pytest.mark.parametrize("author", ["*@KEYS.example", "Iris L*"])
def test_an_author_is_left_out_by_name_or_address(author: str) -> None:
    """Whatever is left is by others."""
    assert "Iris" not in run("--all", "--skip-author", author, "-q").stdout


def test_nothing_left_is_no_failure() -> None:
    """There was nothing to review, and nothing went wrong: status 0 and no report."""
    result = run("--skip-subject", "*")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.count("left out: ") >= 2
