"""Kind `select-gap`: a new `select` of a symbol that stands for functions which some configuration does not build.

Options: `provides` (symbol -> functions that an architecture with the symbol defines) and `relies-on` (symbol ->
functions whose work the symbol promises, so that a stub breaks the promise); `when` (symbol -> the symbol that a person
sets to use what it promises).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import handed_on, uses_of
from reviewbot.checks.configured import Shown, example_evidence, has_kconfig, in_kconfig_words
from reviewbot.checks.draft import Spot
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.checks.step import Step
from reviewbot.errors import DataError, UsageError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig import Candidate, KernelConfig
from reviewbot.kconfig.lines import entry_named, is_kconfig, selected
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var, parse_condition
from reviewbot.source import MemoryTree
from reviewbot.source.types import PatchedFile
from reviewbot.text import line_at
from reviewbot.values import dataclass

__all__ = ["SELECT_GAP"]

_FIELDS = frozenset({"symbol", "callee", "what", "config", "arches", "line"})
_PROMISES = ("provides", "relies-on")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """A function that is not there in a configuration that the select covers, and what is there instead."""

    name: str
    what: str
    shown: Shown
    places: tuple[Candidate, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({*_PROMISES, "when"}))
    for key in _PROMISES:
        table = rule.options.get(key, {})
        if not isinstance(table, Mapping) or not all(
                isinstance(names, list) and all(isinstance(name, str) for name in names) for names in table.values()):
            raise DataError(f"'{key}' is not a table of lists of names", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    step = Step(analysis, position)
    state = step.state
    for file in state.files:
        arch = own_arch(file.path)
        if not arch or not is_kconfig(file.path) or not has_kconfig(state.after) \
                or not state.after.exists(f"arch/{arch}/Kconfig"):
            continue
        lines = (file.after or b"").decode("latin-1").splitlines()
        moved = _selects((file.before or b"").decode("latin-1").splitlines(), file.removed)
        for number in sorted(file.added):
            found = selected(lines[number - 1]) if number <= len(lines) else None
            if found and any(found[0] in rule.options.get(key, {}) for key in _PROMISES) \
                    and not _selects(lines, {number}) & moved:
                covers = _covers(step, file, lines, number, found[1])
                gap = _gap(rule, step, file, found[0], covers) if covers is not None else None
                if gap is not None:
                    yield _finding(rule, step, file, number, found, gap)


def _selects(lines: list[str], numbers: Collection[int]) -> set[tuple[str, str]]:
    """Return the entry and the words of each of these lines: what only moves within its entry is not new."""
    return {(next(filter(None, map(entry_named, reversed(lines[:number]))), ""),
             " ".join(lines[number - 1].split())) for number in numbers if number <= len(lines)}


def _covers(step: Step, file: PatchedFile, lines: list[str], number: int,
            condition: str) -> Cond | None:
    """Return when the select takes effect: its entry is set and its `if` holds. None when that cannot be read."""
    entry = next(filter(None, map(entry_named, reversed(lines[:number]))), "")
    if not entry:  # only a fragment is known: git names the entry behind the @@
        patch = next(p for p in step.analysis.series.patches if p.index == step.state.index)
        sections = [hunk.section for diff in patch.files if diff.path == file.path for hunk in diff.hunks
                    if hunk.new_start <= number < hunk.new_start + hunk.new_count]
        entry = next(filter(None, map(entry_named, sections)), "")
    try:
        return And(Var(f"CONFIG_{entry}"), parse_condition(condition) if condition else TRUE) if entry else None
    except UsageError:
        return None


def _gap(rule: Rule, step: Step, file: PatchedFile, symbol: str, covers: Cond) -> _Gap | None:
    arch = own_arch(file.path)
    whole = file.whole
    earlier, config = step.configs
    used = rule.options.get("when", {}).get(symbol, symbol)
    given = {f"CONFIG_{name}": True for name in (symbol, used)}
    promised = And(covers, *(Var(name) for name in given)) if whole else covers
    for key in _PROMISES:
        names = rule.options.get(key, {}).get(symbol, [])
        config.prepare(names)
        for name in names:
            places = config.candidates(name, arch)
            real = Or(*(p.definition.condition for p in places if _acts(p)))
            hollow = Or(*(p.definition.condition for p in places if p.stub))
            missing = (Not(Or(real, hollow)) if key == "provides" else Not(real)).assume(given)
            answer = config.possible(And(promised, missing), arch)
            nowhere = real == FALSE
            if answer.ternary is not Ternary.YES or (nowhere and not (
                    whole and key == "provides" and _is_asked(step, name, arch))) or (
                    whole and _was_so(earlier, And(promised, missing), name, arch, key)):
                continue
            stub = config.possible(And(promised, missing, hollow), arch).ternary is not Ternary.NO
            what = "is defined nowhere" if nowhere else "is a stub that does nothing" if stub else "is not built"
            return _Gap(name=name, what=what, places=tuple(p for p in places if _acts(p)),
                        shown=Shown(arch=arch, condition=And(promised, missing), answer=answer))
    return None


def _is_asked(step: Step, name: str, arch: str) -> bool:
    """Return whether a function that the architecture does not have at all is missed: the kernel has it elsewhere, its
    code calls it, and no later patch brings it.
    """
    if any(_acts(place) for place in step.analysis.configs[-1].candidates(name, arch)):
        return False
    paths = step.files_with((name,))[name]
    tree = step.after.tree
    return any(own_arch(path) for path in paths) and any(
        uses_of(tree, name, path) or handed_on(tree, name, path)
        for path in paths if path.endswith(".c") and not own_arch(path))


def _acts(place: Candidate) -> bool:
    return place.definition.kind in {"function", "inline", "macro"} and not place.stub and not (
        place.static and place.definition.file.endswith(".c"))


def _was_so(config: KernelConfig, gap: Cond, name: str, arch: str, key: str) -> bool:
    """Return whether the promise was given without the function in such a configuration before the patch as well.

    Where nothing had the function before, other configurations say nothing: the select may be new in this one.
    """
    places = config.candidates(name, arch)
    there = Or(*(p.definition.condition for p in places if _acts(p) or (key == "provides" and p.stub)))
    return config.possible(And(gap, Not(there)), arch).ternary is not Ternary.NO


def _finding(rule: Rule, step: Step, file: PatchedFile, number: int, found: tuple[str, str],
             gap: _Gap) -> Finding:
    rev = f"after patch {step.state.index}"
    config = in_kconfig_words(gap.shown.answer.example)
    fields = {"symbol": found[0], "callee": gap.name, "what": gap.what, "config": config, "arches": gap.shown.arch,
              "line": line_at(file.after, number)}
    evidence = tuple(Evidence(kind="source", file=p.definition.file, line=p.definition.line, rev=rev,
                              text=f"{gap.name}() acts when {p.definition.condition}") for p in gap.places[:3])
    side = Side(tree=MemoryTree({file.path: file.after or b""}), facts={}, wrappers={})
    spot = Spot(file=file.path, line=number, end_line=number, function="", symbol=found[0], side=side)
    return step.finding(rule, spot, fields, evidence=(*evidence, example_evidence(gap.shown, rev)),
                        arches=(gap.shown.arch,), config=str(gap.shown.condition))


SELECT_GAP = Kind(name="select-gap", fields=_FIELDS, changes=_run, check_options=_check)
