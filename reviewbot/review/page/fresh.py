"""Events out of what a patch brings: calls that are new in a function, functions that are new on an architecture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.cfacts.objects import object_of
from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.inside import keeps_memory
from reviewbot.errors import UsageError
from reviewbot.findings.types import Cell
from reviewbot.logic import TRUE
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import (
    SOMETHING,
    Reader,
    event_of,
    is_defined,
    named_object,
    object_of_cell,
    promise_of,
    setting_where,
)
from reviewbot.review.page.rulebook import Promise
from reviewbot.review.page.run_time import switches_of
from reviewbot.review.page.things import place_of, thing_of
from reviewbot.review.phrases import NO_FUNCTION
from reviewbot.source import OverlayTree, tree_below
from reviewbot.text import quote_names

__all__ = ["brought_functions", "fresh_calls"]

_NAME = regex(r"[&*]?[A-Za-z_][\w.>-]*(?:\[\w+\])?")
_MOST_THINGS = 2
_MOST_FILES = 24  # that are looked through for a caller
_NO_HELPER = ("", "", ("", 0))
_KEPT = "private"  # the promise after which memory may be given back
_FATES = {"dropped": "is dropped", "warned": "is only warned about", "returned": "is handed on",
          "handled": "is dealt with"}


def fresh_calls(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the calls that are new in a function, and what becomes of their failure.

    Where that function called the same function of the family before, the new call took the old one's place.
    """
    had: dict[tuple[str, str, str], set[str]] = {}
    for _, cell in named:
        if cell.before.resolves_to != "absent" and cell.before.symbol:
            had.setdefault((cell.patch, cell.file, cell.function), set()).add(cell.before.symbol)
    gone = _gone(named)
    for name, cell in named:
        if cell.before.resolves_to != "absent" or not cell.changed or not cell.after.symbol \
                or not cell.patch.isdigit() or int(cell.patch) not in reader.positions \
                or cell.after.resolves_to in {"stub", "undeclared"} or cell.call == cell.function:
            continue
        if cell.before.does == NO_FUNCTION and cell.function in reader.analysis.family.names():
            continue  # that the architecture has it is told, and for what it is, its callers tell
        promise, setting = _promise_of(reader, cell), setting_where(reader, cell, TRUE)
        turned = _turned(gone, cell)
        if promise is None or setting is None or _is_moved(reader, cell, counted=turned is None) \
                or cell.after.symbol in had.get((cell.patch, cell.file, cell.function), set()):
            continue
        thing = object_of_cell(reader, cell)
        helper, inside, place = _new_helper(reader, cell) if thing == SOMETHING else _NO_HELPER
        can_fail = cell.after.on_failure in _FATES and cell.after.may_fail
        reason = f"a failure {_FATES[cell.after.on_failure]}" if can_fail else ""
        if can_fail and promise.id == _KEPT and _is_kept(reader, cell):
            kept = inside if helper and inside else "the memory" if thing == SOMETHING else thing
            reason = f"where {cell.after.symbol}() fails, {kept} is not freed"
        does = promise.does.format(object=thing)
        if thing == SOMETHING and cell.after.via and not _does_more(reader, cell):
            does += f" through {cell.after.via[0]}()"
        fresh = cell.before.does == NO_FUNCTION
        gist = f"the new {cell.function}() {does}" if fresh else f"{cell.function}() now {does}"
        if helper and inside:
            gist = f"the new {helper}() {promise.does.format(object=inside)}"
        elif turned is not None and not fresh and (was := promise_of(reader, turned)) is not None:
            old = object_of_cell(reader, turned)
            gist += f", and no longer {was.does.format(object='it' if old == thing else old)}"
        if _is_there(reader, cell):
            yield event_of(reader, name, cell, "had", setting, f"{cell.function}() {does}", "", "same", "text",
                         promise.rank)
            continue
        if turned is None and not fresh and not helper:
            gist += switches_of(reader.sides(int(cell.patch))[1], cell.file, cell.after.only or TRUE)
        event = event_of(reader, name, cell, "new", setting, gist, reason, "different", "new", promise.rank)
        path, line = place if helper and inside else (event.file, event.line)
        yield replace(event, file=path, line=line, address=_address(reader, cell), only=cell.after.only)


def _promise_of(reader: Reader, cell: Cell) -> Promise | None:
    """Return what a new call promises: one of set_memory_rox() does that function's work on an architecture, too, on
    which set_memory_ro() and set_memory_x() do it."""
    return (reader.rules.promise(cell.after.via[-1]) if _does_more(reader, cell) else None) or promise_of(reader, cell)


def _does_more(reader: Reader, cell: Cell) -> bool:
    """Return whether the last helper on the way is a function of the family itself that does the work of several."""
    known = reader.analysis.family.get(cell.after.via[-1]) if cell.after.via else None
    return known is not None and cell.after.symbol in known.does_all_of


def _new_helper(reader: Reader, cell: Cell) -> tuple[str, str, tuple[str, int]]:
    """Return the helper around the family's function, what it names as the object, and where it calls that, if the
    series brings it: that says more than what its callers hand on."""
    if not cell.after.via:
        return _NO_HELPER
    name, near = cell.after.via[-1], cell.file
    before, after = reader.sides(int(cell.patch))
    for helper in cell.after.via:
        wrapper = after.wrapper(helper, near)
        near = wrapper.file if wrapper else near
    calls = [call for call in wrapper.calls if call.callee == cell.after.symbol] if wrapper else []
    known = before.facts.get(wrapper.file) if wrapper else None
    if wrapper is None or any(one.name == name for one in (known.functions if known else ())):
        return _NO_HELPER
    family = reader.analysis.family.get(cell.after.symbol)
    number = family.address_argument if family and family.address_argument is not None else 0
    given = dict.fromkeys(place_of(call.arguments[number]) if number < len(call.arguments) else "" for call in calls)
    things = dict.fromkeys(thing_of(after, wrapper.file, name, named_object(thing)) for thing in given)
    told = 0 < len(things) <= _MOST_THINGS and all(things) and all(
        _NAME.fullmatch(named_object(object_of(one))) for one in given)
    return name, quote_names(list(things)) if told else "", (wrapper.file, min(
        (call.span.line for call in calls), default=wrapper.function.span.line))


def _is_kept(reader: Reader, cell: Cell) -> bool:
    """Return whether the helper around the call gives the memory back where the call worked, never where it failed."""
    _, after = reader.sides(int(cell.patch))
    wrapper = after.wrapper(cell.after.via[-1], cell.file) if cell.after.via else None
    calls = [call for call in wrapper.calls if call.callee == cell.after.symbol] if wrapper else []
    return wrapper is not None and len(calls) == 1 and keeps_memory(reader.analysis, after, wrapper.file, calls[0])


def _address(reader: Reader, cell: Cell) -> str:
    """Return the address that reaches the family's function as its last caller writes it, empty where that is open."""
    given = reader.arguments_of(cell)
    if cell.after.via and not (len(cell.after.via) == 1 and _does_more(reader, cell)):
        wrapper = reader.sides(int(cell.patch))[1].wrapper(cell.after.via[-1], cell.file)
        calls = [call for call in wrapper.calls if call.callee == cell.after.symbol] if wrapper else []
        given = calls[0].arguments if len(calls) == 1 else ()
    return object_of(given[0]) if given else ""


def _is_there(reader: Reader, cell: Cell) -> bool:
    """Return whether the function of the tree makes the call that a hunk without a place in it brings."""
    file = reader.file(int(cell.patch), cell.file)
    if file is None or file.whole or reader.analysis.patched.base.kind == "none":
        return False
    own = tree_below(reader.analysis.patched.start)  # what was taken out of it is there
    facts = reader.analysis.reading.facts(own, file.old_path, reader.analysis.workers)
    return any((call.function, call.callee) == (cell.function, cell.call.partition("(")[0])
               for call in (facts.calls if facts else ()))


def _is_defined_there(reader: Reader, path: str, name: str) -> bool:
    """Return whether the file of the tree itself, with what was taken out of it, defines the function."""
    start = reader.analysis.patched.start
    if not isinstance(start, OverlayTree) or path not in start.files:
        return False
    facts = reader.analysis.reading.facts(start.base, path, reader.analysis.workers)
    return any(one.name == name for one in (facts.functions if facts else ()))


def _gone(named: Sequence[tuple[str, Cell]]) -> dict[tuple[str, str, str], list[Cell]]:
    """Return the calls that a patch takes away, by patch, architecture and the name that was called."""
    found: dict[tuple[str, str, str], list[Cell]] = {}
    for _, cell in named:
        if cell.after.resolves_to == "absent" and cell.before.symbol and cell.changed:
            found.setdefault((cell.patch, cell.arch, cell.call.partition("(")[0]), []).append(cell)
    return found


def _turned(lost: Mapping[tuple[str, str, str], Sequence[Cell]], cell: Cell) -> Cell | None:
    """Return the call of the same helper in the same function that the patch makes into this one, for which the helper
    did something else: `demo_set(p, true)` became `demo_set(p, false)`; None where there is none, or another function
    may have made this one."""
    callee = cell.call.partition("(")[0]
    gone = lost.get((cell.patch, cell.arch, callee), ()) if cell.after.via[:1] == (callee,) else ()
    here = [other for other in gone if (other.file, other.function) == (cell.file, cell.function)]
    return here[0] if len(here) == 1 and all(other.before.symbol != cell.after.symbol for other in gone) else None


def _is_moved(reader: Reader, cell: Cell, *, counted: bool) -> bool:
    """Return whether the call may have been there before, in another function that the patch touches, or through the
    helper's address: moved code is not new. Where it is not `counted` the helper did something else before."""
    before, _ = reader.sides(int(cell.patch))
    callee = cell.call.partition("(")[0]
    counts = reader.counts(int(cell.patch))
    return (counted and counts[0][callee] >= counts[1][callee]) or any(
        mention.name in cell.after.via and mention.kind in {"escape", "macro"}
        for facts in before.facts.values() for mention in facts.mentions)


def brought_functions(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the functions of the family that an architecture gets its own definition of, and what they were before."""
    analysis = reader.analysis
    titles = {patch.index: patch.subject for patch in analysis.series.patches}
    for position, state in analysis.states():
        if reader.patches is not None and state.index not in reader.patches:
            continue
        before, after = analysis.before(position), analysis.after(position)
        fresh: dict[str, dict[str, tuple[str, int]]] = {}
        for file in state.files:
            arch, facts = own_arch(file.path), after.facts.get(file.path)
            if arch not in analysis.arches or facts is None:
                continue
            for function in facts.functions:
                if function.name in analysis.primitives and function.span.line in file.added \
                        and not is_defined(before, arch, function.name):
                    fresh.setdefault(arch, {})[function.name] = (file.path, function.span.line)
        for arch, names in sorted(fresh.items()):
            was = {_was(analysis, arch, name) for name in names}
            if was == {""} and all(name in titles.get(state.index, "") for name in names):
                continue  # the patch's subject says as much
            path, line = min(names.values())
            ordered = sorted(names, key=lambda name: (name.startswith("_"), name))
            said = quote_names([f"{name}()" for name in ordered], most=4)
            had = all(_is_defined_there(reader, path, name) for name, (path, _) in names.items())
            gist = f"{arch}'s own {said}" if had else f"{said} {'is' if len(names) == 1 else 'are'} new there"
            if not had and not any(_is_called(reader, arch, name) for name in names):
                gist += f", and nothing there calls {'it' if len(names) == 1 else 'them'} yet"
            yield Event(
                kind="had" if had else "brought", key=("brought", str(state.index), said), verdict="different",
                arch=(arch,), config="",
                gist=gist, reason=was.pop() if len(was) == 1 else "", patch=state.index, file=path, line=line,
                functions=tuple(sorted(names)), symbols=frozenset(names), consequence="new",
                reach="distribution", certainty=reader.certainty(state.index, path),
                because=tuple(name for name, cell in named if cell.arch == arch and cell.call in names
                              and cell.patch == str(state.index)))


def _is_called(reader: Reader, arch: str, name: str) -> bool:
    """Return whether code that the architecture may build calls the function, or hands it on, after the last patch;
    True also where that would take many files to tell, or the tree has only what the mail shows."""
    analysis = reader.analysis
    if analysis.patched.base.kind == "none":
        return True
    side = analysis.sides[-1]
    paths = [path for path in analysis.files_with(len(analysis.patched.states), (name,))[name]
             if path.endswith((".c", ".h", ".S")) and own_arch(path) in {"", arch}]
    return len(paths) > _MOST_FILES or any(path.endswith(".S") or _calls(analysis.read(side, path), name)
                                           for path in paths)


def _calls(facts: FileFacts | None, name: str) -> bool:
    """Return whether a file has more of the name than what defines or declares it; what was not read may have."""
    return facts is None or any(call.callee == name for call in facts.calls) or any(
        mention.name == name and mention.kind not in {"definition", "declaration", "comment"}
        for mention in facts.mentions)


def _was(analysis: Analysis, arch: str, name: str) -> str:
    """Return what a call of the function came to before the series had it, empty where that takes more words."""
    try:
        facts = analysis.model.fact(arch, name, analysis.version)
    except UsageError:
        return ""
    statuses = {fact.status for fact in facts}
    if statuses == {"stub"}:
        return "before, a call did nothing there" + (" and returned 0" if facts[0].returns == "int" else "")
    return ""
