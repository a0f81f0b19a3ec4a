"""What `review` prints: the first page, the rest when asked for, a rule between reviews."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OTHER = b"""\
From b@c.example Tue Mar  4 10:00:00 2025
From: B <b@c.example>
Subject: [PATCH] other: thing
Message-ID: <other@c.example>
Date: Tue, 4 Mar 2025 10:00:00 +0000

Text.
---
diff --git a/drivers/a.c b/drivers/a.c
--- a/drivers/a.c
+++ b/drivers/a.c
@@ -1,3 +1,3 @@
 int a;
-int b;
+int c;
 int d;
--
2.43.0

"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["review", *arguments, "--tree", str(EXAMPLES / "linux"), "--no-network", "-q"])


@pytest.fixture(scope="module")
def page() -> str:
    result = run(str(EXAMPLES / "series.mbox"))
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_page_is_all_that_is_printed(page: str) -> None:
    """Without an option there is the first page alone; what it left out is counted in its last line."""
    assert "What changes\n" in page
    assert "Ask\n" in page
    assert "lighter." in page
    assert "Changed behaviour" not in page
    assert "\x1b" not in page


def test_the_rest_stands_below_when_asked_for(page: str) -> None:
    """`--full` prints the same page first, and then everything, patch by patch."""
    text = run(str(EXAMPLES / "series.mbox"), "--full").stdout
    assert text.startswith(page.rstrip("\n"))
    assert "\nPatch 1/" in text


def test_reviews_are_kept_apart(tmp_path: Path) -> None:
    """With `--all` a rule stands between one review and the next, and none before the first."""
    both = tmp_path / "both.mbox"
    both.write_bytes((EXAMPLES / "series.mbox").read_bytes() + b"\n" + OTHER)
    text = run(str(both), "--all").stdout
    assert text.count("\n" + "-" * 72 + "\n") == 1
    assert "No file that the series touches names a function that changes" in text


def test_an_earlier_version_is_one_line(page: str) -> None:
    """Held against itself, nothing is gone and nothing is new."""
    text = " ".join(run(str(EXAMPLES / "series.mbox"), "--previous", str(EXAMPLES / "series.mbox")).stdout.split())
    assert "; 0 are new." in text
    assert "gone" not in text.split("Since v")[1].split(".")[0]
