"""Whether two calls are given one thing in other words: `page`, `&folio->page` and `folio_page(folio, 0)`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.values import Constants, constants_of, number_of
from reviewbot.logic import Cond, Var
from reviewbot.patterns import regex
from reviewbot.review.matching import Item

__all__ = ["in_earlier_words", "names_one_thing"]

_LOSSLESS = frozenset({
    "page_address", "virt_to_page", "page_to_virt", "folio_address", "folio_to_virt", "virt_to_phys", "phys_to_virt",
    "__pa", "__va", "page_to_phys", "phys_to_page", "page_to_pfn", "pfn_to_page", "virt_to_pfn", "pfn_to_kaddr",
})
"""Conversions from which the address can be told again: two different ones never meet."""
_ARGUMENT = regex(r"(?<=[(,]) ?(\w[\w<>+* -]*)(?=[,)])")
_FIRST_PAGE = regex(r"\bfolio_page\((\w[\w.>-]*), ?0\)")
_CALLED = regex(r"\b([A-Za-z_]\w*)\(")


def names_one_thing(analysis: Analysis, before: Item, after: Item, number: int) -> bool:
    """Return whether argument `number` of the call is certainly the object that it was: by all the names that it has
    where it is called, through nothing but conversions that keep the address apart from any other."""
    names = []
    for item in (before, after):
        if number >= len(item.call.arguments) or not _is_plain(item.call.arguments[number]):
            return False
        followed = analysis.reading.follow(item.place.side.tree, item.place.path, item.call)
        if followed is None:
            return False
        names.append(followed[0].names_of(followed[1], number))
    return not names[0].isdisjoint(names[1])


def in_earlier_words(analysis: Analysis, before: Item, after: Item, one: Sequence[Cond], other: Sequence[Cond]
                     ) -> list[Cond]:
    """Return the tests of the later side with the words of the earlier one for what the call is given: where both ask
    for an object that the call knows by both names, or for a number that is written otherwise, it is one question."""
    asked = [frozenset(atom for test in tests for atom in test.variables()) for tests in (one, other)]
    here, there = asked[1] - asked[0], asked[0] - asked[1]
    followed = analysis.reading.follow(after.place.side.tree, after.place.path, after.call) if here and there else None
    words = _by_numbers(before, after, here, there)
    for number in range(len(followed[1].arguments)) if followed is not None else ():
        names = followed[0].names_of(followed[1], number) if followed is not None else frozenset()
        mine, theirs = sorted(here & names), sorted(there & names)
        if len(mine) == len(theirs) == 1:
            words[mine[0]] = theirs[0]
    return [test.replace(lambda atom: Var(words[atom]) if atom in words else None) for test in other] \
        if words else list(other)


def _by_numbers(before: Item, after: Item, here: frozenset[str], there: frozenset[str]) -> dict[str, str]:
    """Return the questions of the later side that are one of the earlier side with numbers for constants, or back."""
    if not here or not there:
        return {}
    sides = [constants_of(item.place.side.tree, (item.place.path,)) for item in (before, after)]
    known = {_with_numbers(atom, sides[0]): atom for atom in sorted(there)}
    found = {atom: _with_numbers(atom, sides[1]) for atom in sorted(here)}
    return {atom: known[text] for atom, text in found.items() if text in known}


def _with_numbers(atom: str, constants: Constants) -> str:
    """Return a question with the arguments of its calls that are constants as numbers."""
    def number(hit: re.Match[str]) -> str:
        found = number_of(hit[1], constants)
        return hit[0] if found is None else str(found)
    return _ARGUMENT.sub(number, atom)


def _is_plain(argument: str) -> bool:
    """Return whether an argument is a name, or conversions of one that lose nothing."""
    text = _FIRST_PAGE.sub(r"&\1->page", argument)
    return set(_CALLED.findall(text)) <= _LOSSLESS and not re.search(r"[-+*/%?](?!>)", text.replace("->", "."))
