"""The file of the tree that stands for one which the tree does not have: where the code went since, or came from."""

from __future__ import annotations

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.changed_names import sightings_of
from reviewbot.checks.reach import has_kconfig
from reviewbot.logic import TRUE, And, Cond, Or, Var
from reviewbot.patterns import regex
from reviewbot.source import OverlayTree

__all__ = ["is_absent", "same_call", "shown_options", "stand_in"]

_OPTION = regex(rb"\bCONFIG_(\w+?)(?:_MODULE)?\b")


def is_absent(analysis: Analysis, path: str) -> bool:
    """Return whether a generic C file is in the tree at no moment of the series, and no Makefile line of it is seen."""
    known = analysis.absent.get(path)
    if known is None:
        base = analysis.patched.start
        while isinstance(base, OverlayTree):
            base = base.base
        known = path.endswith(".c") and not own_arch(path) and has_kconfig(base) and not base.exists(path) \
            and not any(file.path == path and file.whole for state in analysis.patched.states for file in state.files) \
            and not any(analysis.reach.is_built_by_hunks(path, arch) for arch in analysis.arches)
        analysis.absent[path] = known
    return known


def stand_in(analysis: Analysis, moment: int, absent: str, name: str) -> str:
    """Return the one C file of the tree that defines the function, empty where there is none or more than one."""
    tree = analysis.configs[moment].tree
    # All that the hunks show of the file is searched for at once.
    names = {call.function for view in analysis.views for side in view if absent in side.facts
             for call in side.facts[absent].calls if call.function}
    holders = analysis.files_with(moment, {name, *names})[name]
    found = [path for path in holders if path.endswith(".c") and path != absent and any(
        one.kind == "function" for one in sightings_of(path, tree.read(path) or b"", name))]
    return found[0] if len(found) == 1 and not own_arch(found[0]) else ""


def same_call(analysis: Analysis, side: Side, path: str, call: Call) -> Call | None:
    """Return the call of that file which is written as this one, in the function of the same name."""
    facts = analysis.reading.facts(side.tree, path, {call.callee: ""})
    return next((one for one in (facts.calls if facts else ()) if (one.callee, one.function, one.arguments) == (
        call.callee, call.function, call.arguments)), None)


def shown_options(side: Side, path: str) -> Cond:
    """Return that the options which the hunks of a file name are set, as far as they are: TRUE for none."""
    names = sorted({hit[1].decode() for hit in _OPTION.finditer(side.tree.read(path) or b"")})
    return And(*(Or(Var(f"CONFIG_{name}"), Var(f"CONFIG_{name}_MODULE")) for name in names)) if names else TRUE
