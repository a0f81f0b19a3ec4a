"""What a definition that a patch brings calls, and what stood for it before, where the facts tell neither."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.arch import Fact
from reviewbot.arch.derive import does_work
from reviewbot.cfacts import body_text
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.changed_names import sightings_of
from reviewbot.checks.definitions import UNTOLD, Place
from reviewbot.checks.gated_headers import family_headers, switched_on
from reviewbot.checks.made_facts import stub_fact
from reviewbot.findings.types import Effect
from reviewbot.logic import Not, Var
from reviewbot.patterns import regex
from reviewbot.review.phrases import NOT_SEEN

__all__ = ["UNREAD", "generic_stub", "in_plain_words", "stub_at", "unseen_before"]

UNREAD = "what the new definition does could not be read from its code"
"""Why nothing is said of a definition whose code tells nothing."""

_RETURN = regex(r"\breturn\b([^;]*);")
_MOST_CALLS = 2


def in_plain_words(analysis: Analysis, side: Side, place: Place, effect: Effect, fact: Fact) -> Effect:
    """Return the effect with what the body calls and returns where nothing else is known of it.

    Where that cannot be told either, it is not known whether it can fail.
    """
    if not effect.does.endswith(UNTOLD) or fact.may_fail is not False:
        return effect
    data = side.tree.read(place.file) or b""
    facts = side.facts.get(place.file)
    function = next((one for one in (facts.functions if facts else ())
                     if one.name == fact.symbol and one.span.line == place.line), None)
    known = analysis.reading.known_ranges(place.file, data)
    if function is None or (
            known and not any(first <= place.line and function.span.end_line <= last for first, last in known)):
        return replace(effect, known=False)
    every = analysis.reading.facts(side.tree, place.file, dict.fromkeys(function.calls_all, ""))
    calls = dict.fromkeys(call.callee for call in (every.calls if every else ())
                          if place.line <= call.span.line <= function.span.end_line and does_work(call))
    text = body_text(data, function)
    given = {value.strip(" ()") for value in _RETURN.findall(text)}
    if given != ({"0"} if fact.returns == "int" else {""} if given else set()) or "#" in text \
            or not 0 < len(calls) <= _MOST_CALLS:
        return replace(effect, known=False)
    does = "calls " + " and ".join(f"{name}()" for name in calls)
    always = ", always returns 0" if fact.returns == "int" else ""
    return replace(effect, does=f"{fact.symbol}() {does}{always}")


def generic_stub(analysis: Analysis, position: int, name: str, arch: str) -> tuple[Fact | None, bool]:
    """Return the stub of a generic header that stood for the name until the patch switched its option on.

    The second value says whether such a stub may have stood although that is not proved.
    """
    if any(one.position == position and one.path and not one.arch for one in analysis.redefined.get(name, ())):
        return None, False  # the patch itself brings the name
    tree, maybe = analysis.before(position).tree, False
    options = switched_on(analysis.patched.states[position], arch)
    for path in family_headers(analysis, tree):
        for seen in sightings_of(path, tree.read(path) or b"", name):
            if not seen.stub or not any(atom.startswith("CONFIG_") for atom in seen.condition.variables()):
                continue
            maybe = True
            parts = seen.condition.parts if seen.condition.op == "and" else (seen.condition,)
            asked = [part for part in parts if any(atom.startswith("CONFIG_") for atom in part.variables())]
            if len(asked) == 1 and any(asked[0] == Not(Var(f"CONFIG_{option}")) for option in options):
                return stub_fact(analysis, arch, name, f"{path}:{seen.line}", seen.returns, seen.value, ""), True
    return None, maybe


def stub_at(analysis: Analysis, side: Side, arch: str, name: str, place: Place) -> Fact | None:
    """Return the stub that stands at the place in a header; None where what stands there does something."""
    data = side.tree.read(place.file) if place.file.endswith(".h") else None
    return next((stub_fact(analysis, arch, name, f"{place.file}:{seen.line}", seen.returns, seen.value, "")
                 for seen in sightings_of(place.file, data or b"", name)
                 if seen.kind in {"function", "inline"} and seen.stub and seen.line == place.line), None)


def unseen_before(effect: Effect) -> Effect:
    """Return the absent effect as one of which it is not known what stood there."""
    return replace(effect, does=NOT_SEEN, known=False)
