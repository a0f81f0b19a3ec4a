"""What a cell says where the tree is of another time: what the hunks show, and nothing that they do not."""

from __future__ import annotations

import difflib
import re
from itertools import pairwise

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Cell
from reviewbot.mail import read_source
from reviewbot.review import Review, review_series
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

from .test_seen import HEAD, PATH, TAIL

REST = "".join(f"int demo_rest_{number}(int value)\n{{\n	return value + {number};\n}}\n\n" for number in range(8))
LONG = (HEAD + REST + """int demo_share(struct demo *demo, unsigned long addr)
{
	int count = 0;

	demo_wait(demo);
	demo_look(demo);
	demo_count(demo, 1);
	demo_count(demo, 2);
	demo_count(demo, 3);
	demo_count(demo, 4);
	demo_count(demo, 5);
	demo_count(demo, 6);
	set_memory_decrypted(addr, 1);
	demo_note(demo);
	demo->count = count;
	return 0;
}
""" + TAIL)


def diff_of(path: str, old: str, new: str) -> str:
    """Return the diff as git gives it, with the line above each hunk that begins a function behind its second @@."""
    rows, lines = [], old.splitlines()
    for row in difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{path}", f"b/{path}"):
        found = re.match(r"@@ -(\d+)", row)
        if found:
            above = [line for line in lines[:int(found[1]) - 1] if line[:1].isalpha()]
            rows.append(row.rstrip("\n") + (f" {above[-1]}\n" if above else "\n"))
        else:
            rows.append(row)
    return f"diff --git a/{path} b/{path}\n" + "".join(rows)


def reviewed(*moments: str, there: dict[str, str], path: str = PATH, arches: tuple[str, ...] = ("x86",)) -> Review:
    """Return the review of a series that goes through the moments of one file, on a tree of another time."""
    count = len(moments) - 1
    mails = [f"From demo@kernel.example Tue Mar  4 10:00:00 2025\nFrom: Demo Author <demo@kernel.example>\n"
             f"Subject: [PATCH {number}/{count}] x86: demo {number}\nDate: Tue, 4 Mar 2025 10:0{number}:00 +0000\n"
             f"Message-ID: <{number}@kernel.example>\n" + ("In-Reply-To: <1@kernel.example>\n" if number > 1 else "")
             + f"\nA change.\n\n---\n{diff_of(path, old, new)}-- \n2.39\n\n"
             for number, (old, new) in enumerate(pairwise(moments), 1)]
    [series] = find_series(read_source("".join(mails).encode(), name="hunks")).series
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n",
                       **{name: text.encode() for name, text in there.items()}})
    return review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version("6.12"),
                         arches=arches)


def cells(found: Review) -> list[Cell]:
    return [cell for cell in found.behaviour if cell.function == "demo_share"]


def test_a_call_that_a_later_patch_does_not_show_is_not_gone() -> None:
    """The first hunk has the call in its context, the second only adds a line to another one: nothing is removed."""
    first = LONG.replace("	demo->count = count;\n	return 0;\n", "	demo->count = count + 1;\n	return 0;\n")
    first = first.replace("	return value + 1;\n", "	demo_wait(NULL);\n	return value + 1;\n")
    second = first.replace("	demo_wait(NULL);\n", "	demo_wait(NULL);\n	demo_look(NULL);\n")
    other = HEAD + "int demo_else(int value)\n{\n	return value;\n}\n"
    for there in ({PATH: other}, {}):
        found = reviewed(LONG, first, second, there=there)
        assert {cell.patch for cell in cells(found)} == {"1"}


OTHER = {PATH: HEAD + "int demo_else(int value)\n{\n	return value;\n}\n"}


def test_a_call_in_the_context_of_a_hunk_stands_on_both_sides() -> None:
    """The tree does not have the function; the patch changes a line behind the call, and that is all it changes."""
    for there in (OTHER, {}):
        [cell] = cells(reviewed(LONG, LONG.replace("demo_note(demo)", "demo_mark(demo)"), there=there))
        assert (cell.seen, cell.before.resolves_to) == ("same", cell.after.resolves_to)


def test_a_test_that_the_hunk_puts_ahead_of_the_call_is_told() -> None:
    """What is in the same hunk as the call is compared as in a whole file."""
    new = LONG.replace("	demo_count(demo, 6);\n",
                       "	demo_count(demo, 6);\n	if (!demo->wanted)\n		return 0;\n")
    [cell] = cells(reviewed(LONG, new, there=OTHER))
    assert cell.seen == "changes"
    assert "is called only when demo->wanted" in cell.after.does


def test_what_may_reach_the_call_through_lines_that_are_not_shown_is_open() -> None:
    """Between what the patch changes and the call lie lines of the function that no hunk shows."""
    far = LONG.replace("	demo_wait(demo);\n", "	addr = demo_wait(demo);\n")
    near = LONG.replace("	demo_wait(demo);\n", "	int more = 0;\n\n	demo_wait(demo);\n")
    for new, seen in ((far, "not-seen"), (near, "same")):
        [cell] = cells(reviewed(LONG, new.replace("demo_note(demo)", "demo_mark(demo)"), there=OTHER))
        assert (cell.seen, "only the hunks are known" in cell.doubt) == (seen, seen == "not-seen")


def test_a_call_under_a_new_directive_is_gone_where_that_does_not_hold() -> None:
    """An `#if` that asks whether something is a module makes two rows."""
    new = LONG.replace("	set_memory_decrypted(addr, 1);\n",
                       "#if !IS_MODULE(CONFIG_DEMO)\n	set_memory_decrypted(addr, 1);\n#endif\n")
    found = {cell.config: cell for cell in cells(reviewed(LONG, new, there=OTHER))}
    assert {config: cell.seen for config, cell in found.items()} == {
        (("DEMO", "m"),): "changes", (("DEMO", "y"),): "same"}
    assert found[("DEMO", "m"),].after.does == "nothing is called"


def test_a_call_that_the_hunk_adds_is_new_though_the_tree_has_one_like_it() -> None:
    """The tree has the call already, between other lines: before the patch it was not called."""
    first = LONG.replace("	return value + 1;\n", "	demo_wait(NULL);\n	return value + 1;\n")
    old = LONG.replace("	set_memory_decrypted(addr, 1);\n", "")
    new = first.replace("	set_memory_decrypted(addr, 1);\n",
                        "	/* The page is shared from here on. */\n	set_memory_decrypted(addr, 1);\n")
    there = first.replace("	demo_count(demo, 6);\n", "	demo_count(demo, 6);\n	demo_late(demo);\n")
    found = cells(reviewed(old, new, there={PATH: there}))
    assert [(cell.seen, cell.before.does) for cell in found] == [("changes", "is not called")]


def test_what_stands_in_for_a_file_has_not_yet_what_the_patch_brings() -> None:
    """The function stands in another file of the tree, under the `#if` that the patch puts around the call."""
    new = LONG.replace("	set_memory_decrypted(addr, 1);\n",
                       "#if !IS_MODULE(CONFIG_DEMO)\n	set_memory_decrypted(addr, 1);\n#endif\n")
    there = {"arch/x86/kernel/moved.c": new, "arch/x86/kernel/Makefile": "obj-$(CONFIG_DEMO) += moved.o\n"}
    found = cells(reviewed(LONG, new, there=there))
    assert {(dict(cell.config)["DEMO"], cell.seen) for cell in found} == {("m", "changes"), ("y", "same")}
