"""What is told of a file whose hunks found their place: where each went, how, and what the tree had already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from reviewbot.series.types import Hunk
from reviewbot.source.alignment import FileLines, file_lines
from reviewbot.source.doubles import doubled, may_double
from reviewbot.source.gitapply import Group, Outcome, is_copy
from reviewbot.source.lines import as_bytes, ranges
from reviewbot.source.merging import Merge, tell_placement
from reviewbot.source.takeout import FOREIGN, OTHER, WHOLE, has_another_form, part_of
from reviewbot.source.types import TAKEN_OUT, Applied, PatchedFile
from reviewbot.text import quote_names

__all__ = ["ANOTHER_FILE", "ANOTHER_FORM", "RANK", "hunk_starts", "say_git", "say_merge", "summary", "unsure_lines",
           "why_astray", "worst"]

RANK: tuple[Applied, ...] = ("clean", "offset", "fuzz", "reversed", "merged", "fragment", "failed")
ANOTHER_FORM = "another form of this change"
"""What a note says of a file that the tree has as another version of the patch left it."""
ANOTHER_FILE = "another file of this name"
"""What a note says of a file that a patch adds, where the tree's file has few of its lines."""

_SURE = 0.9


def hunk_starts(group: Group, outcome: Outcome) -> list[int]:
    """Return the line of the new file at which each hunk begins, from its header and git's messages."""
    starts = [max(hunk.new_start, 1) for hunk in group[0].hunks]
    for number, line, _ in outcome.offsets:
        if number <= len(starts):
            starts[number - 1] = line
    return starts


def why_astray(group: Group, outcome: Outcome, before: list[bytes], after: Callable[[], list[bytes]]) -> str:
    """Return why a hunk that git moved does not belong where it is, empty when it may; `after` gives the new file."""
    if not outcome.offsets:
        return ""
    if _is_elsewhere(group, outcome, before):
        return "a hunk fits in several places"
    adds = may_double((as_bytes(line.text) for file in group for hunk in file.hunks for line in hunk.lines
                       if line.kind == "+"), b"\n".join(before))
    return "the file defines already what a hunk adds" if adds and doubled(before, after()) else ""


def _is_elsewhere(group: Group, outcome: Outcome, before: list[bytes]) -> bool:
    """Return whether git may have put a hunk that moved into another function than the one its header names.

    That is so when the hunk's lines stand more than once, and not in that function where git found them.
    """
    if len(group) != 1 or not outcome.offsets:
        return False
    content = b"\n".join(before)
    file: FileLines | None = None
    starts = hunk_starts(group, outcome)
    shift = 0  # how many lines longer the file is after the hunks so far
    for number, hunk in enumerate(group[0].hunks):
        at = starts[number] - shift - 1
        shift += hunk.new_count - hunk.old_count
        old = b"\n".join(as_bytes(line.text) for line in hunk.lines if line.kind != "+")
        moved = any(moved == number + 1 for moved, _, _ in outcome.offsets)
        if not moved or not hunk.section or not old or content.count(old) < 2:
            continue
        file = file or file_lines(before)
        if file.within(at, as_bytes(hunk.section)) is False:
            return True
    return False


def say_git(group: Group, outcome: Outcome, taken: frozenset[int]) -> tuple[Applied, str]:
    """Return how a file that git applied exactly did so; `taken` are the hunks that the tree had already."""
    if taken:
        return _say_taken(group[0].hunks, taken)
    if outcome.offsets:
        number, line, offset = outcome.offsets[0]
        more = f" and {len(outcome.offsets) - 1} more" if len(outcome.offsets) > 1 else ""
        return "offset", f"hunk #{number} succeeded at {line} (offset {offset} lines){more}"
    if group[0].old_path and group[0].new_path and group[0].old_path != group[0].new_path:
        verb = "copied" if is_copy(group[0]) else "renamed"
        return "clean", f"{verb} from {group[0].old_path}"
    return "clean", ""


def _say_taken(hunks: Sequence[Hunk], taken: frozenset[int]) -> tuple[Applied, str]:
    numbers = sorted(number for number in taken if number >= 0)
    if WHOLE in taken or len(numbers) == len(hunks):
        what = ANOTHER_FILE if FOREIGN in taken else ANOTHER_FORM if OTHER in taken else "this change already"
        return "reversed", f"the tree has {what}: it was {TAKEN_OUT}"
    parts = [number for number in numbers if part_of(number) in taken]
    whole = _name_hunks([number for number in numbers if number not in parts])
    part = f"a part of {_name_hunks(parts)}" if parts else ""
    also = f", and {part}" if whole and part else ""
    return "merged", f"the tree has {whole or part} of {len(hunks)} already: {TAKEN_OUT}{also}"


def _name_hunks(numbers: Sequence[int]) -> str:
    return f"hunk{'s' if len(numbers) > 1 else ''} {quote_names([str(n + 1) for n in numbers], most=6)}" \
        if numbers else ""


def say_merge(merged: Merge, hunks: Sequence[Hunk], refusal: str, taken: frozenset[int],
              file: FileLines, *, remade: bool = False) -> tuple[Applied, str]:
    """Return how a file went whose hunks were placed one by one, and the note: which went where and how sure.

    `remade`: some of them were found by their own lines alone, between others of a later time.
    """
    kept = remade or bool(taken.intersection(merged.unplaced))  # these were not taken out: the tree has what they bring
    merged = replace(merged, unplaced=tuple(number for number in merged.unplaced if number not in taken))
    exactly = f"exactly: {refusal}" if refusal else ""
    before = [_say_taken(hunks, taken)[1]] if taken else []
    ways = {one.how for one in merged.placed.values()}
    whole = sum(number >= 0 for number in taken) == len(hunks) and not merged.unplaced
    if not merged.placed and whole:
        return "merged", before[0]
    if not merged.placed:
        why = refusal or "no hunk has a place in the tree's file"
        there = bool(taken) or has_another_form(hunks, file)
        return "fragment", f"the tree has {ANOTHER_FORM}: {why}" if there else why
    if merged.unplaced or ways & {"merged", "three-way", "grafted"}:
        return "merged", "; ".join(part for part in (*before, tell_placement(merged, hunks), exactly) if part)
    if taken:
        return "reversed" if whole and not kept else "merged", before[0]
    if "context" in ways:
        least = min((one for one in merged.placed.values() if one.how == "context"), key=lambda one: one.context)
        words = {1: "one line", 2: "two lines"}[min(least.context, 2)]
        where = ", ".join(f"line {one.start - one.context + 1} ({one.context} before, {one.context} after)"
                          for _, one in sorted(merged.placed.items())[:4] if one.how == "context")
        return "fuzz", f"applied with {words} of context: context reduced at {where}; {exactly}".rstrip("; ")
    places = [f"hunk #{number + 1} at line {one.start + 1}" for number, one in sorted(merged.placed.items())[:3]
              if one.edits]
    return "offset", "; ".join([*places, *([exactly] if exactly else [])])


def unsure_lines(merged: Merge, taken: frozenset[int]) -> tuple[tuple[int, int], ...]:
    """Return the line ranges after the patch that stand where they are without certainty; what was `taken` out of the
    tree went back where it had been."""
    doubtful = {edit for number, one in merged.placed.items() if one.sure < _SURE and number not in taken
                for edit in one.edits}
    lines: set[int] = set()
    shift = 0
    for edit in sorted((edit for one in merged.placed.values() for edit in one.edits),
                       key=lambda edit: (edit.start, edit.stop)):
        if edit in doubtful:
            lines.update(range(edit.start + shift + 1, edit.start + shift + max(len(edit.new), 1) + 1))
        shift += len(edit.new) - (edit.stop - edit.start)
    return ranges(lines)


def worst(files: Sequence[PatchedFile]) -> Applied:
    """Return how the patch applied as a whole: as the worst of its files.

    Where less than half of the files are known from their hunks alone, the patch as a whole was placed hunk by hunk.
    """
    lowest: Applied = max((file.applies for file in files), key=RANK.index, default="clean")
    lost = sum(file.applies in {"fragment", "failed"} for file in files)
    return "merged" if lowest == "fragment" and 2 * lost < len(files) else lowest


def summary(files: Sequence[PatchedFile]) -> str:
    """Return one line about the files that did not apply exactly where their hunks say."""
    most = worst(files)
    if most == "clean":
        return ""
    lowest = max((file.applies for file in files), key=RANK.index)
    notes = [f"{file.path}: {file.note}" if file.applies == most else f"{file.path} read from its hunks: {file.note}"
             for applies in dict.fromkeys((lowest, most)) for file in files if file.applies == applies]
    more = f"; {len(notes) - 2} more {'file' if len(notes) == 3 else 'files'}" if len(notes) > 2 else ""
    return "; ".join(notes[:2]) + more
