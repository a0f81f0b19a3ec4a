"""What a patch does to the steps of a function is told as edits, and for the longest ones in bounded work."""

from __future__ import annotations

from reviewbot.contracts.aligned import edits_between, staying
from reviewbot.contracts.outline import Outline, outlines_of


def outline(*steps: str) -> Outline:
    """Return the outline of a function with these statements."""
    data = f"int f(void)\n{{\n{''.join(step + ';' for step in steps)}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


def test_a_step_that_moves_has_lost_its_place() -> None:
    """Of two steps that change places one stays; what is put in between moves nobody."""
    old, new = outline("a()", "b()", "c()"), outline("b()", "d()", "a()", "c()")

    assert len(staying(old, new)) == 2
    assert 2 in staying(old, new)
    assert staying(old, outline("a()", "x()", "b()", "y()", "c()")) == {0, 1, 2}


def test_an_edit_far_inside_a_long_function_is_seen_alone() -> None:
    """The ends that two long functions share are set aside, and the place between them is compared as ever."""
    steps = [f"s{number}()" for number in range(3000)]
    new = [*steps[:1500], "x()", "y()", *steps[1501:]]

    assert edits_between(outline(*steps), outline(*new)) == (
        ("equal", 0, 1500, 0, 1500), ("replace", 1500, 1501, 1500, 1502), ("equal", 1501, 3000, 1502, 3001))


def test_two_long_functions_that_share_their_ends_alone() -> None:
    """What cannot be compared in bounded work is one change, of which nothing stays."""
    old = ["a()", *(f"s{number}()" for number in range(3000)), "z()"]
    new = ["a()", *(f"t{number}()" for number in range(2000)), "z()"]

    assert edits_between(outline(*old), outline(*new)) == (
        ("equal", 0, 1, 0, 1), ("replace", 1, 3001, 1, 2001), ("equal", 3001, 3002, 2001, 2002))
    assert edits_between(outline(*old), outline("a()", "z()"))[1] == ("delete", 1, 3001, 1, 1)
