"""Functions that a series changes in one file and the tree has in another: their hunks go where the function stands.

A hunk in the wrong file is worse than none. Its function must be missing where the mail has it, stand in one other
file of the folder alone, and be neither brought nor moved by the series; there the hunk must fit the function's own
lines as they are. What is put there is told as unsure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from reviewbot.series.types import FileDiff, Hunk, Patch, Series
from reviewbot.source.alignment import FileLines, file_lines, heading_name
from reviewbot.source.apply import Workshop
from reviewbot.source.doubles import definitions
from reviewbot.source.lines import as_bytes, split_lines
from reviewbot.source.moved import beside, has_just_that, shown_functions
from reviewbot.source.placing import begins_function, hunk_of, place
from reviewbot.source.trees import tree_below
from reviewbot.source.types import PatchedFile, PatchedTree, PatchState, Tree

__all__ = ["follow_functions", "lent_words"]

_LARGEST = 1 << 20  # bytes of a file that is looked at
_MOST_HUNKS = 60  # of one series that are looked for
_SURE = 0.7
_Key = tuple[int, int, int]
"""A hunk: the number of its patch in the series, of its file in the patch, and its own there, from 0."""


def follow_functions(series: Series, patched: PatchedTree) -> tuple[Series, PatchedTree]:
    """Return the series with the hunks of functions that stand in another file under that file, and what it makes of
    the tree; both as they are where there is no such hunk."""
    if patched.base.kind == "none" or not patched.states:
        return series, patched
    tree = tree_below(patched.start)
    found = _find(series, patched, tree)
    for _ in range(2):
        if not found:
            break
        followed = replace(series, patches=tuple(
            replace(patch, files=tuple(_parted(patch, number, found))) for number, patch in enumerate(series.patches)))
        workshop = Workshop(followed, tree)
        try:
            states = workshop.states()
        finally:
            workshop.close()
        kept = {key: home for key, home in found.items() if _is_whole(states[key[0]], home)}
        if kept == found:
            return followed, replace(patched, states=tuple(
                _told(state, patch) for state, patch in zip(states, followed.patches, strict=True)))
        found = kept
    return series, patched


def _is_whole(state: PatchState, path: str) -> bool:
    """Return whether all hunks of the file have found their place at that patch."""
    return any(file.path == path and file.whole and not file.unplaced for file in state.files)


def lent_words(series: Series) -> tuple[tuple[str, str], ...]:
    """Return the path in the mails and the one in the tree of each file of which only functions were followed."""
    return tuple(dict.fromkeys((file.lent_by, file.path) for patch in series.patches for file in patch.files
                               if file.lent_by))


def _find(series: Series, patched: PatchedTree, tree: Tree) -> dict[_Key, str]:
    """Return the file of the tree in which each hunk without a place belongs, as far as there is one."""
    wanted: dict[str, list[tuple[_Key, Hunk, bytes]]] = {}
    own: frozenset[bytes] | None = None
    for key, path, hunk, before in islice(_without_place(series, patched, tree), _MOST_HUNKS):
        own = _defined_by(series) if own is None else own
        names, section = shown_functions((hunk,)), as_bytes(hunk.section)
        name = heading_name(section) if begins_function(section) else names[0] if names else b""
        if names and own.isdisjoint(names) and not before & {*names}:
            wanted.setdefault(path, []).append((key, hunk, name))
    found: dict[_Key, str] = {}
    for path, those in wanted.items():
        shelf = list(_shelf(tree, path, frozenset(name for _, _, name in those)))
        for key, hunk, name in those:
            homes = [(other, file) for other, file, defined in shelf if name in defined]
            if len(homes) == 1 and _fits(hunk, homes[0][1], name):
                found[key] = homes[0][0]
    return found


def _without_place(series: Series, patched: PatchedTree, tree: Tree
                   ) -> Iterator[tuple[_Key, str, Hunk, frozenset[bytes]]]:
    """Yield the hunks of C files without a place, each with its file and the functions that the file has then."""
    made: set[str] = set()
    for number, (patch, state) in enumerate(zip(series.patches, patched.states, strict=True)):
        for one in state.files:
            group = [(at, file) for at, file in enumerate(patch.files) if file.path == one.path]
            plain = all(file.old_path == file.new_path and not file.binary and not file.mailed_path
                        and "\r\n" not in file.raw and "\n\\ No newline" not in file.raw for _, file in group)
            if not plain or not one.path.endswith((".c", ".h")) or one.path in made:
                made.update(path for _, file in group if file.old_path != file.new_path
                            for path in (file.old_path, file.new_path) if path)
                continue
            hunks = [(at, place_in, hunk) for at, file in group for place_in, hunk in enumerate(file.hunks)]
            content = tree.read(one.path)
            lost = set(one.unplaced) if content is not None else set(range(len(hunks)))
            before = _functions_of(content) if lost and content is not None else frozenset[bytes]()
            for which, (at, place_in, hunk) in enumerate(hunks):
                if which in lost:
                    yield (number, at, place_in), one.path, hunk, before


def _functions_of(content: bytes) -> frozenset[bytes]:
    return frozenset(name for what, name, _ in definitions(file_lines(split_lines(content)).lines)
                     if what == "function")


def _defined_by(series: Series) -> frozenset[bytes]:
    """Return the functions whose head some patch adds or takes away: where these stand is the series' own doing."""
    texts = [as_bytes(line.text) for patch in series.patches for file in patch.files for hunk in file.hunks
             for line in hunk.lines if line.kind != " "]
    return frozenset(name for what, name, _ in definitions(texts) if what == "function")


def _shelf(tree: Tree, path: str, names: frozenset[bytes]) -> Iterator[tuple[str, FileLines, frozenset[bytes]]]:
    """Yield the other files of the folder that have one of the names, with their functions."""
    for other in beside(tree, path, {path}):
        content = tree.read(other)
        if content is not None and len(content) <= _LARGEST and any(name in content for name in names):
            yield other, file_lines(split_lines(content)), _functions_of(content)


def _fits(hunk: Hunk, file: FileLines, name: bytes) -> bool:
    """Return whether the hunk goes into the function as it stands there, with all that it takes away and nothing else.
    """
    lines = hunk_of(hunk)
    placed = place(lines, file)
    return placed is not None and bool(lines.blocks) and placed.how in {"exact", "context"} and placed.sure >= _SURE \
        and has_just_that(lines, placed, file) and _around(file, placed.start) in {name, b""}


def _around(file: FileLines, line: int) -> bytes:
    """Return the function whose head is the nearest above the line, empty for none."""
    for number in range(min(line, len(file.lines) - 1), -1, -1):
        if begins_function(file.lines[number]):
            return heading_name(file.lines[number])
    return b""


def _parted(patch: Patch, number: int, found: Mapping[_Key, str]) -> Iterator[FileDiff]:
    """Yield the files of the patch, those with hunks for another file in parts."""
    for at, file in enumerate(patch.files):
        homes = [found.get((number, at, place_in), file.path) for place_in in range(len(file.hunks))]
        if {*homes} <= {file.path}:
            yield file
            continue
        for home in dict.fromkeys(homes):
            hunks = tuple(hunk for hunk, its in zip(file.hunks, homes, strict=True) if its == home)
            yield replace(file, old_path=home, new_path=home, hunks=hunks, raw=_written(home, hunks),
                          old_blob="", new_blob="", lent_by=file.path if home != file.path else file.lent_by)


def _written(path: str, hunks: Sequence[Hunk]) -> str:
    """Return the part of a diff that has these hunks."""
    heads = [f"diff --git a/{path} b/{path}", f"--- a/{path}", f"+++ b/{path}"]
    lines = [line for hunk in hunks for line in (
        f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@ {hunk.section}".rstrip(),
        *(f"{one.kind}{one.text}" for one in hunk.lines))]
    return "\n".join([*heads, *lines]) + "\n"


def _told(state: PatchState, patch: Patch) -> PatchState:
    lent = {file.path: file.lent_by for file in patch.files if file.lent_by}
    said = [f"{mailed} is in part {path} in this tree" for path, mailed in lent.items()]
    files = tuple(_unsure(file, lent[file.path]) if file.path in lent else file for file in state.files)
    return replace(state, files=files, note="; ".join(part for part in (state.note, *said) if part))


def _unsure(file: PatchedFile, mailed: str) -> PatchedFile:
    """Return the file with a note, and with no certainty about what the patch put there."""
    note = "; ".join(part for part in (file.note, f"the patch has these functions in {mailed}") if part)
    lines = tuple(sorted({*file.unsure, *((line, line) for line in file.added)}))
    return replace(file, note=note, unsure=lines)
