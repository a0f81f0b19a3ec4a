"""What a patch changes that reaches the family, or that the family's callers ask, in files that it does not touch."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from reviewbot.cfacts import functions_with, squash_c
from reviewbot.cfacts.conditions import condition_at
from reviewbot.cfacts.lexer import blank, same_code
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.definitions import certain_symbols
from reviewbot.checks.reading import code_of, touches
from reviewbot.logic import TRUE, Cond, Ternary
from reviewbot.patterns import regex
from reviewbot.review.asked_constants import answers_as_before
from reviewbot.review.leading import Reached
from reviewbot.review.moved_bodies import moved_into
from reviewbot.review.pairs import all_functions, leading_to
from reviewbot.review.starts import same_but_starts
from reviewbot.source.matcher import matcher_for
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["How", "Spot", "callers_in", "changes_no_code", "outside", "seen_from", "without_comments"]

_CALLED = regex(r"(?<![\w.>])([A-Za-z_]\w{3,})\s*\(")
_COMES_BACK = regex(r"\b(?:for|while|do|goto|\w*for_each\w*)\b")
_COMMENT = regex(rb'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)')
_ASKED = regex(r"(?<=[=(!&|,?:<>+*/-])\s*([A-Za-z_]\w*)\s*\(|\breturn\s+([A-Za-z_]\w*)\s*\(")
"""A call whose value goes somewhere: a statement that only calls has no say about what stands beside it."""

_NO_CALLS = frozenset({"return", "sizeof", "typeof", "switch", "while", "likely", "unlikely", "defined", "WARN_ON",
                       "WARN_ON_ONCE", "BUG_ON", "IS_ENABLED", "printk", "pr_err", "pr_info", "pr_warn"})
_MOST_NAMES = 300
_MOST_LEADING = 24  # functions of an untouched file that come to the family
_HEAD = regex(r"^[A-Za-z_][^;\n{}=]*?\b([A-Za-z_]\w*)[ \t]*\(", re.MULTILINE)

How = Literal["changes", "adds", "removes"]
"""What a patch does to something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a name stands; `static`: only its own file can mean it. `how`: the patch changes, adds or removes it."""

    file: str
    line: int
    static: bool = False
    how: How = "changes"


def changes_no_code(file: PatchedFile) -> bool:
    """Return whether the patch changes only comments and blanks of the file."""
    return file.before is not None and file.after is not None and file.applies != "failed" \
        and same_code(file.before, file.after)


def outside(analysis: Analysis, position: int, *, everywhere: bool) -> Iterator[tuple[str, int, str, How, bool]]:
    """Yield (file, line, what, how, quiet) for each changed call of a helper that calls the family and is not followed,
    and for each changed function that callers of the family use: what these come to is not known. `quiet` are the
    calls that lead to the family over more than one function: only the proof that nothing changes waits for them.

    That is looked for in the files of the patch, or `everywhere` in the tree.
    """
    calls, changed = _changed(analysis, position)
    names = tuple(sorted({*calls, *changed}))[:_MOST_NAMES]
    if not names or analysis.patched.base.kind == "none":
        return
    core = analysis.family.names("core")
    touched = {path for file in analysis.patched.states[position].files for path in (file.path, file.old_path)}
    found = matcher_for(names)
    followed = analysis.before(position).wrappers.keys() | analysis.after(position).wrappers.keys()
    paths = set(touched)
    if everywhere:
        paths |= {path for those in analysis.files_with(position + 1, core).values() for path in those}
    holes = {file.path for file in analysis.patched.states[position].files if file.applies in {"fragment", "failed"}}
    arches = {"", *analysis.arches}
    before = {file.path: frozenset(one.name for one in all_functions(file.before or b""))
              for file in analysis.patched.states[position].files if file.path not in holes}
    for path in sorted(path for path in paths - holes if own_arch(path) in arches):
        data = analysis.after(position).tree.read(path) if path.endswith(".c") else None
        hits = {names[number] for number in found(data)} if data else set()
        used = {name: spot for name in hits & changed.keys()
                if (spot := seen_from(path, changed[name])) and own_arch(spot.file) in arches
                and not _has_its_own(analysis, position, path, spot.file, name)}
        made = (hits & calls.keys() & _heads(data)) - followed if data else frozenset()
        made = made if path in touched or not made or not data else made & _for_others(data)
        direct = callers_in(data, core) if data and (used or made) else ()
        holders = frozenset(one for one, _ in direct)
        fresh = {one for one, _ in direct} - before.get(path, frozenset()) if path in before else frozenset[str]()
        leading = leading_to(data, holders) if data and made else frozenset()
        # What a page allocator does by the way its callers do not ask for.
        for name in sorted((made - holders) & leading) if path in touched or len(leading) <= _MOST_LEADING else ():
            yield calls[name].file, calls[name].line, Reached(name, path, direct=False).said(), "changes", True
        for name, callees in direct:
            for one in sorted((used.keys() & set(callees)) - {name}):
                if data is None or not _can_mean(analysis, position, path, data, name, one, used[one].file) \
                        or answers_as_before(analysis, position, data, name, one, used[one].file) \
                        or (used[one].how == "adds" and used[one].file == path and name in fresh):
                    continue  # what is new in a new function is seen where that is
                yield used[one].file, used[one].line, f"{one}(), which {name}() uses beside the family's calls", \
                    used[one].how, False
            if name in made:
                yield calls[name].file, calls[name].line, Reached(name, path, direct=True).said(), "changes", False


@lru_cache(maxsize=64)
def _for_others(data: bytes) -> frozenset[str]:
    """Return the functions that a file has for others: its static ones are called there alone."""
    return frozenset(one.name for one in all_functions(data) if not one.static)


@lru_cache(maxsize=512)
def _heads(data: bytes) -> frozenset[str]:
    return frozenset(_HEAD.findall(data.decode("latin-1")))


@lru_cache(maxsize=256)
def callers_in(data: bytes, core: frozenset[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the functions of a file that call the family, each with what it asks before it does: the functions whose
    value it uses, up to the last call of the family, or anywhere when the code may come back."""
    lines = data.decode("latin-1").split("\n")
    found = []
    for one in functions_with(data, core):
        if one.name and core & set(one.calls_all):
            # Where hunks of two times meet, a body may lack its end and seem to hold the functions behind it.
            end = next((number for number in range(one.body.line, one.body.end_line)
                        if lines[number].startswith("}")), one.body.end_line - 1)
            code = squash_c("\n".join(lines[one.body.line - 1:end + 1]).encode("latin-1"))
            last = max((hit.start() for hit in _CALLED.finditer(code) if hit[1] in core), default=-1)
            if last < 0:
                continue
            ahead = code if _COMES_BACK.search(code) else code[:_end_of(code, last)]
            asked = {hit[1] or hit[2] for hit in _ASKED.finditer(ahead)}
            found.append((one.name, tuple(name for name in one.calls_all if name in asked)))
    return tuple(found)


def _end_of(code: str, start: int) -> int:
    """Return where the statement ends that begins at or before this offset."""
    end = code.find(";", start)
    return len(code) if end < 0 else end


def _has_its_own(analysis: Analysis, position: int, path: str, header: str, name: str) -> bool:
    """Return whether the architecture of a file has a header of the same name that defines the function itself."""
    mine = own_arch(path)
    if not mine or own_arch(header) or not header.startswith("include/"):
        return False
    twin = analysis.after(position).tree.read(f"arch/{mine}/include/asm/{header.rpartition('/')[2]}")
    return twin is not None and re.search(rb"\b%s\b" % re.escape(name.encode()), twin) is not None


def _can_mean(analysis: Analysis, position: int, path: str, data: bytes, user: str, name: str, definer: str) -> bool:
    """Return whether, on some architecture that builds the file, the user's call gets the definition of the header, or
    that of a file of one architecture."""
    if path == definer or not (definer.endswith(".h") or own_arch(definer)):
        return True
    mine = own_arch(definer) or own_arch(path)
    lines = _lines_of_calls(data, user, name)
    side = analysis.after(position)
    return any(not analysis.never_builds(path, arch)
               and not _has_its_own(analysis, position, f"arch/{arch}/", definer, name)
               and any(cond.evaluate(certain_symbols(analysis, side, arch)) is not Ternary.NO for cond in lines)
               for arch in ((mine,) if mine else analysis.arches))


def _lines_of_calls(data: bytes, user: str, name: str) -> tuple[Cond, ...]:
    """Return under which `#if` a function names another, for each line that does; one without a condition if none."""
    lines = data.decode("latin-1").split("\n")
    found = re.compile(rf"\b{re.escape(name)}\s*\(")
    bodies = [one.body for one in functions_with(data, frozenset({name})) if one.name == user]
    return tuple(condition_at(data, number) for body in bodies
                 for number in range(body.line, min(body.end_line, len(lines)) + 1) if found.search(lines[number - 1])
                 ) or (TRUE,)


def seen_from(path: str, spots: list[Spot]) -> Spot | None:
    """Return the changed function that a file can mean: its own, or one that is not another architecture's."""
    mine = own_arch(path)
    return next((spot for spot in spots if spot.file == path or not (spot.static or (
        mine and own_arch(spot.file) not in {"", mine}))), None)


def _changed(analysis: Analysis, position: int) -> tuple[dict[str, Spot], dict[str, list[Spot]]]:
    """Return the names called on changed lines, and the functions that the patch changes, each with its places."""
    calls: dict[str, Spot] = {}
    count: Counter[tuple[str, bool]] = Counter()
    changed: dict[str, list[Spot]] = {}
    read = {content: all_functions(content) for file in analysis.patched.states[position].files
            if file.path.endswith((".c", ".h")) for content in (file.before or b"", file.after or b"")}
    functions = _by_name(analysis.patched.states[position].files, read)
    for file in analysis.patched.states[position].files:
        if not file.path.endswith((".c", ".h")) or changes_no_code(file):
            continue
        for new, content, lines in ((False, file.before, file.removed), (True, file.after, file.added)):
            text = without_comments(content or b"").splitlines()
            for number in sorted(lines):
                for name in _CALLED.findall(text[number - 1]) if number <= len(text) else ():
                    calls.setdefault(name, Spot(file=file.path, line=number))
                    count[name, new] += 1
        now = {one.name: one for one in read[file.after or b""]}
        was = {one.name: one for one in read[file.before or b""]}
        for name, function in now.items():
            if name and touches(file, function) and not _same(functions[False][name], functions[True][name]) and (
                    not same_but_starts(analysis, position, file, was[name], function)
                    and moved_into(file, was[name], function) is None if name in was
                    else not _stands(file.after, function, functions[False][name])):
                changed.setdefault(name, []).append(Spot(
                    file=file.path, line=function.span.line, static=function.static and file.path.endswith(".c"),
                    how="changes" if functions[False][name] else "adds"))
        for name, function in was.items():
            if name and name not in now and not _stands(file.before, function, functions[True][name]):
                changed.setdefault(name, []).append(Spot(
                    file=file.path, line=min(file.removed, default=0),
                    static=function.static and file.path.endswith(".c"),
                    how="changes" if functions[True][name] else "removes"))
    family = analysis.family.names() | _NO_CALLS
    return ({name: place for name, place in calls.items()
             if name not in family and (count[name, False] != count[name, True] or name in changed)},
            {name: places for name, places in changed.items() if name not in family})


def _by_name(files: Sequence[PatchedFile], read: Mapping[bytes, tuple[Function, ...]]
             ) -> dict[bool, defaultdict[str, list[tuple[bytes, Function]]]]:
    """Return the functions of each name before (False) and after the patch, in all of its files, with their texts.

    `read` are the functions of each text.
    """
    found: dict[bool, defaultdict[str, list[tuple[bytes, Function]]]] = {
        side: defaultdict(list) for side in (False, True)}
    for file in files:
        if file.path.endswith((".c", ".h")):
            for new, content in ((False, file.before), (True, file.after)):
                for one in read[content or b""]:
                    found[new][one.name].append((content or b"", one))
    return found


def _same(before: list[tuple[bytes, Function]], after: list[tuple[bytes, Function]]) -> bool:
    """Return whether functions of one name are made of the same before and after the patch.

    Such a function only moved, or comments alone changed in it.
    """
    return Counter(code_of(*one) for one in before) == Counter(code_of(*one) for one in after)


def _stands(content: bytes | None, function: Function, others: list[tuple[bytes, Function]]) -> bool:
    """Return whether one of the others is made of the same: the function came from there, or went there."""
    code = code_of(content, function)
    return any(code_of(*one) == code for one in others)


@lru_cache(maxsize=64)
def without_comments(content: bytes) -> str:
    """Return the text with comments blanked, line for line."""
    return decode(_COMMENT.sub(lambda hit: hit[0] if hit[0][:1] in b"\"'" else blank(hit[0]), content))
