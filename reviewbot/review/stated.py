"""Claims of other kinds than "no functional change": what cannot fail, which architecture, what is fixed, a default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.findings.types import Cell, Claim, Evidence
from reviewbot.kconfig.lines import entry_named, is_kconfig
from reviewbot.patterns import regex
from reviewbot.review.caller_claims import caller_claims
from reviewbot.review.claims import SAME_THERE, claimed_in, sentences_of
from reviewbot.review.guard_claims import guard_claims
from reviewbot.review.phrases import NO_FUNCTION
from reviewbot.review.unseen import Unseen
from reviewbot.series.types import Patch
from reviewbot.source.gittree import GitTree
from reviewbot.text import clip, decode, squash

__all__ = ["stated_claims"]

_LONGEST = 300
_CANNOT_FAIL = regex(r"\b(\w+)\(\)\s+(?:can\s?not|can't|can\s+never|could\s+never|never|does\s+not|doesn't"
                     r"|will\s+not|won't|will\s+never)\s+(?:ever\s+)?fails?\b", re.IGNORECASE)
_ONLY_ARCH = regex(r"\b(?:this|the)\s+(?:patch|series|change|commit)\s+only\s+(?:affects|changes|concerns|touches)"
                   r"\s+(?:the\s+)?(\w+)\b", re.IGNORECASE)
_OPEN = regex(r"\b(?:if|when|unless|assum\w*|ensur\w*|make\s+sure|should|would|might|so\s+that)\b", re.IGNORECASE)
"""A sentence with one of these may say what it wants, or under which condition, and not what is so."""

_DEFAULT = regex(r"\b(?:CONFIG_)?([A-Z][A-Z0-9_]{3,})\s+(?:is\s+)?(?:defaults?\s+to|default)\s+['\"]?([yn])\b")
_FIXES = regex(r"([0-9a-fA-F]{7,40})\s+\(\s*[\"'](.+)[\"']\s*\)")


def stated_claims(analysis: Analysis, cells: Sequence[Cell], questions: Sequence[Unseen]) -> tuple[Claim, ...]:
    """Return the claims that can be decided by cells, Kconfig lines or the repository, in order of the patches.

    What cannot be decided is a claim too (`cannot-tell`), except where the sentence is about nothing that is known.
    """
    found: list[Claim] = []
    series = analysis.series
    everything = frozenset(patch.index for patch in series.patches)
    by_patch: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.patch.isdigit():
            by_patch.setdefault(int(cell.patch), []).append(cell)
    if series.cover is not None:
        for sentence in sentences_of(claimed_in(series.cover.body)):
            found += _of_sentence(analysis, 0, sentence, everything, [
                cell for own in by_patch.values() for cell in own], questions)
    for patch in series.patches:
        for sentence in sentences_of(f"{patch.subject}.\n\n{patch.changelog}"):
            found += _of_sentence(analysis, patch.index, sentence, frozenset({patch.index}),
                                  by_patch.get(patch.index, ()), questions)
        found += _fixes(analysis, patch)
    return tuple({(claim.patch, claim.text, claim.kind): claim for claim in found}.values())


def _of_sentence(analysis: Analysis, patch: int, sentence: str, about: frozenset[int],
                 mine: Sequence[Cell], questions: Sequence[Unseen]) -> Iterator[Claim]:
    unseen = any(one.near and one.patch in about for one in questions)
    failing = _CANNOT_FAIL.search(sentence)
    if failing and failing[1] in analysis.family.names() and not _OPEN.search(sentence):
        yield from _cannot_fail(patch, sentence, failing[1], mine)
    only, same = _ONLY_ARCH.search(sentence), SAME_THERE.search(sentence)
    arch = next((found[1].lower() for found in (same, only) if found and found[1].lower() in analysis.arches), "")
    if arch:
        yield _of_arch(patch, sentence, mine, arch, inside=bool(same and same[1].lower() == arch), unseen=unseen)
    position = next((number for number, state in analysis.states() if state.index == patch),
                    len(analysis.patched.states) - 1)
    yield from caller_claims(analysis, position, patch, sentence)
    yield from guard_claims(analysis, patch, sentence)
    default = _DEFAULT.search(sentence)
    if default:
        yield from _default(analysis, patch, sentence, (default[1], default[2]), about)


def _claim(patch: int, sentence: str, kind: str, verdict: str, because: Sequence[Evidence]) -> Claim:
    return Claim(patch=patch, text=clip(sentence, _LONGEST), kind=kind, verdict=verdict,  # type: ignore[arg-type]
                 because=tuple(because[:6]))


def _shown(cell: Cell, text: str) -> Evidence:
    file, _, line = cell.after.resolves_to.rpartition(":")
    return Evidence(kind="patch", file=file or cell.file, line=int(line) if line.isdigit() else 0, text=text,
                    rev=f"patch {cell.patch}")


def _cannot_fail(patch: int, sentence: str, name: str, cells: Sequence[Cell]) -> Iterator[Claim]:
    """Yield whether the function can fail in the calls that the patch changes; nothing when it changes none."""
    calls = [cell for cell in cells if name in {cell.after.symbol, cell.call.partition("(")[0]}]
    if not calls:
        return
    can = [cell for cell in calls if cell.after.may_fail]
    if can:
        errors = sorted({error for cell in can for error in cell.after.errnos})
        yield _claim(patch, sentence, "error-handled", "contradicted", [
            _shown(cell, f"{name}() can fail on {cell.arch}" + (f" with {', '.join(errors)}" if errors else ""))
            for cell in can])
    elif all(cell.after.known and not cell.doubt for cell in calls):
        yield _claim(patch, sentence, "error-handled", "holds",
                     [_shown(cell, f"{name}() cannot fail on {cell.arch}") for cell in calls])
    else:
        yield _claim(patch, sentence, "error-handled", "cannot-tell", ())


def _of_arch(patch: int, sentence: str, cells: Sequence[Cell], arch: str, *, inside: bool, unseen: bool) -> Claim:
    """Return whether nothing changes on the architecture (`inside`), or nothing outside of it."""
    where = [cell for cell in cells if (cell.arch == arch) is inside]
    changed = [cell for cell in where if cell.changed and NO_FUNCTION not in {cell.before.does, cell.after.does}]
    if changed:
        return _claim(patch, sentence, "arch", "contradicted", [
            _shown(cell, f"{cell.function}(): {cell.call} on {cell.arch}: {cell.before.does} -> {cell.after.does}")
            for cell in changed])
    proved = bool(where) and not unseen and all(cell.seen == "same" for cell in where)
    return _claim(patch, sentence, "arch", "holds" if proved else "cannot-tell", ())


def _default(analysis: Analysis, patch: int, sentence: str, wanted: tuple[str, str],
             about: frozenset[int]) -> Iterator[Claim]:
    """Yield whether the option has that default in the Kconfig files that the patch touches."""
    for state in analysis.patched.states:
        for file in state.files if state.index in about else ():
            if not is_kconfig(file.path):
                continue
            lines = decode(file.after or b"").splitlines()
            starts = [n for n, line in enumerate(lines) if entry_named(line) == wanted[0]]
            for start in starts:
                entry = [(n, squash(lines[n])) for n in _entry(lines, start)]
                plain = [(n, text) for n, text in entry if re.fullmatch(r"(?:default|def_bool)\s+[yn]", text)]
                other = any(re.match(r"(?:default|def_bool)\b", text) for n, text in entry if (n, text) not in plain)
                if other:
                    continue  # it depends on something: neither yes nor no
                value = plain[0][1][-1] if plain else "n"
                line = plain[0][0] if plain else start
                yield _claim(patch, sentence, "only-config", "holds" if value == wanted[1] else "contradicted", [
                    Evidence(kind="kconfig", file=file.path, line=line + 1, text=squash(lines[line]),
                             rev=f"after patch {state.index}")])


def _entry(lines: Sequence[str], start: int) -> Iterator[int]:
    """Yield the numbers of the lines of the Kconfig entry that begins at `start`, up to its help text."""
    for number in range(start + 1, len(lines)):
        words = lines[number].split()
        if words and (not lines[number][0].isspace() or words[0] in {"help", "---help---"}):
            return
        yield number


def _fixes(analysis: Analysis, patch: Patch) -> Iterator[Claim]:
    """Yield whether the commit of each Fixes: line is in the repository, and has that subject."""
    tree = analysis.patched.start
    if not isinstance(tree, GitTree):
        return
    for trailer in patch.trailers:
        named = _FIXES.match(trailer.value.strip())
        if trailer.name.lower() != "fixes" or not named:
            continue
        said = squash(f"Fixes: {trailer.value}")
        commit = tree.find_commit(named[1])
        if commit is None:
            yield _claim(patch.index, said, "fixes", "cannot-tell", ())
            continue
        subject = squash(tree.subject_of(commit))
        if not subject:
            continue
        verdict = "holds" if subject == squash(named[2]) else "contradicted"
        yield _claim(patch.index, said, "fixes", verdict, [
            Evidence(kind="mail", file="", line=0, text=f"{commit[:12]} (\"{subject}\")", rev=commit[:12])])
