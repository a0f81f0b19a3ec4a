"""`reviewbot rules test DIR` runs a user's examples as the tests run the program's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main
from reviewbot.resources import data_folder


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["rules", *words])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder with a copy of one of the program's rules under a name of its own."""
    shutil.copytree(data_folder("rules") / "checks" / "warn-only", tmp_path / "checks" / "my-rule")
    return tmp_path


def test_rules_that_hold(own: Path) -> None:
    """The folder, its checks/ and the rule itself may be named; each example is run."""
    for folder in (own, own / "checks", own / "checks" / "my-rule"):
        result = run("test", str(folder))
        assert (result.exit_code, result.stdout.splitlines()[-1].endswith(" 0 wrong")) == (0, True), result.output
    assert "holds  my-rule: " in result.stdout
    assert "bad_read_after_warning.c: holds" in run("test", str(own), "-v").stdout


def test_what_does_not_hold_is_named_with_its_line(own: Path) -> None:
    """A line that is found and not marked, one that is marked and not found, and an example too few: status 1."""
    folder = own / "checks" / "my-rule"
    bad = sorted(folder.glob("bad_*.c"))[0]
    lines = bad.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if "BAD" in line)
    lines[at] = lines[at].partition("\t/* BAD")[0]
    lines[1] += "\t/* BAD */"
    bad.write_text("\n".join(lines) + "\n")
    for path in list(folder.glob("good_*"))[1:]:
        path.unlink()
    result = run("test", str(own))
    assert result.exit_code == 1
    assert f"{bad}:{at + 1}: found, and not marked" in result.stdout
    assert f"{bad}:2: marked BAD, and not found" in result.stdout
    assert "a rule has two bad and two good examples" in result.stdout


@pytest.mark.parametrize(("head", "said"), [
    ("int a;", "the first line does not say when and where"),
    ("/* config: ARCH_HAS_SET_MEMORY   arch: x86 */", "'ARCH_HAS_SET_MEMORY' is no setting"),
    ("/* config: ARCH_HAS_SET_MEMORY=y   arch: arm46 */", "did you mean arm64"),
])
def test_nonsense_in_the_first_line_is_an_error(own: Path, head: str, said: str) -> None:
    """What an example says of itself is held against what there is, in one line."""
    (own / "checks" / "my-rule" / "good_new.c").write_text(f"{head}\nint b;\n")
    result = run("test", str(own))
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_a_rule_that_does_not_load_is_one_line(own: Path) -> None:
    """The file and what is wrong with it."""
    (own / "checks" / "my-rule" / "rule.toml").write_text("summary = 5\n")
    result = run("test", str(own))
    assert (result.exit_code, "rule.toml" in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    """Nothing was tested, and that is no success."""
    assert run("test", str(tmp_path)).exit_code == 2


def test_the_list_is_still_the_list() -> None:
    """Without a word behind it the command lists the rules."""
    assert "ignored-result" in run().stdout
