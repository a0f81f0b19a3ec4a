"""A function whose end becomes a new function that it calls does what it did."""

from __future__ import annotations

import pytest

from reviewbot.cfacts import functions_of
from reviewbot.review.moved_bodies import moved_into
from reviewbot.source.types import LineMap, PatchedFile
from tests.review.test_beneath import BESIDE, COUNTED, MAPPER
from tests.review.test_seen import review

OLD = """#include <linux/set_memory.h>

static int change_demo_attr(unsigned long addr, int pages, int take)
{
	unsigned long start = addr & PAGE_MASK;
	unsigned long end = PAGE_ALIGN(addr) + pages * PAGE_SIZE;
	unsigned long size = end - start;
	int ret;
	struct demo_data data;

	if (!size)
		return 0;
	data.take = take;
	ret = demo_walk(start, size, &data);
	demo_flush(start, end);
	return ret;
}

int set_memory_decrypted(unsigned long addr, int pages)
{
	return change_demo_attr(addr, pages, __pgprot(_PAGE_ENC));
}
"""
HELPER = """static int __change_demo_attr(unsigned long start, unsigned long size, int bits)
{
	struct demo_data data;
	int ret;

	data.take = bits;
	ret = demo_walk(start, size, &data);

	demo_flush(start, start + size);
	return ret;
}

"""
NEW = OLD.replace("	int ret;\n	struct demo_data data;\n", "").replace(
    OLD[OLD.index("	data.take"):OLD.index("	return ret;\n") + len("	return ret;\n")],
    "	return __change_demo_attr(start, size, take);\n").replace(
    "static int change", f"{HELPER}static int change", 1)


def folded(new: str) -> bool:
    whole = PatchedFile(path="a.c", old_path="a.c", before=OLD.encode(), after=new.encode(), line_map=LineMap(pairs=()),
                        added=frozenset(), removed=frozenset(), applies="exact", note="")
    was, now = (next(one for one in functions_of(text.encode()) if one.name == "change_demo_attr")
                for text in (OLD, new))
    return moved_into(whole, was, now) is not None


def test_the_calls_behind_it_are_the_same() -> None:
    """Neither the function nor its new helper is told as work that is done otherwise."""
    found = review({MAPPER: OLD, **BESIDE}, {MAPPER: NEW, **COUNTED})
    assert {cell.seen for cell in found.behaviour} == {"same"}
    found = review({MAPPER: OLD, **BESIDE}, {MAPPER: NEW.replace("start + size", "start"), **COUNTED})
    assert {cell.seen for cell in found.behaviour} == {"not-seen"}


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("", "", True),
    ("start + size", "size + start", True),
    ("start + size", "start + size + 1", False),
    ("demo_flush(start", "demo_other(start", False),
    ("data.take = bits;", "data.take = bits | 1;", False),
    ("data.take = bits;", "data.bits = bits;", False),
    ("attr(start, size, take)", "attr(start, start, take)", False),
    ("attr(start, size, take)", "attr(size, start, take)", False),
    ("	if (!size)\n		return 0;\n", "", False),
    ("struct demo_data data;\n	int ret;", "struct demo_data data;\n	int ret, take;", False),
    ("unsigned long size = end - start;\n", "unsigned long size = end - start;\n\n	size++;\n", False),
])
def test_what_is_written_as_before(old: str, new: str, expected: bool) -> None:
    """The names of the helper's parameters and the order of declarations do not matter, everything else does."""
    assert folded(NEW.replace(old, new) if old else NEW) is expected
