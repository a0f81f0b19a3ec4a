"""A number that is worked out otherwise and comes to the same is no change."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, changed, seen

OLD = "pages = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;"


def demo(*lines: str) -> str:
    body = "\n".join(f"\t{line}" for line in ("unsigned long pages;", "", *lines, "return set_memory_ro(addr, pages);"))
    return f"{HEAD}int demo_open(unsigned long addr, size_t size)\n{{\n{body}\n}}\n"


@pytest.mark.parametrize(("lines", "same"), [
    (("pages = DIV_ROUND_UP(size, PAGE_SIZE);",), True),
    (("pages = PAGE_ALIGN(size) >> PAGE_SHIFT;",), True),
    (("pages = PFN_UP(size);",), True),
    (("pages = ((size - 1) >> PAGE_SHIFT) + 1;",), False),
    (("pages = PFN_DOWN(size) + 1;",), False),
    (("pages = size / PAGE_SIZE;",), False),
    (("size = demo_size();", "pages = DIV_ROUND_UP(size, PAGE_SIZE);"), False),
])
def test_a_number_of_pages_by_other_steps(lines: tuple[str, ...], same: bool) -> None:
    """The call is the same where the number is one sum of the same things, and open, or another, where it is not."""
    assert (seen(changed(demo(OLD), demo(*lines))) == {"same"}) is same


def test_a_number_of_something_that_changes() -> None:
    """What is written between the two statements that look alike makes another number of them."""
    head = f"{HEAD}int demo_open(struct demo *demo, unsigned long addr)\n{{\n\tunsigned long pages;\n\n"
    old = f"{head}\tpages = DIV_ROUND_UP(demo->size, PAGE_SIZE);\n\treturn set_memory_ro(addr, pages);\n}}\n"
    new = old.replace("\tpages = ", "\tdemo->size = 1;\n\tpages = ")
    assert seen(changed(old, new)) != {"same"}


@pytest.mark.parametrize(("given", "same"), [
    ("DIV_ROUND_UP(size, PAGE_SIZE)", True), ("PFN_UP(size)", True), ("((size - 1) >> PAGE_SHIFT) + 1", False),
    ("PFN_DOWN(size) + 1", False), ("size >> PAGE_SHIFT", False),
])
def test_a_number_of_pages_at_the_call(given: str, same: bool) -> None:
    """The same of what stands in the call itself."""
    old, new = (f"{HEAD}int demo_open(unsigned long addr, size_t size)\n{{\n\treturn set_memory_ro(addr, {text});\n}}\n"
                for text in ("(size + PAGE_SIZE - 1) >> PAGE_SHIFT", given))
    assert (seen(changed(old, new)) == {"same"}) is same
