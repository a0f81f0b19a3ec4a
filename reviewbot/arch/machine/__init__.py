"""The architecture model as a machine: scenarios, explored state by state."""

from reviewbot.arch.machine.draw import as_data, draw_text
from reviewbot.arch.machine.explore import explore
from reviewbot.arch.machine.load import load_scenarios
from reviewbot.arch.machine.properties import PROPERTIES
from reviewbot.arch.machine.svg import draw_svg
from reviewbot.arch.machine.types import (
    ActorText,
    Assumption,
    Change,
    Event,
    Group,
    PropertyName,
    Result,
    Scenario,
    Violation,
)

__all__ = [
    "PROPERTIES",
    "ActorText",
    "Assumption",
    "Change",
    "Event",
    "Group",
    "PropertyName",
    "Result",
    "Scenario",
    "Violation",
    "as_data",
    "draw_svg",
    "draw_text",
    "explore",
    "load_scenarios",
]
