"""Kind `gate-effect`: what hangs on a symbol that an architecture selects under another condition now.

Options: `opens` (symbol -> the option that nobody can set without it) and `provides` (symbol -> functions that an
architecture with the symbol defines).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code, uses_of
from reviewbot.checks.configured import has_kconfig, nest_at
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.halves import other_halves
from reviewbot.checks.kconfig_selects import Selected, entry_at, hunk_sections, selected_when
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig.lines import is_kconfig
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var
from reviewbot.source import MemoryTree
from reviewbot.source.types import PatchedFile
from reviewbot.values import dataclass

__all__ = ["GATE_EFFECT"]

_FIELDS = frozenset({"symbol", "option", "entry", "before", "after", "arches", "halves", "kept", "callee", "file",
                     "built", "calls"})
_MOST_HALVES = 4
_MOST_CALLERS = 60  # files that are asked whether they are built


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """A symbol that an entry of one architecture's Kconfig file selects under less than before; `line` says so."""

    arch: str
    entry: str
    symbol: str
    line: int
    old: Selected
    new: Selected


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"opens", "provides"}))
    for key in ("opens", "provides"):
        if not isinstance(rule.options.get(key, {}), Mapping):
            raise DataError(f"'{key}' is not a table", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after):
        return
    for file in state.files:
        arch = own_arch(file.path)
        if arch and is_kconfig(file.path) and state.after.exists(f"arch/{arch}/Kconfig"):
            for gate in _narrowed(rule, analysis, position, file, arch):
                option = rule.options["opens"][gate.symbol]
                if _needs(analysis, position + 1 if file.whole else 0, option, gate, whole=file.whole):
                    yield from _findings(rule, analysis, position, file, gate, option)


def _narrowed(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, arch: str) -> Iterator[_Gate]:
    """Yield the selects that every configuration of the architecture had, and that ask for something now."""
    texts = [(content or b"").decode("latin-1").splitlines() for content in (file.before, file.after)]
    entries = [partial(entry_at, text, hunks=hunk_sections(analysis, position, file, old=old))
               for text, old in zip(texts, (True, False), strict=True)]
    config = analysis.configs[position + 1 if file.whole else 0]
    for symbol in rule.options.get("opens", {}):
        for number in sorted(file.added):
            line = texts[1][number - 1].split("#")[0].split() if number <= len(texts[1]) else []
            entry = entries[1](number) if line[:2] == ["select", symbol] else ""
            if not entry.startswith("config ") or config.can(Not(Var(f"CONFIG_{entry[7:]}")), arch) is not Ternary.NO:
                continue
            old, new = (selected_when(text, symbol, entry, one) for text, one in zip(texts, entries, strict=True))
            if old.texts == ("",) and new.texts and "" not in new.texts:
                yield _Gate(arch=arch, entry=entry, symbol=symbol, line=number, old=old, new=new)


def _needs(analysis: Analysis, moment: int, option: str, gate: _Gate, *, whole: bool) -> bool:
    """Return whether nobody can set the option without the symbol, can with it, and nothing else selects the symbol.

    Where the tree has not the file as the patch leaves it the option's own dependencies say so, else all of Kconfig.
    """
    config = analysis.configs[moment]
    wanted, symbol = Var(f"CONFIG_{option}"), Var(f"CONFIG_{gate.symbol}")
    if config.can(And(wanted, symbol), gate.arch) is not Ternary.YES \
            or config.can(And(wanted, Not(symbol)), gate.arch) is not Ternary.NO:
        return False
    if not whole and config.depends(option, gate.arch).assume(dict.fromkeys(symbol.variables(), False)) != FALSE:
        return False
    selects = sum(line.split("#")[0].split()[:2] == ["select", gate.symbol] for path in config.tree.search(
        (gate.symbol,), prefixes=(f"arch/{gate.arch}",), suffixes=("Kconfig",))
        for line in (config.tree.read(path) or b"").decode("latin-1").splitlines())
    return selects == len(gate.new.texts)


def _findings(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, gate: _Gate, option: str
              ) -> Iterator[Finding]:
    """Yield what becomes of the option, and each select of the entry that does not follow."""
    state, moment = analysis.patched.states[position], position + 1
    rev = f"after patch {state.index}"
    halves = other_halves(analysis, moment, gate.arch, (gate.symbol, option))[:_MOST_HALVES]
    told = " and ".join(f"'{one.name}' is '{one.value}' ('{one.file}:{one.line}')" for one in halves)
    fields = {"symbol": gate.symbol, "option": option, "entry": gate.entry, "before": gate.old.says(),
              "after": gate.new.says(), "arches": gate.arch, "kept": "", "callee": "", "file": "", "built": "",
              "calls": "", "halves": f", and {told}" if told else ""}
    evidence = [Evidence(kind="source", file=one.file, line=one.line, text=one.text, rev=rev) for one in halves]
    side = Side(tree=MemoryTree({file.path: file.after or b""}), facts={}, wrappers={})
    spot = Spot(file=file.path, line=gate.line, end_line=gate.line, function="", symbol=gate.symbol, side=side)
    found = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                          evidence=tuple(evidence), arches=(gate.arch,), config=f"!{gate.symbol}")
    yield found
    if {"kept", "ask kept"} <= rule.notes.keys():
        for kept, callee, place, built, calls in _siblings(rule, analysis, moment, file, gate):
            filled = {**fields, "kept": kept, "callee": callee, "file": place, "built": built, "calls": calls}
            yield replace(found, level="question", symbol=kept, message=rule.notes["kept"].format_map(filled),
                          question=rule.notes["ask kept"].format_map(filled), evidence=found.evidence[:1])


def _siblings(rule: Rule, analysis: Analysis, moment: int, file: PatchedFile, gate: _Gate
              ) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (symbol, function, file, when it is built, who calls it) for selects of the entry that go on where the gate
    is shut and their function is not built there."""
    config = analysis.configs[moment]
    if not file.whole:
        return
    text = (file.after or b"").decode("latin-1").splitlines()
    for symbol, names in rule.options.get("provides", {}).items():
        kept = selected_when(text, symbol, gate.entry, partial(entry_at, text, hunks={}))
        if symbol == gate.symbol or kept.texts != ("",):
            continue
        config.prepare(names)
        for name in names:
            places = [one for one in config.candidates(name, gate.arch)
                      if one.definition.kind in {"function", "inline", "macro"}
                      and not (one.static and one.definition.file.endswith(".c"))]
            real = Or(*(one.definition.condition for one in places)) if places else FALSE
            missing = And(Not(Var(f"CONFIG_{gate.symbol}")), Var(f"CONFIG_{symbol}"), Not(real))
            own = next((one.definition for one in places if own_arch(one.definition.file) and not one.stub), None)
            if own and own.file.endswith(".c") and config.can(missing, gate.arch) is Ternary.YES \
                    and config.can(And(Var(f"CONFIG_{gate.symbol}"), Var(f"CONFIG_{symbol}"), Not(real)),
                                   gate.arch) is Ternary.NO:
                yield symbol, name, own.file, str(own.condition), _calls(analysis, moment, gate.arch, name, missing)
                break


def _calls(analysis: Analysis, moment: int, arch: str, name: str, missing: Cond) -> str:
    """Return what follows of a function that is not built: a file that calls it there and does not link, or that none
    does, so that it breaks nothing; empty where that is not known of all."""
    config = analysis.configs[moment]
    files = [path for path in analysis.files_with(moment, (name,))[name]
             if is_kernel_code(path) and own_arch(path) in {"", arch}]
    open_ones = False
    for path in files[:_MOST_CALLERS]:
        for use in uses_of(config.tree, name, path):
            built = config.kbuild(path, arch) if path.endswith(".c") else TRUE
            answer = config.can(And(missing, nest_at(config.tree, path, use.line), built), arch)
            if answer is Ternary.YES and path.endswith(".c"):
                return f"; '{path}' calls it there all the same, and does not link"
            open_ones = open_ones or answer is not Ternary.NO
    harmless = "; nothing that is built there calls it, so that breaks nothing today"
    return "" if open_ones or len(files) > _MOST_CALLERS else harmless


GATE_EFFECT = Kind(name="gate-effect", fields=_FIELDS, changes=_run, check_options=_check,
                   notes=lambda _: ("kept", "ask kept"))
