"""Which configurations are possible on each architecture, and which definition a name gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.kconfig.configuration import KernelConfig
    from reviewbot.kconfig.resolving import SOURCE_ENDINGS, SOURCE_FOLDERS
    from reviewbot.kconfig.types import Answer, Candidate, Definition, Resolution, Status, SymbolReport

__all__ = [
    "SOURCE_ENDINGS",
    "SOURCE_FOLDERS",
    "Answer",
    "Candidate",
    "Definition",
    "KernelConfig",
    "Resolution",
    "Status",
    "SymbolReport",
]

# Loaded when first asked for: what reads mail or a tree asks nothing of configurations.
_HOMES = {
    "SOURCE_ENDINGS": "resolving",
    "SOURCE_FOLDERS": "resolving",
    "Answer": "types",
    "Candidate": "types",
    "Definition": "types",
    "KernelConfig": "configuration",
    "Resolution": "types",
    "Status": "types",
    "SymbolReport": "types",
}

__getattr__ = exports_of(__name__, _HOMES)
