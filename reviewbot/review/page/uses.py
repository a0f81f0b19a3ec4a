"""What a caller does next with the object of a call: that is what a failure, or a call that does nothing, leads to."""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal

from reviewbot.cfacts.objects import is_conversion, object_of
from reviewbot.cfacts.query import FunctionFlow
from reviewbot.cfacts.routes import CallSite
from reviewbot.cfacts.types import Call
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.logic import Ternary
from reviewbot.patterns import regex

__all__ = ["is_freed_with", "next_use"]

_COPIES = regex(r"(?:\w*_)?(?:copy|memcpy|memmove)(?:_\w*)?")
_CLEARS = regex(r"(?:\w*_)?(?:memset|memzero|clear_page|clear_highpage)(?:_\w*)?")


def next_use(analysis: Analysis, side: Side, path: str, call: Call, frees: frozenset[str],
             outcome: Literal["failure", "success"]) -> str:
    """Return the next call that is given the object, with what it does: `do_copy_page() reads it`; empty for none.

    Calls of the family, and those that only say something, are stepped over. Only what stands on the first path of the
    function behind the call counts: it is what runs when nothing else goes wrong.
    """
    found = analysis.reading.follow(side.tree, path, call)
    thing = object_of(call.arguments[0]) if call.arguments else ""
    if found is None or not thing or not re.match(r"[&*]?[A-Za-z_]", thing):
        return ""
    flow, site = found
    names = flow.names_of(site, 0)
    family = analysis.family.names()

    def counts(inner: CallSite) -> bool:
        return (flow.is_given(inner, names) and inner.callee.islower()
                and inner.callee not in family and not side.wrapper(inner.callee, path)
                and not is_reporter(inner.callee, has_text=False) and not is_conversion(inner.callee))

    users = [inner for route in islice(flow.each_path_after(site, outcome), 1) for statement in route.statements
             for inner in statement.calls if counts(inner)]
    return f"{users[0].callee}() {_verb(flow, users[0], names, frees)}" if users else ""


def is_freed_with(analysis: Analysis, side: Side, path: str, call: Call, frees: frozenset[str]) -> bool:
    """Return whether the function gives the object back as well, behind the call, and each time under the tests that
    are in front of the call: where the call is not made, the memory is kept."""
    found = analysis.reading.follow(side.tree, path, call)
    if found is None or not call.arguments:
        return False
    flow, site = found
    names, asked = flow.names_of(site, 0), set(flow.guards(site))
    freed = [one for one in flow.calls(*sorted(frees)) if one != site]
    return bool(asked) and any(flow.is_given(one, names) for one in freed) and all(
        asked <= set(flow.guards(one)) and flow.is_behind(one, past=site) is not Ternary.NO for one in freed)


def _verb(flow: FunctionFlow, site: CallSite, names: frozenset[str], frees: frozenset[str]) -> str:
    """Return what the call does with the object, in a word; a copy reads all its arguments but the first."""
    if site.callee in frees:
        return "gives it back"
    if _COPIES.fullmatch(site.callee):
        return "writes to it" if flow.is_given(site, names, 0) else "reads it"
    return "writes to it" if _CLEARS.fullmatch(site.callee) else "uses it"
