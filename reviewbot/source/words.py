"""Which files contain a word: what ripgrep or git's grep are asked, and a finder of our own for bytes.

Both programs only narrow the choice; what they name is looked at again here, so that the answer does not depend on
which of them is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from reviewbot.errors import TreeError
from reviewbot.source.sandbox import TIMEOUT, Sandbox, first_error

__all__ = ["WordFinder", "candidates", "identifiers", "wanted_path"]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_STRINGS = 40
_GLOB = re.compile(r"([*?\[\]\\])")


def identifiers(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that can be identifiers of C, sorted and once each; others occur nowhere."""
    return tuple(sorted({word for word in words if _IDENTIFIER.fullmatch(word)}))


def wanted_path(path: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> bool:
    """Return whether the file lies below one of the folders (none: anywhere) and has one of the endings (none: any)."""
    if suffixes and not path.endswith(suffixes):
        return False
    return not prefixes or any(path.startswith(f"{prefix.rstrip('/')}/") or path == prefix for prefix in prefixes)


def candidates(sandbox: Sandbox, words: tuple[str, ...], place: str | Path, *, prefixes: tuple[str, ...],
               suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sorted paths of files that may contain one of the words: `git grep` on all cores.

    `place` is the id of a git tree that the sandbox sees, or a folder. What comes back must be looked at with a
    `WordFinder`. Raises TreeError when git fails.
    """
    stems = stems_of(words)
    # Plain strings cost git about 0.1 s each on a whole kernel; past some forty one regular expression is cheaper.
    how = ("-F", "\n".join(stems)) if len(stems) <= _MOST_STRINGS else ("-E", "|".join(stems))
    if isinstance(place, Path):
        named = _ripgrep(stems, place, prefixes, suffixes)
        if named is not None:
            return named
    options = ["-z", "-l", "-a", how[0], "-f", "-"]
    patterns = _pathspecs(prefixes, suffixes)
    if isinstance(place, Path):
        done = sandbox.run("grep", "--no-index", "--no-exclude-standard", *options, "--", *patterns,
                           stdin=how[1].encode() + b"\n", work_tree=place)
        cut = 0
    else:
        done = sandbox.run("grep", *options, place, "--", *patterns, stdin=how[1].encode() + b"\n")
        cut = len(place) + 1
    if done.status > 1:  # 1 is: nothing found
        raise TreeError(f"git grep failed: {first_error(done.err)}")
    paths = (os.fsdecode(line[cut:]) for line in done.out.split(b"\0") if line)
    return tuple(sorted(path for path in paths if wanted_path(path, prefixes, suffixes)))


def _ripgrep(stems: list[str], folder: Path, prefixes: tuple[str, ...],
             suffixes: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what `rg` names, None where it is not installed or fails.

    With a dozen stems it reads a whole kernel with a third of the work that git's grep needs, and an eighth of what
    it needs itself for the thirty words that they stand for.
    """
    program = shutil.which("rg")
    if program is None:
        return None
    places = [f"./{prefix.rstrip('/')}" for prefix in prefixes if (folder / prefix).exists()] if prefixes else ["./"]
    if not places:
        return ()
    globs = [part for suffix in suffixes for part in ("-g", f"*{_escaped(suffix)}")]
    try:
        done = subprocess.run(  # noqa: S603  (an argument list, never a shell)
            [program, "--no-config", "--no-ignore", "--hidden", "--no-follow", "-l", "-0", "-a", "-F", "-f", "-",
             *globs, "--", *places], input="\n".join(stems).encode() + b"\n", capture_output=True, check=False,
            timeout=TIMEOUT, cwd=folder, env={"LC_ALL": "C", "PATH": os.defpath})
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode > 1:
        return None
    paths = (os.fsdecode(line).removeprefix("./") for line in done.stdout.split(b"\0") if line)
    return tuple(sorted({path for path in paths if wanted_path(path, prefixes, suffixes)}))


def _pathspecs(prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> list[str]:
    patterns: list[str] = []
    endings = [_escaped(suffix) for suffix in suffixes or ("",)]
    for prefix in prefixes or ("",):
        folder = _escaped(prefix.rstrip("/"))
        below = f"{folder}/**/" if folder else "**/"
        patterns.extend(f":(top,glob){below}*{ending}" for ending in endings)
        if folder:
            patterns.append(f":(top,glob){folder}")
    return patterns


def _escaped(text: str) -> str:
    return _GLOB.sub(r"\\\1", text)


class WordFinder:
    """Finds any of some identifiers in the bytes of a file.

    Most files hold none of the words, so a few substrings that every word contains are looked for first: that is
    some ten times as fast as a regular expression over all words.
    """

    def __init__(self, words: tuple[str, ...]) -> None:
        """Prepare for these words; an empty tuple finds nothing."""
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        self._stems = tuple(stem.encode() for stem in stems_of(words))
        self._search: Callable[[bytes], object] = re.compile(
            rb"(?<![A-Za-z0-9_])(?:" + "|".join(longest_first).encode() + rb")(?![A-Za-z0-9_])").search

    def __call__(self, content: bytes) -> bool:
        """Return whether one of the words stands in the content as a whole identifier."""
        return any(stem in content for stem in self._stems) and self._search(content) is not None


def stems_of(words: tuple[str, ...]) -> list[str]:
    """Return few strings of which every word starts with one: `set_memory_` for `set_memory_ro`, `set_memory_x`."""
    stems: dict[str, None] = {}
    for word in words:
        cut = word.rfind("_", 3, len(word) - 1)
        stems[word[:cut + 1] if cut > 5 else word] = None
    return [stem for stem in stems if not any(stem != other and other in stem for other in stems)]


