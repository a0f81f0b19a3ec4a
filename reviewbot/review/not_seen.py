"""What was not seen, said so that a reader knows what to look at: one sentence for each reason, no more than was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import partial

from reviewbot.cfacts.objects import object_of
from reviewbot.checks.arches import own_arch
from reviewbot.checks.arguments import split_arguments
from reviewbot.findings.types import Cell, Evidence, Finding, LevelSetEntry
from reviewbot.patterns import regex
from reviewbot.review.grounds import BEHIND_OTHERS
from reviewbot.review.pairs import PARTLY
from reviewbot.review.phrases import by_function
from reviewbot.review.unplaced import NO_FILE
from reviewbot.review.unseen import Kind, Unseen
from reviewbot.text import quote_names

__all__ = ["TOPIC", "not_seen"]

TOPIC = "What was not seen"
_MOST = 12
_MOST_PARTS = 10  # of a list of hunks: files with the same patches are one
_MOST_FILES = 8
_MOST_SHOWN = 8  # places of one entry
_OPEN = "whether it does what it did was not decided"
_CALL = regex(r"(?P<name>\w+)\((?P<given>.*)\)", re.DOTALL)


def not_seen(cells: Sequence[Cell], questions: Sequence[Unseen],
             findings: Sequence[Finding] = ()) -> Iterator[LevelSetEntry]:
    """Yield an entry for each reason why something of the series was not compared, the family's surroundings first.

    What is `quiet`, what is not near the family where no cell speaks of it, and what another cell or one of the
    `findings` tells, is left out.
    """
    told = [one for one in questions if (cells or one.near) and not one.quiet and not _is_told(one, cells, findings)]
    groups: dict[tuple[object, ...], list[Unseen]] = {}
    for one in sorted(told, key=lambda one: not one.near):
        groups.setdefault(_apart(one), []).append(one)
    entries = list(groups.values())
    decided = {(cell.patch, cell.function) for cell in cells if cell.seen != "not-seen"}
    for those in entries[:_MOST]:
        say = partial(_calls, decided=decided) if those[0].kind in {"call", "torn"} else _SENTENCES[those[0].kind]
        yield LevelSetEntry(topic=TOPIC, arch=_arches(cells, those), statement=say(those), because=_places(those))
    if len(entries) > _MOST:
        rest = [one for those in entries[_MOST:] for one in those]
        named = tuple(dict.fromkeys(f"{one.what} in {one.file}" if one.file else one.what for one in rest))
        yield LevelSetEntry(topic=TOPIC, arch="", because=_places(rest),
                            statement=f"{_first(_patches(rest))}, not followed either: {quote_names(named, most=4)}.")


def _is_told(one: Unseen, cells: Sequence[Cell], findings: Sequence[Finding]) -> bool:
    """Return whether it is only open what a call meets behind others, and how these changed is a cell of the same
    function: of the same call, or one on the same memory; or a finding speaks of the call itself."""
    function, _, call = one.what.partition("(), ")
    hit = _CALL.fullmatch(call) if one.why.startswith(BEHIND_OTHERS) else None
    if hit is None:
        return False
    place, memory = (one.file, function), _memory(call)
    beside = [cell.call for cell in cells if cell.changed and cell.patch == str(one.patch)
              and (cell.file, cell.function) == place]
    return call in beside or memory in {_memory(other) for other in beside} - {""} or any(
        finding.introduced and finding.patch == one.patch and (finding.file, finding.function) == place
        and finding.symbol == hit["name"] for finding in findings)


def _memory(call: str) -> str:
    """Return what the first argument of a call names, empty where it has none."""
    hit = _CALL.fullmatch(call)
    arguments = split_arguments(hit["given"]) if hit is not None else None
    return object_of(arguments[0]) if arguments else ""


def _apart(one: Unseen) -> tuple[object, ...]:
    """Return by what two of a kind are two sentences."""
    if one.kind in {"missing", "hunks"}:
        return (one.kind,)
    if one.why.startswith(PARTLY):
        return (PARTLY,)
    if one.kind in {"call", "torn"}:
        return one.patch, one.why
    if one.kind == "options":
        return one.kind, one.file
    if one.kind == "costly":
        return one.kind, one.why
    return one.kind, one.file, _what(one) if one.kind == "beside" else one.what


def _what(one: Unseen) -> str:
    """Return what is changed, without who uses it."""
    return one.what.partition(", which ")[0]


def _places(those: Sequence[Unseen]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(one.evidence for one in those))[:_MOST_SHOWN]


def _arches(cells: Sequence[Cell], those: Sequence[Unseen]) -> str:
    """Return the architectures of the calls that could not be compared; else the one whose files alone are spoken of.
    """
    own = {own_arch(one.file) for one in those}
    if len(own) == 1 and "" not in own and not any(one.kind == "call" for one in those):
        return own.pop()
    wanted = {(str(one.patch), one.file, one.what.partition("(")[0]) for one in those if one.kind == "call"}
    return ", ".join(sorted({cell.arch for cell in cells if cell.seen == "not-seen"
                             and (cell.patch, cell.file, cell.function) in wanted}))


def _patches(those: Sequence[Unseen]) -> str:
    return _numbered({one.patch for one in those}, most=8)


def _numbered(numbers: Iterable[int], *, most: int = 40) -> str:
    """Return patches by their numbers: `patch 3`, `patches 3 and 5`."""
    texts = [str(number) for number in sorted(numbers)]
    return f"{'patch' if len(texts) == 1 else 'patches'} {quote_names(texts, most=most)}"


def _whats(those: Sequence[Unseen]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.what for one in those))


def _missing(those: Sequence[Unseen]) -> str:
    return f"{_first(those[0].what)}: what they change is not seen." if "patches" in those[0].what else \
        f"{_first(those[0].what)}: what it changes is not seen."


def _hunks(those: Sequence[Unseen]) -> str:
    """Return which hunks that may bear on the calls have no place, patch by patch, and which files the tree lacks."""
    lacking = tuple(dict.fromkeys(one.file for one in those if one.why == NO_FILE))
    patches: dict[str, set[int]] = {}
    for one in those:
        if one.file not in lacking:
            patches.setdefault(one.file, set()).add(one.patch)
    alike: dict[tuple[int, ...], list[str]] = {}
    for file, numbers in patches.items():
        alike.setdefault(tuple(sorted(numbers)), []).append(file)
    parts = [f"of {_numbered(numbers)} in {quote_names(files, most=_MOST_FILES)}" for numbers, files in alike.items()]
    if len(parts) > _MOST_PARTS:
        left = tuple(alike.items())[_MOST_PARTS:]
        files = list(dict.fromkeys(file for _, those_files in left for file in those_files))
        which = _numbered({number for numbers, _ in left for number in numbers})
        parts[_MOST_PARTS:] = [f"of {which} in {len(files)} more {'file' if len(files) == 1 else 'files'}"]
    if not parts:
        return f"Patched files that this tree lacks: {quote_names(lacking, most=4)}."
    lacks = f" The tree lacks {quote_names(lacking, most=4)}." if lacking else ""
    return f"Hunks that may bear on the family's calls have no place in this tree: {'; '.join(parts)}.{lacks}"


def _costly(those: Sequence[Unseen]) -> str:
    places = tuple(dict.fromkeys(one.name for one in those))
    return f"Not followed: {quote_names(places, most=4)}; {those[0].why}."


def _unread(those: Sequence[Unseen]) -> str:
    return f"Not parsed in {those[0].file}: {those[0].why}."


def _calls(those: Sequence[Unseen], *, decided: Set[tuple[str, str]]) -> str:
    """Return which calls could not be compared, each with its function.

    Of a tree of another time only the functions are named, where no other call of theirs is `decided` in the patch.
    """
    whats, why = _whats(those), those[0].why
    names = tuple(dict.fromkeys(
        one.what if (str(one.patch), one.what.partition("(")[0]) in decided else one.what.partition(", ")[0]
        for one in those))
    names = tuple(name for name in names if not any(other.startswith(f"{name}, ") for other in names))
    if why.startswith(PARTLY):
        listed = quote_names(names, most=4) if len(whats) == 1 or not any(", " in name for name in names) \
            else by_function(whats)
        return f"{_first(_patches(those))}: {listed} could not be compared, as {PARTLY}."
    if len(whats) == 1 and why.startswith(f"{whats[0]} "):
        return f"{_first(_patches(those))}: {why}; {_OPEN}."
    if len(whats) == 1:
        return f"{_first(_patches(those))}, {whats[0]}: {why}; whether the call does what it did was not decided."
    why = f"their {why.removeprefix('its ')}" if why.startswith("its ") else why
    decision = "whether the calls do what they did was not decided"
    return f"{_first(_patches(those))}, {by_function(whats)}: {why}; {decision}."


def _options(those: Sequence[Unseen]) -> str:
    names = quote_names(tuple(dict.fromkeys(f"{one.name} ({one.why})" if one.why else one.name for one in those)),
                        most=4)
    if len({one.how for one in those}) == 1 and those[0].how != "changes":
        return f"{_changes(those)} {names} in {those[0].file}; not all that follows was worked out."
    return f"{_changes(those)} what {those[0].file} says of {names}; not all that follows was worked out."


def _lines(those: Sequence[Unseen]) -> str:
    return f"{_changes(those)} {those[0].what} in {those[0].file}; what follows was not worked out."


def _work(those: Sequence[Unseen]) -> str:
    if those[0].what == f"{those[0].name}()":
        verb = "adds" if len({one.patch for one in those}) == 1 else "add"
        whom = f", for kernels with {those[0].why}" if those[0].why else ""
        what = f"{verb} {those[0].what} in {those[0].file}{whom}"
        return f"{_first(_patches(those))} {what}; who gets that definition was not worked out."
    if all(one.how == "adds" for one in those):
        comes = "what calls it and what it comes to was not worked out"
        return f"{_changes(those)} {those[0].what}, in {those[0].file}; {comes}."
    return f"{_changes(those)} {those[0].what}, in {those[0].file}; {_OPEN}."


def _beside(those: Sequence[Unseen]) -> str:
    """Return which changed function or call it is, and what callers of the family have to do with it."""
    users = tuple(dict.fromkeys(name for one in those if (name := _user(one))))
    which = f"which {quote_names(users, most=3)} {'uses' if len(users) == 1 else 'use'} beside the family's calls" \
        if users else those[0].what.partition(", ")[2]
    return f"{_changes(those)} {_what(those[0])} in {those[0].file}, {which}; what that comes to was not followed."


def _user(one: Unseen) -> str:
    """Return who uses the function beside the family's calls; empty where it is itself one that calls the family."""
    name, uses, _ = one.what.partition(", which ")[2].partition(" uses ")
    return name if uses else ""


def _changes(those: Sequence[Unseen]) -> str:
    how = those[0].how if len({one.how for one in those}) == 1 else "changes"
    verb = how if len({one.patch for one in those}) == 1 else how.removesuffix("s")
    return f"{_first(_patches(those))} {verb}"


def _gate(those: Sequence[Unseen]) -> str:
    return f"{_first(_patches(those))}, {those[0].what}: that option was not followed."


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


_SENTENCES: dict[Kind, Callable[[Sequence[Unseen]], str]] = {
    "missing": _missing, "hunks": _hunks, "costly": _costly, "unread": _unread, "gate": _gate, "options": _options,
    "directive": _lines, "names": _lines, "work": _work, "beside": _beside}
