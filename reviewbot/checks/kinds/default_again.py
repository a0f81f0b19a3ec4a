"""Kind `default-again`: a patch leaves a function with the very body of the `__weak` one of its name."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.lexer import squash_c
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.checks.weak import WEAK
from reviewbot.findings.types import Evidence, Finding
from reviewbot.source.types import PatchedFile
from reviewbot.text import bytes_between, places_of

__all__ = ["DEFAULT_AGAIN"]

_MOST_NAMES = 20


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    side, moment = analysis.after(position), position + 1
    changed = list(_changed(analysis, position))[:_MOST_NAMES]
    if not changed:
        return
    defaults = [path for path in analysis.files_with(moment, (WEAK,))[WEAK]
                if path.endswith(".c") and not own_arch(path)]
    for file, function in changed:
        for path in defaults:
            weak = _weak(side, path, function.name) if path != file.path else None
            if weak is not None and _same(file.after or b"", function, side.tree.read(path) or b"", weak) \
                    and not _was_so(analysis, position, file, function.name, path) \
                    and _stays_so(analysis, position, file, function.name, path):
                yield _finding(rule, analysis, position, file, function, path, weak)


def _changed(analysis: Analysis, position: int) -> Iterator[tuple[PatchedFile, Function]]:
    """Yield the global functions of architectures that the patch changes or adds."""
    for file in analysis.patched.states[position].files:
        if own_arch(file.path) and file.path.endswith(".c") and is_kernel_code(file.path) and file.after:
            for function in functions_of(file.after):
                if function.name and not function.static and not function.by_macro and touches(file, function) \
                        and WEAK not in function.signature and (file.whole or _in_one_hunk(file, function)):
                    yield file, function


def _in_one_hunk(file: PatchedFile, function: Function) -> bool:
    """Return whether a hunk without a place in the tree shows all of the function."""
    return any(first <= function.span.line and function.span.end_line <= last for first, last in file.known_new)


def _weak(side: Side, path: str, name: str) -> Function | None:
    data = side.tree.read(path) or b""
    if next(places_of(name.encode(), data), None) is None:
        return None
    return next((one for one in functions_of(data) if one.name == name and WEAK in one.signature), None)


def _body(data: bytes, function: Function) -> str:
    return squash_c(bytes_between(data, function.body.line, function.body.end_line)[function.body.column - 1:])


def _same(data: bytes, function: Function, other: bytes, weak: Function) -> bool:
    """Return whether both bodies are the same code under the same parameters; an empty one is nobody's decision."""
    return len(function.parameters) == len(weak.parameters) and bool(function.calls_all) \
        and _body(data, function) == _body(other, weak)


def _was_so(analysis: Analysis, position: int, file: PatchedFile, name: str, other: str) -> bool:
    """Return whether it was the same before the patch, or there was none of them."""
    side = analysis.before(position)
    old = _named(file.before, name)
    weak = _weak(side, other, name)
    return old is not None and weak is not None \
        and _same(file.before or b"", old, side.tree.read(other) or b"", weak)


def _stays_so(analysis: Analysis, position: int, file: PatchedFile, name: str, other: str) -> bool:
    """Return whether it is still the same at the end of the series; of a hunk without a place, whether no later patch
    touches the file."""
    if not file.whole:
        return not any(one.path in {file.path, other} for state in analysis.patched.states[position + 1:]
                       for one in state.files)
    end, path = analysis.end, file.path
    last = _named(end.tree.read(path), name)
    weak = _weak(end, other, name)
    return last is not None and weak is not None \
        and _same(end.tree.read(path) or b"", last, end.tree.read(other) or b"", weak)


def _named(data: bytes | None, name: str) -> Function | None:
    return next((one for one in functions_of(data or b"") if one.name == name), None)


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, function: Function, path: str,
             weak: Function) -> Finding:
    state, arch = analysis.patched.states[position], own_arch(file.path)
    spot = Spot(file=file.path, line=function.span.line, end_line=function.span.line, function=function.name,
                symbol=function.name, side=analysis.after(position))
    return draft_finding(rule, state, spot, {"function": function.name, "arch": arch, "file": path},
                         message_id=analysis.message_id(state.index), arches=(arch,),
                         evidence=(Evidence(kind="source", file=path, line=weak.span.line,
                                            text=f"{WEAK} {function.name}()", rev=f"after patch {state.index}"),))


DEFAULT_AGAIN = Kind(name="default-again", fields=frozenset({"function", "arch", "file"}), states=_run,
                     check_options=_check)
