"""A macro that gives way to another one of the same value makes no call another one."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, PATH, TAIL, Review, review, sayings

GO = HEAD + """void demo_go(unsigned long start, unsigned long last)
{
	unsigned long end = ALIGN(last, DEMO_BLOCK_SIZE);

	set_memory_rw(start, (end - start) >> DEMO_SHIFT);
}
""" + TAIL
SIZES = "arch/x86/include/asm/demo_types.h"
PLAIN = "#define DEMO_BLOCK_SIZE (_AC(1, UL) << DEMO_BLOCK_SHIFT)\n"


def compared(*headers: tuple[str, str], path: str = PATH, new: str = "DEMO_SIZE", was: str = "DEMO_BLOCK_SIZE"
             ) -> Review:
    there = dict(headers)
    return review({path: GO, **there}, {path: GO.replace(was, new), **there}, arches=("s390", "x86"))


@pytest.mark.parametrize("macro", [
    ("#ifdef CONFIG_DEMO\n#define DEMO_SIZE (1UL << DEMO_BLOCK_SHIFT)\n#else\n"
     "#define DEMO_SIZE	(_AC(1,UL) << DEMO_BLOCK_SHIFT)\n#endif\n"),
    "#define DEMO_SIZE DEMO_BLOCK_SIZE\n",
    "#define DEMO_SIZE (DEMO_MORE)\n#define DEMO_MORE (1UL << DEMO_BLOCK_SHIFT)\n",
])
def test_what_is_written_with_the_same_words_is_one_value(macro: str) -> None:
    """Brackets, the type of a number and a name in between make no other value."""
    found = compared((SIZES, PLAIN + macro))
    assert {cell.seen for cell in found.behaviour} == {"same"}
    assert "do what they did" in sayings(found)


@pytest.mark.parametrize("macro", [
    "#define DEMO_SIZE (1UL << DEMO_BIG_SHIFT)\n", "",
    "#ifdef CONFIG_DEMO\n#define DEMO_SIZE (1UL << DEMO_BLOCK_SHIFT)\n#else\n#define DEMO_SIZE 4096\n#endif\n",
])
def test_what_may_be_another_value_is_told(macro: str) -> None:
    """Other words, several ones, or no definition at all leave open what the call comes to."""
    found = compared((SIZES, PLAIN + macro))
    assert {cell.seen for cell in found.behaviour} == {"not-seen"}
    assert "'end' is assigned otherwise in demo_go(), 'ALIGN(last, DEMO_SIZE)'" in sayings(found)


def test_generic_code_asks_every_architecture() -> None:
    """One of them alone may give the macro another value."""
    path, other = "mm/demo.c", "arch/s390/include/asm/demo_types.h"
    same = PLAIN + "#define DEMO_SIZE (1UL << DEMO_BLOCK_SHIFT)\n"
    assert {cell.seen for cell in compared((SIZES, same), (other, same), path=path).behaviour} == {"same"}
    odd = same.replace("(1UL << DEMO_BLOCK_SHIFT)", "4096")
    assert {cell.seen for cell in compared((SIZES, same), (other, odd), path=path).behaviour} == {"not-seen"}


def test_an_argument_may_be_another_macro_too() -> None:
    """What the call itself is given counts as what it is set from."""
    header = PLAIN + "#define DEMO_SHIFT 12\n#define DEMO_PAGE_SHIFT 12\n"
    found = compared((SIZES, header), was="DEMO_SHIFT", new="DEMO_PAGE_SHIFT")
    assert {cell.seen for cell in found.behaviour} == {"same"}


def test_a_value_that_the_patch_changes_is_not_the_same() -> None:
    """The words are the same, and what they stand for is not."""
    header = PLAIN + "#define DEMO_SIZE (1UL << DEMO_BLOCK_SHIFT)\n#define DEMO_BLOCK_SHIFT 21\n"
    found = review({PATH: GO, SIZES: header},
                   {PATH: GO.replace("DEMO_BLOCK_SIZE", "DEMO_SIZE"), SIZES: header.replace("21", "22")})
    assert {cell.seen for cell in found.behaviour if cell.function == "demo_go"} == {"not-seen"}
