"""What a series introduces: what its rules say of the code after a patch, less what they say of the code before it.

The only place that decides `introduced` and, for what is said of code as it is, `fixed_by`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from functools import lru_cache

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.definitions import definition_of
from reviewbot.checks.kinds import KINDS
from reviewbot.checks.likeness import Match, Step, changed_places, matched
from reviewbot.checks.moments import narrowed, taken_back
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Finding
from reviewbot.source import tree_below
from reviewbot.source.alignment import FileLines, key_of
from reviewbot.source.placing import begins_function
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["found_states", "together"]

_LOSSES = frozenset({"result-use", "void-loss"})
"""Kinds that see the same thing at different places: the error of a function of the family that nobody acts on."""


@dataclass(kw_only=True)
class _Defect:
    """A finding that is new after the patch at `position`, although it may be an old one by another patch's doing."""

    position: int
    finding: Finding
    in_part: bool
    fixed_by: int | None = None
    old: bool = False


@dataclass(kw_only=True)
class _States:
    """What a group of rules says around each patch, asked when needed and once."""

    rules: Sequence[Rule]
    analysis: Analysis
    _after: dict[int, list[Finding]] = field(default_factory=dict)
    _before: dict[int, list[Finding]] = field(default_factory=dict)
    _back: dict[int, Analysis] = field(default_factory=dict)
    _matches: dict[int, dict[int, Match]] = field(default_factory=dict)
    _gone: dict[int, dict[str, frozenset[str]]] = field(default_factory=dict)

    def after(self, position: int) -> list[Finding]:
        """Return what is said of the code after a patch."""
        if position not in self._after:
            self._after[position] = self._run(self.analysis, position)
        return self._after[position]

    def before(self, position: int) -> list[Finding]:
        """Return what is said of the code before a patch, in the functions that it touches."""
        if position not in self._before:
            self._before[position] = self._run(self.back(position), position + 1)
        return self._before[position]

    def back(self, position: int) -> Analysis:
        """Return the series with the patch taken back behind it."""
        if position not in self._back:
            self._back[position] = taken_back(self.analysis, position)
        return self._back[position]

    def _run(self, analysis: Analysis, position: int) -> list[Finding]:
        found = []
        for rule in self.rules:
            states = KINDS[rule.kind].states
            analysis.budget.spend(1 + len(analysis.occurrences(position)))
            found += list(states(rule, analysis, position)) if states else []
        return found

    def step(self, first: int, last: int) -> Step:
        """Return the moments before one patch and after another."""
        renamed: dict[str, str] = {}
        for state in self.analysis.patched.states[first:last + 1]:
            for file in state.files:
                start = next((old for old, new in renamed.items() if new == file.old_path), file.old_path)
                renamed[start] = file.path
        by_file = frozenset(rule.id for rule in self.rules if KINDS[rule.kind].grain == "file")
        return Step(before=self.analysis.before(first), after=self.analysis.after(last), renamed=renamed,
                    by_file=by_file, whole={one.name: one.does_all_of for one in self.analysis.family.functions
                                            if one.does_all_of})

    def matches(self, position: int) -> dict[int, Match]:
        """Return which finding after a patch is which one before it."""
        if position not in self._matches:
            later = self.after(position)
            self._matches[position] = matched(self.step(position, position), self.before(position), later) \
                if later else {}
        return self._matches[position]

    def makes(self, position: int, finding: Finding) -> bool:
        """Return whether a function that the patch touches made such a call before it."""
        names = {finding.symbol, finding.says[0]}
        back = self.back(position)
        facts = self.analysis.before(position).facts.get(finding.file)
        own = [one for one in (facts.functions if facts else ()) if one.name == finding.function]
        if any(occurrence.call.callee in names for occurrence in back.occurrences(position + 1)) or any(
                not names.isdisjoint(one.calls_all) for one in own):
            return True  # else it may be a helper that names nothing of the family
        return facts is not None and not own and any((one.rule, one.file, one.function, one.symbol) == (
            finding.rule, finding.file, finding.function, finding.symbol) for one in self.before(position))

    def gone(self, position: int) -> dict[str, frozenset[str]]:
        """Return by function which calls of the family a patch takes out that the release of the base, as the model and
        its files have it, does not have any more."""
        if position not in self._gone:
            self._gone[position] = dict(_gone(self.analysis, position))
        return self._gone[position]

    def is_unread(self, position: int, finding: Finding) -> bool:
        """Return whether the finding's file was left out after a patch for what it costs: nobody sees it gone there."""
        facts = self.analysis.after(position).facts.get(finding.file)
        return facts is not None and any(skip.stage == "read" for skip in facts.skips)

    def rule(self, finding: Finding) -> Rule:
        """Return the rule of a finding."""
        return next(rule for rule in self.rules if rule.id == finding.rule)


def _gone(analysis: Analysis, position: int) -> Iterator[tuple[str, frozenset[str]]]:
    model, now = analysis.model, analysis.after(position).facts
    kept = {(path, one.name): one.calls_all for path, facts in now.items() for one in facts.functions}
    lost = {one.name: names for path, facts in analysis.before(position).facts.items() for one in facts.functions
            if (names := analysis.family.names().intersection(one.calls_all).difference(
                kept.get((path, one.name), one.calls_all)))}
    undeclared = sorted(name for name in frozenset().union(*lost.values()) if name in model.symbols and not any(
        fact.status != "undeclared" for arch in model.arches for fact in model.fact(arch, name, analysis.version)))
    touched = {file.old_path for state in analysis.patched.states for file in state.files}
    holders = analysis.files_with(0, undeclared) if undeclared else {}
    missing = frozenset(name for name, paths in holders.items() if touched.issuperset(paths)
                        and definition_of(analysis, analysis.sides[0], name, None) is None)
    yield from ((function, names & missing) for function, names in lost.items() if names & missing)


def together(rules: Sequence[Rule]) -> list[tuple[Rule, ...]]:
    """Return the rules that speak of states in groups whose findings are compared with one another."""
    with_states = [rule for rule in rules if KINDS[rule.kind].states is not None]
    losses = tuple(rule for rule in with_states if rule.kind in _LOSSES)
    return [group for group in (losses, *((rule,) for rule in with_states if rule.kind not in _LOSSES)) if group]


def found_states(rules: Sequence[Rule], analysis: Analysis, positions: Sequence[int]) -> list[Finding]:
    """Return what the rules of a group find after these patches, each with `introduced` and `fixed_by`.

    A defect is the series' own when it was not there before the patch and is not in the base. What an earlier patch has
    introduced is not said again where a later one touches it.
    """
    states = _States(rules=rules, analysis=analysis)
    defects: list[_Defect] = []
    olds: list[tuple[int, int]] = []
    for position in positions:
        for number, finding in enumerate(states.after(position)):
            match = states.matches(position).get(number)
            new = _unmatched(states, position, finding, match)
            if new is None:
                olds.append((position, number))
            else:
                old = match is not None and _said_earlier(states, position, new, states.before(position)[match.number])
                defects.append(_Defect(position=position, finding=new, in_part=match is not None, old=old))
    claimed: set[tuple[int, int]] = set()
    continued: set[tuple[int, int]] = set()
    for defect in defects:
        _follow(states, defect, claimed, continued)
    _take_back(states, [one for one in defects if one.fixed_by is None and not one.in_part], claimed)
    found = [_settled(states, defect) for defect in defects]
    found += [replace(states.after(position)[number], introduced=False, level="note")
              for position, number in olds if (position, number) not in continued
              and not _is_refuted(states.analysis, position, states.after(position)[number])]
    return _told(states, found)


def _is_refuted(analysis: Analysis, position: int, finding: Finding) -> bool:
    """Return whether an old defect is read from a hunk without a place, and the tree has the function without it."""
    file = next((one for one in analysis.patched.states[position].files if one.path == finding.file), None)
    starts = {new for _, new, _ in file.sections} if file is not None else set()
    if file is None or not any(first in starts and first <= finding.line <= last for first, last in file.known_new):
        return False
    base = tree_below(analysis.patched.start)
    lines = _lines_of(base.read(file.old_path) or b"")
    own, call = finding.function.encode(), f"{finding.symbol}(".encode()
    there = any(begins_function(lines.lines[number]) for number in lines.named.get(own, ())) if own else any(
        call in key for key in lines.keys)
    code = key_of(finding.code.encode())
    ahead, called, _ = code.partition(call)  # what it is given may be another, what becomes of it may not
    return there and code not in lines.positions and not (called and any(
        key.startswith(ahead + called) for key in lines.keys))


@lru_cache(maxsize=4)
def _lines_of(data: bytes) -> FileLines:
    return FileLines(data.split(b"\n"))


def _unmatched(states: _States, position: int, finding: Finding, match: Match | None) -> Finding | None:
    """Return the finding for the architectures on which it is new, None when it was there before the patch."""
    if match is None:
        return None if _nobodys_news(states, position, finding) or _takes_the_place(states, position, finding) \
            else finding
    old, rule = states.before(position)[match.number], states.rule(finding)
    if old.rule != rule.id and old.symbol == finding.symbol and states.rule(old).kind == rule.kind \
            and rule.notes.get("milder") and _written_by(states, position, finding):
        return replace(finding, level="note", notes=(rule.notes["milder"], *finding.notes))
    more = _more(rule, old, finding, in_place=match.in_place)
    if old.level == "note" and old.symbol == finding.symbol:
        more = tuple(arch for arch in more if not changed_places(
            states.step(position, position), states.before(position), states.after(position), finding, arch))
    if set(more) == set(finding.arch):
        return finding if more else None
    return _on(states, position, finding, more) if more else None


def _said_earlier(states: _States, position: int, new: Finding, now: Finding) -> bool:
    """Return whether what a patch makes worse was as bad before an earlier patch that made it milder."""
    for earlier in range(position - 1, -1, -1):
        if not _concerns(states, earlier, now):
            continue
        number = next((number for number, one in enumerate(states.after(earlier))
                       if (one.rule, one.file, one.function, one.symbol, one.object, squash(one.code))
                       == (now.rule, now.file, now.function, now.symbol, now.object, squash(now.code))), None)
        match = states.matches(earlier).get(number) if number is not None else None
        if match is None:
            return False
        now = states.before(earlier)[match.number]
        if now.rule == new.rule and not _more(states.rule(new), now, new, in_place=match.in_place):
            return True
    return False


def _nobodys_news(states: _States, position: int, finding: Finding) -> bool:
    """Return whether what is only said once, of a function that others call, was so in this function before.

    An error that a primitive drops inside itself is no other error when the function has two calls of it for one.
    """
    keeps = KINDS[states.rule(finding).kind].keeps_old
    return keeps is not None and not keeps(states.analysis, finding) and any(
        old.rule == finding.rule and old.says[:1] == finding.says[:1]
        and states.step(position, position).same_place(old, finding) for old in states.before(position))


def _takes_the_place(states: _States, position: int, finding: Finding) -> bool:
    """Return whether the patch has what the finding speaks of in place of a call that this tree does not have any more:
    nobody can tell here whether the same was to be said of that one.

    A series for an older kernel takes out calls of a function of the family that is gone since. An error that gets lost
    is the series' own unless that function called the same primitive.
    """
    gone = states.gone(position)
    if states.rule(finding).kind not in _LOSSES:
        return finding.function in gone
    names = frozenset().union(*gone.values())
    model = states.analysis.model
    return bool(names) and any(fact.calls in finding.says for arch in (model.generic, *model.own) for fact in arch.facts
                               if fact.symbol in names and fact.calls)


def _written_by(states: _States, position: int, finding: Finding) -> bool:
    """Return whether the patch writes a line of the call: what becomes of its error now is then its decision."""
    return any(file.path == finding.file and file.added & {*range(finding.line, finding.end_line + 1)}
               for file in states.analysis.patched.states[position].files)


def _more(rule: Rule, old: Finding, new: Finding, *, in_place: bool) -> tuple[str, ...]:
    """Return the architectures on which an earlier finding did not say what a later one says.

    One that was only a note, because no architecture of it could fail, said it on none; and one that was a note because
    of what stood around the call said nothing when that is gone.
    """
    if new.level == "note" or not new.arch or not old.arch:
        return ()
    said = set(old.arch)
    if old.level == "note" and rule.level != "note":
        said = {row.arch for row in old.table if row.may_fail}
        if in_place and said >= set(new.arch):
            return new.arch
    return tuple(arch for arch in new.arch if arch not in said)


def _on(states: _States, position: int, finding: Finding, arches: tuple[str, ...]) -> Finding | None:
    """Return what is said at the place of a finding when only these architectures are looked at."""
    rule = states.rule(finding)
    find = KINDS[rule.kind].states
    few = narrowed(states.analysis, arches)
    return next((one for one in (find(rule, few, position) if find else ())
                 if (one.file, one.line, one.symbol, one.object, one.level)
                 == (finding.file, finding.line, finding.symbol, finding.object, finding.level)), None)


def _follow(states: _States, defect: _Defect, claimed: set[tuple[int, int]], continued: set[tuple[int, int]]) -> None:
    """Learn which later patch removes the defect; what it is on the way there is `continued`."""
    now = defect.finding
    for later in range(defect.position + 1, len(states.analysis.patched.states)):
        number = _number_of(states, later, now, claimed) if _concerns(states, later, now) else None
        if number is None:
            continue
        if states.is_unread(later, now):
            return
        claimed.add((later, number))
        become = [mine for mine, match in states.matches(later).items() if match.number == number]
        if not become:
            defect.fixed_by = _index(states.analysis, later)
            return
        continued.update((later, mine) for mine in become)
        found = [states.after(later)[mine] for mine in become]
        now = next((one for one in found if one.rule == now.rule), found[0])


def _concerns(states: _States, position: int, finding: Finding) -> bool:
    """Return whether the patch touches the function of a finding, or a helper that is called there."""
    state, before = states.analysis.patched.states[position], states.analysis.before(position)
    paths = {file.old_path for file in state.files}
    helpers = {wrapper.file for wrapper in before.wrappers.get(finding.symbol, ())}
    return bool(paths & helpers) or (finding.file in paths and states.makes(position, finding))


def _number_of(states: _States, position: int, finding: Finding, claimed: set[tuple[int, int]]) -> int | None:
    """Return which finding before the patch is this one of an earlier moment."""
    best: tuple[int, int] | None = None
    for number, one in enumerate(states.before(position)):
        if (position, number) in claimed or (one.rule, one.file, one.symbol) != (
                finding.rule, finding.file, finding.symbol) or one.function not in {finding.function, ""}:
            continue
        likeness = (one.object == finding.object) + 2 * (squash(one.code) == squash(finding.code))
        if likeness and (best is None or likeness > best[0]):
            best = likeness, number
    return best[1] if best else None


def _take_back(states: _States, defects: list[_Defect], claimed: set[tuple[int, int]]) -> None:
    """Mark the defects that only stand where another patch of the series has taken them away: moved, or back again."""
    for defect in defects:
        finding, here = defect.finding, defect.position
        for other in range(len(states.analysis.patched.states)):
            if other == here or not states.makes(other, finding) or states.is_unread(other, finding):
                continue
            kept = {match.number for number, match in states.matches(other).items()
                    if states.after(other)[number].rule == states.before(other)[match.number].rule}
            gone = [number for number in range(len(states.before(other)))
                    if number not in kept and (other, number) not in claimed]
            step = states.step(min(other, here), max(other, here))
            found = matched(step, [states.before(other)[number] for number in gone], [finding]).get(0)
            if found is None:
                continue
            earlier = states.before(other)[gone[found.number]]
            if not _more(states.rule(finding), earlier, finding, in_place=found.in_place):
                claimed.add((other, gone[found.number]))
                defect.old = True
                break


def _settled(states: _States, defect: _Defect) -> Finding:
    """Return the finding of a defect at the level that it has in the light of the whole series."""
    finding, rule = defect.finding, states.rule(defect.finding)
    if defect.old:
        return replace(finding, introduced=False, level="note")
    unchanged = rule.notes.get("unchanged", "")
    if unchanged and not defect.in_part and _stood(states, defect):
        finding = replace(finding, notes=(unchanged, *finding.notes))
    return finding if defect.fixed_by is None else replace(finding, fixed_by=defect.fixed_by, level="note")


def _stood(states: _States, defect: _Defect) -> bool:
    """Return whether the patch leaves the lines of the call alone, in a function that made the call before."""
    finding, position = defect.finding, defect.position
    file = next((one for one in states.analysis.patched.states[position].files if one.path == finding.file), None)
    lines = range(finding.line, finding.end_line + 1)
    return file is not None and not file.added & {*lines} and not states.step(position, position).came(finding)


def _told(states: _States, found: list[Finding]) -> list[Finding]:
    """Return the findings without those that say a thing again, and without old ones that nobody asks for."""
    kept: list[Finding] = []
    seen: set[tuple[object, ...]] = set()
    told = {(one.rule, one.patch, one.function) for one in found if one.introduced}
    for finding in sorted(found, key=lambda one: (not one.introduced, one.fixed_by is not None)):
        kind = KINDS[states.rule(finding).kind]
        reached = _is_reached(states, finding)
        if not finding.introduced and (reached or kind.keeps_old is None
                                       or not kind.keeps_old(states.analysis, finding)):
            continue
        if reached and (finding.rule, finding.patch, finding.symbol) in told:
            continue  # whoever calls the function that cannot learn of it cannot either
        place = ("of a helper", finding.symbol) if reached else kind.once(finding)
        key = (finding.rule, finding.patch, *place)
        if key not in seen:
            seen.add(key)
            kept.append(finding)
    return kept


def _is_reached(states: _States, finding: Finding) -> bool:
    """Return whether the finding is about a call that the patch only changes by changing a helper."""
    position = next(number for number, state in states.analysis.states() if state.index == finding.patch)
    return any(one.file.path == finding.file and one.call.span.line == finding.line
               and one.call.callee == finding.symbol for one in states.analysis.reached(position))


def _index(analysis: Analysis, position: int) -> int:
    return analysis.patched.states[position].index
