"""Claims of other kinds: what cannot fail, one architecture, what is fixed, a default."""

from __future__ import annotations

import difflib
import subprocess
from pathlib import Path

import pytest

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Claim
from reviewbot.mail import read_source
from reviewbot.review import review_series
from reviewbot.review.claims import claimed_in
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series, open_tree
from reviewbot.source.types import Tree

PATH = "arch/x86/kernel/demo.c"
BEFORE = """#include <linux/set_memory.h>

int demo_open(unsigned long addr)
{
	int ret;

	ret = set_memory_decrypted(addr, 1);
	if (ret)
		return ret;
	return 0;
}
"""
AFTER = BEFORE.replace("""	int ret;

	ret = set_memory_decrypted(addr, 1);
	if (ret)
		return ret;
""", """	set_memory_decrypted(addr, 1);
""")
DIFF = f"diff --git a/{PATH} b/{PATH}\n" + "".join(
    difflib.unified_diff(BEFORE.splitlines(True), AFTER.splitlines(True), f"a/{PATH}", f"b/{PATH}"))
KCONFIG = ("diff --git a/drivers/demo/Kconfig b/drivers/demo/Kconfig\n--- a/drivers/demo/Kconfig\n"
           "+++ b/drivers/demo/Kconfig\n@@ -1,2 +1,4 @@\n config DEMO\n \tbool \"Demo\"\n+\tdefault n\n"
           "+\tselect ARCH_HAS_SET_MEMORY\n")


USER = """#ifdef CONFIG_DEMO
int demo_use(unsigned long addr)
{
	return demo_open(addr);
}
#endif
"""


def claims(text: str, *, diff: str = DIFF, tree: Tree | None = None, trailers: str = "",
           user: str = USER) -> dict[str, Claim]:
    mail = ("From: Demo Author <demo@kernel.example>\nSubject: [PATCH] x86: demo\n"
            "Date: Tue, 4 Mar 2025 10:00:00 +0000\nMessage-ID: <stated@kernel.example>\n\n"
            f"{text}\n{trailers}\n---\n{diff}-- \n2.39\n").encode()
    [series] = find_series(read_source(mail, name="stated")).series
    files = {"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n", PATH: BEFORE.encode(),
             "drivers/demo/Kconfig": b"config DEMO\n\tbool \"Demo\"\n",
             "Kconfig": b'source "drivers/demo/Kconfig"\n', "mm/user.c": user.encode()}
    found = review_series(series, apply_series(series, tree or MemoryTree(files)), load_knowledge(()),
                          version=parse_version("6.12"), arches=("x86",))
    return {claim.kind: claim for claim in found.claims}


def test_what_is_said_not_to_fail_is_asked_of_the_cells() -> None:
    """A function that can fail on x86 makes the sentence false; one that only wishes says nothing."""
    assert claims("set_memory_decrypted() cannot fail.")["error-handled"].verdict == "contradicted"
    assert "error-handled" not in claims("Make sure that set_memory_decrypted() cannot fail.")


def test_one_architecture_is_judged_alone() -> None:
    """A change on x86 contradicts that nothing changes for x86, and no sentence about all of them is made of it."""
    found = claims("No functional change for x86.")
    assert found["arch"].verdict == "contradicted"
    assert "nfc" not in found


@pytest.mark.parametrize(("value", "verdict"), [("n", "holds"), ("y", "contradicted")])
def test_a_default_is_read_in_kconfig(value: str, verdict: str) -> None:
    """What an option is by default stands in its entry."""
    assert claims(f"DEMO defaults to {value}.", diff=KCONFIG)["only-config"].verdict == verdict


def test_what_is_fixed_is_looked_up(tmp_path: Path) -> None:
    """The commit of a Fixes: line is there and has the subject that is said, or it has not."""
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(tmp_path), "-c", "user.name=D", "-c", "user.email=d@kernel.example",
                               *words], check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    (tmp_path / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\n")
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_text(BEFORE)
    git("add", ".")
    git("commit", "-qm", "x86: add demo")
    commit = git("rev-parse", "--short=12", "HEAD")
    for subject, verdict in (("x86: add demo", "holds"), ("x86: add another", "contradicted")):
        found = claims("A fix.", trailers=f'\nFixes: {commit} ("{subject}")\n', tree=open_tree(tmp_path))
        assert found["fixes"].verdict == verdict
    found = claims("A fix.", trailers='\nFixes: 0123456789ab ("x86: add demo")\n', tree=open_tree(tmp_path))
    assert found["fixes"].verdict == "cannot-tell"


def test_all_calls_of_a_function_are_looked_at() -> None:
    """One caller that drops the result makes "all callers check" false; a wish is no claim."""
    said = "All callers of demo_open() check the result."
    assert claims(said)["error-handled"].verdict == "holds"
    found = claims(said, user=USER.replace("return demo_open(addr);", "demo_open(addr);\n\treturn 0;"))["error-handled"]
    assert found.verdict == "contradicted"
    assert (found.because[0].file, found.because[0].line) == ("mm/user.c", 4)
    assert "error-handled" not in claims("All callers of demo_open() should check the result.")


def test_a_number_of_callers_is_counted() -> None:
    """Calls and calling functions are counted, before and after; callers of some kind alone are no claim."""
    assert claims("demo_open() has only one caller.")["other"].verdict == "holds"
    found = claims("Update both callers of demo_open().")["other"]
    assert found.verdict == "contradicted"
    assert found.because[0].file == "mm/user.c"
    assert "other" not in claims("demo_open() has two callers that sleep.")


def test_a_function_is_only_used_with_an_option() -> None:
    """The #if around each call decides it."""
    said = "demo_open() is only used with CONFIG_DEMO."
    assert claims(said)["only-config"].verdict == "holds"
    bare = USER.replace("#ifdef CONFIG_DEMO\n", "").replace("#endif\n", "")
    assert claims(said, user=bare)["only-config"].verdict in {"contradicted", "cannot-tell"}


def test_a_list_of_changes_is_no_claim() -> None:
    """What a cover letter says under "Changes in v2" is about the versions, and not about this one."""
    text = ("Map it.\n\nChanges in v2:\n- no functional change in patch 1\n\n- set_memory_ro() cannot fail\n\n"
            "No functional change intended.")
    assert claimed_in(text) == "Map it.\n\nNo functional change intended."


@pytest.mark.parametrize(("guard", "verdict"), [("!debug_pagealloc_enabled() && !rodata_full", "contradicted"),
                                                ("!debug_pagealloc_enabled()", "holds"), ("!rodata_full", "")])
def test_what_is_said_to_do_nothing_is_held_against_the_guard(guard: str, verdict: str) -> None:
    """A function that acts for another reason as well contradicts it; one whose guard has no such option says nothing.
    """
    body = (f"void __kernel_map_pages(struct page *page, int numpages, int enable)\n{{\n\tif ({guard})\n\t\treturn;\n"
            "\tset_memory_np((unsigned long)page_address(page), numpages);\n}\n")
    files = {"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n", PATH: BEFORE.encode(),
             "arch/x86/mm/pat/set_memory.c": body.encode()}
    found = claims("On x86 __kernel_map_pages() will bail out when DEBUG_PAGEALLOC is disabled.",
                   tree=MemoryTree(files)).get("only-config")
    assert (found.verdict if found else "") == verdict
    if verdict == "contradicted" and found:
        assert found.because[0].text.endswith("also without DEBUG_PAGEALLOC, when rodata_full")
