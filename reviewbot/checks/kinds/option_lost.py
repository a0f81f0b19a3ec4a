"""Kind `option-lost`: an option that people are asked for can no longer be set on an architecture, or on some of its
kernels, because of Kconfig lines that are not its own. Asked of options of memory management.

What the option's own new lines ask for is meant so, unless it is a symbol that architectures select. No options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.configured import concerned, has_kconfig
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kconfig_entries import Supply, supplies
from reviewbot.checks.kconfig_options import Option, options_asking, options_in
from reviewbot.checks.kconfig_selects import entry_at
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.errors import BudgetError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig import KernelConfig
from reviewbot.kconfig.lines import is_kconfig
from reviewbot.kconfig.naming import files_naming
from reviewbot.logic import TRUE, And, Cond, Not, Ternary, Var
from reviewbot.source import OverlayTree
from reviewbot.source.types import PatchState
from reviewbot.text import decode, quote_names
from reviewbot.values import dataclass

__all__ = ["OPTION_LOST"]

_FIELDS = frozenset({"options", "prompt", "where", "gate", "they", "arches", "kept", "who"})
_MOST_SYMBOLS = 8
_MOST_OPTIONS = 12
_MOST_KERNELS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """What cannot be set any more on the kernels of an architecture that are `given`, for want of the symbol `gate`.

    `kept` are lines of the tree that set the symbol there and that the series has not.
    """

    arch: str
    given: Cond
    gate: str
    options: tuple[Option, ...]
    kept: tuple[Supply, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One patch, the Kconfig of both sides, and the options that ask for the symbols of lines that it changes."""

    state: PatchState
    before: KernelConfig
    after: KernelConfig
    options: tuple[Option, ...]
    kept: tuple[Supply, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    asked = _asked(analysis, position) if has_kconfig(analysis.patched.states[position].after) else None
    if asked is None:
        return
    losses: dict[tuple[str, str, tuple[str, ...], bool], list[_Loss]] = {}
    for arch in concerned(analysis, asked.after.tree, ""):
        try:
            for loss in _lost(analysis, asked, arch):
                if _is_announced(analysis, asked.state.index, loss):
                    continue
                names = tuple(option.name for option in loss.options)
                losses.setdefault((loss.gate, str(loss.given), names, bool(loss.kept)), []).append(loss)
        except BudgetError:
            continue
    for same in losses.values():
        yield _finding(rule, analysis, position, asked, same)


def _asked(analysis: Analysis, position: int) -> _Asked | None:
    state = analysis.patched.states[position]
    files = [file for file in state.files if is_kconfig(file.path) and file.whole]
    symbols = {one.symbol for file in files for old in (True, False) for one in supplies(file, old=old)}
    if not files or len(symbols) > _MOST_SYMBOLS or any(
            not file.whole and is_kconfig(file.path) for one in analysis.patched.states for file in one.files):
        return None
    own = (option for file in files for option in options_in(file.path, file.after or b"")
           if any(line in file.added for line, _ in option.asks))
    options = tuple(option for option in dict.fromkeys((*options_asking(state.after, symbols), *own))
                    if option.prompt and not _meant(state, option) and _is_of_memory(analysis, state, option))
    if not options or len(options) > _MOST_OPTIONS:
        return None
    kept = tuple(_foreign(analysis, position, symbols))
    return _Asked(state=state, before=analysis.configs[position], after=_without(analysis.configs[position + 1], kept),
                  options=options, kept=kept)


def _is_of_memory(analysis: Analysis, state: PatchState, option: Option) -> bool:
    """Return whether the option belongs to memory management: its entry stands there, or code there asks for it."""
    folders = ("mm", *(f"arch/{arch}/mm" for arch in analysis.arches))
    return option.file.startswith(tuple(f"{folder}/" for folder in folders)) or bool(
        state.after.search((f"CONFIG_{option.name}",), prefixes=folders, suffixes=(".c", ".h", "Makefile")))


def _is_announced(analysis: Analysis, index: int, loss: _Loss) -> bool:
    """Return whether the change log names what tells these kernels apart together with the symbol, or the option that
    goes as a whole: then it is what the patch is for."""
    words = {name.removeprefix("CONFIG_") for name in loss.given.variables()}
    words |= {loss.gate} if words else {option.name for option in loss.options}
    texts = (f"{patch.subject}\n{patch.changelog}" for patch in analysis.series.patches if patch.index == index)
    return any(words <= set(re.findall(r"\w+", text.replace("CONFIG_", ""))) for text in texts)


def _meant(state: PatchState, option: Option) -> bool:
    """Return whether new lines of the option itself ask for what a person sets, or for a machine."""
    added = {line for file in state.files if file.path == option.file for line in file.added}
    if option.line in added:
        return True
    new = {symbol for line, symbols in option.asks if line in added for symbol in symbols}
    silent = {one.name for one in options_asking(state.after, new) if not one.prompt and not one.asks} if new else set()
    return not new <= silent


def _foreign(analysis: Analysis, position: int, symbols: set[str]) -> Iterator[Supply]:
    """Yield the lines by which the tree sets symbols that the patch brings, and that are not of the series: the tree
    is later than it."""
    state = analysis.patched.states[position]
    if not any(file.had or file.applies == "merged" for file in state.files):
        return
    brought = {symbol for file in state.files if is_kconfig(file.path) for symbol in symbols
               if f"config {symbol}".encode() in (file.after or b"")
               and f"config {symbol}".encode() not in (file.before or b"")}
    own = {(file.path, line) for file in state.files for line in file.added}
    texts = {(one.file, one.text) for each in analysis.patched.states[:position] for file in each.files
             if is_kconfig(file.path) for one in supplies(file, old=False)}
    touched = {file.path for file in state.files}
    tree = analysis.sides[position + 1].tree
    for path in files_naming(tree, brought) if brought else ():
        for number, line in enumerate(decode(tree.read(path) or b"").splitlines(), 1):
            words = line.split()
            if words[:1] == ["select"] and words[1:2] and words[1] in brought and (path, number) not in own and (
                    path in touched or (path, line.strip()) not in texts):
                yield Supply(symbol=words[1], file=path, line=number, text=line.strip(), always=len(words) == 2)


def _without(config: KernelConfig, lines: tuple[Supply, ...]) -> KernelConfig:
    """Return the configuration of the tree without these lines."""
    if not lines:
        return config
    files: dict[str, bytes | None] = {}
    for path in sorted({one.file for one in lines}):
        gone = {one.line for one in lines if one.file == path}
        text = (config.tree.read(path) or b"").split(b"\n")
        files[path] = b"\n".join(b"" if number in gone else line for number, line in enumerate(text, 1))
    return config.after(OverlayTree(config.tree, files), changed=tuple(files))


def _lost(analysis: Analysis, asked: _Asked, arch: str) -> Iterator[_Loss]:
    """Yield what the architecture loses: as a whole, or else on the kernels with one of the symbols that its changed
    lines ask for, or without."""
    left = list(asked.options)
    for given in (TRUE, *_kernels(asked, arch)):
        found: dict[str, list[Option]] = {}
        for option in left:
            wanted = And(Var(f"CONFIG_{option.name}"), given)
            if asked.before.can(wanted, arch) is Ternary.YES and asked.after.can(wanted, arch) is Ternary.NO \
                    and _at_end(analysis, asked, wanted, arch) is Ternary.NO:
                gate = next((symbol for symbol in sorted(option.asked) if asked.after.can(
                    And(Var(f"CONFIG_{symbol}"), given), arch) is Ternary.NO), "")
                if gate:
                    found.setdefault(gate, []).append(option)
        for gate, options in found.items():
            yield _Loss(arch=arch, given=given, gate=gate, options=tuple(options), kept=tuple(
                one for one in asked.kept if one.symbol == gate and own_arch(one.file) in {"", arch}))
            left = [one for one in left if one not in options]


def _kernels(asked: _Asked, arch: str) -> Iterator[Cond]:
    """Yield the conditions that tell kernels of the architecture apart, of those that changed lines stand under."""
    names: dict[str, None] = {}
    for file in asked.state.files:
        if own_arch(file.path) != arch or not is_kconfig(file.path):
            continue
        for data, numbers in ((file.before, file.removed), (file.after, file.added)):
            text = decode(data or b"").splitlines()
            names.update(dict.fromkeys(_entries(text, numbers)))
        for old in (True, False):
            names.update((one.when, None) for one in supplies(file, old=old) if re.fullmatch(r"\w+", one.when))
    for name in [*names][:_MOST_KERNELS]:
        one = Var(f"CONFIG_{name}")
        if all(asked.before.can(cond, arch) is Ternary.YES and asked.after.can(cond, arch) is Ternary.YES
               for cond in (one, Not(one))):
            yield from (Not(one), one)


def _entries(text: list[str], numbers: frozenset[int]) -> Iterator[str]:
    entry = partial(entry_at, text, hunks={})
    for number in sorted(numbers):
        if number <= len(text) and (name := entry(number).partition(" ")[2]):
            yield name


def _at_end(analysis: Analysis, asked: _Asked, wanted: Cond, arch: str) -> Ternary:
    """Return whether a later patch lets the option be set again."""
    if asked.state is analysis.patched.states[-1] or asked.kept:
        return Ternary.NO
    return analysis.configs[-1].can(wanted, arch)


def _finding(rule: Rule, analysis: Analysis, position: int, asked: _Asked, losses: list[_Loss]) -> Finding:
    state, first = asked.state, losses[0]
    arches = tuple(loss.arch for loss in losses)
    given = str(first.given).removeprefix("!").removeprefix("CONFIG_")
    where = f" {'without' if first.given.op == 'not' else 'with'} {given}" if first.given != TRUE else ""
    fields = {"options": quote_names([f"'{one.name}'" for one in first.options]), "where": where, "gate": first.gate,
              "prompt": first.options[0].prompt, "they": "it needs" if len(first.options) == 1 else "they need",
              "arches": quote_names(arches), "who": "no line of the series" if first.kept else "nothing",
              "kept": "".join(f"{one.file}:{one.line}" for one in first.kept[:1])}
    file, number, old = _place(asked, first)
    spot = Spot(file=file, line=number, end_line=number, function="", symbol=first.options[0].name,
                side=analysis.before(position) if old else analysis.after(position), old=old)
    rev = f"after patch {state.index}"
    evidence = tuple(Evidence(kind="source", file=one.file, line=one.line, rev=rev, text=f'{one.name} "{one.prompt}"')
                     for one in first.options[:4])
    evidence += tuple(Evidence(kind="source", file=one.file, line=one.line, text=one.text, rev=rev)
                      for one in first.kept[:1])
    notes = (rule.notes["kept"].format_map(fields),) if first.kept and "kept" in rule.notes else ()
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), evidence=evidence,
                         level="question" if first.kept else None, arches=arches, notes=notes,
                         config=str(first.given) if first.given != TRUE else "",
                         says=(first.gate, *(one.name for one in first.options)))


def _place(asked: _Asked, loss: _Loss) -> tuple[str, int, bool]:
    """Return the changed line that the loss is seen by, and whether it is one that goes: the architecture's own for the
    gate, any for the gate, the option's own, any."""
    lines = [(one, path, old) for file in asked.state.files if is_kconfig(file.path)
             for old, path in ((False, file.path), (True, file.old_path)) for one in supplies(file, old=old)]
    own = [(option.file, line, False) for option in loss.options for file in asked.state.files
           if file.path == option.file for line, _ in option.asks if line in file.added]
    best = sorted(lines, key=lambda one: (one[0].symbol != loss.gate, own_arch(one[1]) != loss.arch, one[2], one[1],
                                          one[0].line))
    if own and not (best and best[0][0].symbol == loss.gate):
        return own[0]
    return best[0][1], best[0][0].line, best[0][2]


OPTION_LOST = Kind(name="option-lost", fields=_FIELDS, changes=_run, check_options=_check, notes=lambda _: ("kept",))
