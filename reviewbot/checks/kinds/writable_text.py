"""Kind `writable-text`: a new call of a helper that makes all of the kernel's own code writable, and leaves it
executable.

Options: `api` (what makes memory writable), `text` (the names of places in the kernel's code), `takes` (functions that
take execution away).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, call_finding
from reviewbot.checks.leaves import Leaf, leaves_of
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import at_leaf, facts_here, is_idle, running_at, where_of
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex

__all__ = ["WRITABLE_TEXT"]

_NAME = regex(r"\b[A-Za-z_]\w*")


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "text", "takes"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted, text = analysis.wanted(names_option(rule, "api")), frozenset(names_option(rule, "text"))
    takes, side = frozenset(names_option(rule, "takes")), analysis.after(position)
    for occurrence in analysis.occurrences(position):
        call, path = occurrence.call, occurrence.file.path
        if not occurrence.added or call.callee in wanted or not call.function or call.use == "in-macro":
            continue
        where = where_of(analysis, position, path, call)
        for leaf in leaves_of(side, call.callee, near=path, arguments=call.arguments, primitives=analysis.primitives,
                              values=call.values):
            start = _start(analysis, side, leaf) if leaf.primitive in wanted else ""
            if start not in text or _takes(side, leaf, takes):
                continue
            there = at_leaf(where, leaf)
            arches = tuple(arch for arch in running_at(analysis, there) if any(
                fact.is_real and not is_idle(fact)
                for fact in facts_here(analysis, there, arch, leaf.primitive)))
            if arches:
                inner = Evidence(kind="source", file=leaf.file, line=leaf.line, rev=side.tree.rev,
                                 text=f"{leaf.primitive}({', '.join(leaf.arguments)})")
                yield call_finding(rule, analysis, position, occurrence, arches=arches, evidence=(inner,),
                                   fields={"primitive": leaf.primitive, "object": start})
                break


def _start(analysis: Analysis, side: Side, leaf: Leaf) -> str:
    """Return the name of the place at which the range of the helper's call starts, empty where that is no name."""
    if leaf.call is None or not leaf.via or not leaf.call.arguments:
        return ""
    followed = analysis.reading.follow(side.tree, leaf.file, leaf.call)
    given = followed[0].object_in(leaf.call.arguments[0]) if followed else ""
    if followed and given.isidentifier():
        value = re.compile(rf"(?:^|[\s*]){re.escape(given)} = (.*?);?$")
        found = [hit[1] for text in followed[0].texts() if (hit := value.search(text))]
        given = found[0] if len(found) == 1 else given
    names = _NAME.findall(re.sub(r"\((?:unsigned long|void \*|char \*|uintptr_t)\)", "", given))
    return names[0] if len(names) == 1 else ""


def _takes(side: Side, leaf: Leaf, takes: frozenset[str]) -> bool:
    wrapper = side.wrapper(leaf.via[-1], leaf.file)
    return wrapper is None or any(call.callee in takes for call in wrapper.calls)


WRITABLE_TEXT = Kind(name="writable-text", fields=COMMON_FIELDS | {"primitive"}, states=_run, check_options=_check)
