"""Which files of a series lie near the subject: what is asked of any function is asked of these."""

from __future__ import annotations

import posixpath
import re

from reviewbot.checks.bearing import is_mapping_place, is_test_place, speaks_of_mappings
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.checks.scope import EVERYWHERE
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.outline import calls_in, outlines_of
from reviewbot.patterns import regex
from reviewbot.source.matcher import strings_in
from reviewbot.source.types import PatchedFile, PatchState, Tree
from reviewbot.text import places_of

__all__ = ["is_about_mappings", "is_in_scope", "may_be_near", "names_effects", "near_files"]

_EVERYWHERE_NEAR = ("arch/", "mm/", "virt/")  # architectures, memory management and guests map memory everywhere
_MOST_FOLDERS = 12
_MOST_FILES = 24  # of a folder that name the family
_MOST_PLACES = 200  # of names in one file
_MOST_BYTES = 2_000_000
_LEVELS = 3  # of functions in one file that lead to the family
_BESIDE = regex(rb'^#[ \t]*include[ \t]+"((?:\.\./)+[\w./-]+)"', re.MULTILINE)
"""A header that is included by its path: where it does not lie above the file, the two belong together."""


def near_files(states: tuple[PatchState, ...], tree: Tree, names: frozenset[str], scope: tuple[str, ...] = ()
               ) -> frozenset[str]:
    """Return the paths of the C files that the series touches and that name the family, or lie in a folder that does,
    or include a header of such a folder beside theirs by its path.

    `scope` are folders and files besides these, or `all`. What is found in one is asked only where the code is about
    mappings (`is_about_mappings`).
    """
    found: set[str] = set()
    folders: dict[str, bool] = {}
    for state in states:
        for file in state.files:
            if not file.path.endswith((".c", ".h")) or not is_kernel_code(file.path):
                continue
            if is_in_scope(file.path, scope) or file.path.startswith(_EVERYWHERE_NEAR) or _names(file, names):
                found.add(file.path)
                continue
            for folder in _folders_of(file):
                if folder not in folders and len(folders) < _MOST_FOLDERS:
                    folders[folder] = bool(tree.search(sorted(names), prefixes=(folder,)))
                if folders.get(folder):
                    found.add(file.path)
    return frozenset(found)


def may_be_near(path: str, tree: Tree, names: frozenset[str]) -> bool:
    """Return whether a file of which nobody has seen the whole lies where others name the family."""
    folder = f"{posixpath.dirname(path)}/"
    return is_kernel_code(path) and "/uapi/" not in path and (
        path.startswith(_EVERYWHERE_NEAR) or bool(tree.search(sorted(names), prefixes=(folder,))))


def is_about_mappings(file: PatchedFile, code: tuple[str, ...], tree: Tree, names: frozenset[str],
                      leading: dict[str, frozenset[str]], scope: tuple[str, ...] = ()) -> bool:
    """Return whether what is found in a near file is within the family's reach: the file names the family or is about
    mappings as a whole, or the `code` has such words, or calls what leads to the family in a file of the folder.

    `leading` keeps the functions of each folder that do.
    """
    if is_in_scope(file.path, scope) or _names(file, names):
        return True
    if is_test_place(file.path):
        return False
    if is_mapping_place(file.path) or speaks_of_mappings(*code):
        return True
    folder = f"{posixpath.dirname(file.path)}/"
    if folder not in leading:
        leading[folder] = _leading(folder, tree, names)
    return bool(leading[folder]) and not leading[folder].isdisjoint(re.findall(r"\w+", " ".join(code)))


def _leading(folder: str, tree: Tree, names: frozenset[str]) -> frozenset[str]:
    """Return the functions of a folder's files that call the family, or come to it through functions of their file."""
    found: set[str] = set()
    for path in tree.search(sorted(names), prefixes=(folder,))[:_MOST_FILES]:
        data = tree.read(path)
        if data is None or len(data) > _MOST_BYTES:
            continue
        reached = asked = set(names)
        for _ in range(_LEVELS):
            offsets = [at for name in sorted(asked) for at in places_of(name.encode(), data)][:_MOST_PLACES]
            asked = {outline.name for outline, *_ in (outlines_of(path, data, offsets, most=1) if offsets else ())
                     if any(call.name in asked for step in outline.steps for call in calls_in(step.expr))} - reached
            reached |= asked
        found |= reached - names
    return frozenset(found)


def _folders_of(file: PatchedFile) -> list[str]:
    """Return the folder of a file, and those beside the way to it of which it includes a header by its path."""
    own = posixpath.dirname(file.path)
    beside = {posixpath.dirname(posixpath.normpath(f"{own}/{header.decode('latin-1')}"))
              for header in _BESIDE.findall(file.before or file.after or b"")}
    return [f"{own}/", *(f"{folder}/" for folder in sorted(beside) if folder and not f"{own}/".startswith(
        f"{folder}/"))]


def names_effects(file: PatchedFile) -> bool:
    """Return whether the patch changes a line of the file that names a function with an effect on memory."""
    names = {name for name, effect in known_effects().of.items() if effect.lost}
    return any(word in names for data, lines in ((file.before, file.removed), (file.after, file.added))
               if data is not None and file.path.endswith((".c", ".h")) for rows in (data.split(b"\n"),)
               for number in lines if number <= len(rows)
               for word in re.findall(r"\w+", rows[number - 1].decode("latin-1")))


def is_in_scope(path: str, scope: tuple[str, ...]) -> bool:
    """Return whether a file lies in what a user asked for besides what is near."""
    return EVERYWHERE in scope or any(path == one.rstrip("/") or path.startswith(f"{one.rstrip('/')}/")
                                      for one in scope)


def _names(file: PatchedFile, names: frozenset[str]) -> bool:
    held = strings_in(names)
    return any(content is not None and held(content) for content in (file.before, file.after))
