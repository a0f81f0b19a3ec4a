"""A function that only gets another name does what it did."""

from __future__ import annotations

import difflib
from types import SimpleNamespace

import pytest

from reviewbot.checks.renames import is_renamed, only_names, only_renamed
from reviewbot.mail import read_source
from reviewbot.review.page.reworded import takes_over
from reviewbot.series import Series, find_series
from reviewbot.source import MemoryTree, apply_series

from ..test_seen import PATH, changed, review

WRAPPER = """int ioremap_nocache(unsigned long addr, int pages);

static inline int ioremap(unsigned long addr, int pages)
{
	return ioremap_nocache(addr, pages);
}
"""
OWN = """#include <linux/set_memory.h>

/* ioremap_nocache() maps the pages */
int ioremap_nocache(unsigned long addr, int pages)
{
	if (addr > 7)
		return -EINVAL;
	return demo_walk(addr, pages);
}
"""

def _series(*pairs: tuple[str, str]) -> Series:
    diff = ""
    for number, (before, after) in enumerate(pairs):
        path = f"mm/demo{number}.c"
        diff += f"diff --git a/{path} b/{path}\n" + "".join(difflib.unified_diff(
            before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"))
    mail = ("From: A <a@kernel.example>\nSubject: [PATCH] demo: rename it\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n"
            f"Message-ID: <a@kernel.example>\n\nRename it.\n\n---\n{diff}-- \n2.39\n")
    [series] = find_series(read_source(mail.encode(), name="demo")).series
    return series


def test_names_are_all_that_changes() -> None:
    """The file defines under the new name what it defined under the old one, whatever a comment says of it."""
    new = OWN.replace("ioremap_nocache", "ioremap")
    assert is_renamed(_series((OWN, new)), 1, "ioremap_nocache", "ioremap")
    assert not is_renamed(_series((OWN, new.replace("> 7", "> 8"))), 1, "ioremap_nocache", "ioremap")
    assert not is_renamed(_series((OWN, new)), 1, "ioremap_nocache", "iounmap")
    assert only_renamed(_series((OWN, new)), 1, "!ioremap_nocache(addr) && demo", "!ioremap(addr) && demo")
    assert not only_renamed(_series((OWN, new)), 1, "!ioremap_nocache(addr)", "ioremap(addr)")


def test_a_function_shown_whole_may_be_renamed_beside_other_changes() -> None:
    """Its head changes in the name alone and its body stays: what else the patch does in the file is another matter."""
    short = "static inline int old_set(int *at, int what)\n{\n	return demo_write(at, what);\n}\n\nint demo;\n"
    new = short.replace("old_set", "new_set") + "\n#define old_set new_set\n"
    assert is_renamed(_series((short, new)), 1, "old_set", "new_set")
    assert not is_renamed(_series((short, new.replace("(at, what)", "(at, 1)"))), 1, "old_set", "new_set")
    assert not is_renamed(_series((short, new.replace("int what", "long what"))), 1, "old_set", "new_set")


def test_where_only_names_change_nothing_is_open() -> None:
    """A file that calls a renamed function by its new name has nothing else to say; one that does more has."""
    new, user = OWN.replace("ioremap_nocache", "ioremap"), "int demo(void)\n{\n	return ioremap_nocache(1, 2);\n}\n"
    assert only_names(_series((OWN, new), (user, user.replace("_nocache", ""))), 1, "mm/demo1.c")
    assert not only_names(_series((OWN, new), (user, user.replace("_nocache(1", "(3"))), 1, "mm/demo1.c")
    assert not only_names(_series((OWN, OWN + "\n"), (user, user.replace("_nocache", ""))), 1, "mm/demo1.c")


def test_who_takes_the_name_of_the_one_that_handed_on_to_it_does_its_work() -> None:
    """The wrapper goes, and what it called gets its name: callers get what they got."""
    gone = WRAPPER.partition("\n\n")[0].replace("ioremap_nocache", "ioremap") + "\n"
    renamed = OWN.replace("ioremap_nocache", "ioremap")

    def takes(wrapper: str, own: str) -> bool:
        series = _series((wrapper, gone), (OWN, own))
        files = {"Makefile": b"VERSION = 6\n", "mm/demo0.c": wrapper.encode(), "mm/demo1.c": OWN.encode()}
        patched = apply_series(series, MemoryTree(files))
        return takes_over(SimpleNamespace(series=series, patched=patched), 1, "mm/demo0.c", "ioremap")  # type: ignore[arg-type]

    assert takes(WRAPPER, renamed)
    assert not takes(WRAPPER.replace("(addr, pages);\n}", "(addr, 1);\n}"), renamed)
    assert not takes(WRAPPER, renamed.replace("> 7", "> 8"))


KEY = """DEFINE_STATIC_KEY_FALSE(demo_key);

bool demo_asks(void)
{
	return static_branch_unlikely(&demo_key);
}

int demo_open(unsigned long addr)
{
	if (!demo_asks())
		return 0;
	return set_memory_decrypted(addr, 1);
}
"""


@pytest.mark.parametrize(("changes", "told"), [
    ({}, True),
    ({"return 0": "return 1"}, False),
    ({"!demo_is_guest()": "!demo_is_other()"}, False),        # two names for one
    ({"DEFINE_STATIC_KEY_FALSE(demo_guest_key);": "DECLARE_STATIC_KEY_FALSE(demo_guest_key);"}, False),
])
def test_a_series_that_only_renames_says_so(changes: dict[str, str], *, told: bool) -> None:
    """Each name gives way to one that was not there, and the series defines it: nothing else can have changed."""
    new = KEY.replace("demo_key", "demo_guest_key").replace("demo_asks", "demo_is_guest")
    for old, other in changes.items():
        new = new.replace(old, other)
    conclusion = changed(KEY, new).first_page.conclusion
    assert (conclusion == "The series only renames 'demo_key' to 'demo_guest_key' and 'demo_asks' to 'demo_is_guest'."
            ) is told


def test_a_name_that_the_tree_has_is_another_function() -> None:
    """What is called now may do other work where it was there before."""
    new = KEY.replace("demo_key", "demo_guest_key").replace("demo_asks", "demo_is_guest")
    other = {"mm/demo.c": "bool demo_is_guest(void)\n{\n	return true;\n}\n"}
    page = review({PATH: KEY, **other}, {PATH: new, **other}).first_page
    assert "only renames" not in page.conclusion
