"""Kind `lost-callers`: a call that every architecture made is moved into the code of some, and the others lose it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewbot.cfacts.functions import functions_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import Use, is_kernel_code, uses_of
from reviewbot.checks.configured import concerned, example_evidence, first_possible, has_kconfig, nest_at
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import And
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names
from reviewbot.values import dataclass

__all__ = ["LOST_CALLERS"]

_CALL = regex(r"(?<![\w.>])([a-z_]\w{3,})[ \t]*\(")
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lost:
    """A call of common code that a patch removes, and where the function is called by architectures afterwards."""

    name: str
    file: PatchedFile
    use: Use
    defined: str
    kept: tuple[Use, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if not has_kconfig(analysis.after(position).tree):
        return
    for lost in _moved(analysis, position):
        arches = tuple(_without(analysis, position, lost))
        if arches:
            yield _finding(rule, analysis, position, lost, arches)


def _moved(analysis: Analysis, position: int) -> Iterator[_Lost]:
    """Yield the calls of common code that the patch removes where the series calls the function in architectures."""
    removed: dict[str, PatchedFile] = {}
    for file in analysis.patched.states[position].files:
        if not own_arch(file.path) and file.path.endswith(".c") and is_kernel_code(file.path) and file.whole:
            gone = _called(file.before, file.removed) - _called(file.after, file.added)
            removed.update((name, file) for name in gone)
    brought = {name for _, state in analysis.states() for file in state.files
               if own_arch(file.path) and file.path.endswith(".c") for name in _called(file.after, file.added)}
    names = sorted(set(removed) & brought)[:_MOST_NAMES]
    if not names:
        return
    end = len(analysis.sides) - 1
    holding = analysis.files_with(end, names)
    for name in names:
        found = _of(analysis, position, name, removed[name], holding[name])
        if found is not None:
            yield found


def _called(content: bytes | None, numbers: Iterable[int]) -> set[str]:
    """Return the names that stand before a bracket on these lines."""
    lines = decode(content or b"").split("\n")
    return {name for number in numbers if number <= len(lines) for name in _CALL.findall(lines[number - 1])}


def _of(analysis: Analysis, position: int, name: str, file: PatchedFile, holding: tuple[str, ...]) -> _Lost | None:
    """Return the removed call when only code of architectures calls the function, that common code defines, at the end.

    None as well where a header or another word of common code might be a use.
    """
    gone = next((use for use in uses_of(analysis.before(position).tree, name, file.old_path)
                 if use.line in file.removed), None)
    tree = analysis.end.tree
    kept: list[Use] = []
    defined = ""
    for path in holding:
        data = tree.read(path) or b""
        if any(one.name == name and not one.static for one in functions_of(data)):
            if own_arch(path) or defined:
                return None
            defined = path
        uses = uses_of(tree, name, path)
        if not own_arch(path) and (uses or (path.endswith(".c") and path != defined)):
            return None
        kept += uses
    return _Lost(name=name, file=file, use=gone, defined=defined, kept=tuple(kept)) if gone and defined and kept \
        else None


def _without(analysis: Analysis, position: int, lost: _Lost) -> Iterator[str]:
    """Yield the architectures that built both the call and the function before, and have no caller at the end."""
    before = analysis.before(position).tree
    nest = nest_at(before, lost.file.old_path, lost.use.line)
    config = analysis.configs[position]
    having = {own_arch(use.file) for use in lost.kept}
    for arch in concerned(analysis, analysis.end.tree, lost.defined):
        condition = And(nest, config.kbuild(lost.defined, arch))
        if arch not in having and first_possible(analysis, position, condition, (arch,), file=lost.file.old_path):
            yield arch


def _finding(rule: Rule, analysis: Analysis, position: int, lost: _Lost, arches: tuple[str, ...]) -> Finding:
    state = analysis.patched.states[position]
    before = analysis.before(position)
    rev = f"after patch {state.index}"
    holder = next((one.name for one in functions_of(lost.file.before or b"")
                   if one.name and one.span.line <= lost.use.line <= one.span.end_line), lost.file.old_path)
    evidence = [Evidence(kind="source", file=lost.defined, line=0, rev=rev, text=f"defines {lost.name}()")]
    evidence += [Evidence(kind="source", file=use.file, line=use.line, rev=rev, text=f"calls {lost.name}()")
                 for use in lost.kept[:4]]
    shown = first_possible(analysis, position, analysis.configs[position].kbuild(lost.defined, arches[0]), arches[:1])
    evidence += [example_evidence(shown, f"before patch {state.index}")] if shown else []
    keeping = sorted({own_arch(use.file) for use in lost.kept})
    fields = {"callee": lost.name, "function": holder, "arches": quote_names(arches), "keeping": quote_names(keeping),
              "file": lost.file.old_path}
    spot = Spot(file=lost.file.old_path, line=lost.use.line, end_line=lost.use.line, function=holder, symbol=lost.name,
                side=before, old=True)
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                         evidence=tuple(evidence), arches=arches)


LOST_CALLERS = Kind(name="lost-callers", fields=frozenset({"callee", "function", "arches", "keeping", "file"}),
                    changes=_run, check_options=_check)
