"""Words of a function that give way to others: what is told of them where that they come to the same is open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.renames import only_renamed
from reviewbot.checks.values import Constants, constants_anywhere, number_of
from reviewbot.patterns import regex
from reviewbot.review.page.reworded import body_of, reworded
from reviewbot.review.unseen import Unseen
from reviewbot.text import quote_names

__all__ = ["ASSIGNED", "CALLED", "MOST_NAMES", "MOST_WORDS", "NAMED", "WRITTEN", "are_other_numbers", "ask_swaps",
           "decides", "say_swap", "words_of"]

NAMED = regex(r"\b\w+\(\)")
CALLED = regex(r"\w+\(\), (\w+)\(")
WRITTEN = regex(r"its condition is written otherwise, '(?P<after>[^']+)' \(before: '(?P<before>[^']+)'\)")
ASSIGNED = regex(r"^'(?P<place>[^']+)'(?P<asked>, on which its condition depends,)? is assigned otherwise in "
                 r"(?P<function>\w+)\(\), '(?P<after>[^']+)' \(before: '(?P<before>[^']+)'\)$")
_UNDER = regex(r"^'[^']+'(?:, on which its condition depends,)? is assigned otherwise in \w+\(\), '[^']+' where "
               r"'(?P<after>[^']+)' \(before: where '(?P<before>[^']+)'\)$")
_GIVEN = regex(r"^its arguments are written otherwise, '(?P<after>[^']+)' \(before: '(?P<before>[^']+)'\)$")
_USED = regex(r"(?P<name>\w+)\(\), which (?P<user>\w+)\(\) uses")
MOST_NAMES = 3
MOST_WORDS = 2


def words_of(analysis: Analysis, one: Unseen) -> tuple[tuple[str, str], ...] | None:
    """Return the words that give way to others, all that is open, where that is all; those that come to the same are
    not among them."""
    found = ASSIGNED.match(one.why)
    if found is not None:
        constants = constants_anywhere(analysis.end.tree, (one.file,))
        before, after = (f"{found['place']} = {_with_number(found[side], constants)}" for side in ("before", "after"))
        return ((before, after),)
    found = _GIVEN.match(one.why)
    if found is not None:
        return ((found["before"], found["after"]),)
    found = WRITTEN.search(one.why) or _UNDER.match(one.why)
    if found is not None:
        same = only_renamed(analysis.series, one.patch, found["before"], found["after"])
        return () if same else ((found["before"], found["after"]),)
    name = NAMED.search(one.what)
    return reworded(analysis, one.patch, one.file, name[0].partition("(")[0]) if name and (
        one.kind in {"work", "beside"} or one.why == f"{name[0]} is written otherwise"
        or one.why.endswith(f"is assigned otherwise in {name[0]}")) else None


def _with_number(text: str, constants: Constants) -> str:
    """Return a value, and behind a constant its number: `DEMO_PAGES (1)`."""
    number = number_of(text, constants) if text.isidentifier() else None
    return text if number is None else f"{text} ({number})"


def decides(analysis: Analysis, one: Unseen) -> bool:
    """Return whether the caller of the family that uses the function tests what it gives as it gets it."""
    found = _USED.match(one.what)
    position = next((number for number, state in analysis.states() if state.index == one.patch), None)
    if found is None or position is None:
        return False
    tested = re.compile(rf"\b(?:if|while) ?\([^;{{]*\b{found['name']}\(")
    tree = analysis.after(position).tree
    paths = {path for those in analysis.files_with(position + 1, analysis.family.names("core")).values()
             for path in those}
    return any(tested.search(body_of(data, found["user"])) for path in sorted(paths)
               if (data := tree.read(path)) and found["user"].encode() in data)


def say_swap(words: tuple[str, str], those: Sequence[Unseen]) -> str:
    """Return what is called where, or asked, in place of what; empty where the functions have no names."""
    names = list(dict.fromkeys(found[0] for one in those if (found := NAMED.search(one.what))))
    if not names:
        return ""
    who, one = quote_names(names, most=MOST_NAMES), len(names) == 1
    given = [found[1] for one in those if (ASSIGNED.match(one.why) or _GIVEN.match(one.why))
             and (found := CALLED.match(one.what))]
    if given:
        how = "after" if any("on which its condition depends" in one.why for one in those) else "with"
        what = quote_names([f"{name}()" for name in dict.fromkeys(given)], most=MOST_NAMES)
        return f"{who} now {'calls' if one else 'call'} {what} {how} '{words[1]}' (before: {how} '{words[0]}')"
    called = [found[1] if (found := CALLED.match(one.what)) and WRITTEN.search(one.why) else ""
              for one in those]
    if not all(called):
        return f"{who} now {'asks' if one else 'ask'} '{words[1]}' in place of '{words[0]}'"
    what = quote_names([f"{name}()" for name in dict.fromkeys(called)], most=MOST_NAMES)
    return f"{who} now {'calls' if one else 'call'} {what} where '{words[1]}' (before: where '{words[0]}')"


def are_other_numbers(analysis: Analysis, swaps: Sequence[tuple[str, str]], files: Sequence[str]) -> bool:
    """Return whether the texts of each swap differ in one constant alone, which is another number."""
    constants = constants_anywhere(analysis.end.tree, tuple(files))
    return all(_is_other_number(*swap, constants) for swap in swaps)


def _is_other_number(before: str, after: str, constants: Constants) -> bool:
    words = [re.findall(r"\w+|\S", text) for text in (before, after)]
    differ = [pair for pair in zip(*words, strict=False) if pair[0] != pair[1]]
    numbers = [number_of(word, constants) for word in differ[0]] if len(differ) == 1 else [None]
    return len(words[0]) == len(words[1]) and None not in numbers and numbers[0] != numbers[1]


def ask_swaps(analysis: Analysis, those: Sequence[Unseen], words: Mapping[Unseen, Sequence[tuple[str, str]]],
              known: int) -> str:
    """Return whether what now stands does what the other words did, and where; empty where all come to the same. Of
    those behind the first, which are `known`, it is said how many there are."""
    if not those:
        return ""
    swaps = list(dict.fromkeys(swap for one in those for swap in words[one]))
    plain = all(re.fullmatch(r"\w+\(\)", word) for swap in swaps for word in swap)
    told = swaps if plain and len(swaps) <= MOST_WORDS else swaps[:1]
    mine = [one for one in those if {*told} & {*words[one]}]
    before, after = (quote_names([f"'{swap[side]}'" for swap in told], most=MOST_WORDS) for side in (0, 1))
    names = list(dict.fromkeys(found[0] for one in mine if (found := NAMED.search(one.what))))
    files = sorted({one.file for one in mine})
    where = ", ".join(part for part in (quote_names(names, most=MOST_NAMES), quote_names(files, most=2)) if part)
    more = len(swaps) - len(told)
    rest = f"; {more} more condition{'s' if more > 1 else ''} in other words" if more else ""
    if known:
        more = len(swaps) - known
        return f"{more} more condition{'s' if more > 1 else ''} in other words" if more else ""
    if are_other_numbers(analysis, told, files):
        return f"what comes of {after} in the place of {before} ({where}){rest}"
    return f"whether {after} {'come' if len(told) > 1 else 'comes'} to what {before} did ({where}){rest}"
