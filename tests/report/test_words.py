"""How the head says that the patches went."""

from __future__ import annotations

from dataclasses import replace

import report_sample as sample

from reviewbot.report.words import is_there_or_fits, say_all_applied, say_patch_applied

THERE = "the tree has this change already: it was taken out first"
OTHERWISE = "the tree has another form of this change: it was taken out first"


def _file(applies: str, note: str = "") -> object:
    return sample.patched_file("mm/a.c", "a", "b", applies=applies, note=note)  # type: ignore[arg-type]  # short form


def test_a_patch_that_the_tree_has_was_not_placed() -> None:
    """A patch of which the tree has all or some hunks is said to be there, whatever placed the rest."""
    whole = sample.state(1, (_file("merged", THERE),), applies="merged")  # type: ignore[arg-type]
    part = sample.state(2, (_file("merged", "the tree has hunk 2 of 2 already: taken out first"),  # type: ignore[arg-type]
                            ), applies="merged")
    torn = sample.state(3, (_file("merged"), _file("fragment")), applies="merged")  # type: ignore[arg-type]
    assert say_all_applied((whole, part, torn)) == (
        "Patch 1 is in the tree already and was taken out first; patch 2 is in the tree in part "
        "(hunk 2 of 2 of mm/a.c); patch 3 fits this tree only in part.")
    assert [say_patch_applied(state) for state in (whole, part, torn)] == [
        "is in the tree already and was taken out first", "is in the tree in part", "fits this tree only in part"]
    assert [is_there_or_fits(state) for state in (whole, part, torn)] == [True, False, False]


def test_many_patches_are_counted() -> None:
    """More than five patches are a number, not a list."""
    states = [sample.state(n, (_file("merged"),), applies="merged") for n in range(1, 8)]  # type: ignore[arg-type]
    states.append(sample.state(8, (_file("failed"),), applies="failed"))  # type: ignore[arg-type]
    assert say_all_applied(states) == "7 patches were placed hunk by hunk; patch 8 does not apply."


def test_another_version_of_a_patch_is_not_that_patch() -> None:
    """Where the tree has a file as another version of the patch left it, the patch is not said to be there."""
    later = sample.state(1, (_file("reversed", THERE), _file("reversed", OTHERWISE)), applies="reversed")  # type: ignore[arg-type]
    lost = sample.state(2, (_file("fragment", "the tree has another form of this change: patch failed"),  # type: ignore[arg-type]
                            _file("fragment", "patch failed")), applies="fragment")
    assert say_all_applied((later, lost)) == ("Patch 1 is in the tree in another version; patch 2 is in the tree in "
                                              "part.")


def test_a_patch_with_hunks_without_a_place_was_not_placed() -> None:
    """Where some hunks of a file have no place, the patch is not said to be placed hunk by hunk."""
    lost = sample.state(1, (replace(_file("merged", "no place for hunk 2 of 2"), unplaced=(1,)),), applies="merged")  # type: ignore[arg-type,type-var]
    part = sample.state(2, (_file("merged", "the tree has hunk 1 of 2 already: taken out first"),  # type: ignore[arg-type]
                            replace(_file("merged"), unplaced=(0,))), applies="merged")  # type: ignore[type-var]
    assert say_all_applied((lost, part)) == (
        "Patch 2 is in the tree in part (hunk 1 of 2 of mm/a.c) and fits it only in part; patch 1 fits this tree "
        "only in part.")


def test_a_patch_of_which_one_file_applies_fits_in_part() -> None:
    """A patch is reviewed from its hunks where all of its files are; one that has a place is no hunk alone."""
    part = sample.state(1, (_file("clean"), _file("fragment", "no place")), applies="fragment")  # type: ignore[arg-type]
    there = sample.state(2, (_file("reversed", THERE), _file("fragment", "no place")), applies="fragment")  # type: ignore[arg-type]
    none = sample.state(3, (_file("fragment", "no place"),), applies="fragment")  # type: ignore[arg-type]
    assert say_all_applied((part, there, none)) == (
        "Patch 2 is in the tree in part (all of mm/a.c) and fits it only in part; patch 1 fits this tree only in part; "
        "patch 3 does not apply here and is reviewed from its hunks.")


def test_a_patch_of_which_the_tree_has_one_file_is_there_in_part() -> None:
    """A patch is not in the tree already where other files of it applied cleanly."""
    part = sample.state(1, (_file("clean"), _file("reversed", THERE)), applies="reversed")  # type: ignore[arg-type]
    assert say_all_applied((part,)) == "The patch is in the tree in part (all of mm/a.c)."


def test_another_file_of_the_same_name_is_no_version_of_the_patch() -> None:
    """Where the tree's file shares only its name with one that the patch adds, the head says no more than that."""
    named = sample.state(1, (_file("reversed", "the tree has another file of this name: it was taken out first"),  # type: ignore[arg-type]
                             ), applies="reversed")
    assert say_all_applied((named,)) == "The patch adds a file that this tree has with other contents."
