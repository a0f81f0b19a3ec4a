"""The matrix of what changes: a row for each call that changes somewhere, a column for each architecture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewbot.findings.types import Cell
from reviewbot.report.order import patch_key
from reviewbot.text import clip
from reviewbot.values import dataclass

__all__ = ["Matrix", "MatrixCell", "MatrixRow", "build_matrix"]

_MOST_ROWS = 24
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """A call on an architecture: `state` is `changes`, `same`, `not-seen`, or `none` where no kernel has it.

    `lines` say for each configuration that differs what was and what is; `rest` what becomes of the others.
    """

    arch: str
    state: str
    lines: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A call of a patch, `patch` as text, with its cells in the order of the architectures."""

    patch: str
    function: str
    call: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The architectures, and the rows; `left` counts those for which there is no room."""

    arches: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    left: int


def build_matrix(cells: Iterable[Cell]) -> Matrix:
    """Return the matrix of these cells: only calls of which some cell changes have a row."""
    calls: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in cells:
        calls.setdefault((cell.patch, cell.file, cell.function, cell.call), []).append(cell)
    changed = {key: found for key, found in calls.items() if any(cell.seen == "changes" for cell in found)}
    arches = tuple(sorted({cell.arch for found in changed.values() for cell in found}))
    ordered = sorted(changed.items(), key=lambda item: (patch_key(item[0][0]), item[0][1:]))
    rows = [MatrixRow(patch=patch, function=clip(function, _LONGEST), call=clip(call, _LONGEST),
                      cells=tuple(_cell(arch, [cell for cell in found if cell.arch == arch]) for arch in arches))
            for (patch, _, function, call), found in ordered[:_MOST_ROWS]]
    return Matrix(arches=arches, rows=tuple(rows), left=max(0, len(ordered) - _MOST_ROWS))


def _cell(arch: str, found: Sequence[Cell]) -> MatrixCell:
    if not found:
        return MatrixCell(arch=arch, state="none", lines=(), rest="")
    changed = [cell for cell in found if cell.seen == "changes"]
    others = [cell for cell in found if cell.seen != "changes"]
    state = "changes" if changed else "not-seen" if any(cell.seen == "not-seen" for cell in others) else "same"
    lines: dict[str, list[str]] = {}
    for cell in changed:
        lines.setdefault(_difference(cell), []).append(" ".join(f"{name}={value}" for name, value in cell.config))
    said = [text if "" in configs or not others else f"{text} ({'; '.join(configs)})"
            for text, configs in lines.items()]
    rest = "" if not changed or not others else \
        "else not seen" if any(cell.seen == "not-seen" for cell in others) else "else as before"
    return MatrixCell(arch=arch, state=state, lines=tuple(said), rest=rest)


def _difference(cell: Cell) -> str:
    """Return what was and what is, in a few words: the values that differ, the gravest of them."""
    before, after = cell.before, cell.after
    if before.resolves_to == "absent":
        return "new call"
    if after.resolves_to == "absent":
        return "gone"
    if (before.symbol or before.resolves_to) != (after.symbol or after.resolves_to):
        return f"{before.symbol or before.resolves_to} \N{RIGHTWARDS ARROW} {after.symbol or after.resolves_to}"
    if before.on_failure != after.on_failure:
        return f"failure {before.on_failure} \N{RIGHTWARDS ARROW} {after.on_failure}"
    if before.resolves_to != after.resolves_to and "stub" in {before.resolves_to, after.resolves_to}:
        return "real \N{RIGHTWARDS ARROW} stub" if after.resolves_to == "stub" else "stub \N{RIGHTWARDS ARROW} real"
    if before.may_fail is not after.may_fail:
        return "can fail now" if after.may_fail else "cannot fail now"
    if before.only is not None and after.only is not None and before.only != after.only:
        return "called under another condition"
    if before.acts is not None and after.acts is not None and before.acts != after.acts:
        return "works under another condition"
    if before.resolves_to in {"undeclared", "stub"} and after.resolves_to not in {"undeclared", "stub"}:
        return f"{before.resolves_to} \N{RIGHTWARDS ARROW} real"
    return "another effect"
