"""Tests that stand in some `#if` arms of a function only."""

from __future__ import annotations

from reviewbot.cfacts import read_file
from reviewbot.logic import Not, Or, Var

CODE = b"""void release(struct task *task)
{
#ifdef CONFIG_AREAS
	struct area *area = area_of(task);

	if (area) {
		put(area);
		return;
	}
#endif
	if (task->ready)
		set_memory_rw(task->stack, 1);
}
"""


def test_test_of_one_arm_asks_nothing_where_that_arm_is_left_out() -> None:
    """A test inside an `#ifdef` decides about a call behind it only where the option is set."""
    facts = read_file("a.c", CODE, names=frozenset({"set_memory_rw"}))
    call = next(call for call in facts.calls if call.callee == "set_memory_rw")
    assert [guard.condition for guard in call.guards] == [
        Or(Not(Var("CONFIG_AREAS")), Not(Var("area"))), Var("task->ready")]
