"""Which functions a patch only gives another name: the lines that define them change in nothing but names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff, Series
from reviewbot.text import squash

__all__ = ["is_renamed", "only_names", "only_renamed", "renames_of"]

_WORD = regex(r"(?<!\w)[A-Za-z_]\w*")  # the letters of 0x10 are none
_HEAD = regex(r"[A-Za-z_][\w\s*]*\b\w+\((?!.*;\s*$)")
_ASIDE = regex(r"^\s*(?:/?\*|//|$)")


def is_renamed(series: Series, patch: int, old: str, new: str) -> bool:
    """Return whether a patch up to this one gives the function `old` the name `new` where it is defined: names are all
    that its file's code changes in, each into one other, or all that the whole function does."""
    return any((_names(diff).get(old) == new and _defines(diff, new)) or _gives_name(diff, old, new)
               for one in series.patches if one.index <= patch
               for diff in one.files if f"{new}(" in diff.raw and f"{old}(" in diff.raw)


def only_names(series: Series, patch: int, path: str) -> bool:
    """Return whether the patch changes nothing in the file but names of functions that it or one before it renames."""
    diffs = [diff for one in series.patches if one.index == patch for diff in one.files if diff.new_path == path]
    names = [_names(diff) for diff in diffs]
    return bool(diffs) and all(names) and all(is_renamed(series, patch, old, new) for found in names
                                              for old, new in found.items())


def renames_of(series: Series, is_there: Callable[[tuple[str, ...]], bool]) -> tuple[tuple[str, str], ...]:
    """Return which names the series gives others where that is all it does to code: each into one new name, which no
    line had before and the series defines, in C alone; empty where it does more or less. `is_there` tells whether the
    tree has one of some names.
    """
    diffs = [diff for patch in series.patches for diff in patch.files]
    names: dict[str, str] = {}
    for diff in diffs:
        own = _names(diff)
        if not diff.new_path.endswith((".c", ".h")) or diff.old_path != diff.new_path or not own \
                or any(names.get(old, new) != new for old, new in own.items()):
            return ()
        names |= own
    was = {word for diff in diffs for hunk in diff.hunks for line in hunk.lines if line.kind != "+"
           for word in _WORD.findall(line.text)}
    fresh = tuple(sorted(set(names.values())))
    if not fresh or series.missing or len(fresh) != len(names) or was & set(fresh) or any(
            not any(_defines(diff, new) or _sets_up(diff, new) for diff in diffs) for new in fresh):
        return ()
    return tuple(names.items()) if not is_there(fresh) else ()


def _sets_up(diff: FileDiff, name: str) -> bool:
    """Return whether an added line outside of functions defines a variable of that name."""
    made = re.compile(rf"(?!extern\b)(?:DEFINE\w*\( ?|[A-Za-z_][\w\s*]*\b){name}\b(?!\()")
    return any(line.kind == "+" and made.match(line.text) for hunk in diff.hunks for line in hunk.lines)


def only_renamed(series: Series, patch: int, before: str, after: str) -> bool:
    """Return whether two texts differ in nothing but names of functions that a patch up to this one renames."""
    pairs = zip(_WORD.findall(before), _WORD.findall(after), strict=False)
    return _WORD.sub("_", before) == _WORD.sub("_", after) and all(
        is_renamed(series, patch, old, new) for old, new in dict.fromkeys(pairs) if old != new)


def _defines(diff: FileDiff, name: str) -> bool:
    """Return whether an added line begins the definition of the function, as kernel code is written."""
    head = re.compile(rf"[A-Za-z_][\w\s*]*\b{name}\((?!.*;\s*$)")
    return any(line.kind == "+" and head.match(line.text) for hunk in diff.hunks for line in hunk.lines)


def _gives_name(diff: FileDiff, old: str, new: str) -> bool:
    """Return whether a hunk shows the whole of a function in which nothing but its own name is another one."""
    for hunk in diff.hunks:
        for number, (one, other) in enumerate(zip(hunk.lines, hunk.lines[1:], strict=False)):
            if (one.kind, other.kind) == ("-", "+") and _HEAD.match(one.text) and f"{old}(" in one.text \
                    and squash(re.sub(rf"\b{old}\(", f"{new}(", one.text)) == squash(other.text):
                body = iter(hunk.lines[number + 2:])
                end = next((line for line in body if line.kind != " " or line.text.startswith("}")), None)
                if end is not None and end.kind == " ":
                    return True
    return False


def _names(diff: FileDiff) -> Mapping[str, str]:
    """Return which names give way to which others, empty where code changes in more than that."""
    found: dict[str, str] = {}
    for before, after in _changes(diff):
        if _WORD.sub("_", before) != _WORD.sub("_", after):
            return {}
        for one, other in zip(_WORD.findall(before), _WORD.findall(after), strict=True):
            if found.setdefault(one, other) != other:
                return {}
    changed = {one: other for one, other in found.items() if one != other}
    return changed if len(set(changed.values())) == len(changed) and not set(changed.values()) & set(found) else {}


def _changes(diff: FileDiff) -> Iterator[tuple[str, str]]:
    """Yield the code of each change, before and after, without comments and blanks."""
    for hunk in diff.hunks:
        sides: tuple[list[str], list[str]] = ([], [])
        for line in (*hunk.lines, None):
            if line is None or line.kind == " ":
                yield _code(sides[0]), _code(sides[1])
                sides = ([], [])
            else:
                sides[line.kind == "+"].append(line.text)


def _code(lines: Sequence[str]) -> str:
    return squash(" ".join(line for line in lines if not _ASIDE.match(line))).replace(" ", "\0")
