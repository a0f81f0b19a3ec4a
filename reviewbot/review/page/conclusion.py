"""The sentence that sums a page up, made of its rows; without a row, what is known instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reviewbot.findings.types import Cell
from reviewbot.review.page.cases import is_told_by_tests
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.review.page.types import FirstPage, PageRow
from reviewbot.review.phrases import say_change, say_config
from reviewbot.review.unseen import Unseen
from reviewbot.text import clip, quote_names

__all__ = ["conclusion", "in_bits"]

_HANDED = re.compile(r"hands (?P<callee>\w+)\(\) __pgprot\((?P<after>[\w |]+)\) "
                     r"\(before: hands (?P=callee)\(\) __pgprot\((?P<before>[\w |]+)\)\)")
_MOST_ARCHES = 12
_MOST_THERE = 2
_SHORT = 160
_LONG = 260


def conclusion(reader: Reader, page: FirstPage, named: Sequence[tuple[str, Cell]], there: Sequence[Event],
               unseen: Sequence[Unseen]) -> str:
    """Return one or two sentences made of the rows: what changes in effect, for whom, and what is gravest.

    What the tree makes already (`there`) is no row, and is named behind them.
    """
    changed = [row for row in page.rows if row.verdict != "same"]
    if not changed:
        return _nothing(reader, page, named, there, unseen)
    return " ".join(part for part in (_of_rows(changed), _there(there)) if part)


def _there(there: Sequence[Event]) -> str:
    """Return what a patch brings that the tree has already, empty when there is nothing like that."""
    if not there:
        return ""
    told = list(dict.fromkeys(event.gist for event in there))
    more = f", and {len(told) - _MOST_THERE} more like it" if len(told) > _MOST_THERE else ""
    numbers = [str(number) for number in sorted({event.patch for event in there})]
    who = f"Patch {numbers[0]} brings" if len(numbers) == 1 else f"Patches {quote_names(numbers)} bring"
    return f"{who} what this tree has already: {' and '.join(told[:_MOST_THERE])}{more}."


def _of_rows(changed: Sequence[PageRow]) -> str:
    first = changed[0]
    with_it = [row for row in changed[1:] if (row.arch, row.config, row.verdict) == (first.arch, first.config,
                                                                                    first.verdict)
               and len(first.gist) + len(row.gist) <= _LONG][:1]
    kind = {"worse": "for the worse", "better": "for the better", "different": ""}[first.verdict]
    place = _say_where(first)
    said = f"{place[0].upper()}{place[1:]} the series makes a change {kind}".rstrip() if place else \
        f"The series makes a change {kind}".rstrip()
    said = f"{said}: {', and '.join(row.gist for row in (first, *with_it))}."
    others = [row for row in changed if row is not first and row not in with_it]
    if not others:
        return said
    if len(others) == 1 and len(others[0].gist) <= _SHORT:
        where = _say_where(others[0])
        if where == place:
            return f"{said} Besides, {'there ' if where else ''}{others[0].gist}."
        return f"{said} Besides, {where + ' ' if where else ''}{others[0].gist}."
    worse = sum(row.verdict == "worse" for row in others)
    tail = f", {worse} of them for the worse" if 0 < worse < len(others) else ", all for the worse" if worse else ""
    count = "1 more change stands" if len(others) == 1 else f"{len(others)} more changes stand"
    return f"{said} {count} below{tail if len(others) > 1 else ', for the worse' if worse else ''}."


def _say_where(row: PageRow) -> str:
    arches = f"on {quote_names(row.arch, most=_MOST_ARCHES)}" if row.arch and len(row.arch) <= 6 else ""
    config = row.config.replace(", ", " and ")
    config = f"with {config}" if config and not config.startswith("where ") else config
    return " ".join(part for part in (arches, config) if part)


def _own_change(cell: Cell) -> str:
    """Return what a function of the family does otherwise, without the errors that it can return: which of them a
    caller can ever get is another question."""
    after = replace(cell.after, errnos=cell.before.errnos, may_fail=cell.before.may_fail, known=cell.before.known)
    said = say_change(cell.before, after)
    return "" if " instead of " in said or "absent" in {cell.before.resolves_to, after.resolves_to} else said


def _of_itself(reader: Reader, those: Sequence[tuple[Cell, str]]) -> str:
    """Return what functions of the family do otherwise, all of them the same, each with its architectures."""
    arches: dict[str, set[str]] = {}
    for cell, _ in those:
        arches.setdefault(cell.call, set()).add(cell.arch)
    names: dict[tuple[str, ...], list[str]] = {}
    for name, where in arches.items():
        names.setdefault(tuple(sorted(where)), []).append(f"{name}()")
    who = quote_names([f"on {quote_names(where, most=_MOST_ARCHES)} {quote_names(called)}"
                       for where, called in names.items()])
    told = in_bits(those[0][1])
    said = f"itself changes: it {told}" if len(arches) == 1 else f"change: each {told}"
    first = those[0][0]
    place = f"{first.patch}/{reader.analysis.series.total}, " if first.patch.isdigit() else ""
    line = reader.line_of(first) if first.patch.isdigit() and int(first.patch) in reader.positions else 0
    spot = f"{first.file}:{line}" if line else first.file
    return f"{who[:1].upper()}{who[1:]} {said} ({place}{spot})."


def in_bits(change: str) -> str:
    """Return what is handed on with the bits that are new or gone in place of both lists, where it is about bits."""
    found = _HANDED.fullmatch(change)
    if found is None:
        return change
    after, before = ([bit.strip() for bit in found[side].split("|")] for side in ("after", "before"))
    new, gone = [bit for bit in after if bit not in before], [bit for bit in before if bit not in after]
    return " and ".join([f"now also hands {found['callee']}() {quote_names(new)}"] * bool(new)
                        + [f"no longer hands it {quote_names(gone)}" if new else
                           f"no longer hands {found['callee']}() {quote_names(gone)}"] * bool(gone)) or change


def _harmless(cells: Sequence[Cell], everything: Sequence[Cell]) -> str:
    """Return what becomes of calls of which none maps memory otherwise than before: when they are made, that they go.
    """
    told: dict[str, None] = {}
    for cell in cells:
        change, symbol = say_change(cell.before, cell.after), cell.after.symbol or cell.before.symbol
        subject = "" if not symbol or change.startswith((f"{symbol}()", "now ")) else f"{symbol}() "
        elsewhere = any((one.patch, one.file, one.function, one.call, one.arch) == (
            cell.patch, cell.file, cell.function, cell.call, cell.arch) and not one.changed for one in everything)
        told[f"in {cell.function}(){say_config(cell) if elsewhere else ''}, {subject}{change}"] = None
    first, *more = told
    count = "1 more such change stands" if len(more) == 1 else f"{len(more)} more such changes stand"
    tail = f" {count} under --full." if more else ""
    return f"No call was seen that now maps memory otherwise; what changes: {clip(first, _LONG)}.{tail}"


def _nothing(reader: Reader, page: FirstPage, named: Sequence[tuple[str, Cell]], there: Sequence[Event],
             unseen: Sequence[Unseen]) -> str:
    near = any(one.near for one in unseen)
    proved = not near and not any(one.options or one.kind == "hunks" for one in unseen)
    if there and not page.ask:
        return f"{_there(there)} No other call was seen that now maps memory otherwise than before."
    # What a function of the family hands on is no event of a caller, and every caller's.
    itself = [(cell, change) for _, cell in named if cell.changed and cell.call == cell.function
              if (change := _own_change(cell))]
    if itself:
        return _of_itself(reader, [(cell, change) for cell, change in itself if change == itself[0][1]])
    if page.ask:
        return "No call was seen that now maps memory otherwise than before; what stands below is only asked."
    if not named and not near:
        where = "could be placed of the series" if page.not_seen else "the series touches"
        return f"No call that changes how memory is mapped was seen in what {where}."
    changed = [cell for _, cell in named if cell.seen == "changes"]
    whole = not page.not_seen and proved and all(cell.seen != "not-seen" for _, cell in named)
    told = [cell for cell in changed if not is_told_by_tests(reader, cell)]
    if told:
        limit = " Not all of the series could be seen." if page.not_seen else ""
        return _harmless(told, [cell for _, cell in named]) + limit
    if not whole or changed:
        limit = "; not all of the series could be seen" if page.not_seen else ""
        return f"No call was seen that now maps memory otherwise than before{limit}."
    arches = sorted({cell.arch for _, cell in named})
    return ("The calls in what the series touches map memory as they did before, on "
            f"{quote_names(arches, most=_MOST_ARCHES)}.")
