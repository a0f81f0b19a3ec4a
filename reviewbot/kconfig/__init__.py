"""Which configurations are possible on each architecture, and which definition a name gets there."""

from reviewbot.kconfig.configuration import KernelConfig
from reviewbot.kconfig.resolving import SOURCE_ENDINGS, SOURCE_FOLDERS
from reviewbot.kconfig.types import Answer, Candidate, Definition, Resolution, Status, SymbolReport

__all__ = [
    "SOURCE_ENDINGS", "SOURCE_FOLDERS", "Answer", "Candidate", "Definition", "KernelConfig", "Resolution", "Status",
    "SymbolReport",
]
