"""Kind `gated-half`: a patch lets a function change memory under a condition only, and its undo elsewhere asks nothing.

Options: `api` (families or functions). Looked at is a call that the patch puts behind a test of a value, and each
other function of the file that takes back what it does to the same member: `share(buf); ring->mem = buf;` here and
`unshare(ring->mem);` there. Where the undo, or a call of that function, asks a member that the first function tests
or sets, it is taken to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewbot.cfacts import CallSite, FunctionFlow
from reviewbot.cfacts.types import Call, FileFacts
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import And, Cond
from reviewbot.patterns import regex
from reviewbot.text import decode, squash
from reviewbot.values import dataclass

__all__ = ["GATED_HALF"]

_MEMBER = regex(r"(?:->|\.)(\w+)$")
_ASKED = regex(r"(?:->|\.)(\w+)")
_SETS = regex(r"[\w>.\[\]-]*(?:->|\.)(\w+) = ")
_MOST_FILES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Half:
    """The other half: a call in another function, on the same member, that is made whatever the condition was."""

    function: str
    call: Call


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        known = analysis.family.get(occurrence.call.callee)
        if known is None or known.address_argument is None or not known.undone_by or occurrence.function is None:
            continue
        new = _new_tests(analysis, position, occurrence)
        members = _members(flow, site, known.address_argument) if new else frozenset()
        if not members:
            continue
        known_by = _asked(new) | _kept(analysis, position, occurrence, flow, new) - members
        for half in _halves(analysis, position, occurrence, frozenset(known.undone_by), members, known_by):
            yield from _finding(rule, analysis, position, occurrence, new, half)


def _new_tests(analysis: Analysis, position: int, occurrence: Occurrence) -> tuple[Cond, ...]:
    """Return the tests of values behind which the patch puts the call; () where it was not made before."""
    call, side = occurrence.call, analysis.before(position)
    facts = side.facts.get(occurrence.file.old_path)
    before = [one for one in (facts.calls if facts else ()) if one.callee == call.callee
              and one.function == call.function and one.arguments == call.arguments]
    if len(before) != 1:
        return ()
    old = {str(guard.named) for guard in before[0].guards}
    return tuple(guard.named for guard in call.guards if str(guard.named) not in old
                 and any("->" in atom or "." in atom for atom in guard.named.variables()))


def _members(flow: FunctionFlow, site: CallSite, number: int) -> frozenset[str]:
    """Return the members that hold the memory of the call in its function."""
    if number >= len(site.arguments):
        return frozenset()
    memory = flow.object_in(site.arguments[number])
    own = _MEMBER.search(memory)
    found = {own[1]} if own else set()
    for target, _, value in (text.rstrip(";").partition(" = ") for text in flow.texts()):
        kept = _MEMBER.search(target)
        if kept and value.strip() == memory:
            found.add(kept[1])
    return frozenset(found)


def _kept(analysis: Analysis, position: int, occurrence: Occurrence, flow: FunctionFlow, new: tuple[Cond, ...]
          ) -> set[str]:
    """Return the members that the function sets only where it makes the call: what it keeps book with."""
    lines = decode(analysis.after(position).tree.read(occurrence.file.path) or b"").split("\n")
    found = {number: hit[1] for number in range(flow.first_line, min(flow.last_line, len(lines)) + 1)
             if (hit := _SETS.match(lines[number - 1].strip()))}
    return {name for number, name in found.items()
            if not {*new}.isdisjoint(guard.condition for guard in flow.guards_at(number))}


def _asked(conditions: Iterable[Cond]) -> set[str]:
    """Return the members that the conditions ask."""
    return {name for one in conditions for atom in one.variables() for name in _ASKED.findall(atom)}


def _halves(analysis: Analysis, position: int, occurrence: Occurrence, undo: frozenset[str], members: frozenset[str],
            known_by: set[str]) -> Iterator[_Half]:
    side = analysis.after(position)
    facts = side.facts.get(occurrence.file.path)
    for call in facts.calls if facts else ():
        if call.callee not in undo or not call.function or call.function == occurrence.call.function:
            continue
        number = getattr(analysis.family.get(call.callee), "address_argument", None)
        text = call.arguments[number] if number is not None and number < len(call.arguments) else ""
        hit = _MEMBER.search(text)
        if hit is None or hit[1] not in members or _asked(guard.named for guard in call.guards) & known_by:
            continue
        if not _callers_ask(analysis, side, occurrence.file.path, call.function, known_by):
            yield _Half(function=call.function, call=call)


def _callers_ask(analysis: Analysis, side: Side, path: str, name: str, known_by: set[str]) -> bool:
    """Return whether some call of the function stands behind a test that knows, or not all calls can be looked at."""
    moment = analysis.moment_of(side.tree)
    paths = analysis.files_with(moment, (name,))[name] if moment is not None else ()
    if len(paths) > _MOST_FILES or path not in paths:
        return True
    return any(_asks(analysis.reading.facts(side.tree, one, {name: ""}), name, known_by)
               for one in paths if one.endswith(".c"))


def _asks(facts: FileFacts | None, name: str, known_by: set[str]) -> bool:
    return facts is None or any(call.callee == name and _asked(guard.named for guard in call.guards) & known_by
                                for call in facts.calls)


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence, new: tuple[Cond, ...],
             half: _Half) -> Iterator[Finding]:
    arches = arches_where(analysis, position, occurrence, lambda fact: fact.is_real)
    if not arches:
        return
    path = occurrence.file.path
    other = Evidence(kind="source", file=path, line=half.call.span.line, text=squash(half.call.statement),
                     rev=f"after patch {analysis.patched.states[position].index}")
    yield call_finding(rule, analysis, position, occurrence, arches=arches, evidence=(other,), says=(half.function,),
                       fields={"test": str(And(*new)), "other": half.function, "undo": half.call.callee,
                               "line": str(half.call.span.line)})


GATED_HALF = Kind(name="gated-half", fields=COMMON_FIELDS | {"test", "other", "undo", "line"}, states=_run,
                  check_options=_check)
