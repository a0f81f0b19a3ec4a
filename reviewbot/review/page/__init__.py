"""The first page of a review: computed from findings, cells, claims and what was not seen."""

from __future__ import annotations

from reviewbot.review.page.compose import compose_page
from reviewbot.review.page.old import old_defects
from reviewbot.review.page.questions import asked_text, in_user_words, is_answered, said_plainly
from reviewbot.review.page.rulebook import PageRules, load_page_rules
from reviewbot.review.page.said import told_rows, without_count, without_told
from reviewbot.review.page.types import EMPTY_PAGE, FirstPage, PageRow, Weight

__all__ = ["EMPTY_PAGE", "FirstPage", "PageRow", "PageRules", "Weight", "asked_text", "compose_page",
           "in_user_words", "is_answered", "load_page_rules", "old_defects", "said_plainly", "told_rows",
           "without_count", "without_told"]
