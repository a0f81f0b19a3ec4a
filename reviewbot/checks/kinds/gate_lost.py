"""Kind `gate-lost`: Kconfig lines go by which an architecture has a symbol, and its functions of the families with it.

Where the tree has the series already, or later lines, the series' own hunks decide, and it is asked. No options.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import concerned, example_evidence, first_possible, has_kconfig, in_kconfig_words
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.gated_headers import names_gated_by
from reviewbot.checks.kconfig_entries import Supply, set_by, supplies
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.other_fates import Fate, fates_without, say_fates
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig import Candidate
from reviewbot.kconfig.lines import is_kconfig
from reviewbot.logic import TRUE, And, Cond, Not, Ternary, Var
from reviewbot.source.types import PatchState
from reviewbot.values import dataclass

__all__ = ["GATE_LOST"]

_FIELDS = frozenset({"symbol", "arches", "fates", "place", "callee", "where", "others", "kept"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """What an architecture loses with a symbol: by which line, in which configuration (empty: all), and what follows.

    `kept` is a line of the tree that still selects the symbol and that the series does not add.
    """

    arch: str
    symbol: str
    line: Supply
    where: str
    fates: tuple[Fate, ...]
    real: Candidate
    evidence: tuple[Evidence, ...] = ()
    kept: Supply | None = None


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after):
        return
    gone = [one for file in state.files if is_kconfig(file.path) for one in supplies(file, old=True)]
    for symbol in sorted({one.symbol for one in gone}):
        names = names_gated_by(analysis, state.after, frozenset({symbol}))
        lines = [one for one in gone if one.symbol == symbol]
        for arch in _arches(analysis, state, lines) if names else ():
            line = min(lines, key=lambda one: (own_arch(one.file) != arch, not one.gives, one.line))
            found = _lost(analysis, position, line, arch, names) \
                or _lost_by_hunks(analysis, position, line, arch, names)
            # A function that goes in a later patch is taken away as a whole.
            if found is not None and _still_built(analysis, len(analysis.patched.states), names, arch, TRUE):
                yield _finding(rule, analysis, position, found)


def _arches(analysis: Analysis, state: PatchState, lines: list[Supply]) -> tuple[str, ...]:
    """Return the architectures that the removed lines speak of."""
    owners = {own_arch(one.file) for one in lines}
    every = concerned(analysis, state.after, "")
    return every if "" in owners else tuple(arch for arch in sorted(owners)
                                            if state.after.exists(f"arch/{arch}/Kconfig"))


def _lost(analysis: Analysis, position: int, line: Supply, arch: str, names: tuple[str, ...]) -> _Loss | None:
    """Return what the architecture has lost as all of its Kconfig says it."""
    before, after = analysis.configs[position], analysis.configs[position + 1]
    symbol = Var(f"CONFIG_{line.symbol}")
    if before.can(symbol, arch) is not Ternary.YES or after.can(Not(symbol), arch) is not Ternary.YES:
        return None
    wholly = after.can(symbol, arch) is Ternary.NO
    if not wholly and before.can(Not(symbol), arch) is not Ternary.NO:
        return None
    real = _still_built(analysis, position + 1, names, arch, Not(symbol))
    if real is None:
        return None
    left_out = Not(symbol)
    shown = first_possible(analysis, position + 1, And(left_out, real.definition.condition), (arch,))
    fates = fates_without(analysis, position + 1, line.symbol, arch, names)
    if not fates or shown is None:
        return None
    whens = [one.when for one in set_by(after.tree, line.symbol, arch)]
    where = "" if wholly else f" without {' and '.join(whens)}" if whens and all(
        when.isidentifier() for when in whens) else f" with {in_kconfig_words(shown.answer.example)}"
    rev = f"after patch {analysis.patched.states[position].index}"
    return _Loss(arch=arch, symbol=line.symbol, line=line, where=where, fates=fates, real=real,
                 evidence=() if wholly else (example_evidence(shown, rev),))


def _lost_by_hunks(analysis: Analysis, position: int, line: Supply, arch: str, names: tuple[str, ...]) -> _Loss | None:
    """Return the same where the tree is later than the series, and has a line for the architecture that the series
    itself does not bring."""
    state = analysis.patched.states[position]
    files = [file for file in state.files if file.path == line.file]
    if not line.always or own_arch(line.file) != arch or not any(
            file.had or file.applies == "merged" for file in files):
        return None
    added = {(one.file, one.text) for each in analysis.patched.states for file in each.files if is_kconfig(file.path)
             for one in supplies(file, old=False) if one.symbol == line.symbol}
    if any(own_arch(path) == arch for path, _ in added):
        return None
    left = [one for one in set_by(analysis.sides[-1].tree, line.symbol, arch) if (one.file, one.text) not in added]
    if len(left) != 1 or not own_arch(left[0].file) or any(one.gives for one in left if not own_arch(one.file)):
        return None
    real = _still_built(analysis, position + 1, names, arch, TRUE)
    fates = fates_without(analysis, position + 1, line.symbol, arch, names)
    return _Loss(arch=arch, symbol=line.symbol, line=line, where="", fates=fates, real=real, kept=left[0]) \
        if fates and real is not None else None


def _still_built(analysis: Analysis, moment: int, names: tuple[str, ...], arch: str, given: Cond) -> Candidate | None:
    """Return a function of these names that the architecture's own code has under the condition as well."""
    config = analysis.configs[moment]
    config.prepare(names)
    for name in names:
        for one in config.candidates(name, arch):
            if own_arch(one.definition.file) == arch and one.definition.kind == "function" and not one.static \
                    and not one.stub and config.can(And(given, one.definition.condition), arch) is Ternary.YES:
                return one
    return None


def _mended(analysis: Analysis, position: int, found: _Loss) -> int | None:
    """Return the number of the later patch by which the architecture has the symbol always, None for none."""
    symbol = Var(f"CONFIG_{found.symbol}")
    for later in range(position + 1, len(analysis.patched.states)):
        if analysis.configs[later + 1].can(Not(symbol), found.arch) is Ternary.NO:
            return analysis.patched.states[later].index
    return None


def _finding(rule: Rule, analysis: Analysis, position: int, found: _Loss) -> Finding:
    state = analysis.patched.states[position]
    real = found.real.definition
    others = sorted({own_arch(one.file) for file in state.files if is_kconfig(file.path)
                     for one in supplies(file, old=False) if one.symbol == found.symbol} - {"", found.arch})
    fields = {"symbol": found.symbol, "arches": found.arch, "fates": say_fates(found.fates),
              "place": f"{real.file}:{real.line}", "callee": found.fates[0].name, "where": found.where,
              "others": " and ".join(others), "kept": f"{found.kept.file}:{found.kept.line}" if found.kept else ""}
    rev = f"after patch {state.index}"
    evidence = [Evidence(kind="source", file=real.file, line=real.line, rev=rev,
                         text=f"{found.fates[0].name}() is still built here")]
    evidence += [one for fate in found.fates for one in fate.evidence(rev)]
    if found.kept is not None:
        kept = found.kept
        evidence.append(Evidence(kind="source", file=kept.file, line=kept.line, text=kept.text, rev=rev))
    spot = Spot(file=found.line.file, line=found.line.line, end_line=found.line.line, function="", symbol=found.symbol,
                side=analysis.before(position), old=True)
    fixed_by = _mended(analysis, position, found) if found.kept is None else None
    one = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), arches=(found.arch,),
                        evidence=(*evidence, *found.evidence), config=f"!CONFIG_{found.symbol}",
                        level="note" if fixed_by else "question" if found.kept else rule.level,
                        notes=tuple(rule.notes[key] for key in ("mended",) if fixed_by and key in rule.notes))
    if found.kept is not None and {"kept", "ask kept"} <= rule.notes.keys():
        one = replace(one, message=rule.notes["kept"].format_map(fields),
                      question=rule.notes["ask kept"].format_map(fields))
    return replace(one, fixed_by=fixed_by)


GATE_LOST = Kind(name="gate-lost", fields=_FIELDS, changes=_run, check_options=_check,
                 notes=lambda _: ("mended", "kept", "ask kept"), yields_to="double-definition")
