"""Preprocessor conditions: under which configuration a line of C is compiled.

`CONFIG_X` holds when X is built in and `CONFIG_X_MODULE` when it is a module, as the preprocessor sees them. Other
macros are opaque variables: `#ifdef FOO` is the variable `defined(FOO)`, `#if FOO > 2` the variable `(FOO > 2)`, and
`a != b` is the negation of `(a == b)`. A pointer that is compared with NULL is the pointer itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

from reviewbot.cfacts.lexer import CHAR, COMMENT, STRING, Lines, Token, closing_word, lines_in, squash_c, tokens
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Arm", "Conditions", "condition_at", "parse_c_condition", "read_conditions"]

_KNOWN = {"__KERNEL__": TRUE, "__ASSEMBLY__": FALSE, "__ASSEMBLER__": FALSE, "__cplusplus": FALSE,
          "__GENKSYMS__": FALSE, "__CHECKER__": FALSE, "BUILD_VDSO": FALSE}
"""What is settled for C of the kernel proper; `__CHECKER__` is sparse, which builds nothing."""

_OPTION = regex(r"CONFIG_\w+")
_WARNS = frozenset({"WARN", "WARN_ON", "WARN_ONCE", "WARN_ON_ONCE", "WARN_ON_SMP", "WARN_TAINT"})
_GUARD_NAME = regex(rb"_*[A-Za-z]\w*_H_*|_*H_[A-Z]\w*_*")
_DIRECTIVES = regex(
    COMMENT + rb"|(?<![^\n])[ \t]*\#[ \t]*(?P<word>\w*)"
    rb"(?P<rest>(?:\\\r?\n|" + COMMENT + rb"|" + STRING + rb"|" + CHAR + rb"|[^\n])*)|" + STRING + rb"|" + CHAR,
    re.DOTALL)
_DIRECTIVE = regex(rb"[ \t]*\#[ \t]*(?P<word>\w*)(?P<rest>.*)", re.DOTALL)
_MOST_NESTING = 64
_MOST_ARMS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm of an `#if` group, as byte offsets: its directive is [`directive`, `start`), its text [`start`, `end`).

    `group` numbers the groups of the file in order of their `#if`; `parent` is the index of the enclosing arm, -1 at
    file level. `condition` is the arm's own (the earlier arms' negations included), without the enclosing arms'.
    An `#if` without `#else` has a last arm without text.
    """

    group: int
    parent: int
    directive: int
    start: int
    end: int
    condition: Cond


class Conditions:
    """The `#if` nest of one file; the include guard of a header is left out."""

    __slots__ = ("_at", "_full", "_starts", "arms", "lines")

    def __init__(self, arms: tuple[Arm, ...], changes: list[tuple[int, int]], lines: Lines) -> None:
        """Keep the arms and, sorted by offset, the innermost arm from each offset on."""
        self.arms = arms
        self.lines = lines
        self._starts = [offset for offset, _ in changes]
        self._at = [arm for _, arm in changes]
        self._full: dict[int, Cond] = {-1: TRUE}

    def arm_at(self, offset: int) -> int:
        """Return the index of the innermost arm around the byte at `offset`, -1 outside all."""
        place = bisect_right(self._starts, offset) - 1
        return self._at[place] if place >= 0 else -1

    def of_arm(self, arm: int) -> Cond:
        """Return the condition of an arm together with those of the arms around it."""
        chain = []
        while arm not in self._full:
            chain.append(arm)
            arm = self.arms[arm].parent
        for inner in reversed(chain):
            self._full[inner] = And(self._full[self.arms[inner].parent], self.arms[inner].condition)
        return self._full[chain[0] if chain else arm]

    def at_offset(self, offset: int) -> Cond:
        """Return the condition under which the byte at `offset` is compiled."""
        return self.of_arm(self.arm_at(offset))

    def at_line(self, line: int) -> Cond:
        """Return the condition under which the end of the 1-based `line` is compiled."""
        return self.at_offset(max(0, self.lines.start(line + 1) - 1))


def condition_at(data: bytes, line: int) -> Cond:
    """Return the condition of the `#if` nest around a 1-based line, include guards dropped."""
    return read_conditions(data).at_line(line)


@dataclass(slots=True, kw_only=True)
class _Open:
    group: int
    parent: int
    arm: int
    before: Cond
    guard: bool
    arms: int = 0
    has_else: bool = False


class _Reader:
    """Collects arms while the directives of a file go by."""

    def __init__(self, data: bytes, lines: Lines) -> None:
        self.data, self.lines = data, lines
        self.arms: list[Arm] = []
        self.changes: list[tuple[int, int]] = []
        self.stack: list[_Open] = []
        self.groups = 0

    def innermost(self) -> int:
        return next((top.arm for top in reversed(self.stack) if top.arm >= 0), -1)

    def open(self, condition: Cond, start: int, end: int, *, guard: bool) -> None:
        parent = self.innermost()
        top = _Open(group=self.groups, parent=parent, arm=-1, before=FALSE, guard=guard)
        self.groups += 1
        self.stack.append(top)
        self.arm(top, condition, start, end)

    def arm(self, top: _Open, condition: Cond, start: int, end: int) -> None:
        self.close_arm(top, start)
        if top.guard:
            self.changes.append((start, top.parent))
            return
        top.arms += 1
        if top.arms <= _MOST_ARMS:  # past that an arm is taken to be possible whatever the earlier ones say
            own = And(Not(top.before), condition)
            top.before = Or(top.before, condition)
        else:
            own = condition
        top.arm = len(self.arms)
        self.arms.append(Arm(group=top.group, parent=top.parent, directive=start, start=end, end=len(self.data),
                             condition=own))
        self.changes.append((start, top.arm))

    def close_arm(self, top: _Open, end: int) -> None:
        if top.arm >= 0:
            old = self.arms[top.arm]
            self.arms[top.arm] = Arm(group=old.group, parent=old.parent, directive=old.directive, start=old.start,
                                     end=end, condition=old.condition)

    def close(self, start: int, end: int) -> None:
        top = self.stack.pop()
        if not (top.has_else or top.guard):
            self.arm(top, TRUE, start, end)  # where no arm is open: nothing but the directive itself
            start = end
        self.close_arm(top, start)
        self.changes.append((start, top.parent))


def read_conditions(data: bytes, lines: Lines | None = None, *,
                    directives: tuple[tuple[int, int], ...] | None = None) -> Conditions:
    """Return the `#if` nest of a file. Stray `#else` and `#endif`, as in a fragment, are passed over.

    `directives` are the spans of all preprocessor lines, for a caller that knows them already.
    """
    if directives is None:
        return _read_whole(data)
    found = [hit for start, end in directives if (hit := _DIRECTIVE.match(data, start, end))]
    return _nest(data, lines or lines_in(data), found)


@lru_cache(maxsize=384)
def _read_whole(data: bytes) -> Conditions:
    """Return the nest of a whole file; the same file is asked about many times in one review."""
    found = [hit for hit in _DIRECTIVES.finditer(data) if hit.group("word") is not None] if b"#" in data else []
    return _nest(data, lines_in(data), found)


def _nest(data: bytes, lines: Lines, found: list[re.Match[bytes]]) -> Conditions:
    if not found:
        return Conditions((), [], lines)
    guard = _include_guard(found)
    reader = _Reader(data, lines)
    for hit in found:
        word = hit.group("word").decode("latin-1")
        start, end = hit.start(), hit.end()
        if word in {"if", "ifdef", "ifndef"}:
            reader.open(_of_directive(word, hit.group("rest")) if len(reader.stack) < _MOST_NESTING else TRUE,
                        start, end, guard=hit is guard)
        elif not reader.stack:
            continue
        elif word in {"elif", "elifdef", "elifndef"}:
            if not reader.stack[-1].guard:
                reader.arm(reader.stack[-1], _of_directive(word.removeprefix("el"), hit.group("rest")), start, end)
        elif word == "else":
            reader.stack[-1].has_else = True
            if not reader.stack[-1].guard:
                reader.arm(reader.stack[-1], TRUE, start, end)
        elif word == "endif":
            reader.close(start, end)
    return Conditions(tuple(reader.arms), reader.changes, lines)


def _include_guard(found: list[re.Match[bytes]]) -> re.Match[bytes] | None:
    """Return the `#ifndef NAME` that with the `#define NAME` after it and the last `#endif` wraps the whole file.

    Of a header that is known in parts, or has text behind its guard, a name such as `_ASM_X86_FOO_H` tells as much: the
    first time that the file is read, it is not defined.
    """
    if len(found) < 2 or found[0].group("word") not in {b"ifndef", b"if"}:
        return None
    name = found[0].group("rest").replace(b"!", b" ").replace(b"defined", b" ").strip(b" \t\r()").split()
    if not name or found[1].group("word") != b"define" or found[1].group("rest").split()[:1] != name[:1]:
        return None
    by_name = _GUARD_NAME.fullmatch(name[0]) is not None
    depth = 0
    for index, hit in enumerate(found):
        word = hit.group("word")
        depth += 1 if word in {b"if", b"ifdef", b"ifndef"} else -1 if word == b"endif" else 0
        if depth == 1 and word == b"else":
            return None
        if depth == 0:
            return found[0] if by_name or index == len(found) - 1 else None
    return found[0] if by_name else None


@lru_cache(maxsize=4096)  # the same few conditions stand in every header
def _of_directive(word: str, rest: bytes) -> Cond:
    if word == "if":
        return parse_c_condition(rest)
    names = tokens(rest, lines=_NO_LINES)
    cond = _defined(names[0].text) if names else Var("defined()")
    return Not(cond) if word == "ifndef" else cond


def _defined(name: str) -> Cond:
    if name in _KNOWN:
        return _KNOWN[name]
    return Var(name) if _OPTION.fullmatch(name) else Var(f"defined({name})")


_PLAIN_ANSWERS = frozenset({"0", "NULL", "false", "true"})
_NO_LINES = Lines(b"")  # nobody asks on which line of an expression a word stands


@lru_cache(maxsize=4096)  # a test stands before every call behind it
def parse_c_condition(text: bytes) -> Cond:
    """Return the condition that a C or preprocessor expression states.

    `&&`, `||`, `!` and brackets are followed, and `x != NULL` is `x`; defined(), IS_ENABLED(), IS_BUILTIN(),
    IS_MODULE() and IS_REACHABLE() of options are known; everything else is a variable named by its C text, blanks
    squashed.
    """
    return _split(tokens(text, lines=_NO_LINES), text, 0)


def _split(words: tuple[Token, ...], text: bytes, depth: int) -> Cond:
    if not words:
        return TRUE
    if depth > _MOST_NESTING:
        return _opaque(words, text)
    if _at_top(words, "?") or _at_top(words, ","):
        return _opaque(words, text)
    for operator, join in (("||", Or), ("&&", And)):
        places = _at_top(words, operator)
        if places:
            edges = [-1, *places, len(words)]
            return join(*(_split(words[a + 1:b], text, depth + 1) for a, b in pairwise(edges)))
    if words[0].text == "(" and closing_word(words, 0) == len(words) - 1:
        return _split(words[1:-1], text, depth + 1)
    if words[0].text == "!" and _is_primary(words[1:]):
        return Not(_split(words[1:], text, depth + 1))
    compared = _compared_with_nothing(words, text, depth)
    return _atom(words, text) if compared is None else compared


def _at_top(words: tuple[Token, ...], operator: str) -> list[int]:
    places, level = [], 0
    for index, word in enumerate(words):
        if word.text in {"(", "[", "{"}:
            level += 1
        elif word.text in {")", "]", "}"}:
            level -= 1
        elif level == 0 and word.kind == "punct" and word.text == operator:
            places.append(index)
    return places


def _is_primary(words: tuple[Token, ...]) -> bool:
    """Return whether no operator binds weaker than `!` in the words: what follows the `!` is all that it negates."""
    level = 0
    for index, word in enumerate(words):
        if word.text in {"(", "["}:
            level += 1
        elif word.text in {")", "]"}:
            level -= 1
        elif level == 0 and word.kind == "punct":
            binary = index > 0 and (words[index - 1].kind != "punct" or words[index - 1].text in {")", "]"})
            if word.text not in {"!", ".", "->", "~"} and (binary or word.text not in {"*", "&", "-"}):
                return False
    return True


def _atom(words: tuple[Token, ...], text: bytes) -> Cond:
    shape = [word.text for word in words]
    if shape[0] in {"likely", "unlikely"} and len(shape) > 3 and closing_word(words, 1) == len(words) - 1:
        return _split(words[2:-1], text, 0)
    if shape[0] in _WARNS and len(shape) > 3 and shape[1] == "(" and closing_word(words, 1) == len(words) - 1:
        inner = words[2:-1]  # a warning is as true as what it warns of
        return _split(inner[:next(iter(_at_top(inner, ",")), len(inner))], text, 0)
    match shape:
        case ["defined", "(", name, ")"] | ["defined", name]:
            return _defined(name)
        case ["IS_ENABLED", "(", name, ")"] if _OPTION.fullmatch(name):
            return Or(Var(name), Var(f"{name}_MODULE"))
        case ["IS_BUILTIN", "(", name, ")"] if _OPTION.fullmatch(name):
            return Var(name)
        case ["IS_MODULE", "(", name, ")"] if _OPTION.fullmatch(name):
            return Var(f"{name}_MODULE")
        case ["IS_REACHABLE", "(", name, ")"] if _OPTION.fullmatch(name):
            return Or(Var(name), And(Var(f"{name}_MODULE"), Var("defined(MODULE)")))
        case [number] if re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*", number):
            return TRUE if int(re.sub(r"[uUlL]+$", "", number), 0 if number[:2] in {"0x", "0X"} else 10) else FALSE
        case ["true"]:
            return TRUE
        case ["false"]:
            return FALSE
    return _opaque(words, text)


def _compared_with_nothing(words: tuple[Token, ...], text: bytes, depth: int) -> Cond | None:
    """Return `p != NULL`, `n != 0` and `on == true` as what is compared, and `p == NULL` as its negation; None for what
    is no such comparison. A number of the configuration is none: of an option that is not set it says 0 as well."""
    places = [place for operator in ("==", "!=") for place in _at_top(words, operator)]
    if len(places) != 1:
        return None
    sides = words[:places[0]], words[places[0] + 1:]
    found = next(((side, other[0].text) for side, other in (sides, sides[::-1])
                  if len(other) == 1 and other[0].text in _PLAIN_ANSWERS), None)
    if found is None or not found[0] or found[0][0].text == "&" or not _is_primary(found[0]) or (
            _OPTION.fullmatch(found[0][0].text)):
        return None
    asked = _split(found[0], text, depth + 1)
    return asked if (words[places[0]].text == "!=") is (found[1] != "true") else Not(asked)


def _opaque(words: tuple[Token, ...], text: bytes) -> Cond:
    unequal = _at_top(words, "!=")
    if len(unequal) == 1 and not any(_at_top(words, operator) for operator in ("&&", "||", "?", ",", "==")):
        place = unequal[0]
        return Not(Var(f"({_text(words[:place], text)} == {_text(words[place + 1:], text)})"))
    named = _text(words, text)
    # In brackets, so that the condition still reads as C when it is negated.
    return Var(named) if _is_primary(words) else Var(f"({named})")


def _text(words: tuple[Token, ...], text: bytes) -> str:
    return squash_c(text[words[0].offset:words[-1].end]) if words else ""
