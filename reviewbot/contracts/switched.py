"""A build option that is tested where the code of the file tests the switch that the option only makes possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in, place_of, walk
from reviewbot.contracts.tables import effect_table
from reviewbot.contracts.types import Hit

__all__ = ["option_for_switch"]


@lru_cache(maxsize=1)
def _switches() -> Mapping[str, tuple[str, ...]]:
    return effect_table("switches.toml", lambda table: {option: tuple(asks)
                                                       for option, asks in table["switches"].items()})


def option_for_switch(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the tests of an option alone in a function that never asks its switch, which the file asks elsewhere."""
    names = {part.name for step in outline.steps for part in walk(step.expr) if part.kind in {"name", "call"}}
    for step in outline.steps:
        for call in calls_in(step.expr) if step.kind == "test" else ():
            option = place_of(call.parts[1]).removeprefix("CONFIG_") if call.name == "IS_ENABLED" and len(
                call.parts) > 1 else ""
            asks = _switches().get(option, ())
            asked = next((name for name in asks if teacher.mentions(name)), "")
            if asked and not names & {*asks}:
                yield Hit(shape="option-for-switch", line=step.line, end_line=outline.last_line(step), symbol=option,
                          object=asked, fields=(("callee", asked), ("variable", f"CONFIG_{option}"),
                                                ("statement", outline.said(step).rstrip(";"))),
                          new=((step.line, outline.said(step)),))
