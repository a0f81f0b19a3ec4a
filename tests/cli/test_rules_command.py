"""`reviewbot rules test DIR` runs a user's examples as the tests run the program's own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main
from reviewbot.cli import rules as rules_module
from reviewbot.cli.example_marks import ruled_out, settings_of
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Finding
from reviewbot.resources import data_folder

SAMPLE = Finding(
    id="", rule="warn-only", category="warn-only", level="question", confidence="high", patch=1,
    message_id="a@b.example", file="mm/demo.c", line=1, end_line=1, side="new", function="f", code="",
    symbol="set_memory_ro", arch=("x86",), config="", message="Something.", question="What?", evidence=())


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


def _marked(own: Path, mark: str, *, head: str = "") -> Result:
    """Return what comes of a copy of a rule's first bad example with other words in its mark, or another first line."""
    bad = sorted((own / "checks" / "my-rule").glob("bad_*.c"))[0]
    lines = bad.read_text().replace("/* BAD */", mark).splitlines()
    bad.write_text("\n".join([head or lines[0], *lines[1:]]) + "\n")
    return run("test", str(own))


def test_a_mark_pins_level_and_words(own: Path) -> None:
    """What stands in a mark must be in the finding: its level, parts of its message, question or notes."""
    result = _marked(own, "/* BAD question: only warns when | after the warning do with */")
    assert (result.exit_code, result.stdout.splitlines()[-1].endswith(" 0 wrong")) == (0, True), result.stdout


def test_the_configuration_of_an_example_decides() -> None:
    """A finding under a condition that the example's settings rule out is none of that example."""
    finding = replace(SAMPLE, config="CONFIG_A && !CONFIG_B_MODULE")
    assert not ruled_out(finding, settings_of("A=y", where="x"))
    assert ruled_out(finding, settings_of("A=n", where="x"))
    assert ruled_out(finding, settings_of("A=y B=m", where="x"))
    assert not ruled_out(replace(finding, config="CONFIG_HZ > 3 somehow"), settings_of("A=n HZ=100", where="x"))


@pytest.mark.parametrize(("mark", "said"), [
    ("/* BAD note */", "marked note, and found as "),
    ("/* BAD: no such words */", "says nowhere 'no such words': "),
])
def test_a_finding_that_is_another_than_the_mark_has_it_is_wrong(own: Path, mark: str, said: str) -> None:
    """A found line is not enough where the mark says more."""
    result = _marked(own, mark)
    assert (result.exit_code, said in result.stdout) == (1, True)


@pytest.mark.parametrize(("mark", "said"), [
    ("/* BAD warnign */", "did you mean warning?"),
    ("/* BAD-TODO error */", "a mark cannot be 'BAD-TODO error'"),
])
def test_a_mark_that_no_finding_can_be_is_an_error(own: Path, mark: str, said: str) -> None:
    """A misspelt mark marks nothing, and is said in one line."""
    result = _marked(own, mark)
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_a_note_that_the_kind_never_says_is_an_error(own: Path) -> None:
    """A rule cannot wait for words that never come."""
    rule = own / "checks" / "my-rule" / "rule.toml"
    rule.write_text(rule.read_text() + "\n[message.note]\nunreed = \"x\"\n" if "[message.note]" not in rule.read_text()
                    else rule.read_text().replace("[message.note]", "[message.note]\nunreed = \"x\""))
    result = run("test", str(own))
    assert (result.exit_code, "no note 'unreed'; did you mean unread" in result.stderr) == (2, True)


def _with_api(own: Path) -> Path:
    """Let the rule ask about a function of a family that stands in the api/ beside its checks/; return the rule."""
    rule = own / "checks" / "my-rule"
    given = (data_folder("rules") / "api" / "presence.toml").read_text().replace("set_direct_map_", "vault_map_")
    (own / "api").mkdir()
    (own / "api" / "vault.toml").write_text(given.replace('"presence"', '"vault"'))
    text = (rule / "rule.toml").read_text()
    named = [f"api:{name}" for name in ("vault", *load_knowledge(()).family.families())]
    (rule / "rule.toml").write_text(text.replace('"api:all"', str(named)))
    return rule


def test_families_beside_checks_are_found_from_each_folder(own: Path) -> None:
    """A rule that uses a family of its own folder's api/ is tested by the folder, its checks/ or the rule alone."""
    rule = _with_api(own)
    for folder in (own, own / "checks", rule):
        result = run("test", str(folder))
        assert (result.exit_code, result.stderr) == (0, "")


def test_an_unknown_family_is_told_where_it_is_named(own: Path) -> None:
    """The rule and the key, not a folder that the user never made."""
    rule = own / "checks" / "my-rule" / "rule.toml"
    rule.write_text(rule.read_text().replace('"api:all"', '"api:vualt"'))
    for folder in (own, own / "checks" / "my-rule"):
        result = run("test", str(folder))
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "my-rule/rule.toml: match.api: no function family or function 'api:vualt'" in result.stderr
        assert "stands in a file of DIR/api/" in result.stderr


def test_an_example_that_is_never_run_is_wrong(own: Path) -> None:
    """A name with a letter too many would silently test nothing."""
    (own / "checks" / "my-rule" / "goood.c").write_text("int a;\n")
    result = run("test", str(own))
    assert (result.exit_code, "goood.c: is no example that is run; the names" in result.stdout) == (1, True)


def test_a_text_that_was_not_written_is_told(tmp_path: Path) -> None:
    """What `rules new` leaves to be written is named as long as it stands there; the examples hold all the same."""
    assert run("new", str(tmp_path / "checks" / "lost-page")).exit_code == 0
    result = run("test", str(tmp_path))
    assert result.exit_code == 0
    assert "doc.md: 'What it finds' still has the words of the template" in result.stdout


@pytest.mark.parametrize(("name", "text", "said"), [
    ("rule.toml", 'summary = "a\nlevel = "note"\n', "my-rule/rule.toml:1: this is no TOML: illegal character"),
    ("doc.md", None, "my-rule: the rule has no doc.md; a rule needs rule.toml and doc.md; 'reviewbot rules new"),
])
def test_a_file_that_is_broken_or_missing_is_told_as_that(own: Path, name: str, text: str | None, said: str) -> None:
    """The line of the mistake, or the file that lacks, without words of Python."""
    file = own / "checks" / "my-rule" / name
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    result = run("test", str(own))
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (2, True, 1), result.stderr


def test_a_narrow_terminal_shows_the_names_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The id is what has to be typed after it: it is never cut, and the summary stands below it."""
    monkeypatch.setattr(rules_module, "_width", lambda: 40)
    lines = run().stdout.splitlines()
    names = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert names == [rule.id for rule in load_knowledge(()).rules]
    assert max(len(line) for line in lines if line.startswith(" ")) <= 40
