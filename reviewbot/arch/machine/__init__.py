"""The architecture model as a machine: scenarios, explored state by state."""

from reviewbot.arch.machine.explore import explore
from reviewbot.arch.machine.load import load_scenarios
from reviewbot.arch.machine.properties import PROPERTIES
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
    "explore",
    "load_scenarios",
]
