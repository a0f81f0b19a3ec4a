"""Who asks now what a call asks no more: a test that a patch moves between a function and its callers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.cfacts import CallSite, FunctionFlow, body_text, functions_of
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arguments import parameter_names, put_in
from reviewbot.checks.leaves import tests_of
from reviewbot.checks.predicates import expanded, written_out
from reviewbot.errors import BudgetError
from reviewbot.findings.types import Cell
from reviewbot.logic import TRUE, And, Cond, Ternary, Var, equivalent
from reviewbot.patterns import regex
from reviewbot.review.conditions import Tests, local_names
from reviewbot.review.pairs import Pair, lines_of
from reviewbot.source.owners import owned
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["Moved", "gone_to_callers", "say_moved"]

_FLAG = regex(r"\(?([A-Za-z_]\w*)(?: & [^()]*\)| == \w+\))?")
_OBJECT = regex(r"(?<![\w.>])[A-Za-z_]\w*(?!\w)(?!\s*\()")
_WORD = regex(r"[A-Za-z_]\w*")
_SILENT = regex(r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL)
_MOST_CALLERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where a test went, or came from: `askers` are the callers to which a patch gives it, `freed` those from which it
    takes one. `bare` are the callers that come to the call without the test afterwards; None where not all are known,
    and where that is every caller there is: then nobody stands apart.
    `unclear` are those of which it is not known: what they test first may stand for it.
    """

    askers: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    bare: tuple[str, ...] | None = None
    unclear: tuple[str, ...] = ()


def gone_to_callers(analysis: Analysis, position: int, pair: Pair, tests: Tests) -> Moved:
    """Return the callers of the function to which the patch's hunks give the test that its call loses, and those from
    which they take the one that it gets; and which callers, in the whole tree, do not make that test either."""
    if tests.how != "other" or (_asks_nothing(tests.before) is _asks_nothing(tests.after)):
        return Moved()
    if not _asks_nothing(tests.after):
        return Moved(freed=_callers_with(analysis, position, pair.function, tests.after, "-"))
    raw = _own_tests(pair)
    asked = _callers_with(analysis, position, pair.function, tests.before, "+") or (
        _callers_with(analysis, position, pair.function, raw, "+") if raw != TRUE else ())
    callers = _without(analysis, position, pair, (tests.before, raw))
    if callers is None or (not asked and all(asks is Ternary.NO for _, asks in callers)):
        return Moved(askers=asked)
    bare, unclear = (tuple(name for name, asks in callers if asks is answer and name not in asked)
                     for answer in (Ternary.NO, Ternary.UNKNOWN))
    return Moved(askers=asked, bare=bare, unclear=unclear)


def _own_tests(pair: Pair) -> Cond:
    """Return the tests of the call before that the one after lacks, as they are written."""
    if pair.before is None or pair.after is None:
        return TRUE
    before, after = ([test for _, test in tests_of(item.place.side, item.call, item.place.path)]
                     for item in (pair.before, pair.after))
    return And(*(test for test in before if test not in after))


def _without(analysis: Analysis, position: int, pair: Pair, lost: Sequence[Cond]
             ) -> tuple[tuple[str, Ternary], ...] | None:
    """Return the functions that call this one after the patch, sorted, each with whether it asks any form of the lost
    test in front.

    None without a tree, where nobody or too many call it, where its address is taken, and where no caller can ask for
    what is a variable of the function's own.
    """
    if analysis.patched.base.kind == "none" or pair.before is None or pair.after is None:
        return None
    function, names = pair.function, parameter_names(pair.after.place.function)
    own = local_names(lines_of(pair.before.place)[1:]) | (
        {*parameter_names(pair.before.place.function)} - {*names})
    if any(not own.isdisjoint(_OBJECT.findall(atom)) for test in lost for atom in test.variables()):
        return None
    sides = analysis.after(position), analysis.sides[0]
    paths = dict.fromkeys((*analysis.files_with(position + 1, (function,))[function], *sorted(sides[0].facts)))
    found: dict[str, Ternary] = {}
    for path in paths:
        for side in sides:  # what only hunks are known of is as it was elsewhere
            if side is sides[1] and not _known_by_hunks(analysis, position, path):
                continue
            asks = _callers_in(analysis, side, path, function, (lost, names))
            if asks is None:
                return None
            for name, one in asks:
                if side is sides[0] or name not in _shown(sides[0], path):
                    found[name] = _joint([found.get(name, Ternary.YES), one])
        if len(found) > _MOST_CALLERS:
            return None
    return tuple(sorted(found.items())) if found else None


def _known_by_hunks(analysis: Analysis, position: int, path: str) -> bool:
    """Return whether a file is changed up to this patch, and not known whole then: what it lacks may still be there."""
    return any(file.path == path and not file.whole for state in analysis.patched.states[:position + 1]
               for file in state.files)


def _joint(answers: Sequence[Ternary]) -> Ternary:
    """Return whether all ask: one that does not is enough."""
    return Ternary.NO if Ternary.NO in answers else Ternary.UNKNOWN if Ternary.UNKNOWN in answers else Ternary.YES


def _shown(side: Side, path: str) -> set[str]:
    facts = side.facts.get(path)
    return {one.name for one in (facts.functions if facts else ())}


def _callers_in(analysis: Analysis, side: Side, path: str, function: str,
                asked: tuple[Sequence[Cond], Sequence[str]]) -> list[tuple[str, Ternary]] | None:
    """Return the functions of a file that call this one, each with whether all its calls stand behind the test; None
    where the function is named otherwise than in a call, or one cannot be followed. The test is `asked` in the words of
    the function, which has these parameters."""
    data = side.tree.read(path) or b""
    if not path.endswith((".c", ".h")) or function.encode() not in data:
        return []
    code = _SILENT.sub(" ", data.decode("latin-1"))
    if re.search(rf"(?<!\w){function}\b(?!\s*\()(?!\s*\))", code) or re.search(
            rf"(?<!EXPORT_SYMBOL)(?<!_GPL)\(\s*{function}\s*\)", code):
        return None
    found = []
    for one in functions_of(data):
        if one.name == function or function not in one.calls_all or not re.search(
                rf"(?<!\w){function}\s*\(", body_text(data, one)):
            continue
        flow = analysis.reading.flow(side.tree, path, one.name, one.span.line)
        sites = flow.calls(function) if flow is not None else ()
        if flow is None or not sites:
            return None
        found.append((one.name, _joint([_asks(analysis, side, path, flow, site, asked) for site in sites])))
    return found


def _asks(analysis: Analysis, side: Side, path: str, flow: FunctionFlow, site: CallSite,
          asked: tuple[Sequence[Cond], Sequence[str]]) -> Ternary:
    """Return whether a call stands behind the test; UNKNOWN where a flag in front of it may stand for that."""
    given = dict(zip(asked[1], site.arguments, strict=False))
    lost = [test.replace(lambda atom: Var(put_in(atom, given))) for test in asked[0]]
    tests = flow.tests(site)
    if _implies(analysis, side, path, tests, lost):
        return Ternary.YES
    flags = [name for atom in tests.variables() for name in _flags_in(atom) if flow.is_set(name)]
    return Ternary.UNKNOWN if flags else Ternary.NO


def _flags_in(atom: str) -> list[str]:
    """Return the variable that an atom asks alone, or of which it asks a bit."""
    found = _FLAG.fullmatch(atom)
    return [found[1]] if found else []


def _implies(analysis: Analysis, side: Side, path: str, asked: Cond, lost: Sequence[Cond]) -> bool:
    """Return whether what is asked in front of a call comes to one form of the lost test."""
    plain = written_out(side, path, asked).replace(_plainly)
    whole = (plain, expanded(analysis, side, plain, "", path), asked)
    try:
        return any(test != TRUE and equivalent(And(one, test), one) for test in lost for one in whole)
    except BudgetError:
        return False


def _plainly(atom: str) -> Cond | None:
    """Return a question that asks a static key as the one that it stands for: `debug_pagealloc_enabled_static()`."""
    return Var(f"{atom.removesuffix('_static()')}()") if atom.endswith("_static()") else None


def say_moved(cell: Cell, *, bare: bool = True) -> str:
    """Return what is to be added to a change: `; post_alloc() asks that now`, empty where no test has moved. Which
    callers do not ask is left out where that is told already (not `bare`)."""
    if "absent" in {cell.before.resolves_to, cell.after.resolves_to}:
        return ""
    said = ""
    for those, word in ((cell.askers, "now"), (cell.freed, "no more")):
        if those and not said:
            said = f"; {_listed(those)} {'asks' if len(those) == 1 else 'ask'} that {word}"
    if not bare:
        return said
    if cell.bare:
        said += f"; of its callers only {_listed(cell.bare)} {'does' if len(cell.bare) == 1 else 'do'} not ask that"
    if cell.unclear:
        said += f"; whether {_listed(cell.unclear)} {'asks' if len(cell.unclear) == 1 else 'ask'} that is not clear"
    return said or ("" if cell.bare is None else "; all its callers ask that")


def _listed(names: Sequence[str]) -> str:
    return quote_names([f"{name}()" for name in names], most=3)


def _running(condition: Cond) -> set[str]:
    return {atom for atom in condition.variables() if not atom.startswith(("CONFIG_", "defined("))}


def _asks_nothing(condition: Cond) -> bool:
    return condition == TRUE or not _running(condition)


def _callers_with(analysis: Analysis, position: int, function: str, test: Cond, kind: str) -> tuple[str, ...]:
    """Return the functions of the patch's hunks that call the function and of which it adds, or removes, a line with
    all words of the test."""
    words = {word for atom in _running(test) for word in _WORD.findall(atom)}
    index = analysis.patched.states[position].index
    found: dict[str, None] = {}
    for hunk in (hunk for patch in analysis.series.patches if patch.index == index for file in patch.files
                 for hunk in file.hunks):
        if not any(f"{function}(" in line.text for line in hunk.lines):
            continue
        texts: dict[str, list[str]] = {}
        asks: set[str] = set()
        for owner, sign, text in owned(hunk):
            if owner and sign in {" ", kind}:
                texts.setdefault(owner, []).append(text)
                if sign == kind and words <= set(_WORD.findall(text)):
                    asks.add(owner)
        found.update(dict.fromkeys(owner for owner, lines in texts.items() if owner in asks and owner != function
                                   and any(re.search(rf"\b{re.escape(function)}\(", line) for line in lines)))
    return tuple(found)
