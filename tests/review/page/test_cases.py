"""Calls that are made in other cases than before, and calls that a function no longer makes, on the page."""

from __future__ import annotations

import pytest
from one_patch import review

from reviewbot.logic import parse_condition
from reviewbot.review.page.cases import say_test

SEAL = """void demo_seal(struct demo *demo)
{
	set_memory_ro((unsigned long)demo->text, demo->pages);
	demo_log(demo, "sealed the demonstration");
}
"""
HELD = SEAL.replace("	set_memory_ro", "	if (demo->state == DEMO_EARLY)\n		return;\n	set_memory_ro")


def test_a_test_that_is_new_in_front_of_a_call_is_a_row() -> None:
    """The row says in which cases alone the call is made now."""
    [row] = review(SEAL, HELD).first_page.rows
    assert row.statement == "demo_seal() now makes demo->text read-only only where demo->state != DEMO_EARLY"
    assert row.verdict == "different"


def test_a_test_that_is_gone_is_a_row() -> None:
    """The row says where the call is made beside the cases that it was made in."""
    [row] = review(HELD, SEAL).first_page.rows
    assert row.statement == "demo_seal() now makes demo->text read-only also where demo->state == DEMO_EARLY"


def test_what_something_else_came_back_with_is_no_case() -> None:
    """An allocation that is tested in front of a call as every one is changes no case of that call."""
    tested = "	if (!demo->area)\n		return;\n"
    after = SEAL.replace("	set_memory_ro", "	demo->area = demo_alloc(4);\n" + tested + "	set_memory_ro")
    page = review(SEAL, after).first_page
    assert page.rows == ()
    assert page.conclusion == "No call was seen that now maps memory otherwise than before."


def test_a_call_that_a_function_loses_is_a_row() -> None:
    """Nothing is in its place: the function does not do that any more."""
    [row] = review(SEAL, SEAL.replace("	set_memory_ro((unsigned long)demo->text, demo->pages);\n", "")).first_page.rows
    assert row.statement == "demo_seal() no longer makes demo->text read-only"


def test_a_call_that_moves_or_gives_way_to_another_is_not_lost() -> None:
    """Another function makes the call now, or a line of the patch calls something that may do the same."""
    call = "	set_memory_ro((unsigned long)demo->text, demo->pages);\n"
    elsewhere = "void demo_close(struct demo *demo)\n{\n	demo_end(demo);\n}\n"
    moved = review(SEAL + elsewhere, SEAL.replace(call, "") + elsewhere.replace("	demo_end", call + "	demo_end"))
    assert not [row for row in moved.first_page.rows if "no longer" in row.statement]
    other = review(SEAL, SEAL.replace(call, "	demo_protect_all(demo);\n"))
    assert not [row for row in other.first_page.rows if "no longer" in row.statement]


@pytest.mark.parametrize(("written", "said"), [
    ("!DEMO_A", "!DEMO_A"),
    ("DEMO_A && !DEMO_B", "!DEMO_B && DEMO_A"),
    ("DEMO_A && (DEMO_B || DEMO_C)", "DEMO_A && (DEMO_B || DEMO_C)"),
])
def test_a_test_is_said_as_c_has_it(written: str, said: str) -> None:
    """Brackets stand only where they matter."""
    assert say_test(parse_condition(written.replace("DEMO", "CONFIG_DEMO"))).replace("CONFIG_", "") == said
