"""Which changed lines of a Kconfig file decide about code of the family."""

from __future__ import annotations

import pytest

from reviewbot.checks.near_options import decides_about
from reviewbot.source import MemoryTree
from tests.checks.test_changed_names import changed

NAMES = frozenset({"set_memory_ro"})
CALL = b"\tset_memory_ro(addr, 1);\n"
TREE = MemoryTree(files={
    "drivers/demo/Makefile": b"obj-$(CONFIG_DEMO) += demo.o\nobj-$(CONFIG_PLAIN) += plain.o\n"
                             b"obj-$(CONFIG_ALL) += all.o\n",
    "drivers/demo/demo.c": CALL,
    "drivers/demo/plain.c": b"int plain;\n",
    "drivers/other/Makefile": b"obj-$(CONFIG_OTHER) += other.o\nother-y := one.o\n",
    "drivers/other/one.c": b"int one;\n",
    "include/linux/asks.h": b"#ifdef CONFIG_ASKS\nbool demo_asks(void);\n#else\n#define demo_other() false\n#endif\n",
    "mm/user.c": b"\tif (demo_asks())\n" + CALL,
    "mm/tested.c": b"#ifdef CONFIG_TESTED\n#endif\n" + CALL,
})


def decides(line: str, path: str = "drivers/demo/Kconfig", entry: str = "NOBODY") -> bool:
    """Return whether a new line behind the head of an entry decides about the family."""
    code = f"config {entry}\n\tbool \"Demo\"\n"
    return decides_about(changed(path, code, code + line, removed=(), added=(3,)), TREE, NAMES)


@pytest.mark.parametrize(("symbol", "decided"), [
    ("DEMO", True), ("PLAIN", False), ("ALL", True), ("OTHER", False), ("ASKS", True), ("TESTED", True),
    ("DEMO_PTDUMP", True), ("NOWHERE", False)])
def test_an_option_that_is_given(symbol: str, decided: bool) -> None:
    """It decides where it builds a file with such a call, or a part of a folder with one, is asked for there or in a
    header that gives such a file something, or is one of the subject by its name."""
    assert decides(f"\tselect {symbol}\n") is decided


def test_the_entry_that_a_line_is_about() -> None:
    """A dependency is one of its entry; what gives another option is about both, but in an architecture's own file."""
    assert decides("\tdepends on PLAIN\n", entry="DEMO")
    assert not decides("\tdepends on DEMO\n", entry="PLAIN")
    assert decides("\tselect PLAIN\n", entry="TESTED")
    assert not decides("\tselect PLAIN\n", path="arch/demo/Kconfig", entry="TESTED")


def test_texts_decide_nothing_and_conditions_around_entries_all() -> None:
    """A help text may begin with a word of the language; an `if` around entries is about all of them."""
    assert not decides("\thelp\n\t  if you say Y\n", entry="PLAIN")
    assert decides("if DEMO\n", entry="PLAIN")
