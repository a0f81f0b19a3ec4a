"""What a patch changes that the family's callers ask, in files that it does not touch."""

from __future__ import annotations

import pytest

from reviewbot.review.reach import Spot, callers_in, seen_from

S390, X86, GENERIC = (Spot(file=f"{folder}/demo.h", line=1) for folder in (
    "arch/s390/include/asm", "arch/x86/include/asm", "include/linux"))
OWN = Spot(file="mm/demo.c", line=9, static=True)


@pytest.mark.parametrize(("path", "spots", "expected"), [
    ("arch/x86/mm/demo.c", [S390], None),
    ("arch/x86/mm/demo.c", [S390, X86], X86),
    ("arch/x86/mm/demo.c", [S390, GENERIC], GENERIC),
    ("mm/other.c", [S390], S390),
    ("mm/other.c", [OWN], None),
    ("mm/demo.c", [OWN], OWN),
])
def test_no_function_asks_the_header_of_another_architecture(path: str, spots: list[Spot], expected: Spot | None
                                                             ) -> None:
    """A changed helper is what a caller can mean: its own file's, a generic one, or its architecture's."""
    assert seen_from(path, spots) == expected


def test_a_body_without_its_end_calls_nothing_of_the_next_function() -> None:
    """Where a rebuilt file lost the end of a function, the calls of those behind it are not its own."""
    text = ("int demo_first(int now)\n{\n	if (now) {\n		return demo_size(1);\n}\n\n"
            "int demo_next(unsigned long addr)\n{\n	return set_memory_ro(addr, demo_size(2));\n}\n}\n")
    core = frozenset({"set_memory_ro"})
    assert "demo_first" not in {name for name, _ in callers_in(text.encode(), core)}
    assert callers_in(text.replace("now) {", "now)").encode(), core)[0][0] == "demo_next"
