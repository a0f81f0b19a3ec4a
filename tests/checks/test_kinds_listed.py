"""A kind of check stands where rules look for it, and where people who write rules do."""

from __future__ import annotations

from pathlib import Path

from reviewbot.checks.kinds import KINDS
from reviewbot.checks.kinds.base import Kind
from reviewbot.resources import data_folder


def test_each_kind_is_registered_and_has_a_row() -> None:
    """A module that makes a kind is named in kinds/__init__.py, and rules/README.md says what the kind finds."""
    folder = Path(__file__).resolve().parents[2] / "reviewbot" / "checks" / "kinds"
    made = {line.split("=")[0].strip() for path in folder.glob("*.py")
            for line in path.read_text(encoding="utf-8").splitlines() if "= Kind(" in line and line[:1].isupper()}
    registered = {name for name in made if name.lower().replace("_", "-") in KINDS}
    assert made - registered == set(), "not in kinds/__init__.py"
    assert all(isinstance(kind, Kind) for kind in KINDS.values())
    rows = (data_folder("rules") / "README.md").read_text(encoding="utf-8")
    assert [name for name in KINDS if f"| `{name}` |" not in rows] == [], "no row in rules/README.md"
