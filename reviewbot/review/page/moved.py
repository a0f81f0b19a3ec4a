"""Events out of hunks: an architecture's function that maps kernel memory and is called somewhere else than before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts import functions_with
from reviewbot.checks.arches import own_arch
from reviewbot.checks.hunked import placed_line
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.series.types import Patch
from reviewbot.source import tree_below
from reviewbot.source.owners import owned
from reviewbot.source.types import Tree
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["moved_mappers"]

_STATEMENT = regex(r"\s+(?:[A-Za-z_][\w>.-]* = )?([A-Za-z_]\w*)\([^;]{0,200}\);[ \t]*$")
_MOST_FILES = 24  # of the architecture that name the function
_PROTECTION = regex(r"\bPAGE_KERNEL\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A line of a patch that calls a function: in which other one, and where that stands in the patched file."""

    function: str
    file: str
    line: int


def moved_mappers(reader: Reader) -> Iterator[Event]:
    """Yield the functions of an architecture that map kernel memory and that a patch takes the one call of out of a
    function, to put one into another: both are the tree's, and stay, and neither calls the other."""
    for patch in reader.analysis.series.patches:
        if patch.index not in reader.positions or (reader.patches is not None and patch.index not in reader.patches):
            continue
        gone, come = _calls(patch)
        for name in sorted(gone.keys() & come.keys()):
            if len(gone[name]) == len(come[name]) == 1 and gone[name][0].function != come[name][0].function:
                yield from _event(reader, patch, name, gone[name][0], come[name][0])


def _calls(patch: Patch) -> tuple[dict[str, list[_Place]], dict[str, list[_Place]]]:
    """Return by name the calls that a patch takes away and those that it adds, as whole statements of a function."""
    gone: dict[str, list[_Place]] = {}
    come: dict[str, list[_Place]] = {}
    for diff in patch.files:
        for hunk in diff.hunks if diff.new_path.endswith(".c") else ():
            for line, (owner, kind, text) in zip(hunk.lines, owned(hunk), strict=True):
                found = _STATEMENT.match(text[:300]) if kind != " " and owner else None
                if found is not None and found[1] != owner:
                    place = _Place(function=owner, file=diff.new_path, line=line.new_line or line.old_line or 0)
                    (gone if kind == "-" else come).setdefault(found[1], []).append(place)
    return gone, come


def _event(reader: Reader, patch: Patch, name: str, gone: _Place, come: _Place) -> Iterator[Event]:
    analysis = reader.analysis
    arches = {own_arch(one.file) for one in (gone, come)} - {""}
    if len(arches) != 1 or not arches <= {*analysis.arches} or name in analysis.family.names() \
            or any(name in side.wrappers for side in analysis.sides):
        return  # what calls of the family and of helpers around it come to is compared
    [arch] = arches
    tree = tree_below(analysis.patched.start)
    before, after = (_bodies(tree, one.file, one.function) for one in (gone, come))
    if len(before) != 1 or len(after) != 1 or not _calls_it(before[0], name) or _calls_it(after[0], name) \
            or _calls_it(before[0], come.function) or _calls_it(after[0], gone.function) \
            or any(_ends(one, gone.function) for one in analysis.series.patches):
        return
    paths = tree.search((name,), prefixes=(f"arch/{arch}",), suffixes=(".c",))
    maps = {found[0] for path in (paths if len(paths) <= _MOST_FILES else ()) for body in _bodies(tree, path, name)
            if (found := _PROTECTION.search(body.partition("{")[2]))}
    if len(maps) != 1:
        return
    file = reader.file(patch.index, come.file)
    line = placed_line(analysis.series, patch.index, file, come.line) if file is not None else come.line
    yield Event(
        kind="moved", key=("moved", str(patch.index), come.file, name), verdict="different", arch=(arch,), config="",
        gist=f"{come.function}() now calls {name}(), and {gone.function}() no longer does",
        reason=f"it maps kernel memory ({min(maps)})", patch=patch.index, file=come.file, line=line,
        functions=(come.function,), symbols=frozenset(), consequence="changed", reach="distribution",
        certainty=reader.certainty(patch.index, come.file), because=())


def _bodies(tree: Tree, path: str, name: str) -> list[str]:
    """Return the texts of the functions of that name in a file of the tree."""
    data = tree.read(path) or b""
    lines = decode(data).splitlines() if name.encode() in data else []
    return ["\n".join(lines[one.span.line - 1:one.span.end_line])
            for one in (functions_with(data, frozenset({name})) if lines else ()) if one.name == name]


def _calls_it(body: str, name: str) -> bool:
    return re.search(rf"\b{name}\s*\(", body.partition("{")[2]) is not None


def _ends(patch: Patch, name: str) -> bool:
    """Return whether a patch takes the function's head away."""
    head = re.compile(rf"[A-Za-z_][\w\s*]*\b{name}\(")
    return any(line.kind == "-" and head.match(line.text) for diff in patch.files for hunk in diff.hunks
               for line in hunk.lines)
