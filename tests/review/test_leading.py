"""Words about calls that lead to the family are read back as what they were made from."""

import pytest

from reviewbot.review.leading import Reached, reached_by, say_leading


@pytest.mark.parametrize("direct", [True, False])
def test_said_and_read_back(direct: bool) -> None:
    """What is said of a function on the way to the family leads back to the function and its file."""
    one = Reached("demo_seal", "mm/demo.c", direct=direct)

    assert reached_by(one.said()) == one


def test_other_words() -> None:
    """Words about something else are about no such function, and make no sentence."""
    assert reached_by("demo_seal(), which demo_open() uses beside the family's calls") is None
    assert say_leading(["demo_seal()"]) == ""


def test_one_sentence_for_a_file() -> None:
    """Functions of one file are told together, however they come to the family."""
    both = Reached("demo_seal", "mm/demo.c", direct=False), Reached("demo_open", "mm/demo.c", direct=True)

    assert say_leading(one.said() for one in both) == (
        "It changes calls of demo_seal() and demo_open(), which lead to such calls in mm/demo.c; what that comes to "
        "was not followed.")
