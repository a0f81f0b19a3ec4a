"""What `review` prints: the first page, the rest when asked for, a rule between reviews."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main

OLDER = """From: Demo <demo@kernel.example>
Subject: [PATCH] x86: seal the demo
Date: Tue, 4 Mar 2025 10:00:00 +0000
Message-ID: <demo-v1@kernel.example>

Seal it.

---
diff --git a/arch/x86/kernel/demo.c b/arch/x86/kernel/demo.c
--- a/arch/x86/kernel/demo.c
+++ b/arch/x86/kernel/demo.c
@@ -1,4 +1,5 @@
 int demo_seal(unsigned long addr)
 {
+\tset_memory_ro(addr, 1);
 \tdemo_touch(addr);
 }
--
2.39
"""
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
    assert "  Ask: " in page
    left = r"Not on this page: \d errors? and \d+ lighter rows and questions \(--full\)"
    assert re.search(left, " ".join(page.split()))
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
    assert "What could be read of the series names no function of the family" in text
    assert "Not seen: drivers/a.c, of which only the hunks are known." in text


def test_an_earlier_version_is_one_line(page: str) -> None:
    """Held against itself, nothing is gone and nothing is new."""
    text = " ".join(run(str(EXAMPLES / "series.mbox"), "--previous", str(EXAMPLES / "series.mbox")).stdout.split())
    assert "; nothing is new." in text
    assert "no longer so" not in text.split("Since v")[1].split(".")[0]


def test_an_older_version_in_the_same_input_is_compared_by_itself(tmp_path: Path) -> None:
    """Two versions of a patch in one mailbox: the newer one's page says in one line what became of the older one's."""
    fixed = OLDER.replace("-v1@", "-v2@").replace("[PATCH]", "[PATCH v2]").replace(
        "+\tset_memory_ro(addr, 1);", "+\treturn set_memory_ro(addr, 1);").replace("10:00", "12:00")
    both = tmp_path / "versions.mbox"
    both.write_text("".join(f"From mboxrd@z Thu Jan  1 00:00:00 1970\n{mail}\n" for mail in (OLDER, fixed)))
    ways = [str(both), "--kernel", "6.12", "--no-network", "-q"]
    text = " ".join(CliRunner().invoke(main, ["review", *ways]).stdout.split())
    assert "Since v1: no longer so: demo_seal() now makes addr read-only, and drops a failure of " in text
    assert "Since v1" not in CliRunner().invoke(main, ["review", *ways, "--version-of-series", "1"]).stdout


def test_a_pipe_gets_colours_where_they_are_asked_for(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR is for `less -R`; NO_COLOR is stronger, and the words are the same."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    painted = run(str(EXAMPLES / "series.mbox")).stdout
    assert "\x1b[1m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == page
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(str(EXAMPLES / "series.mbox")).stdout == page
