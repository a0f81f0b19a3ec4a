"""One call that does the work of two, and two that do the work of one: nothing of the memory changes by that."""

from __future__ import annotations

import pytest
from one_patch import review

TWO = """int demo_open(struct demo *demo)
{
	set_memory_ro((unsigned long)demo->text, demo->pages);
	set_memory_x((unsigned long)demo->text, demo->pages);
	return 0;
}
"""
ONE = TWO.replace("""	set_memory_ro((unsigned long)demo->text, demo->pages);
	set_memory_x(""", "	set_memory_rox(")


@pytest.mark.parametrize(("old", "new"), [(TWO, ONE), (ONE, TWO)])
def test_one_call_for_two_changes_nothing(old: str, new: str) -> None:
    """The memory is read-only and executable as before, and the results are dropped as before."""
    found = review(old, new)
    assert {cell.seen for cell in found.behaviour} == {"same"}
    assert not [one for one in found.findings if one.introduced and one.level in {"error", "warning", "question"}]


def test_one_call_on_other_memory_is_another() -> None:
    """Of two objects, one keeps its two calls in other words: the other's are gone."""
    found = review(TWO, ONE.replace("demo->text", "demo->data"))
    assert {cell.seen for cell in found.behaviour} != {"same"}


def test_one_call_for_one_of_two_is_a_change() -> None:
    """Memory that was only made read-only is made executable as well."""
    found = review(TWO.replace("	set_memory_x((unsigned long)demo->text, demo->pages);\n", ""), ONE)
    assert {cell.seen for cell in found.behaviour} == {"changes"}
