"""Kind `unlike-neighbour`: a new call that stands beside one it belongs with, and is made in more configurations.

Options: `api` (families). Looked at is a call that a patch adds and that comes down to the family, and the statement
above or below it: `if (IS_ENABLED(CONFIG_X)) other();`, or one between `#ifdef CONFIG_X` and its end. The two belong
together where the first two words of their names are the same, or both come down to the same function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from reviewbot.cfacts.conditions import condition_at
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.draft import draft_finding, spot_of
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.leaves import Leaf, leaves_of
from reviewbot.checks.made_facts import condition_of
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.reach import has_kconfig
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import Where, at_leaf, can_be, facts_here, is_idle, running_at, where_of
from reviewbot.findings.types import Finding
from reviewbot.logic import And, Cond, Not, Ternary, Var
from reviewbot.patterns import regex
from reviewbot.series.types import Hunk
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["UNLIKE_NEIGHBOUR"]

_CALL = regex(r"([A-Za-z_]\w*)\([^;{}]*\);")
_ENABLED = regex(r"if \(IS_ENABLED\((CONFIG_\w+)\)\)(?: \{)?")
_ASIDE = regex(r"(?:/\*.*\*/|//.*|#.*)?")
_WORDS = 2  # of two names that begin alike


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neighbour:
    """The call beside the new one, on its `line`, and the options that alone let it be made."""

    callee: str
    line: int
    options: frozenset[str]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    mailed = _Mailed(analysis, position)
    for occurrence in analysis.occurrences(position):
        call = occurrence.call
        if not occurrence.added or not call.function or call.use == "in-macro" or call.guards:
            continue
        beside = list(_beside(analysis, position, occurrence, mailed))
        leaves = _leaves(analysis, position, occurrence, call.callee, call.arguments) if beside else ()
        if not any(leaf.primitive in wanted for leaf in leaves):
            continue
        for one in beside:
            if _belongs(analysis, position, occurrence, leaves, one):
                yield from _finding(rule, analysis, position, occurrence, leaves, one)
                break


def _leaves(analysis: Analysis, position: int, occurrence: Occurrence, callee: str, arguments: Sequence[str]
            ) -> tuple[Leaf, ...]:
    return tuple(leaves_of(analysis.after(position), callee, near=occurrence.file.path, arguments=tuple(arguments),
                           primitives=analysis.primitives))


class _Mailed:
    """What stands beside the new calls of the mail's hunks; a call that is written often is looked up once."""

    def __init__(self, analysis: Analysis, position: int) -> None:
        index = analysis.patched.states[position].index
        self._files = {diff.new_path: diff.hunks for one in analysis.series.patches if one.index == index
                       for diff in one.files}
        self._calls: dict[str, dict[str, list[tuple[str, _Neighbour]]]] = {}
        self._told: dict[tuple[str, str], tuple[_Neighbour, ...]] = {}

    def beside(self, path: str, callee: str, call: str) -> tuple[_Neighbour, ...]:
        """Return the neighbours of each new line of a file that begins with the call, a text that ends in `);`."""
        if path not in self._calls:
            self._calls[path] = {}
            for hunk in self._files.get(path, ()):
                self._read(hunk, self._calls[path])
        if (path, call) not in self._told:
            self._told[path, call] = tuple(dict.fromkeys(
                one for text, one in self._calls[path].get(callee, ()) if text.startswith(call)))
        return self._told[path, call]

    @staticmethod
    def _read(hunk: Hunk, calls: dict[str, list[tuple[str, _Neighbour]]]) -> None:
        now = [line for line in hunk.lines if line.kind != "-"]
        fresh = frozenset(number for number, line in enumerate(now, 1) if line.kind == "+")
        whole = "\n".join(line.text for line in now).encode()
        for number in sorted(fresh):
            text = now[number - 1].text.strip()
            for one in _around(whole, fresh, number, number):
                calls.setdefault(text.partition("(")[0], []).append(
                    (text, replace(one, line=now[one.line - 1].new_line or 0)))


def _beside(analysis: Analysis, position: int, occurrence: Occurrence, mailed: _Mailed) -> Iterator[_Neighbour]:
    """Yield the call above and the one below that were there before, where options decide about them: as the file has
    them now, or, where the tree has other lines there, as the mail does."""
    call, file = occurrence.call, occurrence.file
    data = analysis.after(position).tree.read(file.path) or b""
    found = list(_around(data, file.added, call.span.line, call.span.end_line))
    if file.applies != "clean":
        found += mailed.beside(file.path, call.callee, f"{call.callee}({', '.join(call.arguments)});")
    own = set(_options(call.path_condition))
    for one in found:
        if missing := one.options - own:
            yield replace(one, options=frozenset(missing))


@lru_cache(maxsize=8)
def _lines_of(data: bytes) -> list[str]:
    return decode(data).splitlines()


def _around(data: bytes, fresh: frozenset[int], first: int, last: int) -> Iterator[_Neighbour]:
    """Yield the plain calls next to these lines that are not new, with the options that they are made with alone."""
    lines = _lines_of(data)
    for start, step in ((first - 1, -1), (last + 1, 1)):
        at = start
        while 0 < at <= len(lines) and _ASIDE.fullmatch(lines[at - 1].strip()):
            at += step
        if 0 < at <= len(lines) and lines[at - 1].strip() == "}":
            at += step
        ahead = _ENABLED.fullmatch(lines[at - 1].strip()) if step > 0 and 0 < at < len(lines) else None
        at += 1 if ahead else 0
        found = _CALL.fullmatch(lines[at - 1].strip()) if 0 < at <= len(lines) else None
        if found is None or at in fresh:
            continue
        asks = ahead or _ENABLED.fullmatch(lines[at - 2].strip() if at > 1 else "")
        options = set(_options(condition_at(data, at))) | ({asks[1]} if asks and (at - 1) not in fresh else set())
        yield _Neighbour(callee=found[1], line=at, options=frozenset(options))


def _options(condition: Cond) -> Iterator[str]:
    """Yield the options that must be set for the condition to hold."""
    for part in condition.parts if condition.op == "and" else (condition,):
        if part.op == "var":
            yield from (name for name in part.variables() if name.startswith("CONFIG_"))


def _belongs(analysis: Analysis, position: int, occurrence: Occurrence, leaves: Sequence[Leaf], one: _Neighbour
             ) -> bool:
    """Return whether the two calls are of one kind, by their names or by what they come down to."""
    names = (occurrence.call.callee.strip("_").split("_"), one.callee.strip("_").split("_"))
    if names[0] == names[1]:
        return False  # it is the same again, under other conditions
    if min(map(len, names)) > _WORDS and names[0][:_WORDS] == names[1][:_WORDS]:
        return True
    return bool({leaf.primitive for leaf in leaves} & {leaf.primitive for leaf in _leaves(
        analysis, position, occurrence, one.callee, ())})


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence, leaves: Sequence[Leaf],
             one: _Neighbour) -> Iterator[Finding]:
    side, call = analysis.after(position), occurrence.call
    if not has_kconfig(side.tree):
        return
    where = where_of(analysis, position, occurrence.file.path, call)
    for option in sorted(one.options):
        without = Not(Var(option))
        arches = tuple(arch for arch in running_at(analysis, where) if any(
            _works(analysis, at_leaf(where, leaf), leaf, arch, without) for leaf in leaves))
        if arches:
            symbol = option.removeprefix("CONFIG_")
            state = analysis.patched.states[position]
            yield draft_finding(
                rule, state, spot_of(analysis, position, occurrence),
                {"function": call.function, "callee": call.callee, "other": one.callee, "symbol": symbol},
                message_id=analysis.message_id(state.index), arches=arches, config=f"{symbol}=n",
                evidence=(),
                says=(call.callee, one.callee))
            return


def _works(analysis: Analysis, where: Where, leaf: Leaf, arch: str, without: Cond) -> bool:
    """Return whether the call does its work there in some kernel without the option."""
    return leaf.is_on(arch) and can_be(analysis, where, arch, without) is Ternary.YES and any(
        fact.is_real and not is_idle(fact)
        and can_be(analysis, where, arch, And(without, condition_of(fact))) is not Ternary.NO
        for fact in facts_here(analysis, where, arch, leaf.primitive))


UNLIKE_NEIGHBOUR = Kind(name="unlike-neighbour", changes=_run, check_options=_check,
                        fields=frozenset({"function", "callee", "other", "symbol"}))
