"""A thread fetched by b4, for whoever has it set up: its origins, its cache, its ways through what bars robots."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from reviewbot.errors import MailError, NetworkError, UsageError
from reviewbot.mail import Mailbox, read_source
from reviewbot.text import clip, visible

__all__ = ["thread_by_b4"]

_TIMEOUT = 300.0


def thread_by_b4(message_id: str) -> Mailbox:
    """Return the thread of the mail as `b4 mbox` saves it.

    Raises UsageError without b4 on PATH, NetworkError when it fails or takes too long, MailError without a mail.
    """
    program = shutil.which("b4")
    if program is None:
        raise UsageError("--via-b4 needs b4 on the PATH", hint="'pipx install b4' brings it")
    with tempfile.TemporaryDirectory(prefix="reviewbot-b4-") as folder:
        try:
            done = subprocess.run([program, "-q", "-n", "--no-stdin", "mbox", "-o", folder, "-n", "thread",  # noqa: S603
                                   "--", message_id], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                  timeout=_TIMEOUT, cwd=folder)
        except subprocess.TimeoutExpired as error:
            raise NetworkError(f"b4 takes longer than {_TIMEOUT:.0f} seconds", where=message_id,
                               hint="try again later, or give the thread as a file") from error
        except OSError as error:
            raise UsageError(f"b4 cannot be started: {error.strerror}", where=program) from error
        saved = sorted(path for path in Path(folder).iterdir() if path.is_file())
        if done.returncode != 0 or not saved:
            lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
            said = clip(visible(lines[-1]), 200) if lines else f"status {done.returncode}"
            raise (MailError if done.returncode == 0 else NetworkError)(
                f"b4 gives no mail: {said}", where=message_id, hint="try 'b4 mbox' by hand")
        return read_source(saved[0], name=message_id)
