"""What limits a page: what is missing of the series, and what of it could not be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.budget import COSTLY
from reviewbot.checks.analysis import Analysis
from reviewbot.errors import Skip
from reviewbot.review.page.events import Event
from reviewbot.review.unseen import Unseen
from reviewbot.source import OverlayTree
from reviewbot.source.types import PatchedFile
from reviewbot.text import clip, decode, quote_names, squash

__all__ = ["not_seen", "tree_has"]

_TELLING = 12  # characters: shorter lines stand in any file
_SILENT = re.compile(rb"\s*(?:/\*|\*|//|#\s*(?:else|endif)\b)")

_TWICE = re.compile(r"^(\w+\(\)): (?=\1)")  # a name before a sentence that begins with it
_NAMED = re.compile(r"(?:\bcalls of )?\b\w+\(\)")
_MOST_DOUBTS = 3
_MOST_NAMES = 3
_MOST_NUMBERS = 5
_LONGEST_DOUBT = 100


def tree_has(analysis: Analysis, one: Unseen, told: Sequence[Event]) -> bool:
    """Return whether the tree has in another form what the hunks without a place bring: each line that tells stands in
    its file, none that they remove does; or what they bring is `told` as such."""
    states = [state for state in analysis.patched.states if state.index == one.patch]
    files = [file for state in states for file in state.files if file.path == one.file]
    if one.kind != "hunks" or not files:
        return False
    diffs = [diff for patch in analysis.series.patches if patch.index == one.patch for diff in patch.files
             if diff.new_path == one.file]
    names = {event.functions for event in told if (event.patch, event.file) == (one.patch, one.file)}
    if names and len(names) >= sum(len(diff.hunks) for diff in diffs):
        return True
    return all(_has(analysis, file) for file in files)


def _has(analysis: Analysis, file: PatchedFile) -> bool:
    start = analysis.patched.start
    own = start.base if isinstance(start, OverlayTree) else start  # what was taken out of it is there
    there = {squash(line) for line in decode(own.read(file.old_path) or b"").splitlines()}
    whole = file.applies in {"fragment", "failed"}
    added, removed = (_telling(content, numbers, [
        span for span in known if whole or span[0] in {section[side] for section in file.sections}])
        for side, content, numbers, known in ((1, file.after, file.added, file.known_new),
                                              (0, file.before, file.removed, file.known_old)))
    return bool(added) and added <= there and not (removed - added) & there


def _telling(content: bytes | None, numbers: frozenset[int], known: Sequence[tuple[int, int]]) -> frozenset[str]:
    """Return those of the lines that hunks without a place change and that do not stand in any file."""
    lines = (content or b"").split(b"\n")
    found = {squash(decode(lines[number - 1])) for number in numbers
             if number <= len(lines) and any(first <= number <= last for first, last in known)
             and not _SILENT.match(lines[number - 1])}
    return frozenset(line for line in found if len(re.sub(r"\W", "", line)) >= _TELLING)


def not_seen(analysis: Analysis, skips: Sequence[Skip], unseen: Sequence[Unseen]) -> tuple[str, ...]:
    """Return what limits the page, in at most three sentences: what is missing before what could not be followed."""
    said = []
    unplaced = [one for one in unseen if one.kind == "hunks" and not one.quiet]
    hunks = sorted({one.file for one in unplaced})
    if analysis.patched.base.kind == "none":
        said.append("everything outside the hunks: there is no tree")
    elif unplaced:
        numbers = [str(number) for number in sorted({one.patch for one in unplaced})]
        said.append(f"{quote_names(hunks, most=2)}, where hunks of {'patch' if len(numbers) == 1 else 'patches'} "
                    f"{quote_names(numbers, most=8)} have no place")
    missing = analysis.series.missing
    if missing:
        which = f"{'patch' if len(missing) == 1 else 'patches'} {quote_names([str(n) for n in missing], most=5)}" \
            if len(missing) <= _MOST_NUMBERS else f"{len(missing)} of {analysis.series.total} patches"
        said.append(f"{which}, which {'is' if len(missing) == 1 else 'are'} not in the input")
    said += [clip(f"{skip.where}: {skip.why}", 200) for skip in skips if skip.stage == "mail"][:1]
    said += [clip(f"{skip.where}: {skip.why}", 200) for skip in skips if skip.stage in COSTLY][:1]
    unread = sorted({skip.where for skip in skips if skip.stage not in {"apply", "model", "mail", *COSTLY}})
    if unread:
        places = quote_names([clip(where, 60) for where in unread], most=2)
        said.append(f"{places}, where something could not be parsed")
    if open_one := _open([one for one in unseen if one.near and not one.quiet and one.file and one.file not in hunks]):
        said.append(open_one)
    return tuple(said[:_MOST_DOUBTS])


def _open(those: Sequence[Unseen]) -> str:
    """Return what of the files that are known could not be followed: one thing as it is, several by their names."""
    if not those:
        return ""
    if all(one.kind == "directive" for one in those):
        places = quote_names(sorted({one.file for one in those}), most=2)
        return f"what else the changed #define lines in {places} come to"
    texts = list(dict.fromkeys(_TWICE.sub("", one.evidence.text) for one in those))
    files = sorted({one.file for one in those})
    if len(texts) == len(files) == 1 and "the family" not in texts[0] and len(texts[0]) <= _LONGEST_DOUBT:
        return f"{texts[0]} in {files[0]}"
    named = [(found[0], one.file) for one in those if (found := _NAMED.search(one.what))]
    if not named:
        return f"what else changes in {quote_names(files, most=2)}"
    names, files = list(dict.fromkeys(name for name, _ in named)), sorted({file for _, file in named})
    return f"what else changes in {quote_names(names, most=_MOST_NAMES)} ({quote_names(files, most=2)})"
