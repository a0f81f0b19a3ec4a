"""Evidence that names a whole file gets the line where what it speaks of stands, if it stands there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def review() -> dict[str, list[dict[str, object]]]:
    """Return the example's review."""
    done = CliRunner().invoke(main, ["review", str(EXAMPLES / "series.mbox"), "--tree", str(EXAMPLES / "linux"),
                                     "--no-network", "--format", "json"])
    assert done.exit_code == 0, done.output
    record: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return record


def test_every_piece_of_evidence_has_a_line(review: dict[str, list[dict[str, object]]]) -> None:
    """In a series that applies whole, each finding, claim and statement can be looked up at a line."""
    groups = [one["evidence"] for one in review["findings"]]
    groups += [one["because"] for one in (*review["claims"], *review["level_set"])]
    without = [step for group in groups for step in group if step["file"] and not step["line"]]  # type: ignore[attr-defined]
    assert without == []
    assert all(group for group in groups[:len(review["findings"])])


def test_an_option_is_looked_up_where_it_is_defined(review: dict[str, list[dict[str, object]]]) -> None:
    """A configuration in which something can be built points at the entry of an option in it."""
    steps = [step for one in review["findings"] for step in one["evidence"]  # type: ignore[attr-defined]
             if step["kind"] == "kconfig" and "VAULT_SEAL=y" in step["text"]]
    assert steps
    assert {step["file"] for step in steps} == {"drivers/vault/Kconfig"}


def test_a_name_is_looked_up_where_it_is_defined(review: dict[str, list[dict[str, object]]]) -> None:
    """What the model knows of a stub points at the stub in the header, not at a call of it."""
    steps = [step for one in review["findings"] if one["rule"] == "stub-on-arch"
             for step in one["evidence"] if step["kind"] == "model"]  # type: ignore[attr-defined]
    header = (EXAMPLES / "linux" / "include" / "linux" / "set_memory.h").read_text().splitlines()
    assert steps
    assert all("static inline" in header[step["line"] - 1] for step in steps if step["file"].endswith("set_memory.h"))
