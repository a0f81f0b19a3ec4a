"""What a question is about, in the code's own words."""

from __future__ import annotations

import pytest

from reviewbot.cfacts import read_file
from reviewbot.checks.draft import as_written


@pytest.mark.parametrize(("argument", "said"), [
    ("(unsigned long)page", "page"),
    ("(unsigned long)(page)", "page"),
    ("(unsigned long)(demo->page)", "demo->page"),
    ("addr + PAGE_SIZE", "addr + PAGE_SIZE"),
    ("0", "address 0"),
    ("0x1000", "address 0x1000"),
])
def test_an_argument_goes_without_its_cast_and_a_number_is_an_address(argument: str, said: str) -> None:
    """`What happens to 0` says nothing to a reader."""
    code = f"void demo(void)\n{{\n	set_memory_ro({argument}, 1);\n}}\n".encode()
    [call] = read_file("mm/demo.c", code, names=frozenset({"set_memory_ro"})).calls
    assert as_written(call) == said
