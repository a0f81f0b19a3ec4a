"""Whether any caller of a function lets it come to a call of its own: a static one is called in its file alone."""

from __future__ import annotations

from reviewbot.cfacts.types import Call, Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arguments import parameter_names
from reviewbot.checks.leaves import can_hold, sure_tests
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.values import cases_of, constants_of, decided, known_values
from reviewbot.source.types import PatchedFile

__all__ = ["no_caller_reaches"]


def no_caller_reaches(analysis: Analysis, side: Side, occurrence: Occurrence) -> bool:
    """Return whether every call of the function around a call hands it constants for which it never makes this one.

    That is only known of a static function of which all callers are in sight, and whose address goes nowhere.
    """
    span = occurrence.call.span
    key = (id(side.tree), occurrence.file.path, span.line, span.column)
    if key not in analysis.unreached:
        # The tree is kept with its answer, so that no other tree can get its id.
        answer = _reaches_none(side, occurrence.file, occurrence.function, occurrence.call)
        analysis.unreached[key] = side.tree, answer
    return analysis.unreached[key][1]


def _reaches_none(side: Side, file: PatchedFile, function: Function | None, call: Call) -> bool:
    facts = side.facts.get(file.path)
    if function is None or facts is None or not call.guards or not _is_known(file, function):
        return False
    sites = [site for site in facts.calls if site.callee == function.name and site.function != function.name]
    if not sites or any(mention.kind in {"escape", "macro"} for mention in facts.mentions
                        if mention.name == function.name):
        return False
    constants = constants_of(side.tree, (file.path,))
    for site in sites:
        outer = known_values(site.values, {}, constants)
        given = {name: cases_of(argument, outer, constants) for name, argument
                 in zip(parameter_names(function), site.arguments, strict=False) if name not in call.changed}
        known = known_values(call.values, given, constants)
        # A variable that is written between two tests may pass both: `if (ret) return; ret = f(); if (ret) ...`.
        if can_hold(sure_tests(call, [decided(guard.condition, known, constants, guard.cases)
                                      for guard in call.guards])):
            return False
    return True


def _is_known(file: PatchedFile, function: Function) -> bool:
    """Return whether all callers of the function can be seen: in a file that is whole, or of a new function."""
    if not function.static or not file.path.endswith(".c"):
        return False
    return file.applies not in {"fragment", "failed"} or set(range(
        function.span.line, function.span.end_line + 1)) <= set(file.added)
