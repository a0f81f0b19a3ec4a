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
    ("echo 'CRITICAL: server said no' >&2; exit 1", 4, "b4 gives no mail: CRITICAL: server said no"),
    ("exit 0", 4, "b4 gives no mail"),
])
def test_what_b4_says_is_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, status: int,
                                   said: str) -> None:
    """Its last words stand in the one line."""
    fake_b4(tmp_path, monkeypatch, script)
    result = run(ID, "--via-b4")
    assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (status, True, 1)


def test_without_b4_or_network_it_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No b4 on PATH, and both options at once."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "needs b4 on the PATH" in run(ID, "--via-b4").stderr
    assert run(ID, "--via-b4").exit_code == 2
    assert run(ID, "--via-b4", "--no-network").exit_code == 2
