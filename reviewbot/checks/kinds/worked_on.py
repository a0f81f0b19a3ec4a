"""Kind `worked-on`: a patch changes what stands beneath functions of the family, and with it what all callers get.

Option: `shapes`, which differences. The functions of the family are derived from the code before and after the patch:
where they return 0 at once, whether they flush or sleep, what they lock and which errors reach a caller. What is said
is a difference between the two, under the name of the changed function that brings it. A text of the rule named like
the difference, and one named `ask DIFFERENCE`, take the place of the rule's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewbot.arch import Derived
from reviewbot.arch.bodies import Mark, bodies_of
from reviewbot.arch.derive import does_work
from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.made_facts import derived_at
from reviewbot.checks.reading import code_of, touches
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import is_bracketed, quote_names
from reviewbot.values import dataclass

__all__ = ["WORKED_ON"]

_FIELDS = frozenset({"worker", "callers", "how", "where", "arches"})
_SHAPES = ("returns-at-once", "goes-on", "no-flush", "new-error", "no-error", "sleeps", "locks")
_MOST_ROOTS = 40
_ASKS = regex(r"\w+_val|(?:is|has|can|cc_platform_has|mem_encrypt)\w*|\w+_(?:enabled|active|allowed|supported)"
              r"|in_range|memset|\w*pgprot\w*")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Difference:
    """One way in which a function of the family differs: the shape, the words for it, and the mark that shows it."""

    shape: str
    how: str
    mark: Mark
    old: bool


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"shapes"}))
    if not set(names_option(rule, "shapes")) <= set(_SHAPES):
        raise DataError("'shapes' names a difference that there is not", where=str(rule.folder / "rule.toml"),
                        hint=f"one of {', '.join(_SHAPES)}")


def _notes(_: Rule) -> Iterable[str]:
    return (*_SHAPES, *(f"ask {shape}" for shape in _SHAPES))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = names_option(rule, "shapes")
    files = [file for file in analysis.patched.states[position].files
             if own_arch(file.path) in analysis.arches and file.path.endswith(".c") and file.whole and file.before]
    for arch in sorted({own_arch(file.path) for file in files}):
        changed = {one.name: (file, one) for file in files if own_arch(file.path) == arch for one in _changed(file)}
        found: dict[_Difference, list[str]] = {}
        for path, root in _roots(analysis, position, arch, frozenset(changed)) if changed else ():
            was, now = (derived_at(analysis, side, arch, path, root)
                        for side in (analysis.before(position), analysis.after(position)))
            if was is not None and now is not None and not was.partial and not now.partial:
                for one in _differences(analysis, position, was, now):
                    if one.shape not in wanted:
                        continue
                    found.setdefault(one, []).append(root)
        for one, roots in found.items():
            worker = _around(analysis, position, changed, one)
            if worker is not None and roots != [worker[1].name]:  # of a function alone other rules and rows speak
                yield _finding(rule, analysis, position, arch, one, roots, worker)


def _changed(file: PatchedFile) -> list[Function]:
    before = {one.name: one for one in functions_of(file.before or b"") if one.name}
    return [one for one in functions_of(file.after or b"") if one.name in before and touches(file, one)
            and code_of(file.before, before[one.name]) != code_of(file.after, one)]


def _roots(analysis: Analysis, position: int, arch: str, changed: frozenset[str]) -> list[tuple[str, str]]:
    """Return the functions of the family that may come to a changed function, each with its file, in order."""
    side = analysis.after(position)
    release = analysis.model.nearest(analysis.version)
    places = {(fact.defined_in.split(":")[0], fact.symbol) for fact in analysis.model.own_of(arch).facts
              if release in fact.versions and fact.status == "real" and fact.symbol in analysis.primitives}
    found = []
    for path in sorted({path for path, _ in places}):
        data = side.tree.read(path) if path.endswith(".c") else None
        if data is not None and any(name.encode() in data for name in changed):
            there = {one.name for one in functions_of(data)}
            found += sorted((path, name) for other, name in places if other == path and name in there)
    return found[:_MOST_ROOTS]


def _differences(analysis: Analysis, position: int, was: Derived, now: Derived) -> Iterator[_Difference]:
    before, after = dict(was.evidence), dict(now.evidence)
    gone, come = set(was.noop_when) - set(now.noop_when), set(now.noop_when) - set(was.noop_when)
    asked_anew = bool(gone and come)  # one question took the place of another: who knows whether they differ
    for text in () if asked_anew else now.noop_when:
        if text not in was.noop_when and _is_at_once(analysis.after(position), after[f"noop {text}"]):
            yield _Difference("returns-at-once", text, after[f"noop {text}"], old=False)
    for text in () if asked_anew else was.noop_when:
        if text not in now.noop_when and _is_at_once(analysis.before(position), before[f"noop {text}"]):
            yield _Difference("goes-on", text, before[f"noop {text}"], old=True)
    if was.flushes and not now.flushes:
        yield _Difference("no-flush", was.flushes_by[0], before[f"flush {was.flushes_by[0]}"], old=True)
    if not was.open and not now.open:
        for name in now.errnos:
            if name not in was.errnos:
                yield _Difference("new-error", name, after[f"errno {name}"], old=False)
        for name in was.errnos:
            if name not in now.errnos:
                yield _Difference("no-error", name, before[f"errno {name}"], old=True)
    if now.sleeps and not was.sleeps:
        yield _Difference("sleeps", now.sleeps_by[0], after[f"sleep {now.sleeps_by[0]}"], old=False)
    for text in now.locks:
        if text not in was.locks and (was.sleeps or text.split("(")[0] not in now.sleeps_by):
            yield _Difference("locks", text, after[f"lock {text}"], old=False)


def _is_at_once(side: Side, mark: Mark) -> bool:
    """Return whether nothing that does work stands before the exit in its function."""
    bodies = bodies_of(mark.file, side.tree.read(mark.file) or b"")
    for one in functions_of(side.tree.read(mark.file) or b""):
        if one.span.line <= mark.line <= one.span.end_line:
            return not any(does_work(call) and not _ASKS.fullmatch(call.callee) and call.span.line <= mark.line
                           for body in bodies.get(one.name) for call in body.calls)
    return False


def _around(analysis: Analysis, position: int, changed: dict[str, tuple[PatchedFile, Function]], one: _Difference
            ) -> tuple[PatchedFile, Function] | None:
    """Return the changed function in which the mark stands; without one the patch only changed the way there."""
    side = analysis.before(position) if one.old else analysis.after(position)
    for function in functions_of(side.tree.read(one.mark.file) or b""):
        if function.span.line <= one.mark.line <= function.span.end_line and function.name in changed:
            file, after = changed[function.name]
            return (file, after) if one.mark.file in {file.path, file.old_path} else None
    return None


def _finding(rule: Rule, analysis: Analysis, position: int, arch: str, one: _Difference, roots: list[str],
             worker: tuple[PatchedFile, Function]) -> Finding:
    state, (file, function) = analysis.patched.states[position], worker
    line = function.span.line if one.old else one.mark.line
    said = replace(rule, text=rule.notes.get(one.shape, rule.text), question=rule.notes.get(
        f"ask {one.shape}", rule.question))
    core = analysis.family.names("core")
    others = sorted((name for name in roots if name != function.name), key=lambda name: (name not in core, name)) \
        or roots
    fields = {"worker": function.name, "callers": quote_names([f"'{name}()'" for name in others], most=_SHOWN),
              "how": one.how[1:-1] if is_bracketed(one.how) else one.how,
              "where": f"{one.mark.file}:{one.mark.line}", "arches": arch}
    spot = Spot(file=file.path, line=line, end_line=line, function=function.name, symbol=function.name,
                side=analysis.after(position))
    moment = "before" if one.old else "after"
    return draft_finding(
        said, state, spot, fields, message_id=analysis.message_id(state.index), arches=(arch,),
        evidence=(Evidence(kind="patch", file=one.mark.file, line=one.mark.line, text=one.mark.text,
                           rev=f"{moment} patch {state.index}"),), says=(function.name, one.shape, one.how))


WORKED_ON = Kind(name="worked-on", fields=_FIELDS, changes=_run, check_options=_check, notes=_notes)
