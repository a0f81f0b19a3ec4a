"""What holds only between two patches, or is told otherwise by a finding."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from reviewbot.review.page.events import Event
from reviewbot.review.page.merging import _bounded, _is_refuted

LOST = Event(kind="lost", key=("a",), verdict="worse", arch=("arm64",), config="x=on",
             gist="copy() no longer maps page", reason="it does nothing", patch=2, file="a.c", line=10,
             functions=("copy",),
             symbols=frozenset({"map_it"}),
             consequence="undone", reach="developer", certainty="derived", because=("cell-1",))


def test_a_moment_between_two_patches_says_when_it_ends() -> None:
    """What a later patch ends says so in the sentence itself, which the conclusion quotes, not only in its reason."""
    ends = replace(LOST, kind="definition", patch=3, functions=("map_it",), gist="map_it() no longer does anything")
    reader: Any = SimpleNamespace(analysis=SimpleNamespace(series=SimpleNamespace(total=4)),
                                  rules=SimpleNamespace(promise=lambda _: SimpleNamespace(by_argument=True)))
    first, second = _bounded(reader, [LOST, ends])
    assert first.gist == "copy() no longer maps page, up to 3/4, which ends the unmapping there as well"
    assert second == ends


def test_a_failure_dealt_with_wrongly_is_not_called_better() -> None:
    """That a failure is now dealt with is not said where a finding shows what is done about it to be wrong."""
    better = replace(LOST, kind="fate", verdict="better", config="")
    wrong = replace(LOST, kind="finding", config="", line=11)
    assert _is_refuted(better, wrong)
    assert not _is_refuted(better, replace(wrong, line=40))
    assert not _is_refuted(better, replace(wrong, patch=3))
