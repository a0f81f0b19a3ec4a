"""Which addresses are surely ones of the linear map."""

from __future__ import annotations

import pytest

from reviewbot.checks.linear import is_linear


@pytest.mark.parametrize(("argument", "texts", "expected"), [
    ("(unsigned long)page_address(page)", (), True),
    ("(unsigned long)page_address(page) + PAGE_SIZE", (), True),
    ("addr & PAGE_MASK", ("addr = (unsigned long)kzalloc(size, GFP_KERNEL)",), True),
    ("demo->mem", ("demo->mem = alloc_pages_exact(size, GFP_KERNEL)", "demo->mem = NULL"), True),
    ("mem", ("mem = kmalloc(size, GFP_KERNEL)", "mem = vmalloc(size)"), False),
    ("mem", ("mem = kvmalloc(size, GFP_KERNEL)",), False),
    ("(unsigned long)vmap(pages, nr, 0, prot)", (), False),
    ("addr", (), False),
])
def test_an_address_is_linear_when_all_that_gives_it_is(argument: str, texts: tuple[str, ...], expected: bool) -> None:
    """An address is one of the linear map when each value of its name comes from what gives such ones."""
    assert is_linear(argument, texts) is expected
