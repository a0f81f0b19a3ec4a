"""What runs after a call has failed, asked of the function's paths."""

from __future__ import annotations

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Side, Wrapper
from reviewbot.checks.reading import Reading
from reviewbot.checks.told_caller import told_on
from reviewbot.logic import Ternary
from reviewbot.patterns import regex

__all__ = ["fails_either_way", "is_rollback", "only_warns", "warns_after"]

_MOST_NEAR = 24  # other calls that one call is compared with
_WARNING = regex(r"(?:WARN|pr_|dev_|netdev_|drm_|printk|BUG|net_)\w*"
                 r"|\w*_(?:warn|err|info|dbg)(?:_once|_ratelimited)?")


def warns_after(reading: Reading, side: Side, helper: Wrapper, call: Call) -> bool:
    """Return whether some path after the call's failure says something to the log."""
    found = reading.follow(side.tree, helper.file, call)
    if found is None:
        return False
    flow, site = found
    return any(_WARNING.fullmatch(inner.callee) for path in flow.each_path_after(site, "failure")
               for statement in path.statements for inner in statement.calls)


def is_rollback(reading: Reading, side: Side, path: str, call: Call, names: frozenset[str]) -> bool:
    """Return whether the call only runs after another call of the family has failed: it takes back what was done."""
    found = reading.follow(side.tree, path, call)
    if found is None:
        return False
    flow, site = found
    others = [other for other in flow.calls(*names) if other != site]
    if len(others) > _MOST_NEAR:
        others = sorted(others, key=lambda other: abs(other.line - site.line))[:_MOST_NEAR]
    return any(flow.runs_after(site, other, "failure") is Ternary.YES
               and flow.runs_after(site, other, "success") is Ternary.NO for other in others)


def fails_either_way(reading: Reading, side: Side, path: str, call: Call) -> bool:
    """Return whether the function tells its caller of an error on every way behind the call, whatever that has given:
    it has given up before."""
    found, facts = reading.follow(side.tree, path, call), side.facts.get(path)
    returns = next((one.returns for one in (facts.functions if facts else ()) if one.name == call.function), "")
    if found is None:
        return False
    ways = [told_on(*found, route, returns=returns, memory=None, failed=False)
            for route in found[0].paths_after(found[1])]
    return bool(ways) and all(one.answer == "error" for one in ways)


def only_warns(reading: Reading, side: Side, path: str, call: Call) -> bool:
    """Return whether every path after the call's failure only warns and leaves a function that returns nothing."""
    found = reading.follow(side.tree, path, call)
    if found is None:
        return False
    flow, site = found
    warned = False
    for one in flow.each_path_after(site, "failure"):
        for statement in one.statements:
            for inner in statement.calls:
                if not _WARNING.fullmatch(inner.callee):
                    return False
                warned = True
        if one.returns or one.ends != "return":
            return False
    return warned
