"""A kind of check stands where rules look for it, and where people who write rules do."""

from __future__ import annotations

from pathlib import Path

from reviewbot.checks.kinds import KINDS
from reviewbot.checks.kinds.base import Kind
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.contracts.detect import DETECTORS
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


def test_each_kind_and_each_way_to_find_has_a_rule() -> None:
    """A kind that no rule names, or a mechanism that no rule of the kind `contract` names, never says anything."""
    rules = load_knowledge(()).rules
    assert sorted(set(KINDS) - {rule.kind for rule in rules}) == [], "no rule in rules/checks/ is of this kind"
    used = {str(rule.options["mechanism"]) for rule in rules if rule.kind == "contract"}
    assert sorted({one.name for one in DETECTORS} - used) == [], "no rule of the kind contract names this mechanism"


def test_each_way_to_find_is_in_the_list() -> None:
    """A module of reviewbot/contracts/ that nothing imports is a mechanism that detect.py does not have."""
    folder = Path(__file__).resolve().parents[2] / "reviewbot"
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py")]
    idle = [path.stem for path in (folder / "contracts").glob("*.py") if path.stem != "__init__"
            and not any(f"contracts.{path.stem} import" in text for text in texts)]
    assert idle == [], "not in contracts/detect.py"
