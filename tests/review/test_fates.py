"""What becomes of a failure: which of the functions on the way decides about it, and what that leaves to the others."""

from __future__ import annotations

import json

import pytest

from reviewbot.report.json_form import render_json
from reviewbot.review.phrases import say_effect

from .test_call_conditions import NOTHING, cells_of, go
from .test_seen import HEAD, PATH, changed, review

KEEPS = """static int demo_put(void *page)
{
	int ret = set_memory_encrypted((unsigned long)page, 1);

	if (ret)
		pr_err("demo: page lost\\n");
	else
		free_page((unsigned long)page);
	return ret;
}

"""
OUTER = "static void demo_clean(void *page)\n{\n	demo_put(page);\n}\n\n"


@pytest.mark.parametrize(("head", "call"), [(KEEPS, "demo_put(page);"), (KEEPS + OUTER, "demo_clean(page);")])
def test_who_keeps_the_page_has_dealt_with_the_failure(head: str, call: str) -> None:
    """A helper that frees what it could change, and nothing else, leaves its callers nothing to do, however many of
    them drop its result."""
    [cell] = cells_of(NOTHING, go(f"	{call}\n	return 0;\n", head))
    assert (cell.after.may_fail, cell.after.on_failure) == (True, "handled")
    assert say_effect(cell.after).endswith("; demo_put() deals with a failure")


def test_who_frees_the_page_all_the_same_has_dropped_it() -> None:
    """Where the page is given back behind the failure too, that is dropped by who drops the result."""
    head = KEEPS.replace("	else\n		free", "	free").replace("		free_page", "	free_page") + OUTER
    [cell] = cells_of(NOTHING, go("	demo_clean(page);\n	return 0;\n", head))
    assert cell.after.on_failure == "dropped"


GIVES = """static int demo_fill(void *page)
{
	int ret = set_memory_decrypted((unsigned long)page, 1);

	if (ret)
		goto free;
	ret = demo_add(page);
free:
ARM	free_page((unsigned long)page);
END	return ret;
}

static void demo_more(void *page)
{
	demo_fill(page);
}

"""
WITH_ARM = GIVES.replace("ARM", "#ifdef CONFIG_DEMO_NOWHERE\n").replace("END", "#endif\n")
KEPT = """static int demo_fill(void *page)
{
	bool leak = false;
	int ret = set_memory_decrypted((unsigned long)page, 1);

	if (ret) {
		leak = true;
		goto free;
	}
	ret = demo_add(page);
free:
	if (!leak)
		free_page((unsigned long)page);
	return ret;
}

static void demo_more(void *page)
{
	demo_fill(page);
}

"""
MORE = "	demo_more(page);\n	return 0;\n"


def test_what_a_helper_does_with_the_memory_is_told_where_it_does_another_thing() -> None:
    """Its result is handed on and dropped as before: what changed is whether the memory of a failed call is freed."""
    found = changed(go(MORE, GIVES.replace("ARM", "").replace("END", "")),
                    go("	demo_note(page);\n" + MORE, KEPT))
    said = [one.statement for one in found.level_set if "after a failure" in one.statement]
    assert said
    assert all("demo_fill() keeps the memory after a failure (before: demo_fill() gives back the memory after a fail"
               in text for text in said)
    assert not any("drops a failure" in one.statement for one in found.level_set)
    [cell] = [one for one in json.loads(render_json(found))["behaviour"] if one["changed"]]
    assert [cell[side]["does"].partition("; ")[2] for side in ("before", "after")] == [
        "demo_fill() gives back the memory after a failure", "demo_fill() keeps the memory after a failure"]


def test_a_free_that_the_configuration_leaves_out_is_none() -> None:
    """Where the page was never given back, that it is kept now is no difference."""
    kconfig = {"Kconfig": "source \"arch/$(SRCARCH)/Kconfig\"\n",
               "arch/x86/Kconfig": "config X86\n	def_bool y\n\nconfig DEMO_NOWHERE\n	bool\n",
               "arch/x86/Makefile": "obj-y += kernel/\n", "arch/x86/kernel/Makefile": "obj-y += demo.o\n"}
    old, new = go(MORE, WITH_ARM), go("	demo_note(page);\n" + MORE, KEPT)
    found = review({PATH: old, **kconfig}, {PATH: new, **kconfig})
    fates = {(cell.before.on_failure, cell.after.on_failure) for cell in found.behaviour
             if cell.function == "demo_go" and cell.config == ()}
    assert all(was == now for was, now in fates), fates
    assert not any("(before: demo_more() drops a failure)" in one.statement for one in found.level_set)


def test_a_helper_that_warns_now_is_told_beside_one_that_dropped_it() -> None:
    """That neither gives the memory back does not make the two alike: the failure is heard of now."""
    helper = "static void demo_quiet(void *page)\n{\n	set_memory_encrypted((unsigned long)page, 1);\n}\n\n"
    loud = helper.replace("demo_quiet", "demo_loud").replace("\tset_memory_encrypted((unsigned long)page, 1);",
                                                             "\tWARN_ON(set_memory_encrypted((unsigned long)page, 1));")
    [cell] = [one for one in changed(go("	demo_quiet(page);\n	return 0;\n", helper + loud),
                                     go("	demo_loud(page);\n	return 0;\n", helper + loud)).behaviour
              if one.function == "demo_go"]
    assert (cell.before.on_failure, cell.after.on_failure) == ("dropped", "warned")


def test_who_warns_and_keeps_the_memory_deals_with_the_failure() -> None:
    """The way out in front of the free is what is done about it, whatever is printed; without it, it is a warning."""
    free = """static void demo_put(void *page)
{
	int ret = set_memory_encrypted((unsigned long)page, 1);

	if (ret) {
		WARN_ONCE(ret, "leaked");
RETURN	}
	free_page((unsigned long)page);
}

"""
    for leave, fate in (("		return;\n", "handled"), ("", "warned")):
        code = HEAD + free.replace("RETURN", leave) + "void demo_close(void *page)\n{\n%s}\n"
        found = changed(code % "", code % "	demo_put(page);\n")
        assert {cell.after.on_failure for cell in found.behaviour if cell.function == "demo_close"} == {fate}
