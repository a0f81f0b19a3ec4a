"""What a call comes down to: through helpers to the architecture's function, and when that one acts at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reviewbot.arch import Fact
from reviewbot.cfacts import read_file
from reviewbot.cfacts.types import Call, Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.errors import UsageError
from reviewbot.findings.types import ArchRow, Evidence
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var, parse_condition
from reviewbot.source.types import Tree
from reviewbot.text import squash

__all__ = [
    "Leaf",
    "Place",
    "arch_row",
    "arch_values",
    "arches_of",
    "definition_of",
    "describe",
    "fact_under",
    "facts_of",
    "leaves_of",
    "own_arch",
    "when_it_acts",
]

_DEEPEST = 6
_ARCH_SYMBOLS = {
    "alpha": "ALPHA", "arc": "ARC", "arm": "ARM", "arm64": "ARM64", "csky": "CSKY", "hexagon": "HEXAGON",
    "loongarch": "LOONGARCH", "m68k": "M68K", "microblaze": "MICROBLAZE", "mips": "MIPS", "nios2": "NIOS2",
    "openrisc": "OPENRISC", "parisc": "PARISC", "powerpc": "PPC", "riscv": "RISCV", "s390": "S390", "sh": "SUPERH",
    "sparc": "SPARC", "um": "UML", "x86": "X86", "xtensa": "XTENSA",
}
_GLOBAL_CALL = re.compile(r"[A-Za-z_]\w*\(\)")
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is defined in a tree; `text` is the source line. `line` 0: the file is known, the line is not."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return `file:line`, or the file alone."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One function of the family that a call reaches: through the helpers `via`, when `when` holds.

    `when` mixes configuration (`CONFIG_X`) and C conditions; those on local values are left out. `use` is what the
    innermost helper does with the result, `call` that innermost call (None: the call asked about is the family's own).
    """

    primitive: str
    via: tuple[str, ...]
    when: Cond
    use: str
    file: str
    line: int
    call: Call | None = None


def leaves_of(side: Side, name: str, *, near: str, arguments: tuple[str, ...] = (),
              primitives: frozenset[str]) -> tuple[Leaf, ...]:
    """Return every function of the family that a call of `name` in the file `near` reaches through helpers.

    `primitives` are the names that an architecture defines; a helper with a body in the touched files or the family's
    headers is followed, one without is a leaf.
    """
    return tuple(_descend(side, name, near, arguments, primitives, ()))


def _descend(side: Side, name: str, near: str, arguments: tuple[str, ...], primitives: frozenset[str],
             via: tuple[str, ...]) -> Iterator[Leaf]:
    if name in primitives or name in via or len(via) >= _DEEPEST:
        if name in primitives:
            yield Leaf(primitive=name, via=via, when=TRUE, use="", file=near, line=0)
        return
    for wrapper in side.visible_wrappers(name, near):
        for call in wrapper.calls:
            when = And(wrapper.function.path_condition, call.path_condition,
                       *(_general(guard.condition, wrapper.function, arguments, side) for guard in call.guards))
            for leaf in _descend(side, call.callee, wrapper.file, call.arguments, primitives, (*via, name)):
                inner = leaf if leaf.line else replace(leaf, use=call.use, file=wrapper.file, line=call.span.line,
                                                       call=call)
                yield replace(inner, when=And(when, inner.when))


def _general(condition: Cond, function: Function, arguments: tuple[str, ...], side: Side) -> Cond:
    """Return the condition without what depends on local values; a parameter takes the constant it is called with."""
    names = [squash(p).replace("*", " ").split()[-1].split("[")[0] for p in function.parameters
             if p.strip() not in {"", "void"}]
    given = dict(zip(names, arguments, strict=False))

    def value(atom: str) -> Cond | None:
        if atom.startswith("CONFIG_") or _GLOBAL_CALL.fullmatch(atom):
            return None
        if atom in given:
            constant = given[atom].strip()
            if constant in {"0", "false"}:
                return FALSE
            return TRUE if constant in {"1", "true"} else Var(_OPEN)
        if _NAME.fullmatch(atom) and atom not in names and not _is_local(side, function, atom):
            return None
        return Var(_OPEN)

    return _without_open(condition.replace(value))


_OPEN = "\0open"


def _without_open(condition: Cond) -> Cond:
    """Return the condition with everything open taken as true: a local value may well let the call through."""
    if condition.op in {"var", "not"}:
        return TRUE if _OPEN in condition.variables() else condition
    parts = [_without_open(part) for part in condition.parts]
    if condition.op == "and":
        return And(*parts)
    if condition.op == "or":
        return Or(*parts)
    return condition


def _is_local(side: Side, function: Function, name: str) -> bool:
    for path, facts in side.facts.items():
        if function in facts.functions:
            data = side.tree.read(path) or b""
            lines = data.decode("latin-1").splitlines()[function.body.line - 1:function.body.end_line]
            pattern = re.compile(rf"^\s*(?:[A-Za-z_]\w*[\s*]+)+(?:[\w\s,*=]*?[\s,*])?{re.escape(name)}\s*(?:=|;|,|\[)")
            return any(pattern.match(line) and not line.lstrip().startswith(("return", "goto")) for line in lines)
    return False


def own_arch(path: str) -> str:
    """Return the architecture that a path belongs to (`arm64` for `arch/arm64/mm/init.c`), empty for generic code."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "arch" else ""


def arches_of(path: str, condition: Cond, arches: tuple[str, ...]) -> tuple[str, ...]:
    """Return the architectures, of those asked about, on which the line under this `#if` condition can be compiled."""
    own = own_arch(path)
    possible = [arch for arch in arches if not own or arch == own]
    return tuple(arch for arch in possible if condition.evaluate(_arch_assignment(arch)) is not Ternary.NO)


def _arch_assignment(arch: str) -> dict[str, bool]:
    return {f"CONFIG_{symbol}": name == arch for name, symbol in _ARCH_SYMBOLS.items()}


def arch_values(side: Side, arch: str) -> dict[str, bool]:
    """Return the Kconfig symbols that are certain on the architecture: its own, and what its Kconfig always selects.

    Symbols without prompt that a family condition needs and that the architecture does not select are false.
    """
    values = _arch_assignment(arch)
    data = side.tree.read(f"arch/{arch}/Kconfig")
    if data is None:
        return values
    selected: dict[str, bool] = {}
    for line in data.decode("latin-1").splitlines():
        words = line.split()
        if words[:1] == ["select"] and len(words) > 1:
            selected[words[1]] = selected.get(words[1], False) or "if" not in words[2:]
    for symbol in _PROMPTLESS:
        if symbol not in selected:
            values[f"CONFIG_{symbol}"] = False
        elif selected[symbol]:
            values[f"CONFIG_{symbol}"] = True
    return values


_PROMPTLESS = ("ARCH_HAS_SET_MEMORY", "ARCH_HAS_SET_DIRECT_MAP", "ARCH_HAS_MEM_ENCRYPT", "ARCH_HAS_CPA")


def facts_of(analysis: Analysis, arch: str, symbol: str) -> tuple[Fact, ...]:
    """Return what the model knows of the symbol on the architecture, the ordinary variant first."""
    try:
        return analysis.model.fact(arch, symbol, analysis.version)
    except UsageError:
        return ()


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


def _fact_condition(fact: Fact) -> Cond:
    if not fact.condition:
        return TRUE
    try:
        return parse_condition(fact.condition)
    except UsageError:
        return Var(fact.condition)


def definition_of(tree: Tree, side: Side, symbol: str, fact: Fact | None) -> Place | None:
    """Return where the symbol is defined at this moment: as the model says, else in a file the series touches."""
    paths = [fact.defined_in.split(":")[0]] if fact and fact.defined_in else []
    arch = fact.arch if fact else ""
    paths += [path for path in side.facts if own_arch(path) in {"", arch}]
    for path in dict.fromkeys(paths):
        data = tree.read(path)
        if data is None or symbol.encode() not in data:
            continue
        line = _definition_line(path, data, symbol)
        if line:
            return Place(file=path, line=line, text=squash(data.decode("latin-1").splitlines()[line - 1]))
    if fact and fact.defined_in:
        return Place(file=fact.defined_in.split(":")[0], line=0, text="")
    return None


def _definition_line(path: str, data: bytes, symbol: str) -> int:
    facts = read_file(path, data, names=frozenset({symbol}))
    for function in facts.functions:
        if function.name == symbol:
            return function.span.line
    for macro in facts.macros:
        if macro.name == symbol:
            return macro.line
    for mention in facts.mentions:
        if mention.name == symbol and mention.kind in {"declaration", "macro"}:
            return mention.line
    return 0


def when_it_acts(analysis: Analysis, side: Side, place: Place | None, symbol: str, fact: Fact | None) -> Cond:
    """Return under which C conditions the definition does any work at all, read from its code; TRUE if unguarded."""
    if place is None or not place.line:
        return TRUE
    data = side.tree.read(place.file)
    if data is None:
        return TRUE
    outer = read_file(place.file, data, names=frozenset({symbol}))
    function = next((f for f in outer.functions if f.name == symbol), None)
    if function is None:
        return TRUE
    workers = set(analysis.family.names())
    if fact and fact.calls:
        workers.add(fact.calls)
    known = frozenset(function.calls_all) & workers - {symbol}
    inner = read_file(place.file, data, names=known or frozenset(function.calls_all))
    here = [call for call in inner.calls if call.function == symbol
            and function.span.line <= call.span.line <= function.span.end_line]
    if not known:
        here = here[-1:]  # no worker that we know: the last call is what the function is about
    scope = replace(side, facts={**side.facts, place.file: outer})
    acts = Or(*(And(*(_general(guard.condition, function, (), scope) for guard in call.guards)) for call in here))
    return acts if here else TRUE


def arch_row(analysis: Analysis, side: Side, arch: str, symbol: str) -> ArchRow | None:
    """Return the row of a finding's architecture table for the symbol, or None when nothing is known."""
    facts = facts_of(analysis, arch, symbol)
    if not facts:
        return None
    fact = facts[0]
    place = definition_of(side.tree, side, symbol, fact) if fact.status in {"real", "macro"} else None
    acts = when_it_acts(analysis, side, place, symbol, fact)
    evidence = [Evidence(kind="model", file=anchor.file, line=0, text=squash(anchor.has or anchor.function),
                         rev=f"model {analysis.version}") for anchor in fact.anchors[:2]]
    if place and place.line:
        evidence.insert(0, Evidence(kind="source", file=place.file, line=place.line, text=place.text,
                                    rev=side.tree.rev))
    return ArchRow(arch=arch, status=fact.status, does=describe(fact, acts), may_fail=bool(fact.may_fail),
                   errnos=tuple(name for name, _ in fact.errnos), splits=fact.splits, flushes=fact.flushes,
                   sleeps=fact.sleeps, evidence=tuple(evidence))


def describe(fact: Fact, acts: Cond = TRUE) -> str:
    """Return in a few words what the function does there: `splits a large leaf if it must, flushes, may sleep`."""
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
        words.append("flushes" if fact.flushes else "does not flush")
    if fact.sleeps:
        words.append("may sleep")
    if fact.partial_on_failure:
        words.append("may leave part of the range changed")
    if acts != TRUE:
        words.append(f"does nothing when {Not(acts)}")
    elif fact.noop_when:
        words.append(f"does nothing when {fact.noop_when[0]}")
    return ", ".join(words) or "acts"
