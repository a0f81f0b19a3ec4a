"""A series on a tree, patch by patch: whole where git applies it, hunk by hunk where it does not.

The whole patch is tried in one process first, which is all that most patches need; git's messages then say which files
must be looked at by themselves. What the tree has of the series already is taken out of those before.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import partial

from reviewbot.errors import BudgetError
from reviewbot.series.types import Series
from reviewbot.source.alignment import file_lines
from reviewbot.source.bare_hunks import has_bare_hunks, with_context
from reviewbot.source.contents import Contents
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.fragmented import MOST_LINES, FragmentStore, by_path
from reviewbot.source.gitapply import Group, Index, Outcome, is_copy, with_carriage_returns
from reviewbot.source.gittree import GitTree
from reviewbot.source.landing import (
    hunk_starts,
    say_git,
    say_merge,
    summary,
    unsure_lines,
    why_astray,
    worst,
)
from reviewbot.source.lines import changes_of_zero_context_diff, line_map, place_hunks, split_lines
from reviewbot.source.merging import Known, Merge, brought, doubted, join_lines, merge, show
from reviewbot.source.objects import TreeEntry
from reviewbot.source.placing import Lines, Placement
from reviewbot.source.stock import Grafted, Stock, as_grafted
from reviewbot.source.takeout import OTHER, Present, Remade, take_out
from reviewbot.source.threeway import apply_to_base, blob_named, three_way
from reviewbot.source.torn import torn_functions
from reviewbot.source.trees import OverlayTree, is_safe_path
from reviewbot.source.types import PatchedFile, PatchState, Tree
from reviewbot.values import dataclass

__all__ = ["Workshop", "touched_paths"]

_BARE = "a hunk has no line of context, and it is not certain where it goes"
_MOST_SINGLE_RUNS = 60  # files of one patch that are looked at one by one, where git does not tell them apart
_LARGEST = 4 << 20  # bytes of a file whose hunks are placed one by one


def touched_paths(series: Series) -> tuple[str, ...]:
    """Return every path that the series names on either side and that lies in the tree, sorted."""
    return tuple(sorted({path for patch in series.patches for file in patch.files
                         for path in (file.old_path, file.new_path) if is_safe_path(path)}))


@dataclass(slots=True, kw_only=True)
class _Step:
    """One patch of the series: its files, and what it makes of the files of the tree."""

    index: int
    files: list[PatchedFile] = field(default_factory=list)
    changed: dict[str, bytes | None] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What is known on the way through the patches: the files, what the hunks showed, and what went wrong.

    `shown` has the lines of each file of which some function is known from hunks alone; `absent` what the hunks showed
    of files that the tree does not have, before the first patch that shows them.
    """

    entries: dict[str, TreeEntry]
    present: Present = field(default_factory=dict)
    remade: Remade = field(default_factory=dict)
    store: FragmentStore = field(default_factory=FragmentStore)
    steps: list[_Step] = field(default_factory=list)
    troubled: set[str] = field(default_factory=set)
    shown: dict[str, Known] = field(default_factory=dict)
    absent: dict[str, bytes] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    misfits: int = 0
    authors: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """The blob id and content of files as the author had them after the patches so far, where that is known."""
    lost: dict[str, set[bytes]] = field(default_factory=dict)
    """The lines of each file that hunks without a place brought."""
    stock: Stock | None = None
    """What hunks need of the files before the series; None where that was given to them already, or is not asked."""
    grafted: dict[tuple[int, str], Grafted] = field(default_factory=dict)


class Workshop:
    """A temporary index and object folder in which a series is applied to one tree."""

    def __init__(self, series: Series, tree: Tree) -> None:
        """Put the touched files of the tree into the index. Raises TreeError when git or a file cannot be used."""
        self._series, self._tree = series, tree
        self._contents = Contents(tree)
        self._merges: dict[tuple[str, str], Merge] = {}
        self._adrift: set[str] = set()  # diffs with hunks of which nothing says where they go
        self._start = self._entries()
        self._index = Index(self._contents)
        self.refusal = ""
        """git's words about the first file that did not apply exactly, once `states` has run."""

    def close(self) -> None:
        """Remove what is temporary."""
        self._contents.close()

    def first_failure(self) -> str:
        """Return git's words about the first patch that does not apply exactly, empty when all do."""
        self._index.fill(self._start)
        for patch in self._series.patches:
            groups = [group for group in self._fitted(by_path(patch), self._start) if _can_try(group)]
            if any(group[0].raw in self._adrift for group in groups):
                return f"patch {patch.index}: {_BARE}"
            attempt = self._index.apply(groups) if groups else None
            if attempt is not None and not attempt.applied:
                outcomes = attempt.outcomes or ()
                words = next((outcome.error for outcome in outcomes if outcome.error), attempt.error)
                return f"patch {patch.index}: {words}"
        return ""

    def misfits(self) -> int:
        """Return how many files of the patches do not apply exactly, those after a failure among them."""
        self._index.fill(self._start)
        walk = _Walk(entries=self._start)
        self._go(walk, placing=False)
        return walk.misfits

    def states(self) -> tuple[PatchState, ...]:
        """Return the tree before and after each patch of the series."""
        self._index.fill(self._start)
        walk = _Walk(entries=self._start)
        self._go(walk, placing=False)
        changed: dict[str, bytes | None] = {}
        if walk.troubled:
            troubled = frozenset(path for path in walk.troubled if is_safe_path(path))
            changed, present, remade = take_out(self._series, {
                path: self._contents.of(self._start.get(path)) for path in troubled if self._small(path)}, troubled)
            start = {path: entry for path, entry in self._start.items() if changed.get(path, b"") is not None}
            for path, content in changed.items():
                if content is not None:
                    start[path] = (self._start.get(path, (0o100644, ""))[0], self._contents.keep(content))
            self._index.fill(start)
            walk = _Walk(entries=start, present=present, remade=remade, stock=Stock())
            self._go(walk, placing=True)
            walk = self._with_stock(walk, start, changed)
        changed.update({path: content for path, content in walk.absent.items() if path not in changed})
        before: Tree = OverlayTree(self._tree, changed) if changed else self._tree
        states = []
        for step in walk.steps:
            after = OverlayTree(before, step.changed) if step.changed else before
            states.append(PatchState(index=step.index, files=tuple(step.files), applies=worst(step.files),
                                     note=summary(step.files), before=before, after=after))
            before = after
        return tuple(states)

    def _with_stock(self, walk: _Walk, start: dict[str, TreeEntry], changed: dict[str, bytes | None]) -> _Walk:
        """Return the walk again on files that have what its hunks need of them, itself when they need nothing."""
        assert walk.stock is not None
        more, grafted = walk.stock.onto({path: self._contents.of(entry) for path, entry in start.items()})
        if not grafted:
            return walk
        present = dict(walk.present)
        for at, which in grafted.items():
            if which.had:
                present[at] = present.get(at, frozenset()) | which.had | {OTHER}
        changed.update(more)
        start = {**start, **{path: (start[path][0], self._contents.keep(content)) for path, content in more.items()}}
        self._index.fill(start)
        again = _Walk(entries=start, present=present, remade=walk.remade, grafted=grafted)
        self._go(again, placing=True)
        return again

    def _go(self, walk: _Walk, *, placing: bool) -> None:
        """Go through the patches; with `placing`, what git refuses is placed hunk by hunk, else it is only noted."""
        for patch in self._series.patches:
            groups = self._fitted(by_path(patch), walk.entries)
            landed, failed = self._apply(groups, walk, patch.index)
            walk.misfits += len(failed)
            if not placing:
                walk.troubled.update(path for number in failed if _can_try(groups[number])
                                     for file in groups[number] for path in (file.old_path, file.new_path) if path)
            after_entries = self._index.entries() if landed else walk.entries
            step = _Step(index=patch.index)
            made: dict[str, TreeEntry | None] = {}
            if not walk.troubled:
                for number, group in enumerate(groups):
                    if number in landed:
                        file = self._whole(group, landed[number], walk, after_entries, patch.index)
                        if walk.stock is not None:
                            walk.stock.followed(group, file)
                        step.changed[file.path] = file.after
                        if file.old_path and file.old_path not in after_entries:
                            step.changed[file.old_path] = None
                    else:
                        file = self._refused(group, failed[number], walk, step, made)
                    walk.made.add(file.path)
                    step.files.append(file)
            if made:
                self._index.put(made)
                after_entries = {path: entry for path, entry in {**after_entries, **made}.items() if entry is not None}
            walk.entries = after_entries
            walk.steps.append(step)

    def _entries(self) -> dict[str, TreeEntry]:
        entries: dict[str, TreeEntry] = {}
        for path in touched_paths(self._series):
            if isinstance(self._tree, GitTree):
                entry = self._tree.entry(path)
                if entry is not None:
                    entries[path] = entry
                    self._copy(self._tree, entry)
                continue
            try:
                content = self._tree.read(path)
            except BudgetError:
                content = None  # too large to be a source file; git will say that it is not there
            if content is not None:
                executable = isinstance(self._tree, DirectoryTree) and self._tree.is_executable(path)
                entries[path] = (0o100755 if executable else 0o100644, self._contents.keep(content))
        return entries

    def _copy(self, tree: GitTree, entry: TreeEntry) -> None:
        """Put the content of a file or link of the repository into the workshop's own objects."""
        if not (stat.S_ISREG(entry[0]) or stat.S_ISLNK(entry[0])):
            return
        found = tree.repository.reader.get(entry[1])
        if found is None:
            raise tree.repository.lacks(f"the content {entry[1][:12]} of a touched file is not in the repository")
        self._contents.keep(found[2])

    def _small(self, path: str) -> bool:
        content = self._contents.of(self._start.get(path))
        return content is None or (len(content) <= _LARGEST and b"\0" not in content[:8192])

    def _fitted(self, groups: list[Group], entries: dict[str, TreeEntry]) -> list[Group]:
        """Return the diffs with the line ends of the files they are for: mail turns CRLF into LF."""
        fitted = []
        for group in groups:
            lacking = not group[0].binary and "\r\n" not in group[0].raw
            content = self._contents.of(entries.get(group[0].old_path)) if lacking else None
            all_crlf = content is not None and b"\r\n" in content and content.count(b"\n") == content.count(b"\r\n")
            group = tuple(with_carriage_returns(file) for file in group) if all_crlf else group  # noqa: PLW2901
            fitted.append(self._with_context(group, entries) if has_bare_hunks(group[0]) else group)
        return fitted

    def _with_context(self, group: Group, entries: dict[str, TreeEntry]) -> Group:
        """Return the diff of a file with context for its hunks that have none, where it is certain where they go."""
        file, entry = group[0], entries.get(group[0].old_path)
        content = self._contents.of(entry)
        if len(group) > 1 or content is None or entry is None or not content.endswith(b"\n"):
            return group
        same = bool(file.old_blob.strip("0")) and entry[1].startswith(file.old_blob)
        padded = with_context(file, split_lines(content), same=same)
        if padded is None:
            self._adrift.add(file.raw)
            return group
        self._adrift.discard(file.raw)
        return (padded,)

    def _apply(self, groups: Sequence[Group], walk: _Walk, patch: int) -> tuple[dict[int, Outcome], dict[int, str]]:
        """Return, by the group's number, what git applied exactly and why it did not apply the others."""
        landed: dict[int, Outcome] = {}
        failed: dict[int, str] = {}
        trying: list[int] = []
        for number, group in enumerate(groups):
            if not _can_try(group):
                failed[number] = ""
            elif any(path in walk.shown for file in group for path in (file.old_path, file.new_path)):
                failed[number] = "a hunk of an earlier patch has no place in this file"
            elif group[0].raw in self._adrift:
                failed[number] = _BARE
            elif (patch, group[0].path) in walk.grafted:
                failed[number] = walk.grafted[patch, group[0].path].refusal
            else:
                trying.append(number)
        while trying:
            saved = self._index.save()
            attempt = self._index.apply([groups[number] for number in trying])
            outcomes = attempt.outcomes
            if attempt.applied:
                if astray := self._astray(groups, walk, dict(zip(trying, outcomes or (), strict=False))):
                    self._index.restore(saved)
                    failed.update(astray)
                    trying = [number for number in trying if number not in astray]
                    continue
                landed.update({number: outcomes[position] if outcomes else Outcome()
                               for position, number in enumerate(trying)})
                break
            if outcomes is None:
                self._one_by_one(groups, trying, landed, failed)
                break
            failed.update({number: outcome.error for number, outcome in zip(trying, outcomes, strict=True)
                           if outcome.error})
            trying = [number for number in trying if number not in failed]
        words = next((failed[number] for number in sorted(failed) if failed[number]), "")
        if words:
            self.refusal = self.refusal or f"patch {patch}: {words}"
        return landed, failed

    def _astray(self, groups: Sequence[Group], walk: _Walk, outcomes: dict[int, Outcome]) -> dict[int, str]:
        """Return the groups of which git moved a hunk to where it does not belong, and why it does not."""
        reasons = {number: why_astray(
            groups[number], outcome, split_lines(self._contents.of(walk.entries.get(groups[number][0].old_path))),
            partial(self._lines_now, groups[number][0].new_path))
            for number, outcome in outcomes.items() if outcome.offsets}
        return {number: reason for number, reason in reasons.items() if reason}

    def _lines_now(self, path: str) -> list[bytes]:
        return split_lines(self._contents.of(self._index.entries().get(path)))

    def _one_by_one(self, groups: Sequence[Group], trying: list[int], landed: dict[int, Outcome],
                    failed: dict[int, str]) -> None:
        for position, number in enumerate(trying):
            if position >= _MOST_SINGLE_RUNS:
                failed[number] = "git cannot read the patch, and it has too many files to try each"
                continue
            attempt = self._index.apply([groups[number]])
            if attempt.applied:
                landed[number] = (attempt.outcomes or (Outcome(),))[0]
            else:
                failed[number] = (attempt.outcomes or (Outcome(error=attempt.error),))[0].error

    def _refused(self, group: Group, words: str, walk: _Walk, step: _Step,
                 made: dict[str, TreeEntry | None]) -> PatchedFile:
        """Return a file that git does not apply: its hunks placed one by one, or all rebuilt from the mail."""
        file = group[0]
        entry = walk.entries.get(file.old_path)
        content = self._contents.of(entry) if len(group) == 1 and not file.binary and _can_try(group) else None
        taken = walk.present.get((step.index, file.path), frozenset())
        sound = file.hunks and all(hunk.old_start <= MOST_LINES for hunk in file.hunks)
        if content is not None and entry is not None and file.new_path and sound and len(content) <= _LARGEST \
                and (file.old_path == file.new_path or file.new_path not in walk.entries):
            lost = walk.lost.pop(file.old_path, set())
            remade = walk.remade.get((step.index, file.path))
            merged = doubted(self._merge(group, entry, content, walk, remade), file.hunks, lost)
            walk.lost[file.new_path] = lost | brought(merged, file.hunks, taken)
            if walk.stock is not None:
                walk.stock.want(step.index, file, merged, words)
            elif (step.index, file.path) in walk.grafted:
                merged = as_grafted(merged, walk.grafted[step.index, file.path])
            return self._merged(group, words, (merged, entry, content), walk, step, made, taken)
        if content is not None and not file.new_path and entry is not None:
            # What the tree has in the file besides goes with it.
            count = len(split_lines(content))
            made[file.old_path] = step.changed[file.old_path] = None
            walk.shown.pop(file.old_path, None)
            return PatchedFile(path=file.path, old_path=file.old_path, before=content, after=None, added=frozenset(),
                               removed=frozenset(range(1, count + 1)), line_map=line_map(
                                   (), range(1, count + 1), old_count=count, new_count=0),
                               applies="merged", note=f"deleted as the tree has it; exactly: {words}")
        shown = walk.store.apply(group, words)
        if shown.applies == "fragment" and entry is None and walk.entries.get(file.new_path) is None:
            # A file that the tree lacks is what the hunks show of it, from before the first that shows it.
            if shown.before is not None and file.old_path not in walk.made:
                walk.absent.setdefault(file.old_path, shown.before)
            step.changed[file.path] = shown.after
            if file.old_path and file.old_path != file.path and not is_copy(file):
                step.changed[file.old_path] = None
        return shown

    def _merge(self, group: Group, entry: TreeEntry, content: bytes, walk: _Walk,
               remade: Mapping[int, Lines] | None) -> Merge:
        """Return where the hunks of a file go; the second walk asks again for most of what the first one did."""
        known = self._three_way(group, entry, walk)
        at = (group[0].raw, entry[1])
        found = self._merges.get(at)
        if found is None or (walk.stock is None and any(one.stock for one in found.placed.values())):
            found = self._merges[at] = merge(group[0].hunks, split_lines(content), group[0].old_path, known,
                                             likes=walk.stock.likes if walk.stock else None, remade=remade)
        return found

    def _three_way(self, group: Group, entry: TreeEntry, walk: _Walk) -> dict[int, Placement]:
        """Return where hunks go by a three-way merge: the file that they were made for is in the repository."""
        file = group[0]
        if not isinstance(self._tree, GitTree) or not file.old_blob.strip("0"):
            return {}
        oid, made = walk.authors.get(file.old_path, ("", b""))
        if oid and oid.startswith(file.old_blob):
            base = made
        else:
            oid, found = blob_named(self._tree.repository, file.old_blob)
            if found is None:
                return {}
            base = found
            self._contents.keep(base)
        after = apply_to_base(file.hunks, split_lines(base))
        if after is None:
            return {}
        theirs = join_lines(after, base)
        walk.authors[file.new_path] = (self._contents.keep(theirs), theirs)
        return three_way(file.hunks, self._contents.place.run(
            "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--text", "-U0", oid, entry[1]).out)

    def _merged(self, group: Group, words: str, on_tree: tuple[Merge, TreeEntry, bytes],
                walk: _Walk, step: _Step, made: dict[str, TreeEntry | None], taken: frozenset[int]) -> PatchedFile:
        """Return the file with the hunks that found a place; the tree gets those, the file shows the others too."""
        file = group[0]
        merged, entry, content = on_tree
        after = join_lines(merged.after, content)
        made[file.new_path] = (entry[0], self._contents.keep(after))
        step.changed[file.new_path] = after
        if file.old_path != file.new_path and not is_copy(file):
            made[file.old_path] = step.changed[file.old_path] = None
        torn = torn_functions(merged, file.hunks, taken) if any(path == file.path for _, path in walk.present) \
            else frozenset()
        known = walk.shown.pop(file.old_path, None)
        seen = merge(file.hunks, known.lines, file.old_path) if known is not None else merged
        view = show(seen, file.hunks, known.sections if known is not None else {})
        applies, note = say_merge(merged, file.hunks, words, taken, file_lines(split_lines(content)),
                                  remade=(step.index, file.path) in walk.remade)
        if applies == "fragment" and seen.placed:
            applies = "merged"
        if view.known_old or view.known_new:
            walk.shown[file.new_path] = Known(lines=view.after, sections=view.sections_after)
        return PatchedFile(
            path=file.path, old_path=file.old_path, before=join_lines(view.before, content),
            after=join_lines(view.after, content), added=view.added, removed=view.removed, line_map=view.line_map,
            applies=applies, note=note, known_old=view.known_old, known_new=view.known_new, sections=view.sections,
            unsure=() if view.known_new else unsure_lines(merged, taken),
            torn=torn, unplaced=tuple(number for number in merged.unplaced if number not in taken))

    def _whole(self, group: Group, outcome: Outcome, walk: _Walk, after_entries: dict[str, TreeEntry],
               patch: int) -> PatchedFile:
        path, old_path = group[-1].path, group[0].old_path
        old_entry, new_entry = walk.entries.get(old_path), after_entries.get(group[-1].new_path)
        before, after = self._contents.of(old_entry), self._contents.of(new_entry)
        added, removed = self._changes(group, outcome, (old_entry, before), (new_entry, after))
        old_count, new_count = len(split_lines(before)), len(split_lines(after))
        applies, note = say_git(group, outcome, walk.present.get((patch, path), frozenset()))
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
            placed = place_hunks(group[0].hunks, hunk_starts(group, outcome), before, after)
            if placed is not None:
                return placed
        assert old[0] is not None
        assert new[0] is not None
        # Hunks that git moved past one another, or two diffs of one file: git's own diff of the result is exact.
        diff = self._contents.place.run("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--text", "-U0",
                                 old[0][1], new[0][1])
        return changes_of_zero_context_diff(diff.out)


def _can_try(group: Group) -> bool:
    """Return whether git may be asked: no path leaves the tree, and a binary diff carries its bytes."""
    return all(is_safe_path(path) for file in group for path in (file.old_path, file.new_path) if path) and all(
        not file.binary or "\nGIT binary patch\n" in file.raw for file in group)
