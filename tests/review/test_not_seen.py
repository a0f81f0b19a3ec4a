"""A sentence about several calls says of each of them in which function it stands."""

from __future__ import annotations

from reviewbot.review.not_seen import not_seen
from reviewbot.review.unseen import Unseen
from tests.review.test_seen import HEAD, changed


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


RING = HEAD + """int demo_open(struct demo *demo, void *buf, void *other)
{
	int ret;

	ret = set_memory_decrypted((unsigned long)buf, 1);
	if (ret)
		return ret;
	ret = demo_post(demo);
	if (ret)
		demo_keep(demo, set_memory_encrypted((unsigned long)buf, 1));
	return ret;
}
"""


def test_a_doubt_about_what_came_before_is_left_out_where_that_is_told() -> None:
    """That the memory is shared in fewer cases now is a sentence of its own: what the way back meets follows from it.
    """
    call = "	ret = set_memory_decrypted((unsigned long)buf, 1);\n	if (ret)\n		return ret;\n"
    found = changed(RING, RING.replace(call, "	if (demo->shared) {\n" + call.replace("\t", "\t\t", 1).replace(
        "\n\t", "\n\t\t") + "	}\n"))
    assert [cell.call for cell in found.behaviour if cell.doubt] == ["set_memory_encrypted((unsigned long)buf, 1)"]
    said = [entry.statement for entry in found.level_set]
    assert any("is called only when demo->shared" in text for text in said)
    assert not any("on the same memory before" in text for text in said)
