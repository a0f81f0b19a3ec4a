"""A finding that was suppressed for a reason is shown as that in every form, and in the next version too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SERIES = EXAMPLES / "series.mbox"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to work in, with the example's review in it."""
    monkeypatch.chdir(tmp_path)
    assert review("-o", "json=review.json").exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def review(*words: str, source: Path = SERIES) -> Result:
    return run("review", str(source), "--tree", str(EXAMPLES / "linux"), "--no-network", *words)


def suppress(name: str, *, reason: str = "looked at, it cannot fail here") -> Result:
    return run("suppress", "review.json", name, "--reason", reason, "--author", "Me Keeper <me@example.net>")


def findings(text: str) -> dict[str, dict[str, object]]:
    return {finding["id"]: finding for finding in json.loads(text)["findings"]}


def first_asked(folder: Path) -> str:
    name = json.loads((folder / "review.json").read_text())["first_page"]["ask"][0]
    assert isinstance(name, str)
    return name


def test_a_suppressed_finding_is_told_as_that_everywhere(folder: Path) -> None:
    """JSON, SARIF, the page, --full, HTML, b4 and why say that it is suppressed and why; nobody is asked about it."""
    name = first_asked(folder)
    assert suppress(name).exit_code == 0
    done = review("--format", "json")
    shown = findings(done.stdout)[name]
    assert str(shown["suppressed"]).startswith("looked at, it cannot fail here (Me Keeper <me@example.net>, 20")
    assert name not in json.loads(done.stdout)["first_page"]["ask"]
    (folder / "again.json").write_text(done.stdout)
    assert "suppressed: looked at" in run("why", "again.json", name).stdout
    sarif = json.loads(review("--format", "sarif").stdout)["runs"][0]["results"]
    assert [one["suppressions"][0]["justification"].startswith("looked at") for one in sarif if "suppressions" in one
            ] == [True]
    assert "1 suppressed" in review().stdout
    assert "looked at, it cannot fail here" in review("--full").stdout
    assert "looked at, it cannot fail here" in review("--format", "html").stdout
    assert "(suppressed)" in review("--format", "b4").stdout
    assert str(shown["message"]) not in review("--format", "terse").stdout
    assert str(shown["question"])[:40] not in " ".join(run("reply", "again.json").stdout.split())


def test_a_suppression_holds_for_the_next_version(folder: Path, tmp_path: Path) -> None:
    """Another version, with other Message-IDs, has the finding suppressed as well."""
    name = first_asked(folder)
    assert suppress(name).exit_code == 0
    mark = findings((folder / "review.json").read_text())[name]["fingerprint"]
    newer = tmp_path / "newer.mbox"
    text = SERIES.read_bytes().replace(b"[PATCH v2 ", b"[PATCH v3 ")
    newer.write_bytes(text.replace(b"@keys.example>", b"@v3.example>"))
    again = findings(review("--format", "json", source=newer).stdout)
    assert [one["suppressed"] != "" for one in again.values() if one["fingerprint"] == mark] == [True]


def test_what_is_suppressed_never_fails_a_run(folder: Path) -> None:
    """With every finding of a level suppressed the exit status is that of the rest."""
    assert review("--fail-on", "error").exit_code == 1
    for one in findings((folder / "review.json").read_text()).values():
        if one["level"] == "error" and one["introduced"]:
            assert suppress(str(one["id"])).exit_code == 0
    assert review("--fail-on", "error").exit_code == 0


def test_the_file_is_found_from_a_folder_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry goes to the top of the repository around, and is read from anywhere below it."""
    (folder / ".git").mkdir()
    (folder / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(folder / "a" / "b")
    name = first_asked(folder)
    assert run("suppress", "../../review.json", name, "--reason", "known", "--author", "Me").exit_code == 0
    assert (folder / ".reviewbot" / "suppressions.toml").is_file()
    assert findings(review("--format", "json").stdout)[name]["suppressed"]


@pytest.mark.parametrize(("name", "reason", "said"), [
    ("nothing-such", "because", "nothing in the review has the id"),
    ("FIRST", " ", "needs a reason"),
    ("TWICE", "because", "suppressed already"),
])
def test_what_cannot_be_suppressed_is_one_line(folder: Path, name: str, reason: str, said: str) -> None:
    """An id that is not there, no reason, and an entry that is there already end with status 2."""
    asked = first_asked(folder)
    if name == "TWICE":
        assert suppress(asked).exit_code == 0
    result = suppress(name if name == "nothing-such" else asked, reason=reason)
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (2, True, 1)


@pytest.mark.parametrize(("text", "said"), [
    ("[[suppression", "is not TOML"),
    ("[[suppressions]]\nfingerprint = 'x'\n", "'suppressions' is not a list of entries"),
    ("[[suppression]]\nfingerprint = '0123456789abcdef'\nreason = 'r'\nauthor = 'a'\n", "lacks its date"),
    ("[[suppression]]\nfingerprint = '*'\nreason = 'r'\nauthor = 'a'\ndate = 2026-01-31\n", "'*' is no fingerprint"),
    ("[[suppression]]\nfingerprint = '0123456789abcdef'\nauthor = 'a'\ndate = 2026-01-31\n", "lacks its reason"),
    ("[[suppression]]\nwhy = 'r'\n", "has an unknown field 'why'"),
])
def test_a_file_that_is_wrong_stops_the_run_in_one_line(folder: Path, text: str, said: str) -> None:
    """Nothing is suppressed by guess: each entry has all four fields, or the run ends with status 2."""
    (folder / "other.toml").write_text(text)
    result = review("--suppressions", "other.toml")
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_whose_suppression_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The author is that of the user's own git; that of a tree is a stranger's, and the error says where to set it."""
    settings = folder / "settings"
    settings.write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    words = ("suppress", "review.json", first_asked(folder), "--reason", "looked at")
    refused = run(*words)
    assert refused.exit_code == 2
    assert "git config --global" in refused.stderr
    settings.write_text("[user]\n\tname = Ada\n\temail = ada@example.org\n")
    assert run(*words).exit_code == 0
    assert 'author = "Ada <ada@example.org>"' in (folder / ".reviewbot" / "suppressions.toml").read_text()


def test_a_wrong_id_is_told_before_the_author_is_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sets up a git identity only to learn that the id was mistyped."""
    monkeypatch.setattr("reviewbot.cli.suppressed.identity", lambda: "")
    wrong = run("suppress", str(folder / "review.json"), "row-99", "--reason", "none")
    assert (wrong.exit_code, "has the id 'row-99'" in wrong.stderr) == (2, True)
    right = run("suppress", str(folder / "review.json"), first_asked(folder), "--reason", "none")
    assert (right.exit_code, "needs an author" in right.stderr) == (2, True)
