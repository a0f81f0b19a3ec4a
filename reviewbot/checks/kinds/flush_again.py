"""Kind `flush-again`: the TLB is flushed more often than needed, because what changes the entries flushes itself.

Two shapes: a flush behind a call that has flushed already (`again`), and a call for each page of a range that one call
could change (`each-page`).

Options: `api` (functions that change entries), `flushes` (a list of `rules/lists/`).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import CallSite, FunctionFlow, Statement
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls, repeats
from reviewbot.checks.lists import list_option
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.text import quote_names

__all__ = ["FLUSH_AGAIN"]

_NAME = regex(r"[A-Za-z_]\w*")
_NEXT_PAGE = regex(r"\+.*\bPAGE_(?:SIZE|SHIFT)\b|\bPAGE_SIZE\b.*\+")
_PLAIN = frozenset({"unsigned", "long", "void", "int", "PAGE_SIZE", "PAGE_SHIFT", "u64"})


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "flushes"}))
    list_option(rule, "flushes")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    flushes = frozenset(list_option(rule, "flushes"))
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        again = _flushed_behind(flow, site, flushes)
        known = analysis.family.get(site.callee)
        each = "" if again or not _is_a_page(site) or not repeats(
            flow, site, frozenset(known.undone_by if known else ())) else site.arguments[0]
        if not again and not each:
            continue
        arches = arches_where(analysis, position, occurrence, lambda fact: fact.flushes is True)
        others = arches_where(analysis, position, occurrence, lambda fact: fact.flushes is not True)
        if not arches:
            continue
        notes = (rule.notes.get("others", ""),) if again and others else ()
        yield call_finding(
            rule, analysis, position, occurrence, arches=arches, notes=notes,
            fields={"others": quote_names(others), "why": f"'{again.text.rstrip(';')}' behind it flushes again there"
                    if again else f"'{occurrence.call.function}' calls it for one page after the other ('{each}')"},
            evidence=(Evidence(kind="patch", file=occurrence.file.path, line=again.line, text=again.text,
                               rev="where it is flushed again"),) if again else (),
            says=("again" if again else "each-page",))


def _is_a_page(site: CallSite) -> bool:
    return site.arguments[1:2] == ("1",) and _NEXT_PAGE.search(site.arguments[0]) is not None


def _flushed_behind(flow: FunctionFlow, site: CallSite, flushes: frozenset[str]) -> Statement | None:
    """Return the flush that every way from the call's success comes to next, with no other call in front of it, and
    that names what the call names."""
    names = set(_NAME.findall(site.arguments[0])) - _PLAIN if site.arguments else set()
    found: list[Statement] = []
    for route in flow.each_path_after(site, "success"):
        behind = next((statement for statement in route.statements
                       if any(call != site for call in statement.calls)), None)
        call = next((call for call in behind.calls if call != site), None) if behind else None
        if behind is None or call is None or call.callee not in flushes or not names & set(
                _NAME.findall(" ".join(call.arguments))):
            return None
        found.append(behind)
    return found[0] if found else None


FLUSH_AGAIN = Kind(name="flush-again", fields=COMMON_FIELDS | {"why", "others"}, states=_run, check_options=_check,
                   notes=lambda _: ("others",))
