"""What a helper makes of its arguments is open: a caller that gives it another value may change another range."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, changed, sayings, seen

HELPER = """static void demo_hide(const char *what, void *begin, void *end)
{
	unsigned long first = (unsigned long)begin;
	unsigned long pages = ((unsigned long)end - first) >> PAGE_SHIFT;

	demo_log(what);
	set_memory_ro(first, pages);
}

"""
CALLER = """void demo_close(struct demo *demo)
{
	unsigned long last = PFN_ALIGN(demo_middle);
	unsigned long other = PFN_ALIGN(demo_other);

	demo_count(other);
	demo_hide("all", (void *)last, (void *)demo->end);
}
"""


@pytest.mark.parametrize(("old", "new", "doubt"), [
    ("last = PFN_ALIGN(demo_middle)", "last = PFN_ALIGN(demo_edge)", "'last' is assigned otherwise in demo_close()"),
    ("(void *)last", "(void *)other", "its arguments are written otherwise"),
    ("other = PFN_ALIGN(demo_other)", "other = PFN_ALIGN(demo_edge)", ""),
    ('"all"', '"all of it"', ""),
    ("(void *)last", "(unsigned long *)last", ""),
])
def test_what_a_helper_is_given(old: str, new: str, doubt: str) -> None:
    """Its result is the caller's value in a variable of its own: where that value is another, nothing is proved."""
    code = HEAD + HELPER + CALLER
    after = code.replace("demo_log(what)", "demo_tell(what)").replace(old, new)
    cells = [cell for cell in changed(code, after).behaviour if cell.function == "demo_close"]
    assert [cell.seen for cell in cells] == ["not-seen" if doubt else "same"]
    assert all(doubt in cell.doubt for cell in cells)


def test_what_is_set_right_before_the_call_is_what_counts() -> None:
    """A variable that takes its value in front of the call, as before, is the same whatever else sets it."""
    old = HEAD + ("int demo_open(struct demo *demo)\n{\n	unsigned long addr;\n	int i;\n\n"
                  "	for (i = 0; i < demo->count; i++) {\n		addr = demo->first[i];\n"
                  "		if (set_memory_decrypted(addr, 1))\n			return 1;\n	}\n	return 0;\n}\n")
    new = old.replace("			return 1;\n	}\n", "			return 1;\n		addr = demo->second[i];\n"
                      "		demo_note(addr);\n	}\n")
    assert seen(changed(old, new)) == {"same"}
    other = new.replace("		addr = demo->first[i];\n", "		if (i)\n			addr = demo->first[i];\n")
    assert seen(changed(other.replace("		addr = demo->second[i];\n", ""), other)) == {"not-seen"}


def test_what_the_call_is_given_is_named_before_what_its_condition_asks() -> None:
    """Of two variables that are set otherwise the one that the call is given is the reason; one that a test asks for is
    named as such."""
    old = HEAD + ("int demo_open(struct demo *demo)\n{\n	void *note = demo_first(1);\n	void *page;\n\n"
                  "	if (!note)\n		return 0;\n	page = demo_second(1);\n"
                  "	return set_memory_decrypted((unsigned long)page, 1);\n}\n")
    both = sayings(changed(old, old.replace("(1);\n	void", "(2);\n	void").replace("second(1)", "second(2)")))
    assert "'page' is assigned otherwise in demo_open()" in both
    one = sayings(changed(old, old.replace("(1);\n	void", "(2);\n	void")))
    assert "'note', on which its condition depends, is assigned otherwise in demo_open()" in one


ASIDE = HEAD + """int demo_open(struct demo *demo)
{
	int i, done = 0;

	for (i = 0; i < demo->count; i++) {
		if (demo_take(demo, i))
			goto error;
	}
	for (i = 0; i < demo->count; i++)
		demo_clear(demo, i);
	return 0;
error:
	return set_memory_encrypted(demo->addr, i);
}
"""


@pytest.mark.parametrize(("old", "new", "answer"), [
    ("	for (i = 0; i < demo->count; i++)\n		demo_clear(demo, i);\n", "", "same"),
    ("	for (i = 0; i < demo->count; i++)\n		demo_clear(demo, i);\n", "	i = demo_clear(demo);\n", "same"),
    ("			goto error;\n	}\n", "			goto error;\n		i += demo->step;\n	}\n", "not-seen"),
    ("	for (i = 0; i < demo->count; i++)\n		demo_clear(demo, i);\n",
     "	i = demo_clear(demo);\n	demo_fail_to(demo, error);\n", "not-seen"),
])
def test_what_no_path_leads_from_to_the_call_does_not_count(old: str, new: str, answer: str) -> None:
    """A variable that is set on a way that leaves the function is the same at the call; where a macro is given the
    label such a way may come back."""
    assert seen(changed(ASIDE, ASIDE.replace(old, new))) == {answer}


VALUE = HEAD + """int demo_open(struct demo *demo)
{
	const int pages = demo_more(demo) ? 2 : 1;

	return set_memory_decrypted(demo->addr, pages);
}
"""


@pytest.mark.parametrize(("new", "told"), [
    ("pages = DEMO_PAGES;",
     "'pages' is assigned otherwise in demo_open(), 'DEMO_PAGES' (before: 'demo_more(demo) ? 2 : 1')"),
    ("pages = DEMO_PAGES, more = 1;", "'pages' is assigned otherwise in demo_open();"),
    ("pages = DEMO_PAGES;\n\n	demo_count(&pages);", "'pages' is assigned otherwise in demo_open();"),
    ("pages;\n\n	if (demo->big)\n		pages = DEMO_PAGES;", "'pages' is assigned otherwise in demo_open();"),
])
def test_two_values_are_told_where_each_side_has_one(new: str, told: str) -> None:
    """What a variable is set to is said with what it was, where no other statement sets it and no option decides."""
    assert told in sayings(changed(VALUE, VALUE.replace("pages = demo_more(demo) ? 2 : 1;", new)))


READER = HEAD + """static void demo_count(const struct demo_area *area, int more)
{
	total += area->pages + more;
}

void demo_open(struct demo *demo)
{
	demo->open = true;
	set_memory_ro(demo->area.base, demo->area.pages);
}
"""


@pytest.mark.parametrize(("const", "answer"), [("const ", "same"), ("", "not-seen")])
def test_what_a_function_only_reads_is_not_assigned(const: str, answer: str) -> None:
    """The address of an object goes to a function that takes it as a pointer to what is constant: it stays as it is."""
    old = READER.replace("const ", const)
    new = old.replace("open = true;\n", "open = true;\n	demo_count(&demo->area, 1);\n")
    assert seen(changed(old, new)) == {answer}


ASKED = HEAD + """int demo_open(struct demo *demo)
{
	unsigned long pages = 1;

	if (demo_small(demo))
		pages |= 2;
	return set_memory_decrypted(demo->addr, pages);
}
"""


@pytest.mark.parametrize(("old", "new", "told"), [
    ("demo_small(demo)", "demo_asks(demo, DEMO_SMALL)",
     "'pages |= 2' where 'demo_asks(demo, DEMO_SMALL)' (before: where 'demo_small(demo)')"),
    ("demo_small(demo))\n		pages |= 2", "demo_asks(demo))\n		pages |= 4",
     "'pages' is assigned otherwise in demo_open();"),
])
def test_two_tests_are_told_where_only_these_differ(old: str, new: str, told: str) -> None:
    """Under which test a variable is set is said with the one before, where what it is set to is the same."""
    assert told in sayings(changed(ASKED, ASKED.replace(old, new)))


STEPS = HEAD + """int demo_open(struct demo *demo)
{
	int err;

	err = demo_ring(demo, demo->pages);
	if (err)
		goto error;
	err = -ENOMEM;
	demo->more = demo_more(demo);
	if (!demo->more)
		goto error;
	return 0;
error:
	if (err)
		set_memory_encrypted(demo->addr, 1);
	return err;
}
"""


@pytest.mark.parametrize(("new", "answer"), [
    ("err = demo_ring(demo, demo->pages, demo->shared);", "same"),
    ("err = demo_ring(demo->shared, demo->pages);", "not-seen"),
    ("err = demo_other(demo, demo->pages);", "not-seen"),
])
def test_one_more_argument_of_what_fails_is_the_same_failure(new: str, answer: str) -> None:
    """A variable that takes errors is asked as before: only where another function gives it, or the same one is asked
    about another thing, is it open when the call is made."""
    assert seen(changed(STEPS, STEPS.replace("err = demo_ring(demo, demo->pages);", new))) == {answer}


def test_an_answer_is_another_one_with_one_more_argument() -> None:
    """What a variable takes that never takes an error by its name may be asked for in another way."""
    code = STEPS.replace("	err = -ENOMEM;\n", "")
    more = code.replace("demo->pages);", "demo->pages, demo->shared);")
    assert seen(changed(code, more)) == {"not-seen"}


@pytest.mark.parametrize(("asked", "taken", "answer"), [
    ("!data", "vzalloc(size)", "same"), ("!data", "demo_find(size)", "not-seen"),
    ("!data || !data->on", "vzalloc(size)", "not-seen")])
def test_whether_there_was_memory_is_asked_of_any_allocation(asked: str, taken: str, answer: str) -> None:
    """A condition that asks for no more is the same where the memory is cleared as well; what lies in it is not."""
    old = HEAD + (f"int demo_open(unsigned long addr, int size)\n{{\n	struct demo *data;\n\n	data = vmalloc(size);\n"
                  f"	if ({asked})\n		return 0;\n	return set_memory_decrypted(addr, 1);\n}}\n")
    assert seen(changed(old, old.replace("vmalloc(size)", taken))) == {answer}
