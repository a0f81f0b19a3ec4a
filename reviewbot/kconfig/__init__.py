"""Which configurations are possible on each architecture, and which definition a name gets there."""

from reviewbot.kconfig.configuration import KernelConfig
from reviewbot.kconfig.types import Answer, Candidate, Definition, Resolution, Status, SymbolReport

__all__ = ["Answer", "Candidate", "Definition", "KernelConfig", "Resolution", "Status", "SymbolReport"]
