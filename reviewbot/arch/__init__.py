"""What each architecture does with each function of the family, by kernel version, and whether a tree agrees."""

from reviewbot.arch.agreement import Disagreement, compare, derive_for
from reviewbot.arch.backends import Backend, Backends, Shift, Shifts, compare_gates, shifts_of
from reviewbot.arch.check import Check, Prober, check, find_anchors
from reviewbot.arch.derive import Derivation, Derived
from reviewbot.arch.load import load_model
from reviewbot.arch.model import Model, parse_range, parse_version
from reviewbot.arch.page import ArchPage, Behaviour, Cell, Section, TableRow, anchors_of, build_arch_page
from reviewbot.arch.query import query
from reviewbot.arch.refresh import refresh
from reviewbot.arch.releases import is_release, release_at
from reviewbot.arch.types import (
    TOPICS,
    Anchor,
    Arch,
    Change,
    Fact,
    KernelVersion,
    Runtime,
    Statement,
    Switch,
    VersionRange,
)

__all__ = [
    "TOPICS",
    "Anchor",
    "Arch",
    "ArchPage",
    "Backend",
    "Backends",
    "Behaviour",
    "Cell",
    "Change",
    "Check",
    "Derivation",
    "Derived",
    "Disagreement",
    "Fact",
    "KernelVersion",
    "Model",
    "Prober",
    "Runtime",
    "Section",
    "Shift",
    "Shifts",
    "Statement",
    "Switch",
    "TableRow",
    "VersionRange",
    "anchors_of",
    "build_arch_page",
    "check",
    "compare",
    "compare_gates",
    "derive_for",
    "find_anchors",
    "is_release",
    "load_model",
    "parse_range",
    "parse_version",
    "query",
    "refresh",
    "release_at",
    "shifts_of",
]
