"""What was learned of the tree during one review, and what was found with it, so that nothing is asked twice."""

from __future__ import annotations

from dataclasses import field

from reviewbot.contracts.changed import Pair
from reviewbot.contracts.outline import Outline
from reviewbot.contracts.types import Contract, Hit
from reviewbot.contracts.went_along import Gone
from reviewbot.values import dataclass

__all__ = ["Learned"]


@dataclass(slots=True)
class Learned:
    """The memory of one review: contracts by name, changed functions by file and contents, and what was found there.

    `scope` are folders and files to look at besides those near the subject; `near` is None until somebody has asked;
    `leading` are the functions of a folder that lead to the family.
    """

    scope: tuple[str, ...] = ()
    near: frozenset[str] | None = None
    leading: dict[str, frozenset[str]] = field(default_factory=dict)
    asked: frozenset[str] | None = None
    brought: frozenset[str] | None = None
    dropped: frozenset[str] | None = None
    gone: Gone | None = None
    contracts: dict[str, Contract | None] = field(default_factory=dict)
    pairs: dict[tuple[object, ...], tuple[Pair, ...]] = field(default_factory=dict)
    hits: dict[tuple[object, ...], tuple[tuple[Outline, Hit], ...]] = field(default_factory=dict)
