"""Operations do what the architecture's fact says: split, fail half-way, refuse, do nothing, flush late."""

from __future__ import annotations

from small_machine import fact, run, runtime, scenario, steps

from reviewbot.arch.machine import Result

NP = "page = { count = 4, starts_leaf = true }"


def said(result: Result) -> list[str]:
    return [event.outcome for event in result.events]


def test_a_range_that_covers_a_leaf_changes_it_whole() -> None:
    """No split, no memory, no failure: the leaf goes not present as one."""
    result = run(steps("set_memory_np(page)\nexpect page absent", pages=NP), fact("set_memory_np"))
    assert (result.outcome, result.states) == ("holds", 3)


def test_a_part_of_a_leaf_that_is_not_present_needs_a_split() -> None:
    """What set_memory_np() left as one leaf can only be made present in part after a split, which can fail."""
    result = run(steps("set_memory_np(page+rest)\nset_direct_map_default_noflush(page)\nread page",
                       pages="page = { count = 1, starts_leaf = true }\nrest = 3"),
                 fact("set_memory_np"), fact("set_direct_map_default_noflush", alias="linear"))
    assert result.violation is not None
    assert result.violation.text.endswith("not present in the direct map as part of a large leaf")


def test_a_failure_leaves_what_lies_before_it_changed() -> None:
    """The first leaf is covered, the second only in part: its split fails, and the first stays changed."""
    pages = "page = { count = 5, starts_leaf = true }"
    text = "err = set_memory_np(page)\nif !err goto out\nread page\nout:\nend"
    result = run(steps(text, pages=pages), fact("set_memory_np"))
    assert said(result)[0].endswith("and what lies before it stays changed")
    assert result.violation is not None
    assert "page[0]" in result.violation.text
    whole = run(steps(text, pages=pages), fact("set_memory_np", partial_on_failure=False))
    assert whole.outcome == "holds"


def test_no_change_needs_no_split() -> None:
    """A page of a large leaf that is already as wanted is left alone, and nothing can fail."""
    text = "err = set_direct_map_default_noflush(page)\nif !err goto out\nexpect page absent\nout:\nend"
    result = run(steps(text), fact("set_direct_map_default_noflush", alias="linear"))
    assert (result.outcome, result.states) == ("holds", 2)


def test_a_walk_over_page_entries_refuses_a_large_leaf() -> None:
    """Where the architecture cannot split, a large leaf is an error however much of it is meant."""
    text = "err = set_memory_np(page)\nif err goto out\nexpect page writable\nout:\nend"
    assert run(steps(text, pages=NP), fact("set_memory_np", splits="cannot")).outcome == "holds"
    of_pages = run(steps(text, pages=NP), fact("set_memory_np", splits="cannot"), runtime("direct_map_of_pages", "1"))
    assert of_pages.outcome == "broken"


def test_a_leaf_changed_whole_takes_the_neighbours_along() -> None:
    """Unmapping one page takes the whole large leaf out of the map, where nothing splits it."""
    result = run(steps("set_direct_map_invalid_noflush(page)\nread next", pages="page = 1\nnext = 1"),
                 fact("set_direct_map_invalid_noflush", splits="cannot", large_leaf="whole", alias="linear"))
    assert said(result)[0] == "changes the whole large leaf"
    assert result.violation is not None


def test_a_guard_decides_whether_anything_happens() -> None:
    """An entry of noop_when that is a condition over known names is a guard; prose is not."""
    guarded = fact("set_direct_map_invalid_noflush", alias="linear",
                   noop_when=["!rodata_full: returns 0", "numpages == 0", "a hole"])
    text = "set_direct_map_invalid_noflush(page)\nread page"
    names = runtime("rodata_full", "1", 'parameters = { "rodata=off" = false }')
    assert run(steps(text), guarded, names).outcome == "broken"
    off = run(steps(text), guarded, names, config=("rodata=off",))
    assert off.outcome == "holds"
    assert dict(off.calls)["set_direct_map_invalid_noflush()"].startswith("does nothing: !rodata_full")
    assert dict(off.config)["rodata_full"] is False


def test_a_void_function_drops_its_error() -> None:
    """The split fails inside a void function: nobody learns of it."""
    result = run(steps("err = __kernel_map_pages(page, 0)\nif err goto out\nexpect page absent\nout:\nend"),
                 fact("__kernel_map_pages", returns="void", may_fail=False, alias="linear"))
    assert said(result)[0] == "-ENOMEM inside, dropped: no page for the table that a split needs"


def test_the_other_mapping_follows_only_under_its_guard() -> None:
    """A fact with an alias_guard changes the direct map only where that holds."""
    ro = fact("set_memory_ro", alias_guard="rodata_full", splits="cannot")
    names = (runtime("rodata_full", "1"), runtime("direct_map_of_pages", "1"))
    text = "map page rw\nset_memory_ro(page)\nexpect vmap page read-only\nexpect page read-only"
    assert run(steps(text), ro, *names).outcome == "holds"
    off = run(steps(text), ro, *names, config=("!rodata_full",))
    assert off.violation is not None
    assert off.violation.text.endswith("writable in the direct map")


def test_permission_to_execute_stays_at_the_address_given() -> None:
    """set_memory_rox() on an area makes the alias in the direct map read-only, never executable."""
    result = run(steps("map page rw\nerr = set_memory_rox(page)\nif err goto out\nrun page\nexpect page read-only\n"
                       "expect page not-executable\nout:\nend"), fact("set_memory_rox"))
    assert result.outcome == "holds"


def test_sleeping_depends_on_its_guard() -> None:
    """A function that sleeps only for a split does not sleep where there is none to do."""
    unmap = fact("__kernel_map_pages", returns="void", may_fail=False, alias="linear",
                 sleep_guard="!direct_map_of_pages")
    atomic = steps("__kernel_map_pages(page, 0)", actor='context = "atomic"')
    assert run(atomic, unmap, runtime("direct_map_of_pages", "0")).outcome == "broken"
    assert run(atomic, unmap, runtime("direct_map_of_pages", "1")).outcome == "holds"


def test_a_hypervisor_may_refuse_at_every_page() -> None:
    """A conversion that failed leaves every page of the range in a state that nobody knows, even the unchanged ones."""
    text = "err = set_memory_decrypted(page)\nif !err goto out\nexpect page private\nout:\nend"
    result = run(steps(text, pages="page = 2"), fact("set_memory_decrypted"))
    assert result.violation is not None
    assert result.violation.text.endswith("is of unknown state")


def test_a_conversion_that_needs_no_split_leaves_the_map_alone() -> None:
    """Where a hypercall does it all, a large leaf is neither split nor refused."""
    call = fact("set_memory_decrypted", splits="no", may_fail=False)
    result = run(steps("set_memory_decrypted(page)\nexpect page shared"), call)
    assert (result.outcome, result.states) == ("holds", 3)


def test_the_allocator_unmaps_under_page_allocator_debugging() -> None:
    """With debugging on, what is free is out of the map, and what is handed out is back."""
    entries = (fact("debug_pagealloc_map_pages", returns="void", may_fail=False, calls="__kernel_map_pages",
                    alias="linear"),
               fact("debug_pagealloc_unmap_pages", returns="void", may_fail=False, calls="__kernel_map_pages",
                    alias="linear"),
               fact("__kernel_map_pages", returns="void", may_fail=False, splits="no", sleeps=False, alias="linear"),
               runtime("debug_pagealloc_enabled", "1"), runtime("direct_map_of_pages", "1"))
    assert run(steps("free page\nexpect page absent\nalloc page\nwrite page"), *entries).outcome == "holds"
    assert run(steps("free page\nread page"), *entries).outcome == "broken"


def test_the_freezer_waits_for_tasks_to_rest() -> None:
    """Tasks freeze before they begin, when they rest, or when they are done; never in between."""
    text = '''
        title = "t"
        text = "t"
        [pages]
        page = 1
        [[assumption]]
        name = "frozen"
        text = "Tasks are frozen."
        [[actor]]
        name = "task"
        freezable = true
        steps = """
        set_direct_map_invalid_noflush(page)
        REST
        set_direct_map_default_noflush(page)
        """
        [[actor]]
        name = "reader"
        steps = """
        assume frozen: freeze
        read page
        """
    '''
    entries = (fact("set_direct_map_invalid_noflush", alias="linear"),
               fact("set_direct_map_default_noflush", alias="linear"))
    safe = run(scenario(text.replace("REST\n", "\n")), *entries)
    assert (safe.outcome, safe.rests_on) == ("holds", ("frozen",))
    assert run(scenario(text.replace("REST", "rest")), *entries).outcome == "broken"
    assert run(scenario(text.replace("REST\n", "\n")), *entries, without=("frozen",)).outcome == "broken"


def test_too_many_states_leave_the_answer_open() -> None:
    """A search that is cut short says that it does not know, never that all is well."""
    result = run(steps("write page\nwrite page\nwrite page"), most_states=2)
    assert result.outcome == "open"


def test_functions_that_call_one_another_in_a_circle_come_to_no_end() -> None:
    """Two wrappers that each hand on to the other are an error of the model or of a patch, not a walk without end."""
    result = run(steps("kernel_map_pages(page, 1)"),
                 fact("kernel_map_pages", calls="debug_pagealloc_map_pages"),
                 fact("debug_pagealloc_map_pages", calls="kernel_map_pages"))
    assert (result.outcome, result.states) == ("absent", 0)
    assert result.why.startswith("kernel_map_pages() calls itself on demo")
