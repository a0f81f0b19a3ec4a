"""What new calls come to on the page: what they do, through what, and whether the tree has them already."""

from __future__ import annotations

from one_patch import PATH, review

from reviewbot.report.page import build_page

OLD = """static const int demo_first = 1;
static const int demo_second = 2;

void demo_seal(struct demo *demo)
{
	set_memory_ro((unsigned long)demo->text, demo->pages);
	demo_log(demo, "sealed the demonstration");
}
"""
NEW = OLD.replace("demo->pages);\n", "demo->pages);\n\tset_memory_x((unsigned long)demo->text, demo->pages);\n")


def test_a_call_that_the_tree_has_already_is_no_news() -> None:
    """A hunk without a place in a tree whose function makes the new call: the page says that it is there."""
    later = (NEW.replace("demo_log(demo, \"", "demo_note(demo, DEMO_SEAL, \"")
             .replace("struct demo *demo", "struct demo *demo, int how").replace("set_memory_ro(", "set_memory_rw("))
    assert review(OLD, NEW).first_page.conclusion.startswith("On x86 ")
    found = review(OLD, NEW, tree=later)
    assert found.first_page.rows == ()
    assert found.first_page.conclusion.startswith(
        "This tree has already what patch 1 brings: on x86 demo_seal() makes demo->text executable.")


def test_what_the_tree_has_stands_beside_the_rows() -> None:
    """A row for one call does not hide that another one is in the tree already."""
    second = "int demo_open(struct demo *demo)\n{\n	demo_count(1);\n	return demo_run(demo);\n}\n"
    opened = second.replace("	demo_count", "	set_memory_rw((unsigned long)demo->data, 1);\n	demo_count")
    far = "".join(f"int demo_{number}(void);\n" for number in range(12))
    later = (NEW.replace("demo_log(demo, \"", "demo_note(demo, DEMO_SEAL, \"")
             .replace("struct demo *demo", "struct demo *demo, int how").replace("set_memory_ro(", "set_memory_rw("))
    page = review(OLD + far + second, NEW + far + opened, tree=later + far + second).first_page
    assert "demo_open() now makes demo->data writable" in page.conclusion
    assert page.conclusion.endswith(
        "This tree has already what patch 1 brings: on x86 demo_seal() makes demo->text executable.")


def test_a_hunk_left_over_is_named_with_its_patch() -> None:
    """What of a patch has no place limits the page."""
    after = OLD.replace("	set_memory_ro", "	if (demo->sealed)\n		return;\n	set_memory_ro")
    far = "".join(f"int demo_{number}(void);\n" for number in range(12))
    last = "void demo_end(struct demo *demo)\n{\n	set_memory_rw((unsigned long)demo->text, 1);\n}\n"
    before, changed = OLD + far + last, after + far + last.replace("text, 1);", "text, 1);\n	demo_done(demo);")
    page = review(before, changed, tree=OLD + far + "int demo_other(void);\n").first_page
    assert page.not_seen[0] == f"1 of 2 hunks of {PATH} (patch 1), in demo_end()"


def test_a_hunk_that_the_tree_has_in_another_form_is_not_left_over() -> None:
    """Where all lines that tell stand in the tree's file, and none that they remove, there is nothing to look for."""
    far = "".join(f"int demo_{number}(void);\n" for number in range(12))
    call = "	set_memory_rw((unsigned long)demo->text, 1);\n"
    last = "void demo_end(struct demo *demo)\n{\n	demo_begin(demo);\n" + call + "}\n"
    ended = last.replace("text, 1);", "text, 1);\n	demo_count_the_ends(demo, 4);")
    there = "void demo_end(struct demo *demo, int how)\n{\n	demo_count_the_ends(demo, 4);\n	demo_leave(how);\n}\n"
    assert review(OLD + far + last, NEW + far + ended, tree=OLD + far + "int demo_x(void);\n").first_page.not_seen
    assert review(OLD + far + last, NEW + far + ended, tree=OLD + far + there).first_page.not_seen == ()


def test_an_exit_that_the_tree_has_in_another_form_is_told() -> None:
    """It may skip what has to be undone, and the tree's own form says nothing of where the patch's leads."""
    far = "".join(f"int demo_{number}(void);\n" for number in range(12))
    call = "	set_memory_rw((unsigned long)demo->text, 1);\n"
    last = "int demo_end(struct demo *demo)\n{\n	demo_begin(demo);\n" + call + "	return 0;\n}\n"
    left = last.replace("text, 1);", "text, 1);\n	if (demo_count_the_ends(demo, 4))\n		goto out_demo_freed;")
    there = ("int demo_end(struct demo *demo, int how)\n{\n	if (demo_count_the_ends(demo, 4))\n"
             "		goto out_demo_freed;\n	demo_leave(how);\n	demo_more(how);\n}\n")
    [said] = review(OLD + far + last, NEW + far + left, tree=OLD + far + there).first_page.not_seen
    assert said == f"what patch 1 does in {PATH}, of which this tree has another version"


def test_two_new_calls_on_one_object_are_one_sentence() -> None:
    """What a helper does to memory of its own is said with the helper's name."""
    helper = """static void demo_protect(void)
{
	unsigned long start = demo_start();

	set_memory_ro(start + 1 * PAGE_SIZE, demo_pages());
	set_memory_nx(start + 1 * PAGE_SIZE, demo_pages());
}

"""
    setup = "void demo_setup(void)\n{\n\tdemo_first();\n}\n"
    found = review(setup, helper + setup.replace("first();\n", "first();\n\tdemo_protect();\n"))
    assert ("demo_setup() now makes memory read-only and takes execute permission from it through demo_protect()"
            in found.first_page.conclusion)


def test_a_row_that_the_conclusion_tells_whole_is_its_question() -> None:
    """Where the only row would say nothing beyond the conclusion, its place and its question stand there."""
    checked = OLD.replace("\tset_memory_ro((unsigned long)demo->text, demo->pages);\n", "")
    fresh = checked.replace("ation\");\n}", "ation\");\n\tset_memory_4k((unsigned long)demo->text, 1);\n}")
    front = build_page(review(checked, fresh), {}).front
    said = "".join(piece.text for piece in front.conclusion)
    [row] = front.rows
    assert (row.told, row.statement, len(row.asks)) == (False, (), 1)
    assert (f"(1/1, {PATH}:7)." in said, row.place, row.asks[0].place) == (False, f"{PATH}:7", "")


FREE_HELPER = """static void demo_free(struct demo *demo)
{
	int ret = set_memory_encrypted((unsigned long)demo->ring, 1);

	if (ret) {
		WARN_ONCE(1, "leaking the ring");
		return;
	}
	free_pages((unsigned long)demo->ring, 0);
}

"""
EXIT = "void demo_exit(struct demo *demo)\n{\n\tfree_pages((unsigned long)demo->ring, 0);\n}\n"


def test_memory_that_a_new_helper_keeps_when_it_fails_is_said_to_be_kept() -> None:
    """A failure that is warned about, and memory that is then not freed: the page says that of the helper."""
    found = review(EXIT, FREE_HELPER + EXIT.replace("free_pages((unsigned long)demo->ring, 0)", "demo_free(demo)"))
    [row] = found.first_page.rows
    assert row.gist == "the new demo_free() makes demo->ring private again, reached from demo_exit()"
    assert row.statement == f"{row.gist}: where set_memory_encrypted() fails, demo->ring is not freed"


def test_a_piece_that_a_loop_passes_over_is_kept_too() -> None:
    """The next turn of a loop frees another piece: the one whose change failed is left out."""
    helper = """static void demo_free(struct page **pages, int count)
{
	for (int i = 0; i < count; i++) {
		unsigned long vaddr = (unsigned long)page_address(pages[i]);

		if (set_memory_encrypted(vaddr, 1))
			continue;
		__free_pages(pages[i], 0);
	}
}

"""
    found = review(EXIT, helper + EXIT.replace("free_pages((unsigned long)demo->ring, 0)", "demo_free(demo->pages, 4)"))
    [row] = found.first_page.rows
    assert row.statement == f"{row.gist}: where set_memory_encrypted() fails, pages[i] is not freed"


def test_the_alias_in_the_direct_map_is_named_as_that() -> None:
    """What is mapped read-only is not the image itself."""
    setup = "void demo_setup(struct demo *demo)\n{\n\tdemo_first();\n}\n"
    call = "\tset_memory_ro((unsigned long)lm_alias(__init_end), 4);\n"
    found = review(setup, setup.replace("first();\n", f"first();\n{call}"))
    assert "makes lm_alias(__init_end) read-only" in found.first_page.conclusion


def test_read_only_and_executable_is_said_of_both() -> None:
    """set_memory_rox() does two things, also where an architecture does them one after the other."""
    setup = "void demo_setup(struct demo *demo)\n{\n\tdemo_first();\n}\n"
    for helper in ("", "int demo_rox(struct demo *demo)\n{\n\tset_memory_rox((unsigned long)demo->text, 4);\n}\n"):
        call = "demo_rox(demo);" if helper else "set_memory_rox((unsigned long)demo->text, 4);"
        found = review(setup, helper + setup.replace("first();\n", f"first();\n\t{call}\n"))
        assert "demo->text read-only and executable" in found.first_page.conclusion


def test_a_patch_of_comments_leaves_nothing_unseen() -> None:
    """Names in a comment are no calls: nothing is open about a patch that changes comments alone."""
    noted = OLD.replace("void demo_seal", "/* Returns what demo_seal() and set_memory_ro() do. */\nvoid demo_seal")
    found = review(OLD, noted)
    assert found.first_page.not_seen == ()
    assert "not all of the series could be seen" not in found.first_page.conclusion


ALLOC = """void *demo_alloc(unsigned long size)
{
	return demo_range(size, GFP_KERNEL,
			PAGE_KERNEL_EXEC, 0);
}

void demo_seal(void *text)
{
	set_memory_ro((unsigned long)text, 1);
}
"""


def test_another_protection_is_said_as_what_the_memory_is_good_for() -> None:
    """Memory that is no longer executable is a row of its own; where the tree has it so already it is no news."""
    plain = ALLOC.replace("PAGE_KERNEL_EXEC", "PAGE_KERNEL")
    said = "what demo_alloc() maps is no longer executable (PAGE_KERNEL in place of PAGE_KERNEL_EXEC)"
    assert [row.statement for row in review(ALLOC, plain).first_page.rows] == [said]
    found = review(ALLOC, plain, tree=plain.replace("demo_range(size, ", "demo_area(size, NULL, "))
    assert found.first_page.rows == ()
    assert said in found.first_page.conclusion
    both = review(ALLOC, plain.replace("size, GFP", "size + 1, GFP"))
    assert [row.statement for row in both.first_page.rows] == []


GATED = """static bool demo_active(void)
{
	return demo_mask != 0;
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	if (!demo_active())
		return 0;
	return demo_change_attr(addr, numpages, 1);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (!demo_active())
		return 0;
	return demo_change_attr(addr, numpages, 0);
}
"""


def test_two_functions_that_change_alike_are_told_together() -> None:
    """One sentence names both functions of the family; whether the new test comes to another is not asked."""
    path = "arch/x86/mm/pat/set_memory.c"
    found = review(GATED, GATED.replace("(!demo_active())", "(!demo_platform_has(DEMO_ENCRYPT))"), path=path)
    assert found.first_page.conclusion.startswith(
        "On x86 set_memory_decrypted() and set_memory_encrypted() change: each does nothing")
    rules = {finding.id: finding.rule for finding in found.findings}
    assert "config-gate-changed" not in {rules[name] for name in found.first_page.ask}
