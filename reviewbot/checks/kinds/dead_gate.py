"""Kind `dead-gate`: a new condition that no configuration makes true, or that none makes false.

Options: `line`, either `preprocessor` (`#if` lines of C files) or `kconfig` (`select` and `depends on` lines).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.cfacts.conditions import read_conditions
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.configured import has_kconfig, reason_evidence
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError, UsageError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import FALSE, TRUE, And, Cond, Or, Ternary, parse_condition
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import quote_names

__all__ = ["DEAD_GATE"]

_FIELDS = frozenset({"line", "reason", "arches", "file"})
_LINES = ("preprocessor", "kconfig")
_IF = re.compile(r"[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b.*")
_KCONFIG = re.compile(r"[ \t]+(?P<what>select|imply|depends[ \t]+on)[ \t]+(?P<text>[^#\n]*?)[ \t]*(?:#.*)?")
_CHOSEN = re.compile(r"(\w+)(?:[ \t]+if[ \t]+(.+))?")
_SYMBOL = re.compile(r"CONFIG_\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dead:
    """Why a condition is never true on the architectures that could have it."""

    arches: tuple[str, ...]
    reason: str
    evidence: tuple[Evidence, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"line"}))
    if rule.options.get("line") not in _LINES:
        raise DataError("'line' must be 'preprocessor' or 'kconfig'", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    if not has_kconfig(state.after):
        return
    for file in state.files:
        if file.applies in {"fragment", "failed"} or file.after is None:
            continue
        lines = file.after.decode("latin-1").splitlines()
        removed = {line.strip() for other in state.files for line in _removed(other)}
        for number in sorted(file.added):
            text = lines[number - 1] if number <= len(lines) else ""
            if text.strip() in removed:
                continue  # moved or reindented
            gate = _gate(rule, file, text, number, len(lines))
            dead = _never(analysis, position, file, gate) if gate is not None else None
            if dead is not None:
                yield _finding(rule, analysis, position, file, number, text, dead)


def _removed(file: PatchedFile) -> Iterator[str]:
    lines = (file.before or b"").decode("latin-1").splitlines()
    for number in file.removed:
        if number <= len(lines):
            yield lines[number - 1]


def _gate(rule: Rule, file: PatchedFile, text: str, number: int, count: int) -> Cond | None:
    """Return the condition that the line sets up, joined with the nest around it; None when it is no such line."""
    if rule.options["line"] == "preprocessor":
        if not file.path.endswith((".c", ".h")) or not is_kernel_code(file.path) or not _IF.fullmatch(text) \
                or "CONFIG_" not in text or number >= count:
            return None
        end = number
        lines = (file.after or b"").decode("latin-1").splitlines()
        while lines[end - 1].endswith("\\") and end < count:
            end += 1
        return read_conditions(file.after or b"").at_line(end + 1)
    found = _KCONFIG.fullmatch(text) if _is_kconfig(file.path) else None
    if not found:
        return None
    written = found["text"]
    if found["what"].startswith("depends"):
        return _parsed(written)
    chosen = _CHOSEN.fullmatch(written)
    if chosen is None:
        return None
    condition = _parsed(chosen[2]) if chosen[2] else TRUE
    target = _parsed(chosen[1])
    return And(target, condition) if condition is not None and target is not None else None


def _parsed(text: str) -> Cond | None:
    """Return a Kconfig expression as a condition in which a symbol may be y or m; None when it compares texts."""
    if not re.fullmatch(r"[A-Z0-9_&|!() \t]+", text):
        return None
    try:
        cond = parse_condition(text)
    except UsageError:
        return None
    return cond.replace(lambda name: Or(_var(name), _var(f"{name}_MODULE")))


def _var(name: str) -> Cond:
    return parse_condition(name)


def _never(analysis: Analysis, position: int, file: PatchedFile, gate: Cond) -> _Dead | None:
    """Return why the condition is never true on any architecture of the file; None when it can be, or nobody knows.

    What a later patch of the series defines counts as there.
    """
    if any(not name.startswith("CONFIG_") for name in gate.variables()) or gate in {TRUE, FALSE}:
        return None
    arch = own_arch(file.path)
    config, tree = analysis.configs[-1], analysis.end.tree
    if arch and not tree.exists(f"arch/{arch}/Kconfig"):
        return None
    unknown = _unknown(analysis, gate, arch)
    if unknown and gate.assume(dict.fromkeys(unknown, False)) == FALSE:
        names = sorted({name.removesuffix("_MODULE") for name in unknown})
        where = f"of {arch} " if arch else ""
        return _Dead(arches=(arch,) if arch else (), evidence=(),
                     reason=f"no Kconfig file {where}defines {quote_names(names)}")
    if not arch or unknown or not file.path.endswith((".c", ".h", ".S")):
        return None  # whether generic code is dead would have to be asked of every architecture
    built = config.kbuild(file.path, arch)
    answer = config.possible(config.simplified(And(gate, built), arch), arch)
    if answer.ternary is not Ternary.NO or config.possible(built, arch).ternary is not Ternary.YES:
        return None
    return _Dead(arches=(arch,), reason=answer.reason[0] if answer.reason else "no configuration allows it",
                 evidence=reason_evidence(answer, arch, f"after patch {analysis.patched.states[position].index}"))


def _unknown(analysis: Analysis, gate: Cond, arch: str) -> frozenset[str]:
    """Return the variables of the condition whose symbol no Kconfig file defines and no source file makes itself.

    For the code of one architecture its own Kconfig counts, for generic code that of all. The parsed Kconfig is that
    of the base, which is shared; what the series adds to it is read as text.
    """
    base, tree = analysis.configs[0], analysis.end.tree
    first = (arch,) if arch else tuple(one for one in ("x86", "arm64") if tree.exists(f"arch/{one}/Kconfig"))
    symbols = {name: name.removeprefix("CONFIG_") for name in gate.variables()}
    symbols = {name: symbol.removesuffix("_MODULE") for name, symbol in symbols.items()
               if not any(base.knows(one, a) for a in first for one in (symbol, symbol.removesuffix("_MODULE")))}
    if not symbols or gate.assume(dict.fromkeys(symbols, False)) != FALSE:
        return frozenset(symbols)
    touched = [file.after or b"" for state in analysis.patched.states for file in state.files if _is_kconfig(file.path)]
    return frozenset(name for name, symbol in symbols.items()
                     if not any(_entry(symbol).search(text) for text in touched)
                     and not _defined_somewhere(tree, symbol, kconfig=not arch))


def _is_kconfig(path: str) -> bool:
    return path.rsplit("/", maxsplit=1)[-1].startswith("Kconfig")


def _entry(symbol: str) -> re.Pattern[bytes]:
    return re.compile(rb"^[ \t]*(?:menu)?config[ \t]+" + symbol.encode() + rb"\b", re.MULTILINE)


def _defined_somewhere(tree: Tree, symbol: str, *, kconfig: bool) -> bool:
    """Return whether a source file defines the macro itself, or (if asked) any Kconfig file the symbol."""
    define = re.compile(rb"#[ \t]*define[ \t]+CONFIG_" + symbol.encode() + rb"\b")
    for path in tree.search((f"CONFIG_{symbol}", symbol), suffixes=()):
        data = tree.read(path) or b""
        if define.search(data) or (kconfig and _is_kconfig(path) and _entry(symbol).search(data)):
            return True
    return False


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, number: int, text: str,
             dead: _Dead) -> Finding:
    state = analysis.patched.states[position]
    fields = {"line": " ".join(text.split()), "reason": dead.reason, "file": file.path,
              "arches": quote_names(dead.arches) or "any architecture"}
    symbol = next(iter(_SYMBOL.findall(text)), text.rsplit(maxsplit=1)[-1])
    spot = Spot(file=file.path, line=number, end_line=number, function="", symbol=symbol,
                side=analysis.after(position))
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                         evidence=dead.evidence, arches=dead.arches)


DEAD_GATE = Kind(name="dead-gate", fields=_FIELDS, run=_run, check_options=_check)
