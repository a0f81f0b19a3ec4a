"""What the hunks alone show of a function's paths: a free that a flag keeps back, a failure that is looked at."""

from __future__ import annotations

import pytest

from reviewbot.arch import parse_version
from reviewbot.checks import analyse, find
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Finding
from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

KNOWLEDGE = load_knowledge(())

HEAD = """\
From: Demo Author <demo@kernel.example>
Subject: [PATCH] demo: keep what stays shared
Date: Tue, 4 Mar 2025 10:00:00 +0000
Message-ID: <example@kernel.example>

A change.

---
diff --git a/kernel/demo/pool.c b/kernel/demo/pool.c
index 111111111111..222222222222 100644
--- a/kernel/demo/pool.c
+++ b/kernel/demo/pool.c
@@ -82,{old} +83,{new} @@ static int demo_grow(struct demo_pool *pool, struct page *page)
"""


def found(text: str) -> tuple[Finding, ...]:
    """Return what is asked about a hunk; `=` stands for an unchanged line, four blanks for a tab."""
    body = "".join(f"{' ' if line[:1] == '=' else line[:1]}{line[1:].replace('    ', chr(9))}\n"
                   for line in text.splitlines())
    lines = body.splitlines()
    old, new = sum(not line.startswith("+") for line in lines), sum(not line.startswith("-") for line in lines)
    mail = f"{HEAD.format(old=old, new=new)}{body}-- \n2.39\n"
    [series] = find_series(read_source(mail.encode(), name="example")).series
    analysis = analyse(series=series, patched=apply_series(series, MemoryTree({})), family=KNOWLEDGE.family,
                       model=KNOWLEDGE.model, version=parse_version("7.3"), arches=("x86",))
    return tuple(one for one in find(KNOWLEDGE.rules, analysis) if one.level in {"error", "warning", "question"})


KEPT = {
    "a flag": """\
=    return 0;
=
=private:
-    set_memory_encrypted((unsigned long)page_address(page), 1);
+    if (pool->shared && set_memory_encrypted((unsigned long)page_address(page), 1))
+        leak = true;
=unmap:
-    __free_page(page);
+    if (!leak)
+        __free_page(page);
=    return ret;
=}
""",
    "a member": """\
=    return 0;
=
-    set_memory_encrypted((unsigned long)page_address(page), 1);
-    put_page(page);
+    if (set_memory_encrypted((unsigned long)page_address(page), 1))
+        pool->lost = 1;
+    demo_note(pool);
+    if (pool->lost == 0)
+        put_page(page);
=    return ret;
=}
""",
    "a jump": """\
=    return 0;
=
-    set_memory_encrypted((unsigned long)page_address(page), 1);
+    ret = set_memory_encrypted((unsigned long)page_address(page), 1);
+    if (ret < 0)
+        goto out_leak;
=    __free_page(page);
+out_leak:
=    return ret;
=}
""",
    "an arm of #if": """\
=    return 0;
=
-    set_memory_encrypted((unsigned long)page_address(page), 1);
+    if (set_memory_encrypted((unsigned long)page_address(page), 1))
+        leak = true;
=#ifdef CONFIG_DEMO_REMAP
-    __free_page(page);
+    if (!leak)
+        __free_page(page);
=#endif
=    return ret;
=}
""",
}


@pytest.mark.parametrize("how", sorted(KEPT))
def test_a_free_that_the_failure_keeps_back(how: str) -> None:
    """However the failure keeps the memory from being freed, nothing is lost and nothing is freed."""
    assert not [one for one in found(KEPT[how]) if one.category in {"ret-ignored", "leak-on-failure", "warn-only"}]


def test_a_free_that_another_flag_guards() -> None:
    """A flag that the failure does not set keeps nothing back."""
    lines = [line for line in KEPT["a flag"].splitlines() if not line.startswith("-")]
    body = "\n".join(lines).replace("!leak", "!pool->busy")
    assert [one.rule for one in found(body) if one.category == "leak-on-failure"] == ["freed-in-unknown-state"]
