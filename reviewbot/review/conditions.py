"""The tests in front of a call, before and after: the same, other ones, or written otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Literal

from reviewbot.errors import BudgetError
from reviewbot.logic import FALSE, TRUE, And, Cond, equivalent
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Tests", "compare_tests", "local_names", "own_names", "renamed"]

_WORD = regex(r"[A-Za-z_]\w*")
_CALLED = regex(r"\b([A-Za-z_]\w*)\s*\(")
_DECLARED = regex(r"\s+(?!return\b|goto\b|else\b|case\b)(?:\w+[ \t]+\**|\w+[ \t]*\*+[ \t]*)+"
                  r"(\w+[ \t]*(?:\[[^]]*\][ \t]*)?[=;,].*)$")
_TAG = regex(r"\b(?:struct|union|enum)\s+[A-Za-z_]\w*")
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """How the tests in front of a call compare: `same`, `other` ones, or `open`: written otherwise, with `why`.

    `before` and `after` are what only one side asks for; TRUE where it asks for nothing more. `names` are what the same
    tests call otherwise: the name before, and the one after.
    """

    how: Literal["same", "other", "open"]
    before: Cond = TRUE
    after: Cond = TRUE
    why: str = ""
    names: tuple[tuple[str, str], ...] = ()


def compare_tests(before: Sequence[Cond], after: Sequence[Cond], *, own: tuple[frozenset[str], frozenset[str]],
                  unclear: Set[str], known: frozenset[str] = frozenset()) -> Tests:
    """Return how two lists of tests compare, each in the order of its lines.

    `own` are the local names that only one side has: one that the patch renames is no other test. `unclear` are the
    functions that only one side has and that could not be written out, `known` those questions of which it is known
    what they ask: a test that gives way to another one of which that is not known may be the same test.
    """
    common = Counter(before) & Counter(after)
    old, new = _rest(before, common), _rest(after, common)
    left, right = And(*old), And(*new)
    try:
        whole = [And(*before), And(*after)]
        # Tests that exclude each other ask for values of different moments: only what differs can be compared.
        if left == right or equivalent(*(whole if FALSE not in whole else [left, right])):
            return Tests(how="same")
    except BudgetError:
        return Tests(how="open", why="its conditions are too many to compare")
    names = renamed([str(c) for c in old], [str(c) for c in new], own=own)
    if names is not None:
        return Tests(how="same", names=tuple(sorted(names.items())))
    if FALSE in {left, right} or max(len(str(left)), len(str(right))) > _LONGEST:
        return Tests(how="open", why="its conditions are written otherwise")
    asked = {name for cond in (*old, *new) for atom in cond.variables() for name in _CALLED.findall(atom)}
    # Where one side asks only for options, what the other asks at run time has come or gone.
    if all(any(_is_running(cond) for cond in side) for side in (old, new)) and (
            asked & unclear or _swapped(old, new, known)):
        return Tests(how="open", why=f"its condition is written otherwise, '{right}' (before: '{left}')")
    return Tests(how="other", before=left, after=right)


def _is_running(condition: Cond) -> bool:
    return any(not atom.startswith(("CONFIG_", "defined(")) for atom in condition.variables())


def _swapped(old: Sequence[Cond], new: Sequence[Cond], known: frozenset[str]) -> bool:
    """Return whether each test has given way to one about something else, and nobody knows what they all ask."""
    tests = (*old, *new)
    if len(old) != len(new) or any(test.op not in {"var", "not"} or len(test.variables()) != 1 for test in tests):
        return False
    words = [frozenset(word for test in those for atom in test.variables() for word in _WORD.findall(atom))
             for those in (old, new)]
    asked = {atom.removesuffix("()") for test in tests for atom in test.variables()}
    return not (words[0] & words[1] or asked <= known or any(name.startswith("CONFIG_") for name in asked))


def _rest(conds: Sequence[Cond], common: Mapping[Cond, int]) -> list[Cond]:
    left, rest = dict(common), []
    for cond in conds:
        if left.get(cond, 0) > 0:
            left[cond] -= 1
        elif cond != TRUE and cond not in rest:
            rest.append(cond)
    return rest


def renamed(before: Sequence[str], after: Sequence[str], *, own: tuple[frozenset[str], frozenset[str]]
            ) -> dict[str, str] | None:
    """Return which local names became which if the texts differ in nothing else, one for one; None if they do.

    `own` are the local names that only the function before has, and those that only the one after has.
    """
    old, new = "\0".join(before), "\0".join(after)
    if _WORD.sub("_", old) != _WORD.sub("_", new):
        return None
    there: dict[str, str] = {}
    for a, b in zip(_WORD.findall(old), _WORD.findall(new), strict=True):
        if there.setdefault(a, b) != b or (a != b and not (a in own[0] and b in own[1])):
            return None
    if len(set(there.values())) < len(there):
        return None
    return {a: b for a, b in there.items() if a != b}


def local_names(lines: Sequence[str]) -> frozenset[str]:
    """Return the names that the lines of a function declare, its parameters apart."""
    found = set()
    for line in lines:
        declared = _DECLARED.match(line)
        for part in re.split(r",(?![^(]*\))", declared[1]) if declared else ():
            name = _WORD.search(part.split("=")[0].replace("*", " "))
            if name:
                found.add(name[0])
    return frozenset(found)


def own_names(old: Sequence[str], new: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the local names that only one of two functions, given as their lines, has; parameters included.

    What stands behind `struct` is the name of a type: `struct page *first` has no `page`.
    """
    texts = [_TAG.sub(" ", "\n".join(lines)) for lines in (old, new)]
    heads = [_TAG.sub(" ", " ".join(lines[:4]).split("{")[0]) for lines in (old, new)]
    names = [local_names([f"\t{line}" for line in lines]) | frozenset(_WORD.findall(head))
             for lines, head in zip((old, new), heads, strict=True)]
    return names[0] - frozenset(_WORD.findall(texts[1])), names[1] - frozenset(_WORD.findall(texts[0]))
