"""Reading a git object store through one long-lived `git cat-file --batch`."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import weakref
from typing import IO

from reviewbot.errors import BudgetError, TreeError
from reviewbot.source.sandbox import Sandbox

__all__ = ["ObjectReader", "TreeEntry", "parse_tree"]

TreeEntry = tuple[int, str]
"""An entry of a git tree: its mode and its object id."""

_PATIENCE = 60.0  # seconds without one byte from git
LARGEST_OBJECT = 64 << 20  # the largest file of Linux is some 20 MB


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:  # git has gone already
                continue
    process.kill()
    process.wait()


class ObjectReader:
    """The objects that a sandbox sees, by id or by any name that git understands. Safe to share among threads."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Prepare; the process starts with the first question."""
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[..., ObjectReader] | None = None
        self._buffer = b""

    def get(self, name: str) -> tuple[str, str, bytes] | None:
        """Return (id, type, content) of the object, None when there is no such object.

        Raises TreeError when git stops answering and BudgetError for an object of more than 64 MB.
        """
        if "\n" in name or "\0" in name or not name:
            return None
        with self._lock:
            header = self._ask(name)
            words = header.split(" ")
            if len(words) != 3 or not words[2].isdecimal():
                return None
            size = int(words[2])
            if size > LARGEST_OBJECT:
                self._stop()
                raise BudgetError(f"an object of {size >> 20} MB", where=name)
            content = self._take(size)
            self._take(1)
        return words[0], words[1], content

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _ask(self, name: str) -> str:
        stdin, _ = self._streams()
        try:
            stdin.write(os.fsencode(name) + b"\n")
            stdin.flush()
        except OSError as error:
            self._stop()
            raise TreeError("git cat-file ended before it answered", where=name) from error
        while b"\n" not in self._buffer:
            self._fill()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return os.fsdecode(line)

    def _take(self, size: int) -> bytes:
        if len(self._buffer) < size:
            parts, have = [self._buffer], len(self._buffer)
            while have < size:
                self._buffer = b""
                self._fill()
                parts.append(self._buffer)
                have += len(self._buffer)
            self._buffer = b"".join(parts)
        content, self._buffer = self._buffer[:size], self._buffer[size:]
        return content

    def _fill(self) -> None:
        _, stdout = self._streams()
        waiting = select.poll()  # select() itself knows no descriptor above 1023
        waiting.register(stdout, select.POLLIN)
        chunk = os.read(stdout.fileno(), 1 << 20) if waiting.poll(_PATIENCE * 1000) else b""
        if not chunk:
            self._stop()
            raise TreeError("git cat-file ended or stopped answering")
        self._buffer += chunk

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._buffer = b""
            self._process = subprocess.Popen(  # noqa: S603  (an argument list, never a shell)
                self._sandbox.command("cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, env=self._sandbox.environment, cwd=self._sandbox.git_dir)
            self._finalizer = weakref.finalize(self, _end, self._process)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def _stop(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
        self._process, self._finalizer, self._buffer = None, None, b""


def parse_tree(content: bytes, id_bytes: int) -> dict[str, TreeEntry]:
    """Return the entries of a git tree object by name, in git's order; `id_bytes` is 20, or 32 with SHA-256."""
    entries: dict[str, TreeEntry] = {}
    position = 0
    while position < len(content):
        blank = content.index(b" ", position)
        end = content.index(b"\0", blank)
        name = os.fsdecode(content[blank + 1:end])
        entries[name] = (int(content[position:blank], 8), content[end + 1:end + 1 + id_bytes].hex())
        position = end + 1 + id_bytes
    return entries
