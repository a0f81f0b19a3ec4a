"""What earlier runs found in trees: the index in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import platformdirs

from reviewbot.cfacts.index import Index
from reviewbot.cfacts.scan import SUFFIXES, index_stamp, words_of
from reviewbot.resources import data_folder
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree
from reviewbot.source.trees import tree_below
from reviewbot.source.types import Tree
from reviewbot.source.wordshelf import Shelf

__all__ = ["api_folders", "open_index", "program_stamp", "recall_words", "remembering", "word_shelf"]

_INDEX = "index.sqlite"
_WORDS = "words"
_EXAMPLES = ("bad_", "good_")  # of rules: what a review says does not rest on them


def api_folders(more: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the folders with function families: the program's own and those of `--rules` folders."""
    folders = (data_folder("rules"), *more)
    return tuple(folder / "api" for folder in folders if (folder / "api").is_dir())


def open_index(api: tuple[Path, ...], *, wanted: bool) -> Index:
    """Return the user's index, or one that remembers nothing."""
    file = Path(platformdirs.user_cache_dir("reviewbot")) / _INDEX if wanted else None
    return Index(file, stamp=index_stamp(api), today=Index.day(time.time()))


def word_shelf() -> Shelf:
    """Return the folder in which it is written down which files of trees hold which words."""
    return Shelf(Path(platformdirs.user_cache_dir("reviewbot")) / _WORDS)


@contextmanager
def remembering(tree: Tree, index: Index) -> Iterator[None]:
    """Let the searches of the tree, or of the one below it, go through the index: what runs before found is not
    searched for again."""
    base = tree_below(tree)
    if not index.is_open or not isinstance(base, GitTree | DirectoryTree):
        yield  # an index that keeps nothing is not worth a look at every folder
        return
    answers = base.remember(index, time.time_ns(), word_shelf())
    try:
        yield
    finally:
        answers.keep()


def program_stamp(rules: tuple[Path, ...]) -> str:
    """Return an id of all that decides what a review says besides its input: the program, its rules, what it uses."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.blake2b(f"{sys.version}\0{package}\0".encode(), digest_size=16)
    libraries = Path(str(click.__file__)).parents[1]
    with os.scandir(libraries) as found:
        for name in sorted(one.name for one in found if one.name.endswith(("-info", ".py", ".so"))):
            digest.update(name.encode() + b"\0")
    for top in (package, data_folder("rules"), *rules):
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith(_EXAMPLES))
            for name in sorted(name for name in names if not name.startswith(_EXAMPLES)):
                status = os.stat(f"{folder}/{name}")  # noqa: PTH116 - a thousand times
                digest.update(f"{folder}/{name}\0{status.st_size} {status.st_mtime_ns} {status.st_ino}\0".encode(
                    "utf-8", "surrogateescape"))
    return digest.hexdigest()


def recall_words(tree: Tree, words: Iterable[str], index: Index) -> None:
    """Tell a git tree where these words stand, from what scans and reviews of the repository have found before.

    To search a revision costs git seconds; an unpacked tree is searched as quickly as it is compared.
    """
    if isinstance(tree, GitTree):
        tree.know_words(words_of(tree, words, index=index, now=time.time_ns()), SUFFIXES)
