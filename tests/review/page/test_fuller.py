"""What one caller of a new helper gets is told with what another gets of it and more."""

from __future__ import annotations

from reviewbot.review.page.events import Event
from reviewbot.review.page.merging import within_fuller


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
