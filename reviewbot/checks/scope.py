"""How far a review looks for what is asked of any function, in the words of a user."""

from __future__ import annotations

__all__ = ["EVERYWHERE"]

EVERYWHERE = "all"
"""Stands for every file of a series, beside folders and files that are named."""
