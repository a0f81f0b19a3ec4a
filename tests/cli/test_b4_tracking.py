"""b4's check commands get a mail on standard input; the series is on the review branch that b4 made."""

from __future__ import annotations

import email
import email.policy
import importlib
import json
import mailbox
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main
from reviewbot.review import review_series

# The package's attribute of this name is the command.
review_command = importlib.import_module("reviewbot.cli.review")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def git(folder: Path, *words: str, stdin: bytes = b"") -> str:
    return subprocess.run(["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@b.example", *words],
                          check=True, capture_output=True, input=stdin).stdout.decode().strip()


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a kernel repository on b4's review branch of the example, and b4's tracking file."""
    folder = tmp_path_factory.mktemp("b4")
    tree = folder / "linux"
    subprocess.run(["cp", "-r", str(EXAMPLES / "linux"), str(tree)], check=True)
    git(tree, "init", "-q", "-b", "master")
    git(tree, "add", "-A", "-f")
    git(tree, "commit", "-q", "-m", "base")
    git(tree, "checkout", "-q", "-b", "b4/review/20250304-vault-0123456789ab")
    box = mailbox.mbox(EXAMPLES / "series.mbox")
    mails = {str(mail["Subject"]): mail.as_bytes() for mail in box}
    ids = {str(mail["Subject"]): str(mail["Message-ID"]).strip("<>") for mail in box}
    box.close()
    patches = sorted(subject for subject in mails if subject.startswith("[PATCH v2 ") and " 00/" not in subject)
    for subject in patches:
        git(tree, "am", "-q", "--3way", stdin=mails[subject])
    first = git(tree, "rev-list", "--reverse", "master..HEAD").split()[0]
    git(tree, "commit", "-q", "--allow-empty", "-m", "tracking")
    (folder / "tracking.json").write_text(json.dumps({
        "series": {"change-id": "20250304-vault-0123456789ab", "first-patch-commit": first, "revision": 2,
                   "base-commit": git(tree, "rev-parse", "master")},
        "patches": [{"header-info": {"msgid": ids[subject]}} for subject in patches]}))
    cover = next(subject for subject in mails if " 00/" in subject)
    (folder / "cover.eml").write_bytes(mails[cover])
    (folder / "six.eml").write_bytes(mails[next(subject for subject in patches if " 06/" in subject)])
    return folder


def run(folder: Path, mail: str, monkeypatch: pytest.MonkeyPatch, *, form: str = "json", tracking: bool = True
        ) -> Result:
    monkeypatch.chdir(folder / "linux")
    named = str(folder / "tracking.json") if tracking else ""
    return CliRunner().invoke(main, ["review", "-", "--tree", ".", "--no-network", "--format", form],
                              input=(folder / mail).read_bytes(), env={**os.environ, "B4_TRACKING_FILE": named})


def test_the_cover_letter_alone_is_the_whole_series(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network the patches come from the branch, with the Message-IDs that b4 knows, and all apply."""
    review = json.loads(run(tracked, "cover.eml", monkeypatch).stdout)
    series = review["series"]
    assert (series["total"], series["missing"], series["version"]) == (10, [], 2)
    assert {patch["applies"] for patch in series["patches"]} == {"clean"}
    assert series["patches"][5]["message_id"] == "20250304100600.3107-7-iris@keys.example"
    assert {finding["patch"] for finding in review["findings"]} > {6, 8}
    assert [message["role"] for message in review["messages"]] == ["cover"]


def test_one_patch_gets_the_findings_of_that_patch(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the series is known, and not spoken of."""
    review = json.loads(run(tracked, "six.eml", monkeypatch).stdout)
    assert len(review["series"]["patches"]) == 10
    assert {finding["patch"] for finding in review["findings"]} == {6}
    (entry,) = json.loads(run(tracked, "six.eml", monkeypatch, form="b4").stdout)
    assert entry["status"] == "fail"


def test_a_cover_letter_without_its_patches_is_a_warning_for_b4(tracked: Path, monkeypatch: pytest.MonkeyPatch
                                                                ) -> None:
    """b4 calls a command that prints nothing and fails a failed check; the reason is a warning instead."""
    result = run(tracked, "cover.eml", monkeypatch, form="b4", tracking=False)
    assert result.exit_code == 4
    (entry,) = json.loads(result.stdout)
    assert (entry["status"], entry["summary"].startswith("not reviewed: ")) == ("warn", True)


def test_a_tracking_file_that_is_none_is_left_alone(tracked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                    ) -> None:
    """The mail is reviewed as it came when the file lies, is damaged or names another branch."""
    for text in ("", "{", "[]", '{"series": 5}', '{"series": {"change-id": "../x", "first-patch-commit": "abcdef1"}}',
                 '{"series": {"change-id": "none", "first-patch-commit": "0000000"}, "patches": [5]}'):
        (tmp_path / "bad.json").write_text(text)
        monkeypatch.chdir(tracked / "linux")
        words = ["review", "-", "--tree", ".", "--no-network", "--format", "json"]
        result = CliRunner().invoke(main, words, input=(tracked / "six.eml").read_bytes(),
                                    env={**os.environ, "B4_TRACKING_FILE": str(tmp_path / "bad.json")})
        assert result.exit_code == 0, result.stderr
        assert len(json.loads(result.stdout)["series"]["patches"]) == 1


def test_b4_itself_runs_the_check(tracked: Path) -> None:
    """b4's own runner of check commands takes what is printed, for the series and for a patch, without a network."""
    checks = pytest.importorskip("b4.review.checks")
    program = f"{sys.executable} -c 'from reviewbot.cli import main; main()'"
    command = f"{program} review - --tree . --no-network -q --format b4"
    surroundings = {"B4_TRACKING_FILE": str(tracked / "tracking.json"), "PYTHONPATH": str(EXAMPLES.parent)}
    cover, six = (email.message_from_bytes((tracked / name).read_bytes(), policy=email.policy.default)
                  for name in ("cover.eml", "six.eml"))
    (series,) = checks.run_series_checks(("cover", cover), [command], str(tracked / "linux"), extra_env=surroundings)
    assert (series["tool"], series["status"], "error" in series["summary"]) == ("reviewbot", "fail", True)
    patches = checks.run_perpatch_checks([("six", six)], [command], str(tracked / "linux"), extra_env=surroundings)
    assert [(one["tool"], one["status"]) for one in patches["six"]] == [("reviewbot", "fail")]


def test_the_tree_is_where_b4_runs_the_command(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --tree it is the repository that b4 has checked out, also where its top is no whole kernel tree."""
    monkeypatch.chdir(tracked / "linux")
    monkeypatch.setenv("B4_TRACKING_FILE", str(tracked / "tracking.json"))
    done = CliRunner().invoke(main, ["review", "-", "--no-network", "--format", "json"],
                              input=(tracked / "cover.eml").read_bytes())
    record = json.loads(done.stdout)
    assert (len(record["series"]["patches"]), record["series"]["base"]["kind"]) == (10, "git")


def test_every_patch_is_answered_by_one_review(tracked: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """b4 asks about one patch after the other; the series is reviewed once, and each gets what is found in it."""
    monkeypatch.chdir(tracked / "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("B4_TRACKING_FILE", str(tracked / "tracking.json"))
    made = []
    monkeypatch.setattr(review_command.reviewing, "review_series", lambda *given, **named: (
        made.append(1), review_series(*given, **named))[1])
    told = {}
    for number in (1, 6):
        mail = mailbox.mbox(EXAMPLES / "series.mbox")
        data = next(one.as_bytes() for one in mail if f" {number:02}/10" in str(one["Subject"])
                    and str(one["Subject"]).startswith("[PATCH v2"))
        mail.close()
        done = CliRunner().invoke(main, ["review", "-", "--tree", ".", "--no-network", "--format", "b4", "-q"],
                                  input=data)
        told[number] = json.loads(done.stdout)[0]["details"]
    assert len(made) == 1
    assert "link.c" in told[6]
    assert "link.c" not in told[1]
