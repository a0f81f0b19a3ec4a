"""Events of one architecture that say the same under options of which it has one or the other: one event for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewbot.review.page.events import Event, joined

__all__ = ["in_either"]


def in_either(group: Sequence[Event]) -> list[Event]:
    """Return events that say the same, those of the same architectures joined where each takes one option of its own:
    `A=y or B=y` for `A=y, B=n` and `B=y`. The others stay as they are."""
    alike: dict[tuple[str, ...], list[Event]] = {}
    for event in group:
        alike.setdefault(event.arch, []).append(event)
    done: list[Event] = []
    for events in alike.values():
        parts = [event.config.split(", ") if event.config else [] for event in events]
        common = [part for part in parts[0] if all(part in others for others in parts)]
        others = {part for mine in parts for part in mine}
        own = [[part for part in mine if part not in common
                and not (part.endswith("=n") and f"{part.removesuffix('=n')}=y" in others)] for mine in parts]
        if len(events) > 1 and all(len(mine) == 1 and mine[0].endswith("=y") for mine in own):
            config = ", ".join((*common, " or ".join(sorted(mine[0] for mine in own))))
            done.append(replace(joined(events[0], tuple(events[1:])), config=config))
        else:
            done += events
    return done
