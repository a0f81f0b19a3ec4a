"""Holds the model's anchors against a tree: which still stand, which have moved, which are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from typing import Literal

from reviewbot.arch.anchors import Source, find_sequence, read_pattern, read_source, reads_words
from reviewbot.arch.backends import Backends
from reviewbot.arch.model import Model
from reviewbot.arch.types import Anchor, Arch, Fact, KernelVersion
from reviewbot.errors import BudgetError
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["Check", "Prober", "check", "find_anchors"]

_MOST_PLACES = 40  # files that may be searched for one anchor that is not where it should be


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One anchor of one fact, switch, runtime name, statement or backend held against a tree.

    `outcome`: `holds`; `moved`: another place has it, which `file`, `line` and `function` name; `gone`: nothing was
    found (or, of a `lacks`, what must not stand there does, at `line`). `line` is 1-based, 0 when there is no place.
    """

    arch: str
    kind: Literal["fact", "switch", "statement", "runtime", "backend"]
    subject: str
    condition: str
    anchor: Anchor
    outcome: Literal["holds", "gone", "moved"]
    file: str
    line: int
    function: str
    why: str


def check(model: Model, tree: Tree, *, arches: Iterable[str], version: KernelVersion) -> tuple[Check, ...]:
    """Return every anchor that should stand in this release, in the order of the model's files.

    `arches` left empty means all; what generic code says is always checked, once, as the architecture `*`. `version`
    says which facts are meant; the tree is not asked. Raises UsageError for an architecture that is not in the model.
    """
    asked = model.nearest(version)
    wanted = sorted(set(arches)) or list(model.arches)
    own = [model.arch(name) for name in wanted if name != "*"]
    prober = Prober(tree=tree)
    rows = []
    for arch in (model.generic, *own):
        for subject in (*_subjects(arch, asked), *_below(model.backends_of(arch.name, asked))):
            if subject.anchor.covers(asked):
                probed = prober.probe(subject.anchor, arch.name)
                rows.append(replace(probed, arch=arch.name, kind=subject.kind, subject=subject.name,
                                    condition=subject.condition))
    return tuple(rows)


def find_anchors(anchors: Iterable[Anchor], tree: Tree, *, arch: str) -> dict[Anchor, Check]:
    """Return where in the tree each anchor stands, in the order given; the fields that name the subject are empty."""
    prober = Prober(tree=tree)
    return {anchor: prober.probe(anchor, arch) for anchor in anchors}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    kind: Literal["fact", "switch", "statement", "runtime", "backend"]
    name: str
    condition: str
    anchor: Anchor


def _subjects(arch: Arch, version: KernelVersion) -> Iterator[_Subject]:
    """Yield every anchor of what the architecture's file says about a release."""
    for fact in arch.facts:
        if version in fact.versions:
            for anchor in (*fact.anchors, *_definition(fact)):
                yield _Subject(kind="fact", name=fact.symbol, condition=fact.condition, anchor=anchor)
    for switch in arch.switches:
        if version in switch.versions:
            for anchor in switch.anchors:
                yield _Subject(kind="switch", name=switch.name, condition="", anchor=anchor)
    for runtime in arch.runtimes:
        if version in runtime.versions:
            for anchor in runtime.anchors:
                yield _Subject(kind="runtime", name=runtime.name, condition="", anchor=anchor)
    for statement in arch.statements:
        if version in statement.versions:
            for anchor in statement.anchors:
                name = f"{statement.topic}: {statement.text}"
                yield _Subject(kind="statement", name=name, condition="", anchor=anchor)


def _below(backends: Backends) -> Iterator[_Subject]:
    """Yield every anchor of what is known of an architecture's backends in a release."""
    groups = [(row.title, row.anchors) for row in backends.rows]
    groups += [(answer.asks, answer.anchors) for answer in backends.answers]
    groups += [(f"conversion on {', '.join(entry.backends)}", entry.anchors) for entry in backends.conversions]
    groups += [(f"what needs {entry.needs}", entry.anchors) for entry in backends.callers]
    for name, anchors in groups:
        for anchor in anchors:
            yield _Subject(kind="backend", name=name, condition="", anchor=anchor)


def _definition(fact: Fact) -> Iterator[Anchor]:
    """Yield what nobody has to write down: a real function is defined where the fact says, with its returned type.

    What a macro defines is not: `__SET_MEMORY_FUNC(name, flags)` has no type that could be looked for.
    """
    if fact.status == "real":
        file = fact.defined_in.split(":")[0]
        # What is defined in a .c file has its __must_check where it is declared.
        checked = " __must_check" if fact.must_check and file.endswith(".h") else ""
        # Of several arms of an `#if` one that has it is enough, so what none may have is said too.
        other = "int" if fact.returns in {"void", "bool"} else "void"
        section = " __init" if fact.boot and fact.status == "real" else ""
        yield Anchor(file=file, function=fact.symbol, has=f"{fact.returns}{section}{checked} {fact.symbol}(",
                     lacks=f"{other}{section} {fact.symbol}(",
                     holds_for=("returns", "must_check") if checked else ("returns",))


@dataclass(slots=True, kw_only=True)
class Prober:
    """Reads each file once and answers each anchor once."""

    tree: Tree
    sources: dict[str, Source | None] = field(default_factory=dict)
    answers: dict[tuple[str, str, str, str, tuple[str, ...]], Check] = field(default_factory=dict)

    def probe(self, anchor: Anchor, arch: str) -> Check:
        """Return the anchor's outcome; the fields that name the subject are empty."""
        key = (anchor.file, anchor.function, anchor.has, anchor.lacks, anchor.path)
        if key not in self.answers:
            try:
                self.answers[key] = self._probe(anchor, arch)
            except BudgetError as problem:
                self.answers[key] = _outcome(anchor, "gone", why=f"not searched: {problem}")
        return replace(self.answers[key], anchor=anchor)

    def _probe(self, anchor: Anchor, arch: str) -> Check:
        source = self._source(anchor.file)
        if source is None:
            return self._elsewhere(anchor, arch, why="there is no such file")
        places = source.definitions(anchor.function) if anchor.function else ((0, len(source.texts)),)
        if not places:
            return self._elsewhere(anchor, arch, why=f"the file does not define {anchor.function}")
        if anchor.path:
            return self._chain(anchor, arch)
        first_line = source.line(places[0][0])
        if anchor.has:
            pattern = read_pattern(anchor.has, words=source.words)
            found = next((at for start, end in places
                          if (at := find_sequence(source.texts, pattern, start, end)) is not None), None)
            if found is None:
                return self._elsewhere(anchor, arch, why="the code is not there")
            first_line = source.line(found)
        if anchor.lacks:
            pattern = read_pattern(anchor.lacks, words=source.words)
            for start, end in places:
                at = find_sequence(source.texts, pattern, start, end)
                if at is not None:
                    return _outcome(anchor, "gone", line=source.line(at), function=anchor.function,
                                    why=f"'{anchor.lacks}' stands there")
        return _outcome(anchor, "holds", line=first_line, function=anchor.function)

    def _chain(self, anchor: Anchor, arch: str) -> Check:
        """Follow a chain of calls: each function names the next, in the same file or in the one that the step names."""
        file, caller, line = anchor.file, anchor.function, 0
        for number, step in enumerate(anchor.path):
            source = self._source(file)
            spans = source.definitions(caller) if source else ()
            if source is None or not spans:
                return self._elsewhere(anchor, arch, why=f"{file} does not define {caller}")
            where, _, name = step.rpartition(":")
            at = next((index for start, end in spans for index in range(start + 1, end)
                       if source.texts[index] == name), None)
            if at is None:
                return _outcome(anchor, "gone", line=source.line(spans[0][0]), function=caller,
                                why=f"{caller}() does not call {name}()")
            line = line if number else source.line(at)
            if where:
                file = where if "/" in where else "/".join([*file.split("/")[:-1], where])
            caller = name
        return _outcome(anchor, "holds", line=line, function=anchor.function)

    def _chain_elsewhere(self, anchor: Anchor, arch: str, *, why: str) -> Check:
        """Return `moved` when another file defines the function that the chain starts with, and it holds there."""
        source = self._source(anchor.file)
        for path in () if source and source.definitions(anchor.function) else self._candidates(anchor, arch):
            if (other := self._source(path)) and other.definitions(anchor.function):
                found = self._chain(replace(anchor, file=path), arch)
                if found.outcome == "holds":
                    return replace(found, outcome="moved", why=why)
        return _outcome(anchor, "gone", why=why)

    def _elsewhere(self, anchor: Anchor, arch: str, *, why: str) -> Check:
        """Return `moved` when the code of the anchor stands somewhere that has taken its function's place, else `gone`.

        That is: a function that the anchor's function calls or is called by; any function of the file, or the
        function itself in another file, when the file no longer defines it.
        """
        if anchor.path:
            return self._chain_elsewhere(anchor, arch, why=why)
        if not anchor.function:
            return _outcome(anchor, "gone", why=why)
        source = self._source(anchor.file)
        spans = source.definitions(anchor.function) if source else ()
        if source and anchor.has:
            for name, start, end in source.functions:
                at = find_sequence(source.texts, read_pattern(anchor.has, words=source.words), start, end)
                if at is not None and (not spans or _are_related(source, anchor.function, name)):
                    return _outcome(anchor, "moved", line=source.line(at), function=name, why=why)
        for path in () if spans else self._candidates(anchor, arch):
            other = self._source(path)
            for start, end in other.definitions(anchor.function) if other else ():
                assert other is not None
                at = find_sequence(other.texts, read_pattern(anchor.has, words=other.words), start, end)
                if at is not None:
                    return replace(_outcome(anchor, "moved", line=other.line(at), function=anchor.function, why=why),
                                   file=path)
        return _outcome(anchor, "gone", why=why)

    def _candidates(self, anchor: Anchor, arch: str) -> tuple[str, ...]:
        """Return the other files that name the anchor's function: what an architecture loses is not found again in a
        stub of generic code, which has the same name."""
        if reads_words(anchor.file):
            return ()
        own = (f"arch/{arch}/",) if arch != "*" else ()
        prefixes = own if own and anchor.file.startswith(own) else (*own, "include/", "kernel/", "mm/")
        found = self.tree.search([anchor.function], prefixes=prefixes)
        return tuple(path for path in found if path != anchor.file)[:_MOST_PLACES]

    def _source(self, path: str) -> Source | None:
        if path not in self.sources:
            data = self.tree.read(path)
            self.sources[path] = None if data is None else read_source(path, data)
        return self.sources[path]


def _are_related(source: Source, one: str, other: str) -> bool:
    """Return whether one of the two functions names the other."""
    return any(named in source.texts[start:end]
               for namer, named in ((one, other), (other, one)) if namer != named
               for start, end in source.definitions(namer))


def _outcome(anchor: Anchor, outcome: Literal["holds", "gone", "moved"], *, line: int = 0, function: str = "",
             why: str = "") -> Check:
    return Check(arch="", kind="fact", subject="", condition="", anchor=anchor, outcome=outcome, file=anchor.file,
                 line=line, function=function, why=why)
