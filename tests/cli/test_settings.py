"""What the user's git settings and `reviewbot -c` decide: options by default, drafts, trailers, and later versions."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

TOP = Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "examples"
SERIES, TREE = str(EXAMPLES / "series.mbox"), str(EXAMPLES / "linux")
DIFF = ("---\n mm/w.c | 2 +-\n\ndiff --git a/mm/w.c b/mm/w.c\n--- a/mm/w.c\n+++ b/mm/w.c\n@@ -1,3 +1,3 @@ int w(void)\n"
        " {\n-\ta();\n+\tb();\n }\n-- \n2.43.0\n\n")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home without settings, where the run begins."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def mail(subject: str, key: str, body: str, *, sender: str = "Jane Roe <jane@example.org>", to: str = "") -> str:
    answers = f"In-Reply-To: <{to}>\nReferences: <{to}>\n" if to else ""
    return (f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: {sender}\nTo: linux-mm@example.org\n"
            f"Cc: Bot <bot@example.net>, Bea <bea@example.com>\nDate: Mon, 3 Mar 2025 10:00:00 +0100\n"
            f"Subject: {subject}\nMessage-ID: <{key}>\n{answers}\n{body}\n")


def test_options_have_defaults_in_the_settings(home: Path) -> None:
    """`[reviewbot]` names a tree, a level to fail on and patterns, as git writes them; the command line wins."""
    (home / ".gitconfig").write_text(f"[reviewbot]\n\ttree = {TREE}\n\tfail-on = question\n\tno-network\n"
                                     "\tskip-subject = nothing\n\tskip-subject = vault:*\n")
    left_out = run("review", SERIES)
    assert (left_out.exit_code, left_out.stdout) == (0, "")
    assert "left out: vault" in left_out.stderr
    assert run("review", SERIES, "--skip-subject", "other", "-q", "--format", "terse").exit_code == 1
    assert run("review", SERIES, "--skip-subject", "other", "-q", "--fail-on", "never").exit_code == 0
    assert run("resolve", "set_memory_ro").exit_code == 0


def test_the_command_line_says_a_setting_for_one_run(home: Path) -> None:
    """`-c NAME=VALUE` wins over the file, and reaches options and mail alike."""
    (home / ".gitconfig").write_text("[reviewbot]\n\tfail-on = error\n[user]\n\tname = A\n\temail = a@example.org\n")
    assert run("review", SERIES, "--tree", TREE, "-q").exit_code == 1
    assert run("-c", "reviewbot.fail-on=never", "review", SERIES, "--tree", TREE, "-q").exit_code == 0
    said = run("-c", "sendemail.from=B <b@example.org>", "-c", "reviewbot.fail-on=never", "review", SERIES, "--tree",
               TREE, "-q", "--format", "eml").stdout
    assert "From: B <b@example.org>" in said
    named = run("-c", "b4.sendemail-identity=Work", "-c", "sendemail.work.from=C <c@example.org>", "-c",
                "sendemail.from=B <b@example.org>", "review", SERIES, "--tree", TREE, "-q", "--format", "eml").stdout
    assert "From: C <c@example.org>" in named


@pytest.mark.parametrize(("said", "where"), [
    ("reviewbot.skip-autor=x", "did you mean reviewbot.skip-author?"), ("nothing", "names no setting"),
    ("reviewbot.fail-on=often", "reviewbot.fail-on: "), ("reviewbot.series=x@y", "is no setting"),
    ("core.pager=less", "names no setting")])
def test_a_setting_that_is_none_is_one_line(said: str, where: str) -> None:
    """A key that no option has, a value that it does not take, another program's key: status 2, and which."""
    result = run("-c", said, "review", SERIES)
    assert (result.exit_code, result.stdout) == (2, "")
    assert where in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_tree_of_the_settings_comes_last(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in a kernel tree means that one, and --kernel asks for none."""
    (home / ".gitconfig").write_text(f"[reviewbot]\n\ttree = {home}/nothing\n")
    assert run("review", SERIES, "-q").exit_code != 0
    assert "No tree" in run("review", SERIES, "-q", "--kernel", "6.12").stdout
    monkeypatch.chdir(TREE)
    assert run("review", SERIES, "-q").exit_code == 0


def test_excluded_addresses_get_no_copy() -> None:
    """`b4.email-exclude` has patterns of addresses; nobody else is left out."""
    def copies(*words: str) -> set[str]:
        said = run(*words, "review", SERIES, "--tree", TREE, "-q", "--format", "eml").stdout
        return {found for lines in re.findall(r"(?m)^Cc: .*(?:\n[ \t].*)*", said)
                for found in re.findall(r"[\w.+-]+@[\w.-]+", lines)}

    every = copies()
    one = min(every)
    assert copies("-c", f"b4.email-exclude=nobody@example.org, *{one[1:]}") == every - {one}


def test_an_answer_stands_in_the_users_own_template(home: Path) -> None:
    """`b4.review-reply-template` is what b4 takes; who drafted it is said in any case, and `reply` writes the same."""
    (home / "template").write_text("# not sent\nHi ${firstname},\n\n${reply}\n\nThanks,\n${myname} and ${unknown}\n")
    set_up = ("-c", f"b4.review-reply-template={home}/template", "-c", "user.name=A $reply", "-c",
              "user.email=a@example.org")
    said = run(*set_up, "review", SERIES, "--tree", TREE, "-q", "--format", "eml", "-o", f"json={home}/r.json").stdout
    first = re.split(r"(?m)^From mboxrd", said)[1].split("\n\n", 1)[1]
    assert first.startswith("Hi Iris,\n\nOn ")
    assert "Thanks,\nA $reply and ${unknown}\n\n-- \ndrafted with reviewbot" in first
    assert run(*set_up, "reply", str(home / "r.json"), "-q").stdout == said
    (home / "template").write_text("no place\n")
    assert "has no ${reply}" in run(*set_up, "reply", str(home / "r.json"), "-q").stderr
    (home / "template").unlink()
    assert run(*set_up, "reply", str(home / "r.json"), "-q").exit_code == 4


def test_trailers_count_as_the_user_says(home: Path) -> None:
    """`b4.trailers-ignore-from` takes some away, -S counts one that names somebody else than the sender."""
    (home / "t.mbox").write_text(
        mail("[PATCH] w: call b", "p@example.org", "Call b.\n\nSigned-off-by: Jane Roe <jane@example.org>\n" + DIFF)
        + mail("Re: [PATCH] w: call b", "r1@example.org", "Acked-by: Bea <bea@example.com>\n", to="p@example.org",
               sender="Other <other@example.net>")
        + mail("Re: [PATCH] w: call b", "r2@example.org", "Tested-by: Bot <bot@example.net>\n", to="p@example.org",
               sender="Bot <bot@example.net>"))
    words = ("review", str(home / "t.mbox"), "--kernel", "6.12", "-q", "--full")
    plain = run(*words).stdout
    assert "Acked-by: Bea <bea@example.com>  (from another address)" in plain
    assert "Tested-by: Bot" in plain
    assert "from another address" not in run(*words, "-S").stdout
    ignored = run("-c", "b4.trailers-ignore-from=Bot <BOT@example.net>", *words).stdout
    assert "Tested-by" not in ignored
    assert "Acked-by: Bea" in ignored
    assert "Acked-by" not in run("-c", "b4.trailers-ignore-from=other@example.net", *words).stdout


@pytest.fixture
def archive() -> Iterator[tuple[str, list[str], dict[str, bytes]]]:
    """Yield the address of a server on loopback, the questions that it was asked, and what it answers to a search."""
    asked: list[str] = []
    answer = {"mails": b""}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append(f"{parse_qs(urlsplit(self.path).query)['q'][0]} | {body}")
            data = gzip.compress(answer["mails"])
            self.send_response(200 if answer["mails"] else 404)
            self.send_header("Content-Type", "application/gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked, answer
    server.shutdown()
    server.server_close()


def test_a_newer_version_is_looked_for_when_asked(home: Path, archive: tuple[str, list[str], dict[str, bytes]]) -> None:
    """-c asks the archive once, by title and author; a later version is taken, and a strange series is not."""
    url, asked, answer = archive
    (home / "one.mbox").write_text(mail("[PATCH] w: call b", "p1@example.org", "Call b.\n" + DIFF))
    search = ("-c", f"b4.midmask={url}/mm/%s")
    words = ("review", str(home / "one.mbox"), "--kernel", "6.12")
    nothing = run(*search, *words, "-c")
    assert "no newer version than 1 was found" in nothing.stderr
    assert asked == ['(s:"w: call b" AND f:jane@example.org) AND d:20250303.. | x=m']
    answer["mails"] = (mail("[PATCH v3] w: call b", "p3@example.org", "Call b.\n" + DIFF)
                       + mail("[PATCH] x: other", "o@example.org", "Other.\n" + DIFF.replace("mm/w", "mm/x"),
                              sender="Other <other@example.net>")).encode()
    found = run(*search, *words, "-c")
    assert "version 3 is newer: p3@example.org" in found.stderr
    assert "v3, 1 patch" in found.stdout
    assert "x: other" not in found.stdout
    assert "v1, 1 patch" in run(*search, *words, "-c", "--version-of-series", "1").stdout
    fetched = run(*search, "fetch", str(home / "one.mbox"), "-c", "-o", str(home / "f.mbox"))
    assert fetched.exit_code == 0
    assert "p3@example.org" in (home / "f.mbox").read_text()
    assert "p1@example.org" not in (home / "f.mbox").read_text()


def test_a_search_that_fails_costs_a_line(home: Path) -> None:
    """Without an answer the series at hand is reviewed; without the network -c is a contradiction."""
    (home / "one.mbox").write_text(mail("[PATCH] w: call b", "p1@example.org", "Call b.\n" + DIFF))
    words = ("-c", "b4.searchmask=http://127.0.0.1:9/?q=%s", "review", str(home / "one.mbox"), "--kernel", "6.12", "-c")
    result = run(*words)
    assert result.exit_code == 0
    assert "no newer version was looked for: http://127.0.0.1:9/: the archive cannot be reached" in result.stderr
    assert "; try again later, or leave -c away" in result.stderr
    assert run(*words, "--no-network").exit_code == 2
