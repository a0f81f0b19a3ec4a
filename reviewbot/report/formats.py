"""Every form that a review can be written in: the one list of them.

A new form is a module that makes it, one entry here, and one line in the tables of README.md and docs/report.md; its
name stands in a man page as well, which tests/cli/update_man.py writes anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from reviewbot.findings.types import RuleText
from reviewbot.mail.types import Address, Message
from reviewbot.report.manner import Manner
from reviewbot.report.reply import Draft, draft_replies, named_files, render_eml
from reviewbot.report.show import PAGE, Show
from reviewbot.review.types import Review
from reviewbot.values import dataclass

__all__ = ["FORMATS", "Format", "Order", "format_named"]

_RULE = "-" * 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a form is made with, apart from the reviews.

    `several`: they came as a list, also where it has one entry. `width` and `colour` are the terminal's. `identity` is
    who drafts are from, `manner` how that person writes; they are only asked for when there are any.
    """

    rules: Mapping[str, RuleText]
    identity: Callable[[], Address]
    manner: Callable[[], Manner] = Manner
    messages: Mapping[str, Message] = field(default_factory=dict)
    several: bool = False
    timings: bool = False
    show: Show = PAGE
    width: int = 80
    colour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form of reviews: its `name` on the command line, what it is, and the function that `write`s it as one text.

    `into_folder` returns it as files by name, for a form that may be several; None for the others.
    """

    name: str
    says: str
    write: Callable[[Sequence[Review], Order], str]
    into_folder: Callable[[Sequence[Review], Order], dict[str, str]] | None = None


# The modules are loaded when a form is asked for: rich and jinja2 take longer to load than a scan takes.

def _text(reviews: Sequence[Review], order: Order) -> str:
    from reviewbot.report.terminal import Screen, render_text  # noqa: PLC0415
    screen = Screen(width=order.width, colour=order.colour)
    return f"\n{_RULE}\n\n".join(render_text(one, order.rules, screen=screen, show=order.show) for one in reviews)


def _html(reviews: Sequence[Review], order: Order) -> str:
    from reviewbot.report.html_page import render_html  # noqa: PLC0415
    return "".join(render_html(one, order.rules) for one in reviews)


def _html_files(reviews: Sequence[Review], order: Order) -> dict[str, str]:
    return {f"review-{number:04d}.html": _html([one], order) for number, one in enumerate(reviews, 1)}


def _json(reviews: Sequence[Review], order: Order) -> str:
    from reviewbot.report.json_form import render_json, render_json_several  # noqa: PLC0415
    from reviewbot.report.promised import with_promised_lines  # noqa: PLC0415
    reviews = [with_promised_lines(one) for one in reviews]
    if order.several:
        return render_json_several(reviews, messages=order.messages, timings=order.timings)
    return render_json(reviews[0], messages=order.messages, timings=order.timings)


def _terse(reviews: Sequence[Review], _: Order) -> str:
    from reviewbot.report.promised import with_promised_lines  # noqa: PLC0415
    from reviewbot.report.terminal import render_terse  # noqa: PLC0415
    return "".join(render_terse(with_promised_lines(one)) for one in reviews)


def _sarif(reviews: Sequence[Review], order: Order) -> str:
    from reviewbot.report.promised import with_promised_lines  # noqa: PLC0415
    from reviewbot.report.sarif_log import render_sarif  # noqa: PLC0415
    return render_sarif(*map(with_promised_lines, reviews), rules=order.rules)


def _b4(reviews: Sequence[Review], _: Order) -> str:
    from reviewbot.report.b4_checks import render_b4  # noqa: PLC0415
    from reviewbot.report.promised import with_promised_lines  # noqa: PLC0415
    return render_b4(*map(with_promised_lines, reviews))


def _drafts(reviews: Sequence[Review], order: Order) -> list[tuple[Draft, ...]]:
    identity, manner = order.identity(), order.manner()
    return [draft_replies(one, identity=identity, messages=order.messages, manner=manner) for one in reviews]


def _eml(reviews: Sequence[Review], order: Order) -> str:
    return render_eml(draft for drafts in _drafts(reviews, order) for draft in drafts)


def _eml_files(reviews: Sequence[Review], order: Order) -> dict[str, str]:
    return named_files(_drafts(reviews, order))


def _agent(reviews: Sequence[Review], _: Order) -> str:
    from reviewbot.report.agent_files import render_agent_files  # noqa: PLC0415
    return render_agent_files(reviews)


def _agent_files(reviews: Sequence[Review], _: Order) -> dict[str, str]:
    from reviewbot.report.agent_files import agent_files  # noqa: PLC0415
    if len(reviews) == 1:
        return agent_files(reviews[0])
    return {f"{number:04d}/{name}": text for number, one in enumerate(reviews, 1)
            for name, text in agent_files(one).items()}


FORMATS: tuple[Format, ...] = (
    Format(name="text", says="the first page for a terminal (default)", write=_text),
    Format(name="html", says="one file, no scripts, nothing remote", write=_html, into_folder=_html_files),
    Format(name="json", says="everything, schema reviewbot.review/1", write=_json),
    Format(name="terse", says="FILE:LINE: LEVEL: message [rule], silent when there is nothing to say", write=_terse),
    Format(name="sarif", says="SARIF 2.1.0 for editors and code hosts", write=_sarif),
    Format(name="b4", says="what b4's review check commands read", write=_b4),
    Format(name="eml", says="draft replies; -o eml=DIR/ writes one file each", write=_eml, into_folder=_eml_files),
    Format(name="b4-review", says="what `b4 review` shows beside the diff; --b4-review puts it where b4 looks",
           write=_agent, into_folder=_agent_files),
)


def format_named(name: str) -> Format:
    """Return the form of that name, which must be one of FORMATS."""
    return next(form for form in FORMATS if form.name == name)
