"""The series seen through its C facts: every state of every touched file, and the helpers that stand in between."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeVar

from reviewbot.arch import Fact, KernelVersion, Model
from reviewbot.budget import Budget
from reviewbot.cfacts import Family
from reviewbot.cfacts.types import Call, FileFacts, Function
from reviewbot.checks.arches import own_arch
from reviewbot.checks.callbacks import called_through
from reviewbot.checks.changed_calls import called_around_changes
from reviewbot.checks.changed_names import Holders
from reviewbot.checks.occurrences import Occurrence, loses_lines, reached_calls, touched_calls
from reviewbot.checks.own_options import selecting_arches
from reviewbot.checks.ranges import Before
from reviewbot.checks.reach import Reach
from reviewbot.checks.reading import Reading, touches
from reviewbot.checks.redefined import Redefinition, redefinitions
from reviewbot.checks.refused import Refused
from reviewbot.checks.renames import renames_of
from reviewbot.checks.user import User
from reviewbot.checks.weak import WEAK, Weak
from reviewbot.contracts.learned import Learned
from reviewbot.errors import Skip
from reviewbot.kconfig import KernelConfig
from reviewbot.logic import TRUE, Cond
from reviewbot.series.types import Series
from reviewbot.source import OverlayTree
from reviewbot.source.types import PatchedTree, PatchState, Tree
from reviewbot.values import dataclass

__all__ = ["EVERY_FAMILY", "Analysis", "Occurrence", "Side", "Wrapper", "analyse"]

EVERY_FAMILY = "api:all"
_C_FILES = (".c", ".h")
_DEEPEST_HELPER = 4  # a helper of a helper of a helper of a helper: what a reader still follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """A function in a file that the series touches (or in the family's headers) that calls the family.

    It is `lossy` when it returns nothing, so that no caller can see a failure; otherwise `fallible` when it returns the
    result of one of its `calls`, or an error of its own wherever that has failed.
    """

    name: str
    file: str
    function: Function
    calls: tuple[Call, ...]

    @property
    def lossy(self) -> bool:
        """Return whether a failure inside cannot reach the caller because the function is void."""
        return self.function.returns.split()[-1:] == ["void"]

    @property
    def fallible(self) -> bool:
        """Return whether the function hands the result of a family call to its caller."""
        return not self.lossy and bool(self.handing_on)

    @property
    def handing_on(self) -> tuple[Call, ...]:
        """Return those of the calls whose result reaches the caller on some path, or an error in its place."""
        return tuple(call for call in self.calls if call.reaches_caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One moment of the series: the tree, the facts of every file the series touches, and the helpers in them.

    `reached` keeps what calls have been found to come to through the helpers.
    """

    tree: Tree
    facts: Mapping[str, FileFacts]
    wrappers: Mapping[str, tuple[Wrapper, ...]]
    reached: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    def wrapper(self, name: str, near: str) -> Wrapper | None:
        """Return the helper that a call of `name` in the file `near` means: the one there, else a global one."""
        return next(iter(self.visible_wrappers(name, near)), None)

    def visible_wrappers(self, name: str, near: str) -> tuple[Wrapper, ...]:
        """Return the helpers of that name that code in the file `near` can call: its own ones, else the global ones.

        More than one of them means several definitions under different `#if` conditions, or, for a file that every
        architecture builds, one for each architecture.
        """
        mine = own_arch(near)
        found = tuple(w for w in self.wrappers.get(name, ()) if not mine or own_arch(w.file) in {"", mine})
        own = tuple(wrapper for wrapper in found if wrapper.file == near)
        return own or tuple(w for w in found if not w.function.static or w.file.endswith(".h"))

    def function_at(self, path: str, line: int) -> Function | None:
        """Return the function whose definition spans the line."""
        facts = self.facts.get(path)
        for function in facts.functions if facts else ():
            if function.span.line <= line <= function.span.end_line:
                return function
        return None


@dataclass(kw_only=True)
class Analysis:
    """Everything that checks ask for. `sides[k]` is the moment before the k-th present patch; the last is the end.

    `arches` are those the review is about, sorted; `version` is the release that the model answers for. `configs[k]`
    answers for the configuration of `sides[k]`. `views[k]` is the moment before and after the k-th present patch with
    the files that it did not apply to as its hunks show them; the trees of `sides` know nothing of these. `touched`
    are files that may differ from the base besides those of the patches in `patched`; `callers` are the functions of
    generic code around the family whose own callers are looked for.
    """

    series: Series
    patched: PatchedTree
    family: Family
    model: Model
    version: KernelVersion
    arches: tuple[str, ...]
    sides: tuple[Side, ...]
    views: tuple[tuple[Side, Side], ...]
    configs: tuple[KernelConfig, ...]
    reading: Reading
    reach: Reach
    workers: Mapping[str, str]
    budget: Budget
    skips: list[Skip] = field(default_factory=list)
    _occurrences: dict[int, tuple[Occurrence, ...]] = field(default_factory=dict)
    _reached: dict[int, tuple[Occurrence, ...]] = field(default_factory=dict)
    holders: Holders = field(default_factory=Holders)
    _redefined: dict[str, tuple[Redefinition, ...]] = field(default_factory=dict)
    histories: dict[tuple[int, str, int, str], tuple[Tree, tuple[Before, ...]]] = field(default_factory=dict)
    facts_now: dict[tuple[int, str, str], tuple[Tree, tuple[Fact, ...]]] = field(default_factory=dict)
    unreached: dict[tuple[int, str, int, int], tuple[Tree, bool]] = field(default_factory=dict)
    failed_before: dict[tuple[int, str, int, int], tuple[Tree, tuple[Call, ...]]] = field(default_factory=dict)
    answers: dict[tuple[int, str, str, str], tuple[Tree, Cond]] = field(default_factory=dict)
    alike: dict[tuple[int, Cond, Cond, str], bool] = field(default_factory=dict)
    defining: dict[tuple[int, str], tuple[FileFacts, int]] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()
    callers: frozenset[str] = frozenset()
    absent: dict[str, bool] = field(default_factory=dict)
    users: dict[tuple[int, str, str], tuple[User, ...] | None] = field(default_factory=dict)
    idle: dict[tuple[int, str, str, str], bool] = field(default_factory=dict)
    learned: Learned = field(default_factory=Learned)

    def files_with(self, moment: int, names: Iterable[str], below: str = "") -> dict[str, tuple[str, ...]]:
        """Return for each name the files of the kernel that contain it, of a folder (with its slash) alone if one is
        named; moment `position + 1` is after that patch."""
        changed = {path for state in self.patched.states[:moment] for file in state.files
                   for path in (file.path, file.old_path)} | (self.touched if moment else frozenset())
        return self.holders.files(self.sides[0].tree, self.sides[moment].tree, changed, names, below)

    def read(self, side: Side, path: str) -> FileFacts | None:
        """Return the facts of any file at that moment, about the family and what the model knows as its workers."""
        return side.facts.get(path) or self.reading.facts(side.tree, path, self.workers)

    def before(self, position: int) -> Side:
        """Return the side before the patch at this position (0-based) of the present patches, as the patch shows it."""
        return self.views[position][0]

    def after(self, position: int) -> Side:
        """Return the side after the patch at this position; files it did not apply to are as its hunks show them."""
        return self.views[position][1]

    @cached_property
    def own_options(self) -> Mapping[str, frozenset[str]]:
        """Return the options that the series brings, each with the architectures on which it selects them itself."""
        return selecting_arches(self.series)

    @cached_property
    def weak(self) -> Weak:
        """Return what is known of `__weak` functions at each moment."""
        return Weak(self.configs, lambda moment: self.files_with(moment, (WEAK,))[WEAK])

    @cached_property
    def refused(self) -> Refused:
        """Return which builds the `#error` lines that the series brings stop."""
        return Refused(self.configs, self.patched.states)

    @cached_property
    def renames(self) -> tuple[tuple[str, str], ...]:
        """Return which names the series gives others where that is all it does, as (before, after)."""
        return renames_of(self.series, lambda names: any(self.files_with(0, names).values()))

    @cached_property
    def brought(self) -> frozenset[str]:
        """Return the functions of the family that the series defines somewhere and that no touched file had before."""
        def defined(side: Side) -> set[str]:
            return {function.name for facts in side.facts.values() for function in facts.functions}
        after: set[str] = set().union(*(defined(view[1]) for view in self.views))
        return frozenset((after - defined(self.sides[0]) - defined(self.views[0][0])) & self.family.names())

    @cached_property
    def redefined(self) -> Mapping[str, tuple[Redefinition, ...]]:
        """Return what the series itself says that functions of the family are, by name and in order of the patches."""
        return redefinitions(self.patched, self.family.names())

    @cached_property
    def asked_together(self) -> frozenset[str]:
        """Return the functions of the family and helpers around it that the series calls or redefines."""
        called = {occurrence.call.callee for position, _ in self.states() for occurrence in self.occurrences(position)}
        return frozenset(called.union(self.redefined))

    def with_others(self, names: Iterable[str]) -> frozenset[str]:
        """Return the names, and where the tree has yet to be searched for one of them the others that the series calls
        or redefines: they are asked for soon, and one pass over the tree is for all."""
        wanted = frozenset(names)
        return wanted if wanted <= self.family.names("core") else wanted | self.asked_together

    def redefinitions_of(self, name: str) -> tuple[Redefinition, ...]:
        """Return the same for a function of any name."""
        if name in self.family.names():
            return self.redefined.get(name, ())
        if name not in self._redefined:
            self._redefined[name] = redefinitions(self.patched, frozenset({name})).get(name, ())
        return self._redefined[name]

    def moment_of(self, tree: Tree) -> int | None:
        """Return which moment of the series the tree of a side is: 0 for the base, `position + 1` after that patch."""
        for moment, side in enumerate(self.sides):
            if side.tree is tree:
                return moment
        for position, (before, after) in enumerate(self.views):
            if tree is before.tree or tree is after.tree:
                return position + (tree is after.tree)
        return None

    @cached_property
    def primitives(self) -> frozenset[str]:
        """Return the names that architectures define: the family without what generic code makes of it for all of
        them. What it makes for those that have no own definition is theirs as another one's is its own."""
        generic = {name for side in self.sides for name, found in side.wrappers.items()
                   if any(not wrapper.file.startswith("arch/") for wrapper in found)} & self.family.names()
        return self.family.names() - {name for name in generic if not self._has_own(name)}

    def _has_own(self, name: str) -> bool:
        """Return whether an architecture has a definition of its own in this release, as the model knows."""
        return any(fact.defined_in.startswith("arch/") for arch in self.model.arches
                   for fact in self.model.fact(arch, name, self.version))

    def wanted(self, references: tuple[str, ...]) -> frozenset[str]:
        """Return the names that a rule's `api` option stands for; `api:all` is every family, workers included.

        Raises DataError for a family that does not exist.
        """
        if EVERY_FAMILY in references:
            return self.family.names()
        return frozenset(function.name for reference in references for function in self.family.select(reference))

    def returns(self, name: str) -> str:
        """Return what a function of the family returns (`int`, `void`, `bool`), empty for any other name."""
        function = self.family.get(name)
        return function.returns if function else ""

    def message_id(self, index: int) -> str:
        """Return the Message-ID of the patch with this number, empty when it is not part of the input."""
        return next((patch.message_id for patch in self.series.patches if patch.index == index), "")

    @property
    def end(self) -> Side:
        """Return the side after the last patch."""
        return self.sides[-1]

    def states(self) -> Iterator[tuple[int, PatchState]]:
        """Yield (position, state) for every present patch, in order."""
        yield from enumerate(self.patched.states)

    def never_builds(self, path: str, arch: str) -> tuple[str, ...]:
        """Return why no configuration of the architecture builds the file, before or after the series; () if one does.

        Headers, an architecture's own files and files without a known condition count as built.
        """
        if own_arch(path) or not path.endswith(".c"):
            return ()
        return self.reach.never(TRUE, arch, (path,))

    def occurrences(self, position: int) -> tuple[Occurrence, ...]:
        """Return each family or helper call in a function that the patch touches, in order of file and line."""
        if position not in self._occurrences:
            self._occurrences[position] = tuple(touched_calls(self.patched.states[position],
                                                              self.after(position).facts))
        return self._occurrences[position]

    def reached(self, position: int) -> tuple[Occurrence, ...]:
        """Return each call, in a function that the patch leaves alone, of a helper that it touches."""
        if position not in self._reached:
            before, after = self.views[position]
            self._reached[position] = tuple(reached_calls(
                self.patched.states[position], before.facts, after.facts, {*before.wrappers, *after.wrappers},
                after.tree))
        return self._reached[position]


def analyse(*, series: Series, patched: PatchedTree, family: Family, model: Model, version: KernelVersion,
            arches: tuple[str, ...], budget: Budget | None = None) -> Analysis:
    """Return the series with the facts of every touched file before and after each patch.

    The files are read for the family's names first, then again with the names of the helpers around the family that
    the series changes or that changed functions call, or that stand in headers, until no new helper turns up.
    """
    moments = [patched.start, *(state.after for state in patched.states)]
    holders = Holders()
    holders.note((*family.names("core"), WEAK), patched, known=family.names())
    shown = list(_shown(patched))
    trees = [*moments, *(tree for tree, _, _ in shown)]
    paths = sorted({path for state in patched.states for file in state.files for path in (file.path, file.old_path)
                    if path.endswith(_C_FILES)} | _headers(family))
    budget = budget or Budget()
    reading = Reading(series, patched, budget)
    returns: dict[str, str] = {function.name: function.returns for function in family.functions}
    called = called_around_changes(patched)
    for _ in range(_DEEPEST_HELPER):
        read = _read(reading, patched, moments, shown, paths, returns)
        handed = called_through(zip(trees, read, strict=True), family.names())
        wrappers = _all_wrappers(read, frozenset(returns))
        near = _changed(patched, read[len(moments)::2], read[len(moments) + 1::2])
        asked = near | called
        wider = {wrapper.name: wrapper.function.returns for each in _apart(wrappers) for found in each.values()
                 for wrapper in found if wrapper.file.endswith(".h") or wrapper.name in asked} | handed | returns
        if wider == returns:
            break
        returns = wider
    callers = _generic_callers(_apart(read[len(moments):]), near)
    useful = {id(each): {name: each[name] for name in each if name in returns} for each in _apart(wrappers)}
    sides = tuple(Side(tree=tree, facts=facts, wrappers=useful[id(each)])
                  for tree, facts, each in zip(trees, read, wrappers, strict=True))
    views = tuple(zip(sides[len(moments)::2], sides[len(moments) + 1::2], strict=True))
    touched = {file.path for state in patched.states for file in state.files}
    skips = dict.fromkeys(skip for facts in _apart([side.facts for view in views for side in view])
                          for path, file in sorted(facts.items()) if path in touched for skip in file.skips)
    makers = {function.name: function.made_by for function in family.functions if function.made_by}
    configs = [KernelConfig(moments[0], makers=makers, budget=budget)]
    for state in patched.states:
        configs.append(configs[-1].after(state.after, changed=[file.path for file in state.files]))
    return Analysis(series=series, patched=patched, family=family, model=model, version=version, arches=arches,
                    sides=sides[:len(moments)], views=views, configs=tuple(configs), reading=reading,
                    reach=Reach(tuple(configs), patched.states, arches=arches, model=model, version=version,
                                whole=not series.missing),
                    workers=_workers(family, model), holders=holders, callers=callers, budget=budget,
                    skips=list(skips))


_Kept = TypeVar("_Kept")
_Facts = Mapping[str, FileFacts]
_Wrappers = Mapping[str, tuple[Wrapper, ...]]


def _apart(values: Sequence[_Kept]) -> list[_Kept]:
    """Return the values without those that are one with an earlier one: most moments of a series share theirs."""
    return list({id(value): value for value in values}.values())


def _read(reading: Reading, patched: PatchedTree, moments: Sequence[Tree],
          shown: Sequence[tuple[Tree, int, frozenset[str]]], paths: Sequence[str], returns: Mapping[str, str]
          ) -> list[_Facts]:
    """Return the facts of these files at each moment and as each patch shows them; only what a patch touches is read
    again, and where nothing differs the value is the same one."""
    def again(before: _Facts, tree: Tree, changed: Iterable[str]) -> _Facts:
        now = {path: reading.facts(tree, path, returns) for path in sorted(changed) if path in wanted}
        if all(before.get(path) is facts for path, facts in now.items()):
            return before
        merged = {**before, **now}
        return {path: facts for path in sorted(merged) if (facts := merged[path])}

    wanted = frozenset(paths)
    found: list[_Facts] = [again({}, moments[0], paths)]
    for state, tree in zip(patched.states, moments[1:], strict=True):
        found.append(again(found[-1], tree, {path for file in state.files for path in (file.path, file.old_path)}))
    return [*found, *(again(found[number], tree, changed) for tree, number, changed in shown)]


def _all_wrappers(read: Sequence[_Facts], names: frozenset[str]) -> list[_Wrappers]:
    """Return what `_wrappers` says of each moment, asked once for moments that share their facts."""
    known: dict[int, tuple[FileFacts, dict[str, list[Wrapper]]]] = {}
    made = {id(facts): _wrappers(facts, names, known) for facts in _apart(read)}
    return [made[id(facts)] for facts in read]


def _shown(patched: PatchedTree) -> Iterator[tuple[Tree, int, frozenset[str]]]:
    """Yield the trees around each patch with what has no place in the tree as the hunks show it, the moment of the
    series that each of them is, and the files that are another there.

    What one patch shows stays in sight of the later ones: they may call what it defines.
    """
    known: dict[str, bytes] = {}
    for number, state in enumerate(patched.states):
        before, after = dict(known), dict(known)
        for file in state.files:
            if not file.whole and file.before is not None:
                before[file.old_path] = file.before
            if file.old_path and file.old_path != file.path:
                after.pop(file.old_path, None)
            after.pop(file.path, None)
            if not file.whole and file.after is not None:
                after[file.path] = file.after
        yield OverlayTree(state.before, before) if before else state.before, number, frozenset(before)
        yield OverlayTree(state.after, after) if after else state.after, number + 1, frozenset(after)
        known = after


def _workers(family: Family, model: Model) -> dict[str, str]:
    """Return the names that the family and the model's facts know, with the C return type where it is known."""
    called = {fact.calls: "" for arch in (model.generic, *model.own) for fact in arch.facts
              if fact.calls.isidentifier()}  # prose about several workers is no name
    return called | {function.name: function.returns for function in family.functions}


def _changed(patched: PatchedTree, before: Sequence[Mapping[str, FileFacts]],
             after: Sequence[Mapping[str, FileFacts]]) -> frozenset[str]:
    """Return the names of the functions in which the series changes a line, from the facts around each patch."""
    names = set()
    for position, state in enumerate(patched.states):
        for file in state.files:
            facts = after[position].get(file.path)
            names |= {function.name for function in facts.functions if touches(file, function)} if facts else set()
            facts = before[position].get(file.old_path)
            names |= {function.name for function in facts.functions if loses_lines(file, function)} if facts else set()
    return frozenset(names)


def _generic_callers(read: Sequence[Mapping[str, FileFacts]], changed: frozenset[str]) -> frozenset[str]:
    """Return the `changed` functions of generic files and headers that call the family, and those that call these in
    turn: all but static ones of C files, which nobody else can call."""
    calls = {(call.function, call.callee) for side in read for path, facts in side.items()
             if path.endswith(".h") or not own_arch(path) for call in facts.calls if call.function}
    alone = {function.name for side in read for path, facts in side.items() if path.endswith(".c")
             for function in facts.functions if function.static}
    inner = {function for function, _ in calls} & changed
    return frozenset((inner | {function for function, callee in calls if callee in inner}) - alone)


def _headers(family: Family) -> set[str]:
    """Return the generic headers that declare the family or make helpers of it."""
    return {f"include/{function.header}" for function in family.functions
            if function.header.endswith(".h") and not function.header.startswith("asm/")}


def _wrappers(facts: _Facts, names: frozenset[str], known: dict[int, tuple[FileFacts, dict[str, list[Wrapper]]]]
              ) -> _Wrappers:
    """Return the functions that call one of the names, by name; those in headers after those in C files.

    `known` keeps what each file has, from one moment to the next.
    """
    found: dict[str, list[Wrapper]] = {}
    for path, file in sorted(facts.items(), key=lambda item: (item[0].endswith(".h"), item[0])):
        if id(file) not in known:
            known[id(file)] = file, _wrappers_in(path, file, names)
        for name, wrappers in known[id(file)][1].items():
            found.setdefault(name, []).extend(wrappers)
    return {name: tuple(wrappers) for name, wrappers in found.items()}


def _wrappers_in(path: str, file: FileFacts, names: frozenset[str]) -> dict[str, list[Wrapper]]:
    calls = [call for call in file.calls if call.callee in names and call.use != "in-macro"]
    functions = sorted(file.functions, key=lambda function: function.span.line)
    starts = [function.span.line for function in functions]
    ends = list(accumulate((function.span.end_line for function in functions), max))
    inside: dict[int, list[Call]] = {}
    for call in calls:
        for index in range(bisect_right(starts, call.span.line) - 1, -1, -1):
            if ends[index] < call.span.line:
                break
            if call.span.line <= functions[index].span.end_line:
                inside.setdefault(index, []).append(call)
    found: dict[str, list[Wrapper]] = {}
    for index, those in sorted(inside.items()):
        function = functions[index]
        if function.name:
            found.setdefault(function.name, []).append(
                Wrapper(name=function.name, file=path, function=function, calls=tuple(those)))
    return found
