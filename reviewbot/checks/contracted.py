"""What the mechanisms of the contracts' room find in a patch, each file looked at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from reviewbot.cfacts import body_text, functions_with
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.hunked import hunk_functions, joined_functions
from reviewbot.checks.nearness import is_about_mappings, names_effects, near_files
from reviewbot.contracts import DETECTORS
from reviewbot.contracts.changed import Pair, changed_functions
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline
from reviewbot.contracts.types import Hit
from reviewbot.contracts.unlike import Candidate, candidates, returning_nothing, unlike_callers
from reviewbot.contracts.went_along import Gone, everything_gone, went_along
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import bytes_between, decode

__all__ = ["contract_hits", "names_asked", "near_paths", "outlines_after", "outlines_around",
           "teachers_of"]

_MOST_ASKED = 10
_OF_EFFECTS = frozenset({"effects", "order"})
_HEAD = regex(rb"(?:#\s*define\s+(\w+)|(?:\w[\w\s*]*?\b)?(\w+)\s*\()")
_OPENS_NO_VARIABLE = frozenset({b"return", b"goto", b"typedef", b"else", b"case", b"break", b"continue"})
InParts = Callable[[Outline, Teacher], Iterator[Hit]]
_MECHANISMS = {one.name: one for one in DETECTORS}


def contract_hits(analysis: Analysis, position: int, mechanism: str) -> Iterator[tuple[PatchedFile, Outline, Hit]]:
    """Yield what a mechanism finds in the functions of near files that the patch at this position changes."""
    state = analysis.patched.states[position]
    near = near_paths(analysis)
    for file in state.files:
        if file.path not in near and not (mechanism in _OF_EFFECTS and names_effects(file)):
            continue
        key = (mechanism, file.path, file.before, file.after)
        if key not in analysis.learned.hits:
            find = _unlike if _MECHANISMS[mechanism].asks_callers else _found
            analysis.learned.hits[key] = find(analysis, position, mechanism, file)
        for outline, hit in analysis.learned.hits[key]:
            if not _is_in_reach(analysis, position, file, outline, hit):
                continue
            if not (hit.elsewhere and (_brought(analysis) & hit.elsewhere or _stays(file, hit.elsewhere))) and not (
                    hit.rests_on and _dropped(analysis) & hit.rests_on) and not (
                    hit.taken_from and not _taken(analysis, hit.taken_from, outline.name)) and not went_along(
                        outline.name, hit, partial(_gone, analysis)):
                yield file, outline, hit


def _is_in_reach(analysis: Analysis, position: int, file: PatchedFile, outline: Outline, hit: Hit) -> bool:
    """Return whether a hit is about mappings: by its file, its function before and after the patch, or its words."""
    rows = [text for _, text in (*hit.old, *hit.new)]
    sides = [outline, *(old for old, new in outlines_around(analysis, file) if new.name == outline.name)]
    code = [decode(bytes_between(one.data, one.line, one.end_line)) for one in sides]
    return is_about_mappings(file, (outline.name, hit.symbol, hit.object, *rows, *code),
                             analysis.before(position).tree, analysis.family.names("core"), analysis.learned.leading,
                             analysis.learned.scope)


def _stays(file: PatchedFile, names: frozenset[str]) -> bool:
    """Return whether the file has the names as often as before: then one went behind an `#if`, or to the function that
    the diff shows around the old line."""
    words = re.compile(rb"\b(?:" + b"|".join(re.escape(name.encode()) for name in sorted(names)) + rb")\b")
    return len(words.findall(file.after or b"")) >= len(words.findall(file.before or b"")) > 0


def _taken(analysis: Analysis, names: frozenset[str], function: str) -> bool:
    """Return whether the series takes one of the calls out of a function that goes on calling `function`."""
    for _, state in analysis.states():
        for file in state.files:
            lines = (file.before or b"").split(b"\n") if file.path.endswith(".c") else []
            words = {word for number in file.removed if lines
                     for word in re.findall(r"\w+", lines[number - 1].decode("latin-1"))}
            if words & names and file.after and function.encode() in file.after:
                return True
    return False


def _dropped(analysis: Analysis) -> frozenset[str]:
    """Return the functions and macros of which the series takes away a definition or declaration, and the variables of
    whole files that it takes away."""
    if analysis.learned.dropped is None:
        found: set[str] = set()
        variables: tuple[set[str], set[str]] = set(), set()
        for _, state in analysis.states():
            for file in state.files:
                sides = ((file.before, file.removed), (file.after, file.added)) if file.path.endswith((".c", ".h")) \
                    else ()
                for side, (data, numbers) in enumerate(sides):
                    for line in _lines(data, numbers):
                        head = _HEAD.match(line) if side == 0 else None
                        found |= {word.decode("latin-1") for word in head.groups() if word} if head else set()
                        variables[side].add(_variable(line))
        analysis.learned.dropped = frozenset(found | (variables[0] - variables[1]))
    return analysis.learned.dropped


def _gone(analysis: Analysis) -> Gone:
    """Return what the series takes out of functions of near files."""
    if analysis.learned.gone is None:
        near = near_paths(analysis)
        analysis.learned.gone = everything_gone(pair for _, state in analysis.states() for file in state.files
                                                if file.path in near for pair in _pairs(analysis, file))
    return analysis.learned.gone


def _variable(line: bytes) -> str:
    """Return the variable of the whole file that a line defines or declares, empty for another line."""
    words = re.sub(rb"\[[^\]]*\]", b"", re.split(rb"[=;]", line, maxsplit=1)[0]).replace(b"*", b" ").split()
    while words and words[-1].startswith(b"__"):
        words.pop()
    plain = len(words) > 1 and all(re.fullmatch(rb"\w+", word) for word in words)
    return words[-1].decode("latin-1") if plain and line[:1].strip() and re.search(rb"[=;]", line) and (
        words[0] not in _OPENS_NO_VARIABLE) else ""


def _lines(data: bytes | None, numbers: frozenset[int]) -> Iterator[bytes]:
    lines = (data or b"").split(b"\n") if numbers else []
    yield from (lines[number - 1] for number in sorted(numbers) if lines)


def _brought(analysis: Analysis) -> frozenset[str]:
    """Return the words of all lines that the series adds to C files: what went from one place may stand there."""
    if analysis.learned.brought is None:
        words: set[str] = set()
        for _, state in analysis.states():
            for file in state.files:
                lines = (file.after or b"").split(b"\n") if file.path.endswith((".c", ".h")) else []
                for number in file.added if lines else ():
                    words.update(re.findall(r"\w+", lines[number - 1].decode("latin-1")))
        analysis.learned.brought = frozenset(words)
    return analysis.learned.brought


def near_paths(analysis: Analysis) -> frozenset[str]:
    if analysis.learned.near is None:
        analysis.learned.near = near_files(analysis.patched.states, analysis.sides[0].tree,
                                           analysis.family.names("core"), analysis.learned.scope)
    return analysis.learned.near


def _found(analysis: Analysis, position: int, mechanism: str, file: PatchedFile) -> tuple[tuple[Outline, Hit], ...]:
    was, now = teachers_of(analysis, position, file)
    detector, pairs = _MECHANISMS[mechanism], _pairs(analysis, file)
    if detector.file is not None:
        return tuple((outline, hit) for outline, hit in detector.file(pairs, now) if not file.torn and not file.unsure
                     and _is_left(analysis, file, outline, hit))
    found = tuple((new, hit) for pair in pairs for _, new, hit in detector.hits(pair, was, now)
                  if _is_brought(file, new) or (new.name not in file.torn and not _is_unsure(file, new)))
    return found + (tuple(_of_hunks(analysis, position, mechanism, file, now)) if detector.state_in_hunks else ())


def _of_hunks(analysis: Analysis, position: int, mechanism: str, file: PatchedFile, now: Teacher
              ) -> Iterator[tuple[Outline, Hit]]:
    """Yield what a mechanism that needs no whole function finds in hunks whose place in the tree is not certain."""
    state, parts = _MECHANISMS[mechanism].state, _MECHANISMS[mechanism].state_in_parts
    find = analysis.patched.states[position]
    if state is None or (file.whole and not file.torn and not file.unsure):
        return
    sure = {pair.new[0].name for pair in _pairs(analysis, file) if pair.new and not file.known_new
            and pair.new[0].name not in file.torn and not _is_unsure(file, pair.new[0])}
    for diff in (diff for patch in analysis.series.patches if patch.index == find.index for diff in patch.files
                 if diff.path == file.path):
        for old, new in hunk_functions(diff):
            known = {hit.key for hit in state(old, now)} if old is not None else set()
            yield from ((new, hit) for hit in state(new, now) if hit.key not in known and new.name not in sure)
        for old, new in joined_functions(diff) if parts is not None else ():
            yield from ((new, hit) for hit in _new_in_parts(parts, old, new, now)
                        if new.name not in sure and not _given_unseen(analysis, file, new, hit))


def _new_in_parts(parts: InParts | None, old: Outline | None, new: Outline, now: Teacher) -> list[Hit]:
    known = {hit.key for hit in parts(old, now)} if parts is not None and old is not None else set()
    return [hit for hit in parts(new, now) if hit.key not in known] if parts is not None else []


def _given_unseen(analysis: Analysis, file: PatchedFile, outline: Outline, hit: Hit) -> bool:
    """Return whether the tree's own function gives the variable of a hit a value more often than the hunks show."""
    variable = dict(hit.fields).get("variable", "")
    given = re.compile(rf"\b{re.escape(variable)}\s*(?:[-+*/|&]|<<|>>)?=(?!=)|\b{re.escape(variable)}\s*(?:\+\+|--)")
    data = analysis.sides[0].tree.read(file.old_path or file.path) or b""
    shown = sum((step.name == variable and step.expr is not None) or given.search(outline.said(step)) is not None
                for step in outline.steps)
    return any(len(given.findall(body_text(data, one))) > shown
               for one in functions_with(data, frozenset({outline.name})) if one.name == outline.name)


def _is_left(analysis: Analysis, file: PatchedFile, outline: Outline, hit: Hit) -> bool:
    """Return whether a later patch of the series leaves the place as it is."""
    last = analysis.sides[-1].tree.read(file.path)
    if last is None or last == file.after:
        return last is not None
    shown = bytes_between(outline.data, hit.line, hit.line)
    return bool(shown) and last.count(shown) >= outline.data.count(shown)


def teachers_of(analysis: Analysis, position: int, file: PatchedFile) -> tuple[Teacher, Teacher]:
    """Return who knows the tree before the patch, and after it."""
    return (Teacher(analysis.before(position).tree, files=partial(analysis.files_with, position), near=file.old_path,
                    data=file.before, shared=analysis.learned.contracts),
            Teacher(analysis.after(position).tree, files=partial(analysis.files_with, position + 1), near=file.path,
                    data=file.after, shared=analysis.learned.contracts))


def names_asked(analysis: Analysis) -> frozenset[str]:
    """Return the functions whose callers the tree will be searched for, as far as the changes alone tell them."""
    near, found = near_paths(analysis), set(_worth_asking(analysis))
    for position, state in analysis.states():
        for file in state.files if near else ():
            pairs = _pairs(analysis, file) if file.path in near else ()
            _, now = teachers_of(analysis, position, file)
            found.update(name for pair in pairs for one in DETECTORS if one.asked
                         for old, new in pair.sides() for name in one.asked(old, new, now))
    return frozenset(name.removeprefix("->") for name in found)


def _unlike(analysis: Analysis, position: int, _: str, file: PatchedFile) -> tuple[tuple[Outline, Hit], ...]:
    """Return the new calls of the file that do not do what nearly all other callers do."""
    asked = _worth_asking(analysis)
    analysis.files_with(len(analysis.patched.states), asked)
    teacher = Teacher(analysis.after(position).tree, files=partial(analysis.files_with, position + 1), near=file.path,
                      data=file.after, shared=analysis.learned.contracts)
    return tuple((one.outline, hit) for one in _candidates(analysis, file)
                 if one.treatment.callee in asked
                 and (hit := unlike_callers(one, teacher)) is not None)


def _candidates(analysis: Analysis, file: PatchedFile) -> Iterator[Candidate]:
    for pair in _pairs(analysis, file):
        for old, new in list(pair.sides())[:1]:
            if new.name not in file.torn and not _is_unsure(file, new):
                yield from candidates(old, new, file.added)


def _worth_asking(analysis: Analysis) -> frozenset[str]:
    """Return the functions whose callers the tree is searched for: of those that new calls drop the result of, the ones
    that no header says return nothing."""
    if analysis.learned.asked is not None:
        return analysis.learned.asked
    near = near_paths(analysis)
    wanted: set[str] = set()
    for position, state in analysis.states():
        for file in state.files:
            names = frozenset(one.treatment.callee for one in _candidates(analysis, file)) - analysis.family.names() \
                if file.path in near else frozenset()
            if names:
                folder = file.path.rpartition("/")[0] + "/"
                wanted |= names - returning_nothing(analysis.after(position).tree, names, folder)
    analysis.learned.asked = frozenset(sorted(wanted)[:_MOST_ASKED])
    return analysis.learned.asked


def outlines_around(analysis: Analysis, file: PatchedFile) -> Iterator[tuple[Outline, Outline]]:
    """Yield the functions of a file that a patch changes, before and after it; nothing of one that the tree has in part
    in other words."""
    for pair in _pairs(analysis, file) if not (file.had and (file.unsure or file.unplaced)) else ():
        for old, new in pair.sides():
            if old is not None and new.name not in file.torn:
                yield old, new
                break  # another choice of `#if` arms would say the same again


def outlines_after(analysis: Analysis, file: PatchedFile) -> Iterator[Outline]:
    """Yield the functions of a file that a patch changes or brings, after it, as far as all their hunks have places."""
    for pair in _pairs(analysis, file):
        yield from (new for new in pair.new[:1] if _is_brought(file, new) or (new.name not in file.torn and not any(
            first <= new.end_line and new.line <= last for first, last in file.unsure)))


def _pairs(analysis: Analysis, file: PatchedFile) -> tuple[Pair, ...]:
    key = (file.path, file.before, file.after)
    if key not in analysis.learned.pairs:
        analysis.learned.pairs[key] = changed_functions(file)
    return analysis.learned.pairs[key]


def _is_brought(file: PatchedFile, outline: Outline) -> bool:
    """Return whether the patch brings each line of a function: it is the author's, wherever it stands."""
    return file.added.issuperset(range(outline.line, outline.end_line + 1))


def _is_unsure(file: PatchedFile, outline: Outline) -> bool:
    """Return whether a hunk in the function has no certain place: then what is lost may never have been there.

    Of a file that the tree has in part, and in part in other words, no function is the author's for certain.
    """
    if file.had and (file.unsure or file.unplaced):
        return True
    return any(first <= outline.end_line and outline.line <= last for first, last in file.unsure)
