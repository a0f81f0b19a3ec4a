"""What the bits of page table entries are worth, and which of them an architecture keeps when a protection changes.

Read from the headers of the architecture: the object-like macros that make a bit, and the body of `pte_modify()`. What
cannot be worked out is None, and a mask of which a part is not known keeps nothing for sure and loses nothing for sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from reviewbot.cfacts import body_text, functions_with
from reviewbot.cfacts.types import Function
from reviewbot.patterns import regex
from reviewbot.text import closing, decode
from reviewbot.values import dataclass

__all__ = ["Headers", "Keeping", "keeping_of", "marks_in", "names_in"]

_DEFINE = regex(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(?![\w(])[ \t]*((?:[^\n\\]|\\\n|\\[^\n])*)", re.MULTILINE)
_COMMENT = regex(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_NAME = regex(r"[A-Za-z_]\w*")
_TOKEN = regex(r"\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<|>>|[-+|&~()*,])([uUlL]*)(?![\w])?")
_CAST = regex(r"\(\s*(?:unsigned\s+)?(?:long|int|u?int\d+_t|u64|u32|pteval_t|pmdval_t|pgprotval_t|phys_addr_t)"
              r"(?:\s+(?:long|int))?\s*\)")
_SUFFIXED = regex(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]+\b")
_FRAMES = regex(r"PFN|RPN|PHYS|FRAME")
_ENTRY = regex(r"\b(pte_t|pmd_t|pud_t)\s+(\w+)\s*(?:,|\))")
_BYTES = regex(r"\b(?:cpu_to_[bl]e\d+|__cpu_to_[bl]e\d+)\s*(?=\()")
_WORDS = frozenset({"_AT", "_AC", "UL", "ULL"})
_OF_NUMBER = {"BIT", "_BITUL", "_BITULL", "BIT_ULL"}
_ALL = (1 << 64) - 1
_DEEPEST = 12
_MOST_WAYS = 8
_MOST_NAMES = 400
_MOST_BRACKETS = 24  # one in the other
_LONGEST = 2000  # characters of a macro or an expression: what is longer stays open
_LONGEST_BODY = 20_000
_OPEN = "?"
"""What a macro that is too long stands for: no name, and no number."""


def _plain(text: str) -> str:
    """Return a macro's body in one line, without comments, casts and suffixes of numbers."""
    one = _COMMENT.sub(" ", text.replace("\\\n", " "))
    one = _BYTES.sub("", one)
    return _SUFFIXED.sub(r"\1", _CAST.sub(" ", one)).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The headers that code of one architecture sees, by path, and the object-like macros in them."""

    files: Mapping[str, bytes]
    _macros: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _worth: dict[str, frozenset[int] | None] = field(default_factory=dict, compare=False, repr=False)
    _joined: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def bodies(self, name: str) -> tuple[str, ...]:
        """Return the bodies that the macro has, one for each definition; () where it is none."""
        if not self._macros:
            found: dict[str, dict[str, None]] = {}
            for data in self.files.values():
                for macro in _DEFINE.finditer(decode(data)):
                    body = _plain(macro[2]) if len(macro[2]) <= _LONGEST else _OPEN
                    found.setdefault(macro[1], {})[body] = None
            self._macros.update({one: tuple(bodies) for one, bodies in found.items()})
        return self._macros.get(name, ())

    def joining(self, bit: str) -> frozenset[str]:
        """Return the macros that join the bit with others."""
        self.bodies(bit)
        return frozenset(name for name, bodies in self._macros.items() if any(
            "|" in body and bit in body and bit in names_in(body) for body in bodies))

    def with_names(self, names: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the headers that hold one of the names."""
        words = [name.encode() for name in sorted(names)]
        yield from ((path, data) for path, data in self.files.items() if any(word in data for word in words))

    def reaches(self, text: str) -> frozenset[str]:
        """Return all macros that an expression comes to through the macros in it, its own among them."""
        seen: set[str] = set()
        coming = set(_NAME.findall(text))
        while coming and len(seen) < _MOST_NAMES:
            seen |= coming
            coming = {name for one in coming for body in self.bodies(one) for name in _NAME.findall(body)} - seen
        return frozenset(name for name in seen if name.isupper() and name not in _WORDS)

    def values(self, text: str) -> frozenset[int] | None:
        """Return what an expression can be worth, by the definitions that its names have; None when that is open."""
        try:
            return frozenset(value & _ALL for value in _Reader(text, self, _DEEPEST).all())
        except (_OpenError, RecursionError):
            return None

    def worth_of(self, name: str, depth: int) -> frozenset[int]:
        """Return what a macro can be worth, worked out once for each. Raises _OpenError when that is open."""
        if name not in self._worth:
            self._worth[name] = None  # a macro that comes to itself has no value
            bodies = [body for body in self.bodies(name) if body]
            try:
                found = {value for body in bodies for value in _Reader(body, self, depth).all()}
            except (_TooDeepError, RecursionError):
                del self._worth[name]  # from nearer it may be known
                raise
            self._worth[name] = frozenset(found) if bodies else None
        known = self._worth[name]
        if known is None:
            raise _OpenError
        return known

    def parts(self, text: str) -> tuple[str, ...]:
        """Return what the expression joins with `|`, through macros that join something: names, and whole terms."""
        if len(text) > _LONGEST:
            return (_OPEN,)
        one = _bare(_plain(text))
        pieces = _split(one, "|")
        if len(pieces) > 1:
            return tuple(dict.fromkeys(part for piece in pieces for part in self.parts(piece)))
        if one not in self._joined:
            self._joined[one] = (one,) if one else ()
            joined = [body for body in self.bodies(one) if "|" in body] if _NAME.fullmatch(one) else []
            if joined:
                self._joined[one] = tuple(dict.fromkeys(part for body in joined for part in self.parts(body)))
        return self._joined[one]


class _OpenError(Exception):
    """The value of an expression is not known."""


class _TooDeepError(_OpenError):
    """The value hangs on more macros one behind the other than are followed."""


class _Reader:
    """Works out a constant expression of C; each name may have several definitions, and so several values."""

    def __init__(self, text: str, headers: Headers, depth: int) -> None:
        self._headers, self._depth, self._at, self._inside = headers, depth, 0, 0
        self._tokens: list[str] = []
        if len(text) > _LONGEST:
            raise _OpenError
        if depth < 0:
            raise _TooDeepError
        at, text = 0, _plain(text)
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise _OpenError
            self._tokens.append(found[1])
            at = found.end()
            at += len(text[at:]) - len(text[at:].lstrip())

    def all(self) -> set[int]:
        found = self._level(0)
        if self._at != len(self._tokens) or len(found) > _MOST_WAYS:
            raise _OpenError
        return found

    _LEVELS = (("|",), ("&",), ("<<", ">>"), ("+", "-"), ("*",))

    def _level(self, level: int) -> set[int]:
        if level == len(self._LEVELS):
            return self._one()
        found = self._level(level + 1)
        while self._peek() in self._LEVELS[level]:
            operator = self._tokens[self._at]
            self._at += 1
            other = self._level(level + 1)
            found = {_apply(operator, one, two) for one in found for two in other}
            if len(found) > _MOST_WAYS:
                raise _OpenError
        return found

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise _OpenError
        self._at += 1

    def _one(self) -> set[int]:
        token = self._peek()
        self._at += 1
        if token == "(":
            self._inside += 1
            if self._inside > _MOST_BRACKETS:
                raise _OpenError
            found = self._level(0)
            self._take(")")
            self._inside -= 1
            return found
        if token in {"~", "-"}:
            return {(~one if token == "~" else -one) & _ALL for one in self._one()}
        if token[:1].isdigit():
            return {_number(token)}
        if not _NAME.fullmatch(token):
            raise _OpenError
        return self._call(token) if self._peek() == "(" else self._named(token)

    def _call(self, name: str) -> set[int]:
        self._take("(")
        if name in {"_AT", "_AC", "UL", "ULL", "__AC"}:
            if name == "_AT":
                while self._peek() != ",":
                    if not self._peek():
                        raise _OpenError
                    self._at += 1
                self._take(",")
            found = self._level(0)
            if name in {"_AC", "__AC"}:
                self._take(",")
                self._at += 1
        elif name in _OF_NUMBER:
            found = {_apply("<<", 1, one) for one in self._level(0)}
        elif name in {"GENMASK", "GENMASK_ULL"}:
            high = self._level(0)
            self._take(",")
            found = {((1 << (one + 1)) - 1) & ~((1 << two) - 1) for one in high for two in self._level(0)
                     if 0 <= two <= one < 64}
        else:
            raise _OpenError
        self._take(")")
        return found

    def _named(self, name: str) -> set[int]:
        return {*self._headers.worth_of(name, self._depth - 1)}


def _number(token: str) -> int:
    """Return what a number of C is worth. Raises _OpenError for what is none, and for what no entry can hold."""
    octal = len(token) > 1 and token[0] == "0" and token[1] not in "xX"
    if len(token) > 24 or (octal and {*token} & {"8", "9"}):
        raise _OpenError
    return int(token, 8 if octal else 0)


def _apply(operator: str, one: int, two: int) -> int:
    if operator in {"<<", ">>"} and not 0 <= two < 64:
        raise _OpenError
    return {"|": one | two, "&": one & two, "+": one + two, "-": one - two, "*": one * two,
            "<<": one << two if operator == "<<" else 0, ">>": one >> two if operator == ">>" else 0}[operator] & _ALL


def _bare(text: str) -> str:
    """Return the text without brackets around all of it."""
    while text.startswith("(") and closing(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _split(text: str, mark: str) -> list[str]:
    """Return the parts of an expression between the marks that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == mark and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, text[start:])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What one definition of `pte_modify()` keeps of an entry: what its `mask` names, as it stands on a line of a file.

    `old` are texts that stand for the entry as it was, in front of the mask and behind it.
    """

    function: str
    file: str
    line: int
    mask: str
    body: str
    at: int
    old_before: frozenset[str]
    old_after: frozenset[str]

    def loses(self, bit: str, headers: Headers) -> bool | None:
        """Return whether the bit is surely not among what is kept; None where that is open."""
        values = headers.values(bit)
        worth, names = [value for value in values or () if value], headers.reaches(bit)
        if not worth:
            return None
        for part in headers.parts(self.mask):
            if part.startswith("~"):
                return None
            worths = headers.values(part)
            if worths is not None and any(value & one for value in worths for one in worth):
                return False
            if worths is None and (names & headers.reaches(part) or not _is_frames(part, headers)):
                return None
        return True


def _is_frames(part: str, headers: Headers) -> bool:
    """Return whether a part of a mask that has no known value is the number of a page, or hangs on a variable."""
    if _FRAMES.search(part):
        return True
    bodies = headers.bodies(part)
    return bool(bodies) and all(_is_open_bit(body, headers) for body in bodies)


def _is_open_bit(body: str, headers: Headers) -> bool:
    names = set(_NAME.findall(body)) - _WORDS
    return headers.values(body) is not None or any(name.islower() and not name.endswith("_t") for name in names)


def keeping_of(path: str, data: bytes, names: frozenset[str]) -> Iterator[Keeping]:
    """Yield what each function of these names in a header keeps of the entry that it is given, where that is said by
    one mask."""
    for function in functions_with(data, names):
        entry = _ENTRY.search(function.signature)
        if function.name not in names or entry is None:
            continue
        body = body_text(data, function)
        if len(body) > _LONGEST_BODY:
            continue
        old = {entry[2]} | {found[1] for found in re.finditer(
            rf"\b(\w+)\s*=\s*(?:{entry[1][:3]}_(?:val|raw|flags)\s*\(\s*{entry[2]}\s*\)|{entry[2]}\b)", body)}
        old |= {found[1] for found in re.finditer(r"\b(\w+)\s*=\s*(\w+)\s*[,;]", body) if found[2] in old}
        masks = list(_masks(body, entry[1][:3], entry[2], old))
        if len(masks) == 1:
            [(at, masked, mask)] = masks
            yield Keeping(function=function.name, file=path, mask=mask, body=body, at=at,
                          line=function.body.line + body.count("\n", 0, at),
                          old_before=frozenset(old), old_after=frozenset(old - {masked}))


def _masks(body: str, kind: str, entry: str, old: set[str]) -> Iterator[tuple[int, str, str]]:
    """Yield (offset, variable that no longer is the old entry, mask) of what a function takes out of an entry."""
    names = "|".join(sorted(map(re.escape, old)))
    for found in re.finditer(rf"\b({names})\s*&=\s*([^;]+);", body):
        yield found.start(), found[1], found[2]
    for found in re.finditer(rf"\b{kind}_val\s*\(\s*{entry}\s*\)\s*&=\s*([^;]+);", body):
        yield found.start(), entry, found[1]
    for found in re.finditer(rf"\(\s*(?:{kind}_(?:val|raw)\s*\(\s*{entry}\s*\)|{names})\s*&(?!&)\s*", body):
        end = closing(body, found.start())
        if end > 0 and re.match(r"\s*\|(?!\|)", body[end + 1:]):
            yield found.start(), entry, body[found.end():end]
    for found in re.finditer(rf"\bclear_{kind}_bit\s*\(\s*{entry}\s*,\s*__pgprot\s*\(\s*~\s*(\w+)\s*\)\s*\)", body):
        yield found.start(), entry, found[1]


def names_in(text: str) -> frozenset[str]:
    """Return the identifiers of a text."""
    return frozenset(_NAME.findall(text))


def marks_in(data: bytes, function: Function, bit: str) -> bool:
    """Return whether a function that takes an entry and gives one sets the bit in it.

    Entries that are swapped out are none: no protection of theirs changes.
    """
    entry = _ENTRY.search(function.signature)
    words = set(function.name.split("_"))
    if entry is None or entry[1] not in function.returns.split() or words & {"swp", "swap", "modify"}:
        return False
    body = body_text(data, function)
    if len(body) > _LONGEST_BODY:
        return False
    given = {bit} | {found[1] for found in re.finditer(rf"\b(\w+)\s*\|?=\s*{bit}\s*;", body)}
    for statement in (one for one in re.split(r"[;{}]", body) if len(one) <= _LONGEST):
        for name in sorted(given & names_in(statement)):
            if re.search(rf"~\s*\(?[^()]*\b{name}\b|&(?!&)[^|;]*\b{name}\b", statement):
                continue
            if re.search(rf"\b\w*set\w*\s*\([^;]*\b{name}\b", statement) \
                    or re.search(rf"\b{entry[1][:3]}_val\s*\(\s*{entry[2]}\s*\)\s*\|=[^;]*\b{name}\b", statement) \
                    or re.search(rf"__{entry[1][:3]}\s*\([^;]*\|[^;]*\b{name}\b", statement):
                return True
    return False

