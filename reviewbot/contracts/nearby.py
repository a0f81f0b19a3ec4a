"""Where in a function after a patch something stood that the patch takes away."""

from __future__ import annotations

from reviewbot.contracts.outline import Outline, Step

__all__ = ["place_after"]


def place_after(old: Outline, new: Outline, step: Step) -> Step:
    """Return the step after the patch where the lost one stood: what was behind it, else what was before."""
    number = old.steps.index(step)
    behind = [new for new in old.steps[number + 1:] if new.where == step.where][:2]
    texts = {new.said(one): one for one in reversed(new.steps)}
    for one in behind:
        if old.said(one) in texts:
            return _nearest(new, old.said(one), step.line)
    for one in reversed(old.steps[:number]):
        if old.said(one) in texts:
            return _nearest(new, old.said(one), step.line)
    return new.steps[0]


def _nearest(outline: Outline, text: str, line: int) -> Step:
    return min((one for one in outline.steps if outline.said(one) == text), key=lambda one: abs(one.line - line))
