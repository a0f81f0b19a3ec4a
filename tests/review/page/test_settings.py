"""What an architecture does alike under one option or another is told once, with both."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.review.page.events import Event
from reviewbot.review.page.merging import _over_settings
from reviewbot.review.page.said import where_words
from reviewbot.review.page.switches import once_configured

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


def test_a_broken_build_keeps_the_option_that_shows_it() -> None:
    """The example stands in the row's place: also where the condition has as many words, and of a name with digits."""
    said = "nothing defines it on x86 with {}: it does not link"
    plain = said.replace(" with {}", "")
    asked = "CONFIG_64BIT && CONFIG_HAVE_IT && CONFIG_NUMA && CONFIG_SMP"
    for example, config, kept in (("HAVE_IT=y", "64BIT=y", "HAVE_IT=y"), ("SMP=y", "64BIT=y, SMP=y", "SMP=y"),
                                  ("OWN=y", "SMP=y", "SMP=y"), ("SMP=y", "SMP=y", "SMP=y"),
                                  ("64BIT=n NUMA=y", "64BIT=n, NUMA=y", "64BIT=n, NUMA=y")):
        assert once_configured(said.format(example), config, asked) == (plain, kept)
