"""Kind `not-exported`: a call in a file that can be a module of a function that modules cannot use.

A call counts when it is new, or when the patch takes the function's export away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import Use, sightings_of, uses_of
from reviewbot.checks.configured import Shown, concerned, example_evidence, has_kconfig, needed_at
from reviewbot.checks.draft import Spot, draft_finding, source_evidence
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.values import dataclass

__all__ = ["NOT_EXPORTED"]

_FIELDS = frozenset({"callee", "user", "place", "definition", "arches", "config"})
_MODULE = regex(rb"^[ \t]*#[ \t]*(?:el)?if.*(?:\bMODULE\b|IS_MODULE|_MODULE\b|IS_BUILTIN|IS_REACHABLE)",
                re.MULTILINE)
_EXPORT = regex(rb"^[ \t]*EXPORT_SYMBOL\w*\(\s*(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missing:
    """A use in a module, the configuration that shows it, and where the function is."""

    use: Use
    shown: Shown
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builtin:
    """Where the kernel itself has a function, when it does so without an export (`lacking`), and the `files` that
    define or declare the name: these may have one of their own."""

    lacking: Cond
    file: str
    line: int
    files: frozenset[str]


_DEEPEST = 3  # static functions above a use
_MOST_CALLS = 12  # of one of them
_MOST_USERS = 48  # of a function of another family: each is a question to Kbuild, Kconfig and the code around it


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _changes(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    """Yield a finding for each export that the patch takes from a module that uses it."""
    state = analysis.patched.states[position]
    lost = [(file, name, line) for file in state.files for name, line in _lost_exports(file)]
    if not lost or not has_kconfig(state.after):
        return
    analysis.files_with(0, analysis.with_others(_asked_about(analysis)))
    for file, name, line in lost:
        users = [use for path in analysis.files_with(position + 1, (name,))[name]
                 if path.endswith(".c") and path != file.path for use in uses_of(state.after, name, path)]
        if name not in analysis.family.names():
            users = users[:_MOST_USERS]
        known: dict[str, _Builtin | None] = {}
        found = next((missing for use in users if (missing := _missing(analysis, position, name, use, known))), None)
        if found is not None:
            spot = Spot(file=file.old_path, line=line, end_line=line, function=name, symbol=name,
                        side=analysis.before(position), old=True)
            yield _finding(rule, analysis, position, spot, found)


def _states(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    """Yield a finding for each function that a file of the patch calls and that its module cannot have."""
    state = analysis.patched.states[position]
    calls = list(_module_calls(analysis, position)) if has_kconfig(state.after) else []
    if not calls:
        return
    analysis.files_with(0, analysis.with_others(_asked_about(analysis)))
    asked: set[tuple[str, str]] = set()
    lost = {name for file in state.files for name, _ in _lost_exports(file)}
    for path, call in calls:
        if (path, call.callee) in asked or call.callee in lost:
            continue
        asked.add((path, call.callee))
        use = Use(file=path, line=call.span.line)
        found = _missing(analysis, position, call.callee, use, {})
        if found is not None:
            spot = Spot(file=path, line=use.line, end_line=call.span.end_line, function=call.function,
                        symbol=call.callee, side=analysis.after(position))
            yield _finding(rule, analysis, position, spot, found)


def _what(finding: Finding) -> tuple[object, ...]:
    """Return what is not exported: one finding for all its new users."""
    return (finding.symbol,)


def _asked_about(analysis: Analysis) -> set[str]:
    """Return the names that any patch of the series raises the question for, so that the tree is searched once."""
    names = {name for state in analysis.patched.states for file in state.files for name, _ in _lost_exports(file)}
    return names | {call.callee for position, _ in analysis.states() for _, call in _module_calls(analysis, position)}


def _lost_exports(file: PatchedFile) -> Iterator[tuple[str, int]]:
    """Yield the names whose export the patch removes from the file, and the line where it stood."""
    if not file.whole or file.before is None or not file.old_path.endswith((".c", ".S")):
        return
    kept = {found[1] for found in _EXPORT.finditer(file.after or b"")}
    for found in _EXPORT.finditer(file.before):
        if found[1] not in kept:
            yield found[1].decode(), file.before.count(b"\n", 0, found.start(1)) + 1


def _module_calls(analysis: Analysis, position: int) -> Iterator[tuple[str, Call]]:
    """Yield the path and call of each touched call in a file that some configuration builds as a module."""
    for occurrence in analysis.occurrences(position):
        if occurrence.file.path.endswith(".c") and occurrence.call.use != "in-macro" \
                and (occurrence.file.whole or _is_shown_whole(analysis, position, occurrence)) \
                and not _is_its_own(analysis, position, occurrence.file.path, occurrence.call.callee) \
                and _modular(analysis, position, occurrence.file.path):
            yield occurrence.file.path, occurrence.call


def _is_shown_whole(analysis: Analysis, position: int, occurrence: Occurrence) -> bool:
    """Return whether the call stands in a function that a hunk brings whole to a file that is known in part, and no
    `#if` of what the tree has of the file asks whether it is a module."""
    file, line = occurrence.file, occurrence.call.span.line
    function = analysis.after(position).function_at(file.path, line)
    if function is None or not any(first <= function.span.line and function.span.end_line <= last
                                   for first, last in file.known_new) \
            or not set(range(function.body.line, function.span.end_line)) <= file.added:
        return False
    return not any(_MODULE.search(text or b"") for text in (
        analysis.sides[0].tree.read(file.old_path), file.before, file.after))


def _is_its_own(analysis: Analysis, position: int, path: str, name: str) -> bool:
    """Return whether the file itself says what the name is: the module has it then, wherever else it stands."""
    data = analysis.after(position).tree.read(path)
    return any(sighting.kind != "export" for sighting in sightings_of(path, data, name)) if data else False


def _modular(analysis: Analysis, position: int, path: str) -> bool:
    """Return whether some architecture may build the file as a module."""
    config = analysis.configs[position + 1]
    return any(config.modular(path, arch) != FALSE for arch in concerned(analysis, config.tree, path))


def _missing(analysis: Analysis, position: int, name: str, use: Use, known: dict[str, _Builtin | None]
             ) -> _Missing | None:
    """Return what shows that the use cannot be in a module although its file can, None when it can or nobody knows.

    `known` keeps by architecture what is asked of the name: a function may have hundreds of users.
    """
    config = analysis.configs[position + 1]
    whole = next((file.whole for file in analysis.patched.states[position].files if file.path == use.file), True)
    tree = config.tree if whole else analysis.after(position).tree
    for arch in concerned(analysis, config.tree, use.file):
        alone = config.modular(use.file, arch)
        needed = needed_at(analysis, tree, name, use.file, use.line, guards=True, moment=position + 1,
                           arch=arch) if alone != FALSE else None
        above = _reached(analysis, tree, use, arch, position + 1) if needed is not None else None
        if needed is None or above is None:
            continue
        if arch not in known:
            known[arch] = _builtin(analysis, position, name, arch)
        found = known[arch]
        if found is None or use.file in found.files:
            continue
        file, line = found.file, found.line
        condition = config.simplified(And(needed, above, alone, found.lacking), arch)
        answer = config.possible(condition, arch)
        if answer.ternary is Ternary.UNKNOWN:
            answer = config.with_clang(condition, arch)
        if answer.ternary is Ternary.YES:
            return _Missing(use=use, shown=Shown(arch=arch, condition=condition, answer=answer), file=file, line=line)
    return None


def _reached(analysis: Analysis, tree: Tree, use: Use, arch: str, moment: int, depth: int = _DEEPEST) -> Cond | None:
    """Return when the compiler keeps the function around a use for the calls that the file makes of it, if it is static
    and nothing else than called; None where that depends on more than the configuration."""
    data = tree.read(use.file) or b""
    around = next((one for one in functions_of(data) if one.span.line <= use.line <= one.span.end_line), None)
    if around is None or not around.static or not depth or re.search(
            rb"\b" + around.name.encode() + rb"\b(?!\s*\()", data):
        return TRUE
    facts = analysis.reading.facts(tree, use.file, {around.name: ""})
    calls = [call for call in facts.calls if call.callee == around.name and call.function != around.name] \
        if facts else []
    ways = []
    for call in calls[:_MOST_CALLS]:
        own = needed_at(analysis, tree, around.name, use.file, call.span.line, guards=True, moment=moment, arch=arch)
        above = _reached(analysis, tree, Use(file=use.file, line=call.span.line), arch, moment, depth - 1)
        if own is None or above is None:
            return None
        ways.append(And(own, above))
    return Or(*ways) if ways else TRUE


def _builtin(analysis: Analysis, position: int, name: str, arch: str) -> _Builtin | None:
    """Return when the kernel itself has the function and no export of it, and where it has it; None if unsure."""
    config = analysis.configs[position + 1]
    has, exported, inline = [FALSE], [FALSE], [FALSE]
    first: tuple[str, int] | None = None
    files: set[str] = set()
    for path in analysis.files_with(position + 1, (name,))[name]:
        data = config.tree.read(path) if own_arch(path) in {"", arch} else None
        for sighting in sightings_of(path, data, name) if data else ():
            if sighting.kind == "export":
                exported.append(sighting.condition)
                continue
            files.add(path)
            if sighting.made_by:
                return None
            if path.endswith(".h") and sighting.kind != "declaration":
                inline.append(sighting.condition)
            elif sighting.kind == "function" and not sighting.static:
                if config.modular(path, arch) != FALSE:
                    return None  # it may be in the same module
                has.append(And(sighting.condition, config.kbuild(path, arch)))
                first = first or (path, sighting.line)
    return _Builtin(lacking=And(Or(*has), Not(Or(*exported)), Not(Or(*inline))), file=first[0], line=first[1],
                    files=frozenset(files)) if first else None


def _finding(rule: Rule, analysis: Analysis, position: int, spot: Spot, missing: _Missing) -> Finding:
    state = analysis.patched.states[position]
    use, shown, rev = missing.use, missing.shown, f"after patch {state.index}"
    whole = next((file.whole for file in state.files if file.path == use.file), True)
    place = f"{use.file}:{use.line}" if whole else use.file  # the tree has no such line
    fields = {"callee": spot.symbol, "user": use.file, "place": place, "arches": shown.arch,
              "definition": f"{missing.file}:{missing.line}",
              "config": setting_of(analysis.configs[position + 1], shown)}
    level = "question" if not whole else rule.level if analysis.patched.exact else "warning"
    evidence = (
        source_evidence(analysis.after(position), use.file, use.line, patch=state.index),
        Evidence(kind="source", file=missing.file, line=missing.line, rev=rev,
                 text=f"{spot.symbol}() is defined here and exported nowhere"),
        example_evidence(shown, rev))
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                         level=level, evidence=evidence, arches=(shown.arch,),
                         config=str(shown.condition))


NOT_EXPORTED = Kind(name="not-exported", fields=_FIELDS, states=_states, changes=_changes, check_options=_check,
                    grain="file", once=_what)
