"""What each architecture does with each function of the family, by kernel version, and whether a tree agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.arch.agreement import Disagreement, compare, derive_for
    from reviewbot.arch.backends import Backend, Backends, Shift, Shifts, compare_gates, shifts_of
    from reviewbot.arch.check import Check, Prober, find_anchors
    from reviewbot.arch.derive import Derivation, Derived
    from reviewbot.arch.load import load_model
    from reviewbot.arch.model import Model, parse_range, parse_version
    from reviewbot.arch.page import ArchPage, Behaviour, Cell, Section, TableRow, anchors_of, build_arch_page
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
    "compare",
    "compare_gates",
    "derive_for",
    "find_anchors",
    "is_release",
    "load_model",
    "parse_range",
    "parse_version",
    "release_at",
    "shifts_of",
]

# Loaded when first asked for: a review that is kept asks only for the release.
_HOMES = {
    "TOPICS": "types",
    "Anchor": "types",
    "Arch": "types",
    "ArchPage": "page",
    "Backend": "backends",
    "Backends": "backends",
    "Behaviour": "page",
    "Cell": "page",
    "Change": "types",
    "Check": "check",
    "Derivation": "derive",
    "Derived": "derive",
    "Disagreement": "agreement",
    "Fact": "types",
    "KernelVersion": "types",
    "Model": "model",
    "Prober": "check",
    "Runtime": "types",
    "Section": "page",
    "Shift": "backends",
    "Shifts": "backends",
    "Statement": "types",
    "Switch": "types",
    "TableRow": "page",
    "VersionRange": "types",
    "anchors_of": "page",
    "build_arch_page": "page",
    "compare": "agreement",
    "compare_gates": "backends",
    "derive_for": "agreement",
    "find_anchors": "check",
    "is_release": "releases",
    "load_model": "load",
    "parse_range": "model",
    "parse_version": "model",
    "release_at": "releases",
    "shifts_of": "backends",
}

__getattr__ = exports_of(__name__, _HOMES)
