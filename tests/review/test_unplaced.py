"""Of hunks that go nowhere in the tree only those are told that may bear on a call, all of them, by patch and file."""

from __future__ import annotations

import pytest

from reviewbot.review.not_seen import not_seen
from reviewbot.review.unseen import Unseen
from tests.review.test_seen import HEAD, PATH, PLAIN, review, sayings

SEED = PLAIN + """
static void demo_warm(struct demo *demo)
{
	demo->warm = 1;
	demo->cold = 2;
	demo->mild = 3;
}

static void demo_first(struct demo *demo);
static void demo_second(struct demo *demo);
static void demo_third(struct demo *demo);
"""
"""A file with a call, and far from it a function that has nothing to do with any."""

FAR = "\n".join(f"int demo_far_{number};" for number in range(12)) + "\n"


def told(old: str, new: str, there: str) -> bool:
    """Return whether the hunk between the two is told as one without a place, on a tree that has another form."""
    return "no place in this tree" in sayings(review({PATH: old}, {PATH: new}, there={PATH: there}))


@pytest.mark.parametrize(("new", "said"), [
    ("static void demo_second(struct demo *demo);\nstatic void demo_added(struct demo *demo);\n", False),
    ("static void demo_second(struct demo *demo);\nvoid __weak demo_added(void)\n{\n}\n", False),
    ("static void demo_second(struct demo *demo);\nvoid demo_added(void)\n{\n	set_memory_ro(1, 1);\n}\n", True),
])
def test_a_hunk_is_told_where_it_may_bear_on_a_call(new: str, *, said: bool) -> None:
    """A declaration or an empty function far from the calls says nothing; a call, or what holds one, does."""
    old = SEED + FAR
    changed = old.replace("static void demo_second(struct demo *demo);\n", new)
    there = PLAIN + "\nint demo_other;\n"
    assert told(old, changed, there) is said


def test_a_hunk_in_a_function_beside_the_calls_is_not_told() -> None:
    """What another function writes into an object that no call is given has no way to a call."""
    assert not told(SEED, SEED.replace("demo->cold = 2", "demo->cold = 4"), PLAIN + "\nvoid demo_warm(int);\n")


def test_a_hunk_in_a_function_of_another_time_is_told() -> None:
    """Of a function that the tree lacks and the mail shows in part nobody knows what it calls."""
    assert told(SEED, SEED.replace("demo->cold = 2", "demo->cold = 4"), PLAIN + "\nint demo_other;\n")


@pytest.mark.parametrize(("body", "said"), [("demo_look(demo);", False), ("set_memory_ro(1, 1);", True)])
def test_a_function_that_stands_in_another_file_is_known(body: str, *, said: bool) -> None:
    """The tree has the function elsewhere: what it calls there tells whether a call of the family can be meant."""
    new = SEED.replace("demo->cold = 2", "demo->cold = 4")
    there = {PATH: PLAIN + "\nint demo_other;\n",
             "arch/x86/kernel/warm.c": f"static void demo_warm(struct demo *demo)\n{{\n	{body}\n}}\n"}
    found = sayings(review({PATH: SEED}, {PATH: new}, there=there))
    assert ("no place in this tree" in found) is said


def test_a_hunk_around_a_call_is_told() -> None:
    """Lines that stand in the function of a call may bear on it."""
    old = PLAIN.replace("	int ret;\n\n", "	int ret;\n\n	demo_one(demo);\n	demo_two(demo);\n")
    new = old.replace("	demo_two(demo);\n", "	demo_two(demo);\n	addr = demo_round(addr);\n")
    assert told(old, new, HEAD + "int demo_late(void)\n{\n	return set_memory_decrypted(1, 1);\n}\n")


def test_a_hunk_whose_after_side_alone_stands_in_the_tree_has_a_place() -> None:
    """Where the tree has what a hunk makes between other lines, nothing of the hunk is missing."""
    old = SEED.replace("	demo->cold = 2;\n", "	demo->cold = demo_ask();\n	set_memory_ro(demo->warm, 1);\n")
    new = SEED.replace("	demo->cold = 2;\n", "	demo->cold = demo_tell();\n	set_memory_rw(demo->warm, 1);\n")
    has = new.replace("	demo->warm = 1;\n", "	demo->hot = 9;\n")
    there = has.replace("static void demo_warm(struct demo *demo)", "static int demo_warm(struct demo *d, int more)")
    assert not told(old, new, there)
    assert told(old, new, SEED.replace("demo->warm = 1", "demo->hot = 9").replace("demo_warm(", "demo_hot("))


def test_hunks_of_a_file_of_which_others_have_a_place_are_told_without_any_cell() -> None:
    """No call stands in lines that the tree knows; the hunk without a place is in a function that makes one."""
    tail = "\nint demo_end(int value)\n{\n	demo_wait(value);\n	demo_look(value);\n	return value;\n}\n"
    old = PLAIN.replace("	int ret;\n\n", "	int ret;\n\n	demo_one(demo);\n	demo_two(demo);\n") + SEED + tail
    new = old.replace("	demo_two(demo);\n", "	demo_two(demo);\n	addr = demo_round(addr);\n").replace(
        "	demo_look(value);\n", "	demo_look(value + 1);\n")
    there = HEAD + "int demo_late(void)\n{\n	return set_memory_decrypted(1, 1);\n}\n" + tail
    assert told(old, new, there)


@pytest.mark.parametrize(("was", "said"), [("demo->cold = 2", True), ("demo_note(demo->cold == 2)", False)])
def test_a_line_that_only_reads_a_member_has_no_way_to_a_call(was: str, *, said: bool) -> None:
    """The calls are given the member: what writes it may bear on them, what reads it does not."""
    given = "	set_memory_ro(demo->cold, 1);\n"
    old = SEED.replace("	int ret;\n\n", f"	int ret;\n\n{given}").replace("demo->cold = 2", was)
    there = PLAIN.replace("	int ret;\n\n", f"	int ret;\n\n{given}") + "\nvoid demo_warm(int);\n"
    assert told(old, old.replace(was, was.replace("2", "4")), there) is said


def test_a_hunk_that_sets_what_a_call_asks_for_is_told_wherever_it_is() -> None:
    """No call stands near the line; the variable is one of the whole kernel, and a call hangs on it."""
    other, header = "arch/x86/kernel/far.c", "include/linux/demo.h"
    asks = PLAIN.replace("	int ret;\n\n", "	int ret;\n\n	if (demo_force)\n		return 0;\n")
    far = "void demo_init(void)\n{\n	demo_one();\n	NAME = 1;\n	demo_two();\n}\n"
    for name, said in (("demo_force", True), ("demo_quiet", False)):
        text = far.replace("NAME", name)
        new = {PATH: asks.replace("true", "false"), other: text.replace("= 1", "= 2")}
        found = review({PATH: asks, other: text}, new,
                       there={PATH: asks, other: "int demo_else;\n", header: f"extern int {name};\n"})
        assert ("in arch/x86/kernel/far.c" in sayings(found)) is said


HEADER = "arch/x86/include/asm/pgtable_demo.h"
BITS = ("#define _PAGE_BIT_LONE 57\n#define _PAGE_BIT_USED 3\n#define _PAGE_USED (1 << _PAGE_BIT_USED)\n"
        "#define PAGE_KERNEL_DEMO (_PAGE_USED)\n#define _PAGE_LONE (1 << _PAGE_BIT_LONE)\n")


def test_a_bit_is_told_with_both_values_where_a_kernel_mapping_is_made_of_it() -> None:
    """A bit that only other macros are made of has no way to a call; that it has none is not proved either."""
    call = PLAIN.replace("true", "false")
    lone = review({PATH: PLAIN, HEADER: BITS}, {PATH: call, HEADER: BITS.replace("57", "58")})
    assert "_PAGE" not in sayings(lone)
    assert "do what they did" not in sayings(lone)
    used = review({PATH: PLAIN, HEADER: BITS}, {PATH: call, HEADER: BITS.replace("USED 3", "USED 4")})
    assert "the line '#define _PAGE_BIT_USED 4' (before: '#define _PAGE_BIT_USED 3')" in sayings(used)


def test_a_bit_that_the_architecture_sets_itself_is_told() -> None:
    """The calls of the patch are of another architecture; what defines set_memory_nx() there writes the bit."""
    header, path = HEADER.replace("x86", "loongarch"), "arch/loongarch/mm/pageattr.c"
    work = ("int set_memory_nx(unsigned long addr, int numpages)\n{\n"
            "	return __set_memory(addr, numpages, __pgprot(_PAGE_LONE), __pgprot(0));\n}\n")
    old, new = ({PATH: text, header: bits} for text, bits in (
        (PLAIN, BITS), (PLAIN.replace("true", "false"), BITS.replace("57", "58"))))
    found = review(old, new, there={**old, path: work}, arches=("loongarch", "x86"), release="6.12")
    assert "_PAGE_BIT_LONE" in sayings(found)


def hunk(patch: int, file: str) -> Unseen:
    return Unseen(patch=patch, file=file, line=0, what="hunks without a place", near=True, kind="hunks")


def test_hunks_are_told_file_by_file_with_all_their_patches() -> None:
    """Many patches of one file take one place in the list, and a list that is cut says how much it leaves out."""
    [one] = not_seen([], [*(hunk(number, "mm/a.c") for number in range(1, 12)), hunk(39, "lib/b.c")])
    assert "of patches 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 11 in mm/a.c; of patch 39 in lib/b.c." in one.statement
    [one] = not_seen([], [hunk(number, f"mm/{number}.c") for number in range(1, 14)])
    assert one.statement.endswith("of patch 10 in mm/10.c; of patches 11, 12 and 13 in 3 more files.")


def test_what_is_behind_the_last_entry_is_named() -> None:
    """The rest of a long list says what it is."""
    lines = [Unseen(patch=number, file=f"mm/{number}.h", line=1, what=f"the line '#ifdef DEMO_{number}'", near=True,
                    kind="directive") for number in range(1, 14)]
    *_, last = not_seen([], lines)
    assert last.statement == "Patch 13, not followed either: the line '#ifdef DEMO_13' in mm/13.h."


def test_a_short_function_that_the_tree_has_as_the_hunk_makes_it_is_there() -> None:
    """Two lines are few to know a place by; a whole function is enough, and a comment that stayed says nothing."""
    asks = ("/* is it warm? */\nbool demo_warm_now(void)\n{\n	return demo_warm_guest();\n}\n\n"
            "bool force_dma_unencrypted(struct device *dev)\n{\n	return demo_warm_now();\n}\n")
    now = "bool force_dma_unencrypted(struct device *dev)\n{\n	return demo_warm_guest();\n}\n"
    old, new = (PLAIN + f"\nint demo_here;\n\n{text}\nint demo_there;\n" for text in (asks, now))
    there = PLAIN + f"\nint demo_late;\n\n/* is it warm? */\n{now}\nint demo_later;\n"
    assert not told(old, new, there)
    assert told(old, new, there.replace("return demo_warm_guest();", "return demo_warm_guest() || dev;"))


@pytest.mark.parametrize(("body", "arch", "said"), [
    ("set_memory_ro(1, 1);", "x86", True), ("demo_look(demo);", "x86", False),
    ("set_memory_ro(1, 1);", "arm64", False)])
def test_a_function_of_a_file_that_the_tree_lacks_may_stand_elsewhere(body: str, arch: str, *, said: bool) -> None:
    """The tree has no such file; what the hunk changes stands in another of the architecture, and calls the family."""
    far = "".join(f"	demo->far_{number} = demo_far(demo, {number});\n" for number in range(6))
    old = f"static void demo_warm(struct demo *demo)\n{{\n	demo_ask(demo);\n{far}	{body}\n}}\n"
    new = old.replace("demo_ask(demo)", "demo_ask_now(demo)")
    there = {PATH: PLAIN, f"arch/{arch}/mm/warm.c":
             f"static void demo_warm(struct demo *demo, int more)\n{{\n	demo_count(more);\n	{body}\n}}\n"}
    plain = PLAIN.replace("	demo->open = true;\n", "	demo_count(1);\n	demo->open = true;\n")
    page = review({PATH: PLAIN, "arch/x86/mm/hot.c": old}, {PATH: plain, "arch/x86/mm/hot.c": new}, there=there,
                  arches=("arm64", "x86")).first_page
    assert ("arch/x86/mm/hot.c, where hunks of patch 1 have no place" in page.not_seen) is said
