"""Sentences of the changelogs that can be held against the code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reviewbot.findings.types import Cell, Claim, Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.review.phrases import NO_FUNCTION
from reviewbot.review.unseen import Unseen
from reviewbot.series.types import Series
from reviewbot.text import clip, squash

__all__ = ["SAME_THERE", "check_claims", "claimed_in", "claims_sameness", "sentences_of"]

_NO_CHANGE = regex(r"\bno\s+(?:intended\s+)?functional\s+changes?\b"
                   r"|\bno\s+change\s+in\s+(?:behaviou?r|functionality)\b"
                   r"|\bdoes\s+not\s+change\s+(?:any\s+)?(?:behaviou?r|functionality)\b", re.IGNORECASE)
SAME_THERE = regex(r"\bno\s+(?:intended\s+)?functional\s+changes?\s+(?:intended\s+)?(?:for|on)"
                   r"\s+(?:the\s+)?(\w+)\b", re.IGNORECASE)
_SENTENCE = regex(r"(?<=[.!?])\s+(?=[A-Z\"'(_])")
_HISTORY = regex(
    r"\s*[*=\-\s]*(?:(?:RFC\s*)?(?:PATCH\s*)?v\d+(?![\d.])[^\n]{0,40}:"
    r"|(?:changes?|differences?|delta|updates?)\s+(?:since|in|from|between|to|for)\s+(?:the\s+)?"
    r"(?:RFC|v\d|version|last|previous|first)"
    r"|change\s?logs?\b|(?:version|revision)?\s*history\b|v\d+\s*(?:->|=>|\n))", re.IGNORECASE)
_ITEM = regex(r"\s*(?:[-*+o]|\d+[.)]|v\d+\b)\s?")
_LONGEST = 300
_MOST_SENTENCES = 400


def claims_sameness(series: Series) -> bool:
    """Return whether some text of the series says that nothing changes."""
    texts = [claimed_in(series.cover.body)] if series.cover is not None else []
    texts += [f"{patch.subject}\n\n{patch.changelog}" for patch in series.patches]
    return any(_NO_CHANGE.search(squash(text)) for text in texts)


def check_claims(series: Series, findings: tuple[Finding, ...], cells: tuple[Cell, ...],
                 open_questions: tuple[Unseen, ...], *, line_of: Callable[[Cell], int] = lambda _: 0
                 ) -> tuple[Claim, ...]:
    """Return each claim of "no functional change" with what the changed cells and findings of its patch say to it.

    A claim of the cover letter counts for the patch it names (`patch 3`), or for the whole series when it names none.
    `line_of` tells where the call of a cell stands, 0 where it is for the reader to look up.
    """
    claims = []
    arches = {cell.arch for cell in cells}

    def is_whole(sentence: str) -> bool:
        of_one = SAME_THERE.search(sentence)
        return bool(_NO_CHANGE.search(sentence)) and not (of_one and of_one[1].lower() in arches)

    if series.cover is not None:
        for sentence in sentences_of(claimed_in(series.cover.body)):
            if is_whole(sentence):
                named = re.search(r"\bpatch(?:es)?\s+#?(\d{1,4})\b", sentence, re.IGNORECASE)
                about = frozenset({int(named[1])}) if named else frozenset(p.index for p in series.patches)
                claims.append(_judged(0, sentence, about, findings, cells, open_questions, line_of))
    for patch in series.patches:
        claims += [_judged(patch.index, sentence, frozenset({patch.index}), findings, cells,
                           open_questions, line_of)
                   for sentence in sentences_of(f"{patch.subject}.\n\n{patch.changelog}") if is_whole(sentence)]
    return tuple(claims)


def claimed_in(cover: str) -> str:
    """Return a cover letter without what it says of earlier versions: a list of changes is no claim about this one."""
    kept, listing = [], False
    for paragraph in re.split(r"\n\s*\n", cover):
        listing = bool(_HISTORY.match(paragraph)) or (listing and bool(_ITEM.match(paragraph)))
        if not listing:
            kept.append(paragraph)
    return "\n\n".join(kept)


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences of a text, blanks squashed, not more than a person would read."""
    count = 0
    for paragraph in re.split(r"\n\s*\n", text):
        for sentence in _SENTENCE.split(squash(paragraph)):
            count += 1
            if count > _MOST_SENTENCES:
                return
            yield sentence


def _judged(patch: int, sentence: str, about: frozenset[int], findings: tuple[Finding, ...],
            cells: tuple[Cell, ...], open_questions: tuple[Unseen, ...], line_of: Callable[[Cell], int]) -> Claim:
    """Return the claim with a verdict: contradicted by a changed effect or a changed guard; it holds, as far as the
    family's calls go, when each of them was proved to be the same and nothing else was left unseen.

    A function that is new, or gone, with its calls is neither.
    """
    mine = [cell for cell in cells if int(cell.patch) in about]
    because = [Evidence(kind="patch", file=cell.file, line=line_of(cell),
                        text=f"{cell.function}(): {cell.call} on {cell.arch}: {cell.before.does} -> {cell.after.does}",
                        rev=f"patch {cell.patch}") for cell in mine
               if cell.changed and NO_FUNCTION not in {cell.before.does, cell.after.does}]
    because += [Evidence(kind="patch", file=finding.file, line=finding.line, text=finding.message,
                         rev=f"patch {finding.patch}")
                for finding in findings
                if finding.patch in about and finding.category == "gating" and finding.introduced]
    verdict = "contradicted" if because else "cannot-tell"
    if not because:
        because = [one.evidence for one in open_questions if one.patch in about]
        if mine and not because and all(cell.seen == "same" for cell in mine):
            verdict = "holds"
    return Claim(patch=patch, text=clip(sentence, _LONGEST), kind="nfc",
                 verdict=verdict, because=tuple(because[:6]))  # type: ignore[arg-type]  # one of the three literals
