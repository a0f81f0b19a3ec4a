"""Reads C files for the checks: each content once for each set of names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from hashlib import blake2b

from reviewbot.arch import Derivation, Derived, Fact
from reviewbot.arch.agreement import files_of, symbols_given
from reviewbot.budget import LIMITS, Budget
from reviewbot.cfacts import CallSite, FunctionFlow, function_view, read_file, squash_c
from reviewbot.cfacts.headers import without_checks
from reviewbot.cfacts.lexer import lines_in
from reviewbot.cfacts.types import Call, FileFacts, Function
from reviewbot.checks.spellings import all_in_one_spelling
from reviewbot.errors import BudgetError, Skip
from reviewbot.series.types import FileDiff, Series
from reviewbot.source.matcher import matcher_for
from reviewbot.source.recalled import recalled
from reviewbot.source.types import PatchedFile, PatchedTree, Tree

__all__ = ["Reading", "code_of", "holds_line", "touches"]

_BYTES_A_STEP = 100
_DERIVED = 100  # steps


class Reading:
    """The facts of files at every moment of one series, kept by path, content and names."""

    def __init__(self, series: Series, patched: PatchedTree, budget: Budget | None = None) -> None:
        """Learn which lines of which files are known where there are only fragments; what is read costs the budget."""
        self._budget = budget or Budget()
        self._sections = _sections(series, patched)
        self._ranges = _known_ranges(patched)
        self._done: dict[tuple[str, str, frozenset[tuple[str, str]]], FileFacts] = {}
        self._asked: dict[tuple[str, str, frozenset[tuple[str, str]]], FileFacts] = {}
        self._wanted: tuple[Mapping[str, str], frozenset[tuple[str, str]]] = ({}, frozenset())
        self._flows: dict[tuple[str, str | None, str, int], FunctionFlow | None] = {}
        self._too_large: set[tuple[str, str | None, str]] = set()
        self._made: dict[tuple[str, str | None, str], list[FunctionFlow]] = {}
        self._contents: dict[tuple[int, str], tuple[Tree, str | None]] = {}
        self._derivations: dict[int, tuple[Tree, Derivation]] = {}
        self._derived: dict[tuple[str | None, ...], Derived | None] = {}
        self._calls: dict[str, int] = {}
        self._touched = frozenset(file.path for state in patched.states for file in state.files)

    def facts(self, tree: Tree, path: str, returns: Mapping[str, str]) -> FileFacts | None:
        """Return the file's facts about the names in `returns` (name -> C return type, maybe empty), None if absent."""
        content = self._content(tree, path)
        if content is None:
            return None
        if returns is not self._wanted[0]:
            self._wanted = returns, frozenset(returns.items())
        asked = (path, content, self._wanted[1])
        if asked in self._asked:
            return self._asked[asked]
        data = tree.read(path)
        if data is None:
            return None
        # Names that the file does not contain change nothing, so a wider question finds the narrower one's answer.
        names = tuple(sorted(returns))
        here = {names[number]: returns[names[number]] for number in matcher_for(names)(data)}
        key = (path, content, frozenset(here.items()))
        if key not in self._done:
            self._done[key] = self._read(path, data, here)
        self._asked[asked] = self._done[key]
        return self._done[key]

    def _read(self, path: str, data: bytes, names: Mapping[str, str]) -> FileFacts:
        try:
            self._budget.spend(1 + (len(data) // _BYTES_A_STEP if names else 0))
        except BudgetError as error:
            return _unread(path, error.what)
        known, sections = self._ranges.get((path, data), ()), self._sections.get((path, data), {})
        rests_on = (path, blake2b(data).digest(), tuple(sorted(names.items())), known, tuple(sorted(sections.items())))
        facts = recalled("file", rests_on, lambda: read_file(
            path, data, names=frozenset(names), returns={name: kind for name, kind in names.items() if kind},
            known=known, sections=sections))
        if path not in self._touched:
            return facts
        others = sum(count for other, count in self._calls.items() if other != path)
        if others + len(facts.calls) > LIMITS.calls:
            return _unread(path, f"its {len(facts.calls)} calls, with those of the files before, are too many")
        self._calls[path] = max(len(facts.calls), self._calls.get(path, 0))
        return facts

    def _content(self, tree: Tree, path: str) -> str | None:
        """Return the id of the file's content; a folder reads and hashes the file for it, so once is enough."""
        key = (id(tree), path)
        if key not in self._contents:
            # The tree is kept with its answer, so that no other tree can get its id.
            self._contents[key] = (tree, tree.content_id(path))
        return self._contents[key][1]

    def flow(self, tree: Tree, path: str, function: str, line: int) -> FunctionFlow | None:
        """Return the paths of the function around the line, also where only fragments are known.

        None when there is no such function, or it is too large to follow.
        """
        content = self._content(tree, path)
        key = (path, content, function, line)
        if key not in self._flows:
            made = self._made.setdefault(key[:3], [])
            flow = next((one for one in made if one.first_line <= line <= one.last_line), None)
            if flow is None and key[:3] not in self._too_large:
                flow = self._open(path, tree.read(path) or b"", key)
                made += [flow] if flow is not None else []
            self._flows[key] = flow
        return self._flows[key]

    def follow(self, tree: Tree, path: str, call: Call) -> tuple[FunctionFlow, CallSite] | None:
        """Return the paths of the function around a call and the call in them; None when it cannot be followed."""
        flow = self.flow(tree, path, call.function, call.span.line)
        site = flow.call_at(call.span.line, call.callee) if flow else None
        return (flow, site) if flow is not None and site is not None else None

    def known_ranges(self, path: str, data: bytes) -> tuple[tuple[int, int], ...]:
        """Return the lines, first and last, that are known where this is what hunks show of the file; () for all."""
        return self._ranges.get((path, data), ())

    def _open(self, path: str, data: bytes, key: tuple[str, str | None, str, int]) -> FunctionFlow | None:
        """Return the flow of one function; of one that is too large it is not tried again for another line."""
        self._budget.spend(1 + len(data) // _BYTES_A_STEP)
        try:
            return function_view(path, data, name=key[2], line=key[3],
                                 known=self._ranges.get((path, data), ()),
                                 sections=self._sections.get((path, data), {}), spend=self._budget.spend)
        except BudgetError as error:
            self._budget.note(f"{path}: {key[2]}()", "function", error.what)
            self._too_large.add(key[:3])
            return None

    def derived(self, tree: Tree, fact: Fact) -> Derived | None:
        """Return what the code of the fact's function does in that tree, None when it is not defined there."""
        file, places = fact.defined_in.split(":")[0], files_of(fact)
        # Between the moments of a series only the files that it touches differ.
        read = sorted({file, *(path for paths in places.values() for path in paths)} & self._touched)
        key = (fact.arch, fact.symbol, fact.condition, *(self._content(tree, path) for path in read))
        if key not in self._derived:
            self._budget.spend(_DERIVED)
            # The tree is kept with its derivation, so that no other tree can get its id.
            _, reader = self._derivations.setdefault(id(tree), (tree, Derivation(tree, {})))
            self._derived[key] = reader.with_places(places, symbols_given(fact)).derive(file, fact.symbol)
        return self._derived[key]

    def derived_in(self, tree: Tree, file: str, symbol: str, arch: str, places: Mapping[str, tuple[str, ...]], *,
                   errnos: Mapping[str, tuple[str, ...]]) -> Derived | None:
        """Return what the code of a function in a file of that tree does on the architecture.

        `places` is where its workers may stand there, `errnos` are those of workers that are known.
        """
        read = sorted({file, *(path for paths in places.values() for path in paths)} & (self._touched | {file}))
        key = (arch, file, symbol, "", *(self._content(tree, path) for path in read))
        if key not in self._derived:
            self._budget.spend(_DERIVED)
            _, reader = self._derivations.setdefault(id(tree), (tree, Derivation(tree, {})))
            self._derived[key] = reader.with_places(places, {}, errnos).derive(file, symbol)
        return self._derived[key]


def touches(file: PatchedFile, function: Function | None) -> bool:
    """Return whether the patch added or removed a line inside the function (given on the side after)."""
    if function is None:
        return False
    first, last = function.span.line, function.span.end_line
    return holds_line(file.added, first, last) or _closes_gap(file, first, last)


def holds_line(lines: frozenset[int], first: int, last: int) -> bool:
    """Return whether one of the lines stands within the range."""
    if last - first < len(lines):
        return any(line in lines for line in range(first, last + 1))
    return any(first <= line <= last for line in lines)


def _closes_gap(file: PatchedFile, first: int, last: int) -> bool:
    """Return whether the patch removed a line between two unchanged ones that both stand within the new lines."""
    pairs = file.line_map.pairs
    at = bisect_left(pairs, first, key=lambda pair: pair[1] + pair[2] - 1)
    while at + 1 < len(pairs) and pairs[at + 1][1] <= last:
        if holds_line(file.removed, pairs[at][0] + pairs[at][2], pairs[at + 1][0] - 1):
            return True
        at += 1
    return False


def _unread(path: str, why: str) -> FileFacts:
    return FileFacts(path=path, functions=(), calls=(), mentions=(), macros=(),
                     skips=(Skip(where=path, stage="read", why=why),))


def code_of(content: bytes | None, function: Function) -> str:
    """Return the function as one line without comments and without what is only for compilers and sparse to check, its
    allocations in one spelling: what a change of these alone leaves as it is."""
    data = content or b""
    lines = lines_in(data)
    return all_in_one_spelling(without_checks(squash_c(
        data[lines.start(function.span.line):lines.start(function.span.end_line + 1)])))


def _sections(series: Series, patched: PatchedTree) -> dict[tuple[str, bytes], dict[int, str]]:
    """Return, by path and content, the text behind the second @@ of each hunk at the hunk's first line there.

    What an earlier patch showed of a file that is known from hunks alone keeps the text of its own hunk.
    """
    diffs = {(patch.index, diff.path): diff for patch in series.patches for diff in patch.files}
    found: dict[tuple[str, bytes], dict[int, str]] = {}
    carried: dict[str, dict[int, str]] = {}
    for state in patched.states:
        for file in state.files:
            old, new = _of_hunks(file, diffs.get((state.index, file.path)), carried.pop(file.old_path, {}))
            if file.before is not None:
                found.setdefault((file.old_path, file.before), {}).update(old)
            if file.after is not None:
                found.setdefault((file.path, file.after), {}).update(new)
            if not file.sections:
                carried[file.path] = new
    return found


def _of_hunks(file: PatchedFile, diff: FileDiff | None, carried: Mapping[int, str]
              ) -> tuple[dict[int, str], dict[int, str]]:
    """Return the texts by the first lines before and after; `carried` are those that earlier hunks showed."""
    if file.sections:
        return ({line: text for line, _, text in file.sections if text},
                {line: text for _, line, text in file.sections if text})
    starts = {first for first, _ in file.known_old}
    old = {line: text for line, text in carried.items() if line in starts}
    new = {there: text for line, text in old.items() if (there := file.line_map.to_new(line)) is not None}
    for hunk in diff.hunks if diff is not None else ():
        if hunk.section:
            old[hunk.old_start] = hunk.section
            new[hunk.new_start] = hunk.section
    return old, new


def _known_ranges(patched: PatchedTree) -> dict[tuple[str, bytes], tuple[tuple[int, int], ...]]:
    """Return the known line ranges of each file that is there only in fragments, by path and content."""
    ranges = {}
    for state in patched.states:
        for file in state.files:
            for path, content, known in ((file.old_path, file.before, file.known_old),
                                         (file.path, file.after, file.known_new)):
                if content is not None and known:
                    ranges[path, content] = known
    return ranges
