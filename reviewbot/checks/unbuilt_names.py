"""Names that go with a line of a Makefile, and names that a series brings for some configurations only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from reviewbot.cfacts.functions import functions_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.changed_names import LostName, is_kernel_code, sightings_of
from reviewbot.checks.configured import concerned
from reviewbot.logic import FALSE, TRUE, And, Not
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["MakefileLine", "brought_names", "objects_of", "unbuilt_names"]

_OBJECT = regex(r"(?<![\w.-])([\w/-]+)\.o(?![\w.-])")
_NAMED = regex(r"^(?![ \t#/*}{]).*?\b(\w+)[ \t]*\(", re.MULTILINE)
_MACRO = regex(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(", re.MULTILINE)
_MOST_NAMES = 40
_MOST_BROUGHT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MakefileLine:
    """A line of a Makefile that no longer, or only under another condition, builds a C file; `old`: it was removed."""

    file: str
    line: int
    builds: str
    old: bool
    lost: tuple[LostName, ...]


def unbuilt_names(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[MakefileLine]:
    """Yield the lines of a Makefile by which a patch builds a C file under fewer configurations than before.

    What is lost with each are the global functions of the C file, those of the families first.
    """
    if not file.whole:
        return
    tree, family = analysis.after(position).tree, analysis.family.names()
    for number, path, old in _objects(file):
        data = tree.read(path) if is_kernel_code(path) else None
        if data is None or not _is_less(analysis, position, path):
            continue
        found = {one.name: one for one in functions_of(data) if one.name and not one.static}
        lost = tuple(LostName(name=one.name, file=path, line=one.span.line, hidden=FALSE, undefined=one.path_condition)
                     for one in sorted(found.values(), key=lambda one: (one.name not in family, one.span.line)))
        yield MakefileLine(file=file.path, line=number, builds=path, old=old, lost=lost[:_MOST_NAMES])


def objects_of(file: PatchedFile) -> tuple[str, ...]:
    """Return the C files whose objects stand on lines of a Makefile that the patch adds or removes."""
    return tuple(path for _, path, _ in _objects(file))


def _objects(file: PatchedFile) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, C file, whether it is an old line), each file once, removed lines first."""
    said: set[str] = set()
    if basename(file.path) not in {"Makefile", "Kbuild"}:
        return
    for content, lines, old in ((file.before, file.removed, True), (file.after, file.added, False)):
        text = decode(content or b"").splitlines()
        for number in sorted(lines):
            for name in _OBJECT.findall(text[number - 1].split("#")[0]) if number <= len(text) else ():
                path = f"{dirname(file.path)}/{name}.c".lstrip("/")
                if path not in said:
                    said.add(path)
                    yield number, path, old


def _is_less(analysis: Analysis, position: int, path: str) -> bool:
    """Return whether some architecture builds the file under fewer conditions after the patch, as Makefiles say it."""
    before, after = analysis.configs[position], analysis.configs[position + 1]
    if analysis.before(position).tree.read(path) is None:
        return False
    return any(And(before.kbuild_as_written(path, arch), Not(after.kbuild_as_written(path, arch))) != FALSE
               for arch in concerned(analysis, after.tree, path))


def brought_names(analysis: Analysis, position: int) -> tuple[LostName, ...]:
    """Return the functions and macros that headers have by lines of this patch and that the base has nowhere.

    Each stands for a name that is missing wherever nothing declares, or defines, it.
    """
    found: dict[str, LostName] = {}
    for file in analysis.patched.states[position].files:
        if not file.path.endswith(".h") or not is_kernel_code(file.path) or not file.whole:
            continue
        data = file.after or b""
        lines = data.decode("latin-1").splitlines()
        added = "\n".join(lines[number - 1] for number in sorted(file.added) if number <= len(lines))
        for name in dict.fromkeys((*_NAMED.findall(added), *_MACRO.findall(added))):
            line = next((one.line for one in sightings_of(file.path, data, name)
                         if one.line in file.added and not one.marker), 0)
            if line:
                found.setdefault(name, LostName(name=name, file=file.path, line=line, hidden=TRUE, undefined=TRUE))
    names = sorted(found)[:_MOST_BROUGHT]
    known = analysis.files_with(0, names) if names else {}
    return tuple(found[name] for name in names if not known[name])
