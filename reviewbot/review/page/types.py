"""The first page as a value: what a maintainer reads before deciding to read on."""

from __future__ import annotations

from typing import Literal

from reviewbot.values import dataclass

__all__ = ["EMPTY_PAGE", "FirstPage", "PageRow", "Verdict", "Weight"]

Verdict = Literal["worse", "better", "different", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What decides the order: `value` is consequence x reach x certainty.

    Each factor goes by its name in `rules/page/weights.toml`.
    """

    value: int
    consequence: str
    reach: str
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One change and what follows from it, on all architectures and in all functions of which the same can be said.

    `config` is the condition in a user's words, options and boot parameters; empty: always. `patch` is 0 where no one
    patch can be named. `because` are ids of findings and cells; the first are what the sentence was made of, the rest
    was merged into it. `gist` is the statement without its reasons, for a sentence that sums up.
    """

    id: str
    arch: tuple[str, ...]
    config: str
    verdict: Verdict
    statement: str
    patch: int
    file: str
    line: int
    weight: Weight
    because: tuple[str, ...]
    gist: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """The page: `ask` are ids of findings, `claims` numbers of the review's claims.

    `left_out` counts the rows and questions for which there was no room, `left_errors` those of them that are errors
    all the same. `ask_weights` go with `ask`. `since`
    says what became of an earlier version's page, where one was given. `left_rows` are the rows without room: the rows
    are numbered as they stand on the page, and these from there on.
    """

    conclusion: str
    rows: tuple[PageRow, ...]
    ask: tuple[str, ...]
    claims: tuple[int, ...]
    not_seen: tuple[str, ...]
    ask_weights: tuple[Weight, ...] = ()
    left_out: int = 0
    left_errors: int = 0
    since: str = ""
    left_rows: tuple[PageRow, ...] = ()


EMPTY_PAGE = FirstPage(conclusion="", rows=(), ask=(), claims=(), not_seen=())
