"""A stored fact after a series has changed the function that it is about."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from reviewbot.arch import Derived, Model, derive_for, load_model, parse_version
from reviewbot.arch.refresh import refresh
from reviewbot.resources import data_folder
from reviewbot.source import MemoryTree

PATH = "arch/arm64/mm/pageattr.c"
BEFORE = """
int set_direct_map_default_noflush(struct page *page)
{
	if (!can_set_direct_map())
		return 0;

	return apply_to_page_range(&init_mm, (unsigned long)page_address(page), PAGE_SIZE, change_page_range, NULL);
}
"""


@cache
def _model() -> Model:
    return load_model((data_folder("rules"),))


def _derived(code: str) -> Derived:
    derived = derive_for(MemoryTree({PATH: code.encode()}), PATH, "set_direct_map_default_noflush", None)
    assert derived is not None
    return derived


def test_what_did_not_change_stays_as_the_model_says() -> None:
    """The same code gives the same fact, whatever the derivation does not know of it."""
    [fact, *_] = _model().fact("arm64", "set_direct_map_default_noflush", parse_version("6.12"))
    assert refresh(fact, _derived(BEFORE), _derived(BEFORE)) == fact


def test_a_changed_guard_error_and_flush_change_the_fact() -> None:
    """A guard that goes, a new error and a new flush stand in the refreshed fact; the rest is as it was."""
    after = BEFORE.replace("\tif (!can_set_direct_map())\n\t\treturn 0;\n",
                           "\tif (PageHighMem(page))\n\t\treturn -EPERM;\n\tflush_tlb_kernel_range(0, PAGE_SIZE);\n")
    [fact, *_] = _model().fact("arm64", "set_direct_map_default_noflush", parse_version("6.12"))
    found = refresh(fact, _derived(BEFORE), _derived(after))
    assert [name for name, _ in found.errnos] == ["EINVAL", "ENOMEM", "EPERM"]
    assert found.noop_when == ()
    assert found.flushes is True
    assert (found.sleeps, found.splits, found.alias) == (fact.sleeps, fact.splits, fact.alias)


def test_nothing_sleeps_any_more_only_where_all_of_it_was_read() -> None:
    """What calls into code that was not read may sleep there: a dropped cond_resched() is not the end of that."""
    [fact, *_] = _model().fact("arm64", "set_direct_map_default_noflush", parse_version("6.12"))
    asleep = replace(fact, sleeps=True)
    head = "int set_direct_map_default_noflush(struct page *page)\n{\n"
    for inner, sleeps in (("demo_split(page);", True), ("page_address(page);", False),
                          ("kmalloc(PAGE_SIZE, GFP_KERNEL);", True)):
        old, new = (f"{head}\t{inner}\n{rest}\treturn 0;\n}}\n" for rest in ("\tcond_resched();\n", ""))
        assert refresh(asleep, _derived(old), _derived(new)).sleeps is sleeps


def test_an_error_is_gone_only_where_all_of_it_was_read() -> None:
    """What a walk by another name returns nobody knows: the error of the one before may come from there."""
    head = "int set_direct_map_default_noflush(struct page *page)\n{\n"
    fails = head + "\tif (!page)\n\t\treturn -EINVAL;\n\tflush_tlb_kernel_range(0, PAGE_SIZE);\n\treturn 0;\n}\n"
    [fact, *_] = _model().fact("arm64", "set_direct_map_default_noflush", parse_version("6.12"))
    stored = replace(fact, errnos=(("EINVAL", "no page"),), flushes=True)
    other = refresh(stored, _derived(fails), _derived(head + "\treturn demo_walk(page);\n}\n"))
    assert ([name for name, _ in other.errnos], other.may_fail, other.flushes) == (["EINVAL"], True, True)
    nothing = refresh(stored, _derived(fails), _derived(head + "\treturn 0;\n}\n"))
    assert ([name for name, _ in nothing.errnos], nothing.may_fail, nothing.flushes) == ([], False, False)


def test_what_a_function_that_nobody_has_may_do_is_not_known() -> None:
    """A function that now calls one that is nowhere may split there, flush and sleep: what it was not to do is open."""
    [fact, *_] = _model().fact("arm64", "set_direct_map_default_noflush", parse_version("6.12"))
    after = _derived(BEFORE.replace("return apply", "demo_prepare(page);\n\treturn apply"))
    shown, hidden = (refresh(fact, _derived(BEFORE), after, hidden=names) for names in (
        frozenset[str](), frozenset({"demo_prepare", "apply_to_page_range"})))
    assert (shown.splits, shown.flushes, shown.hidden) == ("cannot", False, ())
    assert (hidden.splits, hidden.flushes, hidden.sleeps, hidden.hidden, hidden.assumed) == (
        "unknown", None, None, ("demo_prepare",), True)
    assert (hidden.may_fail, hidden.errnos) == (True, fact.errnos)


def test_a_flush_under_a_new_condition_is_not_told_of_every_call() -> None:
    """A flush that a patch puts into an arm of an if comes in some cases; behind an early return it comes as before."""
    [fact, *_] = _model().fact("arm64", "set_direct_map_default_noflush", parse_version("6.12"))
    stored, head = replace(fact, flushes=True), "int set_direct_map_default_noflush(struct page *page)\n{\n"
    flush = "flush_tlb_kernel_range(0, PAGE_SIZE);"
    before = _derived(f"{head}\tdemo_walk(page);\n\t{flush}\n\treturn 0;\n}}\n")
    for code, sometimes in (
            (f"\tif (demo_was_present(page))\n\t\t{flush}\n", True),
            (f"\tif (!page) {{\n\t\treturn -EINVAL;\n\t}}\n\t{flush}\n", False),
            (f"\tif (page)\n\t\t{flush}\n\telse\n\t\t{flush}\n", False)):
        now = refresh(stored, before, _derived(f"{head}\tdemo_walk(page);\n{code}\treturn 0;\n}}\n"))
        assert (now.flushes, now.flushes_sometimes) == (True, sometimes)
    assert not refresh(stored, before, before).flushes_sometimes
