"""Draws what exploring a scenario gave: as text with a lane for each actor, and as plain data for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from reviewbot.arch.machine.properties import PROPERTIES
from reviewbot.arch.machine.types import Change, Event, Result
from reviewbot.arch.types import Fact

__all__ = ["as_data", "draw_text", "say_changes", "say_outcome"]

_NARROW = 22


def say_outcome(result: Result) -> str:
    """Return the result as one sentence."""
    where = f"{result.scenario.name} on {result.arch} in {result.version}"
    states = f"{result.states} state{'' if result.states == 1 else 's'}"
    match result.outcome:
        case "holds":
            return f"{where}: holds, in every interleaving ({states}, at most {result.depth} steps deep)."
        case "broken":
            return f"{where}: broken after {result.depth} steps ({states} looked at)."
        case "absent":
            return f"{where}: there is nothing to explore: {result.why}."
        case _:
            return f"{where}: not known: {result.why}."


def say_changes(changes: Iterable[Change]) -> list[str]:
    """Return changes in words; pages that change alike share a line."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        alike.setdefault((change.what, change.before, change.after), []).append(change.pages)
    lines = []
    for (what, before, after), names in alike.items():
        pages = ", ".join(name for name in names if name)
        lines.append(f"{what}{' of ' + pages if pages else ''}: {before} -> {after}" if what != "the page"
                     else f"{pages}: {before} -> {after}")
    return lines


def draw_text(result: Result, *, width: int) -> str:
    """Return the result for a terminal of `width` columns, at least 60: the answer, the way there, what it rests on."""
    width = max(width, 60)
    lines = [*wrap(say_outcome(result), width)]
    if result.violation:
        lines += ["", *wrap(f"{result.violation.text}.", width - 2, initial_indent="  ", subsequent_indent="  "),
                  *wrap(f"breaks: {PROPERTIES[result.violation.broken]}", width - 2, initial_indent="  ",
                        subsequent_indent="          ")]
    if result.events:
        lines += ["", *_lanes(result, width)]
    if result.outcome != "absent":
        lines += ["", *_terms(result, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _terms(result: Result, width: int) -> list[str]:
    """Return the lines about what the answer depends on."""
    config = ", ".join(_say_setting(name, value=value) for name, value in result.config)
    rows = [("config", config or "nothing mattered")]
    if result.without:
        rows.append(("without", ", ".join(result.without)))
    for entry in result.assumed:
        how = "assumed"
        if result.outcome == "holds":
            how = "rests on" if entry.name in result.rests_on else "not needed"
        rows.append((how, f"{entry.name}: {entry.text}"))
    rows += [("never", f"{actor}: {step}") for actor, step in result.never]
    rows += [("call", f"{call} {how}") for call, how in result.calls]
    lines: list[str] = []
    for label, text in rows:
        lines += wrap(text, width, initial_indent=f"  {label:<11}", subsequent_indent=" " * 13)
    return lines


def _say_setting(name: str, *, value: bool) -> str:
    return f"{name.removeprefix('CONFIG_')}={'y' if value else 'n'}"


def _lanes(result: Result, width: int) -> list[str]:
    """Return the sequence diagram: a number, a column for each actor that moved, and what changed below each step."""
    actors = _moving(result)
    number = len(str(len(result.events))) + 2
    lanes = _widths(result, actors, width - number)

    def row(label: str, at: str, texts: list[str], mark: str = "│") -> list[str]:
        rows = []
        for place, text in enumerate(texts):
            first = place == 0
            own = f"{mark if first else '│'} {text}"
            cells = [(own if actor == at else "│").ljust(lanes[actor]) for actor in actors]
            rows.append((label if first else "").rjust(number - 1) + " " + "".join(cells))
        return rows

    lines = [" " * number + "".join(actor.ljust(lanes[actor]) for actor in actors)]
    for place, event in enumerate(result.events, start=1):
        last, lane = place == len(result.events), lanes[event.actor]
        lines += row(str(place), event.actor, wrap(event.step, lane - 4), "✗" if last else "●")
        said = ([event.outcome] if event.outcome else []) + say_changes(event.changes)
        for text in said:
            lines += row("", event.actor, wrap(text, lane - 4, initial_indent="  ", subsequent_indent="    "))
    return lines


def _widths(result: Result, actors: list[str], room: int) -> dict[str, int]:
    """Return the width of each lane: what its longest step needs and an equal share of the rest, or equal shares."""
    needs = {actor: max(len(event.step) + 4 for event in result.events if event.actor == actor) for actor in actors}
    spare = room - sum(needs.values())
    if spare < 0:
        return dict.fromkeys(actors, max(room // len(actors), _NARROW))
    return {actor: need + spare // len(actors) for actor, need in needs.items()}


def _moving(result: Result) -> list[str]:
    """Return the actors that took a step, in the scenario's order."""
    moved = {event.actor for event in result.events}
    return [actor for actor in result.actors if actor in moved]


def as_data(result: Result) -> dict[str, object]:
    """Return the result as plain data, schema `reviewbot.explore/1`."""
    return {
        "schema": "reviewbot.explore/1",
        "scenario": result.scenario.name, "title": result.scenario.title, "arch": result.arch,
        "kernel": str(result.version), "outcome": result.outcome, "why": result.why, "states": result.states,
        "depth": result.depth, "config": dict(result.config), "without": list(result.without),
        "assumptions": [{"name": entry.name, "text": entry.text,
                         "needed": entry.name in result.rests_on if result.outcome == "holds" else None}
                        for entry in result.assumed],
        "calls": dict(result.calls),
        "facts": [_fact(call, fact, result) for call, fact in result.facts],
        "never": [{"actor": actor, "step": step} for actor, step in result.never],
        "violation": {"property": result.violation.broken, "says": PROPERTIES[result.violation.broken],
                      "text": result.violation.text} if result.violation else None,
        "steps": [_event(event) for event in result.events],
    }


def _fact(call: str, fact: Fact, result: Result) -> dict[str, object]:
    """Return what the model says about a call, and where it can be looked up."""
    places = [anchor for anchor in fact.anchors if anchor.covers(result.version)]
    return {"call": call, "symbol": fact.symbol, "status": fact.status, "file": fact.defined_in,
            "condition": fact.condition,
            "anchors": [{"file": anchor.file, "function": anchor.function,
                         "text": " ".join((anchor.has or anchor.lacks or " calls ".join(anchor.path)).split())}
                        for anchor in places]}


def _event(event: Event) -> dict[str, object]:
    return {"actor": event.actor, "step": event.step, "outcome": event.outcome, "failed": event.failed,
            "changes": [{"pages": change.pages, "what": change.what, "before": change.before, "after": change.after}
                        for change in event.changes]}
