"""Memory that is flushed, handed over or put where others find it, out of turn."""

from __future__ import annotations

import pytest

from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.ordered import moved_past
from reviewbot.contracts.out_of_turn import flushed_in_front, told_before_flush
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.source import MemoryTree

FLUSH = "flush_tlb_kernel_range(start, end);"
TELL = "ops.enc_status_change_finish(start, n);"
SHARE = "if (set_memory_decrypted((unsigned long)mem, 1))\n\treturn;"


def outlines(text: str) -> dict[str, Outline]:
    return {one[0].name: one[0] for one in outlines_of("demo.c", text.encode(), most=1)}


def outline(body: str, *, given: str = "") -> Outline:
    return outlines(f"void f(unsigned long start, unsigned long end, int n{given})\n{{\n{body}\n}}\n")["f"]


@pytest.mark.parametrize(("new", "told"), [
    (f"if (n) {{\n\t{FLUSH}\n\treturn;\n}}\n{TELL}\n{FLUSH}", True),
    (f"if (n) {{\n\t{FLUSH}\n\treturn;\n}}\n{FLUSH}\n{TELL}", False),
    (f"{FLUSH}\n{TELL}\n{FLUSH}", False),
    (f"{TELL}", False),
])
def test_told_before_the_flush(new: str, told: bool) -> None:
    """Who is told of memory in front of the flush that came first before the patch has it too early."""
    assert bool(list(told_before_flush(outline(f"{FLUSH}\n{TELL}"), outline(new)))) is told


@pytest.mark.parametrize(("given", "place", "told"), [
    (", void **slot", "*slot", True),
    (", struct demo *d", "d->mem", True),
    ("", "the_one", True),
    (", struct demo d", "d.mem", False),
])
def test_put_where_others_find_it(given: str, place: str, told: bool) -> None:
    """A store through a pointer, or to a variable of the file, moved in front of the change of what it stores."""
    body = "void *mem = kmalloc(n, GFP_KERNEL);\n"
    old, new = (outline(body + "\n".join(steps), given=given) for steps in (
        (SHARE, f"{place} = mem;"), (f"{place} = mem;", SHARE)))
    shapes = {hit.shape for hit in moved_past(old, new, Teacher(MemoryTree({})))}
    assert ("stored-early" in shapes) is told


@pytest.mark.parametrize(("inner", "outer", "told"), [
    ("set_pte(p, 0);", f"{FLUSH}\nwalk(start, end, each);", True),
    ("set_pte(p, 0);", f"walk(start, end, each);\n{FLUSH}", False),
    ("set_pte(p, 0);\nflush_tlb_kernel_range(a, a + PAGE_SIZE);", f"{FLUSH}\nwalk(start, end, each);", False),
    ("set_pte(p, 0);", f"while (n--) {{\n\t{FLUSH}\n\twalk(start, end, each);\n}}", False),
])
def test_flushed_in_front_of_the_walk(inner: str, outer: str, told: bool) -> None:
    """A flush that a callback no longer does is needed behind the walk that calls it."""
    texts = [f"static int each(pte_t *p, unsigned long a, void *data)\n{{\n{one}\nreturn 0;\n}}\n"
             f"void f(unsigned long start, unsigned long end, int n)\n{{\n{other}\n}}\n" for one, other in (
                 ("set_pte(p, 0);\nflush_tlb_kernel_range(a, a + PAGE_SIZE);", "walk(start, end, each);"),
                 (inner, outer))]
    teachers = [Teacher(MemoryTree({"demo.c": text}), near="demo.c", data=text.encode()) for text in texts]
    sides = [outlines(text)["f"] for text in texts]
    assert bool(list(flushed_in_front(*sides, *teachers))) is told
