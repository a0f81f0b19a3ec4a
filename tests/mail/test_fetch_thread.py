"""Fetching threads: what is asked, what is refused, what is kept, on servers made for the purpose."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from reviewbot.errors import MailError, NetworkError
from reviewbot.mail import Limits, Network, fetch_thread, parse_location
from reviewbot.mail import fetch as fetch_module
from reviewbot.mail.cached import thread_in_cache

MBOX = (b"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Jane Roe <jane@example.org>\nMessage-ID: <one@example.org>\n"
        b"Subject: [PATCH] widgets: fix\n\nText.\n\n")
WALL = b"<!doctype html><html><head><title>Making sure you&#39;re not a bot!</title></head></html>"


@dataclass
class Archive:
    """A server on loopback: `pages` maps a path to (status, headers, bytes); `asked` are the requests it saw."""

    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def gives(self, path: str, data: bytes, *, status: int = 200, kind: str = "application/gzip",
              **headers: str) -> None:
        self.pages[path] = (status, {"Content-Type": kind, **headers}, data)


@pytest.fixture
def serve() -> Iterator[Callable[[], Archive]]:
    servers: list[ThreadingHTTPServer] = []

    def start() -> Archive:
        archive = Archive()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                archive.asked.append((self.command, self.path, dict(self.headers.items())))
                nothing: tuple[int, dict[str, str], bytes] = (404, {"Content-Type": "text/plain"}, b"Not Found")
                status, headers, data = archive.pages.get(self.path, nothing)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(data)

            do_HEAD = do_GET

            def log_message(self, *words: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        archive.url = f"http://127.0.0.1:{server.server_port}"
        return archive

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def archive(serve: Callable[[], Archive]) -> Archive:
    return serve()


def network(**options: object) -> Network:
    return Network(version="1.2.3", clock=options.pop("clock", lambda: 1000.0), **options)  # type: ignore[arg-type]


def test_one_request_gives_the_thread(archive: Archive) -> None:
    """The whole thread is one polite request under the program's own name."""
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    fetched = fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())
    assert [message.message_id for message in fetched.mailbox.messages] == ["one@example.org"]
    assert fetched.data == MBOX
    ((method, path, headers),) = archive.asked
    assert (method, path, headers["User-Agent"]) == ("GET", "/mm/one@example.org/t.mbox.gz", "reviewbot/1.2.3")


@pytest.mark.parametrize(("plus", "agent"), [("tester-7", "reviewbot/1.2.3+tester-7"), ("+x", "reviewbot/1.2.3+x"),
                                             ("Mozilla/5.0", "reviewbot/1.2.3"), ("a\r\nX: y", "reviewbot/1.2.3+aX:y")])
def test_the_user_agent_stays_honest(plus: str, agent: str) -> None:
    """useragentplus is added; a browser's name and header injection are not."""
    assert network(settings={"lore.useragentplus": plus}).user_agent == agent


def test_the_raw_mail_is_the_fallback(archive: Archive) -> None:
    """A server without a search index has no threads (501 or 404), but it has the mail."""
    for status in (404, 501):
        archive.gives("/mm/one@example.org/t.mbox.gz", b"<html>need search</html>", status=status, kind="text/html")
        archive.gives("/mm/one@example.org/raw", MBOX, kind="text/plain")
        fetched = fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())
        assert "only this mail" in fetched.mailbox.warnings[0]


@pytest.mark.parametrize(("status", "page"), [(200, WALL), (403, WALL), (404, WALL), (200, b"<html>hello</html>"),
                                              (429, b"slow down")])
def test_a_wall_against_robots_is_respected(archive: Archive, status: int, page: bytes) -> None:
    """One request, no trick, and a line that tells the ways round."""
    archive.gives("/mm/one@example.org/t.mbox.gz", page, status=status, kind="text/html; charset=utf-8")
    with pytest.raises(NetworkError) as caught:
        fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())
    assert "b4 mbox one@example.org" in caught.value.hint
    assert "\n" not in str(caught.value)
    assert len(archive.asked) == 1


def test_an_absent_mail_is_an_error_of_the_input(archive: Archive) -> None:
    """404 everywhere, also when asked for another list."""
    with pytest.raises(MailError, match="no mail with this Message-ID"):
        fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())
    assert [method for method, _, _ in archive.asked] == ["GET", "GET", "HEAD"]


def test_the_right_list_is_found(archive: Archive) -> None:
    """HEAD on the Message-ID alone leads to the list that has it."""
    archive.gives("/one@example.org/", b"", status=302, Location=f"{archive.url}/other/one@example.org/")
    archive.gives("/other/one@example.org/", b"<html></html>", kind="text/html")
    archive.gives("/other/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    fetched = fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())
    assert "not on the one that was named" in fetched.mailbox.warnings[0]


def test_the_next_origin_is_asked_only_after_a_failure(serve: Callable[[], Archive]) -> None:
    """5xx and no connection lead on; a 404 is an answer."""
    first, second = serve(), serve()
    second.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    first.gives("/mm/one@example.org/t.mbox.gz", b"", status=503)
    settings = {"lore.fallback": f"http://127.0.0.1:1 {second.url}"}
    where = parse_location(f"{first.url}/mm/one@example.org/")
    assert fetch_thread(where, network(settings=settings)).mailbox.messages
    first.pages.clear()
    second.asked.clear()
    with pytest.raises(MailError):
        fetch_thread(where, network(settings=settings))
    assert second.asked == []


@pytest.mark.parametrize(("header", "said"), [
    ("30", "status 503, it asks to wait 30 seconds"), ("Fri, 31 Dec 2027 23:59:59 GMT", "status 503$"),
    ("9" * 40, "status 503$")])
def test_a_server_that_wants_to_be_left_alone(archive: Archive, header: str, said: str) -> None:
    """What Retry-After asks for is said; nothing is asked a second time."""
    archive.gives("/mm/one@example.org/t.mbox.gz", b"", status=503, **{"Retry-After": header})
    with pytest.raises(NetworkError) as caught:
        fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())
    assert re.search(said, caught.value.what)
    assert len(archive.asked) == 1


def test_nobody_there_is_one_line() -> None:
    """No connection at all."""
    with pytest.raises(NetworkError, match="cannot be reached"):
        fetch_thread(parse_location("http://127.0.0.1:1/mm/one@example.org/"), network())


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://user:pw@127.0.0.1/"])
def test_redirects_stay_on_the_web(archive: Archive, target: str) -> None:
    """A redirect to anything but http(s) is refused."""
    archive.gives("/mm/one@example.org/t.mbox.gz", b"", status=302, Location=target)
    with pytest.raises(NetworkError, match="no web address"):
        fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())


def test_redirects_end(archive: Archive) -> None:
    """A circle of redirects is left after five."""
    archive.gives("/mm/one@example.org/t.mbox.gz", b"", status=302, Location="t.mbox.gz")
    with pytest.raises(NetworkError, match="redirects more than"):
        fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())
    assert len(archive.asked) == 6


def test_downloads_and_what_they_unpack_to_are_bounded(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a large answer nor a small one that unpacks to gigabytes is taken in."""
    monkeypatch.setattr(fetch_module, "DOWNLOAD_BYTES", 100_000)
    where = parse_location(f"{archive.url}/mm/one@example.org/")
    archive.gives("/mm/one@example.org/t.mbox.gz", b"\x1f\x8b" + b"x" * 200_000)
    with pytest.raises(NetworkError, match="answer is larger"):
        fetch_thread(where, network())
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX + b"\n" * 5_000_000))
    with pytest.raises(MailError, match="larger than"):
        fetch_thread(where, network(limits=Limits(source_bytes=1_000_000)))


def test_a_slow_answer_ends(archive: Archive) -> None:
    """The whole answer has a deadline, not only the pause between two bytes."""
    ticks = iter(range(0, 100_000, 400))
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    with pytest.raises(NetworkError, match="takes longer"):
        fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network(clock=lambda: float(next(ticks))))


def test_the_cache_saves_requests_for_ten_minutes(archive: Archive, tmp_path: Path) -> None:
    """The same thread is asked for once; later again; and b4.cache-expire says when."""
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    where = parse_location(f"{archive.url}/mm/one@example.org/#r")
    for clock, requests in ((1000.0, 1), (1590.0, 1), (1700.0, 2)):
        fetched = fetch_thread(where, network(clock=lambda at=clock: at, cache_folder=tmp_path / "cache"))
        assert len(fetched.mailbox.messages) == 1
        assert len(archive.asked) == requests
    fetch_thread(where, network(clock=lambda: 1701.0, cache_folder=tmp_path / "cache",
                                settings={"b4.cache-expire": "0"}))
    assert len(archive.asked) == 3


def test_without_the_network_only_the_cache_speaks(archive: Archive, tmp_path: Path) -> None:
    """--no-network gives what is kept, however old, with a notice; else one clear line."""
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    where = parse_location(f"{archive.url}/mm/one@example.org/")
    with pytest.raises(NetworkError, match="switched off"):
        fetch_thread(where, network(allowed=False, cache_folder=tmp_path))
    fetch_thread(where, network(cache_folder=tmp_path))
    archive.asked.clear()
    fetched = fetch_thread(where, network(clock=lambda: 8200.0, allowed=False, cache_folder=tmp_path))
    assert "fetched 120 minutes ago" in fetched.mailbox.warnings[0]
    assert archive.asked == []


def test_a_damaged_cache_is_no_cache(archive: Archive, tmp_path: Path) -> None:
    """A file that was cut or changed is fetched again; a folder that cannot be written is no error."""
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    where = parse_location(f"{archive.url}/mm/one@example.org/")
    fetch_thread(where, network(cache_folder=tmp_path))
    (entry,) = tmp_path.glob("*.thread")
    entry.write_bytes(entry.read_bytes()[:-5])
    fetch_thread(where, network(cache_folder=tmp_path))
    assert len(archive.asked) == 2
    (tmp_path / "file").write_text("")
    assert fetch_thread(where, network(cache_folder=tmp_path / "file" / "below")).mailbox.messages


def test_masks_are_read_from_the_settings(archive: Archive) -> None:
    """A bare Message-ID goes where b4.midmask says; a mask that is no address is an error."""
    archive.gives("/mine/one@example.org/t.mbox.gz", gzip.compress(MBOX))
    settings = {"b4.midmask": f"{archive.url}/mine/%s"}
    assert fetch_thread(parse_location("<one@example.org>"), network(settings=settings)).mailbox.messages
    with pytest.raises(NetworkError, match="no http address"):
        fetch_thread(parse_location("<one@example.org>"), network(settings={"b4.midmask": "file:///%s"}))
    with pytest.raises(NetworkError, match="no http address"):
        fetch_thread(parse_location("<one@example.org>"), network(settings={"b4.midmask": "http://[x/%s"}))


@pytest.mark.parametrize("target", [
    "http://127.0.0.1:9/x", "http://localhost:9/x", "http://169.254.169.254/latest", "http://10.0.0.1/x", "http://[::1]/x",
    "http://[::ffff:127.0.0.1]/x", "http://0x7f000001/x"])
def test_a_redirect_does_not_lead_into_our_own_network(archive: Archive, target: str) -> None:
    """A redirect to loopback, link-local and private addresses is refused, however they are written."""
    archive.gives("/mm/one@example.org/t.mbox.gz", b"", status=302, Location=target)
    with pytest.raises(NetworkError, match="its own network"):
        fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network())


@pytest.mark.parametrize("key", ["lore.fallback", "b4.midmask"])
def test_a_redirect_may_lead_to_an_archive_that_the_settings_name(serve: Callable[[], Archive], key: str) -> None:
    """What the user named as an archive is meant, on the own network too; its other ports are not."""
    first, second = serve(), serve()
    first.gives("/mm/one@example.org/t.mbox.gz", b"", status=302, Location=f"{second.url}/x")
    second.gives("/x", gzip.compress(MBOX))
    settings = {key: f"http://[broken {second.url}/all/%s" if key == "lore.fallback" else f"{second.url}/all/%s"}
    where = parse_location(f"{first.url}/mm/one@example.org/")
    assert fetch_thread(where, network(settings=settings)).mailbox.messages
    with pytest.raises(NetworkError, match="its own network"):
        fetch_thread(where, network(settings={key: "http://127.0.0.1:9/all/%s"}))


def test_a_name_that_resolves_otherwise_later_is_refused_too(
        serve: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the connection counts, not only what the name resolved to before it."""
    first, second = serve(), serve()
    first.gives("/mm/one@example.org/t.mbox.gz", b"", status=302, Location=f"{second.url}/x")
    monkeypatch.setattr(fetch_module, "is_public", lambda _host: True)
    with pytest.raises(NetworkError, match="its own network"):
        fetch_thread(parse_location(f"{first.url}/mm/one@example.org/"), network())
    assert second.asked == []


@pytest.mark.parametrize("slow", ["headers", "body"])
def test_a_server_that_trickles_is_left(slow: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header line or a byte now and then does not hold the program longer than its deadline by the wall clock."""
    monkeypatch.setattr(fetch_module, "DEADLINE", 0.5)
    start = b"HTTP/1.1 200 OK\r\n" + (b"" if slow == "headers" else b"Content-Type: application/gzip\r\n\r\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        def trickle() -> None:
            with contextlib.suppress(OSError):
                peer, _ = server.accept()
                with peer:
                    peer.sendall(start)
                    for number in range(100):
                        peer.sendall(b"X-%d: 1\r\n" % number if slow == "headers" else b"x")
                        time.sleep(0.05)
        threading.Thread(target=trickle, daemon=True).start()
        before = time.monotonic()
        with pytest.raises(NetworkError, match="takes longer than"):
            fetch_thread(parse_location(f"http://127.0.0.1:{server.getsockname()[1]}/mm/one@example.org/"), network())
        assert time.monotonic() - before < 4


def test_a_cut_thread_is_said_and_not_kept(archive: Archive, tmp_path: Path) -> None:
    """An answer whose gzip data end early is read as far as it goes, told, and asked for again the next time."""
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(MBOX + bytes(range(256)) * 40)[:-200])
    where = parse_location(f"{archive.url}/mm/one@example.org/")
    fetched = fetch_thread(where, network(cache_folder=tmp_path))
    assert "ends early" in fetched.mailbox.damage[0]
    assert fetched.mailbox.damage[0] in fetched.mailbox.warnings
    fetch_thread(where, network(cache_folder=tmp_path))
    assert len(archive.asked) == 2


def test_a_series_of_patchwork_is_fetched_by_its_number(archive: Archive) -> None:
    """One request for the mbox; what people answered is not in it, and that is said."""
    archive.gives("/series/12/mbox/", MBOX, kind="text/plain")
    fetched = fetch_thread(parse_location(f"{archive.url}/project/mm/list/?series=12"), network())
    assert [message.message_id for message in fetched.mailbox.messages] == ["one@example.org"]
    assert "come from patchwork" in fetched.mailbox.warnings[0]
    assert [path for _, path, _ in archive.asked] == ["/series/12/mbox/"]
    with pytest.raises(MailError):
        fetch_thread(parse_location(f"{archive.url}/series/13/"), network())


def test_a_kept_thread_is_found_by_any_of_its_mails(archive: Archive, tmp_path: Path) -> None:
    """Without the network, and however old it is; a mail that is in no kept thread is in none."""
    both = MBOX + MBOX.replace(b"<one@example.org>", b"<two@example.org>")
    archive.gives("/mm/one@example.org/t.mbox.gz", gzip.compress(both))
    fetch_thread(parse_location(f"{archive.url}/mm/one@example.org/"), network(cache_folder=tmp_path))
    offline = network(cache_folder=tmp_path, allowed=False, clock=lambda: 9_000_000.0)
    found = thread_in_cache("two@example.org", offline)
    assert found is not None
    assert [message.message_id for message in found.messages] == ["one@example.org", "two@example.org"]
    assert "the thread may have gone on" in found.warnings[0]
    assert thread_in_cache("three@example.org", offline) is None
    assert thread_in_cache("two@example.org", network(allowed=False)) is None
