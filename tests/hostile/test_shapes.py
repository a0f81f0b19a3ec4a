"""A small mail neither holds the program nor takes its memory, whatever it repeats."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from shapes import SHAPES
from shapes_of_code import CODE_SHAPES
from shapes_of_config import CONFIG_SHAPES
from shapes_of_mail import MAIL_SHAPES
from shapes_of_places import PLACE_SHAPES
from shapes_of_rules import RULE_SHAPES

TREE = Path(__file__).resolve().parents[2] / "examples/linux"
RUN = [sys.executable, "-c", "from reviewbot.cli import main; main()"]
SECONDS, BYTES = 20, 500 << 20
EXAMPLE = 0.9
"""Processor seconds that the review of the example series takes on the machine that the limit was set for."""
ALL = {"": SHAPES, "code: ": CODE_SHAPES, "config: ": CONFIG_SHAPES, "mail: ": MAIL_SHAPES, "places: ": PLACE_SHAPES,
       "rules: ": RULE_SHAPES}
MAKERS = {f"{kind}{name}": shape for kind, shapes in ALL.items() for name, shape in shapes.items()}

pytestmark = [pytest.mark.hostile, pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")]


@pytest.fixture(scope="session")
def seconds() -> int:
    """What the 20 seconds are on this machine, told by what the example series costs; a faster one gets no less."""
    words = [*RUN, "review", str(TREE.parent / "series.mbox"), "--tree", str(TREE), "--no-network", "--no-cache"]
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, capture_output=True, check=False)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
    return max(SECONDS, round(SECONDS * spent / EXAMPLE))


@pytest.mark.parametrize("shape", sorted(MAKERS))
def test_a_small_mail_is_reviewed_or_named_in_time(shape: str, seconds: int, tmp_path: Path) -> None:
    """20 seconds of processor time, on the machine they were set for, and 500 MB are the most that any takes."""
    make, size = MAKERS[shape]
    source, report = tmp_path / "trap.mbox", tmp_path / "report.json"
    source.write_text(make(size))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))

    words = ["review", str(source), "--tree", str(TREE), "--no-network", "--no-progress", "--no-cache"]
    done = subprocess.run([*RUN, *words, "-o", f"json={report}"], capture_output=True, check=False, preexec_fn=limit)
    assert done.returncode in {0, 1, 4}, done.stderr.decode("utf-8", "replace")[-500:]
    if done.returncode == 4:
        assert done.stderr.count(b"\n") == 1
        return
    assert json.loads(report.read_text())["schema"] == "reviewbot.review/1"
    assert done.stderr == b""
