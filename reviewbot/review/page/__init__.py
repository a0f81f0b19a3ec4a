"""The first page of a review: computed from findings, cells, claims and what was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.review.page.compose import compose_page, is_told
    from reviewbot.review.page.grouping import grouped, with_others
    from reviewbot.review.page.old import old_defects
    from reviewbot.review.page.questions import asked_text, in_user_words, is_answered, said_plainly
    from reviewbot.review.page.rulebook import PageRules, load_page_rules
    from reviewbot.review.page.said import (
        asked_fact,
        row_text,
        told_asks,
        told_of,
        told_rows,
        where_words,
        without_count,
    )
    from reviewbot.review.page.types import EMPTY_PAGE, FirstPage, PageRow, Weight

__all__ = ["EMPTY_PAGE", "FirstPage", "PageRow", "PageRules", "Weight", "asked_fact", "asked_text",
           "compose_page", "grouped", "in_user_words", "is_answered", "is_told", "load_page_rules", "old_defects",
           "row_text", "said_plainly", "told_asks", "told_of", "told_rows", "where_words", "with_others",
           "without_count"]

# Loaded when first asked for: a page that is kept is not composed anew.
_HOMES = {
    "EMPTY_PAGE": "types",
    "FirstPage": "types",
    "PageRow": "types",
    "PageRules": "rulebook",
    "Weight": "types",
    "asked_fact": "said",
    "asked_text": "questions",
    "compose_page": "compose",
    "grouped": "grouping",
    "in_user_words": "questions",
    "is_answered": "questions",
    "is_told": "compose",
    "load_page_rules": "rulebook",
    "old_defects": "old",
    "row_text": "said",
    "said_plainly": "questions",
    "told_asks": "said",
    "told_of": "said",
    "told_rows": "said",
    "where_words": "said",
    "with_others": "grouping",
    "without_count": "said",
}

__getattr__ = exports_of(__name__, _HOMES)
