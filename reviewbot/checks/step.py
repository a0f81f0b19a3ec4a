"""One patch of the series within its analysis, as a value: what the functions of a kind hand to each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Finding
from reviewbot.kconfig import KernelConfig
from reviewbot.source.types import PatchState
from reviewbot.values import dataclass

__all__ = ["Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """The patch at this position (0-based) among those that are there."""

    analysis: Analysis
    position: int

    @property
    def state(self) -> PatchState:
        """Return what the patch did to the tree."""
        return self.analysis.patched.states[self.position]

    @property
    def before(self) -> Side:
        """Return the side before the patch, as the patch shows it."""
        return self.analysis.before(self.position)

    @property
    def after(self) -> Side:
        """Return the side after the patch; files that it did not apply to are as its hunks show them."""
        return self.analysis.after(self.position)

    @property
    def configs(self) -> tuple[KernelConfig, KernelConfig]:
        """Return what can be configured before the patch, and after it."""
        return self.analysis.configs[self.position], self.analysis.configs[self.position + 1]

    def files_with(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return for each name the files of the kernel that contain it after the patch."""
        return self.analysis.files_with(self.position + 1, names)

    def finding(self, rule: Rule, spot: Spot, fields: dict[str, Any], **more: Any) -> Finding:
        """Return the finding of the rule about this patch, as `draft_finding` makes it."""
        return draft_finding(rule, self.state, spot, fields, message_id=self.analysis.message_id(self.state.index),
                             **more)
