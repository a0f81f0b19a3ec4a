"""Differences between effects are said in few words, and moved definitions are no difference."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.findings.types import Cell, Effect
from reviewbot.review.phrases import say_change, say_config, say_effect

ABSENT = Effect(resolves_to="absent", via=(), does="is not called", may_fail=False, errnos=(), on_failure="cannot-fail")
OLD = Effect(resolves_to="arch/arm64/mm/pageattr.c:10", via=(), may_fail=True, errnos=("EINVAL",), on_failure="dropped",
             does="map_all() cannot split a large leaf, flushes, does nothing when !a && !b")
NEW = replace(OLD, resolves_to="arch/arm64/mm/pageattr.c:90",
              does="map_one() cannot split a large leaf, leaves the flush to the caller, does nothing when !b",
              on_failure="warned")


def cell(before: Effect, after: Effect) -> Cell:
    return Cell(patch="1", file="mm/a.c", function="f", call="map_one(page)", arch="arm64",
                config=(("DEBUG_PAGEALLOC", "y"),), before=before, after=after)


def test_only_what_differs_is_said() -> None:
    """What both sides have in common, the split here, is not repeated."""
    assert say_change(OLD, NEW) == (
        "map_one() instead of map_all(); leaves the flush to the caller (before: flushes); "
        "does nothing when !b (before: does nothing when !a && !b); "
        "a failure is only warned about (before: a failure is dropped)")


def test_two_ways_to_split_nothing_are_one() -> None:
    """A call that cannot split and one that never has to are the same to a caller; what else differs is said alone."""
    never = replace(OLD, does="f() never has to split, flushes")
    cannot = replace(OLD, does="f() cannot split a large leaf, flushes, may sleep")
    assert never.value == replace(OLD, does="f() cannot split a large leaf, flushes").value
    assert say_change(never, cannot) == "may sleep"


def test_new_and_gone_calls() -> None:
    """A call that is new says what it does; one that is gone says only that."""
    assert say_change(ABSENT, NEW).startswith("now map_one() cannot split")
    assert say_change(OLD, ABSENT) == "map_all() is no longer called"
    assert say_effect(ABSENT) == "nothing is called"


def test_a_side_that_no_kernel_was_built_with_is_told_as_that() -> None:
    """What does not compile or link calls nothing, so that a call is not just gone from it; nor can it fail."""
    unlinked = replace(OLD, does="map_all() is not exported, so that the module does not link", may_fail=False,
                       errnos=(), on_failure="cannot-fail")
    undeclared = replace(unlinked, resolves_to="undeclared",
                         does="map_all() is called only when a, is not declared there")
    assert say_change(unlinked, ABSENT) == (
        "map_all() is no longer called (before: it was not exported, and the module did not link)")
    assert say_change(undeclared, ABSENT) == "map_all() is no longer called (before: it was not declared there)"
    assert say_change(unlinked, OLD).endswith("(before: it was not exported, and the module did not link)")
    assert say_change(ABSENT, unlinked) == f"now {unlinked.does} (before: no such call was there)"
    assert say_change(OLD, unlinked) == f"{unlinked.does} (before: {say_effect(OLD)})"


def test_a_moved_definition_is_no_difference() -> None:
    """The same effect at another line is not a change of behaviour."""
    assert not cell(OLD, replace(OLD, resolves_to="arch/arm64/mm/pageattr.c:99")).changed
    assert not cell(OLD, replace(OLD, via=("helper",))).changed
    assert not cell(replace(OLD, errnos=("EINVAL", "ENOMEM")), replace(OLD, errnos=("ENOMEM", "EINVAL"))).changed
    assert not cell(ABSENT, replace(ABSENT, does="nothing is called")).changed
    assert cell(OLD, NEW).changed
    assert cell(OLD, replace(OLD, errnos=("ENOMEM",))).changed
    assert say_config(cell(OLD, NEW)) == ", with DEBUG_PAGEALLOC=y"


def test_a_stub_of_which_the_value_is_not_told_is_no_other() -> None:
    """What a release knows of a stub, and what its code tells besides, is no change; two values are."""
    stub = replace(ABSENT, resolves_to="stub", does="is_mapped() does nothing", symbol="is_mapped")
    true = replace(stub, does="is_mapped() does nothing and returns true")
    assert not cell(stub, true).changed
    assert not cell(true, stub).changed
    assert cell(true, replace(stub, does="is_mapped() does nothing and returns false")).changed


def test_what_is_seen_has_three_values() -> None:
    """Effects that look alike are the same only where that was proved."""
    assert cell(OLD, NEW).seen == "changes"
    assert cell(OLD, OLD).seen == "same"
    assert replace(cell(OLD, OLD), doubt="its arguments are written otherwise").seen == "not-seen"


def test_every_difference_has_words() -> None:
    """Where two effects differ the sentence is not empty, and it has no double negation."""
    for other in (replace(OLD, errnos=("ENOMEM",)), replace(OLD, may_fail=False),
                  replace(OLD, does="map_all() flushes, does nothing when !a && !b")):
        said = say_change(OLD, other)
        assert said
        assert "no longer cannot" not in said
    assert say_change(OLD, replace(OLD, errnos=("ENOMEM",))) == "can fail with ENOMEM (before: EINVAL)"


def test_what_is_not_known_of_one_side_is_no_change() -> None:
    """That only one side's ways to fail are known is a difference of what is known, not of what the code does."""
    assert not cell(OLD, replace(OLD, known=False, may_fail=False, errnos=())).changed
    assert not cell(OLD, replace(OLD, known=False, does=f"{OLD.does}, may perhaps fail (not known)")).changed
    assert not cell(OLD, replace(OLD, errnos=())).changed
    assert not cell(OLD, replace(OLD, errnos=("ENOMEM",), read_from="code")).changed
    assert cell(OLD, replace(OLD, known=False, on_failure="returned")).changed


def test_clauses_in_brackets_stay_whole() -> None:
    """A condition with a comma is one clause."""
    before = replace(OLD, does="map_all() is called only when has(dev, 1), flushes")
    after = replace(OLD, does="map_all() is called only when has(dev, 2), flushes")
    assert say_change(before, after) == "is called only when has(dev, 2) (before: is called only when has(dev, 1))"


def test_a_test_that_is_gone_is_said_in_the_order_of_english() -> None:
    """A call that is no longer under a test is called without it, other clauses get their words in front."""
    guarded = replace(OLD, does="map_all() is called only when ready(), may sleep")
    assert say_change(guarded, replace(OLD, does="map_all() flushes")) == (
        "flushes; is called without the condition ready(); can no longer sleep")


def test_a_stub_that_does_nothing_is_no_call() -> None:
    """No caller can tell a stub that returns 0 from no call at all; one that returns an error it can."""
    stub = Effect(resolves_to="stub", via=(), does="map_one() does nothing and returns 0", may_fail=False, errnos=(),
                  on_failure="cannot-fail")
    assert not cell(ABSENT, stub).changed
    assert not cell(stub, ABSENT).changed
    assert cell(OLD, stub).changed
    assert cell(ABSENT, replace(stub, does="map_one() does nothing and returns -ENOSYS", may_fail=True)).changed
    assert cell(ABSENT, replace(stub, does="is_mapped() does nothing and returns true")).changed


def test_a_stub_that_is_past_is_told_with_what_is_there_now() -> None:
    """What a definition does is told, or that it is there and was not followed; what it was stands in brackets."""
    idle = Effect(resolves_to="stub", via=(), may_fail=False, errnos=(), on_failure="cannot-fail",
                  does="f() does nothing and returns 0")
    unknown = replace(idle, resolves_to="arch/arm64/mm/demo.c:4", does="f() may perhaps fail (not known)",
                      may_fail=True, known=False, on_failure="returned")
    assert say_change(idle, unknown) == (
        "is defined in arch/arm64/mm/demo.c; what it does there was not worked out "
        "(before: does nothing and returns 0)")
    works = replace(unknown, does="f() flushes, may sleep", known=True, errnos=("ENOMEM",))
    assert say_change(idle, works) == (
        "flushes; may sleep (before: does nothing and returns 0); "
        "a failure is returned (before: it cannot fail)")
