"""Draws a counterexample as an SVG sequence diagram: no script, no style sheet, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from textwrap import wrap

from reviewbot.arch.machine.draw import say_changes, say_outcome
from reviewbot.arch.machine.properties import PROPERTIES
from reviewbot.arch.machine.types import Event, Result
from reviewbot.text import visible

__all__ = ["draw_svg"]

_CHAR, _LINE = 6.7, 16          # one character and one line of 11 px monospace
_LANE, _EDGE, _TEXT = 330, 24, 44
_INK, _FAINT, _GOOD, _BAD, _WARN = "#1f2328", "#59636e", "#1a7f37", "#b42318", "#9a6700"


def draw_svg(result: Result) -> str:
    """Return a whole SVG document: the answer, and for a counterexample a lifeline for each actor that moves."""
    moved = {event.actor for event in result.events}
    actors = [actor for actor in result.actors if actor in moved] or ["-"]
    width = max(2 * _EDGE + _LANE * len(actors), 680)
    room = int((width - 2 * _EDGE) / _CHAR)
    colour = _BAD if result.outcome == "broken" else _GOOD if result.outcome == "holds" else _FAINT
    body: list[str] = []
    top = _EDGE
    head = [(result.scenario.title, _INK, "bold"), (say_outcome(result), colour, "bold")]
    if result.violation:
        head += [(f"{result.violation.text}.", _INK, "normal"),
                 (f"breaks: {PROPERTIES[result.violation.broken]}", _FAINT, "normal")]
    for entry in result.assumed:
        how = "rests on" if entry.name in result.rests_on else "assumed"
        head.append((f"{how} {entry.name}: {entry.text}", _FAINT, "normal"))
    head += [(f"without {name}", _WARN, "normal") for name in result.without]
    for text, ink, weight in head:
        for line in wrap(text, room):
            body.append(_text(_EDGE, top, line, ink, weight))
            top += _LINE
    if result.events:
        top += _LINE
        drawn, bottom = _lanes(result, actors, top)
        body += drawn
        top = bottom
    height = top + _EDGE // 2
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'role="img" font-family="ui-monospace, monospace" font-size="11">\n'
            f"<title>{escape(visible(say_outcome(result)))}</title>\n"
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(body) + "\n</svg>\n")


def _lanes(result: Result, actors: list[str], top: int) -> tuple[list[str], int]:
    """Return the lifelines with their steps, and where they end."""
    steps: list[str] = []
    at = top + 2 * _LINE
    for number, event in enumerate(result.events, start=1):
        x = _EDGE + _LANE * actors.index(event.actor)
        drawn, at = _step(event, x, at, number, last=number == len(result.events))
        steps += drawn
    lines: list[str] = []
    for place, actor in enumerate(actors):
        x = _EDGE + _LANE * place + 12
        lines.append(f'<line x1="{x}" y1="{top + _LINE // 2}" x2="{x}" y2="{at}" stroke="{_FAINT}" '
                     f'stroke-dasharray="3 3"/>')
        lines.append(_text(x - 12, top, actor, _INK, "bold"))
    return lines + steps, at


def _step(event: Event, x: int, at: int, number: int, *, last: bool) -> tuple[list[str], int]:
    """Return one step drawn at its lifeline, and where the next one goes."""
    room = int((_LANE - _TEXT) / _CHAR)
    ink = _BAD if last else _WARN if event.failed else _INK
    drawn = [f'<circle cx="{x + 12}" cy="{at - 4}" r="8" fill="{ink}"/>',
             f'<text x="{x + 12}" y="{at}" fill="#ffffff" text-anchor="middle" font-size="10">{number}</text>']
    said = [(line, ink, "bold") for line in wrap(event.step, room)]
    said += [(line, ink if event.failed else _FAINT, "normal") for line in wrap(event.outcome, room)]
    said += [(line, _INK, "normal") for text in say_changes(event.changes) for line in wrap(text, room)]
    for line, colour, weight in said:
        drawn.append(_text(x + 26, at, line, colour, weight))
        at += _LINE
    return drawn, at + _LINE // 2


def _text(x: int, y: int, text: str, colour: str, weight: str) -> str:
    bold = ' font-weight="bold"' if weight == "bold" else ""
    return f'<text x="{x}" y="{y}" fill="{colour}"{bold}>{escape(visible(text))}</text>'
