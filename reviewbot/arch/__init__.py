"""What each architecture does with each function of the family, by kernel version, and whether a tree agrees."""

from reviewbot.arch.check import Check, check
from reviewbot.arch.load import load_model
from reviewbot.arch.model import Model, parse_range, parse_version
from reviewbot.arch.query import query
from reviewbot.arch.types import (
    Anchor,
    Arch,
    Change,
    Fact,
    KernelVersion,
    Statement,
    Switch,
    VersionRange,
)

__all__ = [
    "Anchor",
    "Arch",
    "Change",
    "Check",
    "Fact",
    "KernelVersion",
    "Model",
    "Statement",
    "Switch",
    "VersionRange",
    "check",
    "load_model",
    "parse_range",
    "parse_version",
    "query",
]
