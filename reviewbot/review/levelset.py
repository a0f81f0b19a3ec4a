"""The level set: what the series really does, architecture by architecture, in the fewest true sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import identity, own_arch
from reviewbot.checks.needs import as_condition
from reviewbot.findings.types import Cell, Evidence, Finding, LevelSetEntry
from reviewbot.logic import And, Not, Ternary, Var
from reviewbot.review.askers import say_moved
from reviewbot.review.known import known_facts
from reviewbot.review.not_seen import not_seen
from reviewbot.review.own_changes import own_changes
from reviewbot.review.pairs import all_functions
from reviewbot.review.phrases import by_function, is_all_new, say_change, say_config
from reviewbot.review.unplaced import changes_mappings
from reviewbot.review.unseen import Unseen
from reviewbot.text import decode, quote_names, squash

__all__ = ["level_set"]

_MOST_CHANGES = 24
_MOST_SYMBOLS = 6
_MOST_FILES = 4
_CHANGES = "What the series changes"
_FAILURES = "What a failure comes to"
_NEVER = "What cannot be built"
_WARNED = "What is built with a warning"
_WARNS = "the compiler warns"  # so a finding says that the build goes through; its level also tells how sure that is


def level_set(analysis: Analysis, findings: tuple[Finding, ...], cells: tuple[Cell, ...],
              questions: tuple[Unseen, ...]) -> tuple[LevelSetEntry, ...]:
    """Return what changes, what does not, what of that was not seen, what a failure comes to, what cannot be built, and
    what the model says.

    The order is that of a reader's questions; entries of one topic stand together.
    """
    entries = [*_changes(analysis, cells), *_same(analysis, findings, cells, questions),
               *not_seen(cells, _unfollowed(analysis, cells, questions), findings), *_failures(analysis, findings),
               *_buildable(analysis, findings, cells)]
    known = known_facts(analysis, findings, cells)
    return tuple({(entry.topic, entry.arch, entry.statement): entry for entry in (*entries, *known)}.values())


def _unfollowed(analysis: Analysis, cells: tuple[Cell, ...], questions: tuple[Unseen, ...]) -> list[Unseen]:
    """Return what was not seen without the new options that a changed call needs: what it does with them is told. One
    that the tree had elsewhere is not new."""
    asked = sorted({(cell.arch, cell.config) for cell in cells if cell.changed and cell.config})[:_MOST_SYMBOLS]
    start, end = analysis.configs[0], analysis.configs[-1]

    def is_told(one: Unseen) -> bool:
        option, own = Var(f"CONFIG_{one.name}"), own_arch(one.file)
        return (one.kind, one.how) == ("options", "adds") and any(
            end.can(And(as_condition(dict(options)), Not(option)), arch) is Ternary.NO
            for arch, options in asked if own in {"", arch}) and all(
            start.can(option, arch) is Ternary.NO for arch in analysis.arches if own in {"", arch})

    return [one for one in questions if not is_told(one)]


def _changes(analysis: Analysis, cells: tuple[Cell, ...]) -> Iterator[LevelSetEntry]:
    """Yield one entry for each change and the architectures that it is on."""
    changed = own_changes(cells)
    groups: dict[tuple[bool, str, str], list[Cell]] = {}
    for cell in changed:
        is_new = "absent" in {cell.before.resolves_to, cell.after.resolves_to}
        groups.setdefault((is_new, say_change(cell.before, cell.after) + say_moved(cell), say_config(cell)), []
                          ).append(cell)
    # Calls that changed first, then those that are new or gone: these are no surprise to the author.
    ordered = [(key, part) for key, members in sorted(groups.items(), key=lambda item: item[0][0])
               for part in _for_every_pair(members)]
    for (_, change, config), members in ordered[:_MOST_CHANGES]:
        yield LevelSetEntry(topic=_CHANGES, arch=", ".join(sorted({cell.arch for cell in members})),
                            because=_definitions(analysis, members) or _callers(analysis, members),
                            statement=f"{_places(members)}{config}: {change}.")


def _for_every_pair(members: list[Cell]) -> list[list[Cell]]:
    """Return the cells in parts of which each call is there on each architecture: a sentence about them joins both."""
    arches: dict[tuple[str, str, str, str], set[str]] = {}
    for cell in members:
        arches.setdefault((cell.patch, cell.file, cell.function, cell.call), set()).add(cell.arch)
    parts: dict[frozenset[str], list[Cell]] = {}
    for cell in members:
        there = frozenset(arches[cell.patch, cell.file, cell.function, cell.call])
        parts.setdefault(there, []).append(cell)
    return list(parts.values())


def _same(analysis: Analysis, findings: tuple[Finding, ...], cells: tuple[Cell, ...], questions: tuple[Unseen, ...]
          ) -> Iterator[LevelSetEntry]:
    """Yield what was proved to stay as it is: the calls of an architecture, or all of the family's calls."""
    if any(one.options or one.near for one in questions):
        return
    if not cells:
        if not questions and not any(finding.introduced for finding in findings) and not changes_mappings(analysis):
            yield LevelSetEntry(topic=_CHANGES, arch="",
                                statement="The series changes no call and no definition of the family.")
        return
    groups: dict[tuple[str, ...], list[str]] = {}
    files = {cell.file for cell in cells}
    broken = {arch for finding in findings if finding.category == "build-break" and finding.introduced
              and finding.fixed_by is None and finding.file in files for arch in finding.arch}
    for arch in sorted({cell.arch for cell in cells} - broken):  # what does not compile does nothing
        mine = [cell for cell in cells if cell.arch == arch]
        if all(cell.seen == "same" for cell in mine) and not is_all_new(mine):
            groups.setdefault(tuple(dict.fromkeys(f"{cell.function}()" for cell in mine)), []).append(arch)
    for functions, arches in groups.items():
        yield LevelSetEntry(topic=_CHANGES, arch=", ".join(arches), statement=(
            f"The family's calls in {quote_names(functions, most=4)} do what they did, in every configuration."))


def _places(members: list[Cell]) -> str:
    """Return where the calls stand: `Patch 2, copy_one(), map_page(page, 1)`; of several calls each with its function.

    A helper that all of them reach the family through is named, too.
    """
    patches = quote_names(sorted({cell.patch for cell in members}, key=int))
    functions = tuple(dict.fromkeys(f"{cell.function}()" for cell in members))
    calls = tuple(dict.fromkeys("" if cell.call == cell.function else cell.call for cell in members))
    if len(functions) == 1:
        names = f"{functions[0]}, {calls[0]}" if len(calls) == 1 and calls[0] else functions[0]
        names = by_function([f"{functions[0]}, {call}" for call in calls]) if len(calls) > 1 and all(calls) else names
    elif len(calls) == 1 and calls[0]:
        names = f"{calls[0]} in {quote_names(functions, most=3)}"
    else:
        names = by_function(tuple(dict.fromkeys(_named(cell) for cell in members)))
    helpers = {effect.via[-1] if len(effect.via) > 1 else "" for cell in members for effect in (cell.before, cell.after)
               if effect.resolves_to != "absent"}
    through = f", through {helpers.pop()}()" if len(helpers) == 1 and "" not in helpers else ""
    return f"{'Patch' if len({cell.patch for cell in members}) == 1 else 'Patches'} {patches}, {names}{through}"


def _named(cell: Cell) -> str:
    return f"{cell.function}()" if cell.call == cell.function else f"{cell.function}(), {cell.call}"


def _callers(analysis: Analysis, members: list[Cell]) -> tuple[Evidence, ...]:
    """Return the functions in which the calls stand: of a stub, or a call that is gone, nothing else can be shown.

    Line 0 is a function that neither side shows whole.
    """
    found: dict[tuple[str, str], Evidence] = {}
    positions = {str(state.index): position for position, state in analysis.states()}
    for cell in members:
        if cell.patch not in positions or (cell.file, cell.function) in found:
            continue
        position = positions[cell.patch]
        path, function, said = cell.file, cell.function, cell.call
        if cell.after.resolves_to == "absent":
            path, function, said = _lost_link(analysis, position, cell)
        file = next((one for one in analysis.patched.states[position].files if one.path == path), None)
        now = _line_of(analysis.after(position), path, function) or min(file.added if file else (), default=0)
        line = now or _line_of(analysis.before(position), file.old_path if file else path, function)
        found[cell.file, cell.function] = Evidence(
            kind="patch", file=path, line=line, text=squash(said),
            rev=f"after patch {cell.patch}" if now or not line else f"before patch {cell.patch}")
    return tuple(sorted(found.values(), key=lambda evidence: not evidence.line))[:3]


def _lost_link(analysis: Analysis, position: int, cell: Cell) -> tuple[str, str, str]:
    """Return the file and the function of the way to a call that is gone which no longer calls the next one, and that
    in words; the call that the way starts with where each of them still does."""
    before, after = analysis.before(position), analysis.after(position)
    path, last = cell.file, cell.before.does.partition("(")[0]
    links = [cell.function, *cell.before.via]
    for caller, callee in zip(links, [*links[1:], last], strict=True):
        if caller != cell.function:
            wrapper = before.wrapper(caller, path)
            path = wrapper.file if wrapper is not None else path
        calls = [one.calls_all for one in all_functions(after.tree.read(path) or b"") if one.name == caller]
        if not any(callee in those for those in calls):
            named = f"{callee}()" if callee.isidentifier() and not cell.call.startswith(f"{callee}(") else cell.call
            return path, caller, f"{caller}() no longer calls {named}"
    return cell.file, cell.function, cell.call


def _line_of(side: Side, path: str, function: str) -> int:
    data = side.tree.read(path)
    return next((one.span.line for one in all_functions(data or b"") if one.name == function), 0)


def _definitions(analysis: Analysis, members: list[Cell]) -> tuple[Evidence, ...]:
    """Return where the functions that are called now are defined, each place once."""
    found: dict[str, Evidence] = {}
    positions = {str(state.index): position for position, state in analysis.states()}
    for cell in members:
        file, colon, line = cell.after.resolves_to.rpartition(":")
        if colon and line.isdigit() and cell.after.resolves_to not in found:
            tree = analysis.after(positions[cell.patch]).tree
            lines = decode(tree.read(file) or b"").splitlines()
            text = squash(lines[int(line) - 1]) if int(line) <= len(lines) else ""
            found[cell.after.resolves_to] = Evidence(kind="source", file=file, line=int(line), text=text,
                                                     rev=f"after patch {cell.patch}")
    return tuple(found.values())[:3]


def _failures(analysis: Analysis, findings: tuple[Finding, ...]) -> Iterator[LevelSetEntry]:
    """Yield what becomes of a failure, one sentence for each place that the series introduces, and what does not build,
    or only with a warning."""
    for finding in findings:
        if finding.introduced and finding.level in {"error", "warning"} and finding.fixed_by is None:
            breaks = _WARNED if _WARNS in finding.message else _NEVER
            arches = "" if set(analysis.arches) <= set(finding.arch) else ", ".join(finding.arch)
            yield LevelSetEntry(topic=breaks if finding.category == "build-break" else _FAILURES, arch=arches,
                                statement=finding.message, because=finding.evidence[:2])


def _buildable(analysis: Analysis, findings: tuple[Finding, ...], cells: tuple[Cell, ...]) -> Iterator[LevelSetEntry]:
    """Yield, for the generic files that matter, the architectures on which no configuration builds them, those together
    that are not built for the same reasons.

    Then the symbols that calls in changed functions of generic code need and that some architecture cannot set.
    """
    paths = {cell.file for cell in cells if cell.changed} | {f.file for f in findings if f.introduced}
    alike: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
    for path in sorted(path for path in paths if path.endswith(".c") and not own_arch(path)):
        never = {arch: why for arch in analysis.arches if (why := analysis.never_builds(path, arch))}
        if len(never) < len(analysis.arches):
            alike.setdefault(tuple(never.items()), []).append(path)
    told: list[Set[str]] = [dict(reasons).keys() for reasons in alike]
    for reasons, files in alike.items():
        named = quote_names(files, most=_MOST_FILES)
        yield from _impossible(dict(reasons), f"no configuration builds {named}, so what changes there changes nothing")
    wanted = {name for cell in cells if cell.changed and not own_arch(cell.file)
              for name, value in cell.config if value == "y"}
    for symbol in sorted(wanted)[:_MOST_SYMBOLS]:
        never = {arch: why for arch in analysis.arches if (why := analysis.reach.never(Var(f"CONFIG_{symbol}"), arch))}
        # What a symbol's own name tells is no news, nobody looks for X86_64 on s390; nor is what its file has told, or
        # that an architecture lacks what another one's Kconfig files have for themselves.
        if len(never) < len(analysis.arches) and not any(analysis.configs[-1].knows(symbol, arch) for arch in never):
            continue
        if never.keys() not in told and len(never) < len(analysis.arches) and not any(
                identity(f"CONFIG_{symbol}", arch) is False for arch in analysis.arches):
            yield from _impossible(never, f"{symbol} cannot be set")


def _impossible(never: Mapping[str, tuple[str, ...]], what: str) -> Iterator[LevelSetEntry]:
    if never:
        because = tuple(Evidence(kind="kconfig", file=f"arch/{arch}/Kconfig", line=0, text=squash("; ".join(why)))
                        for arch, why in sorted(never.items()))
        yield LevelSetEntry(topic=_NEVER, arch=", ".join(sorted(never)), because=because,
                            statement=f"{what[0].upper()}{what[1:]}.")
