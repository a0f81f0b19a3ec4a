"""Ranges that are longer or shorter than before, by numbers told as sums."""

from __future__ import annotations

import pytest

from reviewbot.contracts.counted import counted_otherwise, speaks_of_ends
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.contracts.sums import Sums, minus


def outline(body: str) -> Outline:
    data = f"int f(unsigned long start, unsigned long end, int n)\n{{\n{body}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


def same(one: str, other: str) -> bool:
    made = outline(f"use({one}, {other});")
    [(number, call)] = made.calls_of("use")
    first, second = (Sums(made).of(part, number) for part in call.parts[1:])
    return first is not None and second is not None and not minus(first, second)


@pytest.mark.parametrize(("one", "other", "equal"), [
    ("n + 1 - 1", "n", True),
    ("(n + 1) << PAGE_SHIFT", "n * PAGE_SIZE + PAGE_SIZE", True),
    ("(n * PAGE_SIZE) >> PAGE_SHIFT", "n", True),
    ("PFN_UP(end)", "(end + PAGE_SIZE - 1) >> PAGE_SHIFT", True),
    ("PFN_UP(end)", "DIV_ROUND_UP(end, PAGE_SIZE)", True),
    ("PFN_UP(end)", "((end - 1) >> PAGE_SHIFT) + 1", False),  # of 0 bytes it is not
    ("PFN_DOWN(end - PAGE_SIZE)", "PFN_DOWN(end) - 1", False),
    ("PFN_DOWN(end + PAGE_SIZE)", "PFN_DOWN(end) + 1", True),
    ("PFN_UP(end)", "PFN_DOWN(end) + 1", False),
    ("PFN_DOWN(end - start)", "PFN_DOWN(end) - PFN_DOWN(start)", False),
    ("PAGE_ALIGN(end)", "PFN_UP(end) << PAGE_SHIFT", True),
    ("end & PAGE_MASK", "ALIGN_DOWN(end, PAGE_SIZE)", True),
    ("pages_of(n + 1)", "pages_of(1 + n)", True),
    ("n++", "n++", False),
])
def test_what_comes_to_one_sum(one: str, other: str, equal: bool) -> None:
    """Two numbers are one where what they are made of is the same, and whole pages are taken out of a division."""
    assert same(one, other) is equal


@pytest.mark.parametrize(("old", "new", "how"), [
    ("set_memory_ro(start, n + 1);", "set_memory_ro(start, n);", "1 page fewer"),
    ("set_memory_ro(start, n);", "set_memory_ro(start, n + 2);", "2 pages more"),
    ("int k = n + 1;\nset_memory_ro(start, k);", "int k = n;\nset_memory_ro(start, k);", "1 page fewer"),
    ("set_memory_ro(start, 2);", "set_memory_ro(start, 1);", ""),
    ("set_memory_ro(start, n + 1);", "set_memory_ro(start + PAGE_SIZE, n);", ""),
    ("set_memory_ro(start, n + 1);", "n = n + 1;\nset_memory_ro(start, n);", ""),
    ("if (end)\n\tn = 2;\nset_memory_ro(start, n + 1);", "if (start)\n\tn = 2;\nset_memory_ro(start, n);", ""),
    ("n = 2 * n;\nset_memory_ro(start, n + 1);", "set_memory_ro(start, n);\nn = 2 * n;", ""),
    ("int k = n;\nif (end)\n\tk = 2;\nset_memory_ro(start, k + 1);", "int k = n;\nset_memory_ro(start, k);", ""),
    ("p = vmalloc(n + 1);\nset_memory_ro(start, n + 1);", "p = vmalloc(n);\nset_memory_ro(start, n);", ""),
    ("flush_tlb_kernel_range(start, end);", "flush_tlb_kernel_range(start, end - 1);", "1 byte fewer"),
    ("flush_tlb_kernel_range(start, start + n * PAGE_SIZE);",
     "flush_tlb_kernel_range(start, start + ((n - 1) << PAGE_SHIFT));", "1 page fewer"),
])
def test_ranges_of_another_length(old: str, new: str, how: str) -> None:
    """A range that begins where it did and whose length differs by a number is told, and no other."""
    assert [dict(hit.fields)["how"] for hit in counted_otherwise(outline(old), outline(new))] == ([how] if how else [])


def test_who_speaks_of_ends() -> None:
    """A message about an end of a range has another one in mind."""
    assert speaks_of_ends("Fix an off-by-one in the number of pages")
    assert speaks_of_ends("leave out the guard page")
    assert not speaks_of_ends("Use the helper for frame numbers of a page")
