"""Kind `left-declaration`: a patch removes a function that changes memory, and a header goes on to declare it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import is_kernel_code, text_of
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import places_of

__all__ = ["LEFT_DECLARATION"]

_MOST_NAMES = 20


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    gone = list(_gone(analysis, position))[:_MOST_NAMES]
    if not gone:
        return
    unsure = {file.path for _, state in analysis.states() for file in state.files if not file.whole}
    holding = analysis.files_with(len(analysis.sides) - 1, {function.name for _, function in gone})
    for file, function in gone:
        paths = holding[function.name]
        if paths and all(path.endswith(".h") for path in paths) and unsure.isdisjoint(paths):
            places = [place for path in paths for place in _places(analysis.end.tree, path, function.name)]
            if places:
                yield _finding(rule, analysis, position, file, function, places)


def _gone(analysis: Analysis, position: int) -> Iterator[tuple[PatchedFile, Function]]:
    """Yield the global functions around calls of the family that the patch removes from a wholly known file."""
    family = analysis.family.names()
    for file in analysis.patched.states[position].files:
        if not file.old_path.endswith(".c") or not is_kernel_code(file.old_path) or not file.whole or not file.removed:
            continue
        left = {function.name for function in functions_of(file.after or b"")}
        for function in functions_of(file.before or b""):
            if function.name and function.name not in left and not function.static and not function.by_macro \
                    and (function.name in family or family & {*function.calls_all}):
                yield file, function


def _places(tree: Tree, path: str, name: str) -> Iterator[Evidence]:
    """Yield the declarations and stubs of the name in a header; comments do not count."""
    data = tree.read(path) or b""
    text, lines = text_of(path, data), data.split(b"\n")
    for at in places_of(name.encode(), text.text):
        line = text.lines.line(at)
        if text.text[at + len(name):at + len(name) + 2].lstrip().startswith(b"("):
            yield Evidence(kind="source", file=path, line=line, text=lines[line - 1].decode("latin-1").strip(),
                           rev="after the series")


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, function: Function,
             places: list[Evidence]) -> Finding:
    state, arch = analysis.patched.states[position], own_arch(file.old_path)
    spot = Spot(file=file.old_path, line=function.span.line, end_line=function.span.line, function=function.name,
                symbol=function.name, side=analysis.before(position), old=True)
    fields = {"function": function.name, "header": places[0].file, "line": str(places[0].line)}
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index),
                         arches=(arch,) if arch else (), evidence=tuple(places[:4]))


LEFT_DECLARATION = Kind(name="left-declaration", fields=frozenset({"function", "header", "line"}), changes=_run,
                        check_options=_check)
