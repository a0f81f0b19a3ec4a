"""What of a patch the first page calls undecided: the words that are open, and nothing that can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot.review.page.doubts import named_doubts, without_told_bits
from reviewbot.review.unseen import Unseen

from ..test_seen import HEAD, PATH, TAIL, changed, review
from .test_moments import LOST

MAPPER = "arch/x86/mm/pat/set_memory.c"
LOCAL = """#include <linux/set_memory.h>

static int demo_old(unsigned long addr)
{
	return READ_ONCE(*(int *)addr);
}

"""
OWN = """int set_memory_decrypted(unsigned long addr, int pages)
{
	if (demo_old(addr) > 7)
		return -EINVAL;
	return demo_walk(addr, pages);
}
"""
NEW = LOCAL.replace("demo_old", "demo_new").split("\n\n", 1)[1].replace("addr", "where")


def _not_seen(*, added: str) -> tuple[str, ...]:
    after = LOCAL + added + OWN.replace("demo_old", "demo_new")
    return review({MAPPER: LOCAL + OWN}, {MAPPER: after}).first_page.not_seen


def test_words_that_give_way_to_others_are_named() -> None:
    """Nothing else changes in the function, so nothing else is asked about it."""
    assert _not_seen(added="") == (
        f"whether 'demo_new()' comes to what 'demo_old()' did (set_memory_decrypted(), {MAPPER})",)


def test_what_a_function_calls_otherwise_is_named() -> None:
    """Of a function that could not be compared a reader is told what can be told: the calls that came and went."""
    new = OWN.replace("	return demo_walk(addr", "	demo_note(addr);\n	return demo_walk_all(addr")
    [said] = review({MAPPER: LOCAL + OWN}, {MAPPER: LOCAL + new}).first_page.not_seen
    assert said == ("whether set_memory_decrypted(), which now calls demo_note() and demo_walk_all() and no longer "
                    f"calls demo_walk(), still does what it did ({MAPPER})")


def test_calls_that_go_on_in_a_file_of_the_tree_are_not_gone() -> None:
    """A function that the patch does not touch makes both calls as one: nothing is said to be called no longer."""
    head = HEAD + "int demo_open(void *image)\n{\n"
    old = head + ("	set_memory_ro((long)image, 1);\n	set_memory_x((long)image, 1);\n	return demo_run(image);\n}\n")
    new = head + "	int err = demo_protect(image);\n\n	if (err)\n		return err;\n	return demo_run(image);\n}\n"
    weak = {"kernel/protect.c": HEAD + "int __weak demo_protect(void *image)\n{\n"
            "	return set_memory_rox((long)image, 1);\n}\n"}
    found = review({PATH: old, **weak}, {PATH: new, **weak})
    assert found.first_page.rows == ()
    [said] = found.first_page.not_seen
    assert said == ("whether demo_protect(), which demo_open() calls now and whose __weak body calls set_memory_rox(), "
                    f"does what set_memory_ro() and set_memory_x() did there ({PATH})")


def test_what_several_functions_call_otherwise_is_named_once() -> None:
    """One call goes out of them all: that is what a reader has to judge, and it is said behind their names."""
    inner = "static int demo_walk(unsigned long at, int pages)\n{\n	cond_resched();\n	return demo_set(at);\n}\n\n"
    old = inner + OWN.replace("	return demo", "	cond_resched();\n	return demo")
    new = old.replace("	cond_resched();\n", "")
    [said] = review({MAPPER: LOCAL + old}, {MAPPER: LOCAL + new}).first_page.not_seen
    assert said == (f"whether set_memory_decrypted() and demo_walk(), which no longer call cond_resched(), each still "
                    f"do what they did ({MAPPER})")


@pytest.mark.parametrize(("body", "open_words"), [("demo_mode()", False), ("demo_other()", True)])
def test_the_one_line_of_a_function_is_known_from_a_hunk(body: str, *, open_words: bool) -> None:
    """The tree has the change in another form, and the mail shows both functions whole."""
    guest = f"/* Is it a guest? */\nbool demo_guest(void)\n{{\n	return {body};\n}}\n\n"
    shared = "bool demo_shared(void)\n{\n	return demo_guest();\n}\n"
    new = shared.replace("demo_guest", "demo_mode")
    user = {PATH: HEAD + "int demo_open(unsigned long addr)\n{\n	if (demo_shared())\n"
            "		return set_memory_decrypted(addr, 1);\n	return 0;\n}\n"}
    there = "/* Is it a guest? */\n" + new + "\n" + OWN
    found = review({MAPPER: OWN + guest + shared, **user}, {MAPPER: OWN + new, **user}, there={MAPPER: there, **user})
    told = "demo_shared() now asks 'demo_mode()' in place of 'demo_guest()'"
    assert (told in found.first_page.conclusion) is open_words
    assert found.first_page.not_seen == ()


def test_a_value_that_gives_way_to_another_is_told() -> None:
    """Of a variable that a call depends on the page tells what it is set to, and what it was."""
    code = HEAD + ("int demo_open(struct demo *demo)\n{\n	unsigned long last = PFN_ALIGN(demo_middle);\n\n"
                   "	return set_memory_nx(last, demo->pages);\n}\n")
    page = changed(code, code.replace("demo_middle", "demo_edge")).first_page
    assert page.conclusion == (
        "demo_open() now calls set_memory_nx() with 'last = PFN_ALIGN(demo_edge)' (before: with 'last = "
        "PFN_ALIGN(demo_middle)'); that this comes to the same could not be shown.")
    assert page.not_seen == ()


def test_arguments_that_give_way_to_others_are_told() -> None:
    """Two calls that are given something in other words are one sentence, with both words."""
    code = HEAD + "".join(f"int demo_{name}(void *page)\n{{\n	return set_memory_{name}("
                          "(unsigned long)page & PAGE_MASK, 1);\n}\n\n" for name in ("nx", "rw"))
    page = changed(code, code.replace(" & PAGE_MASK", "")).first_page
    assert page.conclusion == (
        "demo_nx() and demo_rw() now call set_memory_nx() and set_memory_rw() with '((unsigned long)page, 1)' (before: "
        "with '((unsigned long)page & PAGE_MASK, 1)'); that this comes to the same could not be shown.")
    assert page.not_seen == ()


def test_a_function_with_the_same_body_needs_no_word() -> None:
    """What is called now is, but for its name and its parameter's, what was called."""
    assert _not_seen(added=NEW) == ()
    assert _not_seen(added=NEW.replace("READ_ONCE", "demo_other")) != ()


def test_the_one_line_of_a_function_may_stand_in_its_place() -> None:
    """What is called now is all that the file's own function did with what it was given."""
    def said(body: str) -> tuple[str, ...]:
        local = LOCAL.replace("READ_ONCE(*(int *)addr)", body)
        return review({MAPPER: local + OWN}, {MAPPER: local + OWN.replace("demo_old", "demo_new")}).first_page.not_seen

    assert said("demo_new(addr)") == ()
    assert said("demo_new(addr + 1)") != ()
    assert said("demo_newer(addr)") != ()


def test_a_result_that_is_tested_in_another_way_is_no_doubt_of_the_page() -> None:
    """Both tests are of the one variable, and can be read."""
    old = (HEAD + "int demo_open(unsigned long addr)\n{\n	int ret;\n\n	ret = demo_copy(addr);\n	if (ret < 0)\n"
           "		return -EIO;\n	return set_memory_ro(addr, 1);\n}\n")
    new = old.replace("(ret < 0)", "(!ret)")
    assert changed(old, new).first_page.not_seen == ()


def test_a_condition_in_other_words_is_told_in_them() -> None:
    """Two questions of which nobody knows whether they are one stand on the page, each as it is written."""
    old = (HEAD + "int demo_open(unsigned long addr)\n{\n	if (!demo_is_guest(addr))\n		return 0;\n"
           "	return set_memory_decrypted(addr, 1);\n}\n")
    new = old.replace("demo_is_guest(addr)", "demo_platform_has(DEMO_GUEST)")
    page = changed(old, new).first_page
    assert page.conclusion == (
        "demo_open() now calls set_memory_decrypted() where 'demo_platform_has(DEMO_GUEST)' (before: where "
        "'demo_is_guest(addr)'); that this comes to the same could not be shown.")
    assert page.not_seen == ()


def test_one_question_in_other_words_is_told_of_all_who_ask_it() -> None:
    """A call behind the words, and a value that is made of them, are two places of one change."""
    old = (HEAD + "int demo_open(unsigned long addr)\n{\n	if (!demo_is_guest())\n		return 0;\n"
           "	return set_memory_decrypted(addr, 1);\n}\n\nint demo_close(unsigned long addr)\n{\n	int pages = 1;\n\n"
           "	if (demo_is_guest())\n		pages = 2;\n	return set_memory_encrypted(addr, pages);\n}\n")
    page = changed(old, old.replace("demo_is_guest()", "demo_platform_has(DEMO_GUEST)")).first_page
    assert page.conclusion.startswith("demo_close() and demo_open() now ask 'demo_platform_has(DEMO_GUEST)' in place "
                                      "of 'demo_is_guest()';")
    assert page.not_seen == ()


def test_a_definition_that_asks_the_same_in_other_words_is_the_same() -> None:
    """The question in the function's own body comes to what the old one asked."""
    header = "arch/x86/include/asm/mem_encrypt.h"
    asks = "extern u64 demo_me_mask;\n" + "".join(
        f"static inline bool {name}(void)\n{{\n	return demo_me_mask;\n}}\n" for name in ("demo_active", "demo_guest"))
    own = ("#include <linux/set_memory.h>\n\nint set_memory_decrypted(unsigned long addr, int pages)\n{\n"
           "	if (!demo_active())\n		return 0;\n	return demo_walk(addr, pages);\n}\n")
    before = {MAPPER: own, header: asks, "Kconfig": "", PATH: HEAD + TAIL}
    after = {**before, MAPPER: own.replace("demo_active()", "demo_guest()")}
    assert review(before, after).first_page.not_seen == ()


def test_two_of_several_conditions_are_told_and_the_others_counted() -> None:
    """A list of words would hide which stands for which."""
    names = ("demo_one", "demo_two", "demo_three")
    old = HEAD + "\n".join(f"int {name}(unsigned long addr)\n{{\n	if (!{name}_guest(addr))\n		return 0;\n"
                           "	return set_memory_decrypted(addr, 1);\n}\n" for name in names)
    new = old
    for name in names:
        new = new.replace(f"{name}_guest(addr)", f"demo_has(DEMO_{name.upper()})")
    page = changed(old, new).first_page
    assert page.conclusion.count("(before: where") == 2
    assert page.not_seen == ("1 more condition in other words",)


def test_beside_a_change_only_named_words_are_doubted() -> None:
    """That a function could not be compared is said of a page that has nothing else, words that it asks always."""
    said = ("mm/a.c, where hunks of patch 1 have no place",
            "whether 'b()' comes to what 'a()' did (run(), mm/b.c); whether stop() still does what it did (mm/b.c)",
            "whether go() and run() each still do what they did (mm/c.c)",
            "whether go() in run() is called where it was, now that 'ret' is assigned otherwise (mm/d.c)")
    assert named_doubts(said) == (said[0], "whether 'b()' comes to what 'a()' did (run(), mm/b.c)")


def test_a_bit_that_a_row_is_about_is_not_open() -> None:
    """Of several definitions those are open that no row of the patch tells of; where all are told there is no doubt."""
    header = "arch/x86/include/asm/demo_bits.h"
    open_one = Unseen(patch=2, file=header, line=3, near=True, kind="directive",
                      what="the definitions of _PAGE_ONE and _PAGE_TWO")
    row = replace(LOST, patch=2, file=header, gist="set_memory_x() changes nothing: _PAGE_TWO is 0 there")
    left = without_told_bits(open_one, [row])
    assert left is not None
    assert left.what == "the definitions of _PAGE_ONE"
    assert without_told_bits(open_one, [replace(row, patch=3)]) == open_one
    assert without_told_bits(replace(open_one, what="the definition of _PAGE_TWO"), [row]) is None


LOCKED = "	spin_lock(&demo_lock);\n	demo_set(at);\n	spin_unlock(&demo_lock);\n"
GUARDED = "	guard(spinlock)(&demo_lock);\n	demo_set(at);\n"


def _two(first: str, second: str, own: str) -> str:
    return LOCAL + "".join(f"static int demo_{name}(unsigned long at)\n{{\n{body}	return 0;\n}}\n\n"
                           for name, body in (("first", first), ("second", second))) + own


def test_what_changes_most_is_named_first() -> None:
    """Locks that are taken in another way are no reason to look at a function before one that does more than before."""
    own = OWN.replace("	return", "	demo_first(addr);\n	demo_second(addr);\n	return", 1)
    more = "	if (at > 7 && demo_asked)\n		demo_warn(at, demo_asked);\n	demo_tell(at);\n"
    old, new = _two(LOCKED, "	demo_tell(at);\n", own), _two(GUARDED, more, own)
    [said] = review({MAPPER: old}, {MAPPER: new}).first_page.not_seen
    assert said.startswith("whether demo_second() and demo_first() each still do what they did")


def test_words_are_no_headline_where_another_function_does_more() -> None:
    """That one question is asked in other words is told behind the function whose work is open."""
    own = OWN.replace("	return", "	demo_second(addr);\n	return", 1).replace("demo_old", "demo_was")
    old = _two("", "	demo_tell(at);\n", own)
    new = _two("", "	if (at > 7 && demo_asked)\n		demo_warn(at, demo_asked);\n	demo_tell(at);\n",
               own.replace("demo_was", "demo_new"))
    page = review({MAPPER: old}, {MAPPER: new}).first_page
    assert "demo_new" not in page.conclusion
    [said] = page.not_seen
    assert said.startswith("demo_second(), which does work of set_memory_decrypted()")
    assert "; whether 'demo_new()' comes to what 'demo_was()' did (" in said


def test_a_call_of_another_folder_that_calls_the_family_is_not_seen_beside_a_question() -> None:
    """The function is defined in an untouched file: what its new call comes to is open, whatever else is asked."""
    far = {"mm/far.c": HEAD + "void demo_share_all(void)\n{\n	set_memory_decrypted(demo_pool, 1);\n}\n"}
    own = "\nint demo_hide(unsigned long at)\n{\n	return set_memory_np(at, 1);\n}\n"
    there = {PATH: HEAD + "void demo_init(struct demo *demo)\n{\n	demo_fill(demo);\n}\n" + own, **far}
    after = {**there, PATH: there[PATH].replace("	demo_fill(demo);\n", "	demo_fill(demo);\n	demo_share_all();\n")}
    page = review(there, after, there=there).first_page
    assert page.not_seen == (
        "what the changed calls of demo_share_all(), which calls set_memory_*() or the like in mm/far.c, come to",)
    assert named_doubts(page.not_seen) == page.not_seen


def test_what_decides_and_is_assigned_otherwise_is_named() -> None:
    """The call itself was not touched: what is open is what it is given, or where it is called."""
    old = (HEAD + "int demo_open(struct demo *demo, long pages)\n{\n	long many = pages;\n\n"
           "	if (demo->wide)\n		many = demo_many(demo);\n"
           "	return set_memory_decrypted((unsigned long)demo->page, many);\n}\n")
    [said] = changed(old, old.replace("many = demo_many(demo)", "many += demo_more(demo, 1)")).first_page.not_seen
    assert said == ("whether set_memory_decrypted() in demo_open() is given what it was given, now that 'many' is "
                    f"assigned otherwise ({PATH})")
