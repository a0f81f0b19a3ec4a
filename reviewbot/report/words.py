"""Sentences, places and links, as all formats for people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

from reviewbot.findings.types import Evidence
from reviewbot.patterns import regex
from reviewbot.report.order import spell_count
from reviewbot.report.view import EvidenceView, FollowUp, Phrase, Piece
from reviewbot.review.types import Coverage, Review
from reviewbot.series.types import Series, Trailer
from reviewbot.source.elsewhere import lent_words
from reviewbot.source.landing import ANOTHER_FILE, ANOTHER_FORM
from reviewbot.source.moved import moved_words
from reviewbot.source.types import Applied, PatchState
from reviewbot.text import clip, quote_names

__all__ = [
    "LONGEST",
    "anchor_for",
    "follow_ups",
    "is_there_or_fits",
    "mail_url",
    "pieces",
    "proof",
    "say_all_applied",
    "say_applied",
    "say_base",
    "say_coverage",
    "say_date",
    "say_moved",
    "say_notices",
    "say_patch_applied",
    "say_place",
]

LONGEST = 2000
"""Characters of one string that a report shows at most: a line of a hostile mail may have megabytes."""

_CODE = regex(r"'([^'\n]{1,160})'(?!\w)|(?<![\w*])([A-Za-z_][\w*]{0,80}\(\)|CONFIG_\w{1,80})"
              r"|(?<![\w-])(-E[A-Z0-9]{2,16})\b|\b([A-Z][A-Z0-9_]{2,80}=[ymn])\b")

_MOST_FOLLOW_UPS = 50
_MOST_NOTICES = 20
_MOST_NUMBERS = 5  # of patches in one sentence; more are counted
_THERE = "the tree has "  # how the note on a file begins of which the tree has hunks already
_SOME = regex(rf"{_THERE}(?P<hunks>hunks? (?P<named>[\d, and]+?)(?: and (?P<more>\d+) more)? of (?P<all>\d+)) "
              r"already: ")
_IN_PART = ("is in the tree in part", "are in the tree in part")
_MOST_FILES = 2  # of which it is said what the tree has of them
_WHOLLY = f"{_THERE}this change already: it was taken out first"
_OTHERWISE = f"{_THERE}{ANOTHER_FORM}: "
_FOREIGN = f"{_THERE}{ANOTHER_FILE}: "

_APPLIED = {
    "clean": ("applies cleanly", "apply cleanly"),
    "offset": ("applies at an offset", "apply at an offset"),
    "fuzz": ("applies with reduced context", "apply with reduced context"),
    "reversed": ("is in the tree already and was taken out first", "are in the tree already and were taken out first"),
    "merged": ("was placed hunk by hunk", "were placed hunk by hunk"),
    "fragment": ("does not apply here and is reviewed from its hunks",
                 "do not apply here and are reviewed from their hunks"),
    "failed": ("does not apply", "do not apply"),
}

_ALL_APPLIED = {
    **{name: _APPLIED[name] for name in ("clean", "offset", "fuzz", "reversed")},
    "otherwise": ("is in the tree in another version", "are in the tree in another version"),
    "foreign": ("adds a file that this tree has with other contents",
                "add files that this tree has with other contents"),
    "partly": _IN_PART,
    "both": (f"{_IN_PART[0]} and fits it only in part", f"{_IN_PART[1]} and fit it only in part"),
    "merged": _APPLIED["merged"],
    "torn": ("fits this tree only in part", "fit this tree only in part"),
    "fragment": _APPLIED["fragment"], "failed": _APPLIED["failed"],
}

_SOURCES = {"model": "the architecture model"}  # of evidence without a file
_NONE_APPLIED = {"fragment": "None of the patches applies here: they are reviewed from their hunks.",
                 "failed": "None of the patches applies."}

_WELL = frozenset({"clean", "offset"})

_COMMIT = regex(r"[0-9a-f]{40,64}@git")  # how a commit of a range is named in the place of a Message-ID
_PARENT = "the parent of its first commit"
_HOW = {"base-commit": "named by the mail's base-commit", "blob-ids": "found by the patches' blob ids",
        "option": "given on the command line", "date": "the best of those before the series' date",
        "newest": "the newest revision there", "none": ""}


def follow_ups(trailers: Iterable[Trailer]) -> tuple[FollowUp, ...]:
    """Return the trailers that replies gave, each with whether the one who sent it is the one it names."""
    return tuple(FollowUp(text=clip(f"{one.name}: {one.value}", 300), via=clip(one.via, 300), url=mail_url(one.via),
                          matches=one.matches) for one in trailers if one.via)[:_MOST_FOLLOW_UPS]


def pieces(text: str) -> Phrase:
    """Return the sentence cut into words and names: what stands in 'single quotes', `name()`, CONFIG_X, X=y, -ERRNO."""
    text = clip(text, LONGEST)
    out: list[Piece] = []
    at = 0
    for found in _CODE.finditer(text):
        if found[1] and found.start() and text[found.start() - 1].isalnum():
            continue  # the apostrophe of "doesn't", not an opening quote
        if found.start() > at:
            out.append(Piece(text=text[at:found.start()]))
        out.append(Piece(text=next(filter(None, found.groups())), code=True))
        at = found.end()
    if at < len(text):
        out.append(Piece(text=text[at:]))
    return tuple(out)


def anchor_for(kind: str, name: str) -> str:
    """Return `kind-name` as an id of the page, made of letters, digits, `.`, `_` and `-` only."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_.-]', '-', clip(name, 120))}"


def mail_url(message_id: str) -> str:
    """Return the address of a mail in the public archive, or nothing when the id cannot be one."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    if not bare or len(bare) > 300 or not re.fullmatch(r"[!-~]+", bare) or "@" not in bare:
        return ""
    return f"https://lore.kernel.org/all/{quote(bare, safe='@')}/"


def say_place(file: str, line: int) -> str:
    """Return `file:line`, or the file alone when no line is known."""
    return clip(f"{file}:{line}" if line else file, LONGEST)


def proof(evidence: tuple[Evidence, ...]) -> tuple[EvidenceView, ...]:
    """Return the evidence as a report shows it, in the order given; what the model alone says stands in no file."""
    return tuple(EvidenceView(kind=e.kind, place=say_place(e.file, e.line) or _SOURCES.get(e.kind, ""),
                              rev=clip(e.rev, 120),
                              text=clip(e.text, LONGEST), url=mail_url(e.rev) if e.kind == "mail" else "")
                 for e in evidence)


def say_date(date: datetime | None) -> str:
    """Return `2 March 2026`, or nothing for a mail without a usable date."""
    return f"{date.day} {date.strftime('%B %Y')}" if date else ""


def say_applied(applies: Applied, note: str = "") -> str:
    """Return how a patch or a file of it applies, with the note of the source room behind it."""
    words, _ = _APPLIED[applies]
    return clip(f"{words}: {note}" if note else words, 300)


def say_patch_applied(state: PatchState) -> str:
    """Return how one patch applies as a whole, in the words of the page's head."""
    return _ALL_APPLIED[_way(state)][0]


def is_there_or_fits(state: PatchState) -> bool:
    """Return whether the tree takes the patch as it is, or has it."""
    return _way(state) in _WELL | {"reversed"}


def say_all_applied(states: Sequence[PatchState]) -> str:
    """Return how the patches of a series apply, those that apply alike together; empty when there is none."""
    if not states:
        return ""
    if len(states) == 1:
        return f"The patch {_with_hunks(states[0])}."
    sentences = []
    ways = {state.index: _way(state) for state in states}
    well = sum(way in _WELL for way in ways.values())
    if well == len(states) and len(set(ways.values())) > 1:
        return "All patches apply, some at an offset."
    for applies, (_, several) in _ALL_APPLIED.items():
        numbers = [str(index) for index, way in ways.items() if way == applies]
        if len(numbers) == len(states):
            return _NONE_APPLIED.get(applies) or f"All patches {several}."
        if applies in _WELL:
            continue
        if len(numbers) > _MOST_NUMBERS:
            sentences.append(f"{len(numbers)} patches {several}")
        elif numbers:
            sentences.append(f"patch {numbers[0]} {_with_hunks(next(s for s in states if str(s.index) == numbers[0]))}"
                             if len(numbers) == 1 else f"patches {quote_names(numbers, most=_MOST_NUMBERS)} {several}")
    if well:
        sentences.append(next(f"patch {index} applies" for index, way in ways.items() if way in _WELL) if well == 1
                         else f"the other {well} apply")
    text = "; ".join(sentences)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _with_hunks(state: PatchState) -> str:
    """Return how one patch applies, with the hunks that the tree has behind what is said of the tree."""
    words, _ = _ALL_APPLIED[_way(state)]
    there = _IN_PART[0]
    return f"{there}{_which(state)}{words.removeprefix(there)}" if words.startswith(there) else words


def _hunks_of(found: re.Match[str]) -> str:
    """Return the hunks of a file that the tree has, many as how many they are."""
    if not found["more"]:
        return found["hunks"]
    return f"{len(re.findall(r'[0-9]+', found['named'])) + int(found['more'])} of {found['all']} hunks"


def _which(state: PatchState) -> str:
    """Return which hunks the tree has of a patch that it has in part, ` (hunk 2 of 3 of mm/a.c)`; empty for another
    patch, and where that are too many files to name."""
    if _way(state) not in {"partly", "both"}:
        return ""
    named = [f"{_hunks_of(found) if found else 'all'} of {file.path}" for file in state.files
             if (found := _SOME.match(file.note)) or (file.note.startswith(_WHOLLY) and not file.unplaced)]
    return f" ({quote_names(named)})" if 0 < len(named) <= _MOST_FILES else ""


def _way(state: PatchState) -> str:
    """Return how the patch as a whole went: one that the tree has, wholly or in part, was not placed there.

    A patch of which some hunks have no place fits only in part, however the others went.
    """
    files = state.files
    there = [file.note.startswith(_WHOLLY) and not file.unplaced for file in files]
    otherwise = [file.note.startswith(_OTHERWISE) for file in files]
    if any(file.note.startswith(_FOREIGN) for file in files):
        return "foreign"
    if any(otherwise) and all(one or other for one, other in zip(there, otherwise, strict=True)):
        return "otherwise"
    if state.applies not in {"merged", "fragment", "reversed"}:
        return state.applies
    if all(there):
        return "reversed"
    hunks_alone = [file.applies in {"fragment", "failed"} for file in files]
    torn = not all(hunks_alone) and any(one or file.unplaced for one, file in zip(hunks_alone, files, strict=True))
    if any(otherwise) or (not all(hunks_alone) and any(file.note.startswith(_THERE) for file in files)):
        return "both" if torn else "partly"
    return "torn" if torn else state.applies


def say_base(review: Review) -> str:
    """Return what the series was applied to, in one line."""
    base = review.patched.base
    kernel = f"Linux {base.kernel}" if base.kernel else "a tree"
    if base.kind == "none":
        guessed = {"date": ", the newest at the series' date", "oldest": ", the oldest that there is"}.get(base.how, "")
        return f"No tree: reviewed from the hunks alone, with the model of {kernel}{guessed}."
    of_range = base.how == "base-commit" and _COMMIT.fullmatch(review.series.message_id)
    known = [part for part in (base.rev[:12], _PARENT if of_range else _HOW.get(base.how, "")) if part]
    return f"Read against {kernel}" + (f" ({', '.join(known)})." if known else ".")


def say_moved(series: Series) -> str:
    """Return which files of the mails the tree has under other names, and of which it has functions in another, as one
    sentence; empty where there is none."""
    said = [f"{clip(mailed, 200)} is {clip(path, 200)}" for mailed, path in moved_words(series)]
    said += [f"{clip(mailed, 200)} is in part {clip(path, 200)}" for mailed, path in lent_words(series)]
    named = quote_names(said, most=_MOST_FILES)
    return f"{named} in this tree." if said else ""


def say_notices(series: Series, *, missing: bool = True) -> tuple[str, ...]:
    """Return what a reader must know of the input; `missing` patches only where nothing else tells them."""
    notices = []
    if series.superseded_by:
        notices.append(f"A newer version is in the same input: {series.superseded_by}")
    if series.missing and missing:
        which = quote_names([str(n) for n in series.missing], most=12)
        one = len(series.missing) == 1
        notices.append(f"{'Patch' if one else 'Patches'} {which} of {series.total} {'is' if one else 'are'} missing")
    if series.kind == "pull-request":
        notices.append("This is a pull request: its patches are not in the mail")
    if series.kind == "foreign":
        notices.append("This series is for another project: none of its files is in a kernel tree")
    notices += [f"Not reviewed here: '{clip(subject, 80)}', sent below this series; --series {key} reviews it"
                for key, subject in series.set_aside]
    notices += [warning for warning in series.warnings
                if not (series.missing and warning.startswith("the input lacks"))]
    return tuple(clip(f"{notice[:1].upper()}{notice[1:]}", 400) for notice in notices[:_MOST_NOTICES])


def say_coverage(coverage: Coverage) -> str:
    """Return the line that makes `no findings` worth something: what was looked at."""
    ran = f", {spell_count(len(coverage.rules), 'rule')}" if coverage.rules else ", no rules"
    those = coverage.built_on or coverage.arches
    arches = f" on {quote_names(those, most=8)}" if those else ""
    return (f"Checked {spell_count(coverage.calls, 'call')} in {spell_count(coverage.functions, 'function')} of "
            f"{spell_count(coverage.files, 'file')}{arches}{ran}.")
