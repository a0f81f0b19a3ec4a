"""Files that a series changes and the tree has under another name: found by what stands in them, and followed.

A wrong file is worse than none: most hunks must fit one file that defines what they show, and no other such file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff, Hunk, Series
from reviewbot.source.alignment import FileLines, file_lines, heading_name, key_of
from reviewbot.source.apply import Workshop
from reviewbot.source.doubles import definitions
from reviewbot.source.lines import as_bytes, split_lines
from reviewbot.source.placing import Lines, Placement, begins_function, hunk_of, place, reversed_hunk
from reviewbot.source.standing import stands
from reviewbot.source.trees import tree_below
from reviewbot.source.types import PatchedTree, PatchState, Tree

__all__ = ["beside", "follow_moved", "has_just_that", "moved_words", "names_looked_for", "shown_functions"]

_MOST_PATHS = 12  # of one series that are looked for
_MOST_NAMES = 6  # that one file is looked for by
_MOST_FOUND = 400  # files with one of the names: more, and the names say nothing
_MOST_TRIED = 6  # files on which the hunks of one are tried
_MOST_BESIDE = 300  # files of the same folder
_LARGEST = 1 << 20  # bytes of a file that is looked at
_HALF = 0.5  # of the names must stand in the file
_MOST_OF = 2 / 3  # of the hunks must fit it, and of the functions that they show be there
_SURE = 0.7
_TELLS = 6.0  # weight of lines that a file without functions must share
_WORD = regex(rb"[A-Za-z_]\w{5,}")
_PLAIN = frozenset({b"return", b"static", b"struct", b"unsigned", b"sizeof", b"inline", b"extern", b"define",
                    b"include", b"switch", b"typedef", b"__init", b"ifndef", b"volatile", b"default", b"continue"})


def follow_moved(series: Series, patched: PatchedTree) -> tuple[Series, PatchedTree]:
    """Return the series with its files under the names that the tree has them by, and what it makes of the tree; both
    as they are where there is no such file."""
    if patched.base.kind == "none" or not patched.states:
        return series, patched
    tree = tree_below(patched.start)
    moved = _find(series, tree)
    if not moved:
        return series, patched
    followed = replace(series, patches=tuple(
        replace(patch, files=tuple(_renamed(file, moved) for file in patch.files)) for patch in series.patches))
    workshop = Workshop(followed, tree)
    try:
        states = workshop.states()
    finally:
        workshop.close()
    ways = {new: old for old, new in moved.items()}
    return followed, replace(patched, states=tuple(_told(state, ways) for state in states))


def names_looked_for(series: Series, tree: Tree) -> Iterator[str]:
    """Yield the names by which the tree may be searched for files that the series changes and it lacks."""
    for hunks in _lacking(series, tree).values():
        yield from _names(hunks, _shown(hunks))


def moved_words(series: Series) -> tuple[tuple[str, str], ...]:
    """Return the path in the mails and the one in the tree of each file that was followed, in their order."""
    return tuple(dict.fromkeys((file.mailed_path, file.path) for patch in series.patches for file in patch.files
                               if file.mailed_path))


def _renamed(file: FileDiff, moved: Mapping[str, str]) -> FileDiff:
    new = moved.get(file.path)
    if new is None:
        return file
    return replace(file, old_path=new, new_path=new if file.new_path else "", mailed_path=file.path)


def _told(state: PatchState, ways: Mapping[str, str]) -> PatchState:
    said = [f"{ways[file.path]} is {file.path} in this tree" for file in state.files if file.path in ways]
    files = tuple(replace(file, note="; ".join(part for part in (
        file.note, f"the patch names it {ways[file.path]}") if part)) if file.path in ways else file
        for file in state.files)
    return replace(state, files=files, note="; ".join(part for part in (state.note, *said) if part))


def _find(series: Series, tree: Tree) -> dict[str, str]:
    """Return where the tree has files that it lacks under the names that the patches change them by."""
    lacking = _lacking(series, tree)
    if not lacking:
        return {}
    names = {path: _names(hunks, _shown(hunks)) for path, hunks in lacking.items()}
    touched = {path for patch in series.patches for file in patch.files for path in (file.old_path, file.new_path)}
    found: dict[str, str] = {}
    for path in list(lacking):
        one = _one(lacking[path], names[path], beside(tree, path, touched), tree)
        if one:
            found[path] = one
    left = [path for path in lacking if path not in found and names[path]]
    words = tuple(dict.fromkeys(name for path in left for name in names[path]))
    there = [path for path in tree.search(words) if path not in touched] if words else []
    for path in left if len(there) <= _MOST_FOUND * len(left) else []:
        one = _one(lacking[path], names[path], _like(there, path), tree)
        if one:
            found[path] = one
    homes = list(found.values())
    return {path: new for path, new in found.items() if homes.count(new) == 1}


def _shown(hunks: Iterable[Hunk]) -> list[bytes]:
    """Return the lines of the old side of hunks, and what they say that they are in."""
    every = [*hunks]
    return [as_bytes(line.text) for hunk in every for line in hunk.lines if line.kind != "+"] + [
        as_bytes(hunk.section) for hunk in every]


def _lacking(series: Series, tree: Tree) -> dict[str, tuple[Hunk, ...]]:
    """Return the hunks of the first patch that changes it for each file of C that the tree lacks and no patch makes."""
    made: set[str] = set()
    found: dict[str, tuple[Hunk, ...]] = {}
    for patch in series.patches:
        for file in patch.files:
            if file.old_path != file.path:
                made.update(path for path in (file.old_path, file.new_path) if path)
            elif file.path not in found and not file.binary and file.path.endswith((".c", ".h")):
                found[file.path] = file.hunks
    lacking = {path: hunks for path, hunks in found.items() if hunks and path not in made and tree.read(path) is None}
    return dict(list(lacking.items())[:_MOST_PATHS])


def _names(hunks: Sequence[Hunk], lines: Sequence[bytes]) -> tuple[str, ...]:
    """Return what the file is looked for by: the functions that its hunks show, then the longest names."""
    longest = sorted({word for line in lines for word in _WORD.findall(line)} - _PLAIN,
                     key=lambda word: (-len(word), word))
    return tuple(dict.fromkeys(name.decode("ascii", "replace") for name in (*shown_functions(hunks), *longest)
                               if _WORD.fullmatch(name)))[:_MOST_NAMES]


def shown_functions(hunks: Iterable[Hunk]) -> tuple[bytes, ...]:
    """Return the functions that the old side of the hunks shows or names."""
    found: dict[bytes, None] = {}
    for hunk in hunks:
        section = as_bytes(hunk.section)
        if begins_function(section):
            found[heading_name(section)] = None
        texts = [as_bytes(line.text) for line in hunk.lines if line.kind != "+"]
        found.update((name, None) for what, name, _ in definitions(texts) if what == "function")
    return tuple(name for name in found if len(name) > 1)


def beside(tree: Tree, path: str, touched: set[str]) -> Iterator[str]:
    """Yield the files of the same folder and ending."""
    folder, _, name = path.rpartition("/")
    if not tree.exists(folder):
        return
    beside = [one for one in tree.list_folder(folder) if one.endswith(name[-2:])]
    if len(beside) <= _MOST_BESIDE:
        yield from (one for one in (f"{folder}/{other}" for other in beside) if one not in touched)


def _like(there: Iterable[str], path: str) -> list[str]:
    """Return the files that may be the one by their kind and architecture, those of the same stem first."""
    own, stem = _arch(path), path.rpartition("/")[2]
    return sorted((one for one in there if one.endswith(path[-2:]) and (not own or _arch(one) in {"", own})),
                  key=lambda one: (one.rpartition("/")[2] != stem, one))


def _arch(path: str) -> str:
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "arch" else ""


def _one(hunks: Sequence[Hunk], names: Sequence[str], candidates: Iterable[str], tree: Tree) -> str:
    """Return the one candidate that has what the hunks show, empty where there is none or more than one."""
    ranked = []
    for number, candidate in enumerate(candidates):
        content = tree.read(candidate)
        if content is None or len(content) > _LARGEST:
            continue
        words = set(_WORD.findall(content))
        count = sum(name.encode() in words for name in names)
        if count >= _HALF * len(names) and count:
            ranked.append((-count, number, candidate, content))
    ranked.sort(key=lambda one: one[:2])
    good = [candidate for _, _, candidate, content in ranked[:_MOST_TRIED] if _fits(hunks, content)]
    return good[0] if len(good) == 1 else ""


def _fits(hunks: Sequence[Hunk], content: bytes) -> bool:
    """Return whether most of the hunks go into the file, or are there already, and most of the functions are its own.
    """
    file = file_lines(split_lines(content))
    functions = shown_functions(hunks)
    own = {name for what, name, _ in definitions(file.lines) if what == "function"}
    if functions and sum(name in own for name in functions) < _MOST_OF * len(functions):
        return False
    closely = likely = 0
    weight = 0.0
    for hunk in hunks:
        lines = hunk_of(hunk)
        placed = place(lines, file) or stands(lines, file) or place(reversed_hunk(lines), file)
        if placed is None or not lines.blocks or placed.sure < _SURE or not has_just_that(lines, placed, file):
            continue
        likely += 1
        if placed.how in {"exact", "context"}:
            closely += 1
            weight += sum(file.weight(key_of(line)) for line in lines.old if key_of(line) in file.positions)
    enough = bool(functions) or weight >= _TELLS
    return enough and closely > 0 and likely >= _MOST_OF * len(hunks) and (len(hunks) > 1 or weight >= _TELLS / 3)


def has_just_that(hunk: Lines, placed: Placement, file: FileLines) -> bool:
    """Return whether the file has in these places just what the hunk takes, or what it brings, in what it names."""
    section = as_bytes(hunk.section)
    if file.span(section) is not None and file.within(placed.start, section) is False:
        return False
    there = [key for edit in placed.edits for key in file.keys[edit.start:edit.stop]]
    return any(there == [key_of(line) for block in side.blocks for line in block.removed]
               for side in (hunk, reversed_hunk(hunk)))
