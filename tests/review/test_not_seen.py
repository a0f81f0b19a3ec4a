"""A sentence about several calls says of each of them in which function it stands."""

from __future__ import annotations

from reviewbot.review.not_seen import not_seen
from reviewbot.review.unseen import Unseen


def told(*whats: str, why: str) -> list[str]:
    questions = [Unseen(patch=1, file="mm/demo.c", line=1, what=what, near=True, kind="call", why=why)
                 for what in whats]
    return [entry.statement for entry in not_seen((), questions)]


DECISION = "whether the calls do what they did was not decided."


def test_each_call_stands_with_its_function() -> None:
    """A list of functions and calls in turn would give the calls of one to another."""
    [said] = told("demo_open(), set_memory_ro(map, 1)", "demo_close(), set_memory_rw(map, 1)",
                  why="its condition asks demo_on(), which the patch changes")
    listed = "set_memory_ro(map, 1) in demo_open() and set_memory_rw(map, 1) in demo_close()"
    assert said == f"Patch 1, {listed}: their condition asks demo_on(), which the patch changes; {DECISION}"


def test_two_calls_of_one_function_are_kept_together() -> None:
    """Where a function has several of them the functions are set apart."""
    [said] = told("demo_open(), set_memory_ro(map, 1)", "demo_close(), set_memory_nx(map, 1)",
                  "demo_close(), set_memory_rw(map, 1)", why="its arguments are written otherwise")
    listed = "set_memory_ro(map, 1) in demo_open(); set_memory_nx(map, 1) and set_memory_rw(map, 1) in demo_close()"
    assert said == f"Patch 1, {listed}: their arguments are written otherwise; {DECISION}"


def test_a_long_list_leaves_the_arguments_out() -> None:
    """Calls with many words are named alone, and one call keeps its words."""
    long = f"demo_share(demo->{'memory' * 30}, 1)"
    why = "its arguments are written otherwise"
    listed = "demo_share() in demo_open() and demo_hide() in demo_close()"
    assert told(f"demo_open(), {long}", "demo_close(), demo_hide(map)", why=why) == [
        f"Patch 1, {listed}: their arguments are written otherwise; {DECISION}"]
    assert told(f"demo_open(), {long}", why=why)[0].startswith(f"Patch 1, demo_open(), {long}: {why}")


def test_a_condition_of_several_calls_is_one() -> None:
    """Its verb stays as it is where the calls are several."""
    [said] = told("demo_open(), demo_share(map)", "demo_close(), demo_hide(map)",
                  why="its condition is written otherwise, 'b()' (before: 'a()')")
    assert "demo_hide(map) in demo_close(): their condition is written otherwise, 'b()'" in said
