"""Kind `second-name`: a second address of some memory no longer goes with the first.

Options: `aliases` (a list of `rules/lists/`: functions that give another address of the same memory, each with the
number of the argument that is the first). Looked at are the functions that the patch touches. Either the first address
is moved on behind the call and the second is used as it was, or a call gets both, one of them with an offset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts import CallSite, FunctionFlow, Route, Statement, functions_of, object_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.lists import list_option
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["SECOND_NAME"]

_FIELDS = frozenset({"function", "callee", "alias", "address", "use", "given", "move", "why"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drift:
    """A use of the second address `alias` beside the first; `move` is what moved the first on, `given` what the call
    got with an offset: one of the two is empty."""

    alias: str
    address: str
    use: CallSite
    move: Statement | None = None
    given: str = ""


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"aliases"}))
    list_option(rule, "aliases")
    missing = [note for note in ("moved", "offset") if note not in rule.notes]
    if missing:
        raise DataError(f"the rule lacks the note '{missing[0]}', which fills {{why}}",
                        where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    names = list_option(rule, "aliases")
    side, state = analysis.after(position), analysis.patched.states[position]
    for file in state.files:
        data = side.tree.read(file.path) or b"" if file.path.endswith(".c") else b""
        for function in functions_of(data) if any(name.encode() in data for name in names) else ():
            flow = analysis.reading.flow(side.tree, file.path, function.name, function.span.line) \
                if touches(file, function) else None
            for site in flow.calls(*names) if flow else ():
                drift = _drift(flow, site, names[site.callee]) if flow else None
                if drift is not None:
                    yield _finding(rule, analysis, position, file.path, function.name, site, drift)


def _drift(flow: FunctionFlow, site: CallSite, number: int) -> _Drift | None:
    """Return the first use of the two addresses that do not go together, None when there is none."""
    routes = flow.paths_after(site)
    made = re.search(rf"\b(\w+) = (?:\([^()]*\) ?)?{site.callee} ?\(", squash(routes[0].statements[0].text)) \
        if routes and routes[0].statements else None
    address = object_of(site.arguments[number]) if number < len(site.arguments) else ""
    if made is None or not re.fullmatch(r"[A-Za-z_]\w*", address) or made[1] == address:
        return None
    found = (_on_route(route, made[1], address) for route in routes)
    return next((drift for drift in found if drift is not None), None)


def _on_route(route: Route, alias: str, address: str) -> _Drift | None:
    moved: Statement | None = None
    for statement in route.statements[1:]:
        text = squash(statement.text)
        if _written(text, alias):
            return None  # the second address is made anew, or moved along
        for call in statement.calls:
            if not any(_plain(argument) == alias for argument in call.arguments):
                continue
            if moved is not None:
                return _Drift(alias=alias, address=address, use=call, move=moved)
            offset = next((argument for argument in call.arguments if _offset(argument, address)), "")
            if offset:
                return _Drift(alias=alias, address=address, use=call, given=offset)
        if _moved(text, address):
            moved = statement
        elif _written(text, address):
            return None
    return None


def _plain(argument: str) -> str:
    """Return the name that an argument is, without casts; empty for anything that is more than a name."""
    found = object_of(argument)
    return found if re.fullmatch(r"\w+", found) else ""


def _offset(argument: str, name: str) -> bool:
    return re.fullmatch(rf"(?:\([^()]*\) ?)?{name} ?[-+] ?[\w.>()-]+", squash(argument)) is not None


def _moved(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.>]){name} ?[-+]= ?|(?<![\w.>]){name} ?= ?{name} ?[-+]", text) is not None


def _written(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.>]){name} ?(?:[-+|&]?=(?!=)|\+\+|--)|(?:\+\+|--){name}\b|&{name}\b", text) is not None


def _finding(rule: Rule, analysis: Analysis, position: int, path: str, function: str, site: CallSite,
             drift: _Drift) -> Finding:
    state, side = analysis.patched.states[position], analysis.after(position)
    fields = {"function": function, "callee": site.callee, "alias": drift.alias, "address": drift.address,
              "use": drift.use.callee, "given": squash(drift.given),
              "move": squash(drift.move.text).rstrip(";") if drift.move else "", "why": ""}
    fields["why"] = rule.notes["moved" if drift.move else "offset"].format_map(fields)
    arch = own_arch(path)
    arches = (arch,) if arch else tuple(one for one in analysis.arches if not analysis.never_builds(path, one))
    rev = f"after patch {state.index}"
    steps = [Evidence(kind="patch", file=path, line=site.line, text=f"{site.callee}({', '.join(site.arguments)})",
                      rev=rev)]
    if drift.move:
        steps.append(Evidence(kind="patch", file=path, line=drift.move.line, text=drift.move.text, rev=rev))
    return draft_finding(
        rule, state, Spot(file=path, line=drift.use.line, end_line=drift.use.line, function=function,
                          symbol=site.callee, side=side),
        fields, message_id=analysis.message_id(state.index), arches=arches, evidence=tuple(steps),
        says=(site.callee, drift.alias, drift.address))


SECOND_NAME = Kind(name="second-name", fields=_FIELDS, states=_run, check_options=_check,
                   notes=lambda _: ("moved", "offset"))
