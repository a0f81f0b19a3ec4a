"""Which of the changed cells are told: what a helper does otherwise is said of the helper, not of all who call it."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.findings.types import Cell

__all__ = ["own_changes"]


def own_changes(cells: Sequence[Cell]) -> list[Cell]:
    """Return the changed cells without those of a caller whose helper has one of the same function of the family.

    A caller that does something else with a failure of a call that both sides have is told by itself.
    """
    changed = [cell for cell in cells if cell.changed]
    own = {(cell.patch, cell.arch, function, symbol) for cell in changed for symbol in _symbols(cell)
           for function in {cell.function, cell.was}}
    return [cell for cell in changed if _has_another_fate(cell) or not any(
        (cell.patch, cell.arch, helper, symbol) in own for symbol in _symbols(cell)
        for helper in {*cell.before.via, *cell.after.via} - {cell.function, cell.was})]


def _has_another_fate(cell: Cell) -> bool:
    return cell.before.on_failure != cell.after.on_failure and "absent" not in {
        cell.before.resolves_to, cell.after.resolves_to}


def _symbols(cell: Cell) -> set[str]:
    return {effect.symbol for effect in (cell.before, cell.after) if effect.symbol}
