"""Which patches and covers were sent together: one `Group` for each posting of a series."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import timedelta

from reviewbot.patterns import regex
from reviewbot.series.patch import BaseNotes, read_base_notes
from reviewbot.series.thread import Entry, Threads
from reviewbot.values import dataclass

__all__ = ["Group", "form_groups", "titled_version"]

_TITLED = regex(r"(?<![ ,(])[ ,(]{1,3}(?:v|version )(?P<number>[2-9]|[1-9]\d)\)?\.?$", re.IGNORECASE)
_SINCE = regex(r"^ {0,4}(?:changes?|changelog|diff\w*)\b[ :]*(?:since|from|in)? *(?:v|version )"
               r"(?P<number>\d{1,2})\b", re.IGNORECASE | re.MULTILINE)
_SAME_POSTING = timedelta(days=2)


@dataclass(slots=True, kw_only=True)
class Group:
    """One posting: its cover, its patches by number, and the mails that turned out to be surplus.

    `lent` are patches of the version before (`lender`), by number, that a partial reroll left as they were; `promised`
    is the total of that version where the reroll has no counter of its own.
    """

    cover: Entry | None = None
    patches: dict[int, Entry] = field(default_factory=dict)
    surplus: list[Entry] = field(default_factory=list)
    lent: dict[int, Entry] = field(default_factory=dict)
    lender: Group | None = None
    promised: int = 0

    @property
    def members(self) -> list[Entry]:
        """Return cover and patches of this posting, in order of their numbers."""
        own = [self.patches[index] for index in sorted(self.patches)]
        return [self.cover, *own] if self.cover else own

    @property
    def first(self) -> Entry:
        """Return the cover, else the first patch."""
        return self.members[0]

    @property
    def leader(self) -> Entry:
        """Return the entry whose subject stands for the posting; of a reroll, that of the version before."""
        return self.lender.leader if self.lender and not self.cover else self.first

    @property
    def position(self) -> int:
        """Return where the posting first appears in the input."""
        return min(entry.position for entry in self.members)

    @property
    def version(self) -> int:
        """Return the version: what the patches say, or the cover when they say nothing."""
        given = [entry.subject.version for entry in self.patches.values() if entry.subject.version_given]
        if given:
            return max(given)
        if self.cover and self.cover.subject.version_given:
            return self.cover.subject.version
        return titled_version(self.cover) if self.cover else 1

    @property
    def total(self) -> int:
        """Return the number of patches that the subjects promise, at least the highest number that is there.

        Patches that agree on their number and are all there know better than the cover letter.
        """
        counted = {entry.subject.total for entry in self.patches.values() if entry.subject.counted}
        if len(counted) == 1 and set(self.patches) == set(range(1, max(counted) + 1)) and not self.lent:
            return max(*counted, self.promised)
        totals = [entry.subject.total for entry in self.members if entry.subject.counted]
        return max([*totals, *self.patches, *self.lent, self.promised])

    @property
    def rfc(self) -> bool:
        """Return whether the posting asks for comments only."""
        return any(entry.subject.rfc for entry in self.members)

    @property
    def title_key(self) -> str:
        """Return the title of the first mail in the form in which versions are compared."""
        key = self.first.subject.key
        return _TITLED.sub("", key) if self.first is self.cover and titled_version(self.first) > 1 else key

    def base_notes(self) -> BaseNotes:
        """Return the base information of the first mail that has any."""
        texts = [entry.message.body for entry in self.members]
        notes = [read_base_notes(text) for text in texts]
        return BaseNotes(
            base_commit=next((note.base_commit for note in notes if note.base_commit), ""),
            patch_ids=next((note.patch_ids for note in notes if note.patch_ids), ()),
            message_ids=next((note.message_ids for note in notes if note.message_ids), ()),
            change_id=next((note.change_id for note in notes if note.change_id), ""),
            needed_changes=next((note.needed_changes for note in notes if note.needed_changes), ()),
            needed_base=next((note.needed_base for note in notes if note.needed_base), ""),
        )


def titled_version(cover: Entry) -> int:
    """Return the version at the end of a cover's title (`clean up the bounce buffers v3`), 1 where there is none.

    Interfaces have versions, too: it counts only where the letter tells what changed since an earlier version.
    """
    found = _TITLED.search(cover.subject.title)
    if not found:
        return 1
    number = int(found["number"])
    earlier = (int(since["number"]) for since in _SINCE.finditer(cover.message.body))
    return number if any(0 < one <= number for one in earlier) else 1


def form_groups(threads: Threads) -> list[Group]:
    """Return every posting of the input in order of appearance; every patch, cover and pull request is in one."""
    groups: dict[tuple[str, str, int, int], Group] = {}
    for entry in threads.entries.values():
        if entry.kind in {"patch", "cover", "pull"}:
            _add(groups.setdefault(_key(entry, threads), Group()), entry)
    merged = _merge_covers(list(groups.values()), threads)
    merged = _merge_unthreaded(merged, threads)
    for group in merged:
        _adopt_naked_cover(group, threads)
    merged = _merge_rerolls(merged, threads)
    return sorted(merged, key=lambda group: group.position)


def _key(entry: Entry, threads: Threads) -> tuple[str, str, int, int]:
    """Return what the mails of one posting have in common: their cover, or the mail that all of them answer."""
    subject = entry.subject
    if entry.kind == "pull" or (entry.kind == "patch" and not subject.counted):
        return ("single", entry.id, 0, 0)
    root = entry
    for ancestor in threads.ancestors(entry.id):
        if ancestor.kind not in {"cover", "patch"} or not _sent_together(root, ancestor):
            break
        root = ancestor
    if root.kind == "cover":
        return ("cover", root.id, 0, 0)
    above = threads.parents.get(root.id) or root.message.in_reply_to
    if above:
        return ("below", above, subject.version, subject.declared)
    return ("root", root.id, 0, 0)


def _sent_together(entry: Entry, parent: Entry) -> bool:
    mine, other = entry.subject, parent.subject
    return (mine.version == other.version and mine.declared == other.declared and mine.tree == other.tree
            and other.counted and mine.index != other.index and entry.kind == "patch")


def _add(group: Group, entry: Entry) -> None:
    """Put an entry into its place; of two with one number the later wins when they are the same patch."""
    if entry.kind in {"cover", "pull"}:
        if group.cover is None:
            group.cover = entry
        else:
            group.surplus.append(entry)
        return
    index = entry.subject.index
    before = group.patches.get(index)
    if before is None:
        group.patches[index] = entry
        return
    newer = before.subject.key == entry.subject.key and _later(entry, before)
    group.patches[index] = entry if newer else before
    group.surplus.append(before if newer else entry)


def _later(entry: Entry, other: Entry) -> bool:
    if entry.message.date and other.message.date:
        return entry.message.date > other.message.date
    return entry.position > other.position


def _above(group: Group, threads: Threads) -> Entry | None:
    """Return the mail that the first mail of the posting answers, when it is in the input."""
    return threads.entries.get(threads.parents.get(group.first.id, ""))


def _merge_covers(groups: list[Group], threads: Threads) -> list[Group]:
    """Return the groups with patches put below their cover where its version or total is written differently.

    People write `[PATCH 0/5]` above `[PATCH v2 1/5]`, and `[PATCH v2 0/3]` above `[PATCH 1/3]`. The cover of what is to
    be pulled is the request, where its sender put the patches below it.
    """
    lonely = {group.cover.id: group for group in groups if group.cover and group.cover.kind in {"cover", "pull"}
              and not group.patches}
    taken: set[int] = set()
    for group in sorted(groups, key=lambda one: one.position):
        above = _above(group, threads) if not group.cover else None
        home = lonely.get(above.id) if above else None
        if home is None or above is None or any(index in home.patches for index in group.patches):
            continue
        if above.kind == "pull" and above.message.author.email.lower() != group.first.message.author.email.lower():
            continue
        if not all(entry.subject.counted for entry in group.patches.values()):
            continue
        versions = {entry.subject.version for entry in home.patches.values()}
        if versions and versions != {group.version}:
            continue
        for entry in (*group.members, *group.surplus):
            _add(home, entry)
        taken.add(id(group))
    return [group for group in groups if id(group) not in taken]


def _merge_unthreaded(groups: list[Group], threads: Threads) -> list[Group]:
    """Return the groups with mails put together that no header ties: saved patches, or a sender without threading."""
    open_groups: dict[tuple[object, ...], Group] = {}
    result: list[Group] = []
    for group in sorted(groups, key=lambda one: one.position):
        first = group.first
        subject = first.subject
        if first.kind == "pull" or not subject.counted or first.message.in_reply_to or _above(group, threads):
            result.append(group)
            continue
        # The From of a patch that git saved is that commit's author, so it says nothing about who sent it.
        sender = "" if first.message.synthetic_id else first.message.author.email.lower()
        key = (subject.version, subject.declared, subject.tree, first.message.synthetic_id, sender)
        home = open_groups.get(key)
        if home is not None and _fits(home, group):
            for entry in (*group.members, *group.surplus):
                _add(home, entry)
            continue
        open_groups[key] = group
        result.append(group)
    return result


def _fits(home: Group, group: Group) -> bool:
    if len(group.members) > 1 and len(home.members) > 1:
        return False
    if (home.cover and group.cover) or any(index in home.patches for index in group.patches):
        return False
    ours, theirs = home.first.message.date, group.first.message.date
    return ours is None or theirs is None or home.first.message.synthetic_id or abs(ours - theirs) <= _SAME_POSTING


def _adopt_naked_cover(group: Group, threads: Threads) -> None:
    """Take the mail above the patches as their cover when it is one in all but its subject."""
    if group.cover or not any(entry.subject.counted and entry.subject.declared > 1 for entry in group.patches.values()):
        return
    above = _above(group, threads)
    if above is None or above.diff or above.kind != "other":
        return
    same_sender = above.message.author.email.lower() == group.first.message.author.email.lower()
    if above.diffstat or (same_sender and not above.message.in_reply_to):
        group.cover = above


def _merge_rerolls(groups: list[Group], threads: Threads) -> list[Group]:
    """Return the groups with partial rerolls completed: `[PATCH v2 3/4]` in answer to `[PATCH 3/4]`."""
    owner = {entry.id: group for group in groups for entry in group.members}
    result: list[Group] = []
    rerolls: dict[tuple[int, int], Group] = {}
    for group in sorted(groups, key=lambda one: (one.version, one.position)):
        base = _replaced(group, threads, owner)
        if base is None:
            result.append(group)
            continue
        key = (id(base), group.version)
        home = rerolls.get(key)
        if home is not None:
            for entry in (*group.members, *group.surplus):
                _add(home, entry)
                owner[entry.id] = home
            home.lent = {index: entry for index, entry in home.lent.items() if index not in home.patches}
            continue
        # A third version of one patch builds on the second version of another.
        latest = rerolls.get((id(base), group.version - 1), base)
        group.lent = {index: entry for index, entry in {**latest.lent, **latest.patches}.items()
                      if index not in group.patches}
        group.lender = latest
        rerolls[key] = group
        result.append(group)
    return result


def _replaced(group: Group, threads: Threads, owner: dict[str, Group]) -> Group | None:
    """Return the posting of which this one replaces some patches, if it does."""
    if group.cover or group.version < 2:
        return None
    _number_by_title(group, threads)
    if len(group.patches) >= group.total:
        return None
    base: Group | None = None
    for index, entry in group.patches.items():
        found = None
        for ancestor in threads.ancestors(entry.id):
            subject = ancestor.subject
            same = subject.index == index and (subject.declared == entry.subject.declared or not entry.subject.counted)
            if ancestor.kind == "patch" and same and subject.version < entry.subject.version:
                found = owner.get(ancestor.id)
        if found is None or found is group:
            return None
        base = base or found
    return base


def _number_by_title(group: Group, threads: Threads) -> None:
    """Give `[PATCH v2] title` the number of the patch of that title which it answers."""
    entry = group.patches.get(1)
    if entry is None or entry.subject.counted or len(group.patches) > 1:
        return
    for ancestor in threads.ancestors(entry.id):
        subject = ancestor.subject
        if (ancestor.kind == "patch" and subject.counted and subject.declared > 1 and subject.key == entry.subject.key
                and subject.version < entry.subject.version):
            group.patches = {subject.index: entry}
            group.promised = subject.declared
            return
