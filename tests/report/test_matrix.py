"""The matrix of calls and architectures."""

from __future__ import annotations

from reviewbot.findings.types import Cell, Effect
from reviewbot.report.matrix import build_matrix


def _effect(symbol: str, on_failure: str = "cannot-fail") -> Effect:
    return Effect(resolves_to="a.c:1", via=(), does=symbol, may_fail=on_failure != "cannot-fail", errnos=(),
                  on_failure=on_failure, symbol=symbol)  # type: ignore[arg-type]


def _cell(arch: str, before: Effect, after: Effect, config: tuple[tuple[str, str], ...] = ()) -> Cell:
    return Cell(patch="1", file="a.c", function="f", call="map(page)", arch=arch, config=config, before=before,
                after=after)


def test_equal_cells_are_quiet_and_different_ones_say_what_was_and_is() -> None:
    """A column for each architecture; a configuration that differs is named where others stay as they were."""
    old, new, dropped = _effect("old_map"), _effect("new_map"), _effect("old_map", "dropped")
    matrix = build_matrix([
        _cell("arm64", old, new, (("A", "y"),)), _cell("arm64", old, old, (("A", "n"),)),
        _cell("x86", old, old), _cell("riscv", dropped, _effect("old_map", "returned"))])
    assert matrix.arches == ("arm64", "riscv", "x86")
    [row] = matrix.rows
    assert [cell.state for cell in row.cells] == ["changes", "changes", "same"]
    assert row.cells[0].lines == ("old_map \N{RIGHTWARDS ARROW} new_map (A=y)",)
    assert row.cells[0].rest == "else as before"
    assert row.cells[1].lines == ("failure dropped \N{RIGHTWARDS ARROW} returned",)


def test_a_call_that_changes_nowhere_has_no_row() -> None:
    """The matrix is of what changes."""
    assert build_matrix([_cell("x86", _effect("map"), _effect("map"))]).rows == ()
