"""Events out of what functions of the family do otherwise themselves, each caller's and so no caller's event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewbot.checks.kinds.lost_inside import passed_over
from reviewbot.errors import BudgetError
from reviewbot.findings.types import Cell
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, equivalent
from reviewbot.patterns import regex
from reviewbot.review.page.cases import say_test
from reviewbot.review.page.events import Event, joined
from reviewbot.review.page.reader import Reader, event_of, setting_where
from reviewbot.review.page.rulebook import PageRules
from reviewbot.review.phrases import in_sight, say_change
from reviewbot.text import as_returned, quote_names

__all__ = ["in_bits", "in_more_or_less", "own_behaviour"]

_HANDED = regex(r"hands (?P<callee>\w+)\(\) __pgprot\((?P<after>[\w |]+)\) "
                r"\(before: hands (?P=callee)\(\) __pgprot\((?P<before>[\w |]+)\)\)")
_WANT = "ENOMEM"
_IDLE = regex(r"does nothing when [^;:]+ \(before: does nothing when [^;:]+\)")
_AT_TIMES = "flushes in some cases"
_LONGEST = 120  # characters of a test that is read at once
_DOES = {"_clear": ("clears", "cleared"), "_set": ("sets", "set")}


def own_behaviour(reader: Reader, named: Sequence[tuple[str, Cell]], told: frozenset[str]) -> Iterator[Event]:
    """Yield what functions of the family do otherwise, those that change alike in one event; what is `told` is not."""
    alike: dict[tuple[str, str, str, str], list[tuple[str, Cell]]] = {}
    for name, cell in named:
        if cell.changed and cell.call == cell.function and name not in told and cell.patch.isdigit() \
                and int(cell.patch) in reader.positions and (change := _own_change(cell)):
            alike.setdefault((cell.patch, cell.file, cell.arch, change), []).append((name, cell))
    idle = {(patch, file, arch) for patch, file, arch, change in alike if _IDLE.fullmatch(change)}
    for (patch, file, arch, change), those in alike.items():
        if (patch, file, arch) in idle and change.startswith(_AT_TIMES):
            continue  # in which cases they work at all is what a row of the file has room for
        name, cell = those[0]
        setting = setting_where(reader, cell, TRUE)
        if setting is None:
            continue
        does, follows = in_bits(reader.rules, arch, change)
        passed, worse = _passed_over(reader, [one for _, one in those])
        follows = follows or passed
        who = quote_names(list(dict.fromkeys(f"{one.call}()" for _, one in those)), most=3)
        alone = len({one.call for _, one in those}) == 1
        works = in_more_or_less(change, cell.before.acts, cell.after.acts, alone=alone)
        gist = f"{who} {works}" if works else _of(who, does) if alone else f"{who} change: each {does}"
        events = [event_of(reader, one, other, "definition", setting, gist, follows,
                           "worse" if worse else "different", "changed", 99)
                  for one, other in those]
        yield replace(joined(events[0], tuple(events[1:])), objects=frozenset())


def in_more_or_less(change: str, before: Cond | None, after: Cond | None, *, alone: bool) -> str:
    """Return in which cases a function, or several that change alike, works now that it did nothing in, or the other
    way round; empty where both are, or the change is not about that alone. `before` and `after`: when it works."""
    if not _IDLE.fullmatch(change) or before is None or after is None:
        return ""
    more, less = And(after, Not(before)), And(before, Not(after))
    try:
        new, gone = equivalent(less, FALSE), equivalent(more, FALSE)
    except BudgetError:
        return ""
    if new is gone or len(said := say_test(more if new else less)) > _LONGEST:
        return ""
    verb = ("now also works" if new else "no longer does anything") if alone else (
        "now also work" if new else "no longer do anything")
    return f"{verb} where {said}"


def _passed_over(reader: Reader, cells: Sequence[Cell]) -> tuple[str, bool]:
    """Return of which calls in the functions a failure ends in success, as a clause, and whether of any it did not."""
    was: dict[str, None] = {}
    now: dict[str, None] = {}
    for cell in cells:
        position = reader.positions[int(cell.patch)]
        file = reader.file(int(cell.patch), cell.file)
        if file is None or not file.whole:
            return "", False
        was |= dict.fromkeys(_names_passed_over(reader, position, cell, file.old_path))
        now |= dict.fromkeys(_names_passed_over(reader, position + 1, cell, file.path))
    new = [name for name in now if name not in was]
    told = quote_names([f"{name}()" for name in new or now], joint="or")
    since = "callers get 0 now also where" if new else "callers still get 0 where"
    return (f"{since} {told} fails", bool(new)) if told else ("", False)


def _names_passed_over(reader: Reader, moment: int, cell: Cell, path: str) -> list[str]:
    facts = reader.analysis.sides[moment].facts.get(path)
    function = next((one for one in facts.functions if one.name == cell.call), None) if facts else None
    return [call.callee for call in passed_over(reader.analysis, moment, cell.arch, path, function)] if function else []


def _of(who: str, does: str) -> str:
    """Return the sentence about a function: what is said of its failure names it already."""
    return f"{who} {does.removeprefix('it ')}" if not does.startswith(("a failure ", "its ")) else f"{who}: {does}"


def _own_change(cell: Cell) -> str:
    """Return what a function of the family does otherwise, without the errors that it can return: which of them a
    caller can ever get is another question; empty where it is not one thing, or no change of its code. Where nothing
    else is another it is that it can fail for want of memory, which it could not."""
    gained = _WANT in cell.after.errnos and bool(cell.before.errnos) and _WANT not in cell.before.errnos
    if gained and cell.before.has_other_errnos(cell.after) and cell.file.endswith(".c"):
        before = [as_returned(one) for one in sorted(cell.before.errnos)]
        return f"can fail with -{_WANT} now (before: {quote_names(before)})"
    after = replace(cell.after, errnos=cell.before.errnos, may_fail=cell.before.may_fail, known=cell.before.known)
    said = say_change(*in_sight(cell.before, after))
    plain = cell.file.endswith(".c") and " instead of " not in said and ";" not in said
    return said if plain and "absent" not in {cell.before.resolves_to, after.resolves_to} else ""


def in_bits(rules: PageRules, arch: str, change: str) -> tuple[str, str]:
    """Return what is done with the bits that are new or gone in place of both lists, where the change is about bits,
    and what follows of it."""
    found = _HANDED.fullmatch(change)
    if found is None:
        return change, ""
    after, before = ([bit.strip() for bit in found[side].split("|")] for side in ("after", "before"))
    new, gone = [bit for bit in after if bit not in before], [bit for bit in before if bit not in after]
    does, how = next((words for end, words in _DOES.items() if found["callee"].endswith(end)),
                     (f"hands {found['callee']}()", ""))
    parts = [f"now also {does} {_say(rules, arch, new)}"] * bool(new) + [
        f"no longer {does} {_say(rules, arch, gone)}"] * bool(gone)
    follows = [bit.cleared for name in new for bit in [rules.bit(arch, name)]
               if bit and how == "cleared" and bit.cleared and set(bit.beside) <= {*after}]
    return " and ".join(parts) or change, "; ".join(dict.fromkeys(follows))


def _say(rules: PageRules, arch: str, names: Sequence[str]) -> str:
    return quote_names([f"{name} ({bit.means})" if (bit := rules.bit(arch, name)) and bit.means not in name.lower()
                        else name for name in names])
