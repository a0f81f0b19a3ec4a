"""Which postings are versions of one series, and which of them is the newest."""

from __future__ import annotations

from functools import cached_property, cmp_to_key

from reviewbot.series.grouping import Group
from reviewbot.series.types import Patch
from reviewbot.values import dataclass

__all__ = ["Chain", "link_versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All postings of one series in the input, the oldest version first."""

    groups: tuple[Group, ...]

    def pick(self, version: int | None) -> Group:
        """Return the newest posting, or the newest one of the version that is named and present."""
        named = [group for group in self.groups if group.version == version]
        return (named or self.groups)[-1]


def link_versions(groups: list[Group], patches: dict[str, Patch], above: dict[str, str]) -> list[Chain]:
    """Return the chains in order of their first appearance.

    `patches` are the parsed patches by Message-ID; `above` gives for the first mail of a posting the mail of another
    posting below which it was sent. Two postings are one series when they carry the same change-id; when author and
    title of the cover (or only patch) are the same; when author and at least half of the patches' titles are; when
    one is a partial reroll; or when an author answers an own version with a higher one.
    """
    links, contents = _Links(size=len(groups)), [_Content(group, patches) for group in groups]
    places = {id(group): at for at, group in enumerate(groups)}
    owners = {entry.id: group for group in groups for entry in group.members}
    seen: dict[tuple[str, ...], list[int]] = {}
    for at, group in enumerate(groups):
        if group.lender is not None:
            links.join(at, places[id(group.lender)])
        before = owners.get(above.get(group.first.id, ""))
        if before is not None and _continues(group, before):
            links.join(at, places[id(before)])
        for key in dict.fromkeys(_keys(group)):
            for other in seen.get(key, ())[-8:]:
                if _are_versions(contents[other], contents[at], by_title=key[0] == "patch"):
                    links.join(at, other)
            seen.setdefault(key, []).append(at)
    chains: dict[int, list[Group]] = {}
    for at, group in enumerate(groups):
        chains.setdefault(links.root(at), []).append(group)
    return [Chain(groups=tuple(sorted(chain, key=cmp_to_key(_compare)))) for chain in _apart(list(chains.values()))]


@dataclass(slots=True, kw_only=True)
class _Links:
    """Groups that were found to belong together, by number; the lowest number stands for all."""

    size: int
    parents: list[int] | None = None

    def root(self, at: int) -> int:
        """Return the number that stands for the group `at`."""
        parents = self.parents = self.parents or list(range(self.size))
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    def join(self, one: int, other: int) -> None:
        """Record that two groups belong together."""
        first, second = sorted((self.root(one), self.root(other)))
        if self.parents is not None:
            self.parents[second] = first


def _continues(group: Group, before: Group) -> bool:
    """Return whether a posting sent below another one is its next version under a new title."""
    same_author = group.first.message.author.email.lower() == before.first.message.author.email.lower()
    alone = len(group.patches) == 1 and group.total <= 1
    return same_author and group.version > before.version and alone == (before.total <= 1)


def _keys(group: Group) -> list[tuple[str, ...]]:
    """Return what another version of this posting would share with it."""
    keys: list[tuple[str, ...]] = []
    change = group.base_notes().change_id
    if change:
        keys.append(("change", change))
    lead = group.first
    author = lead.message.author.email.lower()
    tree = " ".join(lead.subject.tree)
    if lead.subject.key and (lead.kind in {"cover", "pull", "other"} or lead.subject.index == 1):
        keys.append(("title", group.title_key, author, tree))
    keys.extend(("patch", entry.subject.key, author, tree) for entry in group.patches.values() if entry.subject.key)
    return keys


class _Content:
    """A posting with the titles of its patches and the files that they touch, each worked out once."""

    def __init__(self, group: Group, patches: dict[str, Patch]) -> None:
        self.group, self._patches = group, patches

    @cached_property
    def titles(self) -> frozenset[str]:
        return _titles(self.group)

    @cached_property
    def files(self) -> frozenset[str]:
        return frozenset(change.path for entry in self.group.patches.values()
                         for change in self._patches[entry.id].files)


def _are_versions(content: _Content, other_content: _Content, *, by_title: bool) -> bool:
    """Return whether two postings that share a key are versions of one series."""
    one, other = content.group, other_content.group
    common = len(content.titles & other_content.titles)
    if by_title and common * 2 < min(len(content.titles), len(other_content.titles)):
        return False
    if one.version != other.version or one.rfc != other.rfc:
        return True
    if any(entry.subject.resend for entry in (one.first, other.first)):
        return True
    # The same title twice under one version: a silent resend touches the same files, another patch does not.
    return bool(content.files & other_content.files)


def _titles(group: Group) -> frozenset[str]:
    return frozenset(entry.subject.key for entry in group.patches.values())


def _compare(one: Group, other: Group) -> int:
    """Return below zero when `one` is older. An RFC and its successor both call themselves v1; their dates decide."""
    ours, theirs = one.first.message.date, other.first.message.date
    if one.rfc != other.rfc and ours and theirs and ours != theirs:
        return -1 if ours < theirs else 1
    if one.version != other.version:
        return one.version - other.version
    if ours and theirs and ours != theirs:
        return -1 if ours < theirs else 1
    return one.position - other.position


def _apart(chains: list[list[Group]]) -> list[list[Group]]:
    """Return the chains, with a newest version that was split in two kept as two series."""
    result: list[list[Group]] = []
    for chain in chains:
        newest = max(chain, key=cmp_to_key(_compare))
        titles = _titles(newest)
        twins = [group for group in chain if group is not newest and group.version == newest.version
                 and group.rfc == newest.rfc and group.patches and not _titles(group) & titles]
        apart = set(map(id, twins))
        result.append([group for group in chain if id(group) not in apart])
        result.extend([twin] for twin in twins)
    return sorted(result, key=lambda chain: min(group.position for group in chain))
