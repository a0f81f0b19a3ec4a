"""Kind `unused-definition`: a function that a patch adds for an architecture that can build none of its callers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import Use, uses_of
from reviewbot.checks.configured import has_kconfig, nest_at, reason_evidence
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding, Level
from reviewbot.kconfig import Answer
from reviewbot.kconfig.sightings import SourceText
from reviewbot.logic import And, Ternary
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["UNUSED_DEFINITION"]

_FIELDS = frozenset({"callee", "arches", "users", "reason"})
_MOST_USES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Never:
    """A call that the architecture can never build, and why."""

    use: Use
    answer: Answer


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if not has_kconfig(analysis.after(position).tree):
        return
    added = {at: list(_added(analysis, at)) for at, _ in analysis.states()}
    if not added[position]:
        return
    analysis.files_with(0, {function.name for found in added.values() for _, function in found})  # one search for all
    same: dict[str, list[tuple[PatchedFile, Function, tuple[_Never, ...]]]] = {}
    for file, function in added[position]:
        calls = _never_called(analysis, function.name, own_arch(file.path))
        if calls:
            same.setdefault(function.name, []).append((file, function, calls))
    for found in same.values():  # the same function for several architectures is one decision of its author
        yield _finding(rule, analysis, position, found)


def _added(analysis: Analysis, position: int) -> Iterator[tuple[PatchedFile, Function]]:
    """Yield the functions that the patch adds to architectures that the tree has."""
    for file in analysis.patched.states[position].files:
        arch = own_arch(file.path)
        if arch and file.path.endswith(".c") and file.whole \
                and analysis.end.tree.exists(f"arch/{arch}/Kconfig"):
            for function in _new_functions(analysis, position, file):
                yield file, function


def _new_functions(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[Function]:
    """Yield the global functions that the patch adds to the file and that stay to the end of the series."""
    before = analysis.before(position).facts.get(file.old_path)
    after = analysis.after(position).facts.get(file.path)
    end = analysis.end.facts.get(file.path)
    known = {function.name for function in before.functions} if before else set()
    stays = {function.name for function in end.functions} if end else set()
    for function in after.functions if after else ():
        if function.name and function.name not in known and function.name in stays and not function.static \
                and not function.by_macro and function.span.line in file.added:
            yield function


def _never_called(analysis: Analysis, name: str, arch: str) -> tuple[_Never, ...]:
    """Return every call of the name that the architecture might build, when it can build none; () otherwise."""
    tree, moment = analysis.end.tree, len(analysis.sides) - 1
    config = analysis.configs[moment]
    found = []
    for path in analysis.files_with(moment, (name,))[name]:
        if own_arch(path) not in {"", arch}:
            continue
        uses = uses_of(tree, name, path) if path.endswith(".c") else ()
        if _other_mentions(tree, name, path, uses):
            return ()
        for use in uses[:_MOST_USES]:
            # As written, so that a reason can name the symbols that the architecture does not have.
            answer = config.possible(And(nest_at(tree, path, use.line), config.kbuild_as_written(path, arch)), arch)
            if answer.ternary is not Ternary.NO:
                return ()
            found.append(_Never(use=use, answer=answer))
    return tuple(found)


def _other_mentions(tree: Tree, name: str, path: str, uses: tuple[Use, ...]) -> bool:
    """Return whether the file names the function in a way that may be a use: its address, a macro, inline code."""
    text = SourceText(path, tree.read(path) or b"")
    known = {sighting.line for sighting in text.sightings(name)} | {use.line for use in uses}
    return any(text.lines.line(hit.start()) not in known
               for hit in re.finditer(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)", text.text))


def _finding(rule: Rule, analysis: Analysis, position: int,
             found: list[tuple[PatchedFile, Function, tuple[_Never, ...]]]) -> Finding:
    state = analysis.patched.states[position]
    rev = f"after patch {state.index}"
    file, function, calls = found[0]
    arches = tuple(own_arch(one.path) for one, _, _ in found)
    users = dict.fromkeys(call.use.file for _, _, those in found for call in those)
    # What the series itself calls elsewhere is an interface for all who have it: their callers may come later.
    before = analysis.files_with(0, (function.name,))[function.name]
    level: Level | None = None if any(path in before for path in users) else "note"
    fields = {"callee": function.name, "arches": quote_names(arches), "users": quote_names(list(users), most=3),
              "reason": next((line for call in calls for line in call.answer.reason), "no configuration builds it")}
    evidence = [Evidence(kind="source", file=one.path, line=other.span.line, rev=rev, text=f"{other.name}() as well")
                for one, other, _ in found[1:]]
    for arch, (_, _, those) in zip(arches, found, strict=True):
        evidence += [Evidence(kind="source", file=call.use.file, line=call.use.line, rev=rev,
                              text=f"calls {function.name}(), never built on {arch}") for call in those[:4]]
        evidence += list(dict.fromkeys(one for call in those for one in reason_evidence(call.answer, arch, rev)))[:8]
    spot = Spot(file=file.path, line=function.span.line, end_line=function.span.line, function=function.name,
                symbol=function.name, side=analysis.after(position))
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                         evidence=tuple(evidence), arches=arches, level=level)


UNUSED_DEFINITION = Kind(name="unused-definition", fields=_FIELDS, changes=_run, check_options=_check)
