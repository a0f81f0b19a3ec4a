"""What a changed function calls is looked at even where the patch leaves the called function and the call alone."""

from __future__ import annotations

import pytest

from tests.review.test_call_conditions import cells_of, go
from tests.review.test_seen import changed, sayings

SEAL = "static int demo_seal(void *page)\n{\n	return set_memory_ro((unsigned long)page, 1);\n}\n\n"
OUTER = "static int demo_outer(void *page)\n{\n	demo_count();\n	return demo_seal(page);\n}\n\n"
CHOICE = """static int demo_choose(void *page, bool on)
{
	if (on)
		return set_memory_ro((unsigned long)page, 1);
	return set_memory_rw((unsigned long)page, 1);
}

"""


@pytest.mark.parametrize(("head", "call"), [(SEAL, "demo_seal(page)"), (SEAL + OUTER, "demo_outer(page)")])
def test_a_test_in_front_of_an_untouched_helper_is_a_change(head: str, call: str) -> None:
    """A helper of the same file that no line of the patch names is followed to the family, over another one too."""
    old = go(f"	demo_count();\n	return {call};\n", head)
    new = go(f"	demo_count();\n	if (!demo_on)\n		return 0;\n	return {call};\n", head)
    [cell] = cells_of(old, new)
    assert cell.changed
    assert cell.after.does.startswith("set_memory_ro() is called only when demo_on, ")
    assert "changes no call" not in sayings(changed(old, new))


def test_another_argument_is_another_call() -> None:
    """An untouched helper that is given another constant calls another function of the family."""
    old, new = (go(f"	return demo_choose(page, {on});\n", CHOICE) for on in ("true", "false"))
    found = cells_of(old, new)
    assert {(cell.before.symbol, cell.after.symbol) for cell in found if cell.changed} == {
        ("set_memory_ro", ""), ("", "set_memory_rw")}


def test_another_object_is_not_the_same_call() -> None:
    """That a helper does to another page what it did to this one is no proof that nothing changes."""
    old, new = (go(f"	return demo_seal(demo->{name});\n", SEAL) for name in ("first", "second"))
    assert [cell.seen for cell in cells_of(old, new)] == ["not-seen"]
    assert "do what they did" not in sayings(changed(old, new))


def test_a_result_that_is_dropped_now_is_told() -> None:
    """The line that hands the helper's result on is another one than the call's."""
    old = go("	int ret = demo_seal(page);\n\n	demo_count();\n	return ret;\n", SEAL)
    found = changed(old, old.replace("return ret;\n}\n", "return 0;\n}\n"))
    assert "ignored-result" in {finding.rule for finding in found.findings if finding.introduced}


def test_what_stands_beside_stays_out() -> None:
    """A function of the same file that calls the helper, and of which no line changes, has no row."""
    other = "\nint demo_other(void *page)\n{\n	return demo_seal(page);\n}\n"
    old = go("	return demo_count(1);\n", SEAL) + other
    assert not changed(old, old.replace("demo_count(1)", "demo_count(2)")).behaviour


def test_the_switch_of_a_helper_is_an_option_of_the_row() -> None:
    """A helper under `#if DEBUG` is one of the option that defines it, as a call under it is."""
    head = ("#ifdef CONFIG_DEMO_DEBUG\n#define DEBUG 1\n#else\n#define DEBUG 0\n#endif\n\n#if DEBUG\n" + SEAL
            + "#else\nstatic int demo_seal(void *page)\n{\n	return 0;\n}\n#endif\n\n")
    old = go("	demo_count();\n	return demo_seal(page);\n", head)
    [cell] = cells_of(old, old.replace("demo_count();", "demo_note();"))
    assert cell.config == (("DEMO_DEBUG", "y"),)
