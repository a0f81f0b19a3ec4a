"""What runs after a call has failed, asked of the function's paths."""

from __future__ import annotations

import re
from functools import lru_cache

from reviewbot.cfacts import CallSite, FunctionFlow, function_view
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Side, Wrapper
from reviewbot.errors import BudgetError

__all__ = ["failing_call", "flow_of", "is_rollback", "only_warns", "warns_after"]

_WARNING = re.compile(r"(?:WARN|pr_|dev_|netdev_|drm_|printk|BUG|net_)\w*"
                      r"|\w*_(?:warn|err|info|dbg)(?:_once|_ratelimited)?")


def flow_of(side: Side, path: str, function: str, line: int) -> FunctionFlow | None:
    """Return the paths of the function around the line, or None when there is none or it is too large."""
    data = side.tree.read(path)
    return None if data is None else _view(path, data, function, line)


@lru_cache(maxsize=128)
def _view(path: str, data: bytes, function: str, line: int) -> FunctionFlow | None:
    """Return the function's paths; several rules ask about the same call."""
    try:
        return function_view(path, data, name=function, line=line)
    except BudgetError:
        return None


def failing_call(side: Side, path: str, call: Call) -> tuple[FunctionFlow, CallSite] | None:
    """Return the function's paths and the call in them, or None when it cannot be followed."""
    flow = flow_of(side, path, call.function, call.span.line)
    site = flow.call_at(call.span.line, call.callee) if flow else None
    return (flow, site) if flow is not None and site is not None else None


def warns_after(side: Side, helper: Wrapper, call: Call) -> bool:
    """Return whether some path after the call's failure says something to the log."""
    found = failing_call(side, helper.file, call)
    if found is None:
        return False
    flow, site = found
    return any(_WARNING.fullmatch(inner.callee) for path in flow.paths_after(site, "failure")
               for statement in path.statements for inner in statement.calls)


def is_rollback(side: Side, path: str, call: Call, names: frozenset[str]) -> bool:
    """Return whether the call only runs after another call of the family has failed: it takes back what was done."""
    found = failing_call(side, path, call)
    if found is None:
        return False
    flow, site = found
    for other in flow.calls(*names):
        if other == site:
            continue
        failed, succeeded = (
            any(inner == site for one in flow.paths_after(other, outcome) for statement in one.statements
                for inner in statement.calls) for outcome in ("failure", "success"))
        if failed and not succeeded:
            return True
    return False


def only_warns(side: Side, path: str, call: Call) -> bool:
    """Return whether every path after the call's failure only warns and leaves a function that returns nothing."""
    found = failing_call(side, path, call)
    if found is None:
        return False
    flow, site = found
    paths = flow.paths_after(site, "failure")
    warned = False
    for one in paths:
        for statement in one.statements:
            for inner in statement.calls:
                if not _WARNING.fullmatch(inner.callee):
                    return False
                warned = True
        if one.returns or one.ends != "return":
            return False
    return warned and bool(paths)
