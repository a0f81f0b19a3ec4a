"""What single patches of the example come to on the page."""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import Review, review_series
from reviewbot.review.page import PageRow, where_words
from reviewbot.review.page.effects import _where_it_fails
from reviewbot.review.page.events import Event
from reviewbot.review.page.switches import once_configured
from reviewbot.series import choose_series, find_series
from reviewbot.source import MemoryTree, apply_series, open_tree

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@lru_cache(maxsize=8)
def review(*patches: int) -> Review:
    series = choose_series(find_series(read_source(EXAMPLES / "series.mbox")))
    return review_series(series, apply_series(series, open_tree(EXAMPLES / "linux")), load_knowledge(()),
                         version=parse_version("6.12"), patches=frozenset(patches))


def rows(*patches: int) -> tuple[PageRow, ...]:
    return review(*patches).first_page.rows


def test_a_lost_guard_is_a_consequence_in_a_users_words() -> None:
    """Patch 3 drops a term of a guard: the row names the boot parameters and what follows, and the author is asked."""
    found = review(3)
    row = next(row for row in found.first_page.rows if row.verdict == "worse")
    assert row.config == "debug_pagealloc=on, rodata!=full"
    assert row.statement == ("__kernel_map_pages() no longer does anything: page-allocator debugging leaves free pages "
                             "mapped")
    assert "with debug_pagealloc=on and rodata!=full" in found.first_page.conclusion
    [asked] = [finding for finding in found.findings if finding.id in found.first_page.ask]
    assert asked.question == ("Is __kernel_map_pages() meant to do nothing with debug_pagealloc=on and rodata!=full, "
                              "where it worked before?")


def test_a_failure_that_is_handled_now_is_for_the_better() -> None:
    """Patch 5 looks at a result that was dropped before: one row for all architectures."""
    [row] = rows(5)
    assert row.verdict == "better"
    assert row.arch == ("arm64", "riscv", "x86")
    assert row.statement == ("vault_alloc_key() now deals with a failure of set_direct_map_invalid_noflush(), which it "
                             "dropped before")


def test_a_page_for_some_patches_speaks_of_no_other() -> None:
    """What another patch brings does not stand on the page of these."""
    assert {row.patch for row in rows(3)} == {3}
    assert rows(4) == ()


def test_two_findings_about_one_small_function_are_one_row() -> None:
    """A stub with another value and an answer with another meaning are the same line."""
    assert len([row for row in rows(7) if "kernel_page_present" in row.statement and "answer" in row.statement
                and row.verdict == "worse"]) == 1
    assert not [row for row in rows(7) if row.verdict == "different" and "otherwise than before" in row.statement]


def test_memory_freed_in_an_unknown_state_is_the_row() -> None:
    """A new conversion whose failure is dropped, and the free behind it: one row, and it says what is freed."""
    before = b"void demo_exit(struct demo *demo)\n{\n\tkfree(demo->list);\n}\n"
    after = (b"void demo_exit(struct demo *demo)\n{\n\tkfree(demo->list);\n"
             b"\tset_memory_encrypted((unsigned long)demo->ring, 1);\n\tfree_page((unsigned long)demo->ring);\n}\n")
    diff = "".join(difflib.unified_diff(before.decode().splitlines(True), after.decode().splitlines(True),
                                        "a/mm/demo.c", "b/mm/demo.c"))
    mail = ("From: A <a@kernel.example>\nSubject: [PATCH] demo: take the ring back\n"
            "Date: Tue, 4 Mar 2025 10:00:00 +0000\nMessage-ID: <a@kernel.example>\n\nTake it back.\n\n---\n"
            f"diff --git a/mm/demo.c b/mm/demo.c\n{diff}-- \n2.39\n")
    [series] = find_series(read_source(mail.encode(), name="demo")).series
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n", "mm/demo.c": before})
    found = review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version("6.12"),
                          arches=("x86",))
    worse = [row for row in found.first_page.rows if row.verdict == "worse"]
    said = [row.statement.partition(" on a path")[0] for row in worse]
    assert said == ["demo_exit() frees demo->ring with free_page()"]


def test_a_condition_of_one_architecture_stands_beside_its_name() -> None:
    """`powerpc and x86 with PPC_SVM=y on powerpc` is no sentence."""
    assert where_words(("powerpc", "x86"), "PPC_SVM=y on powerpc") == ("powerpc (PPC_SVM=y) and x86", "")
    assert where_words(("powerpc", "x86"), "DEMO=y; PPC_SVM=y on powerpc") == (
        "powerpc (PPC_SVM=y) and x86", "with DEMO=y")
    assert where_words(("x86",), "DEMO=y") == ("x86", "with DEMO=y")
    assert where_words(("x86",), "where A && B") == ("x86", "where A && B")


def test_what_becomes_of_a_failure_is_told_where_one_can_come() -> None:
    """Another architecture, on which only a wrong address makes the call fail, is not named beside them."""
    sure, open_one, other = (Event(
        kind="fate", key=(name,), verdict="better", arch=(name,), config="", gist="demo() now deals with it", reason="",
        patch=1, file="mm/demo.c", line=1, functions=(function,), symbols=frozenset({"set_memory_encrypted"}),
        consequence="mended", reach="distribution", certainty="derived", because=(name,))
        for name, function in (("x86", "demo"), ("powerpc", "demo"), ("s390", "demo_other")))
    assert _where_it_fails([sure, open_one, other], frozenset({"x86"})) == [sure, other]


def test_the_width_of_an_architecture_is_in_its_name() -> None:
    """Nobody looks for an option where the architecture's name does."""
    assert where_words(("x86",), "DYNAMIC_FTRACE=y, X86_64=y") == ("x86-64", "with DYNAMIC_FTRACE=y")
    assert where_words(("riscv",), "ARCH_RV64I=y, MMU=y") == ("riscv64", "")
    assert where_words(("x86",), "64BIT=y") == ("x86-64", "")
    assert where_words(("loongarch",), "64BIT=y") == ("loongarch64", "")
    assert where_words(("x86",), "X86_64=n") == ("x86", "with X86_64=n")
    assert where_words(("arm64", "x86"), "X86_64=y on x86") == ("arm64 and x86-64", "")
    assert where_words(("powerpc", "riscv", "x86"), "A=y on powerpc and ARCH_RV64I=y, A=y on riscv") == (
        "powerpc (A=y), riscv64 (A=y) and x86", "")


def test_a_broken_build_is_told_with_one_condition() -> None:
    """The condition and an example of it are not both said: the shorter of them is."""
    said = "demo_flags is declared here, but no patch defines it: with PPC64=y it does not link"
    bare = "demo_flags is declared here, but no patch defines it: it does not link"
    assert once_configured(said, "SWIOTLB=y") == (bare, "SWIOTLB=y")
    assert once_configured(said, "SWIOTLB=y, HOTPLUG=n, NUMA=y") == (bare, "PPC64=y")
    assert once_configured(bare, "SWIOTLB=y") == (bare, "SWIOTLB=y")
