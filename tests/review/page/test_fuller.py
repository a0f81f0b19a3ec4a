"""What is a part of another row is told with it: a caller of a new helper, a configuration of what holds in all."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.review.page.events import Event
from reviewbot.review.page.merging import within_fuller, without_covered


def event(gist: str, caller: str, address: str = "start") -> Event:
    return Event(kind="new", key=(gist,), verdict="different", arch=("arm64",), config="", gist=gist,
                 reason="a failure is dropped", patch=1, file="mm/a.c", line=3, functions=(caller,),
                 symbols=frozenset({"set_memory_valid"}), consequence="new", reach="distribution",
                 certainty="derived", because=(caller,), through=frozenset({"flip"}), address=address)


def test_what_is_part_of_another_row_is_no_row() -> None:
    """A caller that only unmaps stands under the one that maps and unmaps; one that does another thing does not."""
    both, part = event("the new flip() maps a page and unmaps it", "run"), event("the new flip() unmaps a page", "stop")
    [row] = within_fuller([part, both])
    assert (row.gist, set(row.because)) == (both.gist, {"run", "stop"})
    for other in (event("the new flip() makes a page read-only", "seal"), event(part.gist, "stop", "end")):
        assert within_fuller([both, other]) == [both, other]


def test_what_holds_in_every_configuration_needs_none() -> None:
    """The row with an option goes under the one without, where it is of no other architecture."""
    every = event("run() now unmaps a page", "run")
    some, other = replace(every, config="BIG=y", because=("more",)), replace(every, config="BIG=y", arch=("x86",))
    [row] = without_covered([some, every])
    assert (row.config, set(row.because)) == ("", {"run", "more"})
    assert without_covered([every, other]) == [every, other]
    assert without_covered([some, other]) == [some, other]
