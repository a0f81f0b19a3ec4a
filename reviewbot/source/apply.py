"""A series on a tree, patch by patch: whole where git applies it, from the hunks where it does not.

Each file of a patch is tried exactly, then with two lines of context, then with one. The whole patch is tried in one
process first, which is all that most patches need; git's messages then say which files must go down the ladder.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass

from reviewbot.errors import BudgetError, TreeError
from reviewbot.series.types import Hunk, Series
from reviewbot.source.fragmented import FragmentStore, by_path
from reviewbot.source.gitapply import Group, Index, Outcome, is_copy, with_carriage_returns
from reviewbot.source.gittree import GitTree
from reviewbot.source.lines import (
    changes_of_zero_context_diff,
    line_map,
    place_hunks,
    split_lines,
)
from reviewbot.source.objects import ObjectReader, TreeEntry
from reviewbot.source.sandbox import Sandbox
from reviewbot.source.trees import DirectoryTree, OverlayTree, is_safe_path
from reviewbot.source.types import Applied, PatchedFile, PatchState, Tree

__all__ = ["Workshop", "touched_paths"]

_RANK: tuple[Applied, ...] = ("clean", "offset", "fuzz", "fragment", "failed")
_LADDER: tuple[tuple[str, ...], ...] = ((), ("-C2",), ("-C1",))
_MOST_SINGLE_RUNS = 60  # files of one patch that are looked at one by one, where git does not tell them apart


def touched_paths(series: Series) -> tuple[str, ...]:
    """Return every path that the series names on either side and that lies in the tree, sorted."""
    return tuple(sorted({path for patch in series.patches for file in patch.files
                         for path in (file.old_path, file.new_path) if is_safe_path(path)}))


@dataclass(slots=True, kw_only=True)
class _Landed:
    """A group that git applied: with which options, and where."""

    outcome: Outcome
    rung: tuple[str, ...]
    exact_error: str = ""


class Workshop:
    """A temporary index and object folder in which a series is applied to one tree."""

    def __init__(self, series: Series, tree: Tree) -> None:
        """Put the touched files of the tree into the index. Raises TreeError when git or a file cannot be used."""
        self._series, self._tree = series, tree
        self._own: Sandbox | None = None
        if isinstance(tree, GitTree):
            # The tree's sandbox has the repository as alternate; new blobs go to the sandbox.
            self._sandbox, self._reader = tree.repository.sandbox, tree.repository.reader
        elif isinstance(tree, DirectoryTree):
            self._sandbox, self._reader = tree.workplace()
        else:
            self._own = self._sandbox = Sandbox()
            self._reader = ObjectReader(self._sandbox)
        self._start = self._entries()
        self._index = Index(self._sandbox, self._sandbox.git_dir / "index-of-series")
        self._contents: dict[str, bytes] = {}
        self.refusal = ""
        """git's words about the first file that did not apply exactly, once `states` has run."""

    def close(self) -> None:
        """Remove what is temporary."""
        if self._own is not None:
            self._reader.close()
            self._own.close()

    def first_failure(self) -> str:
        """Return git's words about the first patch that does not apply exactly, empty when all do."""
        self._index.fill(self._start)
        for patch in self._series.patches:
            groups = [group for group in self._fitted(by_path(patch), self._start) if _can_try(group)]
            attempt = self._index.apply(groups) if groups else None
            if attempt is not None and not attempt.applied:
                outcomes = attempt.outcomes or ()
                words = next((outcome.error for outcome in outcomes if outcome.error), attempt.error)
                return f"patch {patch.index}: {words}"
        return ""

    def states(self) -> tuple[PatchState, ...]:
        """Return the tree before and after each patch of the series."""
        self._index.fill(self._start)
        entries, tree = self._start, self._tree
        store = FragmentStore()
        broken: set[str] = set()
        states = []
        for patch in self._series.patches:
            groups = self._fitted(by_path(patch), entries)
            landed, failed = self._apply(groups, broken, patch.index)
            after_entries = self._index.entries() if landed else entries
            files: list[PatchedFile] = []
            changed: dict[str, bytes | None] = {}
            for number, group in enumerate(groups):
                path, old_path = group[-1].path, group[0].old_path
                if number in landed:
                    file = self._whole(group, landed[number], entries, after_entries)
                    changed[path] = file.after
                    if old_path and old_path not in after_entries:
                        changed[old_path] = None
                else:
                    file = store.apply(group, failed[number])
                    broken.update(name for name in (path, old_path) if name)
                files.append(file)
            after = OverlayTree(tree, changed) if changed else tree
            states.append(PatchState(index=patch.index, files=tuple(files), applies=_worst(files),
                                     note=_summary(files), before=tree, after=after))
            entries, tree = after_entries, after
        return tuple(states)

    def _entries(self) -> dict[str, TreeEntry]:
        entries: dict[str, TreeEntry] = {}
        for path in touched_paths(self._series):
            if isinstance(self._tree, GitTree):
                entry = self._tree.entry(path)
                if entry is not None:
                    entries[path] = entry
                continue
            try:
                content = self._tree.read(path)
            except BudgetError:
                content = None  # too large to be a source file; git will say that it is not there
            if content is not None:
                executable = isinstance(self._tree, DirectoryTree) and self._tree.is_executable(path)
                entries[path] = (0o100755 if executable else 0o100644, self._store(content))
        return entries

    def _store(self, content: bytes) -> str:
        # GitPython's object database writes the loose object; imported here because most runs store nothing.
        from io import BytesIO  # noqa: PLC0415

        from gitdb import IStream, LooseObjectDB  # type: ignore[import-untyped]  # it ships no types  # noqa: PLC0415

        stored = LooseObjectDB(str(self._sandbox.git_dir / "objects")).store(
            IStream("blob", len(content), BytesIO(content)))
        return str(stored.hexsha.decode("ascii"))

    def _content(self, entry: TreeEntry | None) -> bytes | None:
        if entry is None or not stat.S_ISREG(entry[0]):
            return None
        if entry[1] not in self._contents:
            found = self._reader.get(entry[1])
            if found is None:
                raise TreeError(f"the content {entry[1][:12]} of a touched file is not in the repository",
                                hint="a partial clone must be completed first: git fetch --refetch")
            self._contents[entry[1]] = found[2]
        return self._contents[entry[1]]

    def _fitted(self, groups: list[Group], entries: dict[str, TreeEntry]) -> list[Group]:
        """Return the diffs with the line ends of the files they are for: mail turns CRLF into LF."""
        fitted = []
        for group in groups:
            lacking = not group[0].binary and "\r\n" not in group[0].raw
            content = self._content(entries.get(group[0].old_path)) if lacking else None
            all_crlf = content is not None and b"\r\n" in content and content.count(b"\n") == content.count(b"\r\n")
            fitted.append(tuple(with_carriage_returns(file) for file in group) if all_crlf else group)
        return fitted

    def _apply(self, groups: Sequence[Group], broken: set[str],
               patch: int) -> tuple[dict[int, _Landed], dict[int, str]]:
        """Return, by the group's number, what git applied and why it did not apply the others."""
        landed: dict[int, _Landed] = {}
        failed: dict[int, str] = {}
        pending: list[int] = []
        for number, group in enumerate(groups):
            if not _can_try(group):
                failed[number] = ""
            elif any(path in broken for file in group for path in (file.old_path, file.new_path)):
                failed[number] = "an earlier patch of the series did not apply to this file"
            else:
                pending.append(number)
        for rung in _LADDER:
            pending = self._rung(groups, pending, rung, landed, failed)
            if not pending:
                return landed, failed
            self.refusal = self.refusal or f"patch {patch}: {failed[pending[0]]}"
        for number, present in zip(pending, self._index.would_reverse([groups[n] for n in pending]), strict=True):
            if present:
                failed[number] += "; its change is in the tree already (the reverse applies)"
        return landed, failed

    def _rung(self, groups: Sequence[Group], pending: list[int], rung: tuple[str, ...],
              landed: dict[int, _Landed], failed: dict[int, str]) -> list[int]:
        """Apply what applies with these options; return the numbers that do not, with git's first words kept."""
        trying, refused = list(pending), []
        while trying:
            saved = self._index.save()
            attempt = self._index.apply([groups[number] for number in trying], *rung)
            outcomes = attempt.outcomes
            if attempt.applied:
                # With little context git finds a brace and a blank line anywhere, even above the hunk before.
                lost = [number for number, outcome in zip(trying, outcomes or (), strict=False)
                        if rung and not _in_order(groups[number], outcome)]
                if lost:
                    self._index.restore(saved)
                    refused.extend(lost)
                    trying = [number for number in trying if number not in lost]
                    continue
                for position, number in enumerate(trying):
                    landed[number] = _Landed(outcome=outcomes[position] if outcomes else Outcome(), rung=rung,
                                             exact_error=failed.pop(number, ""))
                break
            if outcomes is None:
                refused.extend(self._one_by_one(groups, trying, rung, landed, failed))
                break
            for number, outcome in zip(list(trying), outcomes, strict=True):
                if outcome.error:
                    failed.setdefault(number, outcome.error)
                    refused.append(number)
            trying = [number for number in trying if number not in refused]
        return sorted(refused)

    def _one_by_one(self, groups: Sequence[Group], trying: list[int], rung: tuple[str, ...],
                    landed: dict[int, _Landed], failed: dict[int, str]) -> list[int]:
        refused = []
        for position, number in enumerate(trying):
            if position >= _MOST_SINGLE_RUNS:
                failed.setdefault(number, "git cannot read the patch, and it has too many files to try each")
                refused.append(number)
                continue
            attempt = self._index.apply([groups[number]], *rung)
            if attempt.applied:
                landed[number] = _Landed(outcome=(attempt.outcomes or (Outcome(),))[0], rung=rung,
                                         exact_error=failed.pop(number, ""))
            else:
                failed.setdefault(number, (attempt.outcomes or (Outcome(error=attempt.error),))[0].error)
                refused.append(number)
        return refused

    def _whole(self, group: Group, landed: _Landed, entries: dict[str, TreeEntry],
               after_entries: dict[str, TreeEntry]) -> PatchedFile:
        path, old_path = group[-1].path, group[0].old_path
        old_entry, new_entry = entries.get(old_path), after_entries.get(group[-1].new_path)
        before, after = self._content(old_entry), self._content(new_entry)
        added, removed = self._changes(group, landed.outcome, (old_entry, before), (new_entry, after))
        old_count, new_count = len(split_lines(before)), len(split_lines(after))
        applies, note = _how(group, landed)
        return PatchedFile(
            path=path, old_path=old_path, before=before, after=after, added=added, removed=removed,
            line_map=line_map(added, removed, old_count=old_count, new_count=new_count),
            applies=applies, note=note)

    def _changes(self, group: Group, outcome: Outcome, old: tuple[TreeEntry | None, bytes | None],
                 new: tuple[TreeEntry | None, bytes | None]) -> tuple[frozenset[int], frozenset[int]]:
        before, after = split_lines(old[1]), split_lines(new[1])
        if old[1] is None or new[1] is None:
            return frozenset(range(1, len(after) + 1)), frozenset(range(1, len(before) + 1))
        if len(group) == 1:
            placed = place_hunks(group[0].hunks, _starts(group, outcome), before, after)
            if placed is not None:
                return placed
        assert old[0] is not None
        assert new[0] is not None
        # Hunks that git moved past one another, or two diffs of one file: git's own diff of the result is exact.
        diff = self._sandbox.run("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--text", "-U0",
                                 old[0][1], new[0][1])
        return changes_of_zero_context_diff(diff.out)


def _can_try(group: Group) -> bool:
    """Return whether git may be asked: no path leaves the tree, and a binary diff carries its bytes."""
    return all(is_safe_path(path) for file in group for path in (file.old_path, file.new_path) if path) and all(
        not file.binary or "\nGIT binary patch\n" in file.raw for file in group)


def _starts(group: Group, outcome: Outcome) -> list[int]:
    """Return the line of the new file at which each hunk begins, from its header and git's messages."""
    hunks = group[0].hunks
    starts = [max(hunk.new_start, 1) for hunk in hunks]
    for number, line, _ in outcome.offsets:
        if number <= len(starts):
            starts[number - 1] = line
    for named, leading, _, line in outcome.reduced:
        for number, hunk in enumerate(hunks, 1):
            dropped = _leading(hunk) - leading
            # Without a number it is the hunk that git looked for at this line: it counts dropped lines backwards.
            if number == named or (not named and hunk.new_start - dropped == line):
                starts[number - 1] = line - dropped
                break
    return starts


def _in_order(group: Group, outcome: Outcome) -> bool:
    if len(group) > 1:
        return True
    starts = _starts(group, outcome)
    return starts == sorted(starts)


def _leading(hunk: Hunk) -> int:
    """Return the number of lines of context before the first change."""
    return next((count for count, line in enumerate(hunk.lines) if line.kind != " "), len(hunk.lines))


def _how(group: Group, landed: _Landed) -> tuple[Applied, str]:
    outcome = landed.outcome
    if landed.rung:
        context = landed.rung[0].removeprefix("-C")
        least = "two lines" if context == "2" else "one line"
        where = ", ".join(f"line {line} ({leading} before, {trailing} after)"
                          for _, leading, trailing, line in outcome.reduced[:4])
        reduced = f": context reduced at {where}" if where else ""
        return "fuzz", f"applied with {least} of context{reduced}; exactly: {landed.exact_error}"
    if outcome.offsets:
        number, line, offset = outcome.offsets[0]
        more = f" and {len(outcome.offsets) - 1} more" if len(outcome.offsets) > 1 else ""
        return "offset", f"hunk #{number} succeeded at {line} (offset {offset} lines){more}"
    if group[0].old_path and group[0].new_path and group[0].old_path != group[0].new_path:
        verb = "copied" if is_copy(group[0]) else "renamed"
        return "clean", f"{verb} from {group[0].old_path}"
    return "clean", ""


def _worst(files: Sequence[PatchedFile]) -> Applied:
    return max((file.applies for file in files), key=_RANK.index, default="clean")


def _summary(files: Sequence[PatchedFile]) -> str:
    """Return one line about the files that did not apply exactly where their hunks say."""
    worst = _worst(files)
    if worst == "clean":
        return ""
    notes = [f"{file.path}: {file.note}" for file in files if file.applies == worst]
    more = f"; {len(notes) - 2} more files" if len(notes) > 2 else ""
    return "; ".join(notes[:2]) + more


