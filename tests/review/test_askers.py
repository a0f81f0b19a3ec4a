"""A test that goes from a function to its callers, or that what is called makes by itself."""

from __future__ import annotations

import pytest

from reviewbot.review import Review

from .test_call_conditions import cells_of
from .test_seen import HEAD, PATH, changed, review

CALLERS = """int demo_first(void *page)
{
	NOTE
	return demo_go(page);
}
"""


def _series(*, test_in: str) -> str:
    ask = "	if (!demo_enabled())\n		return 0;\n"
    call = "	return set_memory_decrypted((unsigned long)page, 1);\n"
    go = f"static int demo_go(void *page)\n{{\n{ask if test_in == 'function' else ''}{call}}}\n\n"
    return HEAD + go + CALLERS.replace("	NOTE\n", ask if test_in == "caller" else "	demo_note(page);\n")


def sayings(old: str, new: str) -> list[str]:
    return [one.statement for one in changed(old, new).level_set]


def test_a_test_that_goes_to_the_callers_is_said_to_be_there() -> None:
    """Taken alone the sentence about the function would say that the call is made in more cases."""
    here, there = _series(test_in="function"), _series(test_in="caller")
    assert any(text.endswith("is called without the condition demo_enabled(); demo_first() asks that now.")
               for text in sayings(here, there))
    assert any(text.endswith("is called only when demo_enabled(); demo_first() asks that no more.")
               for text in sayings(there, here))


def test_a_test_that_the_callee_makes_by_itself_is_no_difference() -> None:
    """With the test in front of the call or without it, the function does its work in the same cases."""
    path = "arch/x86/mm/pat/set_memory.c"
    body = ("#include <linux/set_memory.h>\n\nint set_memory_encrypted(unsigned long addr, int numpages)\n{\n"
            "	if (!demo_enabled())\n		return 0;\n"
            "	return change_page_attr_set(&addr, numpages, __pgprot(0), 0);\n}\n")
    call = "	return set_memory_encrypted((unsigned long)page, 1);\n"
    asks = HEAD + f"int demo_go(void *page)\n{{\n	if (!demo_enabled())\n		return 0;\n{call}}}\n"
    goes = HEAD + f"int demo_go(void *page)\n{{\n{call}}}\n"
    for old, new in ((asks, goes), (goes, asks)):
        found = review({PATH: old, path: body}, {PATH: new, path: body}, release="6.12")
        [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
        assert cell.seen == "same", (cell.before.does, cell.after.does)
        assert ("only when demo_enabled(), " in cell.before.does) is (old == asks)
        assert ("only when demo_enabled(), " in cell.after.does) is (new == asks)
    assert {cell.seen for cell in cells_of(asks, goes)} == {"changes"}


OTHERS = """int demo_second(void *page)
{
	if (!demo_is_on())
		return 0;
	return demo_go(page);
}

int demo_third(void *page)
{
	/* demo_go() is the only way to do this */
	TEST
	return demo_go(page);
}
"""
ON = "static bool demo_is_on(void)\n{\n	return demo_enabled();\n}\n\n"


def _with_others(test: str, *, test_in: str) -> str:
    own = _series(test_in=test_in).replace("int demo_first", ON + "int demo_first")
    return own + "\n" + OTHERS.replace("TEST", test)


def test_a_test_that_all_callers_make_is_no_row() -> None:
    """Nothing is done in more cases where whoever calls the function asks the same in front of the call, be it through
    a helper; where one does not, the row names that one alone."""
    for test, bare in (("if (!demo_enabled())\n		return 0;", ()), ("demo_note(page);", ("demo_third",))):
        found = changed(_with_others(test, test_in="function"), _with_others(test, test_in="caller"))
        [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
        assert cell.bare == bare
        rows = [row.statement for row in found.first_page.rows if "also where !demo_enabled()" in row.statement]
        assert bool(rows) is bool(bare)
        assert all("called so by demo_third() alone: demo_first() asks that now" in row for row in rows)
        [told] = [one.statement for one in found.level_set if "without the condition demo_enabled()" in one.statement]
        assert ("of its callers only demo_third() does not ask that" in told) is bool(bare)


def test_a_function_whose_address_is_taken_has_callers_that_are_not_seen() -> None:
    """Of what is handed on nobody knows who calls it without the test."""
    table = "\nstatic const struct demo_ops demo_ops = {\n	.go = demo_go,\n};\n"
    found = changed(_series(test_in="function") + table, _series(test_in="caller") + table)
    [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
    assert cell.bare is None


MAPS = """static inline bool demo_enabled(void)
{
	return demo_is_on;
}

static inline void demo_map(struct page *page, int count, int on)
{
	if (!demo_enabled())
		return;
	__kernel_map_pages(page, count, on);
}
"""


def test_each_body_that_an_architecture_has_is_told() -> None:
    """What chooses between the body for 32 bits and that of an MMU makes two cases of the call, each with its own."""
    path, after = "include/linux/demo.h", MAPS.replace("	if (!demo_enabled())\n		return;\n", "")
    cells = review({path: MAPS}, {path: after}, arches=("powerpc", "x86"), release="5.10").behaviour
    bodies = {(dict(cell.config).get("PPC32"), cell.after.resolves_to.partition(":")[0])
              for cell in cells if cell.arch == "powerpc" and cell.after.resolves_to.startswith("arch/")}
    assert bodies >= {("y", "arch/powerpc/mm/pgtable_32.c"), ("n", "arch/powerpc/mm/book3s64/hash_utils.c")}


def _moved(caller: str, ask: str = "	if (!demo_is_shared(dev))\n		return 0;\n") -> Review:
    """Return the review of a test that goes from a function to its caller."""
    call = "	return set_memory_decrypted((unsigned long)page, 1);\n"
    go = "static int demo_go(struct device *dev, void *page)\n{{\n{}" + call + "}}\n\n"
    head = "int demo_first(struct device *own, void *page, unsigned long attrs)\n{\n"
    tail = "	return demo_go(own, page);\n}\n"
    return changed(HEAD + go.format(ask) + head + tail, HEAD + go.format("") + head + caller + tail)


@pytest.mark.parametrize("caller", [
    "	if (!demo_is_shared(own))\n		return 0;\n",
    ("	bool shared = false;\n\n	if (demo_is_shared(own))\n		shared = true;\n"
     "	if (!shared)\n		return 0;\n")])
def test_a_caller_asks_in_its_own_words(caller: str) -> None:
    """What the function calls `dev` is `own` there, and a flag stands for what sets it."""
    cells = [cell for cell in _moved(caller).behaviour if cell.function == "demo_go"]
    assert {cell.bare for cell in cells} == {()}
    assert {cell.unclear for cell in cells} == {()}


def test_a_flag_that_the_caller_is_given_may_stand_for_the_test() -> None:
    """Whether the caller asks is not said where a bit of its parameter may be set for another reason."""
    found = _moved("	if (demo_is_shared(own))\n		attrs |= DEMO_SHARED;\n"
                   "	if (!(attrs & DEMO_SHARED))\n		return 0;\n")
    [(bare, unclear)] = {(cell.bare, cell.unclear) for cell in found.behaviour if cell.function == "demo_go"}
    assert (bare, unclear) == ((), ("demo_first",))
    assert any("demo_first() asks that is not clear" in one.statement for one in found.level_set)
    assert not any("does not ask" in one.statement for one in found.level_set)


def test_no_caller_asks_for_what_only_the_function_has() -> None:
    """A test of a local variable is none that a caller could make."""
    found = _moved("", "	int count = demo_count(dev);\n\n	if (count != dev->wanted)\n		return 0;\n")
    assert {cell.bare for cell in found.behaviour if cell.function == "demo_go"} == {None}
    assert not any("of its callers" in one.statement for one in found.level_set)


def test_callers_of_which_none_asks_are_not_told() -> None:
    """Where every caller comes without the test there is none that stands apart, and a caller that the patch takes
    away is none."""
    ask, old = "	if (!demo_enabled())\n		return 0;\n", _series(test_in="function") + "\n" + OTHERS
    gone = OTHERS[:OTHERS.index("int demo_third")].replace("	if (!demo_is_on())\n		return 0;\n", "")
    old = old.replace("	if (!demo_is_on())\n		return 0;\n", "").replace("	TEST\n", "")
    for new in (old.replace(ask, ""), old.replace(ask, "").replace(gone, "")):
        found = changed(old, new)
        [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
        assert (cell.bare, cell.askers, cell.unclear) == (None, (), ())
        assert any(text.endswith("is called without the condition demo_enabled().") for text in sayings(old, new))


def test_a_caller_that_goes_is_not_counted() -> None:
    """Only the callers that are there after the patch can come without the test."""
    old = _with_others("demo_note(page);", test_in="function")
    new = _with_others("demo_note(page);", test_in="caller")
    fourth = "\nint demo_fourth(void *page)\n{\n	return demo_go(page);\n}\n"
    [cell] = [cell for cell in changed(old + fourth, new).behaviour if cell.function == "demo_go"]
    assert cell.bare == ("demo_third",)
