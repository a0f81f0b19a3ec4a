"""The level set: what the series really does, architecture by architecture, in the fewest true sentences."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator

from reviewbot.arch import Anchor
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.errors import UsageError
from reviewbot.findings.types import Cell, Evidence, Finding, LevelSetEntry
from reviewbot.logic import Ternary, Var
from reviewbot.text import quote_names, squash

__all__ = ["level_set"]

_MOST_CELLS = 6


def level_set(analysis: Analysis, findings: tuple[Finding, ...], cells: tuple[Cell, ...]) -> tuple[LevelSetEntry, ...]:
    """Return what changes and what does not, what a failure comes to, what cannot be built, and what the model says.

    The order is that of a reader's questions; inside a topic, entries for all architectures come first.
    """
    entries = [*_changes(analysis, cells), *_failures(findings), *_buildable(analysis), *_model(analysis, cells)]
    return tuple(dict.fromkeys(entries))


def _changes(analysis: Analysis, cells: tuple[Cell, ...]) -> Iterator[LevelSetEntry]:
    """Yield one entry for all architectures on which nothing changes, and one for each group of those that differ."""
    topic = "What the series changes"
    touched = sorted({cell.arch for cell in cells})
    changed = [cell for cell in cells if _differs(cell)]
    same = [arch for arch in touched if all(cell.arch != arch for cell in changed)]
    if same:
        yield LevelSetEntry(topic=topic, arch="", because=(), statement=(
            f"On {quote_names(same)}: no call in a changed function has another effect than before, "
            "in any configuration."))
    groups: dict[tuple[str, str, str, str, str], list[Cell]] = {}
    for cell in changed:
        key = (cell.function, cell.call, _says(cell.before.does, cell.before.on_failure),
               _says(cell.after.does, cell.after.on_failure), _when(cell))
        groups.setdefault(key, []).append(cell)
    for (function, call, before, after, when), members in list(groups.items())[: _MOST_CELLS * 4]:
        arches = sorted({cell.arch for cell in members})
        patches = quote_names(sorted({cell.patch for cell in members}, key=int))
        evidence = tuple(Evidence(kind="source", file=cell.after.resolves_to.rpartition(":")[0], line=_line(cell),
                                  text=cell.after.does, rev=f"after patch {cell.patch}")
                         for cell in members[:3] if ":" in cell.after.resolves_to)
        yield LevelSetEntry(
            topic=topic, arch=arches[0] if len(arches) == 1 else "", because=evidence,
            statement=f"{quote_names(arches)}{when}, patch {patches}: '{call}' in {function}() "
                      f"was: {before}; is now: {after}.")
    if not touched and analysis.patched.states:
        yield LevelSetEntry(topic=topic, arch="", because=(),
                            statement="No function that the series changes calls the family; nothing of it changes.")


def _line(cell: Cell) -> int:
    tail = cell.after.resolves_to.rpartition(":")[2]
    return int(tail) if tail.isdigit() else 0


def _differs(cell: Cell) -> bool:
    return _says(cell.before.does, cell.before.on_failure) != _says(cell.after.does, cell.after.on_failure)


def _says(does: str, on_failure: str) -> str:
    words = {"dropped": "a failure is dropped", "warned": "a failure is only warned about",
             "returned": "a failure is returned", "handled": "a failure is handled", "cannot-fail": "cannot fail"}
    return f"{does}; {words[on_failure]}"


def _when(cell: Cell) -> str:
    return "" if not cell.config else " with " + ", ".join(f"{name}={value}" for name, value in cell.config)


def _failures(findings: tuple[Finding, ...]) -> Iterator[LevelSetEntry]:
    """Yield what becomes of a failure, one sentence for each place that the series introduces."""
    for finding in findings:
        if finding.introduced and finding.level in {"error", "warning"} and finding.fixed_by is None:
            yield LevelSetEntry(topic="What a failure comes to", arch="", statement=finding.message,
                                because=finding.evidence[:2])


def _buildable(analysis: Analysis) -> Iterator[LevelSetEntry]:
    """Yield for each touched generic file the architectures on which no configuration builds it."""
    paths = sorted({file.path for state in analysis.patched.states for file in state.files
                    if file.path.endswith(".c") and not own_arch(file.path)})
    config = analysis.configs[-1]
    for path in paths:
        impossible: dict[str, tuple[str, ...]] = {}
        for arch in analysis.arches:
            answer = config.possible(config.kbuild(path, arch), arch)
            if answer.ternary is Ternary.NO:
                impossible[arch] = answer.reason
        if impossible:
            because = tuple(Evidence(kind="kconfig", file=f"arch/{arch}/Kconfig", line=0,
                                     text=squash("; ".join(reason))) for arch, reason in sorted(impossible.items()))
            yield LevelSetEntry(topic="What cannot be built", arch="", because=because, statement=(
                f"No configuration of {quote_names(sorted(impossible))} builds {path}: "
                "what changes there changes nothing."))
    for symbol in _gates(analysis):
        never = [arch for arch in analysis.arches
                 if config.possible(Var(f"CONFIG_{symbol}"), arch).ternary is Ternary.NO]
        if never and len(never) < len(analysis.arches):
            yield LevelSetEntry(topic="What cannot be built", arch="", because=(),
                                statement=f"{symbol} cannot be set on {quote_names(never)}.")


def _gates(analysis: Analysis) -> tuple[str, ...]:
    """Return the CONFIG symbols that guard family calls in the files the series touches, sorted, without CONFIG_."""
    names: set[str] = set()
    touched = {file.path for state in analysis.patched.states for file in state.files}
    for path, facts in analysis.end.facts.items():
        if path in touched:
            for call in facts.calls:
                for condition in (call.path_condition, *(guard.condition for guard in call.guards)):
                    names |= {n.removeprefix("CONFIG_") for n in condition.variables()
                              if n.startswith("CONFIG_") and not n.endswith("_MODULE")}
    return tuple(sorted(names))[:8]


def _model(analysis: Analysis, cells: tuple[Cell, ...]) -> Iterator[LevelSetEntry]:
    """Yield the model's statements about the direct map that name a function the series reaches."""
    reached = {name for cell in cells for effect in (cell.before, cell.after)
               for name in (effect.does.split("(")[0], *effect.via)} | {cell.call.split("(")[0] for cell in cells}
    reached &= set(analysis.family.names())
    for arch in analysis.arches:
        try:
            statements = analysis.model.arch(arch).statements
        except UsageError:
            continue
        for statement in statements:
            if analysis.model.nearest(analysis.version) in statement.versions and _concerns(statement.text, reached):
                yield LevelSetEntry(
                    topic=f"What the model knows: {statement.topic}", arch=arch, statement=squash(statement.text),
                    because=tuple(_anchored(analysis, anchor) for anchor in statement.anchors))


def _concerns(text: str, names: Iterable[str]) -> bool:
    """Return whether the sentence names one of the functions, `set_direct_map_*_noflush()` standing for several."""
    said = re.findall(r"([\w*]*\w[\w*]*)\(\)", text)
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in said for name in names)


def _anchored(analysis: Analysis, anchor: Anchor) -> Evidence:
    return Evidence(kind="model", file=anchor.file, line=0, text=squash(anchor.has or anchor.function or anchor.lacks),
                    rev=f"model {analysis.version}")
