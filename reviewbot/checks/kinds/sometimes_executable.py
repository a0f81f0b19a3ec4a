"""Kind `sometimes-executable`: memory is no longer mapped executable, and is made so only where a switch holds.

No options. One patch, or another of the series, gives what an allocator maps another protection of the kernel's own; a
function of the same family of names gets a call that makes memory executable, behind a test of one variable or one
question. Where the tree has another function that does it without that test, nothing is said, unless the tree is
younger than the series.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.hunked import hunk_functions, placed_line
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.contracts.changed import changed_functions
from reviewbot.contracts.guards import Atom, guards_of
from reviewbot.contracts.outline import Outline, outlines_of, walk
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.series.types import DiffLine, FileDiff
from reviewbot.source import tree_below
from reviewbot.source.doubles import definitions
from reviewbot.source.lines import as_bytes
from reviewbot.source.owners import owned
from reviewbot.source.types import PatchedFile
from reviewbot.text import places_of, squash
from reviewbot.values import dataclass

__all__ = ["SOMETIMES_EXECUTABLE"]

_FIELDS = frozenset({"function", "callee", "alloc", "was", "now", "test", "unless", "also"})
_RUNS = regex(r"\bPAGE_KERNEL\w*(?:EXEC|ROX)\w*\b")
_PLAIN = regex(r"\bPAGE_KERNEL\w*\b")
_MAKES = frozenset({"set_memory_x", "set_memory_rox"})
_SWITCH = regex(r"[a-z_]\w*(?: ?\(\))?")
_LEAST = 3  # letters of a word that two functions have in common
_ANYWHERE = frozenset({"alloc", "arch", "arm64", "early", "free", "get", "init", "kernel", "make", "map", "ppc",
                       "riscv", "s390", "set", "setup", "text", "x86"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mapped:
    """A function that maps with the protection `now` in the place of `was`, on which architecture and where."""

    name: str
    arch: str
    file: str
    line: int
    patch: int
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A new call that makes memory executable, reached where the `switch` holds as it says."""

    function: str
    callee: str
    line: int
    switch: Atom


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    mapped = list(_mapped(analysis))
    younger = any(file.had for file in analysis.patched.states[position].files)
    for file in analysis.patched.states[position].files if mapped else ():
        if not file.path.endswith(".c") or not file.after:
            continue
        for made in _made(analysis, position, file):
            one = next((one for one in mapped if _of_one_kind(one.name, made.function)
                        and own_arch(file.path) in {"", one.arch}), None)
            if one is None:
                continue
            others = _elsewhere(analysis, file, made)
            if not others or (younger and not _brings(analysis, others)):
                yield _finding(rule, analysis, position, file, one, made, others)
                break


def _brings(analysis: Analysis, names: list[str]) -> bool:
    """Return whether the series itself writes one of the functions anew."""
    added = [as_bytes(line.text) for patch in analysis.series.patches for diff in patch.files for hunk in diff.hunks
             for line in hunk.lines if line.kind == "+"]
    return not {name.encode() for name in names}.isdisjoint(name for what, name, _ in definitions(added)
                                                            if what == "function")


def _of_one_kind(name: str, other: str) -> bool:
    """Return whether two functions have their first word in common, or are one."""
    first = name.strip("_").split("_")[0]
    return name == other or (len(first) >= _LEAST and first not in _ANYWHERE
                             and other.strip("_").split("_")[0] == first)


def _mapped(analysis: Analysis) -> Iterator[_Mapped]:
    """Yield the functions of architectures that the series has map without execution, and nothing else there."""
    for patch in analysis.series.patches:
        for diff in (one for one in patch.files if own_arch(one.new_path) in analysis.arches):
            for function, gone, come in _swapped(diff):
                was, now = _RUNS.findall(gone.text), _PLAIN.findall(come.text)
                if len(was) == 1 and len(now) == 1 and not _RUNS.search(come.text) \
                        and squash(gone.text.replace(was[0], now[0])) == squash(come.text):
                    yield _Mapped(name=function, arch=own_arch(diff.new_path), file=diff.new_path,
                                  line=come.new_line or 0, patch=patch.index, was=was[0], now=now[0])


def _swapped(diff: FileDiff) -> Iterator[tuple[str, DiffLine, DiffLine]]:
    """Yield the lines of which one takes the place of another, each with the function that it stands in."""
    for hunk in diff.hunks:
        owners = [owner for owner, _, _ in owned(hunk)]
        for function, (before, line) in zip(owners[1:], pairwise(hunk.lines), strict=True):
            if function and (before.kind, line.kind) == ("-", "+"):
                yield function, before, line


def _made(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[_Made]:
    """Yield the new calls of the patch that make memory executable only where a switch holds, function by function."""
    for outline, lines in _changed(analysis, position, file):
        guards = guards_of(outline)
        steps = [number for number, step in enumerate(outline.steps) if step.line in lines
                 and any(part.kind == "name" and part.name in _MAKES for part in walk(step.expr))]
        switches = [_switches(outline, guards[number]) for number in steps]
        if not switches or not all(switches):
            continue
        step = outline.steps[steps[0]]
        callee = next(part.name for part in walk(step.expr) if part.kind == "name" and part.name in _MAKES)
        yield _Made(function=outline.name, callee=callee, line=step.line, switch=switches[0][0])


def _changed(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[tuple[Outline, frozenset[int]]]:
    if file.whole:
        for pair in changed_functions(file):
            for outline in pair.new[:1]:
                yield outline, file.added
        return
    index = analysis.patched.states[position].index
    for diff in (one for patch in analysis.series.patches if patch.index == index for one in patch.files
                 if one.path == file.path):
        lines = frozenset(line.new_line for hunk in diff.hunks for line in hunk.lines
                          if line.kind == "+" and line.new_line is not None)
        for _, new in hunk_functions(diff):
            yield new, lines


def _switches(outline: Outline, atoms: tuple[Atom, ...]) -> list[Atom]:
    """Return what is asked of the kernel as a whole: a variable that is none of the function's own, or a question that
    is about nothing."""
    return [atom for atom in atoms if _SWITCH.fullmatch(atom.text)
            and not {atom.text} & {*outline.locals, *outline.parameters}]


def _elsewhere(analysis: Analysis, file: PatchedFile, made: _Made) -> list[str]:
    """Return the other functions of the file, of the same kind, that make memory executable without asking that when
    all patches are in; of a tree that has some of them already, its own as well."""
    base = tree_below(analysis.patched.start)
    texts = [data for tree in (base, analysis.end.tree) if (data := tree.read(file.path)) is not None]
    return list(dict.fromkeys(name for data in texts for name in _unasked(file.path, data, made)))


def _unasked(path: str, data: bytes, made: _Made) -> Iterator[str]:
    offsets = sorted(at for name in _MAKES for at in places_of(name.encode(), data))
    for outlines in outlines_of(path, data, offsets, most=1) if offsets else ():
        one = outlines[0]
        guards = guards_of(one)
        if one.name != made.function and _of_one_kind(one.name, made.function) and any(
                any(part.kind == "name" and part.name in _MAKES for part in walk(step.expr))
                and made.switch.text not in {atom.text for atom in guards[number]}
                for number, step in enumerate(one.steps)):
            yield one.name


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, one: _Mapped, made: _Made,
             others: list[str]) -> Finding:
    state = analysis.patched.states[position]
    also = f"; {others[0]}() of this tree does it without asking that" if others else ""
    fields = {"function": made.function, "callee": made.callee, "alloc": one.name, "was": one.was, "now": one.now,
              "test": made.switch.said, "unless": f"!{made.switch.text}" if made.switch.holds else made.switch.text,
              "also": also}
    mapper = next((two for at, there in analysis.states() if there.index == one.patch for two in there.files
                   if two.path == one.file), None)
    line = placed_line(analysis.series, one.patch, mapper, one.line) if mapper is not None else one.line
    return draft_finding(
        rule, state, Spot(file=file.path, line=made.line, end_line=made.line, function=made.function,
                          symbol=made.callee, side=analysis.after(position)),
        fields, message_id=analysis.message_id(state.index), arches=(one.arch,),
        evidence=(Evidence(kind="patch", file=one.file, line=line, text=f"{one.now} in place of {one.was}",
                           rev=f"after patch {one.patch}"),),
        says=(made.callee, one.name, made.switch.text))


SOMETIMES_EXECUTABLE = Kind(name="sometimes-executable", fields=_FIELDS, changes=_run, check_options=_check)
