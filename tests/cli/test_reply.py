"""`reviewbot reply` makes out of a finished review the drafts that the review itself would have made."""

from __future__ import annotations

import json
import mailbox
import re
import shutil
import subprocess
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the example's review as JSON and the drafts that `review` wrote beside it."""
    folder = tmp_path_factory.mktemp("reviewed")
    done = run("review", str(EXAMPLES / "series.mbox"), "--tree", str(EXAMPLES / "linux"), "--no-network",
               "-o", f"json={folder}/review.json", "-o", f"eml={folder}/drafts/")
    assert done.exit_code == 0, done.output
    return folder


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_drafts_from_the_json_are_those_of_the_review(reviewed: Path, tmp_path: Path) -> None:
    """One file a draft, byte for byte what `-o eml=DIR/` wrote."""
    result = run("reply", str(reviewed / "review.json"), "-o", f"{tmp_path}/drafts/")
    assert result.exit_code == 0
    assert files_of(tmp_path / "drafts") == files_of(reviewed / "drafts")
    assert len(files_of(reviewed / "drafts")) > 1
    assert "git send-email" in result.stderr


def test_several_drafts_in_one_file_are_a_mailbox_and_not_offered_for_sending(reviewed: Path, tmp_path: Path) -> None:
    """A file of two drafts is mboxrd; git would send it as one mail, so nobody is told to."""
    target = tmp_path / "all.mbox"
    result = run("reply", str(reviewed / "review.json"), "-o", str(target))
    box = mailbox.mbox(target)
    assert len(box) == len(files_of(reviewed / "drafts"))
    box.close()
    assert "git send-email" not in result.stderr
    assert "mboxrd" in result.stderr


def test_a_selected_finding_is_all_that_is_said(reviewed: Path, tmp_path: Path) -> None:
    """`--select` takes ids of findings, old ones too, and of rows: what stands behind a row is said, and asked."""
    review = json.loads((reviewed / "review.json").read_text())
    old = next(finding for finding in review["findings"] if not finding["introduced"])
    shown = run("reply", str(reviewed / "review.json"), "--select", old["id"])
    assert shown.exit_code == 0
    assert shown.stdout.count("In-Reply-To:") == 1
    assert f"rule: {old['rule']}" in shown.stdout
    row = review["first_page"]["rows"][0]
    row["because"] = ["cell-1-1"]
    (tmp_path / "row.json").write_text(json.dumps(review))
    by_row = run("reply", str(tmp_path / "row.json"), "--select", row["id"]).stdout
    assert by_row.count("In-Reply-To:") == 1
    assert " ".join(row["statement"].split()) in " ".join(by_row.split())


def test_a_level_widens_and_narrows_what_is_said(reviewed: Path) -> None:
    """`--level error` says errors only, `--level note` all that the series brings and does not mend itself."""
    review = json.loads((reviewed / "review.json").read_text())
    for levels in (["error"], ["error", "warning", "question", "note"]):
        wanted = {f["message_id"] for f in review["findings"] if f["level"] in levels and f["introduced"]
                  and f["fixed_by"] is None}
        text = run("reply", str(reviewed / "review.json"), "--level", levels[-1]).stdout
        assert set(re.findall(r"(?m)^In-Reply-To: <(.+)>$", text)) == wanted


@pytest.mark.parametrize(("words", "status", "said"), [
    (["--select", "row-99"], 2, "nothing in the review has the id 'row-99'"),
    (["--select", "rwo-1"], 2, "did you mean row-1"),
    (["--level", "grave"], 2, "--level"),
])
def test_what_cannot_be_is_one_line(reviewed: Path, words: list[str], status: int, said: str) -> None:
    """An id that is not there is named with its nearest neighbours."""
    result = run("reply", str(reviewed / "review.json"), *words)
    assert result.exit_code == status
    assert said in result.stderr


def test_a_review_without_mails_says_so(reviewed: Path, tmp_path: Path) -> None:
    """A JSON of before mails were kept is refused with what to do, and so is one that is cut off."""
    record = json.loads((reviewed / "review.json").read_text())
    del record["mails"]
    (tmp_path / "old.json").write_text(json.dumps(record))
    (tmp_path / "cut.json").write_text((reviewed / "review.json").read_text()[:5000])
    for name, said in (("old.json", "review the series again"), ("cut.json", "is not JSON"), ("none.json", "No such")):
        result = run("reply", str(tmp_path / name))
        assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (4, True, 1)


@pytest.mark.skipif(not shutil.which("git") or "send-email" not in subprocess.run(
    ["git", "--list-cmds=main"], capture_output=True, text=True, check=False).stdout.split(),
    reason="git send-email is not here")
def test_git_sends_each_draft_as_one_mail(reviewed: Path, tmp_path: Path) -> None:
    """With the command that is printed, git hands a sendmail one mail a draft: threaded, and with everyone in Cc."""
    fake = tmp_path / "sendmail"
    fake.write_text(f'#!/bin/sh\ncat > "$(mktemp {tmp_path}/sent.XXXXXX)"\n')
    fake.chmod(0o755)
    drafts = sorted((reviewed / "drafts").iterdir())
    sender = message_from_bytes(drafts[0].read_bytes())["From"]
    subprocess.run(["git", "init", "-q", str(tmp_path / "repo")], check=True)
    subprocess.run(["git", "send-email", "--suppress-from", "--suppress-cc=body", "--confirm=never",
                    f"--from={sender}", f"--sendmail-cmd={fake}", *map(str, drafts)],
                   cwd=tmp_path / "repo", check=True, capture_output=True)
    sent = {mail["In-Reply-To"]: mail for path in tmp_path.glob("sent.*")
            for mail in [message_from_bytes(path.read_bytes())]}
    for path in drafts:
        draft = message_from_bytes(path.read_bytes())
        mail = sent.pop(draft["In-Reply-To"])
        assert mail["References"].split() == draft["References"].split()
        for name in ("To", "Cc", "Subject"):
            assert "".join(mail[name].split()) == "".join(draft[name].split())
    assert not sent


def test_an_edited_draft_is_never_replaced(reviewed: Path, tmp_path: Path) -> None:
    """Drafts that are as they were written are written again; where one was edited, nothing is."""
    words = ("reply", str(reviewed / "review.json"), "-o", f"{tmp_path}/drafts/")
    assert (run(*words).exit_code, run(*words).exit_code) == (0, 0)
    first, *others = sorted((tmp_path / "drafts").iterdir())
    (tmp_path / "drafts" / "mine.eml").write_text("To: me\n\nx\n")
    assert " holds mine.eml as well, which this is not about" in run(*words).stderr  # a long path is cut
    first.write_text(first.read_text() + "edited")
    for path in others:
        path.unlink()
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{first.name}: another draft is there already, perhaps edited; nothing was written" in done.stderr
    assert first.read_text().endswith("edited")
    assert not any(path.exists() for path in others)


def test_without_an_identity_the_mailer_says_who_it_is_from(reviewed: Path, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft of somebody whose git has no name carries no From at all: a made-up one would be taken for theirs."""
    settings = tmp_path / "settings"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    for text, wanted in (("", None), ("[user]\n\tname = Ada\n\temail = ada@example.org\n", "Ada <ada@example.org>"),
                         ("[user]\n\tname = Ada\n\temail = a@b.example\n[sendemail]\n\tfrom = Bob <bob@example.org>\n",
                          "Bob <bob@example.org>")):
        settings.write_text(text)
        assert run("reply", str(reviewed / "review.json"), "-o", f"{tmp_path}/{wanted}/").exit_code == 0
        mails = [message_from_bytes(data) for data in files_of(tmp_path / str(wanted)).values()]
        assert {mail["From"] for mail in mails} == {wanted}
