"""Events out of hunks: memory that is mapped with another of the kernel's own protections than before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.arches import own_arch
from reviewbot.checks.hunked import placed_line
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event, EventKind
from reviewbot.review.page.reader import Reader
from reviewbot.series.types import DiffLine, FileDiff, Hunk
from reviewbot.source import tree_below
from reviewbot.text import decode, squash
from reviewbot.values import dataclass

__all__ = ["other_protections"]

_HEAD = regex(r"[A-Za-z_][^;={}]*?\b(\w+)\s*\(")
_BODY = regex(r"\{(.*?)^\}", re.DOTALL | re.MULTILINE)


def other_protections(reader: Reader) -> Iterator[Event]:
    """Yield the functions in which a patch puts one protection in the place of another and changes nothing else there.

    What the tree's function has already is no news.
    """
    for patch in reader.analysis.series.patches:
        if patch.index not in reader.positions or (reader.patches is not None and patch.index not in reader.patches):
            continue
        for diff in patch.files:
            if diff.new_path.endswith((".c", ".h")) and own_arch(diff.new_path) in {"", *reader.analysis.arches}:
                yield from _of_file(reader, patch.index, diff)


def _of_file(reader: Reader, patch: int, diff: FileDiff) -> Iterator[Event]:
    known = reader.rules.protections
    for hunk in diff.hunks:
        for line, name, old, new in _swaps(hunk, frozenset(known)):
            (wrote, ran), (writes, runs) = known[old], known[new]
            elsewhere = _given_elsewhere(reader, patch, name, line, old)
            changes = [word for word, before, now in (("executable", ran, runs), ("writable", wrote, writes))
                       if before and not now]
            gains = [word for word, before, now in (("executable", ran, runs), ("writable", wrote, writes))
                     if now and not before]
            said = " and ".join([f"no longer {' or '.join(changes)}"] * bool(changes)
                                + [f"now {' and '.join(gains)}"] * bool(gains))
            gist = f"what {name}() maps is {said} ({new} in place of {old})"
            if elsewhere:  # whether that is the same memory, its lines alone do not say
                also = _say_elsewhere(reader, patch, elsewhere[0])
                gist = f"{name}() maps with {new} in place of {old}, {also}"
            kind: EventKind = "had" if _is_there(reader, diff.old_path, name, old, new) else "protection"
            arch = own_arch(diff.new_path)
            arches = (arch,) if arch else tuple(one for one in reader.analysis.arches
                                                if not reader.analysis.never_builds(diff.new_path, one))
            yield Event(
                kind=kind, key=("protection", str(patch), diff.new_path, name, new), verdict="different",
                arch=arches, config="", reason="", patch=patch,
                gist=gist, file=diff.new_path, line=_placed(reader, patch, diff.new_path, line),
                functions=(name,), symbols=frozenset(), consequence="changed", reach="distribution",
                certainty=reader.certainty(patch, diff.new_path), because=())


def _placed(reader: Reader, patch: int, path: str, line: int) -> int:
    file = reader.file(patch, path)
    return placed_line(reader.analysis.series, patch, file, line) if file is not None else line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Elsewhere:
    """A new line that names the protection `word`: in a `function` (`""`: not known) that may be `new`, and where the
    patch takes the same line away from (`""`: nowhere)."""

    function: str
    word: str
    path: str
    line: int
    new: bool
    taken_from: str


def _say_elsewhere(reader: Reader, patch: int, one: _Elsewhere) -> str:
    at = _placed(reader, patch, one.path, one.line)
    where = f" ({one.path}:{at})" if at else ""
    if not one.function:
        return f"and the patch maps with {one.word} elsewhere{where}"
    name = f"{'the new ' if one.new else ''}{one.function}(){where}"
    if one.taken_from:
        return f"while {name} takes over {one.word} from {one.taken_from}()"
    return f"and {name} {'maps' if one.new else 'now maps'} with {one.word}"


def _given_elsewhere(reader: Reader, patch: int, name: str, swapped: int, old: str) -> list[_Elsewhere]:
    """Return where the patch's new lines beside the one that swaps `old` in the function `name` give a protection that
    gives all that `old` did, by function."""
    known = reader.rules.protections
    enough = {name for name, gives in known.items() if all(new or not was for was, new in zip(known[old], gives,
                                                                                            strict=True))}
    diffs = [diff for one in reader.analysis.series.patches if one.index == patch for diff in one.files]
    lines = [(diff.new_path, function, line) for diff in diffs for hunk in diff.hunks
             for function, line in _inside(hunk)]
    gone = {squash(line.text): function for _, function, line in lines
            if line.kind == "-" and function and function != name}
    begun = {function for _, function, line in lines if line.kind == "+" and (head := _HEAD.match(line.text))
             and head[1] == function and not line.text.rstrip().endswith(";")}
    found = {(function, word): _Elsewhere(
        function=function, word=word, path=path, line=line.new_line or 0, new=function in begun,
        taken_from=source if (source := gone.get(squash(line.text), "")) != function else "")
        for path, function, line in reversed(lines) if line.kind == "+" and line.new_line != swapped
        for word in re.findall(r"\w+", line.text) if word in enough}
    return [found[key] for key in sorted(found)]


def _inside(hunk: Hunk) -> Iterator[tuple[str, DiffLine]]:
    """Yield the hunk's lines, each with the function that it stands in."""
    match = _HEAD.match(hunk.section)
    function = match[1] if match else ""
    for line in hunk.lines:
        if (head := _HEAD.match(line.text)) and not line.text.rstrip().endswith(";"):
            function = head[1]
        yield function, line
        if line.text.startswith("}"):
            function = ""


def _swaps(hunk: Hunk, known: frozenset[str]) -> Iterator[tuple[int, str, str, str]]:
    """Yield (line, function, protection before, protection after) for each block of the hunk that swaps just that."""
    match = _HEAD.match(hunk.section)
    function, removed, added, at = match[1] if match else "", list[str](), list[str](), 0
    for line in (*hunk.lines, None):
        if line is not None and line.kind == "-":
            removed.append(line.text)
        elif line is not None and line.kind == "+":
            at = at if added else line.new_line or 0
            added.append(line.text)
        else:
            swap = _swap(" ".join(removed), " ".join(added), known)
            if swap and function:
                yield at, function, *swap
            removed, added = [], []
            if line is not None and (head := _HEAD.match(line.text)) and not line.text.rstrip().endswith(";"):
                function = head[1]
            elif line is not None and line.text.startswith("}"):
                function = ""


def _swap(before: str, after: str, known: frozenset[str]) -> tuple[str, str] | None:
    old, new = ({word for word in re.findall(r"\w+", text) if word in known} for text in (before, after))
    if len(old) != 1 or len(new) != 1 or old == new:
        return None
    one, other = min(old), min(new)
    return (one, other) if squash(re.sub(rf"\b{one}\b", other, before)) == squash(after) else None


def _is_there(reader: Reader, path: str, function: str, old: str, new: str) -> bool:
    """Return whether the tree's function has the new protection, and the old one no more."""
    start = reader.analysis.patched.start if reader.analysis.patched.states else None
    data = tree_below(start).read(path) if start is not None else None
    for found in re.finditer(rf"^[A-Za-z_][^;{{}}]*\b{function}\s*\([^;{{}}]*\)\s*", decode(data or b""), re.MULTILINE):
        body = _BODY.match(decode(data or b""), found.end())
        words = set(re.findall(r"\w+", body[1])) if body else set()
        if new in words and old not in words:
            return True
    return False
