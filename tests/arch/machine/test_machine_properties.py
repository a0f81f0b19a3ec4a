"""A bug is planted for each property, and found by the shortest way; its mended twin holds."""

from __future__ import annotations

import pytest
from small_machine import fact, run, scenario, steps

INVALID = fact("set_direct_map_invalid_noflush", alias="linear", flushes=False)
DEFAULT = fact("set_direct_map_default_noflush", alias="linear", flushes=False)
RO, X = fact("set_memory_ro"), fact("set_memory_x", alias="vmalloc")
SHARE, UNSHARE = fact("set_memory_decrypted"), fact("set_memory_encrypted")


def test_a_read_of_a_page_that_is_not_present_is_found() -> None:
    """Somebody reads a page while its owner has it out of the direct map: two steps show it."""
    planted = scenario('''
        title = "t"
        text = "t"
        [pages]
        page = 1
        [[actor]]
        name = "owner"
        steps = """
        set_direct_map_invalid_noflush(page)
        set_direct_map_default_noflush(page)
        """
        [[actor]]
        name = "reader"
        steps = "read page"
    ''')
    result = run(planted, INVALID, DEFAULT)
    assert (result.outcome, result.depth) == ("broken", 2)
    assert result.violation is not None
    assert result.violation.broken == "read"
    assert result.violation.text == "reader reads page, which is not present in the direct map"
    assert [event.actor for event in result.events] == ["owner", "reader"]


def test_a_lock_around_both_keeps_the_reader_safe() -> None:
    """The same two actors under one mutex are never seen in between."""
    mended = scenario('''
        title = "t"
        text = "t"
        [pages]
        page = 1
        [[actor]]
        name = "owner"
        steps = """
        mutex_lock map
        set_direct_map_invalid_noflush(page)
        set_direct_map_default_noflush(page)
        mutex_unlock map
        """
        [[actor]]
        name = "reader"
        steps = """
        mutex_lock map
        read page
        mutex_unlock map
        """
    ''')
    assert run(mended, INVALID, DEFAULT).outcome == "holds"


@pytest.mark.parametrize(("text", "words"), [
    ("set_direct_map_invalid_noflush(page)\nfree page", "while it is not present in the direct map"),
    ("set_memory_ro(page)\nfree page", "while it is read-only in the direct map"),
    ("err = set_memory_decrypted(page)\nif err goto out\nfree page\nout:\nend", "while it is shared with the"),
    ("err = set_memory_decrypted(page)\nif !err goto out\nfree page\nout:\nend", "nobody knows whether it is private"),
    ("map page rx\nunmap page\nfree page", "or a TLB, still lets it be executed"),
    ("free page\nfree page", "which is free already"),
    ("leak page\nfree page", "which it had given up"),
])
def test_a_page_freed_in_a_wrong_state_is_found(text: str, words: str) -> None:
    """Memory goes back to the allocator unmapped, read-only, shared, unknown, executable or twice."""
    result = run(steps(text), INVALID, RO, SHARE)
    assert result.violation is not None
    assert result.violation.broken == "free"
    assert words in result.violation.text


@pytest.mark.parametrize("text", [
    "set_direct_map_invalid_noflush(page)\nset_direct_map_default_noflush(page)\nfree page",
    ("err = set_memory_decrypted(page)\nif err goto lost\nbad = set_memory_encrypted(page)\nif bad goto lost\n"
     "free page\nend\nlost:\nleak page"),
    "map page rx\nunmap page\nflush page\nfree page",
    "free page\nalloc page\nfree page",
])
def test_a_page_freed_in_order_is_fine(text: str) -> None:
    """The same pages, put back before they are freed, or leaked where nobody can tell."""
    assert run(steps(text), INVALID, DEFAULT, SHARE, UNSHARE).outcome == "holds"


def test_a_mapping_that_is_writable_and_executable_is_found() -> None:
    """Execute before read-only leaves a moment with both; the other order does not."""
    wrong = run(steps("map page rw\nset_memory_x(page)\nset_memory_ro(page)"), RO, X)
    assert wrong.violation is not None
    assert wrong.violation.broken == "write-execute"
    assert wrong.depth == 2
    assert run(steps("map page rw\nset_memory_ro(page)\nset_memory_x(page)"), RO, X).outcome == "holds"


def test_an_old_tlb_entry_counts_as_writable() -> None:
    """Where read-only does not flush, the page stays writable through TLBs until somebody flushes."""
    lazy, late = fact("set_memory_ro", flushes=False), fact("set_memory_x", alias="vmalloc", flushes=False)
    wrong = run(steps("map page rw\nset_memory_ro(page)\nset_memory_x(page)"), lazy, late)
    assert wrong.violation is not None
    assert "because a TLB still holds the old entry" in wrong.violation.text
    assert run(steps("map page rw\nset_memory_ro(page)\nflush page\nset_memory_x(page)"), lazy, late).outcome == "holds"


def test_a_caller_that_goes_on_after_an_error_is_found() -> None:
    """The result of set_memory_ro() is dropped: after a failed split the direct map is not what the caller thinks."""
    dropped = run(steps("map page rw\nset_memory_ro(page)\nexpect page read-only"), RO)
    assert dropped.violation is not None
    assert dropped.violation.broken == "view"
    assert dropped.events[1].failed
    assert "returns -ENOMEM: no page for the table that a split needs" in dropped.events[1].outcome
    seen = "map page rw\nerr = set_memory_ro(page)\nif err goto out\nexpect page read-only\nout:\nend"
    assert run(steps(seen), RO).outcome == "holds"


def test_a_caller_that_believes_in_a_function_that_does_nothing_is_found() -> None:
    """A stub returns 0, and the page is still there."""
    stub = fact("set_direct_map_invalid_noflush", status="stub", may_fail=False, noop_when=["always: the fallback"])
    text = "err = set_direct_map_invalid_noflush(page)\nif err goto out\nexpect page absent\nout:\nend"
    result = run(steps(text), stub)
    assert result.violation is not None
    assert result.violation.text == "somebody takes page to be absent, and it is writable in the direct map"
    assert result.events[0].outcome == "does nothing: always: the fallback"


@pytest.mark.parametrize(("text", "actor"), [
    ("set_memory_ro(page)", 'context = "atomic"'),
    ("spin_lock pool\nset_memory_ro(page)", ""),
    ("atomic\nset_memory_ro(page)", ""),
    ("spin_lock pool\nmutex_lock map", ""),
])
def test_sleeping_in_atomic_context_is_found(text: str, actor: str) -> None:
    """A call that may sleep, or a mutex, in an interrupt, under a spinlock or with preemption off."""
    result = run(steps(text, actor=actor), RO)
    assert result.violation is not None
    assert result.violation.broken == "sleep"


@pytest.mark.parametrize("text", ["spin_lock pool\nspin_unlock pool\nset_memory_ro(page)",
                                  "atomic\npreempt\nset_memory_ro(page)"])
def test_sleeping_afterwards_is_fine(text: str) -> None:
    """The lock is dropped first."""
    assert run(steps(text), RO).outcome == "holds"
