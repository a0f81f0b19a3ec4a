"""Rows that a later patch of the series overtakes: what it then asks in the place of the row's condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewbot.findings.types import Cell
from reviewbot.review.page.events import Event
from reviewbot.review.page.swapped import WRITTEN

__all__ = ["with_later_words"]


def with_later_words(events: Sequence[Event], named: Sequence[tuple[str, Cell]]) -> list[Event]:
    """Return the events, each with what a later patch asks in front of the same call, where that is no proved change:
    the row is true after its own patch alone."""
    calls = {name: cell.call for name, cell in named}
    asking = [(cell, found["before"], found["after"]) for _, cell in named
              if cell.patch.isdigit() and (found := WRITTEN.search(cell.doubt))]
    return [_with_later(event, {calls[name] for name in event.because if name in calls}, asking) for event in events]


def _with_later(event: Event, own: set[str], asking: Sequence[tuple[Cell, str, str]]) -> Event:
    later = sorted({(int(cell.patch), before, after) for cell, before, after in asking
                    if int(cell.patch) > event.patch and cell.file == event.file
                    and cell.function in event.functions and cell.arch in event.arch and cell.call in own})
    if event.kind == "same" or not later:
        return event
    patch, before, after = later[0]
    said = f"patch {patch} then asks '{after}' there in place of '{before}'"
    return replace(event, reason=f"{event.reason}; {said}" if event.reason else said)
