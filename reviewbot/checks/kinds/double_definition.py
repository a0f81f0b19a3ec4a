"""Kind `double-definition`: a patch after which a function is static inline and something else at once.

A header then defines what another one declares, or a C file defines, without `static`: the compiler stops. The cause is
a changed `#if`, or a `select` that was added or removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.changed_names import text_of
from reviewbot.checks.configured import Shown, concerned, example_evidence, has_kconfig
from reviewbot.checks.draft import Spot, draft_finding, kconfig_spot
from reviewbot.checks.gated_headers import changed_kconfig, is_seen_whole, names_gated_by
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig import Candidate
from reviewbot.logic import FALSE, And, Ternary
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["DOUBLE_DEFINITION"]

_FIELDS = frozenset({"callee", "inline", "other", "what", "arches", "config", "also"})
_MOST_NAMES = 24
_MOST_ALSO = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    """A place that the patch changes, the names that hang on it, and the architectures that it concerns."""

    spot: Spot
    names: tuple[str, ...]
    arches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clash:
    """An inline definition and what it meets, under one configuration."""

    name: str
    inline: Candidate
    other: Candidate
    shown: Shown


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if not has_kconfig(analysis.patched.states[position].after):
        return
    said: set[tuple[str, str]] = set()
    for cause in _causes(analysis, position):
        for arch in cause.arches:
            clashes = [clash for name in cause.names[:_MOST_NAMES] if (name, arch) not in said
                       and is_seen_whole(analysis, position + 1, name)
                       and not _could_clash(analysis, position, name, arch)
                       and (clash := _clash(analysis, position + 1, name, arch)) is not None]
            if clashes:
                said |= {(clash.name, arch) for clash in clashes}
                yield _finding(rule, analysis, position, cause, clashes)


def _causes(analysis: Analysis, position: int) -> Iterator[_Cause]:
    """Yield the changed Kconfig lines on which functions of the families hang, then the changed definitions."""
    before, after, tree = analysis.before(position), analysis.after(position), analysis.sides[position + 1].tree
    for line in changed_kconfig(analysis.patched.states[position]):
        names = names_gated_by(analysis, tree, line.symbols)
        if names:
            symbol = min(line.symbols, key=lambda one: (one not in _asked(analysis, position), one))
            yield _Cause(spot=kconfig_spot(analysis, position, line, symbol), names=names,
                         arches=concerned(analysis, tree, line.file))
    for name, those in sorted(analysis.redefined.items()):
        for one in those:
            if one.position != position or one.body or one.fragment:
                continue
            file = next(f for f in analysis.patched.states[position].files if one.path in {f.path, f.old_path})
            text = text_of(file.path, file.after) if file.after else None
            number = next((s.line for s in text.sightings(name) if s.line in file.added), 0) if text else 0
            old = not (number := number or min(file.added, default=0))
            number = number or min(file.removed, default=1)
            spot = Spot(file=file.old_path if old else file.path, line=number, end_line=number, function="",
                        symbol=name, side=before if old else after, old=old)
            yield _Cause(spot=spot, names=(name,), arches=concerned(analysis, tree, one.path))


def _asked(analysis: Analysis, position: int) -> frozenset[str]:
    """Return the symbols that the families' headers ask for."""
    tree = analysis.sides[position + 1].tree
    return frozenset(symbol for line in changed_kconfig(analysis.patched.states[position]) for symbol in line.symbols
                     if names_gated_by(analysis, tree, frozenset({symbol})))


def _pairs(analysis: Analysis, moment: int, name: str, arch: str) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield what may stand at once: a static inline function of a header, and a definition or declaration without
    `static`."""
    found = analysis.configs[moment].candidates(name, arch)
    inlines = [one for one in found if one.definition.kind == "inline" and one.static and not one.made_by]
    others = [one for one in found if not one.static and not one.made_by
              and one.definition.kind in {"declaration", "function"}]
    for inline in inlines:
        for other in others:
            if And(inline.definition.condition, other.definition.condition) != FALSE:
                yield inline, other


def _could_clash(analysis: Analysis, moment: int, name: str, arch: str) -> bool:
    return any(analysis.configs[moment].possible(And(one.definition.condition, other.definition.condition),
                                                 arch).ternary is not Ternary.NO
               for one, other in _pairs(analysis, moment, name, arch))


def _clash(analysis: Analysis, moment: int, name: str, arch: str) -> _Clash | None:
    """Return two places that some configuration certainly compiles together, None when none does."""
    config = analysis.configs[moment]
    for inline, other in _pairs(analysis, moment, name, arch):
        condition = And(inline.definition.condition, other.definition.condition)
        answer = config.possible(condition, arch)
        start = other.definition.file if other.definition.kind == "function" else inline.definition.file
        if answer.ternary is not Ternary.YES or not start.endswith((".c", ".h")):
            continue
        if other.definition.kind == "declaration" and not _comes_first(analysis, moment, inline, other):
            continue
        places = {(one.sighting.file, one.sighting.line): one.there
                  for one in config.seen(name, start, arch, condition,
                                         paths={inline.definition.file, other.definition.file})}
        if all(places.get((one.definition.file, one.definition.line)) is Ternary.YES for one in (inline, other)):
            return _Clash(name=name, inline=inline, other=other,
                          shown=Shown(arch=arch, condition=condition, answer=answer))
    return None


def _comes_first(analysis: Analysis, moment: int, inline: Candidate, other: Candidate) -> bool:
    """Return whether the declaration is read before the inline function: after it, it would be no contradiction."""
    where, line = inline.definition.file, inline.definition.line
    if other.definition.file == where:
        return other.definition.line < line
    text = text_of(where, analysis.sides[moment].tree.read(where) or b"")
    return all(text.lines.line(offset) < line for offset in _includes(text.text))


def _includes(data: bytes) -> Iterator[int]:
    start = 0
    for line in data.splitlines(keepends=True):
        if line.lstrip().startswith(b"#") and line.lstrip()[1:].lstrip().startswith(b"include"):
            yield start
        start += len(line)


def _finding(rule: Rule, analysis: Analysis, position: int, cause: _Cause, clashes: list[_Clash]) -> Finding:
    state, first = analysis.patched.states[position], clashes[0]
    rev, shown = f"after patch {state.index}", first.shown
    also = [f"{clash.name}()" for clash in clashes[1:]]
    what = "defined" if first.other.definition.kind == "function" else "declared"
    fields = {"callee": first.name, "inline": _place(first.inline), "other": _place(first.other), "what": what,
              "arches": shown.arch, "config": setting_of(analysis.configs[position + 1], shown),
              "also": f"The same holds for {quote_names(also, most=_MOST_ALSO)}." if also else ""}
    evidence = tuple(Evidence(kind="source", file=one.definition.file, line=one.definition.line, rev=rev,
                              text=f"{first.name}() is compiled when {one.definition.condition}")
                     for one in (first.inline, first.other))
    finding = draft_finding(
        rule, state, replace(cause.spot, symbol=first.name), fields, message_id=analysis.message_id(state.index),
        evidence=(*evidence, example_evidence(shown, rev)), arches=(shown.arch,), config=str(shown.condition),
        notes=tuple(filter(None, (fields["also"],))), says=(first.name, what))
    mended = next((later.index for number, later in enumerate(analysis.patched.states) if number > position
                   and all(_clash(analysis, number + 1, clash.name, shown.arch) is None for clash in clashes)), None)
    return finding if mended is None else replace(
        finding, fixed_by=mended, level="note",
        notes=(*finding.notes, *filter(None, (rule.notes.get("mended", ""),))))


def _place(one: Candidate) -> str:
    return f"{one.definition.file}:{one.definition.line}"


DOUBLE_DEFINITION = Kind(name="double-definition", fields=_FIELDS, changes=_run, check_options=_check,
                         notes=lambda _: ("mended",))
