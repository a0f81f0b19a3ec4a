"""A helper that a patch folds into its caller takes its tests along: they are compared after both sides are opened."""

from __future__ import annotations

from tests.review.test_seen import HEAD, changed

HELPER = """static int demo_share(void *page, int count)
{
	if (demo_off)
		return 0;
	if (WARN_ON_ONCE(demo_slots))
		return -ENOMEM;
	set_memory_decrypted((unsigned long)page, count);
	return 0;
}

"""
CALLER = """int demo_late(int count)
{
	void *page = demo_get(count);

	if (!page)
		return -ENOMEM;
	return demo_share(page, count);
}
"""
FOLDED = """int demo_late(int count)
{
	void *page;

	if (demo_off)
		return 0;
	if (WARN_ON_ONCE(demo_slots))
		return -ENOMEM;
	page = demo_get(count);
	if (!page)
		return -ENOMEM;
	set_memory_decrypted((unsigned long)page, count);
	return 0;
}
"""


def test_tests_that_move_with_a_folded_helper_are_still_there() -> None:
    """Guards of the helper stand in its caller then: none of them is said to be gone."""
    cells = [cell for cell in changed(HEAD + HELPER + CALLER, HEAD + FOLDED).behaviour
             if cell.function == "demo_late"]
    assert [(cell.before.via, cell.after.via, cell.changed) for cell in cells] == [(("demo_share",), (), False)]


def test_a_test_that_the_folded_helper_loses_is_told() -> None:
    """What is left out on the way is a change."""
    lost = FOLDED.replace("	if (demo_off)\n		return 0;\n", "")
    cells = [cell for cell in changed(HEAD + HELPER + CALLER, HEAD + lost).behaviour if cell.function == "demo_late"]
    assert [cell.changed for cell in cells] == [True]
    assert "demo_off" in cells[0].before.does
    assert "demo_off" not in cells[0].after.does


def test_a_call_that_was_folded_in_the_other_direction_is_the_same() -> None:
    """So is one whose tests a new helper takes over."""
    cells = [cell for cell in changed(HEAD + FOLDED, HEAD + HELPER + CALLER).behaviour
             if cell.function == "demo_late"]
    assert [cell.changed for cell in cells] == [False]
