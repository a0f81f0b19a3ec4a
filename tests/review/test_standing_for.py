"""A constant that stands for another number changes the calls that are measured by it."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, PATH, review, seen

CODE = HEAD + """#define DEMO_BYTES	SZ_8K
#define DEMO_NAME	"demo"

int demo_share(struct demo *demo)
{
	size_t len = PAGE_ALIGN(DEMO_BYTES);

	demo_note(demo, DEMO_NAME);
	return set_memory_decrypted((unsigned long)demo->text, len >> PAGE_SHIFT);
}

int demo_unshare(struct demo *demo)
{
	return set_memory_encrypted((unsigned long)demo->text, demo->pages);
}
"""


@pytest.mark.parametrize(("now", "open_one"), [("SZ_128K", True), ("8192", False)])
def test_what_is_measured_by_a_constant_changes_with_it(now: str, *, open_one: bool) -> None:
    """No line of the function changes; the range of its call does, unless the constant is the same number."""
    sizes = "#define SZ_4K 4096\n#define SZ_8K 8192\n#define SZ_128K 131072\n"
    before = sizes + CODE
    after = before.replace("DEMO_BYTES	SZ_8K", f"DEMO_BYTES	{now}")
    found = review({PATH: before}, {PATH: after})
    said = ("demo_share() now calls set_memory_decrypted() with 'len = PAGE_ALIGN(SZ_128K)' (before: with "
            "'len = PAGE_ALIGN(SZ_8K)').")
    assert (said in found.first_page.conclusion) is open_one
    assert not any(cell.function == "demo_unshare" for cell in found.behaviour)


def test_a_string_is_no_constant_of_that_kind() -> None:
    """Another text in a message changes no call."""
    found = review({PATH: CODE}, {PATH: CODE.replace('"demo"', '"other"')})
    assert seen(found) == seen(review({PATH: CODE}, {PATH: CODE + "\n"}))
