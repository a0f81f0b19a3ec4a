"""The cells of exports: which modules may call a function of the family, before a patch and after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.findings.types import Cell, Effect
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, PatchState
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["export_cells", "export_line", "is_export"]

_EXPORT = regex(rb"^[ \t]*EXPORT_SYMBOL(?P<kind>\w*)\(\s*(?P<name>\w+)\s*(?:,\s*(?P<more>[^)]*?)\s*)?\)",
                re.MULTILINE)
_NOBODY = "cannot be called by modules"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Export:
    """An export of a function, in words for those who may use it."""

    file: str
    who: str


def export_cells(analysis: Analysis, position: int) -> Iterator[Cell]:
    """Yield a cell for each function of the family, or helper around it, that a patch exports otherwise than before.

    An export that only moves with its function is none, nor is that of a function which the patch brings or takes
    away: who calls it is told by the calls.
    """
    state = analysis.patched.states[position]
    before, after = _exports(state, old=True), _exports(state, old=False)
    known = analysis.family.names() | analysis.after(position).wrappers.keys()
    for name in sorted({*before, *after} & known):
        old, new = before.get(name, ()), after.get(name, ())
        if {one.who for one in old} == {one.who for one in new} or not _stands(state, name):
            continue
        for path in sorted({one.file for one in (*old, *new)}):
            was = next((one.who for one in old if one.file == path), _NOBODY)
            now = next((one.who for one in new if one.file == path), _NOBODY)
            if was == now or (path not in {one.file for one in new} and new):
                continue
            for arch in _arches(analysis, path):
                yield Cell(patch=str(state.index), file=path, function=name, call=name, arch=arch, config=(),
                           before=_effect(name, path, was), after=_effect(name, path, now))


def _stands(state: PatchState, name: str) -> bool:
    """Return whether the files of a patch name a function both before and after it, besides in an export."""
    word = re.compile(rb"\b%s\b" % name.encode())
    return all(any(word.search(_EXPORT.sub(b"", content)) for content in contents if content) for contents in (
        [file.before for file in state.files], [file.after for file in state.files]))


def _exports(state: PatchState, *, old: bool) -> dict[str, tuple[_Export, ...]]:
    found: dict[str, tuple[_Export, ...]] = {}
    for file in state.files:
        content = file.before if old else file.after
        for one in _EXPORT.finditer(content or b"") if file.path.endswith((".c", ".S")) else ():
            name, kind = one["name"].decode(), one["kind"].decode()
            found[name] = (*found.get(name, ()), _Export(file=file.path, who=_say(kind, (one["more"] or b"").decode())))
    return found


def _say(kind: str, more: str) -> str:
    """Return who may call a function with this export: `_GPL`, `_NS_GPL` with its namespace, `_FOR_MODULES`."""
    names = [name.strip() for name in more.replace('"', "").split(",") if name.strip()]
    if kind == "_FOR_MODULES" and names:
        return f"can be called by the modules {quote_names(names)} alone"
    if kind in {"", "_GPL"}:
        return "can be called by modules" + (" under the GPL" if kind else " of any licence")
    if kind in {"_NS", "_NS_GPL"} and names:
        return f"can be called by modules{' under the GPL' if kind == '_NS_GPL' else ''} that import '{names[0]}'"
    return f"can be called by modules as EXPORT_SYMBOL{kind}() says"


def _arches(analysis: Analysis, path: str) -> tuple[str, ...]:
    own = own_arch(path)
    return tuple(arch for arch in analysis.arches if (not own or arch == own)
                 and not analysis.never_builds(path, arch))


def _effect(name: str, path: str, who: str) -> Effect:
    return Effect(resolves_to=path, via=(), does=f"{name}() {who}", may_fail=False, known=False, errnos=(),
                  on_failure="cannot-fail", symbol=name)


def is_export(cell: Cell) -> bool:
    """Return whether a cell says which modules may call a function."""
    return "by modules" in cell.after.does and cell.call == cell.function and not cell.after.known


def export_line(file: PatchedFile | None, name: str) -> int:
    """Return the line of the function's export after the patch, 0 where it has none."""
    content = (file.after if file is not None else None) or b""
    return next((content.count(b"\n", 0, one.start()) + 1 for one in _EXPORT.finditer(content)
                 if one["name"].decode() == name), 0)
