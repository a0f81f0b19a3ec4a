"""The page within its limits: what is left out of it, and how many lines of a terminal the rest takes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reviewbot.findings.types import Claim, Finding
from reviewbot.review.page.doubts import is_open
from reviewbot.review.page.questions import asked_text
from reviewbot.review.page.rulebook import PageRules
from reviewbot.review.page.said import row_text, told_asks, told_rows
from reviewbot.review.page.types import FirstPage, PageRow
from reviewbot.text import quote_names

__all__ = ["fitted"]

_HEAD = 9  # lines: the head, what it was read against, what was looked at, and the blank ones between them
_OTHER = 60  # words of the head, of places and of what was looked at
_WIDE = 79  # columns of the narrowest terminal that is drawn in columns
_BESIDE = 67  # of these beside a verdict
_BEHIND = 71  # and beside a patch's number
_PLACE = 40  # characters of patch, file and line


def fitted(rules: PageRules, page: FirstPage, findings: Mapping[str, Finding], claims: Sequence[Claim],
           concluded: Callable[[FirstPage], str]) -> FirstPage:
    """Return the page within its limits, with its conclusion: rows that say `same` go first, then what else is open,
    then the lightest rows and questions; what is for the worse or asked stays longest. A row that fits after all comes
    back. Rows are numbered as they stand then, those that are left out behind them."""
    changed = [row for row in page.rows if row.verdict != "same"]
    same = [row for row in page.rows if row.verdict == "same"]
    rows = [*changed[:rules.limits["rows"]], *same[:max(0, rules.limits["rows"] - len(changed))]]
    ask, open_ones = list(page.ask[:rules.limits["asks"]]), page.not_seen

    def made() -> FirstPage:
        one = replace(page, rows=tuple(rows), ask=tuple(ask), ask_weights=page.ask_weights[:len(ask)],
                      not_seen=open_ones)
        return replace(one, conclusion=concluded(one))

    now = made()
    while rows and len(rows) + len(ask) > 1:
        words, lines = _size(now, findings, claims)
        if words <= rules.limits["words"] and lines <= rules.limits["lines"]:
            break
        light = [row for row in rows[1:] if row.verdict == "same"] or [
            row for row in rows[1:] if row.verdict != "worse" and not set(row.because) & set(ask)]
        whole = tuple(text for text in open_ones if not is_open(text))
        if light and light[-1].verdict == "same":
            rows.remove(light[-1])
        elif whole != open_ones:
            open_ones = whole
        elif light and len(rows) > 2 and (
                len(ask) < 3 or light[-1].weight.value <= page.ask_weights[len(ask) - 1].value):
            rows.remove(light[-1])
        elif len(ask) > max(2, len(rows) - 2):
            ask.pop()
        else:
            rows.pop()
        now = made()
    for row in (*changed[:rules.limits["rows"]], *same):  # what was in the way may have gone since
        if row in rows or len(rows) >= rules.limits["rows"] or not rows:
            continue
        kept = rows
        rows = [one for one in (*changed, *same) if one in rows or one is row]
        fuller = made()
        words, lines = _size(fuller, findings, claims)
        if words <= rules.limits["words"] and lines <= rules.limits["lines"]:
            now = fuller
        else:
            rows = kept
    of_rows = {name for row in page.rows for name in row.because}
    left = [*({*row.because} for row in page.rows if row not in now.rows and row.verdict != "same"),
            *({name} for name in page.ask if name not in now.ask and name not in of_rows)]
    told = {name for row in now.rows for name in row.because} | {*now.ask}
    grave = [one for one in left if any(name in findings and findings[name].level == "error" for name in one - told)]
    without = [row for row in page.rows if row not in now.rows]
    numbered = [replace(row, id=f"row-{number}") for number, row in enumerate((*now.rows, *without), 1)]
    return replace(now, rows=tuple(numbered[:len(now.rows)]), left_rows=tuple(numbered[len(now.rows):]),
                   left_out=len(left), left_errors=len(grave))


def _size(page: FirstPage, findings: Mapping[str, Finding], claims: Sequence[Claim]) -> tuple[int, int]:
    """Return how many words and lines of a terminal of 80 columns the page takes."""
    told, says = told_asks(page, findings), told_rows(page)
    under = {row.id: [asked_text(findings[name], told) for name in page.ask if name in row.because]
             for row in page.rows}
    of_rows = {name for row in page.rows for name in row.because}
    apart = [asked_text(findings[name], told) for name in page.ask if name not in of_rows]
    held = [claims[number].text for number in page.claims]
    own = {row.id: row_text(page, row) for row in page.rows}
    shown = [row for row in page.rows if own[row.id] or under[row.id]]
    said = [text for row in shown for text in (own[row.id], *(f"Ask: {text}" for text in under[row.id])) if text]
    words = sum(len(text.split()) for text in (page.conclusion, *said, *apart, *held, *page.not_seen)) + _OTHER
    lines = _HEAD + _folded(page.conclusion + "." * _PLACE * (len(says) > 0), _WIDE)
    lines += (2 if shown else 0) + sum(_folded(_where(row), _BESIDE) for row in shown)
    lines += sum(_folded(text, _BESIDE) for text in said)
    for texts in (apart, held):
        lines += (2 if texts else 0) + sum(_folded(f"{'.' * _PLACE} {text}", _BEHIND) for text in texts)
    lines += 1 + _folded("Not seen: " + "; ".join(page.not_seen), _WIDE) if page.not_seen else 0
    return words, lines


def _where(row: PageRow) -> str:
    return f"{quote_names(row.arch, most=12)} {row.config} {row.patch}/9 {row.file}:{row.line}".replace(" 0/9 ", "")


def _folded(text: str, width: int) -> int:
    """Return how many lines a text takes, whose words stay whole."""
    return len(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))
