"""What a series says of exports: which modules can call a function now, and on which architectures."""

from __future__ import annotations

import difflib

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import Review, review_series
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

_CODE = """#include <linux/set_memory.h>

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return change_page(addr, numpages);
}
%s"""


def _review(old: str, new: str) -> Review:
    path, tail = "arch/s390/mm/init.c", "\nint demo_last(void)\n{\n\treturn 0;\n}\n"
    before, after = _CODE % old + tail, _CODE % new + tail
    diff = "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path}", f"b/{path}"))
    mail = ("From: Demo Author <demo@kernel.example>\nSubject: [PATCH] s390: exports\n"
            "Date: Tue, 4 Mar 2025 10:00:00 +0000\nMessage-ID: <exports@kernel.example>\n\nA change.\n\n---\n"
            f"diff --git a/{path} b/{path}\n{diff}-- \n2.39\n").encode()
    [series] = find_series(read_source(mail, name="exports")).series
    tree = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n", path: before.encode()})
    return review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version("6.12"),
                         arches=("s390", "x86"))


def _said(old: str, new: str) -> list[tuple[str, str]]:
    return [(entry.arch, entry.statement) for entry in _review(old, new).level_set
            if entry.topic == "What the series changes"]


def test_an_export_alone_is_a_change() -> None:
    """A patch of one EXPORT_SYMBOL_GPL() line lets modules call the function, on its own architecture."""
    [(arch, statement)] = _said("", "EXPORT_SYMBOL_GPL(set_memory_encrypted);\n")
    assert arch == "s390"
    assert "can be called by modules under the GPL (before: cannot be called by modules)" in statement


def test_an_export_taken_away_is_one_too() -> None:
    """Without its export no module can call the function."""
    [(arch, statement)] = _said("EXPORT_SYMBOL(set_memory_encrypted);\n", "")
    assert arch == "s390"
    assert "cannot be called by modules (before: can be called by modules of any licence)" in statement


def test_a_new_function_with_its_export_is_no_changed_export() -> None:
    """Before the patch there is no such function: that modules could not call it says nothing."""
    helper = "\nint demo_share(unsigned long addr)\n{\n\treturn set_memory_decrypted(addr, 1);\n}\n"
    assert not [statement for _, statement in _said("", f"{helper}EXPORT_SYMBOL_GPL(demo_share);\n")
                if "called by modules" in statement]


def test_an_export_for_fewer_modules() -> None:
    """EXPORT_SYMBOL_FOR_MODULES() names those that are left."""
    [(_, statement)] = _said("EXPORT_SYMBOL_GPL(set_memory_encrypted);\n",
                             'EXPORT_SYMBOL_FOR_MODULES(set_memory_encrypted, "kvm");\n')
    assert "can be called by the modules kvm alone" in statement


def test_an_export_that_only_moves_says_nothing() -> None:
    """The same export behind the next function changes nothing for a module."""
    cells = _review("EXPORT_SYMBOL_GPL(set_memory_encrypted);\n",
                    "\nEXPORT_SYMBOL_GPL(set_memory_encrypted);\n").behaviour
    assert all("module" not in cell.after.does for cell in cells)


def test_a_row_about_an_export_shows_the_export() -> None:
    """The line is that of the export, whatever else the patch changes in the function."""
    lines = (_CODE % "EXPORT_SYMBOL_GPL(set_memory_encrypted);\n").splitlines()
    rows = _review("", "EXPORT_SYMBOL_GPL(set_memory_encrypted);\n").first_page.rows
    assert [row.line for row in rows if "by modules" in row.statement] == [
        lines.index("EXPORT_SYMBOL_GPL(set_memory_encrypted);") + 1]
