"""A thread fetched by b4, for whoever has it set up: its origins, its cache, its ways through what bars robots."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from reviewbot.errors import MailError, NetworkError, UsageError
from reviewbot.mail import Mailbox, read_source
from reviewbot.patterns import regex
from reviewbot.text import clip, visible

__all__ = ["thread_by_b4"]

_TIMEOUT = 300.0
_OFFLINE = regex(r"All hosts failed|Max retries exceeded|NameResolutionError|Connection(?:Error| refused)"
                 r"|[Tt]imed out")
_REFUSED = regex(r"Server returned an error: (\d{3})")
_ABSENT = regex(r"No messages found|Server returned an error: (?:404|410)")


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
            raise _no_thread(message_id, done.stderr.decode("utf-8", "replace"), done.returncode)
        return read_source(saved[0], name=message_id)


def _no_thread(message_id: str, said: str, status: int) -> MailError | NetworkError:
    """Return why b4 has saved nothing: what it says itself is a library's words about a connection."""
    by_hand = "'b4 mbox MESSAGE-ID' says more"
    if _ABSENT.search(said):
        return MailError("the archive that b4 asks has no such mail", where=message_id,
                         hint="see whether the Message-ID is whole, or give the thread as a file")
    if refused := _REFUSED.search(said):
        return NetworkError(f"the archive that b4 asks answers with status {refused[1]}", where=message_id,
                            hint="try again later, or give the thread as a file")
    if _OFFLINE.search(said):
        return NetworkError("b4 reaches no archive: there is no network, or none that answers", where=message_id,
                            hint="try again later, or give the thread as a file")
    lines = [line for line in said.splitlines() if line.strip()]
    if status == 0:
        return MailError("b4 saves no mail of this thread", where=message_id, hint=by_hand)
    words = f", and ends with '{clip(visible(lines[-1].strip()), 100)}'" if lines else f" (status {status})"
    return NetworkError(f"b4 fetches no thread{words}", where=message_id, hint=by_hand)
