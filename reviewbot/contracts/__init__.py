"""What the tree itself teaches about a function: what it returns, how its callers treat that, what undoes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.contracts.detect import DETECTORS, Detector

__all__ = [
    "DETECTORS",
    "Detector",
]

# Loaded when first asked for: most of the rooms that ask for one detector need no other.
_HOMES = {
    "DETECTORS": "detect",
    "Detector": "detect",
}

__getattr__ = exports_of(__name__, _HOMES)
