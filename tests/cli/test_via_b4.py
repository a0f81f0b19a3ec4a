"""`--via-b4` takes the thread from b4, and says in one line when b4 has none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ID = "20250304100000.3107-1-iris@keys.example"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["review", *words, "--no-cache", "--kernel", "6.12", "-q"])


def fake_b4(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (folder / "b4").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "b4").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_thread_comes_from_b4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """b4 is asked for the Message-ID, without a terminal, and what it saves is reviewed."""
    fake_b4(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/words\n'
            f'while [ "$1" != -o ]; do shift; done; cp {EXAMPLES}/series.mbox "$2/thread.mbx"')
    result = run(f"https://lore.kernel.org/linux-mm/{ID}/", "--via-b4", "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["series"]["message_id"] == ID
    assert (tmp_path / "words").read_text().split()[-1] == ID


@pytest.mark.parametrize(("script", "status", "said"), [
    ("echo 'CRITICAL: nobody said yes' >&2; exit 1", 4,
     "b4 fetches no thread, and ends with 'CRITICAL: nobody said yes'; 'b4 mbox MESSAGE-ID' says more"),
    ("exit 7", 4, "b4 fetches no thread (status 7)"),
    ("exit 0", 4, "b4 saves no mail of this thread"),
    ("echo 'All hosts failed for https://x: ConnectionPool(host=x): Max retries exceeded (Errno -2)' >&2; exit 1", 4,
     "b4 reaches no archive: there is no network, or none that answers; try again later, or give the thread as a file"),
    ("echo 'Could not retrieve thread: Server returned an error: 404' >&2; exit 1", 4,
     "the archive that b4 asks has no such mail; see whether the Message-ID is whole"),
    ("echo 'Could not retrieve thread: Server returned an error: 503' >&2; exit 1", 4,
     "the archive that b4 asks answers with status 503; try again later"),
])
def test_why_b4_has_no_thread_is_said_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str,
                                                status: int, said: str) -> None:
    """What happened, for which mail, and what to do; a library's words about a connection are no answer."""
    fake_b4(tmp_path, monkeypatch, script)
    result = run(ID, "--via-b4")
    assert (result.exit_code, result.stderr.count("\n")) == (status, 1)
    assert result.stderr.startswith(f"reviewbot: {ID}: {said}")
    assert "ConnectionPool" not in result.stderr


def test_without_b4_or_network_it_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No b4 on PATH, and both options at once."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "needs b4 on the PATH" in run(ID, "--via-b4").stderr
    assert run(ID, "--via-b4").exit_code == 2
    assert run(ID, "--via-b4", "--no-network").exit_code == 2
