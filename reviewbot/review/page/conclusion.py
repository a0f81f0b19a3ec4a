"""The sentence that sums a page up, made of its rows; without a row, what is known instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviewbot.checks.arches import own_arch
from reviewbot.findings.types import Cell, Finding
from reviewbot.patterns import regex
from reviewbot.review.leading import say_leading
from reviewbot.review.own_changes import own_changes
from reviewbot.review.page.cases import is_told_by_tests
from reviewbot.review.page.declared import say_declared
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader
from reviewbot.review.page.said import asked_fact, where_words
from reviewbot.review.page.types import FirstPage, PageRow
from reviewbot.review.phrases import FAMILY, say_change, say_config
from reviewbot.review.reach import changes_no_code
from reviewbot.review.unplaced import changes_mappings
from reviewbot.review.unseen import Unseen
from reviewbot.text import clip, quote_names

__all__ = ["conclusion"]

_MOST_ARCHES = 12
_MANY = 6
_MOST_THERE = 2
_SHORT = 160
_LONG = 260
_BRIEF = 30
_LOST = ("a failure is dropped", "a failure is only warned about")
_FIRST_WORD = regex(r"^(?:The|A|An|When|Where|If|In|On|Nothing|No|Each|Both|After|Before)(?= [a-z0-9_(])")


def conclusion(reader: Reader, page: FirstPage, named: Sequence[tuple[str, Cell]], there: Sequence[Event],
               unseen: Sequence[Unseen], findings: Mapping[str, Finding], declared: Sequence[Unseen] = ()) -> str:
    """Return one or two sentences made of the rows: what changes in effect, for whom, and what is gravest; where there
    are none, the fact behind the gravest question.

    What the tree makes already (`there`) is no row, and is named behind them. What is only `declared` is told where no
    call is.
    """
    changed = [row for row in page.rows if row.verdict != "same"]
    asked = [asked_fact(findings[name], reader.analysis.series.total) for name in page.ask[:1] if name in findings]
    if not changed:
        if asked:
            return " ".join(part for part in (*asked, _there(there)) if part)
        others = [one for one in unseen if one not in declared]
        return " ".join(part for part in (say_declared(reader, declared), _nothing(
            reader, page, named, there, others, findings)) if part)
    return " ".join(part for part in (_of_rows(changed), _there(there)) if part)


def _there(there: Sequence[Event]) -> str:
    """Return what a patch brings that the tree has already, empty when there is nothing like that."""
    if not there:
        return ""
    arches = {event: own_arch(event.file) for event in there}
    told = list(dict.fromkeys(f"on {arch} {event.gist}" if arch and arch not in event.gist else event.gist
                              for event, arch in arches.items()))
    more = f", and {len(told) - _MOST_THERE} more like it" if len(told) > _MOST_THERE else ""
    numbers = [str(number) for number in sorted({event.patch for event in there})]
    who = f"patch {numbers[0]} brings" if len(numbers) == 1 else f"patches {quote_names(numbers)} bring"
    return f"This tree has already what {who}: {' and '.join(told[:_MOST_THERE])}{more}."


def _of_rows(changed: Sequence[PageRow]) -> str:
    first = changed[0]
    with_it = [row for row in changed[1:] if (row.arch, row.config, row.verdict) == (first.arch, first.config,
                                                                                    first.verdict)
               and len(first.gist) + len(row.gist) <= _LONG][:1]
    kind = {"worse": "for the worse", "better": "for the better", "different": ""}[first.verdict]
    place = _say_where(first)
    told = ", and ".join(_FIRST_WORD.sub(lambda word: word[0].lower(), _with_loss(row)) for row in (first, *with_it))
    if kind:
        said = _begun(f"{place} the series makes a change {kind}: {told}." if place
                      else f"the series makes a change {kind}: {told}.")
    else:
        said = _begun(f"{place} {told}." if place else f"{told}.")
    others = [row for row in changed if row is not first and row not in with_it]
    if len(others) != 1 or len(others[0].gist) > _SHORT:
        return said
    where = _say_where(others[0])
    if where == place:
        where = where if len(where) <= _BRIEF else "there too"
    return f"{said} Besides, {where + ' ' if where else ''}{others[0].gist}."


def _with_loss(row: PageRow) -> str:
    """Return what a row says; of one for the worse with what becomes of a failure, which is what is bad about it."""
    lost = next((loss for loss in _LOST if row.verdict == "worse" and row.statement.endswith(f": {loss}")), "")
    return f"{row.gist}, and {lost}" if lost else row.gist


def _begun(sentence: str) -> str:
    """Return the sentence with a capital, unless it begins with a name."""
    return f"{sentence[0].upper()}{sentence[1:]}" if sentence.partition(" ")[0].isalpha() else sentence


def _say_where(row: PageRow) -> str:
    arches, config = where_words(row.arch, row.config)
    config = config.replace(", ", " and ")
    return " ".join(part for part in (f"on {arches}" if row.arch and len(row.arch) <= _MANY else "", config) if part)


def _harmless(cells: Sequence[Cell], everything: Sequence[Cell]) -> str:
    """Return what becomes of calls that no row tells of: when they are made, or that they come or go. Where one does,
    nothing is said of how memory is mapped without it.
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
    said = f"what changes: {clip(first, _LONG)}.{tail}"
    if any(cell.before.is_work != cell.after.is_work for cell in cells):
        return _begun(said)
    return f"No call was seen that now maps memory otherwise; {said}"


def _only_comments(reader: Reader) -> bool:
    """Return whether every file that the series touches is C, known whole, and has the same code after each patch."""
    files = [file for _, state in reader.analysis.states() for file in state.files]
    return bool(files) and not reader.analysis.series.missing and all(
        file.whole and file.path.endswith((".c", ".h")) and file.path == file.old_path
        and bool(file.added or file.removed) and changes_no_code(file) for file in files)


def _of_names(names: Sequence[tuple[str, str]]) -> str:
    """Return that the series does nothing but rename, with the first of the names."""
    told = [f"'{old}' to '{new}'" for old, new in names[:_MOST_THERE]]
    more = len(names) - len(told)
    rest = f", and {more} more name{'s' if more > 1 else ''}" if more else ""
    return f"The series only renames {' and '.join(told)}{rest}."


def _nothing(reader: Reader, page: FirstPage, named: Sequence[tuple[str, Cell]], there: Sequence[Event],
             unseen: Sequence[Unseen], findings: Mapping[str, Finding]) -> str:
    near = any(one.near for one in unseen)
    proved = not near and not any(one.options or one.kind == "hunks" for one in unseen)
    if there:
        return f"{_there(there)} No other call was seen that now maps memory otherwise than before."
    changed = [cell for _, cell in named if cell.seen == "changes"]
    if not changed and (names := reader.analysis.renames):
        return _of_names(names)
    if not named and not near:
        if not page.not_seen and _only_comments(reader):
            return "The series changes only comments and white space."
        if not unseen and not page.not_seen and not any(one.introduced for one in findings.values()) \
                and not changes_mappings(reader.analysis):
            return f"The series changes no call and no definition of {FAMILY}."
        where = "could be placed of the series" if page.not_seen else "the series touches"
        return f"No call of {FAMILY} was seen to change in what {where}."
    whole = not page.not_seen and proved and all(cell.seen != "not-seen" for _, cell in named)
    told = [cell for cell in changed if not is_told_by_tests(reader, cell)]
    if told:
        limit = " Not all of the series could be seen." if page.not_seen else ""
        return _harmless(own_changes(told) or told, [cell for _, cell in named]) + limit
    if not whole or changed:
        limit = "; not all of the series could be seen" if page.not_seen else ""
        leading = say_leading(one.what for one in unseen if one.kind == "beside" and one.quiet)
        said = "No call was seen that now maps memory otherwise than before" if named else \
            f"No call of {FAMILY} was seen to change"
        return " ".join(part for part in (f"{said}{limit}.", leading) if part)
    arches = sorted({cell.arch for _, cell in named})
    return ("The calls in what the series touches map memory as they did before, on "
            f"{quote_names(arches, most=_MOST_ARCHES)}.")
