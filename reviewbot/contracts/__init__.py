"""What the tree itself teaches about a function: what it returns, how its callers treat that, what undoes it."""

from __future__ import annotations

from reviewbot.contracts.detect import DETECTORS, Detector

__all__ = ["DETECTORS", "Detector"]
