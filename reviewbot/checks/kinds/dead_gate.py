"""Kind `dead-gate`: a new condition that no configuration makes true, or that none makes false.

Option: `line`, either `code` (`#if` lines and IS_ENABLED() tests of C files) or `kconfig` (`select`, `imply` and
`depends on` lines).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from posixpath import basename, dirname

from reviewbot.budget import LIMITS
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.bearing import is_mapping_option
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.configured import has_kconfig, is_whole, reason_evidence, settled_by_name
from reviewbot.checks.draft import Spot, draft_finding, lower
from reviewbot.checks.gates import ENABLED, Gate, kconfig_gates, option_gates, preprocessor_gates
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.nearness import is_in_scope
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.headers import is_for
from reviewbot.kconfig.lines import entries_in, is_kconfig
from reviewbot.logic import FALSE, And, Cond, Ternary, Var
from reviewbot.patterns import regex
from reviewbot.source.matcher import strings_in
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import decode, quote_names
from reviewbot.values import dataclass

__all__ = ["DEAD_GATE"]

_FIELDS = frozenset({"line", "never", "reason", "arches", "file", "spare"})
_LINES = ("code", "kconfig")
_SYMBOL = regex(r"CONFIG_\w+")
_MACRO_OF = regex(rb"(?:#[ \t]*define[ \t]+|-D ?)CONFIG_(\w+)")
_FIRST = ("x86", "arm", "um", "arm64", "riscv", "m68k")
"""Where to ask first about generic code: these differ in most of what such code asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dead:
    """Why a condition is `never` true, or never false, on the architectures that could have it (none: on all).

    `mistaken`: something must be wrong; else it only asks what is settled already.
    """

    never: str
    arches: tuple[str, ...]
    reason: str
    evidence: tuple[Evidence, ...] = ()
    mistaken: bool = True


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"line"}))
    if rule.options.get("line") not in _LINES:
        raise DataError("'line' must be 'code' or 'kconfig'", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after):
        return
    removed = [line.strip() for other in state.files for line in _removed(other)]
    gone = frozenset(name for line in removed for name in re.findall(r"\w+", line))
    gates = [(file, tuple(islice(_gates(rule, analysis, position, file), LIMITS.gates + 1)))
             for file in state.files if file.whole and file.after is not None]
    _search_ahead(analysis, gates)
    for file, found in gates:
        said: set[str] = set()
        for number, gate in enumerate(found):
            if number == LIMITS.gates:
                analysis.budget.note(file.path, "gates", f"of the conditions that patch {state.index} brings only the "
                                     f"first {number} are looked at")
                break
            text = " ".join(gate.text.split())
            if text in said or text in removed:  # moved or reindented
                continue
            dead = _dead(analysis, position, file, gate, gone)
            if dead is None or (dead.never == "false" and not _is_news(analysis, file, gate, gone)):
                continue
            said.add(text)
            yield _finding(rule, analysis, position, file, gate, dead)


def _removed(file: PatchedFile) -> Iterator[str]:
    lines = (file.before or b"").decode("latin-1").splitlines()
    for number in file.removed:
        if number <= len(lines):
            yield lines[number - 1]


def _gates(rule: Rule, analysis: Analysis, position: int, file: PatchedFile) -> Iterator[Gate]:
    data = file.after or b""
    if rule.options["line"] == "kconfig":
        if is_kconfig(file.path):
            yield from kconfig_gates(data, file.added)
        return
    if not file.path.endswith((".c", ".h")) or not is_kernel_code(file.path) or "/uapi/" in file.path:
        return
    lines = data.splitlines()
    added = b"\n".join(lines[number - 1] for number in file.added if number <= len(lines))
    if b"CONFIG_" not in added:
        return
    yield from preprocessor_gates(data, file.added)
    if any(name.encode() in added for name in ENABLED):
        facts = analysis.reading.facts(analysis.after(position).tree, file.path, dict.fromkeys(ENABLED, ""))
        yield from option_gates(facts, file.added) if facts else ()


def _is_news(analysis: Analysis, file: PatchedFile, gate: Gate, gone: frozenset[str]) -> bool:
    """Return whether a condition without effect is this patch's doing, and stays to the end of the series.

    One that only takes another form (`#ifdef` becomes IS_ENABLED()) is not new.
    """
    asked = {name.removesuffix("_MODULE") for cond in (gate.holds, gate.fails) if cond for name in cond.variables()}
    names = gone if not is_kconfig(file.path) else frozenset(f"CONFIG_{name}" for name in gone)
    return not asked <= names and gate.text.strip() in decode(analysis.end.tree.read(file.path) or b"")


def _search_ahead(analysis: Analysis, gates: Iterable[tuple[PatchedFile, Iterable[Gate]]]) -> None:
    """Let the tree be searched once for all symbols of these conditions that its Kconfig does not know."""
    symbols = {symbol for file, found in gates for gate in found
               for symbol in _open_symbols(analysis, own_arch(file.path), _names(gate)).values()}
    if len(symbols) > 1:
        analysis.end.tree.search_ahead(_spellings(symbols), suffixes=())


def _names(gate: Gate) -> frozenset[str]:
    return frozenset[str]().union(*(cond.variables() for cond in (gate.holds, gate.fails) if cond is not None))


def _dead(analysis: Analysis, position: int, file: PatchedFile, gate: Gate, gone: frozenset[str]) -> _Dead | None:
    """Return why the condition comes out one way on every architecture of the file; None when it can come out both
    ways, or nobody knows. What a later patch of the series defines counts as there.
    """
    names = _names(gate)
    if not names or any(not name.startswith("CONFIG_") for name in names):
        return None
    arch = own_arch(file.path)
    if arch and not analysis.end.tree.exists(f"arch/{arch}/Kconfig"):
        return None
    unknown = _unknown(analysis, gate, names, arch)
    settled = dict.fromkeys(unknown, False)
    for never, cond in (("true", gate.holds), ("false", gate.fails)):
        if unknown and cond is not None and cond.assume(settled) == FALSE:
            lacked = sorted({name.removesuffix("_MODULE") for name in unknown})
            return _missing(analysis, never, lacked, arch, sure=_is_for_this_tree(analysis, file, lacked, gone))
    if unknown or not is_whole(analysis):
        return None
    # An entry that cannot be chosen on one architecture may be meant for others: only what is always met is told.
    asked = (("true", gate.holds), ("false", gate.fails)) if not is_kconfig(file.path) else (("false", gate.fails),)
    for never, cond in asked:
        found = _refuted(analysis, position, file, gate, never, cond) if cond is not None else None
        if found is not None:
            return found
    return None


def _is_for_this_tree(analysis: Analysis, file: PatchedFile, names: list[str], gone: frozenset[str]) -> bool:
    """Return whether a symbol that the tree does not define is not simply younger than the tree: the series was made
    on it, the symbol or the file is about the family or asked for, or the name is another form of one that goes."""
    held = strings_in(analysis.family.names("core"))
    if any(is_mapping_option(name.removeprefix("CONFIG_")) for name in names) or is_in_scope(
            file.path, analysis.learned.scope) or any(
                data is not None and held(data) for data in (file.before, file.after)):
        return True
    base = analysis.patched.base
    return (analysis.patched.exact and base.how in {"base-commit", "blob-ids"}) or any(
        f"_{one.removeprefix('CONFIG_')}_" in f"_{other}_" or f"_{other}_" in f"_{one.removeprefix('CONFIG_')}_"
        for one in names for word in sorted(gone) if "_" in (other := word.removeprefix("CONFIG_")))


def _missing(analysis: Analysis, never: str, names: list[str], arch: str, *, sure: bool) -> _Dead | None:
    """Return that nothing defines the symbols; where that may be for want of something else than a definition (not
    `sure`, or the series is not whole) only if there is one of nearly the name.
    """
    config, tree = analysis.configs[-1], analysis.end.tree
    asked = [one for one in (arch, *_FIRST) if one and tree.exists(f"arch/{one}/Kconfig")][:1]
    symbols = [name.removeprefix("CONFIG_") for name in names]
    alike = [like for one in asked for symbol in symbols if (like := config.spelled_like(symbol, one))]
    if not alike and not (sure and is_whole(analysis)):
        return None
    where = f"of {arch} " if arch else ""
    but = f", but there is {quote_names([f'CONFIG_{one}' for one in alike])}" if alike else ""
    return _Dead(never=never, arches=(arch,) if arch else (),
                 reason=f"no Kconfig file {where}defines {quote_names(names)}{but}")


def _refuted(analysis: Analysis, position: int, file: PatchedFile, gate: Gate, never: str, cond: Cond) -> _Dead | None:
    """Return why no configuration of any architecture of the file has `cond` where the gate stands."""
    config, tree = analysis.configs[position + 1], analysis.after(position).tree
    refuted: list[str] = []
    reason = ""
    evidence: tuple[Evidence, ...] = ()
    own = own_arch(file.path)
    for arch in _arches(config, file.path):
        built = config.kbuild_as_written(file.path, arch)
        if built == FALSE or settled_by_name(tree, And(gate.around, built), arch) == FALSE:
            continue
        whole = And(gate.around, built, cond)
        if whole == FALSE:
            reason = reason or _given_by(gate, cond, file.path)
        elif own or settled_by_name(tree, whole, arch) != FALSE:
            answer = _never(analysis, position, file, gate, cond, arch)
            if answer is None:
                return None
            if not reason:
                reason, evidence = answer[0] or _given_by(gate, cond, file.path), answer[1]
        refuted.append(arch)
    if not refuted or (own and _is_shared(tree, file.path, config.arches())):
        return None
    return _Dead(never=never, arches=(own,) if own else (), reason=reason or "the names of the architectures settle it",
                 evidence=evidence, mistaken=never == "true")


def _arches(config: KernelConfig, path: str) -> list[str]:
    """Return the architectures that may use the file, in the order in which they are worth asking."""
    found = [arch for arch in config.arches() if is_for(path, arch) and config.tree.exists(f"arch/{arch}/Kconfig")]
    own = own_arch(path)
    return sorted(found, key=lambda arch: (arch != own, _FIRST.index(arch) if arch in _FIRST else len(_FIRST), arch))


def _given_by(gate: Gate, cond: Cond, path: str) -> str:
    if is_kconfig(path):
        return "its other lines settle that"
    if path.endswith(".c") and And(gate.around, cond) != FALSE:
        return f"the Makefile builds '{basename(path)}' only so"
    return "what stands around it settles that"


def _never(analysis: Analysis, position: int, file: PatchedFile, gate: Gate, cond: Cond, arch: str
           ) -> tuple[str, tuple[Evidence, ...]] | None:
    """Return why the condition cannot be where the gate stands on the architecture (empty: that contradicts itself).

    None when it can be or nobody knows. The base is asked first, as its Kconfig is shared by all patches: what the
    series itself brings is open there. A patch that touches a symbol of the reason is asked too, and the end has the
    last word.
    """
    base, moment = analysis.configs[0], analysis.configs[position + 1]
    built = moment.kbuild_as_written(file.path, arch)
    known = And(gate.around, built).replace(lambda name: _open_if_new(analysis, name, arch))
    asked = cond.replace(lambda name: _open_if_new(analysis, name, arch))
    answer = base.possible(base.simplified(And(known, asked), arch), arch)
    names = {name.removeprefix("CONFIG_").removesuffix("_MODULE")
             for name in And(gate.around, built, cond).variables()}
    touched = names & analysis.reach.words
    if answer.ternary is not Ternary.NO and not (touched and own_arch(file.path)):
        return None
    if answer.ternary is Ternary.NO:
        touched |= set(re.findall(r"\w+", " ".join(answer.reason))) & analysis.reach.words
        if base.possible(base.simplified(known, arch), arch).ternary is Ternary.NO:
            return None
    for config in dict.fromkeys((moment, analysis.configs[-1])) if touched else ():
        around = config.simplified(And(gate.around, config.kbuild_as_written(file.path, arch)), arch)
        answer = config.possible(config.simplified(And(around, cond), arch), arch)
        if answer.ternary is not Ternary.NO or config.possible(around, arch).ternary is Ternary.NO:
            return None
    rev = f"after patch {analysis.patched.states[position].index}"
    evidence = reason_evidence(answer, arch, rev)
    return (answer.reason[0], evidence) if evidence and evidence[0].line else ("", ())


def _open_if_new(analysis: Analysis, name: str, arch: str) -> Cond | None:
    symbol = name.removeprefix("CONFIG_").removesuffix("_MODULE")
    if not name.startswith("CONFIG_") or symbol not in analysis.reach.words \
            or analysis.configs[0].knows(symbol, arch):
        return None
    return Var(f"new({name})")


def _is_shared(tree: Tree, path: str, others: Iterable[str]) -> bool:
    """Return whether another architecture's Makefile builds code of this one's folder: arm64 builds arch/arm/xen."""
    arch, folder = own_arch(path), dirname(path).split("/", 2)[-1]
    if path.endswith(".h"):
        return False
    if arch == "x86":
        objects = f"{basename(dirname(path))}/{basename(path).rsplit('.', 1)[0]}.o"
        if objects in decode(tree.read("arch/x86/um/Makefile") or b""):
            return True
    needle = f"../{arch}/{folder}/".encode()
    return any(needle in (tree.read(f"arch/{other}/{folder}/{name}") or b"")
               for other in others if other != arch for name in ("Makefile", "Kbuild"))


def _unknown(analysis: Analysis, gate: Gate, names: frozenset[str], arch: str) -> frozenset[str]:
    """Return the variables of the condition whose symbol no Kconfig file defines and no source file makes itself.

    For the code of one architecture its own Kconfig counts, for generic code that of all. The parsed Kconfig is that
    of the base, which is shared; what the series adds to it is read as text.
    """
    symbols = _open_symbols(analysis, arch, names)
    settled = dict.fromkeys(symbols, False)
    if not symbols or all(cond is None or cond.assume(settled) != FALSE for cond in (gate.holds, gate.fails)):
        return frozenset(symbols)
    for file in (file for state in analysis.patched.states for file in state.files if is_kconfig(file.path)):
        made = _entries(file.after or b"")
        symbols = {name: symbol for name, symbol in symbols.items() if symbol not in made}
    elsewhere = _defined_somewhere(analysis.end.tree, frozenset(symbols.values()), kconfig=not arch)
    return frozenset(name for name, symbol in symbols.items() if symbol not in elsewhere)


def _open_symbols(analysis: Analysis, arch: str, names: frozenset[str]) -> dict[str, str]:
    """Return the variables among these whose symbol the Kconfig of the base does not know, with that symbol."""
    base, tree = analysis.configs[0], analysis.end.tree
    first = (arch,) if arch else tuple(one for one in ("x86", "arm64") if tree.exists(f"arch/{one}/Kconfig"))
    symbols = {name: name.removeprefix("CONFIG_") for name in sorted(names) if name.startswith("CONFIG_")}
    return {name: symbol.removesuffix("_MODULE") for name, symbol in symbols.items()
            if not any(base.knows(one, a) for a in first for one in (symbol, symbol.removesuffix("_MODULE")))}


def _spellings(symbols: Iterable[str]) -> list[str]:
    return [name for symbol in sorted(symbols) for name in (f"CONFIG_{symbol}", symbol)]


@lru_cache(maxsize=64)  # each gate asks the same files
def _entries(data: bytes) -> frozenset[str]:
    return frozenset(entries_in(data))


@lru_cache(maxsize=64)  # each gate asks the same files
def _named(pattern: re.Pattern[bytes], text: bytes) -> frozenset[str]:
    return frozenset(found[1].decode("latin-1") for found in pattern.finditer(text))


def _defined_somewhere(tree: Tree, symbols: frozenset[str], *, kconfig: bool) -> set[str]:
    """Return those whose macro a source file or Makefile defines itself, or (if asked) any Kconfig file the symbol."""
    made: set[str] = set()
    for path in tree.search(_spellings(symbols), suffixes=()) if symbols else ():
        data = tree.read(path) or b""
        made |= _named(_MACRO_OF, data)
        if kconfig and is_kconfig(path):
            made |= _entries(data)
    return made & symbols


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, gate: Gate, dead: _Dead) -> Finding:
    state = analysis.patched.states[position]
    fields = {"line": " ".join(gate.text.split()), "reason": dead.reason, "file": file.path, "never": dead.never,
              "arches": quote_names(dead.arches) or "any architecture",
              "spare": "the code below it" if dead.never == "true" else "the test"}
    spot = Spot(file=file.path, line=gate.line, end_line=gate.line, function=gate.function, symbol=gate.symbol,
                side=analysis.after(position))
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                         evidence=dead.evidence, arches=dead.arches,
                         level=rule.level if dead.mistaken else lower(rule.level, "note"))


DEAD_GATE = Kind(name="dead-gate", fields=_FIELDS, changes=_run, check_options=_check)
