"""Which addresses are surely ones of the linear map."""

from __future__ import annotations

import pytest

from reviewbot.arch import load_model, parse_version
from reviewbot.checks.linear import is_linear, takes_vmalloc_only
from reviewbot.resources import data_folder


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


@pytest.mark.parametrize(("arch", "symbol", "expected"), [
    ("arm64", "set_memory_ro", True), ("arm64", "set_memory_valid", False), ("arm", "set_memory_x", True),
    ("powerpc", "set_memory_p", False), ("x86", "set_memory_ro", False)])
def test_who_refuses_linear_addresses_in_every_kernel(arch: str, symbol: str, expected: bool) -> None:
    """powerpc refuses them with the hash MMU alone, and an area of huge pages as arm64 does: that is not each time."""
    model = load_model((data_folder("rules"),))
    facts = model.fact(arch, symbol, parse_version("6.1"))
    assert takes_vmalloc_only(facts[0]) is expected
