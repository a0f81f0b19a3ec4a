"""Which finding of one moment is which of another: compared by what they say, not by where or how it is written.

A finding says something (`says`) of an `object` in a function. Between two moments the function can be renamed or moved
to another file, its lines can be cut into a helper or taken out of one, and its local names can change. What was said
of the same call before is the same finding; a call too many is a new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

from reviewbot.cfacts import object_of
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Side
from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["Match", "Step", "changed_places", "matched"]

_WORD = regex(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Two moments of the series, and what the files of the first are called in the second (left out: the same).

    Rules in `by_file` speak of files that make a call, not of single calls. `whole` are the functions that do all the
    work of others, which one of them can stand for.
    """

    before: Side
    after: Side
    renamed: Mapping[str, str]
    by_file: frozenset[str] = frozenset()
    whole: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def file_after(self, path: str) -> str:
        """Return the file's path at the later moment."""
        return self.renamed.get(path, path)

    def file_before(self, path: str) -> str:
        """Return the path at the earlier moment of what is now this file."""
        return next((old for old, new in self.renamed.items() if new == path), path)

    def came(self, finding: Finding) -> bool:
        """Return whether the function of a later finding makes more such calls than it did."""
        path = self.file_before(finding.file)
        return len(self._calls(self.after, finding.file, finding)) > len(self._calls(self.before, path, finding))

    def went(self, finding: Finding) -> bool:
        """Return whether the function of an earlier finding makes fewer such calls than it did, or is gone."""
        path = self.file_after(finding.file)
        return len(self._calls(self.before, finding.file, finding)) > len(self._calls(self.after, path, finding))

    def was_fine(self, finding: Finding) -> bool:
        """Return whether the call of a later finding stood in its function, on the same object, before."""
        calls = self._calls(self.before, self.file_before(finding.file), finding)
        return any(finding.object in {object_of(text) for text in call.arguments} for call in calls)

    def respelled(self, old: Finding, new: Finding) -> bool:
        """Return whether names that are gone from the function stand for names that are new in it."""
        gone = set(_WORD.findall(old.object)) - self._words(self.after, new)
        come = set(_WORD.findall(new.object)) - self._words(self.before, old)
        return bool(gone) and bool(come)

    def same_place(self, old: Finding, new: Finding) -> bool:
        """Return whether two findings stand in one function, or in one file where their rule speaks of files."""
        return self.file_after(old.file) == new.file and (old.function == new.function or new.rule in self.by_file)

    def does_the_same_work(self, old: Finding, new: Finding) -> bool:
        """Return whether one of two findings on an object is about a function that does the other's work among more."""
        one, other = old.symbol, new.symbol
        return self.same_place(old, new) and old.object == new.object and (
            other in self.whole.get(one, ()) or one in self.whole.get(other, ())) and self.went(old) and self.came(new)

    def _calls(self, side: Side, path: str, finding: Finding) -> tuple[Call, ...]:
        facts = side.facts.get(path)
        return tuple(call for call in facts.calls if call.callee == finding.symbol and (
            call.function == finding.function or finding.rule in self.by_file)) if facts else ()

    @staticmethod
    def _words(side: Side, finding: Finding) -> set[str]:
        facts = side.facts.get(finding.file)
        lines = (side.tree.read(finding.file) or b"").decode("latin-1").splitlines()
        return {word for function in (facts.functions if facts else ()) if function.name == finding.function
                for line in lines[function.span.line - 1:function.span.end_line] for word in _WORD.findall(line)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An earlier finding (its number) that a later one is; `in_place` when it stands in the same function."""

    number: int
    in_place: bool


def matched(step: Step, earlier: Sequence[Finding], later: Sequence[Finding]) -> dict[int, Match]:
    """Return for each later finding (its number) the earlier one that it is; those left out are new.

    Each earlier finding is taken once by findings of its own rule, by the best likeness first; one that is not where it
    was can then be what another of the rules sees there: an error that was dropped at a call is now lost in a helper.
    """
    found: dict[int, Match] = {}
    left: dict[str, list[int]] = {}
    for other, old in enumerate(earlier):
        left.setdefault(old.rule, []).append(other)
    for test, in_place in _tests(step):
        for number, new in enumerate(later):
            if number in found:
                continue
            others = left.get(new.rule, [])
            place = next((at for at, other in enumerate(others) if test(earlier[other], new)), None)
            if place is not None:
                found[number] = Match(number=others.pop(place), in_place=in_place)
    for number, new in enumerate(later):
        place = next((other for other, old in enumerate(earlier) if number not in found and old.rule == new.rule
                      and step.does_the_same_work(old, new)), None)
        if place is not None:
            found[number] = Match(number=place, in_place=True)
    in_place_of = {match.number for match in found.values() if match.in_place}
    for number, new in enumerate(later):
        for other, old in enumerate(earlier if number not in found else ()):
            if number not in found and other not in in_place_of and old.rule != new.rule and step.same_place(old, new) \
                    and set(new.says) <= set(old.says) and (old.symbol == new.symbol or step.went(old)) \
                    and not _worse(old, new):
                found[number] = Match(number=other, in_place=True)
                in_place_of.add(other)
    return found


def _tests(step: Step) -> Iterator[tuple[Callable[[Finding, Finding], bool], bool]]:
    """Yield how a finding can be an earlier one, the surest first, and whether it then stands where it stood."""
    def same(old: Finding, new: Finding) -> bool:
        return step.same_place(old, new) and set(new.says) <= set(old.says) and (
            new.rule in step.by_file or new.object == old.object)

    def written_alike(old: Finding, new: Finding) -> bool:
        return same(old, new) and squash(old.code) == squash(new.code)

    def respelled(old: Finding, new: Finding) -> bool:
        return step.same_place(old, new) and old.says[:1] == new.says[:1] and (
            not step.came(new) or step.respelled(old, new)) and not (
                old.object != new.object and step.was_fine(new))

    def moved(old: Finding, new: Finding) -> bool:
        return old.says[:1] == new.says[:1] and step.went(old) and step.came(new) and (
            new.rule in step.by_file or new.object == old.object) and (
                step.file_after(old.file) == new.file or old.function == new.function or _shape(old) == _shape(new))

    def moved_and_respelled(old: Finding, new: Finding) -> bool:
        return old.says[:1] == new.says[:1] and step.went(old) and step.came(new) and (
            step.file_after(old.file) == new.file or old.function == new.function)

    yield written_alike, True
    yield same, True
    yield respelled, True
    yield moved, False
    yield moved_and_respelled, False


def changed_places(step: Step, earlier: Sequence[Finding], later: Sequence[Finding], finding: Finding, arch: str
                   ) -> bool:
    """Return whether the error that is lost in a later finding was lost at another call before: of two calls on one
    range the first can fail, and the second only where the first has, whichever of them that is."""
    def lost(found: Sequence[Finding]) -> set[str]:
        return {one.symbol for one in found if one.rule == finding.rule and one.object == finding.object
                and one.symbol != finding.symbol and one.level != "note" and arch in one.arch
                and step.same_place(one, finding)}
    return bool(lost(earlier) - lost(later))


def _worse(old: Finding, new: Finding) -> bool:
    """Return whether an error that somebody was at least told of is now lost altogether."""
    return old.category == "warn-only" and new.category != "warn-only"


def _shape(finding: Finding) -> str:
    """Return the flagged line with all names but that of the callee alike."""
    return re.sub(r"\s+", "", _WORD.sub(lambda word: word[0] if word[0] == finding.symbol else "i", finding.code))
