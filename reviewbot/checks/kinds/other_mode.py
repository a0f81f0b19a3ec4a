"""Kind `other-mode`: memory that a helper changes under a condition only, and that another helper always changes back.

The condition goes to the helper as a constant: `get(&d->page, shared ? DEMO_SHARE : DEMO_PLAIN)`. Looked at are such
calls in the functions that a patch changes, and the calls of its other functions that hand the same member to a helper
which takes back what the first one does, by a constant that always does so. Options: `api` (families or functions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.cfacts import body_text, functions_with
from reviewbot.cfacts.syntax import Expr
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.contracted import outlines_after
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import arches_where, touched_calls
from reviewbot.checks.rule import Rule
from reviewbot.contracts.outline import Outline, calls_in, place_of
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import closing
from reviewbot.values import dataclass

__all__ = ["OTHER_MODE"]

_CONSTANT = regex(r"[A-Z][A-Z0-9_]+")
_CHOICE = regex(r"(.+?)\?\s*([A-Z][A-Z0-9_]+)\s*:\s*([A-Z][A-Z0-9_]+)\s*;?\s*$", re.DOTALL)
_CASE = regex(r"\b(?:case\s+(\w+)|default)\s*:")
_MEMBER = regex(r"(?:->|\.)(\w+)$")
_WORD = regex(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A call that hands a member and a constant to a helper; `does` is the function that the helper calls for it.

    Where the constant hangs on a condition, `test` is that under which the helper does it.
    """

    outline: Outline
    line: int
    helper: str
    member: str
    thing: str
    does: str
    test: str


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    made = {(one.file.path, one.call.function, one.call.callee): one for one in touched_calls(rule, analysis, position)}
    for file in analysis.patched.states[position].files:
        if file.after is None or not any(path == file.path for path, _, _ in made):
            continue
        uses = [use for outline in outlines_after(analysis, file) for use in _uses(file.after, outline, wanted)]
        told: set[tuple[str, str, str]] = set()
        for one in uses:
            known = analysis.family.get(one.does)
            for other in uses if one.test and known is not None else ():
                key = one.outline.name, other.outline.name, one.does
                if other.test or known is None or other.does not in known.undone_by or other.member != one.member \
                        or one.outline.name == other.outline.name or key in told or _asks(other.outline, one):
                    continue
                told.add(key)
                call = made.get((file.path, one.helper, one.does))
                arches = arches_where(analysis, position, call, lambda fact: fact.is_real) if call is not None else ()
                if arches:
                    yield _finding(rule, analysis, position, file, one, other, arches)


def _uses(data: bytes, outline: Outline, wanted: frozenset[str]) -> Iterator[_Use]:
    for step in outline.steps:
        for call in calls_in(step.expr) if outline.name else ():
            things = [_thing(argument) for argument in call.parts[1:]]
            thing = next((one for one in things if one), "")
            member = _MEMBER.search(thing)
            if member is None:
                continue
            for number, argument in enumerate(call.parts[1:]):
                yield from (_Use(outline=outline, line=step.line, helper=call.name, member=member[1], thing=thing,
                                 does=does, test=test)
                            for does, test in _done(data, outline, call.name, number, argument, wanted))


def _thing(argument: Expr) -> str:
    inner = argument.parts[0] if argument.kind == "address" and argument.parts else argument
    return place_of(inner) if inner.kind == "field" else ""


def _done(data: bytes, outline: Outline, helper: str, number: int, argument: Expr, wanted: frozenset[str]
          ) -> Iterator[tuple[str, str]]:
    """Yield what the helper does for an argument, and the condition on which that hangs, empty for none."""
    text = outline.text(argument)
    if argument.kind == "name" and argument.name in outline.locals:
        given = [step for step in outline.steps if step.kind == "declare" and step.name == argument.name]
        sets = [part for step in outline.steps for part in calls_in(step.expr) if outline.text(part).endswith(
            f"&{argument.name}")]
        if len(given) != 1 or given[0].expr is None or sets or re.search(
                rf"\b{argument.name}\s*=[^=]", "\n".join(outline.said(step) for step in outline.steps
                                                          if step.kind != "declare")):
            return
        text = outline.text(given[0].expr)
    if _CONSTANT.fullmatch(text):
        yield from ((name, "") for name in sorted(_calls_for(data, helper, number, text, wanted) or ()))
        return
    choice = _CHOICE.fullmatch(text)
    if choice is None:
        return
    one, two = (_calls_for(data, helper, number, word, wanted) for word in choice.groups()[1:])
    test = _bare(choice[1])
    if one is not None and two is not None:
        yield from ((name, test) for name in sorted(one - two))
        yield from ((name, f"!({test})" if " " in test else _turned(test)) for name in sorted(two - one))


def _bare(test: str) -> str:
    text = test.strip()
    while text.startswith("(") and closing(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _turned(test: str) -> str:
    return test[1:] if test.startswith("!") else f"!{test}"


def _calls_for(data: bytes, helper: str, number: int, constant: str, wanted: frozenset[str]) -> frozenset[str] | None:
    """Return the functions of the family that a helper of the file calls for a constant; None where its code does not
    say by that argument what it does."""
    functions = [one for one in functions_with(data, frozenset({helper})) if one.name == helper]
    if len(functions) != 1 or number >= len(functions[0].parameters):
        return None
    body = body_text(data, functions[0])
    parameter = (_WORD.findall(functions[0].parameters[number]) or [""])[-1]
    found, asked = set(), False
    for switch in re.finditer(rf"\bswitch\s*\(\s*{parameter}\s*\)\s*\{{", body):
        inside = body[switch.end():max(closing(body, switch.end() - 1, "{}"), switch.end())]
        cases = list(_CASE.finditer(inside))
        names = [case[1] or "" for case in cases]
        asked = True
        mine = constant if constant in names else ""
        for at, case in enumerate(cases):
            if (case[1] or "") == mine:
                found |= _family_in(_segment(inside, cases, at), wanted)
    for test in re.finditer(rf"\bif\s*\(\s*{parameter}\s*==\s*(\w+)\s*\)\s*", body):
        asked = True
        if test[1] == constant:
            found |= _family_in(_branch(body, test.end()), wanted)
    return frozenset(found) if asked else None


def _segment(inside: str, cases: Sequence[re.Match[str]], at: int) -> str:
    """Return what runs from a label of a switch on: to the first jump out of it."""
    text = inside[cases[at].end():]
    end = re.search(r"\b(?:break|return|goto)\b[^;]*;", text)
    return text[:end.end()] if end else text


def _branch(body: str, start: int) -> str:
    if body[start:start + 1] == "{":
        return body[start:closing(body, start, "{}") + 1]
    return body[start:body.find(";", start) + 1]


def _family_in(text: str, wanted: frozenset[str]) -> set[str]:
    return {name for name in re.findall(r"\b(\w+)\s*\(", text) if name in wanted}


def _asks(outline: Outline, use: _Use) -> bool:
    """Return whether a function asks any of what the condition of a call in another asks, by the same names."""
    words = set(_WORD.findall(use.test)) - use.outline.locals.keys() - use.outline.parameters.keys()
    return any(words & set(_WORD.findall(outline.said(step))) for step in outline.steps)


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, one: _Use, other: _Use,
             arches: tuple[str, ...]) -> Finding:
    state = analysis.patched.states[position]
    fields = {"function": one.outline.name, "helper": one.helper, "callee": one.does, "object": one.thing,
              "test": one.test, "other": other.outline.name, "back": other.helper, "undo": other.does,
              "line": str(other.line)}
    shown = tuple(Evidence(kind="source", file=file.path, line=use.line, rev=f"after patch {state.index}",
                           text=f"{use.helper}() comes to {use.does}() here") for use in (one, other))
    return draft_finding(
        rule, state, Spot(file=file.path, line=one.line, end_line=one.line, function=one.outline.name,
                          symbol=one.does, side=analysis.after(position)),
        fields, message_id=analysis.message_id(state.index), evidence=shown, arches=arches,
        says=(one.does, other.outline.name, other.does, one.member))


OTHER_MODE = Kind(name="other-mode", changes=_run, check_options=_check,
                  fields=frozenset({"function", "helper", "callee", "object", "test", "other", "back", "undo", "line"}))
