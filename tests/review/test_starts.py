"""A value that a variable is declared with, and that nothing reads, changes nothing when it goes or comes."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, changed, sayings

MADE = HEAD + """static void *demo_make(int asked)
{
	void *file = START;
	int err;

	err = demo_ask(asked);
	if (err) {
		file = ERR_PTR(err);
		goto out;
	}
	BODY
out:
	demo_put(asked);
	return file;
}

int demo_go(unsigned long addr, int asked)
{
	if (IS_ERR(demo_make(asked)))
		return -EINVAL;
	return set_memory_rw(addr, 1);
}
"""


def made(start: str, body: str = "file = demo_file(asked);") -> str:
    text = MADE.replace("BODY", body)
    return text.replace("START", start) if start else text.replace(" = START", "")


@pytest.mark.parametrize("start", ["ERR_PTR(-ENOMEM)", "NULL"])
def test_what_nothing_reads_is_no_change(start: str) -> None:
    """Every path gives the variable another value first."""
    for old, new in ((made(start), made("")), (made(""), made(start))):
        assert "demo_make()" not in sayings(changed(old, new))


def test_what_some_path_reads_is_a_change() -> None:
    """A path that jumps to the end with the first value returns it."""
    body = "if (asked > 1)\n\t\tgoto out;\n\tfile = demo_file(asked);"
    assert "demo_make()" in sayings(changed(made("NULL", body), made("ERR_PTR(-ENOMEM)", body)))


def test_another_value_later_is_a_change() -> None:
    """Only what stands at the declaration counts."""
    assert "demo_make()" in sayings(changed(made("NULL", "file = NULL;"), made("NULL", "file = demo_more;")))
