"""Where a file defines, declares, exports or makes a name by macro, found without parsing the whole file.

Accepted: GNU C in kernel layout. A function's body or an initialiser ends with a `}` in the first column; that is what
keeps the count of braces true where the arms of an `#if` each open one. Comments and strings are blanked first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from typing import Literal

from reviewbot.cfacts.conditions import Conditions, read_conditions
from reviewbot.cfacts.lexer import CHAR, COMMENT, KEYWORDS, STRING, blank, identifiers, lines_in, squash_c
from reviewbot.kconfig.returning import given_by
from reviewbot.logic import Cond
from reviewbot.patterns import regex
from reviewbot.text import places_of
from reviewbot.values import dataclass

__all__ = ["Event", "Sighting", "SourceText"]

_HIDDEN = regex(COMMENT + rb"|" + STRING + rb"|" + CHAR, re.DOTALL)
_DEFINE = regex(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)((?:\([^)\n]*\))?)((?:\\\r?\n|[^\n])*)", re.MULTILINE)
_DIRECTIVE = regex(rb"^[ \t]*#(?:\\\r?\n|[^\n])*", re.MULTILINE)
_OUTER_END = regex(rb"^\}", re.MULTILINE)
_EXPORT = regex(rb"EXPORT_(?:PER_CPU_)?SYMBOL\w*\s*\(\s*$")
_ASSEMBLY = regex(rb"(?:SYM_(?:TYPED_)?FUNC_START\w*|ENTRY|SYM_CODE_START\w*)\s*\(\s*$|^\s*$")
_ATTRIBUTES = regex(rb"\s*(?:(?:__\w+|noinline\w*)(?:\s*\([^()]*(?:\([^()]*\)[^()]*)*\))?\s*)*")
_STORAGE = regex(
    r"\b(?:static|extern|inline|__always_inline|__inline\w*|noinline\w*|asmlinkage|notrace|__\w+(?:\([^()]*\))?)(?!\w)")
_CONSTANT = r"(?:[-+~]?\s*(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*|true|false|NULL|-\s*E[A-Z0-9]+)"
_CONSTANT_BODY = regex(
    rf"^(?:return\s*(?P<value>\(*\s*{_CONSTANT}\s*\)*)?\s*;)?$")
_CONSTANT_MACRO = regex(
    rf"^(?:\(*\s*(?P<value>{_CONSTANT})\s*\)*|do\s*\{{\s*\}}\s*while\s*\(\s*0\s*\)|\(\s*\{{\s*(?P<last>{_CONSTANT})?\s*;?\s*"
    rf"\}}\s*\)|\(\s*\(\s*void\s*\)\s*0\s*\))?$")
# A write through a pointer, to a member or to an element.
_WRITES = regex(rb"(?:->|\.)\s*\w+\s*(?:[-+*/|&^%]|<<|>>)?=(?!=)|\]\s*(?:[-+|&^])?=(?!=)|[;{}]\s*\*|\+\+|--"
                rb"|\basm\b|__asm__")
_EVENT = regex(rb"^[ \t]*#[ \t]*(include|define|undef|ifn?def|if|elif|else)\b[ \t]*([^\n]*)", re.MULTILINE)
_INCLUDED = regex(r"""^(?:<(?P<system>[^>]+)>|"(?P<quoted>[^"]+)")""")
_INCLUDE = regex(rb"^[ \t]*#[ \t]*(include)\b[ \t]*([^\n]*)", re.MULTILINE)
_NAMED = regex(r"\w+")
_NAMING = frozenset({b"include", b"define", b"undef"})
_HASH = ord("#")
_COMMENT = regex(rb"/(?=\*)")
_LONGEST_HEAD = 600
_LONGEST_BODY = 200_000

Kind = Literal["function", "inline", "macro", "declaration", "export"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place of the name in one file. `condition` is the `#if` nest alone, header macros as `defined(NAME)`.

    `stub`: nothing is done and a constant returned; `value` is that constant. `calls`: what the body calls, sorted.
    `plain`: besides its calls the body only fills variables of its own, so that it does no more than they do.
    `marker`: `#define name name`, which only says that the name exists. `weak`: an ordinary definition replaces it.
    `gives` is the expression that a body of tests and returns comes to, or a macro's body, empty for any other.
    """

    file: str
    line: int
    kind: Kind
    condition: Cond
    static: bool = False
    stub: bool = False
    value: str = ""
    returns: str = ""
    calls: tuple[str, ...] = ()
    made_by: str = ""
    marker: bool = False
    weak: bool = False
    gpl: bool = False
    plain: bool = False
    gives: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One `#include`, `#define`, `#undef` or `#if` of a file with its `#if` nest; `quoted` is for `#include "..."`.

    The nest of an "ask" (an `#if` about macros, or another arm of it) is that of the lines after it; it has no name.
    """

    kind: Literal["include", "define", "undef", "ask"]
    name: str
    condition: Cond
    quoted: bool = False


class SourceText:
    """One file, prepared for looking up names in it."""

    def __init__(self, path: str, data: bytes) -> None:
        """Take the file; comments and strings are blanked, conditions and macros read when first needed."""
        self.path, self.data = path, data
        self.lines = lines_in(data)
        self._text: bytes | None = None
        self._includes: tuple[tuple[str, bool], ...] | None = None
        self._conditions: Conditions | None = None
        self._events: tuple[Event, ...] | None = None
        self._asked: frozenset[str] | None = None
        self._opened: list[int] | None = None
        self._directives: dict[int, tuple[int, int] | None] = {}
        self._continued: dict[int, bool] = {}
        self._defining: dict[int, re.Match[bytes] | None] = {}

    @property
    def text(self) -> bytes:
        """Return the file with its comments and strings blanked."""
        if self._text is None:
            self._text = _HIDDEN.sub(lambda hidden: blank(hidden[0]), self.data)
        return self._text

    @property
    def conditions(self) -> Conditions:
        """Return the `#if` nest of the file."""
        if self._conditions is None and self._text is None and (plain := self._plain_directives()) is not None:
            self._conditions = read_conditions(self.data, self.lines, directives=plain)
        if self._conditions is None:
            spans = tuple(found.span() for found in _DIRECTIVE.finditer(self.text))
            # A comment that begins in a preprocessor line may carry it on to the next.
            starts = [start for start, _ in spans]
            open_comment = any(
                (place := bisect_right(starts, at) - 1) >= 0 and at < spans[place][1]
                and self.data.find(b"*/", at, spans[place][1]) < 0 for at in self._comments())
            self._conditions = read_conditions(self.data, self.lines, directives=None if open_comment else spans)
        return self._conditions

    def _comments(self) -> list[int]:
        """Return where a comment may begin."""
        if self._opened is None:
            self._opened = [found.start() for found in _COMMENT.finditer(self.data)]
        return self._opened

    def _plain_directives(self) -> tuple[tuple[int, int], ...] | None:
        """Return the spans of the preprocessor lines where no comment and no text is in doubt, so that none is blanked;
        None where a comment or a text may end one of them elsewhere."""
        data, spans = self.data, []
        for found in _DIRECTIVE.finditer(data):
            line = found[0]
            if (b"\\" in line and any(mark in line for mark in (b"/*", b"//", b'"', b"'"))) \
                    or line.rfind(b"/*") > line.rfind(b"*/"):
                return None
            if not self._is_open_at(found.start()) or self.text[found.end() - len(line.lstrip())] == _HASH:
                spans.append(found.span())
        return tuple(spans)

    def sightings(self, name: str, *, makers: Collection[str] = ()) -> tuple[Sighting, ...]:
        """Return every place that defines, declares or exports `name`, by line. `makers` are macros known to define
        the function that is their first argument, besides those that the file itself shows to do so."""
        out = []
        for start in places_of(name.encode(), self.text, joined_by=b"$"):
            seen = self._sighting(name, start, start + len(name.encode()), makers)
            if seen is not None:
                out.append(seen)
        return tuple(out)

    def defines(self, name: str) -> tuple[Cond, ...]:
        """Return the conditions of the lines that `#define` the name."""
        return tuple(self.conditions.at_offset(found.start()) for found in _DEFINE.finditer(self.text)
                     if found[1].decode() == name)

    def events(self) -> tuple[Event, ...]:
        """Return the includes, definitions and undefinitions of the file in order."""
        if self._events is None:
            self._events = tuple(self._each_event())
            self._text = None  # of most files that are included nothing else is asked
        return self._events

    def includes(self) -> tuple[tuple[str, bool], ...]:
        """Return the name of each include of the file in order, whatever its condition, and whether it is quoted."""
        if self._includes is None:
            self._includes = tuple((found[0], found[1]) for hit in _INCLUDE.finditer(self.data)
                                   if self._is_code(hit) and (found := _target(hit)) is not None)
        return self._includes

    def _is_code(self, hit: re.Match[bytes]) -> bool:
        """Return whether a directive stands in no comment or string; where that is plain, nothing is blanked for it."""
        if self._text is not None or self._is_open_at(hit.start()):
            return self.text[hit.start(1):hit.end(1)] == hit[1]
        return True

    def _is_open_at(self, start: int) -> bool:
        """Return whether a comment or a continued line may go on at the start of this line."""
        data, comments = self.data, self._comments()
        before = bisect_right(comments, start - 2)
        opened = comments[before - 1] if before else -1
        return data[max(0, start - 3):start].rstrip(b"\r\n").endswith(b"\\") or (
            opened >= 0 and data.find(b"*/", opened + 2, start) < 0)

    def macros_asked(self) -> frozenset[str]:
        """Return the names that the file's `#if` lines ask `defined()` about."""
        if self._asked is None:
            self._asked = frozenset(name[8:-1] for event in self.events() for name in event.condition.variables()
                                    if name.startswith("defined("))
        return self._asked

    def _each_event(self) -> Iterator[Event]:
        at_offset = self.conditions.at_offset
        for found in _EVENT.finditer(self.data):
            kind = found[1]
            if kind not in _NAMING:
                yield from self._asks(found)
                continue
            # A directive inside a comment is blank in the text.
            if not self._is_code(found):
                continue
            condition = at_offset(found.start())
            if kind == b"include":
                target = _target(found)
                if target:
                    yield Event(kind="include", name=target[0], condition=condition, quoted=target[1])
                continue
            name = _NAMED.match(found[2].decode("latin-1").strip())
            if name:
                yield Event(kind="define" if kind == b"define" else "undef", name=name[0], condition=condition)

    def _asks(self, found: re.Match[bytes]) -> Iterator[Event]:
        after = self.data.find(b"\n", found.end())
        if after < 0 or not self._is_code(found):
            return
        condition = self.conditions.at_offset(after + 1)
        if any(name.startswith("defined(") for name in condition.variables()):
            yield Event(kind="ask", name="", condition=condition)

    def macros(self) -> dict[str, str]:
        """Return the bodies of the file's macros by name, blanks squashed; of several the last."""
        return {found[1].decode(): squash_c(found[3]) for found in _DEFINE.finditer(self.text)}

    def _directive(self, offset: int) -> tuple[int, int] | None:
        """Return where the preprocessor line around the offset starts and ends, its continuation lines included."""
        text, known = self.text, self._directives
        starts = [text.rfind(b"\n", 0, offset) + 1]
        while starts[-1] not in known and starts[-1] \
                and text[max(0, starts[-1] - 3):starts[-1]].endswith((b"\\\n", b"\\\r\n")):
            starts.append(text.rfind(b"\n", 0, starts[-1] - 1) + 1)
        found = known.get(starts[-1])
        for start in reversed(starts):
            if found is None and start not in known:
                hit = _DIRECTIVE.match(text, start)
                found = hit.span() if hit else None
            known[start] = found
        return found

    def continues_directive(self, start: int) -> bool:
        """Return whether the line that starts here goes on with a preprocessor line before it."""
        text, known = self.text, self._continued
        starts = [start]
        while starts[-1] not in known and starts[-1] >= 2 and text[starts[-1] - 2:starts[-1] - 1] == b"\\":
            starts.append(text.rfind(b"\n", 0, starts[-1] - 1) + 1)
        found = known.setdefault(starts.pop(), False)
        for after in reversed(starts):
            before = text.rfind(b"\n", 0, after - 1) + 1
            found = known[after] = found or re.match(rb"[ \t]*#", text[before:before + 40]) is not None
        return found

    def _sighting(self, name: str, start: int, end: int, makers: Collection[str]) -> Sighting | None:
        directive = self._directive(start)
        if directive:
            return self._macro(name, start, directive)
        if self.path.endswith(".S"):
            return self._assembly(start)
        if self._depth(start):
            return None
        head = self._head(start)
        if _EXPORT.search(head):
            return self._made(start, "export", gpl=b"_GPL" in head)
        maker = re.search(rb"(\w+)\s*\(\s*$", head)
        if maker:
            return self._by_macro(maker[1].decode(), start, makers)
        return self._function(start, end, head)

    def _made(self, start: int, kind: Kind, **more: object) -> Sighting:
        return Sighting(file=self.path, line=self.lines.line(start), kind=kind,
                        condition=self.conditions.at_offset(start), **more)  # type: ignore[arg-type]

    def _depth(self, offset: int) -> int:
        """Return how many braces are open at the offset, counted from the last `}` in the first column."""
        begin = self.text.rfind(b"\n}", 0, offset)
        begin = begin + 2 if begin >= 0 else 0
        code = _DIRECTIVE.sub(b"", self.text[begin:offset])
        # `extern "C" {` and namespaces of macros do not occur in the kernel.
        return max(0, code.count(b"{") - code.count(b"}"))

    def _head(self, start: int) -> bytes:
        """Return what stands between the end of the last declaration, body or directive and the name."""
        begin = max(0, start - _LONGEST_HEAD)
        text = _DIRECTIVE.sub(lambda hit: blank(hit[0], by=b";"), self.text[begin:start])
        cut = max(text.rfind(b";"), text.rfind(b"}"))
        return text[cut + 1:]

    def _macro(self, name: str, start: int, directive: tuple[int, int]) -> Sighting | None:
        if directive[0] not in self._defining:
            self._defining[directive[0]] = _DEFINE.match(self.text, directive[0])
        found = self._defining[directive[0]]
        if not found or found.start(1) != start:
            return None
        body = squash_c(found[3])
        constant = _CONSTANT_MACRO.match(body)
        return self._made(start, "macro", marker=body == name, stub=constant is not None and body != name,
                          value=(constant["value"] or constant["last"] or "") if constant else "",
                          calls=_calls(found[3]), gives=body)

    def _assembly(self, start: int) -> Sighting | None:
        line = self.text[self.text.rfind(b"\n", 0, start) + 1:start]
        if b"EXPORT_SYMBOL" in line:
            return self._made(start, "export", gpl=b"_GPL" in line)
        follows = self.text[start:self.text.find(b"\n", start)]
        if _ASSEMBLY.search(line) and (b"(" in line or re.match(rb"\w+:", follows)):
            return self._made(start, "function")
        return None

    def _by_macro(self, maker: str, start: int, makers: Collection[str]) -> Sighting | None:
        body = self.macros().get(maker)
        if maker not in makers and not (body and "{" in body and ("inline" in body or "##" in body or "(" in body)):
            return None
        if body is not None and "{" not in body:
            return None
        inline = body is None or "inline" in body
        return self._made(start, "inline" if inline and self.path.endswith(".h") else "function", made_by=maker,
                          static=body is not None and "static" in body.split(), returns=_type_in_macro(body or ""))

    def _function(self, start: int, end: int, head: bytes) -> Sighting | None:
        opening = self.text.find(b"(", end)
        if opening < 0 or self.text[end:opening].strip() or not re.search(rb"\w[\s*]*$", head):
            return None
        closing = _closing(self.text, opening)
        if closing < 0:
            return None
        after = _ATTRIBUTES.match(self.text, closing + 1)
        position = after.end() if after else closing + 1
        following = self.text[position:position + 1]
        words = head.decode("latin-1").split()
        if not words or words[0] in {"return", "typedef", "else", "goto"} or "=" in words:
            return None
        prefix = " ".join(words)
        more = {"returns": " ".join(_STORAGE.sub(" ", prefix).replace("*", " * ").split()), "weak": "__weak" in words}
        if following == b"{":
            body_end = _closing(self.text, position)
            body = self.text[position + 1:body_end] if body_end > 0 else b""
            plain = squash_c(_DIRECTIVE.sub(b"", body))
            constant = _CONSTANT_BODY.match(plain) if body_end > 0 else None
            inline = "inline" in prefix
            static = "static" in words
            return self._made(start, "inline" if inline and self.path.endswith(".h") else "function", static=static,
                              stub=constant is not None, value=_bare(constant["value"]) if constant else "",
                              calls=_calls(body), plain=not _WRITES.search(body),
                              gives=given_by(plain) if b"#" not in body else "", **more)
        if following in {b";", b","} and not self.text[closing + 1:position].strip().startswith(b"="):
            return self._made(start, "declaration", static="static" in words, **more)
        return None


def _target(hit: re.Match[bytes]) -> tuple[str, bool] | None:
    """Return the name that an include gives and whether it is quoted, None where a macro gives it."""
    target = _INCLUDED.match(hit[2].decode("latin-1").strip())
    return (target["system"] or target["quoted"], target["quoted"] is not None) if target else None


def _bare(value: str | None) -> str:
    return "".join((value or "").strip("() \t").split())


def _closing(text: bytes, opening: int) -> int:
    """Return the offset of the bracket that closes the one at `opening`, -1 when there is none near."""
    opens = text[opening:opening + 1]
    closes = b")" if opens == b"(" else b"}"
    if opens == b"{":
        # A body ends at the first `}` in the first column, unless it closes on the way.
        limit = text.find(b"\n}", opening)
        limit = limit + 2 if limit >= 0 else len(text)
    else:
        limit = opening + 4000
    depth = 0
    for found in re.compile(rb"[(){}]").finditer(text, opening, min(limit, opening + _LONGEST_BODY)):
        if found[0] == opens:
            depth += 1
        elif found[0] == closes:
            depth -= 1
            if depth == 0:
                return found.start()
    return limit - 1 if opens == b"{" and limit < len(text) else -1


def _calls(body: bytes) -> tuple[str, ...]:
    found = {name for name, offset in identifiers(body)
             if name not in KEYWORDS and body[offset + len(name):offset + len(name) + 8].lstrip()[:1] == b"("}
    return tuple(sorted(found))


def _type_in_macro(body: str) -> str:
    found = re.search(r"((?:\w+[ *]+)+)\w+ ?\(", body)
    return " ".join(_STORAGE.sub(" ", found[1]).split()) if found else ""
