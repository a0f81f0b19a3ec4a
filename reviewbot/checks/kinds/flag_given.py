"""Kind `flag-given`: a flag that was set on some platforms, and that a patch sets where these do not come by.

What stands in front of both is asked of each platform. No options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reviewbot.arch import Backend
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.gate_backends import list_titles
from reviewbot.checks.given_flags import Given, flags_given, flags_taken, lines_taken
from reviewbot.checks.hunked import diffs_of, placed_line
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import Or, Ternary
from reviewbot.series.types import FileDiff
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names
from reviewbot.values import dataclass

__all__ = ["FLAG_GIVEN"]

_FIELDS = frozenset({"flag", "target", "was", "now", "platforms", "place", "function", "also"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lost:
    """What was given where `taken` says, and is given by `given` alone, which these platforms do not come to."""

    taken: Given
    given: tuple[Given, ...]
    arch: str
    rows: tuple[Backend, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    base = analysis.sides[0].tree
    taken = [one for file, diff in _files(analysis, position)
             for one in flags_taken(file, diff, base.read(file.old_path))]
    if not any(one.when is not None and one.when.variables() for one in taken):
        return
    later = [replace(one, line=placed_line(analysis.series, analysis.patched.states[at].index, file, one.line))
             for at in range(position, len(analysis.patched.states)) for file, diff in _files(analysis, at)
             for one in flags_given(file, diff, base.read(file.path))]
    lost = [(one, _lost(analysis, position, one, [other for other in later if other.flag == one.flag]))
            for one in taken]
    told = {one.function for one, found in lost if found is not None}
    for one, found in lost:
        if found is not None:
            yield _finding(rule, analysis, position, found, [
                other for _, diff in _files(analysis, position) for other in lines_taken(diff)
                if other.flag == one.flag and own_arch(other.file) == found.arch and other.function not in told])


def _files(analysis: Analysis, position: int) -> Iterator[tuple[PatchedFile, FileDiff]]:
    """Return the C files of architectures that the patch changes, each with its part of the mail."""
    return ((file, diff) for file, diff in diffs_of(analysis.series, analysis.patched.states[position], (".c",))
            if own_arch(file.path) in analysis.arches)


def _lost(analysis: Analysis, position: int, taken: Given, given: list[Given]) -> _Lost | None:
    """Return on which platforms the flag was set for certain and is so no more; None for none, and where not all of the
    places are known that set it."""
    arch = own_arch(taken.file)
    mine = [one for one in given if own_arch(one.file) == arch]
    known = analysis.model.backends_of(arch, analysis.version)
    whens = [one.when for one in mine if one.when is not None]
    if taken.when is None or not mine or len(whens) != len(mine) or not known.rows \
            or _elsewhere(analysis, position, arch, taken.flag):
        return None
    now = Or(*whens)
    rows = []
    for row in known.rows:
        values = known.values(row.name, taken.when.variables() | now.variables())
        if taken.when.evaluate(values) is Ternary.YES and now.evaluate(values) is Ternary.NO:
            rows.append(row)
    return _Lost(taken=taken, given=tuple(mine), arch=arch, rows=tuple(rows)) if rows else None


def _elsewhere(analysis: Analysis, position: int, arch: str, flag: str) -> bool:
    """Return whether code of the architecture that the series leaves alone gives the flag to something, too."""
    tree = analysis.after(position).tree
    touched = {path for state in analysis.patched.states for file in state.files for path in (file.path, file.old_path)}
    given = re.compile(rf"(?:\|=|(?<![=!<>])=(?!=)|[(,|])[^;=&\n]*\b{flag}\b")
    return any(path not in touched and is_kernel_code(path) and given.search(decode(tree.read(path) or b""))
               for path in tree.search((flag,), prefixes=(f"arch/{arch}",)))


def _finding(rule: Rule, analysis: Analysis, position: int, lost: _Lost, beside: list[Given]) -> Finding:
    """Return the finding; `beside` are places where the patch takes the flag as well, on which platforms is not known.
    """
    state, one, other = analysis.patched.states[position], lost.taken, lost.given[0]
    fields = {"flag": one.flag, "target": one.target, "was": str(one.when), "function": one.function,
              "now": str(Or(*(each.when for each in lost.given if each.when is not None))),
              "platforms": list_titles([row.title for row in lost.rows]), "place": f"{other.file}:{other.line}"}
    names = list(dict.fromkeys(f"'{each.function}'" for each in beside))
    fields["also"] = f"; the patch takes it from {quote_names(names, most=3)} as well" if names else ""
    spot = Spot(file=one.file, line=one.line, end_line=one.line, function=one.function, symbol=one.flag,
                side=analysis.before(position), old=True)
    evidence = tuple(Evidence(kind="patch", file=each.file, line=each.line, rev=f"after patch {state.index}",
                              text=f"{each.function}() gives {each.flag} where {each.when}") for each in lost.given[:4])
    evidence += tuple(Evidence(kind="patch", file=each.file, line=each.line, rev=f"before patch {state.index}",
                               text=f"{each.function}() gave {each.flag}") for each in beside[:3])
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), evidence=evidence,
                         level=None if analysis.patched.exact else "question", arches=(lost.arch,),
                         says=(one.flag, one.target, *(row.name for row in lost.rows)))


FLAG_GIVEN = Kind(name="flag-given", fields=_FIELDS, changes=_run, check_options=_check)
