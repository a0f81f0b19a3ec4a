"""Kind `contract`: what a patch does to a function that does not fit what the tree teaches of the functions it calls.

Options: `mechanism` (one of those in `reviewbot/contracts/detect.py`) and `shapes`, which of the things that it finds.
Looked at are the functions that a patch changes in files near the subject. A text of the rule named like a shape, and
one named `ask SHAPE`, take the place of the rule's own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewbot.cfacts import functions_with
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.authors import author_had
from reviewbot.checks.contracted import contract_hits
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.folded_levels import comes_of_folded_level
from reviewbot.checks.hunked import outline_line
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.contracts import DETECTORS
from reviewbot.contracts.counted import COUNTED, speaks_of_ends
from reviewbot.contracts.dropped import DROPPED
from reviewbot.contracts.outline import Outline
from reviewbot.contracts.pairs import taken_by
from reviewbot.contracts.types import Hit
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.series.types import Patch
from reviewbot.source.types import PatchedFile
from reviewbot.text import line_at

__all__ = ["CONTRACT"]

_FIELDS = frozenset({"function", "callee", "test", "exit", "by", "variable", "where", "evidence", "type", "other",
                     "othertype", "use", "now", "was", "end", "take", "give", "undo", "statement", "fits", "failed",
                     "how"})

_WORD = regex(r"[A-Za-z_]\w*")
_NAME = regex(r"([A-Za-z_]\w{3,})(\s*\()?")
_GOES = regex(r"\b(?:remov|drop|delet|eliminat|no longer|(?:get|gets|getting) rid)", re.IGNORECASE)
_LEFT = frozenset({"left-untested", "left-as-it-was"})
_UNGUARDED = frozenset({"guard-gone", "undo-unguarded"})
_TOLD = DROPPED | {"asks-another", "only-moved", "before-failure"}
_TELLS = 4  # letters of a word that says what goes
_OF_NULL = frozenset({"uses-when-empty", "followed-when-null"})


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"mechanism", "shapes"}))
    known = {one.name for one in DETECTORS}
    if rule.options.get("mechanism") not in known:
        raise DataError("'mechanism' is none that there is", where=str(rule.folder / "rule.toml"),
                        hint=f"one of {', '.join(sorted(known))}")
    if not names_option(rule, "shapes"):
        raise DataError("'shapes' names nothing", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    shapes = names_option(rule, "shapes")
    hits = list(contract_hits(analysis, position, str(rule.options["mechanism"])))
    turned = {outline.name for _, outline, hit in hits if hit.shape.startswith("turned")}
    asked = {hit.symbol for _, _, hit in hits if hit.shape.startswith("turned")}
    for file, outline, hit in hits:
        if hit.shape.startswith("turned") and (hit.symbol in turned or outline.name in asked):
            continue  # what is asked has been turned with those that ask
        if hit.shape in _UNGUARDED and rule.options["mechanism"] == "guards" and (
                outline.name in analysis.family.names() or _is_announced(
                    analysis.series.patches, analysis.patched.states[position].index, dict(hit.fields).get("was", ""))):
            continue  # the kind `gate-change` says it, or the author
        if hit.shape in _TOLD and _is_told(analysis.series.patches, analysis.patched.states[position].index,
                                           hit.rests_on):
            continue  # the author says so
        if hit.shape in COUNTED and any(speaks_of_ends(f"{patch.subject}\n{patch.changelog}") for patch in
                                        analysis.series.patches
                                        if patch.index == analysis.patched.states[position].index):
            continue  # another end is what the author is after
        if hit.shape in _OF_NULL and comes_of_folded_level(
                analysis.after(position).tree, own_arch(file.path), outline, hit.object):
            continue
        if hit.shape in _LEFT and not author_had(analysis, position, file, hit.line, hit.end_line):
            continue  # what is younger than the series its author could not change
        if hit.shape in shapes and not (hit.shape == "not-given-back" and _is_taken_otherwise(analysis, position, hit)):
            yield _finding(rule, analysis, position, file, outline, hit)


def _is_announced(patches: Sequence[Patch], index: int, was: str) -> bool:
    """Return whether the change log of the patch names all that a test asks about, and says that something goes."""
    words = {name for name, called in _NAME.findall(was) if called or "_" in name or name.isupper()}
    texts = [f"{patch.subject}\n{patch.changelog}" for patch in patches if patch.index == index]
    return bool(words) and any(_GOES.search(text) and words <= set(_WORD.findall(text)) for text in texts)


def _is_told(patches: Sequence[Patch], index: int, names: frozenset[str]) -> bool:
    """Return whether the log of the patch names one of the calls, or says that something goes and has a word of its
    name."""
    words = {word for name in names for word in name.lower().split("_") if len(word) >= _TELLS}
    texts = [f"{patch.subject}\n{patch.changelog}" for patch in patches if patch.index == index]
    spelt = re.compile("|".join(rf"\b{name}\b" if len(name) >= _TELLS else rf"(?:->|\.){name}\b|\b{name}\("
                                for name in sorted(names)))
    return any(spelt.search(text) or (_GOES.search(text) and words & set(re.findall(r"[a-z0-9]+", text.lower())))
               for text in texts)


def _is_taken_otherwise(analysis: Analysis, position: int, hit: Hit) -> bool:
    """Return whether the patch also changes what takes the thing: then it is given back another way, by intention."""
    names = frozenset(taken_by(hit.symbol))
    return any(one.name in names and touches(file, one) for file in analysis.patched.states[position].files
               if file.after is not None and file.path.endswith((".c", ".h"))
               for one in functions_with(file.after, names))


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, outline: Outline, hit: Hit) -> Finding:
    state = analysis.patched.states[position]
    fields = defaultdict(str, {**dict(hit.fields), "function": outline.name})
    arch = own_arch(file.path)
    said = replace(rule, text=rule.notes.get(hit.shape, rule.text), question=rule.notes.get(
        f"ask {hit.shape}", rule.question))
    new = tuple((outline_line(analysis.series, state.index, file, line), text) for line, text in hit.new)
    shown = [Evidence(kind="patch", file=path, line=line, text=text, rev=f"{moment} patch {state.index}")
             for moment, path, lines in (("before", file.old_path, hit.old), ("after", file.path, new))
             for line, text in lines]
    where, _, line = fields["where"].rpartition(":")
    if where and line.isdigit():
        shown.append(Evidence(kind="source", file=where, line=int(line), rev=analysis.after(position).tree.rev,
                              text=line_at(analysis.after(position).tree.read(where), int(line))))
    at = outline_line(analysis.series, state.index, file, hit.line)
    return draft_finding(
        said, state, Spot(file=file.path, line=at, end_line=at + hit.end_line - hit.line, function=outline.name,
                          symbol=hit.symbol, side=analysis.after(position)),
        fields, message_id=analysis.message_id(state.index), evidence=tuple(shown),
        arches=(arch,) if arch in analysis.arches else (), says=(hit.symbol, hit.shape, hit.object))


CONTRACT = Kind(name="contract", fields=_FIELDS, changes=_run, check_options=_check,
                notes=lambda rule: (f"{ask}{shape}" for shape in names_option(rule, "shapes") for ask in ("", "ask ")))
