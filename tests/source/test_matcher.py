"""The matcher without Hyperscan, for which some machines have no wheel: slower, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.source import matcher

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("set_memory_ro", "set_memory_rox", "set_memory_x", "kernel_map_pages", "__kernel_map_pages", "x", "_x")
RUN = "import sys; sys.modules['hyperscan'] = None; from reviewbot.__main__ import run; sys.exit(run())"

pieces = st.lists(st.sampled_from([*(word.encode() for word in WORDS), b"_", b"1", b" ", b"(", b"\xe9", b"\n",
                                   b"set_"]))


@pytest.mark.skipif(not matcher._HYPERSCAN, reason="there is nothing to compare with: hyperscan is not installed")
@given(words=st.sets(st.sampled_from(WORDS), min_size=1), parts=pieces)
def test_both_matchers_find_the_same_identifiers(words: set[str], parts: list[bytes]) -> None:
    """Python's regular expressions see whole identifiers where Hyperscan sees them, in any bytes."""
    asked, content = tuple(sorted(words)), b"".join(parts)
    assert matcher._plain(asked)(content) == matcher._vectored(asked)(content)


def test_a_review_without_hyperscan_is_the_same_review(tmp_path: Path) -> None:
    """Where the package cannot be imported a review and a scan of the example print the same bytes."""
    series, tree = str(ROOT / "examples" / "series.mbox"), str(ROOT / "examples" / "linux")
    for words in (["review", series, "--tree", tree, "--no-network", "--no-progress", "--full"],
                  ["scan", "--tree", tree, "--no-progress"]):
        said = [subprocess.run([sys.executable, *start, *words], capture_output=True, check=False, cwd=ROOT,
                               env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / str(number))})
                for number, start in enumerate((["-m", "reviewbot"], ["-c", RUN]))]
        assert said[0].returncode == said[1].returncode == 0
        assert said[0].stdout
        assert (said[0].stdout, said[0].stderr) == (said[1].stdout, said[1].stderr)
