"""The surroundings of a run: standard streams that may be closed, full or of a narrow encoding, signals, new files."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

from reviewbot.errors import LocalError, UsageError

__all__ = ["is_local", "leave_quietly", "open_streams", "require_other_files", "stopping_cleanly", "write_file"]

_NO_ROOM = "nothing of it was changed; free some space, or name another place"
_LOCAL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


def is_local(error: OSError) -> bool:
    """Return whether the error is one of this machine (a full or broken disk), not of what was asked."""
    return error.errno in _LOCAL


def open_streams() -> None:
    """Give the program three streams that can be used: what the shell has closed becomes the null device, and letters
    that the terminal's encoding lacks are spelled out."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - it stays
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors="backslashreplace")


def leave_quietly() -> None:
    """Send what is still to be written to the null device, so that Python does not complain of it at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def stopping_cleanly() -> Iterator[None]:
    """Make SIGTERM and SIGHUP end the run as SIGINT does, so that temporary files go; ignored ones stay ignored."""
    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def require_other_files(outputs: Iterable[Path | None], inputs: Iterable[str | Path | None]) -> None:
    """Raise UsageError when a file that is to be written is one that is to be read."""
    read = [name for name in inputs if name is not None and os.path.isfile(name)]  # noqa: PTH113 - it never raises
    for output in outputs:
        if output is not None and output.is_file() and any(output.samefile(name) for name in read):
            raise UsageError("this file is read, and would be written over; nothing was done", where=str(output),
                             hint="name another place for what is written")


def write_file(path: Path, data: str | bytes, *, hint: str = "") -> None:
    """Write the whole file, or leave the old one as it is: under a temporary name beside it, then renamed.

    What is not an ordinary file (a pipe, /dev/stdout) is written as it is. Raises UsageError for a place that cannot
    be written, LocalError when the disk is full.
    """
    content = data if isinstance(data, bytes) else data.encode("utf-8", "backslashreplace")
    try:
        target = path.resolve() if path.is_symlink() else path
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        _replace(target, content)
    except OSError as error:
        if is_local(error):
            raise LocalError(f"cannot write: {error.strerror}", where=str(path), hint=_NO_ROOM) from error
        raise UsageError(f"cannot write: {error.strerror}", where=str(path), hint=hint) from error


def _replace(target: Path, content: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".reviewbot-")
    except PermissionError:
        if not target.exists():
            raise
        target.write_bytes(content)  # a file of ours in a folder that is not
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
