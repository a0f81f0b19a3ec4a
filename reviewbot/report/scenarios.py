"""Scenarios that a series breaks or mends, as the pages and the terminal show them."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from reviewbot.arch.machine import Event, draw_svg
from reviewbot.report.view import ScenarioView
from reviewbot.report.words import anchor_for, pieces
from reviewbot.review.explored import Explored, Turn

__all__ = ["scenario_views"]


def scenario_views(found: Iterable[Explored]) -> tuple[ScenarioView, ...]:
    """Return the scenarios in the review's order; those moments at which one holds have no steps and no chart."""
    return tuple(ScenarioView(
        anchor=anchor_for("scenario", one.id), statement=pieces(one.statement),
        arch=one.arch, config=f"with {one.config}" if one.config else "",
        turns=tuple(_turn(turn) for turn in one.turns)) for one in found)


def _turn(turn: Turn) -> tuple[str, str, tuple[str, ...], Markup]:
    when = f"from patch {turn.patch} on" if turn.patch else "before the series"
    if not turn.result.events:
        return when, turn.result.outcome, (), Markup("")
    chart = Markup(draw_svg(turn.result))  # noqa: S704  # all of its text is escaped
    return when, turn.result.outcome, tuple(_step(event) for event in turn.result.events), chart


def _step(event: Event) -> str:
    return f"{event.actor}: {event.step}" + (f" ({event.outcome})" if event.outcome else "")
