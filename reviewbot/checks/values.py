"""What a condition comes to where the values of names are known: constants handed on, variables that are set once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product

from reviewbot.cfacts.conditions import parse_c_condition
from reviewbot.checks.arguments import put_in
from reviewbot.checks.masks import answer_of_mask, share_bits
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import is_bracketed

__all__ = ["Cases", "Constants", "cases_of", "constants_anywhere", "constants_of", "decided", "headers_of",
           "known_values", "number_of"]

Cases = tuple[tuple[Cond, str], ...]
"""The texts that an expression may be, each with when it is that."""


class Constants:
    """What is known of the constants of a tree, as code in some of its files means them; of none without a tree."""

    def __init__(self, value: Callable[[str], tuple[str, int] | None], tree: Tree | None = None) -> None:
        """Take what tells the value of a name; nothing is looked up yet."""
        self._value, self._tree = value, tree

    def __call__(self, name: str) -> tuple[str, int] | None:
        """Return a name's number, counted from another name where that is not known; None for no constant."""
        return self._value(name)

    def shares(self, one: str, other: str) -> bool | None:
        """Return whether two masks have a bit in common, None where that is not known."""
        return None if self._tree is None else share_bits(self._tree, one, other)

    def answers(self, name: str, mask: str) -> bool | None:
        """Return what a question about one flag of a mask comes to, None where that is not known."""
        return None if self._tree is None else answer_of_mask(self._tree, name, mask)


_WORD = regex(r"(?<![\w.>])[A-Za-z_]\w*(?!\w)")
_NUMBER = regex(r"(-?)\s*(0[xX][0-9a-fA-F]+|\d+)[uUlL]*")
_ADDRESS = regex(r"&\s*[A-Za-z_][\w.>\[\]-]*|\"(?:\\.|[^\"\\])*\"")
_CAST = regex(r"\((?:const |unsigned |signed |struct |enum )*\w+[ *]*\)\s*(?=[\w(&])")
_COMPARED = regex(r"(.+?)\s*(==|<=|>=|<|>|&)\s*(.+)", re.DOTALL)
_OPERATION = regex(r"(\w+|\([^()]*\)) ?(<<|>>|[-+*]) ?(\w+|\([^()]*\))")
_CAPITALS = regex(r"[A-Z_][A-Z0-9_]*")
_NAMED = regex(r"(?<![\w.>])[A-Z_][A-Z0-9_]*(?!\w)")
_MASK = r"\(*(?:0|_*[A-Z][A-Z0-9_]*(?: ?\| ?_*[A-Z][A-Z0-9_]*)*)\)*"
_MASKED = regex(rf"({_MASK}) & ({_MASK})")
_MASK_ASKED = regex(rf"([a-z_]\w*)\(({_MASK})\)")
_MOST_CASES = 16
_DEEPEST = 5
_LONGEST = 80  # letters of an expression of constants
_LARGE = 1 << 48
_BITS = 48
_PLAIN = {"true": 1, "false": 0, "NULL": 0}


def known_values(values: Sequence[tuple[str, tuple[str, ...]]], given: Mapping[str, Cases], constants: Constants
                 ) -> dict[str, Cases]:
    """Return what the local names and the parameters `given` of a function may be, in the words of its caller."""
    found = dict(given)
    texts = dict(values)
    for name in texts:
        if name not in found:
            found[name] = _of_name(name, texts, given, constants, 0)
    return found


def _of_name(name: str, texts: Mapping[str, tuple[str, ...]], given: Mapping[str, Cases], constants: Constants,
             depth: int) -> Cases:
    options = texts[name]
    if len(options) > 1:
        return tuple((Var(f"({name} == {option})"), option) for option in options)
    inner = {word: _of_name(word, texts, given, constants, depth + 1) for word in _WORD.findall(options[0])
             if word in texts and word not in given and word != name and depth < _DEEPEST}
    return cases_of(options[0], {**given, **inner}, constants)


def cases_of(text: str, known: Mapping[str, Cases], constants: Constants) -> Cases:
    """Return what an expression may be: the ways of its `?:`, what its name stands for, else the text itself."""
    text = _bare(text)
    choice = _choice(text)
    if choice is not None:
        asked = decided(parse_c_condition(choice[0].encode()), known, constants)
        ways = [(And(way, when), one) for way, part in ((asked, choice[1]), (Not(asked), choice[2]))
                for when, one in cases_of(part, known, constants)]
        return tuple((when, one) for when, one in ways if when != FALSE)
    if text in known:
        return known[text]
    plain = {name: cases[0][1] for name, cases in known.items() if len(cases) == 1 and cases[0][0] == TRUE}
    several = [name for name in dict.fromkeys(_WORD.findall(text)) if len(known.get(name, ())) > 1]
    total = 1
    for name in several:
        total *= len(known[name])
    if not several or total > _MOST_CASES:
        return ((TRUE, put_in(text, plain)),)
    whole = [(And(*(when for when, _ in chosen)), dict(zip(several, (one for _, one in chosen), strict=True)))
             for chosen in product(*(known[name] for name in several))]
    return tuple((when, put_in(text, plain | texts)) for when, texts in whole if when != FALSE)


def decided(condition: Cond, known: Mapping[str, Cases], constants: Constants, labels: tuple[str, ...] = ()) -> Cond:
    """Return the condition with what is known put in: a test that comes out one way for sure is gone.

    `labels` are constants of which it is certain that they differ: those of one switch.
    """
    def replaced(atom: str) -> Cond | None:
        names = [name for name in dict.fromkeys(_WORD.findall(atom)) if name in known]
        if not names:
            sure = _truth(atom, constants, labels)
            return None if sure is None else TRUE if sure else FALSE
        total = 1
        for name in names:
            total *= len(known[name])
        if total > _MOST_CASES:
            return None
        ways = []
        for chosen in product(*(known[name] for name in names)):
            text = put_in(atom, dict(zip(names, (one for _, one in chosen), strict=True)))
            sure = _truth(text, constants, labels)
            if sure is None and total > 1:
                return None
            answer = TRUE if sure else FALSE if sure is not None else _asked(text)
            ways.append(And(*(when for when, _ in chosen), answer))
        return Or(*ways)

    return condition.replace(replaced) if condition.variables() else condition


def _asked(text: str) -> Cond:
    """Return the condition that a text states as C; a comparison keeps its brackets."""
    found = parse_c_condition(text.encode("latin-1", "replace"))
    return found if found.variables() or found in {TRUE, FALSE} else Var(text)


@lru_cache(maxsize=4096)  # the tests in front of a call stand in front of those behind it, too
def _bare(text: str) -> str:
    text = text.strip()
    while is_bracketed(text):
        text = text[1:-1].strip()
    while (cast := _CAST.match(text)) is not None:
        text = text[cast.end():].strip()
        while is_bracketed(text):
            text = text[1:-1].strip()
    return text


def _choice(text: str) -> tuple[str, str, str] | None:
    """Return the three parts of `a ? b : c`; None for anything else."""
    level, asked, nested = 0, -1, 0
    for index, sign in enumerate(text):
        level += (sign in "([{") - (sign in ")]}")
        if level:
            continue
        if sign == "?":
            if asked < 0:
                asked = index
            else:
                nested += 1
        elif sign == ":" and asked >= 0:
            if nested:
                nested -= 1
            elif text[asked + 1:index].strip():
                return text[:asked], text[asked + 1:index], text[index + 1:]
            else:
                return None
    return None


# What is true of constants

def _truth(text: str, constants: Constants, labels: tuple[str, ...]) -> bool | None:
    """Return whether an expression of constants is true, None for one of which that cannot be told."""
    if _NAMED.search(text) is None:  # nothing to look up: the same tests stand in front of every call behind them
        return _plain_truth(text, labels)
    return _truth_of(text, constants, labels)


@lru_cache(maxsize=1 << 14)
def _plain_truth(text: str, labels: tuple[str, ...]) -> bool | None:
    return _truth_of(text, Constants(lambda _: None), labels)


def _truth_of(text: str, constants: Constants, labels: tuple[str, ...]) -> bool | None:
    text = _bare(text)
    if _ADDRESS.fullmatch(text):
        return True
    value = _value(text, constants)
    if value is not None:
        return bool(value[1]) if not value[0] else None
    if (masks := _MASKED.fullmatch(text)) is not None:
        return constants.shares(masks[1], masks[2])
    if (asked := _MASK_ASKED.fullmatch(text)) is not None:
        return constants.answers(asked[1], asked[2])
    return _compared(text, constants, labels)


def _compared(text: str, constants: Constants, labels: tuple[str, ...]) -> bool | None:
    """Return what a comparison of constants comes to, None where that cannot be told."""
    found = _COMPARED.fullmatch(text)
    if found is None or any(sign in found[3] for sign in "<>=&|?") or any(sign in found[1] for sign in "<>=&|?"):
        return None
    left, right = _bare(found[1]), _bare(found[3])
    if found[2] == "==":
        if left == right and re.fullmatch(r"\w+", left):
            return True
        if left in labels and right in labels:
            return False
        if "NULL" in {left, right} and any(_ADDRESS.fullmatch(side) for side in (left, right)):
            return False
    one, other = _value(left, constants), _value(right, constants)
    if one is None or other is None or one[0] != other[0]:
        return None
    match found[2]:
        case "==":
            return one[1] == other[1]
        case "<":
            return one[1] < other[1]
        case ">":
            return one[1] > other[1]
        case "<=":
            return one[1] <= other[1]
        case ">=":
            return one[1] >= other[1]
    return bool(one[1] & other[1]) if not one[0] else None


def _value(text: str, constants: Constants) -> tuple[str, int] | None:
    text = _bare(text)
    if text in _PLAIN:
        return "", _PLAIN[text]
    number = _NUMBER.fullmatch(text)
    if number is not None:
        digits = number[2]
        base = 16 if digits[:2] in {"0x", "0X"} else 8 if digits[0] == "0" and len(digits) > 1 else 10
        try:
            return "", int(digits, base) * (-1 if number[1] else 1)
        except ValueError:
            return None
    if _CAPITALS.fullmatch(text):
        return constants(text) if not text.startswith("CONFIG_") else None
    return _computed(text, constants)


def _computed(text: str, constants: Constants) -> tuple[str, int] | None:
    """Return what two constants come to: `1 << DEMO_ORDER`, `4 * DEMO_SIZE`."""
    found = _OPERATION.fullmatch(text)
    if found is None or len(text) > _LONGEST:
        return None
    one, other = _value(found[1], constants), _value(found[3], constants)
    if one is None or other is None or one[0] or other[0] or not (0 <= one[1] < _LARGE and 0 <= other[1] < _LARGE):
        return None
    match found[2]:
        case "<<":
            return ("", one[1] << other[1]) if other[1] < _BITS else None
        case ">>":
            return "", one[1] >> min(other[1], _BITS)
        case "*":
            return "", one[1] * other[1]
        case "+":
            return "", one[1] + other[1]
        case "-":
            return "", one[1] - other[1]
    return None


def number_of(text: str, constants: Constants) -> int | None:
    """Return the number that an expression is, None for one of which that cannot be told."""
    value = _value(text, constants)
    return value[1] if value is not None and not value[0] else None


def constants_of(tree: Tree, paths: Sequence[str]) -> Constants:
    """Return what tells the values of enumerators and simple macros that these files define, or headers they include.

    A name that is defined in two ways has no value.
    """
    found: dict[str, tuple[str, int] | None] = {}

    def value(name: str) -> tuple[str, int] | None:
        if name not in found:
            found[name] = None  # one that stands for itself has none
            found[name] = _look_up(tree, paths, name, known)
        return found[name]

    known = Constants(value, tree)
    return known


def constants_anywhere(tree: Tree, paths: Sequence[str]) -> Constants:
    """Return the same, also for what any header of the tree defines, as long as all of them define it alike."""
    near = constants_of(tree, paths)

    def value(name: str) -> tuple[str, int] | None:
        found = near(name)
        if found is not None:
            return found
        headers = tree.search([name], prefixes=("include", "arch"), suffixes=(".h",))
        values = {one for path in headers for one in _in_file(tree.read(path) or b"", name, near)}
        return next(iter(values)) if len(values) == 1 else None

    return Constants(value, tree)


_INCLUDE = regex(rb'^[ \t]*#[ \t]*include[ \t]*(?:<([\w/.-]+)>|"([\w/.-]+)")', re.MULTILINE)
_HIDDEN = regex(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def _look_up(tree: Tree, paths: Sequence[str], name: str, constants: Constants) -> tuple[str, int] | None:
    values: set[tuple[str, int] | None] = set()
    for path in paths:
        values |= _in_file(tree.read(path) or b"", name, constants)
    if not values:
        headers = [header for path in paths for header in headers_of(tree.read(path) or b"", path)]
        for header in dict.fromkeys(headers):
            values |= _in_file(tree.read(header) or b"", name, constants)
    return next(iter(values)) if len(values) == 1 else None


@lru_cache(maxsize=64)
def headers_of(data: bytes, path: str) -> tuple[str, ...]:
    """Return the headers that a file includes itself, where they stand if they are of no architecture."""
    folder = path.rpartition("/")[0]
    return tuple(f"include/{one.decode()}" if one else f"{folder}/{two.decode()}"
                 for one, two in _INCLUDE.findall(data))


def _in_file(data: bytes, name: str, constants: Constants) -> set[tuple[str, int] | None]:
    if name.encode("latin-1", "replace") not in data:
        return set()
    text = _HIDDEN.sub(" ", data.decode("latin-1"))
    found: set[tuple[str, int] | None] = set()
    for body in re.findall(rf"^[ \t]*#[ \t]*define[ \t]+{name}\b(.*)$", text, re.MULTILINE):
        found.add(_value(body, constants) if not body.startswith("(") else None)
    for body in re.findall(r"\benum\b[^;{}()]*\{([^{}]*)\}", text):
        if re.search(rf"(?:^|,)\s*{name}\b", body):
            found.add(_enumerator(body, name, constants))
    return found


def _enumerator(body: str, name: str, constants: Constants) -> tuple[str, int] | None:
    base, number = "", -1
    for entry in body.split(","):
        one, sign, text = (part.strip() for part in entry.partition("="))
        number += 1
        if sign:
            value = _value(text, constants) if text != name else None
            base, number = value if value is not None else (_bare(text), 0)
        if one == name:
            return base, number
    return None
