"""What a helper does inside for the arguments of one call, and what it leaves to its caller when that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reviewbot.cfacts import CallSite, FunctionFlow, body_text, functions_of
from reviewbot.cfacts.conditions import condition_at
from reviewbot.cfacts.known import Result
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side, Wrapper
from reviewbot.checks.arguments import parameter_names
from reviewbot.checks.leaves import Leaf, leaves_of
from reviewbot.checks.lists import own_list
from reviewbot.logic import Ternary
from reviewbot.patterns import regex

__all__ = ["frees_failed", "keeps_memory", "keeps_what_failed", "leaves_here", "name_inside", "reached_inside",
           "word_left"]


def leaves_here(analysis: Analysis, side: Side, path: str, call: Call) -> tuple[Leaf, ...] | None:
    """Return what of the family a call in the file `path` reaches with its own arguments: () where these lead past all
    of it, None where nothing can be told."""
    leaves = leaves_of(side, call.callee, near=path, arguments=call.arguments, primitives=analysis.primitives,
                       values=call.values)
    if leaves or leaves_of(side, call.callee, near=path, primitives=analysis.primitives):
        return leaves
    return None


def reached_inside(wrapper: Wrapper, call: Call, leaves: tuple[Leaf, ...] | None) -> tuple[Call, ...]:
    """Return those calls of a helper whose result reaches its caller and that lead to one of the leaves for the
    arguments of `call`; all where nothing can be told of these."""
    if leaves is None:
        return wrapper.handing_on
    return tuple(one for one in wrapper.handing_on if any(
        name in leaf.via or (leaf.primitive == name and leaf.line in {0, one.span.line})
        for name in [name_inside(wrapper, call, one)] for leaf in leaves))


def name_inside(wrapper: Wrapper, call: Call, inner: Call) -> str:
    """Return which function an inner call of the helper is for the arguments of `call`: a parameter stands for what it
    is given."""
    return dict(zip(parameter_names(wrapper.function), call.arguments, strict=False)).get(
        inner.callee, inner.callee).lstrip("&")


def keeps_what_failed(analysis: Analysis, side: Side, leaf: Leaf) -> bool:
    """Return whether the innermost helper keeps the memory of a failed call: nothing is left to do for who drops its
    result."""
    helper = side.wrapper(leaf.via[-1], leaf.file) if leaf.via else None
    return helper is not None and leaf.call is not None and keeps_memory(analysis, side, helper.file, leaf.call)


def keeps_memory(analysis: Analysis, side: Side, path: str, call: Call) -> bool:
    """Return whether the function of a call in the file `path` gives the memory back behind a success of the call, and
    on no way behind a failure."""
    followed = analysis.reading.follow(side.tree, path, call)
    if followed is None or not followed[1].arguments:
        return False
    flow, site = followed
    memory = flow.names_of(site, 0)
    return _gives_back(flow, site, "success", memory) and not _gives_back(flow, site, "failure", memory)


def frees_failed(analysis: Analysis, side: Side, leaf: Leaf, arch: str, values: Mapping[str, bool]) -> Ternary:
    """Return whether the innermost helper gives back the memory of a failed call, in what the configuration builds."""
    helper = side.wrapper(leaf.via[-1], leaf.file) if leaf.via else None
    followed = analysis.reading.follow(side.tree, helper.file, leaf.call) if helper and leaf.call else None
    if helper is None or followed is None or not followed[1].arguments:
        return Ternary.UNKNOWN
    data = side.tree.read(helper.file) or b""

    def is_built(line: int) -> bool:
        nest = condition_at(data, line)
        return nest.evaluate(values) is not Ternary.NO and not analysis.reach.never(nest, arch)

    flow, site = followed
    return Ternary.YES if _gives_back(flow, site, "failure", flow.names_of(site, 0), is_built) else Ternary.NO


def word_left(analysis: Analysis, side: Side, leaf: Leaf) -> tuple[str, str] | None:
    """Return the field in which the innermost helper leaves word of a failure of its call, on every way behind that,
    and the function of its file that frees memory only after it has asked it; None where there are no such two.

    `gpadl->decrypted = ret` keeps memory from being freed in another function that asks `!gpadl->decrypted`.
    """
    helper = side.wrapper(leaf.via[-1], leaf.file) if leaf.via else None
    followed = analysis.reading.follow(side.tree, helper.file, leaf.call) if helper and leaf.call else None
    if helper is None or leaf.call is None or followed is None:
        return None
    given = {leaf.call.variable, "true", "1"} - {""}
    places: set[str] | None = None
    for route in followed[0].paths_after(followed[1], "failure"):
        told = {found[1] for statement in route.statements if (found := _STORED.fullmatch(statement.text))
                and found[2] in given and found[1].split("->")[0].split(".")[0] in parameter_names(helper.function)}
        places = told if places is None else places & told
    for place in sorted(places or ()):
        asker = _asks_before_a_free(side, helper.file, re.split(r"->|\.", place)[-1])
        if asker:
            return place, asker
    return None


_STORED = regex(r"([A-Za-z_]\w*(?:(?:->|\.)\w+)+) = (?:!!)?(\w+);?")


def _asks_before_a_free(side: Side, path: str, field: str) -> str:
    """Return the function of the file in which a test of the field stands right before a free, empty for none."""
    data, frees = side.tree.read(path) or b"", own_list("frees")
    asks = re.compile(rf"\bif \([^;{{}}]*!\s*[\w>.\[\]-]*(?:->|\.){re.escape(field)}\b[^;{{}}]*\)\s*\{{?\s*"
                      rf"(?:{'|'.join(sorted(frees))})\s*\(")
    return next((one.name for one in functions_of(data) if frees.keys() & {*one.calls_all}
                 and asks.search(body_text(data, one))), "")


def _gives_back(flow: FunctionFlow, site: CallSite, outcome: Result, memory: frozenset[str],
                is_built: Callable[[int], bool] = lambda _: True) -> bool:
    """Return whether some way behind the call, and before it runs again, frees the memory; what is out of sight may.

    `is_built` tells of the line of a free whether it counts.
    """
    frees, here = own_list("frees"), (site.line, site.column)
    for route in flow.each_path_after(site, outcome):
        for call in (call for statement in route.statements for call in statement.calls):
            if (call.line, call.column) == here:
                break  # the next turn of a loop: another piece of memory
            number = frees.get(call.callee)
            if number is not None and flow.is_given(call, memory, number) and is_built(call.line):
                return True
        else:
            if route.ends == "rest" and outcome == "failure":
                return True
    return False
