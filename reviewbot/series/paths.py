"""File names in diffs: unquoted, without `a/` and `b/`, and never outside the tree."""

from __future__ import annotations

from reviewbot.patterns import regex

__all__ = ["DEV_NULL", "KERNEL_FOLDERS", "is_safe", "split_git_header", "stands_for_nothing", "strip_prefixes",
           "unquote"]

DEV_NULL = "/dev/null"
_PREFIX = regex(r"^(?:[abciow12]/)")
_ESCAPE = regex(r"\\([abtnvfr\"\\]|[0-3][0-7]{2})")
_LETTERS = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_QUOTED = regex(r'"((?:[^"\\]|\\.)*)"')
_TIMESTAMP = regex(r"(?:\t.*|(?<!\s)\s+\d{4}-\d\d-\d\d \d\d:\d\d.*)$")
# The epoch in any time zone, as GNU diff -N, the C library and Subversion write the side that has no file.
_EPOCH = regex(r"\s(?:1970-01-01|1969-12-31)[ T]\d\d:\d\d"
               r"|\t[A-Z][a-z]{2} (?:Jan +1|Dec 31) \d\d:\d\d:\d\d (?:1970|1969)"
               r"|\t\(revision 0\)|\t\(nonexistent\)|\t\(working copy\)\t\(nonexistent\)")
_BACKUP = regex(r"(?:\.orig|~[^/]*)$")
_LONGEST = 4096

KERNEL_FOLDERS = frozenset((
    "Documentation", "LICENSES", "arch", "block", "certs", "crypto", "drivers", "firmware", "fs", "include", "init",
    "io_uring", "ipc", "kernel", "lib", "mm", "net", "rust", "samples", "scripts", "security", "sound", "tools", "usr",
    "virt",
))
"""The folders at the top of the tree in releases 4.19 to 7.x."""


def unquote(name: str) -> str:
    """Return a file name of a `---`, `+++`, `rename` or `diff --git` line: git's C quotes and time stamps undone."""
    text = name.rstrip("\r\n")
    quoted = _QUOTED.match(text)
    if not quoted:
        return _TIMESTAMP.sub("", text).strip()
    raw = bytearray()
    last = 0
    inside = quoted.group(1)
    for found in _ESCAPE.finditer(inside):
        raw += inside[last:found.start()].encode("utf-8", "replace")
        code = found.group(1)
        raw.append(_LETTERS[code] if code in _LETTERS else int(code, 8))
        last = found.end()
    raw += inside[last:].encode("utf-8", "replace")
    return raw.decode("utf-8", "replace")


def stands_for_nothing(name: str) -> bool:
    """Return whether the name and time stamp of a `---` or `+++` line say that there is no file on that side."""
    return unquote(name) == DEV_NULL or bool(_EPOCH.search(name))


def strip_prefixes(old: str, new: str) -> tuple[str, str]:
    """Return the two names of one change as paths in the tree; /dev/null gives the empty string.

    git's prefixes (`a/`, `b/` and the mnemonic ones) go, as does the differing first folder of a plain `diff -u`
    (`linux-5.10.orig/mm/x.c`, `linux-5.10/mm/x.c`) and the suffix of a backup (`x.c~why`). Of names that lead to a
    tree somewhere else (`../linux/mm/x.c`, `/usr/src/linux/mm/x.c`) the part below the tree's top remains.
    """
    old, new = _below_top(old, new)
    if DEV_NULL not in (old, new) and not (_PREFIX.match(old) and _PREFIX.match(new)):
        head_old, _, tail_old = old.partition("/")
        head_new, _, tail_new = new.partition("/")
        if head_old != head_new and tail_new and _BACKUP.sub("", tail_old) == tail_new:
            return tail_new, tail_new
    paths = ["" if name == DEV_NULL else _PREFIX.sub("", name, count=1).removeprefix("./") for name in (old, new)]
    if paths[1] and paths[0] != paths[1] and _BACKUP.sub("", paths[0]) == paths[1]:
        paths[0] = paths[1]
    return paths[0], paths[1]


def _below_top(old: str, new: str) -> tuple[str, str]:
    """Return the names without the way to the tree, when that is plain: both then name the same file of a kernel."""
    names = [name for name in (old, new) if name != DEV_NULL]
    if not names or all(_PREFIX.match(name) or name.partition("/")[0] in KERNEL_FOLDERS for name in names):
        return old, new
    below = [_tail(name) for name in names]
    if not all(below) or len({_BACKUP.sub("", name) for name in below}) > 1:
        return old, new
    rest = iter(below)
    return (old if old == DEV_NULL else next(rest)), (new if new == DEV_NULL else next(rest))


def _tail(name: str) -> str:
    """Return the name from the first folder on that stands at a kernel's top, empty when there is none.

    A folder called after Linux is such a top; `/usr` and a home called `kernel` are none.
    """
    parts = name.split("/")
    tops = [at for at, part in enumerate(parts[:-1]) if part in KERNEL_FOLDERS and at]
    named = [at for at in tops if parts[at - 1].lower().startswith("linux")]
    return "/".join(parts[(named or tops)[0]:]) if tops else ""


def split_git_header(rest: str) -> tuple[str, str] | None:
    """Return the two names behind `diff --git `, or None when they cannot be told apart.

    Names with blanks are not quoted there; git itself relies on both being equal but for the prefix.
    """
    quoted = _QUOTED.match(rest)
    if quoted:
        return unquote(quoted.group(0)), unquote(rest[quoted.end():].strip())
    if rest.endswith('"') and ' "' in rest:
        first, _, second = rest.partition(' "')
        return first.strip(), unquote(f'"{second}')
    middle = len(rest) // 2
    if len(rest) % 2 and rest[middle] == " ":
        first, second = rest[:middle], rest[middle + 1:]
        if _PREFIX.sub("", first, count=1) == _PREFIX.sub("", second, count=1):
            return first, second
    words = rest.split()
    return (words[0], words[1]) if len(words) == 2 else None


def is_safe(path: str) -> bool:
    """Return whether the path (empty: no file on that side) stays inside the tree and outside `.git`."""
    if not path:
        return True
    if len(path) > _LONGEST or path.startswith(("/", "~")) or any(char < " " or char == "\x7f" for char in path):
        return False
    parts = path.split("/")
    return not any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)
