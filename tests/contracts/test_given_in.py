"""What a helper does for the constants that a call gives it."""

from __future__ import annotations

import pytest

from reviewbot.contracts.effects import events
from reviewbot.contracts.given_in import calls_given
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.source import MemoryTree

HELPERS = """static int set(unsigned long a, bool on)
{
	if (!on)
		return set_memory_np(a, 1);
	return set_memory_p(a, 1);
}

static int pick(unsigned long a, int how)
{
	if (how == 2 && a)
		return set_memory_p(a, 1);
	return how ? set_memory_ro(a, 1) : set_memory_rw(a, 1);
}

static int both(unsigned long a, bool on)
{
	return set(a, on);
}

static int turned(unsigned long a, bool on)
{
	on = !on;
	return set(a, on);
}

static int sync(unsigned long a, bool text)
{
	if (text)
		flush_icache_range(a, a + 4096);
	else
		flush_tlb_kernel_range(a, a + 4096);
	return 0;
}

static int each(unsigned long a, bool text)
{
	return sync(a, text);
}
"""


def outline_of(call: str) -> Outline:
    data = f"{HELPERS}\nint user(unsigned long a, bool on)\n{{\n	return {call};\n}}\n".encode()
    return next(found for [found] in outlines_of("demo.c", data, most=1) if found.name == "user")


def body_of(name: str) -> Outline:
    return next(found for [found] in outlines_of("demo.c", HELPERS.encode(), most=1) if found.name == name)


@pytest.mark.parametrize(("call", "reached"), [
    ("set(a, true)", ["set_memory_p"]),
    ("set(a, false)", ["set_memory_np"]),
    ("set(a, 0)", ["set_memory_np"]),
    ("set(a, on)", ["set_memory_np", "set_memory_p"]),
    ("pick(a, 0)", ["set_memory_rw"]),
    ("pick(a, 1)", ["set_memory_ro"]),
    ("pick(a, 2)", ["set_memory_p", "set_memory_ro"]),
    ("pick(a, MODE)", ["set_memory_p", "set_memory_ro", "set_memory_rw"]),
    ("turned(a, true)", ["set"]),
])
def test_a_branch_for_another_constant_is_not_run(call: str, reached: list[str]) -> None:
    """Of a helper those calls run that its tests leave for the constant; of what is not known, all."""
    outer = outline_of(call)
    expr = next(expr for name in ("set", "pick", "turned") for _, expr in outer.calls_of(name))
    assert [inner.name for inner, _ in calls_given(body_of(expr.name), expr)] == reached


@pytest.mark.parametrize(("call", "effects"), [
    ("each(a, true)", ["flush_icache_range"]), ("each(a, false)", ["flush_tlb_kernel_range"]),
    ("each(a, on)", ["flush_icache_range", "flush_tlb_kernel_range"]),
])
def test_a_constant_is_handed_on(call: str, effects: list[str]) -> None:
    """A helper's helper is given what its caller was given."""
    teacher = Teacher(MemoryTree({}), near="demo.c", data=HELPERS.encode())
    assert [one.name for one in events(outline_of(call), teacher)] == effects
