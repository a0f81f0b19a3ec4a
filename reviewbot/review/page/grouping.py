"""Which findings tell of one event, and how the first of them speaks for the others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from reviewbot.cfacts.objects import object_of
from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.review.page.questions import is_function
from reviewbot.review.page.rulebook import PageRules
from reviewbot.text import quote_names

__all__ = ["breaks_build", "grouped", "named_objects", "other_names", "with_others", "without_symbol"]

_CONTROL = frozenset({"if", "while", "for", "switch", "return", "sizeof"})
_ERROR_PATHS = frozenset({"ret-ignored", "ret-lost-in-void", "ret-partially-handled", "warn-only", "leak-on-failure"})
_NEAR = 3  # lines: a function of one statement, as stubs and predicates are
_QUOTED = regex(r"'[^']*'|\b\w+\(\)")
_MOST = 3
_Mark = tuple[object, ...]


def grouped(findings: Sequence[Finding], rules: PageRules | None = None) -> list[list[Finding]]:
    """Return the findings in groups: a dropped result with the free behind it, a lossy helper with its callers, the
    calls of one loop, the same sentence of several architectures; with the `rules` of the page also what these call
    one event."""
    groups: dict[int, list[Finding]] = {}  # in the order in which something was last added to them
    now: dict[int, int] = {}
    known: dict[_Mark, set[int]] = {}  # what runs and what does not build are never one event
    files: dict[str, set[str]] = {}
    named: set[str] = set()
    for number, finding in enumerate(findings):
        touching: set[int] = set()
        once = _once(finding, rules)
        named.add(finding.rule)
        for mark in ((breaks_build(finding), *one) for one in (*_looked_for(finding, files, named), *once)):
            if mark in known:
                known[mark] = {_number_now(now, earlier) for earlier in known[mark]}
                touching |= known[mark]
        parts = [groups.pop(earlier) for earlier in sorted(touching)]
        group = parts[0] if parts else []
        for part in parts[1:]:
            group += part
        group.append(finding)
        groups[number] = group
        now.update(dict.fromkeys(touching, number))
        for one in (*_left(finding), *once):
            known.setdefault((breaks_build(finding), *one), set()).add(number)
        files.setdefault(finding.function, set()).add(finding.file)
    return list(groups.values())


def breaks_build(finding: Finding) -> bool:
    """Return whether what the finding tells of is a file that does not build."""
    return finding.category == "build-break"


def _number_now(now: dict[int, int], group: int) -> int:
    """Return the number of the group that a group has become part of."""
    passed = []
    while group in now:
        passed.append(group)
        group = now[group]
    now.update(dict.fromkeys(passed, group))
    return group


def other_names(group: Sequence[Finding], rules: PageRules) -> str:
    """Return the names of which the first finding of the group holds as well, empty where it is of no such rule."""
    first = group[0]
    if first.rule not in rules.of_file:
        return ""
    others = [f"{one.symbol}()" if is_function(one.symbol, one) else one.symbol
              for one in group[1:] if one.rule == first.rule and one.symbol != first.symbol]
    return quote_names(list(dict.fromkeys(others)), most=_MOST)


def with_others(group: Sequence[Finding], rules: PageRules) -> Finding:
    """Return the first finding of the group, whose question says where else it is the same, or of what else."""
    first = group[0]
    also = other_names(group, rules)
    said = f"It is the same with {also}." if also else ""
    if first.rule in rules.alike | rules.symbols | rules.asked - rules.of_file:
        alike = [one for one in group if _tells_alike(one, first, rules)]
        places = sorted({(one.file, one.line) for one in alike} - {(first.file, first.line)})
        others = {f"{one.symbol}()" if is_function(one.symbol, one) else one.symbol for one in alike
                  if first.rule not in rules.alike | rules.symbols}
        symbols = sorted(name for name in others if name and name.removesuffix("()") != first.symbol)
        own = [f"{line}" for file, line in places if file == first.file]
        there = [f"{PurePosixPath(file).name}:{line}" for file, line in places if file != first.file]
        lines = [f"line{'s' * (len(own) > 1)} {quote_names(own, most=_MOST)}"] if own else []
        which = f"with {quote_names(symbols, most=_MOST)} " if symbols else ""
        said = f"It is the same {which}at {quote_names([*lines, *there], most=_MOST)}." if places else ""
    return replace(first, question=f"{first.question} {said}") if said and first.question else first


def _once(finding: Finding, rules: PageRules | None) -> tuple[_Mark, ...]:
    """Return the marks that the findings of one event by the page's rules have in common."""
    if rules is None or finding.rule not in rules.alike | rules.symbols | rules.of_file:
        return ()
    if finding.rule in rules.of_file:
        said = (finding.file, finding.config, _QUOTED.sub("\0", finding.question))
    else:
        blank = finding.symbol if finding.rule in rules.symbols else ""
        text = finding.message.replace(blank, "\0") if blank else finding.message
        said = ("", "", _QUOTED.sub("\0", text))
    return (("once", finding.rule, finding.patch, finding.arch, *said),)


def _tells_alike(one: Finding, other: Finding, rules: PageRules) -> bool:
    """Return whether the two are one event by the page's rules or, where these name no such mark, in what they say."""
    marks = _once(other, rules)
    return _once(one, rules) == marks if marks else (one.rule, _sentence(one)) == (other.rule, _sentence(other))


def _statements(finding: Finding) -> Iterator[_Mark]:
    """Yield the marks of what the finding states and of what it asks: two of one rule that have neither in common tell
    of different things, whatever call and line they share."""
    yield "tells", _sentence(finding)
    if finding.question:
        yield "asks", finding.question


def _sentence(finding: Finding) -> str:
    """Return what the finding says without what it quotes and without its architectures."""
    text = finding.message
    for most in (99, 12, 8, 6, 4) if finding.arch else ():
        text = text.replace(quote_names(finding.arch, most=most), "\0")
    return _QUOTED.sub("\0", text)


def _left(finding: Finding) -> Iterator[_Mark]:
    """Yield the marks by which later findings of the same event find this one."""
    place = finding.patch, finding.file
    yield "said", finding.rule, *place, without_symbol(finding)
    on_path = finding.category in _ERROR_PATHS
    if finding.symbol:
        yield from (("called", finding.rule, finding.symbol, *one) for one in _statements(finding))
        yield "called in", finding.rule, finding.symbol, finding.function
        if on_path:  # what calls itself is no caller of what else is said of it
            yield "caller", finding.symbol, finding.file if finding.symbol == finding.function else ""
        else:
            yield "near", *place, finding.symbol, finding.line, finding.rule
    if finding.function and on_path:
        yield from (("in", finding.file, finding.function, *word) for word in _words(finding))
        yield "inside", finding.function, ""
        yield "inside", finding.function, finding.file


def _looked_for(finding: Finding, files: Mapping[str, set[str]], rules: Collection[str]) -> Iterator[_Mark]:
    """Yield the marks that earlier findings of the same event have left; `files` are those of functions so far, `rules`
    those that have found something."""
    place = finding.patch, finding.file
    yield "said", finding.rule, *place, without_symbol(finding)
    on_path = finding.category in _ERROR_PATHS
    if finding.symbol and not on_path:
        yield from (("called", finding.rule, finding.symbol, *one) for one in _statements(finding))
        yield from (("near", *place, finding.symbol, finding.line + far, rule) for rule in rules
                    if rule != finding.rule for far in range(-_NEAR, _NEAR + 1))
    elif finding.symbol and finding.category != "leak-on-failure":
        yield "called in", finding.rule, finding.symbol, finding.function
    if not on_path:
        return
    others = sorted(files.get(finding.function, set()) - {finding.file})
    if finding.function:
        yield from (("in", finding.file, finding.function, *word) for word in _words(finding))
        yield from (("caller", finding.function, file) for file in ("", *others))
    if finding.symbol:
        yield from (("inside", finding.symbol, file) for file in (
            others if finding.symbol == finding.function else ("",)))


def _words(finding: Finding) -> list[tuple[str, str]]:
    return [("symbol", finding.symbol), ("rule", finding.rule), *(("object", name) for name in named_objects(finding))]


def without_symbol(finding: Finding) -> str:
    """Return what the finding says with a mark in place of the name that it is about."""
    return re.sub(rf"\b{re.escape(finding.symbol)}\b", "\0", finding.message) if finding.symbol else finding.message


def named_objects(finding: Finding) -> frozenset[str]:
    """Return the objects that the flagged line names: the arguments of its calls."""
    inner = re.findall(r"\b(\w+)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", finding.code)
    return frozenset(object_of(part.strip()) for name, arguments in inner if name not in _CONTROL
                     for part in arguments.split(",")[:1] if part.strip())
