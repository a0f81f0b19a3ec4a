"""A patch laid on its own later form: what came behind it uses what the patch brings, and is no change of the patch."""

from __future__ import annotations

from .test_seen import HEAD, PATH, changed, review, sayings, seen

OLD = HEAD + """unsigned long demo_make(struct demo *demo, unsigned int *size)
{
	unsigned long offset;
	unsigned long *place;
	void *code;

	code = demo_alloc(demo);
	if (!code)
		return 0;

	*size = demo_size(demo);

	/* copy it */
	offset = demo_copy(code, *size);
	place = (unsigned long *)(code + offset);
	*place = (unsigned long)demo;

	demo->flags |= DEMO_MADE;

	return (unsigned long)code;
}
"""
NEW = OLD.replace("	unsigned long offset;\n", "	unsigned long offset;\n	unsigned long pages;\n").replace(
    "	*size = demo_size(demo);\n", "	*size = demo_size(demo);\n	pages = DIV_ROUND_UP(*size, PAGE_SIZE);\n").replace(
    "	return (unsigned long)code;\n", "	/* It may run only now. */\n	set_memory_x((unsigned long)code, pages);\n"
    "	return (unsigned long)code;\n")
LATER = NEW.replace("	/* It may run only now. */\n",
                    "	if (demo_is_up())\n		set_memory_ro((unsigned long)code, pages);\n").replace(
    "demo_copy(", "demo_copy_all(")


def test_what_a_later_call_is_given_is_not_assigned_otherwise() -> None:
    """The tree's set_memory_ro() uses a variable that the patch declares: it came later and is no other call now."""
    said = sayings(review({PATH: OLD}, {PATH: NEW}, there={PATH: LATER}))
    assert "assigned otherwise" not in said


def test_what_is_set_to_the_same_once_more_is_the_same() -> None:
    """The second of two like statements changes nothing where nothing between them sets what it is made of."""
    old = HEAD + ("int demo_open(unsigned long addr, int size)\n{\n	int pages;\n\n	pages = size >> PAGE_SHIFT;\n"
                  "	demo_note(addr);\n	return set_memory_ro(addr, pages);\n}\n")
    again = "	demo_note(addr);\n	pages = size >> PAGE_SHIFT;\n"
    assert seen(changed(old, old.replace("	demo_note(addr);\n", again))) == {"same"}
    halved = old.replace("	demo_note(addr);\n", f"	size /= 2;\n{again}")
    assert seen(changed(old, halved)) != {"same"}
