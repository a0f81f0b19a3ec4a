"""A function of the family that a helper is given, and calls by its parameter's name, is a call of the family."""

from __future__ import annotations

import pytest
from one_patch import review

OLD = """static int demo_apply(struct demo *demo, int kind, int (*set_memory)(unsigned long start, int num_pages))
{
	if (!demo->sealed)
		return -EINVAL;
	return set_memory((unsigned long)demo->text, demo->pages);
}

int demo_open(struct demo *demo)
{
	int ret;

	ret = demo_apply(demo, 1, set_memory_x);
	if (ret)
		return ret;
	return demo_apply(demo, 2, demo_other);
}
"""
DROPS = OLD.replace("ret = demo_apply(demo, 1, set_memory_x);\n\tif (ret)\n\t\treturn ret;",
                    "ret = 0;\n\tdemo_apply(demo, 1, set_memory_x);")


@pytest.mark.parametrize("given", ["set_memory_x", "&set_memory_x"])
def test_a_result_that_is_dropped_around_a_helper_that_is_given_the_function(given: str) -> None:
    """The helper is no part of the patch: which function of the family it calls stands where it is called."""
    old, new = OLD.replace("set_memory_x", given), DROPS.replace("set_memory_x", given)
    found = review(old, new)
    assert [one.rule for one in found.findings if one.level == "error"] == ["ignored-result"]
    assert "demo_open() now drops a failure of set_memory_x()" in found.first_page.conclusion


def test_another_function_of_the_family_is_another_effect() -> None:
    """Where the helper is given set_memory_ro() in place of set_memory_x(), something else happens to the memory."""
    found = review(OLD, OLD.replace("1, set_memory_x", "1, set_memory_ro"))
    assert {cell.after.symbol for cell in found.behaviour if cell.seen == "changes"} >= {"set_memory_ro"}


def test_what_is_not_of_the_family_is_no_call_of_it() -> None:
    """The helper that is given another function does nothing to the map that the review knows of."""
    found = review(OLD, OLD.replace("2, demo_other", "2, demo_third"))
    assert not [cell for cell in found.behaviour if cell.seen == "changes"]


def test_a_failure_that_a_helper_hands_on_is_no_condition_of_the_next_call() -> None:
    """`if (ret) return ret;` leaves the helper with the failure of what it called first."""
    helper = """static int demo_seal(struct demo *demo)
{
	int ret = set_memory_ro((unsigned long)demo->text, demo->pages);

	if (ret)
		return ret;
	return set_memory_x((unsigned long)demo->text, demo->pages);
}

"""
    old = "int demo_open(struct demo *demo)\n{\n\treturn demo_first(demo);\n}\n"
    found = review(old, helper + old.replace("demo_first", "demo_seal"))
    assert found.behaviour
    assert not [cell for cell in found.behaviour if "ret" in cell.after.does.replace("returns", "")]


def test_a_result_inside_a_helper_is_told_by_its_call() -> None:
    """A condition on the helper's own variable names the call that the variable holds the result of."""
    helper = """static int demo_seal(struct demo *demo)
{
	int ret = set_memory_ro((unsigned long)demo->text, demo->pages);

	if (!ret)
		set_memory_x((unsigned long)demo->text, demo->pages);
	return ret;
}

"""
    old = "int demo_open(struct demo *demo)\n{\n\treturn demo_first(demo);\n}\n"
    found = review(old, helper + old.replace("demo_first", "demo_seal"))
    [said] = {cell.after.does for cell in found.behaviour if cell.after.symbol == "set_memory_x"
              and cell.function == "demo_open"}
    assert "only when set_memory_ro() == 0" in said
    other = helper.replace("\tif (!ret)", "\tret = demo_attach(demo);\n\tif (!ret)")
    found = review(old, other + old.replace("demo_first", "demo_seal"))
    assert found.behaviour
    assert not [cell for cell in found.behaviour if "set_memory_ro() == 0" in cell.after.does]
