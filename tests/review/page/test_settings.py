"""What an architecture does alike under one option or another is told once, with both."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.review.page.events import Event
from reviewbot.review.page.merging import _over_settings
from reviewbot.review.page.said import where_words

ONE = Event(kind="case", key=("a",), verdict="different", arch=("powerpc",), config="DEBUG=y, WIDE=y, SMALL=n",
            gist="copy() now maps page also where !on", reason="", patch=2, file="a.c", line=10, functions=("copy",),
            symbols=frozenset({"map_it"}), consequence="changed", reach="developer", certainty="derived",
            because=("cell-1",))


def test_one_option_or_the_other() -> None:
    """Both bodies that an architecture has are named with what chooses them, beside others that need neither."""
    other = replace(ONE, config="DEBUG=y, SMALL=y", because=("cell-2",))
    third = replace(ONE, arch=("s390",), config="DEBUG=y", because=("cell-3",))
    [event] = _over_settings([ONE, other])
    assert (event.config, event.because) == ("DEBUG=y, SMALL=y or WIDE=y", ("cell-1", "cell-2"))
    [event] = _over_settings([ONE, other, third])
    assert where_words(event.arch, event.config) == ("powerpc (SMALL=y or WIDE=y) and s390", "with DEBUG=y")


def test_settings_that_are_no_two_options() -> None:
    """Where a case needs more than an option of its own the two stay two."""
    other = replace(ONE, config="DEBUG=y, SMALL=y, LITTLE=y")
    assert len(_over_settings([ONE, other])) == 2
