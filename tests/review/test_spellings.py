"""What is only spelled otherwise is nothing that changes: allocations, masks, walks, variables beside the point."""

from __future__ import annotations

import pytest

from reviewbot.checks.spellings import all_in_one_spelling, in_one_spelling, types_of
from tests.review.test_seen import HEAD, PATH, TAIL, changed, review, sayings, seen


@pytest.mark.parametrize(("one", "other", "same"), [
    ("list = kcalloc(count + 1, sizeof(struct demo *), GFP_KERNEL)",
     "list = kzalloc_objs(struct demo *, count + 1)", True),
    ("first = kzalloc(sizeof (*first), GFP_KERNEL)", "first = kzalloc_obj(struct demo)", True),
    ("if (!(first = kmalloc(sizeof(struct demo), GFP_ATOMIC)))",
     "if (!(first = kmalloc_obj(*first, GFP_ATOMIC)))", True),
    ("list = kvzalloc(sizeof(*list->pages) * count, GFP_KERNEL)",
     "list = kvcalloc(count, sizeof(*list->pages), GFP_KERNEL)", True),
    ("list = kvmalloc_array(array_size(rows, columns), 8, flags)", "list = kvmalloc(8 * columns * rows, flags)", True),
    ("page = pfn_to_page(PFN_DOWN(start))", "page = pfn_to_page(start >> PAGE_SHIFT)", True),
    ("n = PFN_DOWN(end) - PFN_DOWN(start) + 1", "n = (end >> PAGE_SHIFT) - (start >> PAGE_SHIFT) + 1", True),
    ("n = PFN_UP(size)", "n = (size + PAGE_SIZE - 1) >> PAGE_SHIFT", True),
    ("n = PFN_UP(size)", "n = size >> PAGE_SHIFT", False),
    ("list = kcalloc(count + 1, 8, GFP_KERNEL)", "list = kzalloc(count + 1 * 8, GFP_KERNEL)", False),
    ("list = kzalloc(count, GFP_KERNEL)", "list = kvzalloc(count, GFP_KERNEL)", False),
    ("list = kmalloc_array(count, 8, GFP_KERNEL)", "list = kcalloc(count, 8, GFP_KERNEL)", False),
    ("first = kzalloc_obj(struct demo)", "first = kzalloc_obj(struct other)", False),
])
def test_one_allocation_has_one_spelling(one: str, other: str, same: bool) -> None:
    """A function that multiplies the size itself, or takes the type, gives what the plain one gives."""
    types = types_of("int demo_open(struct demo *first)")
    assert (in_one_spelling(one, types) == in_one_spelling(other, types)) is same


def test_a_function_has_one_spelling() -> None:
    """A function whose allocations alone are spelled otherwise is the same, one that allocates more is another."""
    head, tail = "int f(int n){struct demo *d = ", ";if (!d) return -ENOMEM;d->n = n;return 0;}"
    was = all_in_one_spelling(head + "kmalloc(sizeof(*d), GFP_KERNEL)" + tail)
    assert all_in_one_spelling(head + "kmalloc_obj(*d)" + tail) == was
    assert all_in_one_spelling(head + "kmalloc_objs(*d, n)" + tail) != was


def test_a_variable_that_points_to_two_types_has_none() -> None:
    """What is declared twice with other types is taken by its own name."""
    assert types_of("struct demo *one; struct other *two; struct page *one") == {"two": "struct other"}


OPEN = HEAD + """int demo_open(struct demo *demo)
{
	struct demo_page *entry, *next;

	entry = kzalloc(sizeof(struct demo_page), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->address = demo_take(demo, GFP_DEMO | __GFP_DEMO_QUIET);
	list_for_each_entry(next, &demo->pages, node)
		demo_count(next);
	return set_memory_decrypted(entry->address, demo->pages.count);
}
"""


@pytest.mark.parametrize(("old", "new", "answer"), [
    ("kzalloc(sizeof(struct demo_page), GFP_KERNEL)", "kzalloc_obj(*entry)", "same"),
    ("kzalloc(sizeof(struct demo_page), GFP_KERNEL)", "kzalloc_obj(*demo)", "not-seen"),
    ("	list_for_each_entry(next, &demo->pages, node)\n		demo_count(next);\n", "", "same"),
    ("	list_for_each_entry(next, &demo->pages, node)\n		demo_count(next);\n", "	demo_drop(&demo->pages);\n",
     "not-seen"),
])
def test_the_call_gets_what_it_got(old: str, new: str, answer: str) -> None:
    """Another spelling of an allocation, or a walk over a list that goes, gives the call nothing else."""
    assert seen(changed(OPEN, OPEN.replace(old, new))) == {answer}


@pytest.mark.parametrize(("flags", "answer"), [("(__GFP_DEMO_QUIET | __GFP_DEMO_LATE)", "same"),
                                               ("__GFP_DEMO_LATE", "not-seen")])
def test_a_flag_that_is_contained_already_changes_nothing(flags: str, answer: str) -> None:
    """Of a mask that loses a flag the headers of the tree tell whether another flag has it in it."""
    header = {"include/linux/demo_flags.h": f"#define GFP_DEMO	{flags}\n#define __GFP_DEMO_QUIET	0x1\n"}
    old = OPEN + TAIL
    new = old.replace("GFP_DEMO | __GFP_DEMO_QUIET", "GFP_DEMO")
    assert seen(review({PATH: old, **header}, {PATH: new, **header})) == {answer}
    given = HEAD + ("static int demo_share(struct demo *demo, int flags)\n{\n"
                    "	void *page = demo_take(demo, flags & 3);\n\n"
                    "	return set_memory_decrypted((unsigned long)page, 1);\n}\n\n"
                    "int demo_open(struct demo *demo)\n{\n"
                    "	return demo_share(demo, GFP_DEMO | __GFP_DEMO_QUIET);\n}\n") + TAIL
    now = given.replace("GFP_DEMO | __GFP_DEMO_QUIET", "GFP_DEMO")
    assert seen(review({PATH: given, **header}, {PATH: now, **header})) == {answer}


def test_a_variable_declared_beside_another_is_not_its_value() -> None:
    """`int pages = 0, length;` sets one variable: what the other is set to later is no part of it."""
    code = HEAD + ("int demo_open(struct demo *demo)\n{\n	int pages = 0, length;\n\n	length = demo->size + 1;\n"
                   "	demo_note(demo, length);\n	pages += demo->count;\n"
                   "	return set_memory_decrypted(demo->address, pages);\n}\n")
    assert seen(changed(code, code.replace("demo->size + 1", "demo->size + 2"))) == {"same"}
    assert seen(changed(code, code.replace("pages = 0", "pages = 1"))) == {"not-seen"}
    both = code.replace("pages = 0, length", "length = 0, pages = 0")
    assert seen(changed(both, both.replace("pages = 0", "pages = 1"))) == {"not-seen"}


def test_a_test_of_two_moments_does_not_make_two_conditions_one() -> None:
    """A variable that is asked twice, with another value in between, is asked two things: what is asked beside that on
    one side only is a change."""
    code = HEAD + ("int demo_open(struct demo *demo)\n{\n	int ret = demo_first(demo);\n\n"
                   "	if (ret)\n		return ret;\n"
                   "	ret = demo_second(demo);\n	if (ret) {\n		set_memory_encrypted(demo->address, 1);\n	}\n"
                   "	return ret;\n}\n")
    after = code.replace("		set_memory_encrypted(demo->address, 1);",
                         "		if (demo->shared)\n			set_memory_encrypted(demo->address, 1);")
    found = changed(code, after)
    assert seen(found) == {"changes"}
    assert "is called only when demo->shared" in sayings(found)
