"""Every series of a mailbox, and what each of its messages is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, replace
from typing import Literal

from reviewbot.errors import MailError
from reviewbot.mail.types import Mailbox
from reviewbot.mail.unread_forms import unread_form
from reviewbot.patterns import regex
from reviewbot.series.foreign import is_foreign
from reviewbot.series.grouping import Group, form_groups, titled_version
from reviewbot.series.linking import Chain, link_versions
from reviewbot.series.notice import is_notice
from reviewbot.series.patch import parse_patch
from reviewbot.series.thread import LIST_PREFERENCE, Entry, Threads, build_threads
from reviewbot.series.trailers import follow_up_trailers
from reviewbot.series.types import Cover, Patch, Role, Series, SeriesSet, Trailer
from reviewbot.text import clip, quote_names, visible
from reviewbot.values import dataclass

__all__ = ["find_series"]


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What is known about one input while its series are put together."""

    threads: Threads
    patches: dict[str, Patch]
    owners: dict[str, Group] = field(default_factory=dict)
    replies: dict[str, str] = field(default_factory=dict)
    """Message-ID of a reply -> Message-ID of the patch or cover that it answers."""
    given: dict[str, list[Trailer]] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)
    """Message-ID of a posting's first mail -> the mail of another series below which it was sent."""

_QUOTED_DIFF = regex(r"^(?:> ?){1,5}(?:diff --git |@@ -\d)", re.MULTILINE)
_MOST_NUMBERS = 5  # of patches in one sentence; more are counted


def find_series(mailbox: Mailbox, *, version: int | None = None,
                list_preference: Sequence[str] = LIST_PREFERENCE) -> SeriesSet:
    """Return every series of the mailbox, each in its newest version (or in `version`, where there is such a one).

    `list_preference` are List-Id patterns that say which copy of a mail is kept. Raises MailError when a version is
    named that no series in the mailbox has. A mailbox without any patch gives an empty set.
    """
    threads = build_threads(mailbox.messages, list_preference)
    patches = {entry.id: parse_patch(entry.message) for entry in threads.entries.values() if entry.kind == "patch"}
    reading = _Reading(threads=threads, patches=patches)
    groups = form_groups(threads)
    for group in groups:
        reading.owners.update((entry.id, group) for entry in (*group.members, *group.surplus))
    _attach_replies(reading)
    above = _find_above(reading, groups)
    chains = link_versions(groups, patches, above)
    _check_version(chains, version)
    picked = [(chain, chain.pick(version)) for chain in chains]
    for chain, group in picked:
        _note_members(reading, chain, group)
    _note_rest(reading)
    members = _chain_members(reading, chains)
    home = {id(group): at for at, chain in enumerate(chains) for group in chain.groups}
    reading.above = {key: mail for key, mail in above.items()
                     if home[id(reading.owners[key])] != home[id(reading.owners[mail])]}
    series = [_build(reading, chain, group, members[at]) for at, (chain, group) in enumerate(picked)]
    older = [_build(reading, chain, group, members[at]) for at, (chain, chosen) in enumerate(picked)
             for group in chain.groups if group is not chosen]
    copies = [Role(message_id=copy.message_id, role="ignored", why="another copy of the same Message-ID")
              for copy in threads.copies]
    roles = (*reading.roles.values(), *copies)
    if len(series) == 1:
        # One series alone accounts for the whole input; each version of it does.
        series = [replace(series[0], roles=roles)]
    return SeriesSet(series=tuple(series), older=tuple(older), roles=roles,
                     warnings=(*mailbox.warnings, *threads.warnings))


def _attach_replies(reading: _Reading) -> None:
    """Find for every reply the patch or cover that it answers, and collect the trailers it gives."""
    titles: dict[tuple[int, int, str], list[str]] = {}
    for owner_id in reading.owners:
        subject = reading.threads.entries[owner_id].subject
        titles.setdefault((subject.version, subject.index, subject.key), []).append(owner_id)
    nearest = _nearest_owned(reading)
    for entry in reading.threads.entries.values():
        if entry.kind not in {"reply", "other"} or entry.id in reading.owners:
            continue
        target = nearest[entry.id]
        if not target and entry.kind == "reply" and entry.subject.reply:
            # A mailer that drops In-Reply-To still keeps the subject.
            same = titles.get((entry.subject.version, entry.subject.index, entry.subject.key), [])
            target = same[0] if len(same) == 1 and entry.subject.key else ""
        if not target:
            continue
        reading.replies[entry.id] = target
        if entry.kind == "reply":
            reading.given.setdefault(target, []).extend(follow_up_trailers(entry.message, with_diff=entry.diff))


def _nearest_owned(reading: _Reading) -> dict[str, str]:
    """Return for every mail the nearest patch or cover at or above it, empty where there is none."""
    found = {key: key for key in reading.owners}
    for key in reading.threads.entries:
        path: list[str] = []
        current = key
        while current and current not in found:
            # Until the walk is over this stands for "none", which also ends a circle.
            found[current] = ""
            path.append(current)
            current = reading.threads.parents[current]
        found.update(dict.fromkeys(path, found.get(current, "")))
    return found


def _find_above(reading: _Reading, groups: list[Group]) -> dict[str, str]:
    """Return for the first mail of a posting the nearest mail above it that is of another posting."""
    above: dict[str, str] = {}
    for group in groups:
        for ancestor in reading.threads.ancestors(group.first.id):
            owner = reading.owners.get(ancestor.id)
            if owner is not None and owner is not group:
                above[group.first.id] = ancestor.id
                break
    return above


def _check_version(chains: list[Chain], version: int | None) -> None:
    present = sorted({group.version for chain in chains for group in chain.groups})
    if version is None or version in present or not present:
        return
    have = quote_names([str(number) for number in present])
    raise MailError(f"there is no version {version} of the series in the input",
                    hint=f"it holds version {have}")


def _note_members(reading: _Reading, chain: Chain, chosen: Group) -> None:
    """Record the role of every mail of the chain's postings."""
    for group in chain.groups:
        title = clip(visible(group.leader.subject.title), 80)
        suffix = ""
        if group is not chosen:
            suffix = f"; version {chosen.version} is looked at" if group.version != chosen.version else "; sent again"
        for entry in group.members:
            if entry is group.cover:
                what = "pull request" if entry.kind == "pull" else "cover letter"
                role = Role(message_id=entry.id, role="cover", why=f"{what} of '{title}' v{group.version}{suffix}")
            else:
                place = f"patch {entry.subject.index}/{max(group.total, 1)} of '{title}' v{group.version}{suffix}"
                role = Role(message_id=entry.id, role="patch", why=place)
            reading.roles[entry.id] = role
        for entry in group.surplus:
            reading.roles[entry.id] = Role(
                message_id=entry.id, role="ignored",
                why=f"'{title}' v{group.version} has another mail with the number {entry.subject.index}")


def _note_rest(reading: _Reading) -> None:
    """Record the role of every mail that is in no posting, and put the roles in the order of the input."""
    for entry in reading.threads.entries.values():
        if entry.id not in reading.roles:
            reading.roles[entry.id] = _rest_role(reading, entry)
    ordered = {key: reading.roles[key] for key in reading.threads.entries}
    reading.roles = ordered


def _rest_role(reading: _Reading, entry: Entry) -> Role:
    target = reading.replies.get(entry.id)
    if target is not None:
        subject = reading.threads.entries[target].subject
        group = reading.owners[target]
        place = "the cover letter" if group.cover and group.cover.id == target else f"patch {subject.index}"
        extra = ", with a diff of its own" if entry.diff else ""
        return Role(message_id=entry.id, role="reply", why=f"answers {place} of v{group.version}{extra}")
    if entry.kind == "reply":
        quotes = bool(_QUOTED_DIFF.search(entry.message.body))
        why = "an answer that quotes a patch, which is not in the input" if quotes else \
            "answers a mail that is not in the input or no patch"
        return Role(message_id=entry.id, role="reply", why=why, telling=quotes)
    if entry.kind == "notice":
        return Role(message_id=entry.id, role="ignored", why="a notice about a patch, not a submission", telling=True)
    why, telling = "a mail without a patch", False
    if not entry.message.body.strip():
        why = "a mail without text"
        if entry.message.warnings:
            why, telling = f"a mail without text: {entry.message.warnings[-1]}", True
    elif form := unread_form(entry.message.body):
        why, telling = f"{form}, which is not read", True
    return Role(message_id=entry.id, role="ignored", why=why, telling=telling)


def _chain_members(reading: _Reading, chains: list[Chain]) -> list[list[str]]:
    """Return for each chain the Message-IDs of all its mails and their replies, in order of the input."""
    number = {id(group): at for at, chain in enumerate(chains) for group in chain.groups}
    members: list[list[str]] = [[] for _ in chains]
    for key in reading.threads.entries:
        owner = reading.owners.get(reading.replies.get(key, key))
        if owner is not None:
            members[number[id(owner)]].append(key)
    return members


def _build(reading: _Reading, chain: Chain, group: Group, members: list[str]) -> Series:
    """Return one posting as a Series."""
    lead, leader = group.first, group.leader
    patches = _patches(reading, group)
    present = {patch.index for patch in patches}
    total = group.total
    missing = tuple(index for index in range(1, total + 1) if index not in present)
    notes = group.base_notes()
    if group.lender is not None and not notes.base_commit:
        notes = group.lender.base_notes()
    newest = chain.groups[-1]
    prefixes = tuple(dict.fromkeys(word for entry in group.members for word in entry.subject.prefixes))
    cover = group.cover or (group.lender.cover if group.lender else None)
    return Series(
        # The subject of a robot's notice is about the robot's doing; the commit in it has a title of its own.
        subject=(patches[0].subject if patches and (is_notice(leader.subject.full) or not leader.subject.title)
                 else leader.subject.title),
        version=group.version,
        total=total,
        message_id=lead.id,
        author=lead.message.author,
        date=lead.message.date,
        list_name=next((entry.message.list_id for entry in group.members if entry.message.list_id), ""),
        prefixes=prefixes,
        cover=_cover(reading, cover) if cover else None,
        patches=patches,
        missing=missing,
        superseded_by=newest.first.id if newest is not group else None,
        base_commit=notes.base_commit,
        prerequisite_patch_ids=notes.patch_ids,
        prerequisite_message_ids=notes.message_ids,
        change_id=notes.change_id,
        prerequisite_base_commit=notes.needed_base,
        prerequisite_change_ids=notes.needed_changes,
        versions=tuple((one.version, one.first.id) for one in chain.groups),
        kind=_kind(lead, patches, prefixes),
        roles=tuple(reading.roles[key] for key in members),
        warnings=(*_warnings(group, missing), *_mended(patches)),
        below=next((reading.above[one.first.id] for one in chain.groups if one.first.id in reading.above), ""),
    )


def _kind(lead: Entry, patches: tuple[Patch, ...],
          prefixes: tuple[str, ...]) -> Literal["patches", "pull-request", "foreign"]:
    if lead.kind == "pull" and not patches:
        return "pull-request"
    foreign = is_foreign((change.path for patch in patches for change in patch.files), prefixes)
    return "foreign" if foreign else "patches"


def _warnings(group: Group, missing: tuple[int, ...]) -> tuple[str, ...]:
    warnings: list[str] = []
    if missing:
        names = quote_names([f"{index}/{group.total}" for index in missing], most=10)
        warnings.append(f"the input lacks patch {names}")
    if group.lent and group.lender is not None:
        numbers = [str(index) for index in sorted(group.lent)]
        which = f"patch {numbers[0]} is" if len(numbers) == 1 else \
            f"patches {quote_names(numbers)} are" if len(numbers) <= _MOST_NUMBERS else f"{len(numbers)} patches are"
        warnings.append(f"only a part was sent again; {which} from version {group.lender.version}")
    covered = group.cover is not None and group.cover.subject.counted
    if group.cover is not None and covered and group.version not in {
            group.cover.subject.version, titled_version(group.cover)}:
        warnings.append(f"the cover letter says version {group.cover.subject.version}, "
                        f"the patches say version {group.version}")
    if group.cover is not None and covered and group.cover.subject.total > group.total:
        warnings.append(f"the cover letter counts {group.cover.subject.total} patches, the patches count {group.total}")
    if any(entry.subject.index > entry.subject.declared for entry in group.patches.values()):
        warnings.append("a patch has a number beyond the total of its subject")
    if group.surplus:
        warnings.append(f"{len(group.surplus)} mails have the number of another one; they are left out")
    return tuple(warnings)


def _mended(patches: tuple[Patch, ...]) -> tuple[str, ...]:
    return tuple(f"patch {patch.index} was damaged by a mailer and is read as it was meant: {patch.mended}"
                 for patch in patches if patch.mended)


def _patches(reading: _Reading, group: Group) -> tuple[Patch, ...]:
    entries = {**group.lent, **group.patches}
    return tuple(_with_follow_ups(reading, reading.patches[entries[index].id], index) for index in sorted(entries))


def _with_follow_ups(reading: _Reading, patch: Patch, index: int) -> Patch:
    trailers = _merge_trailers(patch.trailers, reading.given.get(patch.message_id, []))
    return replace(patch, index=index, trailers=trailers)


def _merge_trailers(own: tuple[Trailer, ...], given: list[Trailer]) -> tuple[Trailer, ...]:
    """Return the trailers with those of replies behind them, each once."""
    merged = {(trailer.name.lower(), trailer.value.lower()): trailer for trailer in reversed(given)}
    for trailer in own:
        merged.pop((trailer.name.lower(), trailer.value.lower()), None)
    return (*own, *reversed(merged.values()))


def _cover(reading: _Reading, entry: Entry) -> Cover:
    return Cover(message_id=entry.id, subject=entry.subject.title, author=entry.message.author,
                 date=entry.message.date, body=entry.message.body,
                 trailers=_merge_trailers((), reading.given.get(entry.id, [])))
