"""Kind `twice-linked`: a patch after which two files that are built into one kernel define a function. No options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts import functions_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code, sightings_of
from reviewbot.checks.configured import (
    Shown,
    concerned,
    example_evidence,
    first_possible,
    has_kconfig,
    is_whole,
)
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.gated_headers import is_seen_whole
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import FALSE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.values import dataclass

__all__ = ["TWICE_LINKED"]

_FIELDS = frozenset({"callee", "place", "other", "arches", "config"})
_APART = regex(r"/libstub/|/purgatory/|/vdso|^lib/raid6/|/boot/|_test\.c$|/tests?/")
"""Folders whose objects are programs of their own, or are linked under other names."""
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gained:
    """A global function that a file defines on more occasions after the patch than before."""

    name: str
    line: int
    condition: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class _Twice:
    file: str
    line: int
    shown: Shown


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after) or not is_whole(analysis):
        return
    brought = [(file, [one for one in _gained(file)
                       if is_seen_whole(analysis, len(analysis.patched.states), one.name)])
               for file in state.files if _is_linked(file.path)]
    names = [one.name for _, gained in brought for one in gained]
    found = analysis.files_with(position + 1, names) if names else {}  # the tree is searched once for all files
    for file, gained in brought:
        for one in gained:
            twice = _twice(analysis, position + 1, file.path, one, found[one.name])
            if twice is not None:
                yield _finding(rule, analysis, position, file, one, twice)


def _is_linked(path: str) -> bool:
    return path.endswith(".c") and is_kernel_code(path) and not _APART.search(path)


def _gained(file: PatchedFile) -> tuple[_Gained, ...]:
    if not file.whole or file.after is None or not (file.added or file.removed):
        return ()
    before = functions_of(file.before) if file.before is not None and _is_linked(file.old_path) else ()
    had: dict[str, Cond] = {}
    for one in before:
        if not one.static:
            had[one.name] = Or(had.get(one.name, FALSE), one.path_condition)
    found = []
    for one in functions_of(file.after):
        if not one.name or one.static:
            continue
        old = had.get(one.name, FALSE)
        new = And(one.path_condition, Not(old)) if old != one.path_condition else FALSE
        if new != FALSE:
            found.append(_Gained(name=one.name, line=one.span.line, condition=new))
    return tuple(found[:_MOST_NAMES])


def _twice(analysis: Analysis, moment: int, path: str, one: _Gained, paths: tuple[str, ...]) -> _Twice | None:
    """Return another file with the function, and a configuration that builds both into the kernel."""
    config = analysis.configs[moment]
    own = sightings_of(path, config.tree.read(path) or b"", one.name)
    if not any(it.kind == "function" and not it.weak and not it.static and not it.made_by for it in own):
        return None
    for other in (name for name in paths if name != path and _is_linked(name)):
        for place in sightings_of(other, config.tree.read(other) or b"", one.name):
            if place.kind != "function" or place.static or place.weak or place.made_by:
                continue
            for arch in concerned(analysis, config.tree, path, other):
                built = config.kbuild(other, arch)
                if Var(f"built({other})") == built or Var(f"built({path})") == config.kbuild(path, arch):
                    continue  # no Makefile names it: nothing certain can be said
                if config.modular(path, arch) != FALSE or config.modular(other, arch) != FALSE:
                    continue
                both = And(one.condition, place.condition, built)
                shown = first_possible(analysis, moment, both, (arch,), file=path)
                if shown is not None:
                    return _Twice(file=other, line=place.line, shown=shown)
    return None


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, one: _Gained, twice: _Twice) -> Finding:
    state, shown = analysis.patched.states[position], twice.shown
    rev = f"after patch {state.index}"
    fields = {"callee": one.name, "place": f"{file.path}:{one.line}", "other": f"{twice.file}:{twice.line}",
              "arches": shown.arch, "config": setting_of(analysis.configs[position + 1], shown)}
    mended = next((analysis.patched.states[later].index for later in range(position + 1, len(analysis.patched.states))
                   if not _still(analysis, later + 1, file.path, one)), None)
    evidence = (Evidence(kind="source", file=twice.file, line=twice.line, rev=rev,
                         text=f"{one.name}() is defined here as well"), example_evidence(shown, rev))
    spot = Spot(file=file.path, line=one.line, end_line=one.line, function=one.name, symbol=one.name,
                side=analysis.after(position))
    found = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), evidence=evidence,
                          level="note" if mended else rule.level if analysis.patched.exact else "warning",
                          arches=(shown.arch,), config=str(shown.condition),
                          says=(one.name, own_arch(twice.file)))
    return replace(found, fixed_by=mended)


def _still(analysis: Analysis, moment: int, path: str, one: _Gained) -> bool:
    return _twice(analysis, moment, path, one, analysis.files_with(moment, (one.name,))[one.name]) is not None


TWICE_LINKED = Kind(name="twice-linked", fields=_FIELDS, changes=_run, check_options=_check)
