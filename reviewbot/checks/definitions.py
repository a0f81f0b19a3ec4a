"""What a function of the family is on one architecture: where it is defined, when it acts, what it does there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.arch import Fact, refresh
from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import arch_values, own_arch
from reviewbot.checks.leaves import global_part
from reviewbot.errors import UsageError
from reviewbot.findings.types import ArchRow, Evidence
from reviewbot.logic import TRUE, And, Cond, Not, Or, Ternary, Var, parse_condition
from reviewbot.text import decode, squash

__all__ = [
    "Place",
    "arch_row",
    "certain_symbols",
    "current_fact",
    "definition_of",
    "describe",
    "fact_under",
    "facts_of",
    "possible_facts",
    "when_it_acts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is defined in a tree; `text` is the source line. `line` 0: the file is known, the line is not."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return `file:line`, or the file alone."""
        return f"{self.file}:{self.line}" if self.line else self.file


_SHOWN_BY = {"ARCH_HAS_SET_MEMORY": "set_memory_ro", "ARCH_HAS_SET_DIRECT_MAP": "set_direct_map_invalid_noflush",
             "ARCH_HAS_MEM_ENCRYPT": "set_memory_encrypted"}


def certain_symbols(analysis: Analysis, side: Side, arch: str) -> dict[str, bool]:
    """Return the Kconfig symbols that are certain on the architecture, from the tree or, without one, the model.

    The model shows ARCH_HAS_SET_DIRECT_MAP by what it says of a function that stands or falls with it.
    """
    values = arch_values(side.tree, arch)
    for symbol, function in _SHOWN_BY.items():
        facts = facts_of(analysis, arch, function)
        if f"CONFIG_{symbol}" not in values and facts and not side.tree.exists(f"arch/{arch}/Kconfig"):
            values[f"CONFIG_{symbol}"] = facts[0].status == "real"
            values[f"CONFIG_{symbol}_MODULE"] = False
    return values


def facts_of(analysis: Analysis, arch: str, symbol: str) -> tuple[Fact, ...]:
    """Return what the model knows of the symbol on the architecture, the ordinary variant first.

    A function that the series itself brings is answered for by the first later release that has it.
    """
    try:
        facts = analysis.model.fact(arch, symbol, analysis.version)
        if (not facts or facts[0].status == "undeclared") and symbol in analysis.brought:
            later = (analysis.model.fact(arch, symbol, release) for release in analysis.model.releases
                     if release > analysis.version)
            facts = next((found for found in later if found and found[0].status != "undeclared"), facts)
    except UsageError:
        return ()
    return facts


def fact_under(analysis: Analysis, arch: str, symbol: str, values: Mapping[str, bool]) -> Fact | None:
    """Return the variant that the configuration `values` selects, or None when the model does not know the symbol."""
    open_variant = None
    for fact in facts_of(analysis, arch, symbol):
        condition = _fact_condition(fact)
        answer = condition.evaluate(values)
        if answer is Ternary.YES:
            return fact
        if answer is Ternary.UNKNOWN and open_variant is None:
            open_variant = fact
    return open_variant


def possible_facts(analysis: Analysis, side: Side, arch: str, symbol: str) -> tuple[Fact, ...]:
    """Return the variants of the symbol that some configuration of the architecture may select in this tree."""
    values = certain_symbols(analysis, side, arch)
    return tuple(fact for fact in facts_of(analysis, arch, symbol)
                 if _fact_condition(fact).evaluate(values) is not Ternary.NO)


def _fact_condition(fact: Fact) -> Cond:
    if not fact.condition:
        return TRUE
    try:
        return parse_condition(fact.condition)
    except UsageError:
        return Var(fact.condition)


def definition_of(analysis: Analysis, side: Side, symbol: str, fact: Fact | None) -> Place | None:
    """Return where the symbol is defined at this moment: as the model says, else in a file the series touches."""
    paths = [fact.defined_in.split(":")[0]] if fact and fact.defined_in else []
    arch = fact.arch if fact else ""
    paths += [path for path in side.facts if own_arch(path) in {"", arch}]
    for path in dict.fromkeys(paths):
        line = _definition_line(analysis.read(side, path), symbol)
        if line:
            lines = decode(side.tree.read(path) or b"").splitlines()
            return Place(file=path, line=line, text=squash(lines[line - 1]) if line <= len(lines) else "")
    if fact and fact.defined_in:
        return Place(file=fact.defined_in.split(":")[0], line=0, text="")
    return None


def _definition_line(facts: FileFacts | None, symbol: str) -> int:
    """Return the line of the function, else of the macro, else of the declaration; 0 when there is none of them."""
    if facts is None:
        return 0
    lines = [function.span.line for function in facts.functions if function.name == symbol]
    lines += [macro.line for macro in facts.macros if macro.name == symbol]
    lines += [m.line for m in facts.mentions if m.name == symbol and m.kind in {"macro", "declaration"}]
    return lines[0] if lines else 0


def when_it_acts(analysis: Analysis, side: Side, place: Place | None, symbol: str, fact: Fact | None) -> Cond:
    """Return under which C conditions the definition does any work at all, read from its code; TRUE if unguarded."""
    facts = analysis.read(side, place.file) if place and place.line else None
    function = next((f for f in facts.functions if f.name == symbol), None) if facts else None
    if place is None or facts is None or function is None:
        return TRUE
    workers = {fact.calls} if fact and fact.calls else set()
    here = [call for call in facts.calls if call.function == symbol
            and function.span.line <= call.span.line <= function.span.end_line]
    working = [call for call in here if call.callee in workers or analysis.returns(call.callee) in {"int", "void"}]
    if not working:  # no worker that we know: the last call is what the function is about
        every = analysis.reading.facts(side.tree, place.file, dict.fromkeys(function.calls_all, ""))
        working = [call for call in every.calls if call.function == symbol][-1:] if every else []
    scope = Side(tree=side.tree, facts={place.file: facts}, wrappers={})
    acts = Or(*(And(*(global_part(guard.condition, function, (), scope) for guard in call.guards)) for call in working))
    return acts if working else TRUE


def current_fact(analysis: Analysis, side: Side, fact: Fact) -> Fact:
    """Return the fact as the code stands at this moment: a series that changes its function makes it stale.

    Only whole files are derived from; where a file is known in fragments the stored fact stands.
    """
    path = fact.defined_in.split(":")[0]
    touched = [file for state in analysis.patched.states for file in state.files if file.path == path]
    start = analysis.sides[0].tree
    if fact.status != "real" or not touched or any(f.applies in {"fragment", "failed"} for f in touched):
        return fact
    if start.content_id(path) == side.tree.content_id(path):
        return fact
    before, after = analysis.reading.derived(start, fact), analysis.reading.derived(side.tree, fact)
    return refresh(fact, before, after) if before is not None and after is not None else fact


def arch_row(analysis: Analysis, side: Side, arch: str, symbol: str) -> ArchRow | None:
    """Return the row of a finding's architecture table for the symbol, or None when nothing is known."""
    known = fact_under(analysis, arch, symbol, certain_symbols(analysis, side, arch))
    if known is None:
        return None
    fact = current_fact(analysis, side, known)
    place = definition_of(analysis, side, symbol, fact) if fact.status in {"real", "macro"} else None
    acts = when_it_acts(analysis, side, place, symbol, fact)
    evidence = [Evidence(kind="model", file=anchor.file, line=0, text=squash(anchor.has or anchor.function),
                         rev=f"model {analysis.version}") for anchor in fact.anchors[:2]]
    if place and place.line:
        evidence.insert(0, Evidence(kind="source", file=place.file, line=place.line, text=place.text,
                                    rev=side.tree.rev))
    return ArchRow(arch=arch, status=fact.status, does=describe(fact, acts), may_fail=bool(fact.may_fail),
                   errnos=tuple(name for name, _ in fact.errnos), splits=fact.splits, flushes=fact.flushes,
                   sleeps=fact.sleeps, evidence=tuple(evidence))


def describe(fact: Fact, acts: Cond = TRUE, *, prose: bool = True) -> str:
    """Return in a few words what the function does there: `splits a large leaf if it must, flushes, may sleep`.

    `acts` is when it acts, read from its code; where that says nothing the model's words do, unless `prose` is false:
    then only a function that never does anything is said so.
    """
    if fact.status == "stub":
        return "does nothing" + (" and returns 0" if fact.returns == "int" else "")
    if fact.status == "undeclared":
        return "is not declared there"
    words = []
    if fact.splits == "yes":
        words.append("splits a large leaf if it must")
    elif fact.splits == "cannot":
        words.append("cannot split a large leaf")
    elif fact.splits == "no":
        words.append("never has to split")
    if fact.flushes is not None:
        words.append("flushes" if fact.flushes else "leaves the flush to the caller")
    if fact.sleeps:
        words.append("may sleep")
    if fact.partial_on_failure:
        words.append("may leave part of the range changed")
    if acts != TRUE:
        words.append(f"does nothing when {Not(acts)}")
    elif fact.noop_when and fact.noop_when[0].startswith("always"):
        words.append(f"does nothing at all ({fact.noop_when[0].partition(': ')[2]})")
    elif fact.noop_when and prose:
        words.append(f"does nothing when {fact.noop_when[0]}")
    return ", ".join(words) or "acts"
