"""Other looks at a series than patch by patch: a patch taken back, and several patches as one."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.source.lines import split_lines
from reviewbot.source.types import LineMap, PatchedFile, PatchState

__all__ = ["as_one", "narrowed", "taken_back"]


def taken_back(analysis: Analysis, position: int) -> Analysis:
    """Return the series up to this patch and then the patch in reverse, as one more state at `position + 1`.

    What a check says there is what the code before the patch looks like, in the functions that the patch touches.
    """
    state = analysis.patched.states[position]
    back = PatchState(index=state.index, files=tuple(_reversed(file) for file in state.files), applies=state.applies,
                      note=state.note, before=state.after, after=state.before)
    before, after = analysis.views[position]
    return _as_known(analysis, _changed(analysis, position + 1, back, (after, before), position))


def as_one(analysis: Analysis, first: int, last: int) -> Analysis:
    """Return the series up to the patch at `first`, whose state stands for all patches from there to `last`.

    Files that some patch on the way shows only in fragments are left out.
    """
    states = analysis.patched.states
    files: dict[str, PatchedFile] = {}
    unknown: set[str] = set()
    for state in states[first:last + 1]:
        for file in state.files:
            known = files.pop(file.old_path, None)
            if not file.whole or file.old_path in unknown:
                unknown |= {file.path, file.old_path}
                continue
            files[file.path] = _joined(known, file) if known else file
    one = PatchState(index=states[first].index, files=tuple(files[path] for path in sorted(files)), applies="clean",
                     note="", before=states[first].before, after=states[last].after)
    joined = _changed(analysis, first, one, (analysis.sides[first], analysis.sides[last + 1]), last + 1)
    joined.primitives, joined.brought = analysis.primitives, analysis.brought
    joined.redefined = {name: tuple(replace(one, position=min(one.position, first)) for one in those
                                    if one.position <= last) for name, those in analysis.redefined.items()}
    return joined


def narrowed(analysis: Analysis, arches: tuple[str, ...]) -> Analysis:
    """Return the same series for these architectures."""
    if arches == analysis.arches:
        return analysis
    return _as_known(analysis, replace(analysis, arches=arches, _occurrences={}, _reached={}))


def _as_known(analysis: Analysis, other: Analysis) -> Analysis:
    """Return the other analysis with what was worked out about the same patches, so that it is not worked out again."""
    other.primitives, other.brought, other.redefined = analysis.primitives, analysis.brought, analysis.redefined
    return other


def _changed(analysis: Analysis, position: int, state: PatchState, view: tuple[Side, Side], end: int) -> Analysis:
    """Return the analysis whose last state is `state`, at `position`, with the side `end` behind it."""
    paths = frozenset(path for one in analysis.patched.states for file in one.files
                      for path in (file.path, file.old_path))
    return replace(
        analysis, patched=replace(analysis.patched, states=(*analysis.patched.states[:position], state)),
        sides=(*analysis.sides[:position + 1], analysis.sides[end]), views=(*analysis.views[:position], view),
        configs=(*analysis.configs[:position + 1], analysis.configs[end]), touched=paths, _occurrences={}, _reached={},
        _redefined={})


def _reversed(file: PatchedFile) -> PatchedFile:
    return replace(
        file, path=file.old_path, old_path=file.path, before=file.after, after=file.before, added=file.removed,
        removed=file.added, known_old=file.known_new, known_new=file.known_old,
        sections=tuple((new, old, text) for old, new, text in file.sections),
        line_map=LineMap(pairs=tuple((new, old, length) for old, new, length in file.line_map.pairs)))


def _joined(first: PatchedFile, second: PatchedFile) -> PatchedFile:
    """Return what two patches do to a file, as one."""
    pairs = []
    upper, lower = first.line_map.pairs, second.line_map.pairs
    here = there = 0  # both are in the order of the lines between the two patches
    while here < len(upper) and there < len(lower):
        (old, middle, length), (start, new, count) = upper[here], lower[there]
        begin, end = max(middle, start), min(middle + length, start + count)
        if begin < end:
            pairs.append((old + begin - middle, new + begin - start, end - begin))
        if middle + length <= start + count:
            here += 1
        else:
            there += 1
    kept_old = {number for old, _, length in pairs for number in range(old, old + length)}
    kept_new = {number for _, new, length in pairs for number in range(new, new + length)}
    return PatchedFile(
        path=second.path, old_path=first.old_path, before=first.before, after=second.after,
        added=frozenset(range(1, len(split_lines(second.after)) + 1)) - kept_new,
        removed=frozenset(range(1, len(split_lines(first.before)) + 1)) - kept_old,
        line_map=LineMap(pairs=tuple(sorted(pairs))), applies="clean", note="")
