"""Static functions of one C file: under which `#if` conditions they are defined, and used, before and after a patch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.changed_names import is_kernel_code, sightings_of, text_of, uses_in
from reviewbot.checks.configured import nest_in
from reviewbot.kconfig.sightings import SourceText
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import places_of
from reviewbot.values import dataclass

__all__ = ["Static", "is_settled", "unseen_calls", "unused_statics"]

_KEPT = regex(rb"\b(?:inline|__always_inline|__maybe_unused|__always_unused|__used|__visible)\b")
_MACRO = regex(rb"\b[A-Z_][A-Z0-9_]{2,80}[ \t]*\(([^()\n;{}]{1,300})\)")
_WORD = regex(rb"(?:^|,)[ \t]*([A-Za-z_]\w*)[ \t]*(?=,|$)")
_MOST_NAMES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A static function, the line that shows what is wrong, and the `#if` conditions under which that is new."""

    name: str
    line: int
    condition: Cond


def is_settled(file: PatchedFile) -> bool:
    """Return whether the C file is in the tree as its author has it."""
    return file.whole and file.after is not None and file.applies in {"clean", "offset", "reversed"} \
        and file.path.endswith(".c") and is_kernel_code(file.path) and bool(file.added or file.removed)


def unseen_calls(before: Tree, after: Tree, file: PatchedFile) -> Iterator[Static]:
    """Yield the static functions that code of the file calls in more cases than the file has them, by this patch."""
    for name in _names(file.path, file.after or b""):
        old, _ = _unseen(file.old_path, before.read(file.old_path) or b"", name)
        new, line = _unseen(file.path, after.read(file.path) or b"", name)
        condition = And(new, Not(old)) if new not in {FALSE, old} else FALSE
        if condition != FALSE:
            yield Static(name=name, line=line, condition=condition)


@lru_cache(maxsize=1024)
def _unseen(path: str, data: bytes, name: str) -> tuple[Cond, int]:
    """Return when a call of the name stands without a definition of the file, and the first such call."""
    places = sightings_of(path, data, name) if name.encode() in data else ()
    if not places:
        return FALSE, 0
    there = Or(*(one.condition for one in places if one.kind != "export"))
    calls = [(And(nest_in(data, use.line), Not(there)), use) for use in uses_in(path, data, name)]
    missing = [(condition, use) for condition, use in calls if condition != FALSE]
    return Or(*(condition for condition, _ in missing)), missing[0][1].line if missing else 0


@lru_cache(maxsize=64)
def _names(path: str, data: bytes) -> tuple[str, ...]:
    """Return the static functions of the file that not every configuration has."""
    found = dict.fromkeys(one.name for one in functions_of(data) if one.name and one.static)
    text = text_of(path, data)
    if not text.conditions.arms:
        return ()
    gated = [name for name in found if _may_be_gated(text, name)
             and any(one.condition.variables() for one in sightings_of(path, data, name))]
    return tuple(gated[:_MOST_NAMES])


def _may_be_gated(text: SourceText, name: str) -> bool:
    """Return whether the name stands at all where only some configurations have it."""
    return any(text.conditions.at_offset(at) != TRUE for at in places_of(name.encode(), text.text, joined_by=b"$"))


def unused_statics(file: PatchedFile) -> Iterator[Static]:
    """Yield the static functions that no code uses in some cases in which the patch leaves them defined."""
    before = {one.name: one for one in _unused(file.old_path, file.before or b"")}
    for one in _unused(file.path, file.after or b""):
        old = before[one.name].condition if one.name in before else FALSE
        condition = And(one.condition, Not(old)) if one.condition != old else FALSE
        if condition != FALSE:
            yield Static(name=one.name, line=one.line, condition=condition)


@lru_cache(maxsize=64)
def _unused(path: str, data: bytes) -> tuple[Static, ...]:
    text, found = text_of(path, data), []
    functions: dict[str, list[Function]] = {}
    for one in functions_of(data):
        functions.setdefault(one.name, []).append(one)
    for name, bodies in functions.items():
        if not name or not all(one.static for one in bodies):
            continue
        heads = (data[text.lines.start(one.span.line):text.lines.start(one.body.line + 1)] for one in bodies)
        if any(_KEPT.search(head) for head in heads):
            continue
        used = _used(text, name, bodies)
        if used is not None:
            unused = And(Or(*(one.path_condition for one in bodies)), Not(used))
            if unused != FALSE:
                found.append(Static(name=name, line=bodies[0].span.line, condition=unused))
    return tuple(found)


def _used(text: SourceText, name: str, bodies: list[Function]) -> Cond | None:
    """Return under which conditions code outside the functions names them, None where a macro does or may."""
    if _may_be_pasted(text.text, name):
        return None
    used = [FALSE]
    for at in places_of(name.encode(), text.text):
        line, begin = text.lines.line(at), text.text.rfind(b"\n", 0, at) + 1
        if any(one.span.line <= line <= one.span.end_line for one in bodies):
            continue  # its head, or a call of itself
        if re.match(rb"[ \t]*#", text.text[begin:at]) or text.continues_directive(begin):
            return None
        if not _is_declared(text.text, begin, at + len(name)):
            used.append(text.conditions.at_offset(at))
    return Or(*used)


def _may_be_pasted(text: bytes, name: str) -> bool:
    """Return whether a macro of the file is given a part of the name alone: `DEVICE_ATTR_RO(temp)` uses temp_show()."""
    words = name.split("_")
    parts = {"_".join(words[first:last]).encode() for first in range(len(words))
             for last in range(first + 1, len(words) + 1) if last - first < len(words)} - {b""}
    return not parts.isdisjoint(_given_to_macros(text))


@lru_cache(maxsize=8)
def _given_to_macros(text: bytes) -> frozenset[bytes]:
    return frozenset(word for found in _MACRO.finditer(text) for word in _WORD.findall(found[1]))


def _is_declared(text: bytes, begin: int, end: int) -> bool:
    """Return whether the name stands in a declaration: `static int name(...);` in the first column, not as an argument
    of a macro that declares something else, `static DEVICE_ATTR(temp, 0444, name, NULL);`."""
    if not text.startswith(b"static", begin) or b"(" in text[begin:end]:
        return False
    closing = text.find(b";", end)
    brace = text.find(b"{", end)
    return closing >= 0 and (brace < 0 or closing < brace) and b"=" not in text[begin:end]
