"""`reviewbot serve` shows the reviews of one folder to this machine, and nothing else to anybody."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from wsgiref.validate import validator

import pytest
from click.testing import CliRunner

from reviewbot.cli import main
from reviewbot.cli.shelf_server import Server, local_hosts
from reviewbot.report.shelf import Shelf

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
HOST = "127.0.0.1:8765"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two reviews (one with its page beside it), a file that is none, and links out of it."""
    top = tmp_path_factory.mktemp("shelf")
    (top / "served" / "below").mkdir(parents=True)
    for words in (["series.mbox", "-o", f"json={top}/served/series.json", "-o", f"html={top}/served/series.html"],
                  ["loan.mbox", "-o", f"json={top}/served/below/loan.json"]):
        done = CliRunner().invoke(main, ["review", str(EXAMPLES / words[0]), *words[1:], "--tree",
                                         str(EXAMPLES / "linux"), "--no-network"])
        assert done.exit_code == 0, done.output
    (top / "outside.json").write_text((top / "served" / "series.json").read_text())
    (top / "served" / "link.json").symlink_to(top / "outside.json")
    (top / "served" / "broken.json").write_text("{")
    return top / "served"


def ask(folder: Path, path: str, *, query: str = "", host: str = HOST, method: str = "GET"
        ) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body of one request; the standard library's validator watches both sides."""
    answer: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        answer.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))
        return lambda data: None

    environ = {"REQUEST_METHOD": method, "PATH_INFO": unquote(path, "latin-1"), "QUERY_STRING": query,
               "HTTP_HOST": host, "SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8765",
               "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
               "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
               "wsgi.multiprocess": False, "wsgi.run_once": False}
    served = validator(Server(Shelf(folder), local_hosts(8765)))(environ, start)
    try:
        body = b"".join(served).decode()
    finally:
        served.close()
    return answer["status"], answer["headers"], body


def titles(body: str) -> list[str]:
    return re.findall(r'<h2><a href="/review/([^"]+)">', body)


def test_the_list_is_searched_and_sorted(folder: Path) -> None:
    """Every word must stand somewhere in the review; order is by weight, by date or by subject."""
    status, _, body = ask(folder, "/")
    assert (status, titles(body)) == (200, ["series.json", "below/loan.json"])
    assert titles(ask(folder, "/", query="sort=subject")[2]) == ["below/loan.json", "series.json"]
    assert titles(ask(folder, "/", query="q=vault_seal")[2]) == ["series.json"]
    assert titles(ask(folder, "/", query="q=vault_seal+nothing-such")[2]) == []
    assert "broken.json: this is not JSON" in body
    assert 'value="&#34;&gt;&lt;script&gt;"' in ask(folder, "/", query="q=%22%3E%3Cscript%3E")[2]


def test_a_review_is_shown_out_of_its_json(folder: Path) -> None:
    """Its page has the rows, the questions and the evidence; the report beside it and the JSON are linked."""
    review = json.loads((folder / "series.json").read_text())
    status, headers, body = ask(folder, "/review/series.json")
    assert status == 200
    for row in review["first_page"]["rows"]:
        assert row["file"] in body
    assert 'href="/page/series.json"' in body
    assert 'href="/page/' not in ask(folder, "/review/below/loan.json")[2]
    assert json.loads(ask(folder, "/json/series.json")[2]) == review
    assert ask(folder, "/page/series.json")[2] == (folder / "series.html").read_text()
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/", "/review/series.json", "/page/series.json", "/nothing"])
def test_no_page_may_run_or_load_anything(folder: Path, path: str) -> None:
    """The policy forbids scripts and everything remote, and the page's own style sheet is the one it names."""
    _, headers, body = ask(folder, path)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
    assert "script" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "<script" not in body
    if path in {"/", "/review/series.json"}:
        named = re.search(r"style-src '(sha256-[^']+)'", policy)
        assert named is not None
        assert named[1].replace("+", "&#43;") in body or named[1] in body


@pytest.mark.parametrize("path", [
    "/review/../outside.json", "/json/..%2foutside.json", "/json//etc/passwd", "/json/link.json", "/review/link.json",
    "/json/broken.json", "/page/below/loan.json", "/review/series.json/..", "/json/%00", "/review/", "/json/series",
    "/page/series.html", "/%ff%fe",
])
def test_nothing_but_the_listed_reviews_is_given(folder: Path, path: str) -> None:
    """No address reaches a file that is not a review of the folder, whatever stands in it."""
    assert ask(folder, path)[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "",
                                  "127.0.0.2:8765"])
def test_other_hosts_are_refused(folder: Path, host: str) -> None:
    """A page of the web whose name is made to point here gets no answer."""
    assert ask(folder, "/", host=host)[0] == 421


def test_only_reading_is_allowed(folder: Path) -> None:
    """POST is refused; HEAD has the headers of GET and no body."""
    assert ask(folder, "/", method="POST")[0] == 405
    status, headers, body = ask(folder, "/", method="HEAD")
    assert (status, body) == (200, "")
    assert headers["Content-Length"] == ask(folder, "/")[1]["Content-Length"]


def test_new_reviews_are_seen(folder: Path, tmp_path: Path) -> None:
    """A file that arrives or changes while the server runs is in the next answer."""
    shelf = Shelf(tmp_path)
    assert shelf.entries() == ()
    (tmp_path / "one.json").write_text((folder / "series.json").read_text())
    assert [one.key for one in shelf.entries()] == ["one.json"]
    (tmp_path / "one.json").write_text("{}")
    assert shelf.entries() == ()


def test_the_command_serves_on_loopback(folder: Path) -> None:
    """The real server prints its address, answers there, and ends when it is told to."""
    run = subprocess.Popen([sys.executable, "-c", "from reviewbot.cli import main; main()", "serve", str(folder),
                            "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        address = run.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert "Finished reviews" in answer.read().decode()
    finally:
        run.terminate()
        run.wait(20)
        run.stdout.close()


def test_a_folder_that_is_not_there_is_one_line() -> None:
    """No folder, no server."""
    result = CliRunner().invoke(main, ["serve", "/no/such/folder"])
    assert (result.exit_code, "no such folder" in result.stderr) == (4, True)


def test_every_form_counts_the_same(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list, the HTML report and NIPA's line give one number for each level: the new findings of the JSON."""
    review = json.loads((folder / "series.json").read_text())
    new = [one["level"] for one in review["findings"] if one["introduced"] and not one.get("suppressed")]
    assert any(one["introduced"] and one["fixed_by"] for one in review["findings"])
    counts = [f"{new.count(level)} {level}{'' if new.count(level) == 1 else 's'}"
              for level in ("error", "warning", "question", "note") if level in new]
    page = " ".join((folder / "series.html").read_text().split())
    listed = " ".join(ask(folder, "/")[2].split())
    with (tmp_path / "desc").open("wb") as file:
        monkeypatch.setenv("DESC_FD", str(file.fileno()))
        CliRunner().invoke(main, ["review", str(EXAMPLES / "series.mbox"), "--tree", str(EXAMPLES / "linux"), "--nipa",
                                  "--no-network", "-q"])
    assert (tmp_path / "desc").read_text() == f"{', '.join(counts)}\n"
    for count in counts:
        assert count in page
        assert count in listed
