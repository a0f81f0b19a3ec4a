"""Facts made out of code: what a function of the family is and does where the series, not a release, says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from reviewbot.arch import Derived, Fact
from reviewbot.arch.agreement import worker_files
from reviewbot.arch.refresh import with_hidden
from reviewbot.arch.types import VersionRange
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import sightings_of
from reviewbot.checks.redefined import Redefinition
from reviewbot.errors import UsageError
from reviewbot.kconfig import Resolution
from reviewbot.logic import FALSE, TRUE, And, Cond, Var, parse_condition
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["UNDEFINED", "condition_of", "derived_at", "fact_of_code", "facts_in_hunks", "facts_in_tree",
           "nowhere_defined", "stub_fact"]

Splits = Literal["yes", "no", "cannot", "unknown"]
UNDEFINED = "declared, defined nowhere"
"""What the notes of an undeclared fact say where there is a declaration."""

_DEFINES = frozenset({"function", "inline", "macro"})
_ASKS = regex(r"(?:\w+_)?(?:is|has|can|needs?)_\w+")
_ERRNO = regex(r"-\(?(E[A-Z0-9]+)\)?")


def condition_of(fact: Fact) -> Cond:
    """Return under which configuration the fact is the one; a condition that cannot be read is an open variable."""
    if not fact.condition:
        return TRUE
    try:
        return parse_condition(fact.condition)
    except UsageError:
        return Var(fact.condition)


def facts_in_tree(analysis: Analysis, side: Side, moment: int, arch: str, symbol: str, *,
                  stored: tuple[Fact, ...], changed: frozenset[str]) -> tuple[Fact, ...]:
    """Return what the architecture gets for the name in the tree of that moment, the ordinary configuration's first.

    `stored` are the facts of the release, as far as they were brought up to this moment: one of them answers where the
    definition that counts stands in the same file. Everything else is read from the code, as are stubs in files in
    which the series has `changed` them.
    """
    analysis.files_with(0, analysis.with_others((symbol,)))
    found: list[Fact] = []
    for entry in analysis.configs[moment].definition_for(symbol, arch):
        file = entry.defined_in.rpartition(":")[0]
        alike = {"real", "macro"} if entry.status in {"real", "macro"} else {entry.status} - (
            {"stub"} if file in changed else set())
        same = [fact for fact in stored if fact.status in alike and fact.defined_in.split(":")[0] == file]
        if same:
            found += [replace(fact, condition=_text(And(entry.condition, condition_of(fact)))) for fact in same
                      if entry.condition == TRUE or And(entry.condition, condition_of(fact)).op != "false"]
        else:
            found += _facts_of(analysis, side, arch, symbol, entry)
    return tuple(found) or stored


def _facts_of(analysis: Analysis, side: Side, arch: str, symbol: str, entry: Resolution) -> tuple[Fact, ...]:
    condition = _text(entry.condition)
    if entry.status in {"undeclared", "undefined"}:
        return (replace(_blank(analysis, arch, symbol), status="undeclared", condition=condition, may_fail=False,
                        notes=UNDEFINED if entry.status == "undefined" else ""),)
    if entry.status == "stub":
        return (stub_fact(analysis, arch, symbol, entry.defined_in, entry.returns, entry.value, condition),)
    made = _facts_of_code(analysis, side, arch, symbol, entry.defined_in)
    wholes = [And(entry.condition, condition_of(fact)) for fact in made]
    return tuple(replace(fact, condition=_text(whole), returns=fact.returns or squash(entry.returns))
                 for fact, whole in zip(made, wholes, strict=True) if len(made) == 1 or whole != FALSE)


def facts_in_hunks(analysis: Analysis, arch: str, symbol: str, those: tuple[Redefinition, ...],
                   stored: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return what the hunks of patches say that the name is on the architecture, and the stored facts after it.

    Only a definition that a patch brings counts: one that it changes stands in a file of which most is not seen.
    """
    for one in reversed(those):
        side = analysis.after(one.position)
        file = next(f for f in analysis.patched.states[one.position].files if f.path == one.path)
        data = side.tree.read(one.path) or b""
        for seen in sightings_of(one.path, data, symbol):
            if seen.kind not in _DEFINES or seen.marker or seen.line not in file.added:
                continue
            at = f"{one.path}:{seen.line}"
            if seen.stub:
                made = stub_fact(analysis, arch, symbol, at, seen.returns, seen.value, "")
            elif _is_shown(file, side, symbol):
                made = fact_of_code(analysis, side, arch, symbol, at)
            else:
                made = replace(_blank(analysis, arch, symbol), defined_in=at, returns=seen.returns)
            return (replace(made, condition=_text(seen.condition)), *stored)
        if any(seen.kind == "declaration" and seen.line in file.added for seen in sightings_of(one.path, data, symbol)):
            # What the patch declares is not undeclared; where it is defined then, nobody has seen.
            return tuple(replace(_blank(analysis, arch, symbol), condition=fact.condition, defined_in=one.path)
                         if fact.status == "undeclared" else fact for fact in stored)
    return stored


def _is_shown(file: PatchedFile, side: Side, symbol: str) -> bool:
    """Return whether the hunks show the whole function, from its head to its closing brace."""
    facts = side.facts.get(file.path)
    return any(first <= function.span.line and function.span.end_line <= last
               for function in (facts.functions if facts else ()) if function.name == symbol
               for first, last in file.known_new)


def fact_of_code(analysis: Analysis, side: Side, arch: str, symbol: str, at: str) -> Fact:
    """Return what the code of the definition at `file:line` does; what cannot be told from it is None or `unknown`.

    Workers are looked for where the model knows them and in the files that the series touches. How leaves are split is
    taken from what the model knows of the same workers in the ordinary configuration.
    """
    return replace(_facts_of_code(analysis, side, arch, symbol, at)[0], condition="")


def _facts_of_code(analysis: Analysis, side: Side, arch: str, symbol: str, at: str) -> tuple[Fact, ...]:
    """Return what the code of the definition does, under each condition under which its workers split otherwise."""
    file = at.rpartition(":")[0]
    blank = replace(_blank(analysis, arch, symbol), defined_in=at)
    derived = derived_at(analysis, side, arch, file, symbol)
    if derived is None:
        return (blank,)
    returns = _without_storage(derived.returns)
    # Code of which nothing can be told, say a hunk's part of it, does not tell that it never fails either.
    told = derived.calls or derived.noop_when or derived.flushes or derived.sleeps or derived.drops
    torn = not _is_read_whole(analysis, side, file, symbol)
    may_fail = None if not derived.may_fail and (derived.partial or torn or not told) else derived.may_fail
    marks = dict(derived.evidence)
    made = replace(
        blank, returns=returns, may_fail=False if returns in {"void", "bool"} else may_fail,
        errnos=tuple((name, marks[f"errno {name}"].text) for name in derived.errnos),
        noop_when=derived.noop_when, flushes=True if derived.flushes else None,
        flush_how=", ".join(derived.flushes_by), sleeps=True if derived.sleeps else None,
        drops=derived.drops, read_from="code",
        assumed=bool(derived.assumed or derived.open or derived.partial or torn))
    others = _like_workers(analysis, side, arch, symbol, derived)
    claimed = any(one.splits != "unknown" for one in others)  # else nothing is said that could be wrong
    hidden = nowhere_defined(analysis, derived.unread) if claimed else frozenset[str]()
    return tuple(with_hidden(replace(
        made, condition=one.condition, splits=one.splits, partial_on_failure=one.partial if may_fail else None,
        errnos=tuple(pair for pair in made.errnos if one.errnos is None or pair[0] in one.errnos)), hidden)
                 for one in others)


def nowhere_defined(analysis: Analysis, names: Iterable[str]) -> frozenset[str]:
    """Return those of the names that no file of the tree has before the series, and that no patch defines or declares.

    Names of questions apart. None where there is no tree: then most names are not to be found.
    """
    asked = sorted(name for name in set(names) if not _ASKS.fullmatch(name))
    if not asked or analysis.sides[0].tree.kind == "none" or not analysis.sides[0].tree.exists("Kconfig"):
        return frozenset()
    files = [(file.path, file.before or b"", file.after)
             for state in analysis.patched.states for file in state.files if file.after]
    asked = [name for name in asked if any(  # the tree has all that its own lines name
        name.encode() in after and name.encode() not in before for _, before, after in files)]
    there = analysis.files_with(0, asked) if asked else {}
    return frozenset(name for name in asked if not there.get(name) and not any(
        seen.kind in _DEFINES or seen.kind == "declaration"
        for path, _, data in files if name.encode() in data for seen in sightings_of(path, data, name)))


def derived_at(analysis: Analysis, side: Side, arch: str, file: str, symbol: str) -> Derived | None:
    """Return what the code of the function in that file does at this moment, None where the file has none."""
    return analysis.reading.derived_in(side.tree, file, symbol, arch, _workers(analysis, side, arch, file),
                                       errnos=_KnownErrnos(analysis, side, arch, symbol))


def _is_read_whole(analysis: Analysis, side: Side, path: str, symbol: str) -> bool:
    """Return whether every line of the function is known, also where the file is known by hunks alone."""
    known = analysis.reading.known_ranges(path, side.tree.read(path) or b"")
    facts = analysis.read(side, path) if known else None
    return not known or any(first <= function.span.line and function.span.end_line <= last
                            for function in (facts.functions if facts else ()) if function.name == symbol
                            for first, last in known)


def _workers(analysis: Analysis, side: Side, arch: str, file: str) -> dict[str, tuple[str, ...]]:
    """Return where called functions may stand: the files of the series first, then those that the model knows."""
    places: dict[str, dict[str, None]] = {}
    for path, facts in sorted(side.facts.items(), key=lambda item: (item[0] != file, item[0].endswith(".h"), item[0])):
        if own_arch(path) in {"", arch}:
            for function in facts.functions:
                if function.name and not (function.static and path.endswith(".c") and path != file):
                    places.setdefault(function.name, {})[path] = None
    for name, paths in worker_files(analysis.model, arch, analysis.version).items():
        places.setdefault(name, {}).update(dict.fromkeys(paths))
    return {name: tuple(paths) for name, paths in places.items()}


class _KnownErrnos(Mapping[str, tuple[str, ...]]):
    """The errors that can come of the workers that the model knows and the series leaves as they are.

    Whether it does is looked at for those that somebody asks about.
    """

    def __init__(self, analysis: Analysis, side: Side, arch: str, symbol: str) -> None:
        """Take the facts of the architecture, those of the symbol itself apart."""
        self._analysis, self._side = analysis, side
        self._facts: dict[str, list[Fact]] = {}
        self._errnos: dict[str, tuple[str, ...] | None] = {}
        for fact in _facts_on(analysis, arch):
            if fact.is_real and fact.returns == "int" and fact.may_fail is not None \
                    and fact.symbol != symbol and fact.symbol not in analysis.redefined:
                self._facts.setdefault(fact.symbol, []).append(fact)

    def __getitem__(self, name: str) -> tuple[str, ...]:
        """Return the errors of a worker. Raises KeyError for one that is not known or not left alone."""
        if name not in self._errnos:
            self._errnos[name] = next((fact.possible_errnos() for fact in self._facts.get(name, ())
                                       if _fails_as_ever(self._analysis, self._side, fact)), None)
        errnos = self._errnos[name]
        if errnos is None:
            raise KeyError(name)
        return errnos

    def __iter__(self) -> Iterator[str]:
        """Yield the workers whose errors are known."""
        return (name for name in self._facts if name in self)

    def __len__(self) -> int:
        """Return how many those are."""
        return sum(1 for _ in self)


def _fails_as_ever(analysis: Analysis, side: Side, fact: Fact) -> bool:
    """Return whether the function returns the errors now that it returned before the series, however it is written."""
    path, start = fact.defined_in.split(":")[0], analysis.sides[0].tree
    if start.content_id(path) == side.tree.content_id(path):
        return True
    if any(file.path == path and not file.whole for state in analysis.patched.states for file in state.files):
        return False
    before, after = analysis.reading.derived(start, fact), analysis.reading.derived(side.tree, fact)
    return before is not None and after is not None and before.errnos == after.errnos


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workers:
    """What functions that rest on the same workers do under a condition: whether they split, whether a failure leaves a
    part changed; `unknown` and None where they differ. `errnos`: all that they fail with, None for any."""

    condition: str = ""
    splits: Splits = "unknown"
    partial: bool | None = None
    errnos: frozenset[str] | None = None


def _like_workers(analysis: Analysis, side: Side, arch: str, symbol: str, derived: Derived) -> tuple[_Workers, ...]:
    """Return what the model knows of facts that rest on the same workers, under each condition under which they split
    otherwise, the ordinary one first.

    The nearest workers count: those that the function calls, else those of the file's own functions that it calls.
    """
    known = [fact for fact in _facts_on(analysis, arch) if fact.is_real and fact.symbol != symbol]
    shown = analysis.read(side, derived.file)
    inner = {function.name: function.calls_all for function in (shown.functions if shown else ()) if function.static}
    calls, facts, seen = set(derived.calls), list[Fact](), {symbol}
    while calls and not facts:
        facts = [fact for fact in known if fact.symbol in calls or (fact.calls and fact.calls in calls)]
        seen |= calls
        calls = {name for one in calls for name in inner.get(one, ())} - seen
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.condition, []).append(fact)
    whole, parts = _alike(facts), [replace(
        _alike(those), condition=condition, errnos=frozenset(name for fact in those for name, _ in fact.errnos))
        for condition, those in groups.items()]
    # Where the configuration decides, and nothing else does, each answers for its own.
    return tuple(parts) if whole.splits == "unknown" and parts and all(
        one.splits != "unknown" for one in parts) else (whole,)


def _alike(facts: Sequence[Fact]) -> _Workers:
    splits, partial = {fact.splits for fact in facts}, {fact.partial_on_failure for fact in facts}
    return _Workers(splits=splits.pop() if len(splits) == 1 else "unknown",
                    partial=partial.pop() if len(partial) == 1 else None)


def _facts_on(analysis: Analysis, arch: str) -> Iterator[Fact]:
    known = analysis.model.own_of(arch)
    release = analysis.model.nearest(analysis.version)
    yield from (fact for fact in known.facts if release in fact.versions)


def stub_fact(analysis: Analysis, arch: str, symbol: str, at: str, returns: str, value: str, condition: str) -> Fact:
    """Return the fact of a stub at `file:line` that gives `value`."""
    failing = _ERRNO.fullmatch("".join(value.split()))
    errnos = ((failing[1], "the stub returns it"),) if failing else ()
    return replace(
        _blank(analysis, arch, symbol), status="stub", defined_in=at, returns=_without_storage(returns),
        condition=condition, may_fail=failing is not None, errnos=errnos,
        notes=f"returns {value}" if value else "", splits="no", flushes=False, sleeps=False)


def _blank(analysis: Analysis, arch: str, symbol: str) -> Fact:
    """Return a fact of which nothing is known but that there is such a function."""
    release = analysis.version
    return Fact(
        symbol=symbol, arch=arch, versions=VersionRange(first=release, last=release), status="real", defined_in="",
        condition="", returns="", must_check=False, may_fail=None, errnos=(), noop_when=(), splits="unknown",
        split_alloc="", partial_on_failure=None, flushes=None, flush_how="", sleeps=None, locks="", atomic_ok=None,
        alias="unknown", drops=(), calls="", notes="", anchors=())


def _without_storage(returns: str) -> str:
    words = [word for word in squash(returns).split()
             if word not in {"static", "inline", "extern", "__always_inline", "noinline"} and not word.startswith("__")]
    return " ".join(words)


def _text(condition: Cond) -> str:
    return "" if condition == TRUE else str(condition)

