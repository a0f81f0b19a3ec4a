"""Kind `build-break`: a patch takes a name away, or calls one, where some configuration still needs or lacks it.

Option: `status`, either `undeclared` (the compiler stops) or `undefined` (the linker stops).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import (
    LostName,
    Use,
    handed_on,
    made_by_macro,
    seen_from,
    sightings_of,
    uses_of,
)
from reviewbot.checks.configured import (
    Shown,
    concerned,
    example_evidence,
    first_possible,
    has_kconfig,
    is_whole,
    needed_at,
)
from reviewbot.checks.definitions import facts_of
from reviewbot.checks.draft import Spot, draft_finding, source_evidence, spot_of
from reviewbot.checks.gated_headers import is_seen_whole
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.other_arm import other_arm
from reviewbot.checks.pasted import pasted_in
from reviewbot.checks.rule import Rule
from reviewbot.checks.through_inlines import needs_through, through_inlines
from reviewbot.checks.unbuilt_names import brought_names, unbuilt_names
from reviewbot.checks.undeclared_calls import undeclared_calls
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding, Level
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["BUILD_BREAK"]

_FIELDS = frozenset({"callee", "callees", "are", "function", "user", "file", "arches", "config", "place", "arm"})
_STATUS = ("undeclared", "undefined")
_SOURCES = (".c", ".h", ".S")
_MOST_USERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Break:
    """A use that does not build, the configuration that shows it, and the other uses of the name left behind.

    `beside` are the other architectures on which the same setting shows it.
    """

    use: Use
    shown: Shown
    others: tuple[Use, ...]
    beside: tuple[str, ...] = ()


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"status"}))
    if rule.options.get("status") not in _STATUS:
        raise DataError("'status' must be 'undeclared' or 'undefined'", where=str(rule.folder / "rule.toml"))


def _changes(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after):
        return
    _search_once(analysis)
    for file in state.files:
        yield from _left_behind(rule, analysis, position, file)
    if rule.options["status"] == "undefined":
        yield from _not_built(rule, analysis, position)
    yield from _brought(rule, analysis, position)


def _states(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if rule.options["status"] == "undeclared" and has_kconfig(analysis.patched.states[position].after):
        _search_once(analysis)
        yield from _never_declared(rule, analysis, position)
        yield from _not_declared_here(rule, analysis, position)


def _search_once(analysis: Analysis) -> None:
    """Search the base for everything that some patch takes away: one pass over the tree instead of one for each."""
    if analysis.holders.all_searched:
        return
    analysis.holders.all_searched = True
    names = {one.name for state in analysis.patched.states for file in state.files
             for one in analysis.holders.lost(state.index, file)}
    every = {id(facts): facts for side in analysis.sides[1:] for facts in side.facts.values()}
    called = {call.callee for facts in every.values() for call in facts.calls}
    names |= {name for name in called if _maybe_undeclared(analysis, name)}
    if names:
        analysis.files_with(0, names)


# A name taken away

def _left_behind(rule: Rule, analysis: Analysis, position: int, file: PatchedFile) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    undeclared = rule.options["status"] == "undeclared"
    lost = {one.name: one for one in analysis.holders.lost(state.index, file)
            if (one.hidden if undeclared else one.undefined) != FALSE
            and not any(made_by_macro(other, one.name) for other in state.files)
            and is_seen_whole(analysis, len(analysis.patched.states), one.name) and _may_claim(analysis, one.name)}
    if not lost:
        return
    found = analysis.files_with(position + 1, lost)
    for name, one in lost.items():
        broken = _break(analysis, position + 1, one, found.get(name, ()), undeclared=undeclared)
        if broken is not None:
            broken = _everywhere(analysis, position + 1, one, found.get(name, ()), broken, undeclared=undeclared)
            yield _finding(rule, analysis, position, one, broken,
                           _mended(analysis, position, one, found.get(name, ()), undeclared=undeclared))


def _may_claim(analysis: Analysis, name: str) -> bool:
    """Return whether the tree answers for the name: where hunks were placed by their surroundings it is not the tree
    that the author built, and of functions outside the families nothing is said then."""
    return analysis.patched.exact or name in analysis.family.names()


def _break(analysis: Analysis, moment: int, lost: LostName, paths: tuple[str, ...], *,
           undeclared: bool) -> _Break | None:
    """Return the first use that certainly does not build at that moment, for want of what was lost."""
    tree = analysis.sides[moment].tree
    unsure = _fragments(analysis, moment)
    private = lost.file.endswith(".c")  # what a C file declares only that file sees
    users = [path for path in paths if path.endswith(".c") and path not in unsure
             and (path == lost.file or not (undeclared and private))]
    uses = [use for path in users[:_MOST_USERS]
            for use in (*uses_of(tree, lost.name, path), *handed_on(tree, lost.name, path))]
    for number, use in enumerate(uses):
        for arch in concerned(analysis, tree, use.file, lost.file):
            shown = _shown(analysis, moment, lost, paths, use, arch, undeclared=undeclared)
            if shown is not None:
                return _Break(use=use, shown=shown, others=(*uses[:number], *uses[number + 1:]))
    return None if undeclared else _break_through(analysis, moment, lost, paths)


def _shown(analysis: Analysis, moment: int, lost: LostName, paths: tuple[str, ...], use: Use, arch: str, *,
           undeclared: bool) -> Shown | None:
    """Return the configuration of the architecture in which the use certainly does not build, None where none is."""
    tree = analysis.sides[moment].tree
    needed = needed_at(analysis, tree, lost.name, use.file, use.line, guards=not undeclared, moment=moment, arch=arch)
    lacking = _not_seen(tree, lost, paths, use, arch) if undeclared \
        else _not_linked(analysis, moment, lost, paths, use, arch)
    return None if needed is None or lacking is None else first_possible(
        analysis, moment, And(needed, lacking), (arch,), file=use.file)


def _everywhere(analysis: Analysis, moment: int, lost: LostName, paths: tuple[str, ...], broken: _Break, *,
                undeclared: bool) -> _Break:
    """Return the break with the other architectures that it is on with the same options set."""
    if broken.use.file not in paths or own_arch(broken.use.file):
        return broken
    config = analysis.configs[moment]
    setting, beside = setting_of(config, broken.shown), []
    for arch in concerned(analysis, config.tree, broken.use.file, lost.file):
        shown = _shown(analysis, moment, lost, paths, broken.use, arch, undeclared=undeclared) \
            if arch != broken.shown.arch else None
        if shown is not None and setting_of(config, shown) == setting:
            beside.append(arch)
    return replace(broken, beside=tuple(beside))


def _break_through(analysis: Analysis, moment: int, lost: LostName, paths: tuple[str, ...]) -> _Break | None:
    """Return the first use by way of an inline function of a header that certainly does not link."""
    tree = analysis.sides[moment].tree
    for through in through_inlines(analysis, moment, lost.name, paths):
        for arch in concerned(analysis, tree, through.call.file, through.use.file, lost.file):
            lacking = _not_linked(analysis, moment, lost, paths, through.use, arch)
            needed = needs_through(analysis, moment, lost.name, through, arch) if lacking not in {None, FALSE} else None
            if needed is None or lacking is None:
                continue
            shown = first_possible(analysis, moment, And(needed, lacking), (arch,), file=through.use.file)
            if shown is not None:
                return _Break(use=through.call, shown=shown, others=(through.use,))
    return None


def _fragments(analysis: Analysis, moment: int) -> frozenset[str]:
    """Return the files that the tree at that moment does not hold as the series has them."""
    return frozenset(file.path for state in analysis.patched.states[:moment] for file in state.files
                     if not file.whole)


def _not_seen(tree: Tree, lost: LostName, paths: tuple[str, ...], use: Use, arch: str) -> Cond | None:
    seen = seen_from(tree, lost.name, paths, near=use.file, arch=arch)
    return None if seen is None else And(lost.hidden, Not(seen))


def _not_linked(analysis: Analysis, moment: int, lost: LostName, paths: tuple[str, ...], use: Use,
                arch: str) -> Cond | None:
    """Return when the name is declared for the use but no file that is built has the function."""
    config = analysis.configs[moment]
    declared, provided = [FALSE], [FALSE]
    for path in paths:
        if own_arch(path) not in {"", arch}:
            continue
        data = config.tree.read(path)
        for sighting in sightings_of(path, data, lost.name) if data else ():
            if path.endswith(".h") and sighting.kind == "declaration":
                declared.append(sighting.condition)
            elif path.endswith(".h") or path == use.file:
                provided += [] if sighting.kind in {"export", "declaration"} else [sighting.condition]
            elif sighting.kind == "function" and not sighting.static:
                provided.append(And(sighting.condition, config.kbuild(path, arch)))
    built = analysis.configs[moment - 1].kbuild(lost.file, arch)
    return And(lost.undefined, built, Or(*declared), Not(Or(*provided)))


def _mended(analysis: Analysis, position: int, lost: LostName, paths: tuple[str, ...], *,
            undeclared: bool) -> int | None:
    """Return the number of the later patch after which everything builds again, None when there is none."""
    states = analysis.patched.states
    for later in range(position + 1, len(states)):
        touched = {path for file in states[later].files for path in (file.path, file.old_path)}
        now = analysis.files_with(later + 1, (lost.name,))[lost.name]
        if not touched & {*paths, *now, lost.file}:
            continue
        if _break(analysis, later + 1, lost, now, undeclared=undeclared) is None:
            return states[later].index
    return None


def _in_order(arch: str, beside: Iterable[str]) -> tuple[str, ...]:
    """Return all architectures of a break as every list of them stands, whichever was looked at first."""
    return tuple(sorted((arch, *beside)))


def _finding(rule: Rule, analysis: Analysis, position: int, lost: LostName, broken: _Break,
             fixed_by: int | None) -> Finding:
    state, side = analysis.patched.states[position], analysis.after(position)
    use, shown, arches = broken.use, broken.shown, _in_order(broken.shown.arch, broken.beside)
    inside = side.function_at(use.file, use.line)
    if inside is None:
        facts = analysis.reading.facts(side.tree, use.file, {lost.name: ""})
        inside = next((f for f in facts.functions if f.span.line <= use.line <= f.span.end_line), None) \
            if facts else None
    exact = analysis.patched.exact
    level: Level = "note" if fixed_by is not None else rule.level if exact else "warning"
    rev = f"after patch {state.index}"
    evidence = [Evidence(kind="source", file=one.file, line=one.line, rev=rev,
                         text=source_evidence(side, one.file, one.line, patch=state.index).text)
                for one in (use, *broken.others[:4])]
    fields = {"callee": lost.name, "user": use.file, "file": lost.file, "arches": quote_names(arches),
              "function": f"{inside.name}()" if inside else use.file, "place": f"{use.file}:{use.line}",
              "config": setting_of(analysis.configs[position + 1], shown), **_all_of(lost.name)}
    rule, fields["arm"] = _asked_of_arm(rule, analysis.configs[position + 1], lost.name, lost.file, shown)
    notes = [rule.notes.get("mended", "").format_map(fields)] if fixed_by is not None else []
    spot = Spot(file=lost.file, line=lost.line, end_line=lost.line, function=lost.name, symbol=lost.name,
                side=analysis.before(position), old=True)
    finding = draft_finding(
        rule, state, spot, fields, message_id=analysis.message_id(state.index), level=level,
        evidence=(*evidence, example_evidence(shown, rev)), arches=arches, config=str(shown.condition),
        notes=tuple(note for note in notes if note))
    return replace(finding, fixed_by=fixed_by)


def _asked_of_arm(rule: Rule, config: KernelConfig, name: str, header: str, shown: Shown) -> tuple[Rule, str]:
    """Return the rule with the question about the other arm of an `#if`, where that is what hides the name in the
    header, and the line of that arm."""
    found = other_arm(config, name, header, arch=shown.arch, given=shown.condition)
    question = rule.notes.get("no-arm" if found.missing else "arm", "") if found is not None else ""
    return (replace(rule, question=question), str(found.line)) if found is not None and question else (rule, "")


# An object that is no longer built

def _not_built(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    """Yield a finding for each line of a Makefile by which something no longer links: its first such function."""
    lines = [(file, line) for file in analysis.patched.states[position].files
             for line in unbuilt_names(analysis, position, file)]
    found = analysis.files_with(position + 1, (one.name for _, line in lines for one in line.lost))
    for file, line in lines:
        for one in line.lost:
            broken = _break(analysis, position + 1, one, found[one.name], undeclared=False)
            if broken is not None:
                fixed_by = _mended(analysis, position, one, (*found[one.name], file.path), undeclared=False)
                broken = _everywhere(analysis, position + 1, one, found[one.name], broken, undeclared=False)
                finding = _finding(rule, analysis, position, one, broken, fixed_by)
                side = analysis.before(position) if line.old else analysis.after(position)
                own = source_evidence(side, line.file, line.line, patch=finding.patch, old=line.old)
                yield replace(finding, file=line.file, line=line.line, end_line=line.line, function="", code=own.text,
                              side="old" if line.old else "new", evidence=(own, *finding.evidence[1:]))
                break


# A name that the series brings, but not for all who use it

def _brought(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    undeclared, moment = rule.options["status"] == "undeclared", position + 1
    touched = {path for file in analysis.patched.states[position].files for path in (file.path, file.old_path)}
    said: set[str] = set()
    for at in range(moment):
        for one in brought_names(analysis, at):
            paths = analysis.files_with(moment, (one.name,))[one.name]
            if not touched.intersection(paths):
                continue
            # One in the header of an architecture is what every other one lacks, if generic code calls it.
            everywhere = replace(one, file="")
            # A declaration of the series' own, seen whole, is the same in the tree that it was made for; what Makefiles
            # build is not.
            if one.name in said or not _is_provided(analysis, moment, one, paths) \
                    or not is_seen_whole(analysis, moment, one.name) \
                    or not (_may_claim(analysis, one.name) or (undeclared and is_whole(analysis))):
                continue
            said.add(one.name)
            broken = _break(analysis, moment, everywhere, paths, undeclared=undeclared)
            if broken is None or _break(analysis, position, everywhere, analysis.files_with(position, (one.name,))[
                    one.name], undeclared=undeclared) is not None:
                continue
            fixed_by = _mended(analysis, position, everywhere, paths, undeclared=undeclared)
            broken = _everywhere(analysis, moment, everywhere, paths, broken, undeclared=undeclared)
            finding = _finding(rule, analysis, position, one, broken, fixed_by)
            own = source_evidence(analysis.after(position), one.file, one.line, patch=finding.patch)
            yield replace(finding, evidence=(own, *finding.evidence[1:]),
                          **_place(analysis, position, one, broken.use))


def _is_provided(analysis: Analysis, moment: int, one: LostName, paths: tuple[str, ...]) -> bool:
    """Return whether the name is there for some configuration: a function, an inline function or a macro."""
    tree = analysis.sides[moment].tree
    return any(s.kind in {"function", "inline", "macro"} for path in paths
               for s in sightings_of(path, tree.read(path) or b"", one.name))


def _place(analysis: Analysis, position: int, one: LostName, use: Use) -> dict[str, Any]:
    """Return where the finding about a new name stands: at its use, if that is of this patch, else at its header."""
    side, state = analysis.after(position), analysis.patched.states[position]
    added = {(file.path, line) for file in state.files for line in file.added}
    file, line = (use.file, use.line) if (use.file, use.line) in added else (one.file, one.line)
    own = source_evidence(side, file, line, patch=state.index)
    return {"file": file, "line": line, "end_line": line, "side": "new", "code": own.text}


# A name that was never there

def _never_declared(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    """Yield a finding for each call of the family in generic code that has no declaration: the first in each file.

    The model says on which architectures to look; the tree decides.
    """
    state, side = analysis.patched.states[position], analysis.after(position)
    wanted = analysis.primitives
    said: set[tuple[str, str]] = set()
    for occurrence in analysis.occurrences(position):
        call, path = occurrence.call, occurrence.file.path
        if call.callee not in wanted or own_arch(path) or call.use == "in-macro" \
                or not path.endswith(".c") or (path, call.callee) in said or path in _fragments(analysis, position + 1):
            continue
        nest = call.path_condition
        lacking = _maybe_undeclared(analysis, call.callee)
        arches = [arch for arch in concerned(analysis, side.tree, path) if arch in lacking] if lacking else []
        shown = _undeclared_on(analysis, position + 1, call.callee, path, nest, tuple(arches))
        if shown is None:
            continue
        said.add((path, call.callee))
        beside = [arch for arch in arches if arch != shown.arch
                  and _undeclared_on(analysis, position + 1, call.callee, path, nest, (arch,)) is not None]
        every = _in_order(shown.arch, beside)
        fields = {"callee": call.callee, "user": path, "file": path, "arches": quote_names(every),
                  "function": f"{call.function}()", "place": f"{path}:{call.span.line}", **_all_of(call.callee),
                  "config": setting_of(analysis.configs[position + 1], shown)}
        yield draft_finding(
            rule, state, spot_of(analysis, position, occurrence), fields, message_id=analysis.message_id(state.index),
            evidence=(example_evidence(shown, f"after patch {state.index}"),), arches=every,
            config=str(shown.condition))


def _not_declared_here(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    """Yield a finding for each name that a file calls without seeing a declaration under some configuration."""
    state = analysis.patched.states[position]
    for one in undeclared_calls(analysis, position):
        use, shown = one.use, one.shown
        arches = _in_order(shown.arch, one.beside)
        fields = {"callee": one.name, "user": use.file, "file": use.file, "arches": quote_names(arches),
                  "function": f"{one.function}()", "place": f"{use.file}:{use.line}",
                  "config": setting_of(analysis.configs[position + 1], shown)}
        spot = Spot(file=use.file, line=use.line, end_line=use.line, function=one.function, symbol=one.name,
                    side=analysis.after(position))
        fields |= _all_of(one.name, *(name for name, _ in one.also))
        notes = [rule.notes.get("header", "").format_map({**fields, "file": one.header})]
        config = analysis.configs[position + 1]
        includes = one.header in config.included(use.file, shown.arch).files
        asked, arm = _asked_of_arm(rule, config, one.name, one.header if includes else "", shown)
        if arm:
            fields.update(file=one.header, arm=arm)
        yield draft_finding(
            asked, state, spot, fields, message_id=analysis.message_id(state.index),
            evidence=(*(source_evidence(spot.side, other.file, other.line, patch=state.index) for _, other in one.also),
                      example_evidence(shown, f"after patch {state.index}")), arches=arches,
            config=str(shown.condition), notes=tuple(filter(None, notes)), level=None if one.sure else "question")


def _all_of(*names: str) -> dict[str, str]:
    """Return the fields of a text that speaks of several names, the first of which it is about."""
    return {"callees": quote_names([f"'{name}'" for name in names], most=5), "are": "are" if len(names) > 1 else "is"}


def _maybe_undeclared(analysis: Analysis, name: str) -> frozenset[str]:
    """Return the architectures on which, as the model knows it, no header declares the function."""
    if name not in analysis.family.names():
        return frozenset()
    return frozenset(arch for arch in analysis.arches
                     if any(fact.status == "undeclared" for fact in facts_of(analysis, arch, name)))


def _undeclared_on(analysis: Analysis, moment: int, name: str, path: str, nest: Cond,
                   arches: tuple[str, ...]) -> Shown | None:
    config = analysis.configs[moment]
    if not arches:
        return None
    paths = analysis.files_with(moment, (name,)).get(name, ())
    for arch in arches:
        seen = None if pasted_in(config.tree, arch, name) else seen_from(
            config.tree, name, paths, near=path, arch=arch)
        if seen is None or config.possible(And(nest, config.kbuild(path, arch)), arch).ternary is not Ternary.YES:
            continue
        shown = first_possible(analysis, moment, And(nest, Not(seen)) if seen != TRUE else FALSE, (arch,), file=path)
        if shown is not None:
            return shown
    return None


BUILD_BREAK = Kind(name="build-break", fields=_FIELDS, states=_states, changes=_changes, check_options=_check,
                   grain="file",
                   notes=lambda _: ("arm", "header", "mended", "no-arm"))
