"""The architecture model as a machine: scenarios, explored state by state."""

from reviewbot.arch.machine.draw import as_data, draw_text
from reviewbot.arch.machine.explore import explore
from reviewbot.arch.machine.language import Call, calls_in
from reviewbot.arch.machine.load import load_scenarios
from reviewbot.arch.machine.operations import KNOWN_CALLS, mean_the_same
from reviewbot.arch.machine.properties import PROPERTIES
from reviewbot.arch.machine.setting import Setting, read_setting
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
    "KNOWN_CALLS",
    "PROPERTIES",
    "ActorText",
    "Assumption",
    "Call",
    "Change",
    "Event",
    "Group",
    "PropertyName",
    "Result",
    "Scenario",
    "Setting",
    "Violation",
    "as_data",
    "calls_in",
    "draw_svg",
    "draw_text",
    "explore",
    "load_scenarios",
    "mean_the_same",
    "read_setting",
]
