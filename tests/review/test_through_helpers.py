"""A call through a helper of another file is not nothing, also where the function above it gets another name."""

from __future__ import annotations

from tests.review.test_seen import HEAD, PATH, TAIL, Review, review, sayings

BESIDE = "arch/x86/kernel/demo_shared.c"
SHARED = HEAD + """void demo_map(unsigned long addr, int pages)
{
	demo_note(addr);
	set_memory_x(addr, pages);
}
"""
OLD = HEAD + """static void demo_detect(unsigned long addr)
{
	demo_size(addr);
	demo_map(addr, 1);
}

int demo_start(unsigned long addr)
{
	demo_detect(addr);
	demo_more(addr);
	return 0;
}
""" + TAIL
NEW = OLD.replace("	demo_map(addr, 1);\n", "	demo_note(addr);\n	set_memory_x(addr, 1);\n").replace(
    "int demo_start(", "int demo_first_start(")


def compared(old: str, new: str, *, shared: str = SHARED) -> Review:
    return review({PATH: old, BESIDE: shared}, {PATH: new, BESIDE: shared})


def test_a_helper_that_called_one_elsewhere_did_not_call_nothing() -> None:
    """What the function above comes to was not followed, and that is said of it as of the helper."""
    said = sayings(compared(OLD, NEW))
    assert "nothing was called" not in said
    assert "demo_map(), which demo_detect() called before, calls set_memory_x()" in said


def test_a_helper_that_moves_into_the_file_was_called_before() -> None:
    """The patch brings a copy of the other file's helper: its caller called that one."""
    start = HEAD + "int demo_start(unsigned long addr)\n{\n	demo_map(addr, 1);\n	return 0;\n}\n" + TAIL
    own = SHARED.removeprefix(HEAD)
    said = sayings(compared(start, start.replace(HEAD, f"{HEAD}{own}\n").replace("int demo_start", "int demo_begin")))
    assert "nothing was called" not in said


def test_a_helper_elsewhere_that_does_other_work_is_nothing() -> None:
    """It never called the family's function: the call is new, and is told as that."""
    said = sayings(compared(OLD, NEW, shared=SHARED.replace("set_memory_x", "demo_run")))
    assert "now set_memory_x() splits" in said
    assert "called before" not in said


def test_what_a_function_elsewhere_does_through_its_own_helper_is_not_gone() -> None:
    """A call that gives way to one that leads to the family over two functions of another file was not followed."""
    shared = SHARED.replace("void demo_map(", "static void demo_seal(") + (
        "\nvoid demo_open(struct demo *demo)\n{\n	demo_seal(demo->addr, 1);\n}\n")
    old = HEAD + "int demo_start(struct demo *demo)\n{\n	set_memory_x(demo->addr, 1);\n	return 0;\n}\n" + TAIL
    said = sayings(compared(old, old.replace("set_memory_x(demo->addr, 1)", "demo_open(demo)"), shared=shared))
    assert "no longer called" not in said
    assert "demo_open(), which it calls now, leads to set_memory_x()" in said
