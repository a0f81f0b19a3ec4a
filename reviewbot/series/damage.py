"""What mailers do to a diff on its way, undone where its own counts say how.

Undone are: counts in a header that are smaller than what the hunk has (an edit by hand), lines broken at the width of a
composer's window (of hunks, of hunk headers, of file headers), context lines whose first blank was stripped, a blank
line behind every line, blanks that became no-break spaces, minus signs that became dashes, characters that became HTML
entities, and the dashes that a clear signature escapes.
"""

from __future__ import annotations

import html
import re

from reviewbot.patterns import regex

__all__ = ["is_remainder", "looks_damaged", "mend", "without_dash_escapes"]

_NARROWEST = 60  # columns; no composer breaks lines earlier
_HUNK = regex(r"^@@ -\d{1,8}(?:,(\d{1,8}))? \+\d{1,8}(?:,(\d{1,8}))? @@")
_GOES_ON = regex(r"@@ -\d|diff --git |--- \S|Index: |-- ?\n\d+\.\d")
_COUNTS = regex(r"^@@ -(\d{1,8})(?:,\d{1,8})? \+(\d{1,8})(?:,\d{1,8})? @@")
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_ESCAPED = regex(r"^- (?=-)", re.MULTILINE)
_HARD_BLANK = regex(r"^([ +-]?)([\t \u00a0]*\u00a0[\t \u00a0]*)", re.MULTILINE)
_DASH = regex(r"^\u2013(?=[\t ])", re.MULTILINE)
_ENTITY = regex(r"&(?:lt|gt|amp|quot|#39);")
_RAW_MARK = regex(r"^[ +-].*(?:[<>]|&(?!(?:lt|gt|amp|quot|#39);))", re.MULTILINE)
_SPACED = regex(r"^(?:diff --git .*|--- \S.*)\n[ \t]*\n", re.MULTILINE)
# A broken line of a file's header: `diff --git` and its second name, a name and its time stamp, the two `@@`.
_HEADERS = (
    re.compile(r"^(diff --git \S+)[ \t]*\n(?=\S+\n(?:index |--- |new file|deleted file|old mode|similarity))",
               re.MULTILINE),
    re.compile(r"^(--- \S[^\n]*)\n(?=(?:[^\n@ ]|[+-]\d{4}\n)[^\n]*\n\+\+\+ )(?!\+\+\+ )", re.MULTILINE),
    re.compile(r"^(\+\+\+ \S[^\n]*)\n(?=(?:[^\n@ ]|[+-]\d{4}\n)[^\n]*\n@@ -)(?!@@ )", re.MULTILINE),
    re.compile(r"^(@@ -\d{1,8}(?:,\d{1,8})?)\n(?=\+\d{1,8}(?:,\d{1,8})? @@)", re.MULTILINE),
    re.compile(r"^(@@ -\d{1,8}(?:,\d{1,8})? \+\d{1,8}(?:,\d{1,8})?)\n(?=@@)", re.MULTILINE),
)
_BORDER = regex(r"^(?:@@ -\d|diff |Index: |-- ?$|--- \S|\+\+\+ \S|___)")


def without_dash_escapes(text: str) -> str:
    """Return the text of a clear-signed mail as it was before it was signed; any other text as it is."""
    return _ESCAPED.sub("", text) if _SIGNED in text else text


def looks_damaged(text: str) -> bool:
    """Return whether the diff has marks of damage that its counts do not show: entities, or no-break spaces."""
    if "\u00a0" in text and _HARD_BLANK.search(text):
        return True
    return "&" in text and bool(_ENTITY.search(text)) and not _RAW_MARK.search(text)


def is_remainder(line: str, before: str) -> bool:
    """Return whether the line can be what a composer broke off the line `before`: the two did not fit its window."""
    word = line.split(None, 1)[0] if line.strip() else ""
    return bool(word) and not _BORDER.match(line) and len(before.expandtabs()) + 1 + len(word) > _NARROWEST


def mend(text: str) -> tuple[str, str]:
    """Return the diff with its damage undone as far as that is certain, and what was done to it (empty: nothing)."""
    done: list[str] = []
    if looks_damaged(text) and _ENTITY.search(text):
        text = html.unescape(text)
        done.append("characters had become HTML entities")
    if "\u00a0" in text:
        text, count = _HARD_BLANK.subn(lambda found: found[1] + found[2].replace("\u00a0", " "), text)
        if count:
            done.append("blanks had become no-break spaces")
    if _SPACED.match(text):
        single = _single_spaced(text)
        if single != text:
            text = single
            done.append("a blank line stood behind every line")
    broken = 0
    for pattern in _HEADERS:
        text, count = pattern.subn(r"\1 ", text)
        broken += count
    text, count = _DASH.subn("-", text)
    if count:
        done.append("minus signs had become dashes")
    text, joined, stripped, recounted = _mend_hunks(text)
    if broken + joined:
        count = broken + joined
        done.append(f"lines were broken in {count} place{'' if count == 1 else 's'}")
    if stripped:
        done.append("context lines had lost their first blank")
    if recounted:
        done.append(f"the counts of {recounted} hunk{'' if recounted == 1 else 's'} were smaller than what is there")
    return text, "; ".join(done)


def _single_spaced(text: str) -> str:
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines) if line.rstrip() == "--"), len(lines))
    if any(line.strip() for line in lines[1:end:2]):
        return text
    return "\n".join([*lines[0:end:2], *lines[end:]])


def _mend_hunks(text: str) -> tuple[str, int, int, int]:
    """Return the text with its broken hunks whole, and how many lines were joined, how many got their blank, and how
    many hunks were counted anew."""
    lines = text.split("\n")
    result: list[str] = []
    joined = stripped = recounted = at = 0
    while at < len(lines):
        header = _HUNK.match(lines[at])
        if not header:
            result.append(lines[at])
            at += 1
            continue
        counts = tuple(1 if count is None else int(count) for count in header.groups())
        for lost_blanks in (False, True):
            whole = _read(lines, at, (counts[0], counts[1]), lost_blanks=lost_blanks)
            if whole is not None:
                break
        else:
            more = _recounted(lines, at, (counts[0], counts[1]))
            if more is None:
                result.append(lines[at])
                at += 1
                continue
            whole, recounted = more, recounted + 1
        mended, at, more_joined, more_stripped = whole
        result.extend(mended)
        joined, stripped = joined + more_joined, stripped + more_stripped
    return "\n".join(result), joined, stripped, recounted


def _recounted(lines: list[str], at: int, counts: tuple[int, int]) -> tuple[list[str], int, int, int] | None:
    """Return the hunk at `at` with the counts that it has; None unless it has more lines than its header says.

    A hunk with fewer may have lost some on its way, and nobody can tell which; one that no diff and no signature of
    git's follows may have words behind it that only look like lines of it.
    """
    end = at + 1
    while end < len(lines) and lines[end][:1] in {" ", "+", "-", "\\", ""} and not _BORDER.match(lines[end]):
        end += 1
    if not _GOES_ON.match("\n".join(lines[end:end + 2])):
        return None
    hunk = lines[at + 1:end]
    old, new = (sum(line[:1] in {" ", "", mark} for line in hunk) for mark in "-+")
    if old < counts[0] or new < counts[1] or (old, new) == counts:
        return None
    header = _COUNTS.sub(lambda found: f"@@ -{found[1]},{old} +{found[2]},{new} @@", lines[at], count=1)
    return [header, *hunk], end, 0, 0


def _read(lines: list[str], at: int, counts: tuple[int, int], *,
          lost_blanks: bool) -> tuple[list[str], int, int, int] | None:
    """Return the lines of the hunk at `at`, where it ends and what was mended; None when the counts do not fit.

    A line that begins like no line of a hunk is what was broken off the line before when the two are too long for a
    window; else it is context that lost its blank. With `lost_blanks` it is always that.
    """
    old, new = counts
    hunk = [lines[at]]
    joined = stripped = 0
    at += 1
    while at < len(lines):
        line = lines[at]
        full = old <= 0 and new <= 0
        if line[:1] in {" ", "+", "-", "\\", ""}:
            if full and not line.startswith("\\"):
                break
            old -= line[:1] in {" ", "-", ""}
            new -= line[:1] in {" ", "+", ""}
            hunk.append(line)
        elif is_remainder(line, hunk[-1]) and not lost_blanks and not line.startswith("\t"):
            hunk[-1] = f"{hunk[-1].rstrip()} {line}"
            joined += 1
        elif full or _BORDER.match(line):
            break
        else:
            hunk.append(f" {line}")
            old, new, stripped = old - 1, new - 1, stripped + 1
        at += 1
    goes_on = at < len(lines) and lines[at][:1] in {"+", "-"} and not _BORDER.match(lines[at])
    return None if old or new or goes_on else (hunk, at, joined, stripped)
