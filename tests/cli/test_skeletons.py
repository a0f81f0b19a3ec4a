"""`reviewbot rules new` and `reviewbot model new` make files that load and hold as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.checks.kinds import KINDS
from reviewbot.cli import main
from reviewbot.cli.knowledge import load_knowledge


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_a_new_rule_of_each_kind_holds(tmp_path: Path) -> None:
    """Each kind that has a rule can be begun, as a draft, and its examples hold before anything was changed."""
    kinds = sorted({rule.kind for rule in load_knowledge(()).rules})
    assert set(kinds) <= set(KINDS)
    for kind in kinds:
        made = run("rules", "new", str(tmp_path / "checks" / f"of-{kind}"), "--like", kind)
        assert made.exit_code == 0, made.output
    assert {rule.status for rule in load_knowledge((tmp_path,)).rules if rule.id.startswith("of-")} == {"draft"}
    tested = run("rules", "test", str(tmp_path))
    assert tested.stdout.splitlines()[-1].startswith(f"{len(kinds)} rules, ")
    assert tested.stdout.splitlines()[-1].endswith(", 0 wrong")


def test_a_new_architecture_loads_and_tells_what_must_be_written(tmp_path: Path) -> None:
    """The file says that the architecture does nothing of its own; a tree in which it does is told statement by
    statement."""
    file = tmp_path / "own" / "arch" / "demoarch.toml"
    assert run("model", "new", "demoarch", "-o", str(file)).exit_code == 0
    assert "demoarch, Linux 6.12" in run("model", "show", "demoarch", "--kernel", "6.12", "--rules",
                                         str(file.parent.parent)).stdout
    kconfig = tmp_path / "linux" / "arch" / "demoarch" / "Kconfig"
    kconfig.parent.mkdir(parents=True)
    kconfig.write_text("config DEMOARCH\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n")
    (tmp_path / "linux" / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\n")
    checked = run("model", "check", "--arch", "demoarch", "--rules", str(file.parent.parent), "--tree",
                  str(tmp_path / "linux")).stdout
    assert "demoarch does not select" in " ".join(checked.split())
    assert "demoarch has no KFENCE" not in checked  # that one holds


@pytest.mark.parametrize(("words", "said"), [
    (("rules", "new", "DIR/Bad_Name"), "is no id of a rule"),
    (("rules", "new", "DIR/ignored-result"), "there is a rule 'ignored-result' already"),
    (("rules", "new", "DIR/mine", "--like", "ignored-results"), "did you mean ignored-result"),
    (("rules", "new", "DIR"), "is there already"),
    (("model", "new", "x86"), "'reviewbot model show x86' shows it"),
    (("model", "new", "X 86"), "is no folder of arch/"),
])
def test_what_cannot_be_begun_is_one_line(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Names that are taken or are none leave with 2 and change nothing."""
    place = tmp_path / "rules"
    place.mkdir()
    done = run(*(word.replace("DIR", str(place)) for word in words))
    assert (done.exit_code, said in done.stderr, done.stderr.count("\n")) == (2, True, 1), done.stderr
    assert not list(place.iterdir())
