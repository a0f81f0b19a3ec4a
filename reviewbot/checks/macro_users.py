"""Who uses a macro of a header: whether any code calls it, also through other macros, and which kernels have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.lexer import squash_c
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import sightings_of
from reviewbot.logic import FALSE, TRUE
from reviewbot.patterns import regex

__all__ = ["header_condition", "is_called"]

_DEFINE = regex(r"# ?define (\w+)")
_COMMENT = regex(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_MOST_NAMES = 12  # macros that are looked for, each in the whole tree
_MOST = 60  # files that are looked through for one name


def is_called(analysis: Analysis, moment: int, name: str, arch: str) -> bool:
    """Return whether code of the tree at that moment that the architecture may build calls the macro; a macro calls it
    where that one is called. Yes where there is no tree to tell, or too much of it to look through."""
    config = analysis.configs[moment]
    if config.tree.kind == "none" or not config.tree.exists("Kconfig"):
        return True
    names = [name]
    for one in names:  # grows while it is gone through
        paths = [path for path in analysis.files_with(moment, (one,))[one]
                 if path.endswith((".c", ".h", ".S")) and own_arch(path) in {"", arch or own_arch(path)}]
        by = [caller for path in paths[:_MOST] for caller in _callers(path, config.tree.read(path) or b"", one)]
        names += [caller for caller in dict.fromkeys(by) if caller is not None and caller not in names]
        if None in by or len(paths) > _MOST or len(names) > _MOST_NAMES:
            return True
    return False


def _callers(path: str, data: bytes, name: str) -> Iterator[str | None]:
    """Yield the macros of a file that call the name, None for code that does."""
    call = re.compile(rf"(?<![\w.]){name} ?\(")
    own = {one.line for one in sightings_of(path, data, name)}
    for number, line in _lines(data):
        define = _DEFINE.match(line)
        if number not in own and call.search(line[define.end():] if define is not None else line):
            yield define[1] if define is not None else None


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines of a C file without comments, each directive as one, with the number of its first line."""
    bare = _COMMENT.sub(lambda hit: b"\n" * hit[0].count(b"\n"), data)
    number, rest = 0, b""
    for at, line in enumerate(bare.splitlines(), 1):
        number = number if rest else at
        rest += line.removesuffix(b"\\")
        if not line.endswith(b"\\"):
            yield number, squash_c(rest)
            rest = b""


def header_condition(analysis: Analysis, moment: int, path: str) -> str:
    """Return under which options an architecture's `asm/` header includes the one of that name in a folder below it,
    as text; empty where it always does or nothing is known of that."""
    arch, name = own_arch(path), path.rpartition("/")[2]
    start = f"arch/{arch}/include/asm/{name}"
    config = analysis.configs[moment]
    if not arch or path == start or not path.startswith(f"arch/{arch}/include/asm/") or not config.tree.exists(start):
        return ""
    found = config.simplified(config.included(start, arch).files.get(path, TRUE), arch)
    return "" if found in {TRUE, FALSE} else str(found)
