"""The WSGI application behind `reviewbot serve`: it answers its own machine, and gives nothing but what is listed.

An address never becomes a path: it is looked up among the reviews that the folder holds. Requests that name another
host are refused, so that no page of the web can be made to stand for this one (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from reviewbot.report.frame import style_hash
from reviewbot.report.shelf import ORDERS, Entry, Order, Shelf, sorted_entries
from reviewbot.report.shelf_page import render_shelf, render_stored
from reviewbot.text import visible
from reviewbot.values import dataclass

__all__ = ["Server", "local_hosts"]

_LONGEST_QUERY = 200
_NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_REPORT = f"{_NOTHING}; style-src 'unsafe-inline'; form-action 'none'; sandbox"
"""What a report may do that lies in the folder: it names the hash of its own style sheet too, and a browser obeys both;
one that somebody else put there can run nothing either."""

_Start = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    body: bytes
    kind: str = "text/html; charset=utf-8"
    policy: str = f"{_NOTHING}; form-action 'none'"


def local_hosts(port: int) -> frozenset[str]:
    """Return the values of a Host header that mean this machine's server on that port."""
    names = ("127.0.0.1", "localhost")
    return frozenset((*(f"{name}:{port}" for name in names), *(names if port == 80 else ())))


@dataclass(slots=True)
class Server:
    """The application over one shelf; `hosts` are the Host headers that it answers."""

    shelf: Shelf
    hosts: frozenset[str]

    def __call__(self, environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        """Answer one request."""
        answer = self._answer(environ)
        head = environ.get("REQUEST_METHOD") == "HEAD"
        start(f"{answer.status.value} {answer.status.phrase}", [
            ("Content-Type", answer.kind), ("Content-Length", str(len(answer.body))),
            ("Content-Security-Policy", answer.policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
            ("Cache-Control", "no-store")])
        return [] if head else [answer.body]

    def _answer(self, environ: dict[str, Any]) -> _Answer:
        if str(environ.get("HTTP_HOST", "")).lower() not in self.hosts:
            return _plain(HTTPStatus.MISDIRECTED_REQUEST, "This server answers only to the name of its own machine.")
        if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered.")
        # WSGI hands the decoded path on as Latin-1.
        path = str(environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace")
        if path in {"", "/"}:
            return self._list(str(environ.get("QUERY_STRING", "")))
        kind, _, key = path.removeprefix("/").partition("/")
        entry = next((one for one in self.shelf.entries() if one.key == key), None)
        return self._one(kind, entry) if entry is not None else _plain(
            HTTPStatus.NOT_FOUND, "There is no such review in the folder.")

    def _list(self, asked: str) -> _Answer:
        try:
            values = parse_qs(asked, max_num_fields=10)
        except ValueError:
            return _plain(HTTPStatus.BAD_REQUEST, "This is no search.")
        query = " ".join(values.get("q", [""])[0].split())[:_LONGEST_QUERY]
        order: Order = next((one for one in ORDERS if one == values.get("sort", ["weight"])[0]), "weight")
        every = self.shelf.entries()
        found = sorted_entries(every, query=query, order=order)
        page = render_shelf(found, query=query, order=order, of=len(every), problems=self.shelf.problems)
        return _Answer(HTTPStatus.OK, _bytes(page), policy=_own("shelf", form="self"))

    def _one(self, kind: str, entry: Entry) -> _Answer:
        try:
            if kind == "review":
                return _Answer(HTTPStatus.OK, _bytes(render_stored(entry)), policy=_own("stored", form="none"))
            if kind == "json":
                return _Answer(HTTPStatus.OK, entry.path.read_bytes(), kind="application/json; charset=utf-8")
            if kind == "page" and entry.html is not None:
                return _Answer(HTTPStatus.OK, entry.html.read_bytes(), policy=_REPORT)
        except OSError:
            return _plain(HTTPStatus.NOT_FOUND, "The file has gone.")
        return _plain(HTTPStatus.NOT_FOUND, "There is no such page.")


def _own(kind: str, *, form: str) -> str:
    return f"{_NOTHING}; style-src '{style_hash(kind)}'; form-action '{form}'"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _plain(status: HTTPStatus, text: str) -> _Answer:
    return _Answer(status, _bytes(visible(text) + "\n"), kind="text/plain; charset=utf-8")
