"""What a server can do to us beside its answer: take for ever, and send us to a machine of our own network."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from socket import socket as Socket

__all__ = ["PrivateAddress", "guard", "is_public", "within"]

_Result = TypeVar("_Result")


class PrivateAddress(Exception):
    """A host that a redirect named has an address on this machine or in its own network.

    No OSError: urllib3 would take it for a failed connection.
    """


def within(seconds: float, work: Callable[[], _Result]) -> _Result | None:
    """Return what `work` returns, or None when it takes longer than that by the wall clock.

    A socket's timeout counts from byte to byte, so that a server which sends one now and then would hold us for ever.
    The work goes on in a thread of its own that dies with the program.
    """
    found: list[_Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    return found[0] if found else None


def is_public(host: str) -> bool:
    """Return whether a host's name, as far as it can be resolved, leads only to addresses of the public network."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return _literal_is_public(host)
    return all(_literal_is_public(str(address[4][0])) for address in found)


def _literal_is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return text.rstrip(".").lower() not in {"localhost", ""}
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_global)


def _checked(sock: Socket) -> Socket:
    peer = str(sock.getpeername()[0])
    if not _literal_is_public(peer):
        sock.close()
        raise PrivateAddress(peer)
    return sock


class _Plain(HTTPConnection):
    def _new_conn(self) -> Socket:
        return _checked(super()._new_conn())


class _Secure(HTTPSConnection):
    def _new_conn(self) -> Socket:
        return _checked(super()._new_conn())


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Guarded(HTTPAdapter):
    """Connections that end when the other side turns out to be private: a name may resolve otherwise a second time."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


def guard(session: requests.Session, url: str) -> None:
    """Make the session refuse a private address behind the host of `url` when it connects."""
    parts = urlsplit(url)
    session.mount(f"{parts.scheme}://{parts.netloc}", _Guarded())
