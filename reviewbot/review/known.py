"""What the model knows of the direct map, as far as it bears on what a series changes."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewbot.arch import TOPICS, Anchor, Prober, Statement
from reviewbot.checks.analysis import Analysis
from reviewbot.findings.types import Cell, Effect, Evidence, Finding, LevelSetEntry
from reviewbot.patterns import regex
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["known_facts"]

_MOST = 2  # of one topic on one architecture
_KNOWN = "Known: "
_OF_WORK = frozenset({"split", "permissions", "alias", "encryption", "granularity"})
"""Topics that mean nothing where the functions do nothing."""

_OF_CALLS = _OF_WORK - {"granularity"}
"""Topics on which a call that is new or gone bears, and one that has only another condition does not."""

_DEBUGGING = regex(r"debug_pagealloc|DEBUG_PAGEALLOC|kernel_map_pages")
_NAMED = regex(r"(?<![\w*])(?=\**\w)([\w*]+)\(\)")
_SENTENCE = regex(r"(?<=[.;]) ")
_WORD = regex(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """What the series changes on one architecture: the functions by name, those that are called or not called any more
    (`calls`), those of findings (`found`), and the effects; `words` are those of its patches."""

    names: frozenset[str]
    calls: frozenset[str]
    found: frozenset[str]
    effects: tuple[Effect, ...]
    words: frozenset[str]


def known_facts(analysis: Analysis, findings: tuple[Finding, ...], cells: tuple[Cell, ...]) -> list[LevelSetEntry]:
    """Return the model's statements that decide something in the series, by topic, each once for all architectures."""
    same: dict[tuple[str, str], list[LevelSetEntry]] = {}
    for entry in _entries(analysis, findings, cells):
        same.setdefault((entry.topic, entry.statement), []).append(entry)
    merged = [replace(found[0], arch=", ".join(sorted(entry.arch for entry in found))) for found in same.values()]
    return sorted(merged, key=lambda entry: [*TOPICS.values()].index(entry.topic.removeprefix(_KNOWN)))


def _entries(analysis: Analysis, findings: tuple[Finding, ...], cells: tuple[Cell, ...]) -> Iterator[LevelSetEntry]:
    """Yield the statements that name a function whose effect or use the series changes on that architecture, as far as
    they bear on it and something in the tree bears them out."""
    changed = [cell for cell in cells if cell.changed]
    told = [finding for finding in findings if finding.introduced and finding.level != "note"]
    arches = {cell.arch for cell in changed} | {arch for finding in told for arch in finding.arch}
    version = analysis.model.nearest(analysis.version)
    prober = Prober(tree=analysis.sides[0].tree)
    words = _words(analysis) if arches else frozenset()
    for arch in sorted(arches):
        reached = _reached(analysis, [cell for cell in changed if cell.arch == arch],
                           [finding for finding in told if arch in finding.arch], words)
        topics = _topics(analysis, reached)
        taken: Counter[str] = Counter()
        ranked = sorted(analysis.model.statements(arch, version),
                        key=lambda statement: -_naming(statement.text, reached.names))
        for statement in ranked:
            if statement.aside or statement.topic not in topics or not _bears(analysis, statement, reached):
                continue
            because = tuple(_anchored(analysis, statement, anchor, arch, prober) for anchor in statement.anchors
                            if anchor.covers(version))
            if because and taken[statement.topic] < _MOST and all(evidence is not None for evidence in because):
                taken[statement.topic] += 1
                yield LevelSetEntry(topic=_KNOWN + TOPICS[statement.topic], arch=arch, statement=squash(statement.text),
                                    because=tuple(evidence for evidence in because if evidence is not None))


def _words(analysis: Analysis) -> frozenset[str]:
    return frozenset(word for patch in analysis.series.patches for file in patch.files
                     for word in _WORD.findall(file.raw))


def _reached(analysis: Analysis, cells: Iterable[Cell], findings: Iterable[Finding], words: frozenset[str]) -> _Reached:
    names, calls, found = set[str](), set[str](), set[str]()
    effects: list[Effect] = []
    for cell in cells:
        pair = (cell.before, cell.after)
        mine = {_callee(effect) for effect in pair}
        names |= mine
        if cell.before.is_work != cell.after.is_work or cell.before.resolves_to != cell.after.resolves_to:
            calls |= mine
        effects += pair
    for finding in findings:
        found.add(finding.symbol)
    names |= found
    calls |= found
    family = analysis.family.names()
    return _Reached(names=frozenset(names & family), calls=frozenset(calls & family), words=words,
                    found=frozenset(found), effects=tuple(effect for effect in effects if effect.is_work))


def _callee(effect: Effect) -> str:
    return effect.does.split("(", 1)[0]


def _bears(analysis: Analysis, statement: Statement, reached: _Reached) -> bool:
    """Return whether the statement decides something: of a function that is reached, and of what it does there.

    A sentence about a function outside of the family is told only to a series that has to do with that one.
    """
    names = reached.calls if statement.topic in _OF_CALLS else reached.names
    known = {*analysis.model.symbols, *analysis.family.names()}
    if not any(_naming(sentence, names) and _is_near(sentence, known, reached.words)
               for sentence in _SENTENCE.split(squash(statement.text))):
        return False
    there = [effect for effect in reached.effects if _naming(statement.text, frozenset({_callee(effect)}))]
    if statement.topic == "split" and there and not any(effect.splits in {"yes", "cannot", ""} for effect in there):
        return False
    return statement.topic not in _OF_WORK or bool(there) or bool(_naming(statement.text, reached.found))


def _is_near(sentence: str, known: Iterable[str], words: frozenset[str]) -> bool:
    foreign = [name for name in _NAMED.findall(sentence) if "*" not in name and name not in known]
    return not foreign or any(name in words for name in foreign)


def _topics(analysis: Analysis, reached: _Reached) -> frozenset[str]:
    """Return the topics that a series about these functions and files raises; the rest would be noise."""
    families = {function.family for name in reached.names if (function := analysis.family.get(name))}
    topics = {"granularity"} if families & {"granularity"} else set()
    if "presence" in families or "query" in families:
        topics |= {"presence", "split"}
        if any(_DEBUGGING.search(word) for word in reached.words):
            topics.add("debug-pagealloc")
    if families & {"memory-permissions", "caching"}:
        topics |= {"permissions", "split", "alias"}
    if "encryption" in families:
        topics.add("encryption")
    words = " ".join(file.path for state in analysis.patched.states for file in state.files)
    words += " " + " ".join(reached.names)
    if "power/" in words or "hibernat" in words:
        topics.add("hibernation")
    if "kfence" in words:
        topics.add("kfence")
    return frozenset(topics)


def _naming(text: str, names: frozenset[str]) -> int:
    """Return how many of the functions the sentence names, `set_direct_map_*_noflush()` standing for several."""
    said = _NAMED.findall(text)
    return sum(any(fnmatch.fnmatchcase(name, pattern) for pattern in said) for name in names)


def _anchored(analysis: Analysis, statement: Statement, anchor: Anchor, arch: str, prober: Prober) -> Evidence | None:
    """Return where the statement can be checked, in the tree or else in the model; None when the tree refutes it: also
    where the code that it says of a function stands in another one."""
    text = squash(anchor.has or anchor.function or f"no {anchor.lacks}")
    if analysis.patched.base.kind == "none":
        return Evidence(kind="model", file=anchor.file, line=0, text=text, rev=f"model {analysis.version}")
    held = prober.probe(anchor, arch)
    touched = {path for state in analysis.patched.states for file in state.files for path in (file.path, file.old_path)}
    if held.outcome == "moved" and f"{anchor.function}()" in statement.text:
        return None
    if held.outcome == "gone" or ({held.file, anchor.file} & touched and Prober(
            tree=analysis.end.tree).probe(anchor, arch).outcome == "gone"):
        return None  # what the series takes away is not known of it any more
    return Evidence(kind="source", file=held.file, line=held.line, text=text, rev=analysis.sides[0].tree.rev)
