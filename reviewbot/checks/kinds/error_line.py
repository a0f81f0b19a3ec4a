"""Kind `error-line`: an `#error` that some configuration of an architecture runs into after the patch and not before.

The patch adds the line, or changes Kconfig lines that name an option which the `#if` around it asks for. No options.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Set

from reviewbot.cfacts.conditions import read_conditions
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.configured import Shown, concerned, example_evidence, first_possible, has_kconfig, is_whole
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.gated_headers import changed_kconfig, is_seen_whole
from reviewbot.checks.kconfig_selects import entry_at
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.needs import setting_of
from reviewbot.checks.refused import error_lines
from reviewbot.checks.rule import Rule
from reviewbot.errors import BudgetError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.kconfig.headers import macro_name
from reviewbot.kconfig.lines import is_kconfig
from reviewbot.logic import FALSE, Ternary
from reviewbot.source.types import PatchState, Tree
from reviewbot.text import decode, quote_names
from reviewbot.values import dataclass

__all__ = ["ERROR_LINE"]

_FIELDS = frozenset({"place", "says", "where", "user"})
_MOST_SYMBOLS = 8
_MOST_USERS = 8
_ALWAYS_BUILT = ("init", "kernel", "mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """An `#error` line of a file as it stands after the patch; `added`: the patch brings it."""

    file: str
    line: int
    text: str
    added: bool


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if not has_kconfig(analysis.patched.states[position].after):
        return
    for one in _lines(analysis, position):
        met = [(shown, user) for arch in concerned(analysis, analysis.after(position).tree, one.file)
               if (found := _met(analysis, position, one, arch)) is not None for shown, user in (found,)]
        if met:
            yield _finding(rule, analysis, position, one, met)


def _lines(analysis: Analysis, position: int) -> Iterator[_Line]:
    """Yield the lines that the patch adds, then those behind an option whose Kconfig lines it changes."""
    state, tree = analysis.patched.states[position], analysis.after(position).tree
    for file in state.files:
        if file.whole and file.after is not None and is_kernel_code(file.path):
            yield from (_Line(file=file.path, line=line, text=decode(text), added=True)
                        for line, text in error_lines(file.after) if line in file.added)
    symbols = _changed_symbols(state)
    added = {(file.path, line) for file in state.files for line in file.added}
    options = [f"CONFIG_{symbol}" for symbol in symbols] if len(symbols) <= _MOST_SYMBOLS else []
    held = analysis.files_with(position + 1, options)
    for path in sorted({path for paths in held.values() for path in paths if is_kernel_code(path)}):
        yield from (one for one in _behind(tree, path, frozenset(options)) if (path, one.line) not in added)


def _changed_symbols(state: PatchState) -> list[str]:
    """Return the options that changed lines of Kconfig files name, and those whose entries hold such lines, sorted."""
    symbols = {symbol for line in changed_kconfig(state, present=True) for symbol in line.symbols}
    for file in state.files if symbols else ():
        for data, numbers in ((file.before, file.removed), (file.after, file.added)):
            text = decode(data or b"").splitlines() if numbers and is_kconfig(file.path) else []
            symbols |= {entry_at(text, number, {}).partition(" ")[2] for number in numbers if number <= len(text)}
    return sorted(symbols - {""})


def _behind(tree: Tree, path: str, options: Set[str]) -> Iterator[_Line]:
    data = tree.read(path) or b""
    lines = tuple(error_lines(data)) if b"error" in data else ()
    if lines:
        nests = read_conditions(data)
        yield from (_Line(file=path, line=line, text=decode(text), added=False) for line, text in lines
                    if not options.isdisjoint(nests.at_line(line).variables()))


def _met(analysis: Analysis, position: int, one: _Line, arch: str) -> tuple[Shown, str] | None:
    """Return a configuration of the architecture that stops at the line and did not before, and the C file that is
    built then."""
    before, after = analysis.configs[position], analysis.configs[position + 1]
    try:
        cond = after.refused(one.file, (one.line,), arch)
        if cond == FALSE or any(not name.startswith("CONFIG_") for name in cond.variables()):
            return None  # what a header may define in another way is not known
        nest = read_conditions(after.tree.read(one.file) or b"").at_line(one.line)
        macros = [name for name in map(macro_name, nest.variables()) if name]
        if not is_seen_whole(analysis, position + 1, *macros) or (
                not one.added and before.can(before.refused(one.file, (one.line,), arch), arch) is not Ternary.NO):
            return None
        for user in _users(analysis, position, one.file, arch):
            shown = first_possible(analysis, position + 1, cond, (arch,), file=user)
            if shown is not None:
                return shown, user
    except BudgetError:
        return None
    return None


def _users(analysis: Analysis, position: int, path: str, arch: str) -> Iterator[str]:
    """Yield C files that read the file whatever the configuration is: itself, or a few that include the header."""
    if path.endswith(".c"):
        yield path
        return
    tree, config = analysis.after(position).tree, analysis.configs[position + 1]
    stem = posixpath.basename(path).removesuffix(".h")
    folders = (*_ALWAYS_BUILT, f"arch/{arch}/mm", f"arch/{arch}/kernel")
    found = tree.search((stem,), prefixes=folders, suffixes=(".c",)) if stem.isidentifier() else ()
    generic_first = sorted((file for file in found if own_arch(file) in {"", arch}),
                           key=lambda file: (own_arch(file), file))
    yield from (file for file in generic_first[:_MOST_USERS] if path in config.certain_from(file, arch))


def _finding(rule: Rule, analysis: Analysis, position: int, one: _Line, met: list[tuple[Shown, str]]) -> Finding:
    state, config = analysis.patched.states[position], analysis.configs[position + 1]
    rev = f"after patch {state.index}"
    groups: dict[str, list[str]] = {}
    for shown, _ in met:
        groups.setdefault(setting_of(config, shown), []).append(shown.arch)
    where = ", and ".join(f"on {quote_names(arches)} with {setting}" for setting, arches in groups.items())
    fields = {"place": f"{one.file}:{one.line}", "says": " ".join(one.text.split()), "where": where,
              "user": met[0][1]}
    spot = Spot(file=one.file, line=one.line, end_line=one.line, function="", symbol="", side=analysis.after(position))
    alike = {str(shown.condition) for shown, _ in met}
    return draft_finding(
        rule, state, spot, fields, message_id=analysis.message_id(state.index),
        level=None if is_whole(analysis) and analysis.patched.exact else "question",
        evidence=(Evidence(kind="source", file=met[0][1], line=0, rev=rev, text="reads the line"),
                  *(example_evidence(shown, rev) for shown, _ in met)),
        arches=tuple(shown.arch for shown, _ in met), config=alike.pop() if len(alike) == 1 else "",
        says=(one.file, fields["says"]))


ERROR_LINE = Kind(name="error-line", fields=_FIELDS, changes=_run, check_options=_check)
