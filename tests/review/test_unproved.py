"""A condition is only said to be gone where nothing stands for it: a flag may ask it, or an exit."""

from __future__ import annotations

import pytest

from .test_seen import HEAD, changed, sayings

CALL = "	return set_memory_decrypted((unsigned long)page, 1);\n"


def go(body: str, head: str = "") -> str:
    return HEAD + head + f"int demo_go(struct device *dev, void *page)\n{{\n{body}}}\n"


def does(old: str, new: str) -> tuple[str, str, str]:
    """Return what the first cell of demo_go() says of each side, up to the condition, and whether that is a change."""
    cell = next(one for one in changed(old, new).behaviour if one.function == "demo_go")
    return *(one.does.partition(", ")[0].removeprefix("set_memory_decrypted() ") for one in (
        cell.before, cell.after)), cell.seen


ASKS = "	if (!demo_is_shared(dev))\n		return 0;\n"


@pytest.mark.parametrize("flag", [
    ("	unsigned long attrs = 0;\n\n	if (demo_is_shared(dev))\n		attrs |= DEMO_SHARED;\n"
     "	if (!(attrs & DEMO_SHARED))\n"),
    "	bool shared = false;\n\n	if (demo_is_shared(dev))\n		shared = true;\n	if (!shared)\n",
    ("	unsigned long attrs = 0;\n	bool shared = false;\n\n	if (demo_is_shared(dev))\n		attrs |= DEMO_SHARED;\n"
     "	if (attrs & DEMO_SHARED)\n		shared = true;\n	if (!shared)\n"),
])
def test_a_flag_asks_what_sets_it(flag: str) -> None:
    """A bit or an answer that one test alone sets stands for that test: the condition stays."""
    assert does(go(ASKS + CALL), go(flag + "		return 0;\n" + CALL))[2] == "same"


def test_a_flag_that_is_taken_back_asks_for_both() -> None:
    """What another test takes the flag back for is the new condition, and the only one."""
    new = ("	bool shared = demo_is_shared(dev);\n\n	if (demo_is_pooled(dev))\n		shared = false;\n"
           "	if (!shared)\n		return 0;\n")
    was, now, seen = does(go(ASKS + CALL), go(new + CALL))
    assert (was, now, seen) == ("is called only when demo_is_shared(dev)",
                                "is called only when !demo_is_pooled(dev) && demo_is_shared(dev)", "changes")


@pytest.mark.parametrize("flag", [
    "	bool shared = false;\n\n	while (demo_next(dev))\n		shared = demo_is_shared(dev);\n	if (!shared)\n",
    ("	bool shared = false;\n\n	demo_fill(dev, &shared);\n	if (demo_is_shared(dev))\n		shared = true;\n"
     "	if (!shared)\n"),
    "	bool shared = demo_was(dev);\n\n	if (demo_is_shared(dev))\n		shared |= demo_now(dev);\n	if (!shared)\n",
])
def test_a_flag_that_others_set_as_well_stays_a_name(flag: str) -> None:
    """In a loop, by its address or together with an old value it may be set for other reasons."""
    assert "shared" in does(go(CALL), go(flag + "		return 0;\n" + CALL))[1]


def test_a_member_that_is_set_right_before_asks_what_it_is_given() -> None:
    """A caller that hands the constant which the flag is cleared for makes no call at all."""
    helper = ("static int demo_map(struct demo *demo, int type, void *page)\n{\n"
              "	demo->open = !(demo->kept || type == DEMO_READY);\n	if (!demo->open)\n		return 0;\n"
              f"{CALL}}}\n\n")
    tail = "\nint demo_{0}(struct demo *demo, void *page)\n{{\n	return demo_map(demo, DEMO_{1}, page);\n}}\n"
    found = changed(HEAD + helper + tail.format("plain", "PLAIN"),
                    HEAD + helper + tail.format("plain", "PLAIN") + tail.format("ready", "READY"))
    assert not [cell for cell in found.behaviour if cell.function == "demo_ready" and cell.changed]
    found = changed(HEAD + helper, HEAD + helper + tail.format("plain", "PLAIN"))
    [cell] = [cell for cell in found.behaviour if cell.function == "demo_plain"]
    assert "is called only when !(DEMO_PLAIN == DEMO_READY) && !demo->kept, " in cell.after.does


def test_what_a_loop_ends_with_may_be_the_test_that_went() -> None:
    """A loop that runs until all pages are there leaves the call behind it where the test did."""
    old = "	int count = demo_fill(dev, page);\n\n	if (count != dev->wanted)\n		return -ENOMEM;\n"
    new = ("	int count = demo_fill(dev, page);\n\n	while (count < dev->wanted) {\n		if (!demo_add(dev))\n"
           "			return -ENOMEM;\n		count++;\n	}\n")
    for one, other in ((old, new), (new, old)):
        found = changed(go(one + CALL), go(other + CALL))
        assert {cell.seen for cell in found.behaviour} == {"not-seen"}
        assert "without the condition" not in sayings(found)
        assert "in another way" in sayings(found)


def test_an_exit_that_some_paths_come_by_may_be_the_test_that_went() -> None:
    """The test of two things becomes one inside the other: on no side the call is made in other cases."""
    old = "	if (dev->shared && dev->locked)\n		return 0;\n"
    new = "	if (dev->shared) {\n		demo_note(dev);\n		if (dev->locked)\n			return 0;\n	}\n"
    for one, other in ((old, new), (new, old)):
        assert {cell.seen for cell in changed(go(one + CALL), go(other + CALL)).behaviour} == {"not-seen"}


UNDO = """static int demo_undo(struct device *dev, void *page)
{
	int ret;

SET
	ret = demo_add(dev, page);
	if (ret)
		goto hide;
	return 0;
hide:
	ret = set_memory_encrypted((unsigned long)page, 1);
out:
	return ret;
}

int demo_go(struct device *dev, void *page)
{
	return demo_undo(dev, page);
}
"""
PLAIN = "	ret = set_memory_decrypted((unsigned long)page, 1);\n	if (ret)\n		goto out;\n"


def _undone(set_it: str, hide: str) -> tuple[str, str]:
    new = HEAD + UNDO.replace("SET\n", set_it)
    new = new.replace("	return demo_undo", "	demo_note(dev);\n	return demo_undo").replace(
        "	ret = set_memory_encrypted", f"{hide}	ret = set_memory_encrypted")
    found = changed(HEAD + UNDO.replace("SET\n", PLAIN), new)
    cell = next(cell for cell in found.behaviour if cell.function == "demo_go"
                and cell.after.symbol == "set_memory_encrypted")
    return cell.before.does, cell.after.does


def test_an_undo_still_needs_the_success_that_is_tested_inside_another_test() -> None:
    """The failure of the first call leaves the function there as before; only the new test is new."""
    was, now = _undone("	if (dev->shared) {\n" + "".join(f"	{line}\n" for line in PLAIN.splitlines()) + "	}\n",
                       "	if (dev->shared)\n	")
    assert "set_memory_decrypted() == 0" in was
    assert "dev->shared && " in now
    assert "set_memory_decrypted() == 0" in now


def test_two_members_of_one_object_are_two_questions() -> None:
    """That the address of the object is handed to a function makes no test of it a test of another time."""
    helper = ("static int demo_set(struct demo *demo, void *page)\n{\n	if (!demo->ready)\n		return 0;\n"
              "	if (!demo->shared)\n		return 0;\n" + CALL + "}\n\n")
    new = HEAD + "static struct demo demo_one;\n\n" + helper + (
        "int demo_go(struct device *dev, void *page)\n{\n	return demo_set(&demo_one, page);\n}\n")
    old = new.replace("	if (!demo->shared)\n		return 0;\n", "")
    old = old.replace("return demo_set", "demo_note(dev);\n	return demo_set")
    was, now, seen = does(old, new)
    assert (was, seen) == ("is called only when (&demo_one)->ready", "changes")
    assert now == "is called only when (&demo_one)->ready && (&demo_one)->shared"


def test_tests_of_a_variable_that_is_set_again_are_told_on_no_side() -> None:
    """Where what one side asks cannot be told, for its variable has two values, the other side's tests are no news."""
    old = ("	struct demo *demo = demo_find(dev);\n\n	if (!demo) {\n		demo = demo_make(dev);\n"
           "		if (!demo)\n			return 0;\n		if (!demo_count(demo_of(demo)))\n			return 0;\n"
           "		set_memory_decrypted((unsigned long)page, 1);\n	}\n	return 0;\n")
    new = old
    for was, now in (("demo = demo_make", "more = demo_make"), ("		if (!demo)\n", "		if (!more)\n"),
                     ("demo_of(demo)", "more"), ("(dev);\n\n", "(dev);\n	struct more *more;\n\n"),
                     ("		set_", "		demo = &more->demo;\n		set_")):
        new = new.replace(was, now)
    for one, other in ((old, new), (new, old)):
        found = changed(go(one), go(other))
        assert {cell.seen for cell in found.behaviour} == {"not-seen"}
        assert "its condition is written otherwise" in sayings(found)
        assert "without the condition" not in sayings(found)
        assert "only when demo" not in sayings(found)


def test_a_comparison_with_nothing_in_other_words_and_order_is_the_same() -> None:
    """`p != NULL && a` and `a && p` are one condition, in the cells, in the level set and on the page."""
    old = "	if (page == NULL || !demo_is_shared(dev))\n		return 0;\n"
    new = "	if (!demo_is_shared(dev))\n		return 0;\n	if (!page)\n		return 0;\n"
    found = changed(go(old + CALL), go(new + CALL))
    assert {cell.seen for cell in found.behaviour} == {"same"}
    assert "do what they did" in sayings(found)
    assert "NULL" not in sayings(found)


LABEL = """	int ret = demo_add(dev, page);

	if (ret)
		goto out;
	ret = demo_fill(dev, page);
	if (ret)
		goto hide;
	ret = demo_send(dev, page);
	if (ret)
		goto hide;
	return 0;
hide:
TEST	demo_note(dev);
out:
	return ret;
"""
UNDOES = LABEL.replace("	demo_note(dev);\n", "	set_memory_encrypted((unsigned long)page, 1);\n")


def _behind(old: str, new: str) -> tuple[str, str]:
    cell = next(one for one in changed(go(old), go(new)).behaviour if one.function == "demo_go")
    return cell.before.does.partition(", ")[0], cell.after.does.partition(", ")[0]


def test_a_test_behind_the_label_is_told_with_it() -> None:
    """What leads to the label is not told; what is asked behind it decides alone."""
    plain, asks = UNDOES.replace("TEST", ""), UNDOES.replace("TEST", "	if (dev->shared)\n	")
    said = "set_memory_encrypted() is called only behind the label 'hide'"
    assert _behind(LABEL.replace("TEST", ""), asks)[1] == f"{said} and only when dev->shared"
    assert _behind(plain, asks) == (said, f"{said} and only when dev->shared")


def test_a_test_that_goes_from_the_label_to_the_jumps_is_not_said_to_be_gone() -> None:
    """Each jump asks it, and so the call is made in the same cases."""
    asks = UNDOES.replace("TEST", "	if (dev->shared)\n	")
    jumps = UNDOES.replace("TEST", "").replace("		goto hide;", "		goto hide_it;").replace(
        "hide:\n", "hide_it:\n	if (!dev->shared)\n		goto out;\n")
    each = UNDOES.replace("TEST", "").replace(
        "	if (ret)\n		goto hide;",
        "	if (ret) {\n		if (dev->shared)\n			goto hide;\n		return ret;\n	}")
    for new in (jumps, each):
        was, now = _behind(asks, new)
        assert ("dev->shared" in was) is ("dev->shared" in now)


def test_a_variable_that_a_function_of_its_name_stands_for_is_no_other_condition() -> None:
    """Whether the function answers what the variable had nobody shows: it is not told as gone and come."""
    was, now, seen = does(*(go(f"	if ({asked})\n		return 0;\n" + CALL) for asked in ("demo_root", "demo_root()")))
    assert (was, now, seen) == (*["is called only in some cases"] * 2, "not-seen")


SHARED = """static void demo_drop(struct demo_kind *kind, void *page)
{
	if (kind->caching != DEMO_CACHED)
		set_memory_encrypted((unsigned long)page, 1);
}

static struct demo_kind *demo_pick(struct demo *demo, int caching, int number)
{
	return demo->pooled ? &demo->caching[caching].kinds[number] : &demo_shared[number];
}

void demo_go(struct demo *demo, void *page)
{
	struct demo_kind *kind;
	int first, number;

BODY}
"""
GATED = ("	if (demo->pooled) {\n		for (first = 0; first < 2; first++)\n"
         "			for (number = 0; number < 4; number++)\n"
         "				demo_drop(&demo->caching[first].kinds[number], page);\n	}\n")
PICKED = ("	for (first = 0; first < 2; first++) {\n		for (number = 0; number < DEMO_KINDS; number++) {\n"
          "			kind = demo_pick(demo, first, number);\n"
          "			if (kind != &demo->caching[first].kinds[number])\n"
          "				EXIT;\n			demo_drop(kind, page);\n		}\n	}\n")


@pytest.mark.parametrize("leave", ["continue", "break"])
def test_a_guard_of_a_helper_that_stays_is_asked_on_both_sides(leave: str) -> None:
    """What a helper tests of its argument is one test however the argument is called, and an exit of the loop may be
    what the test around it was."""
    one, other = (HEAD + SHARED.replace("BODY", body.replace("EXIT", leave)) for body in (GATED, PICKED))
    for old, new in ((one, other), (other, one)):
        found = changed(old, new)
        cells = [cell for cell in found.behaviour if cell.function == "demo_go"]
        assert {cell.seen for cell in cells} == {"not-seen"}
        assert all("caching" not in cell.before.does + cell.after.does for cell in cells)
        assert "without the condition" not in sayings(found)


def test_what_an_argument_decides_in_a_helper_is_another_condition() -> None:
    """A caller that hands a constant takes the test away, although the helper still has it."""
    helper = ("static int demo_map(bool shared, void *page)\n{\n	if (!shared)\n		return 0;\n" + CALL + "}\n\n")
    old, new = (helper + f"int demo_go(struct device *dev, void *page)\n{{\n	return demo_map({given}, page);\n}}\n"
                for given in ("dev->shared", "true"))
    assert does(HEAD + old, HEAD + new) == (
        "is called only when dev->shared", "splits a large leaf if it must", "changes")
