"""C written otherwise: each function here returns a file that means the same, and changes only what is certain.

All decisions rest on the words of the file itself, so that what a patch leaves alone is rewritten alike before and
after it. Functions with preprocessor lines inside are left alone where order or names matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from reviewbot.cfacts.headers import parameter_name
from reviewbot.cfacts.lexer import COMMENT, KEYWORDS, Token, tokens
from reviewbot.cfacts.split import Piece, split_file

__all__ = ["MARK", "REWRITINGS", "Rewriting", "unsteady"]

MARK = "zz_"
"""What stands before a renamed local; nothing in a kernel begins with it."""

Rewriting = Callable[[bytes, frozenset[str]], bytes]
"""A file's text and the names of the family to the same file written otherwise."""

Edit = tuple[int, int, str]

_TYPES = frozenset({"int", "unsigned", "signed", "long", "short", "char", "void", "bool", "struct", "union", "enum",
                    "const", "size_t", "ssize_t", "u8", "u16", "u32", "u64", "s32", "s64", "phys_addr_t", "pgprot_t",
                    "static", "volatile"})
# Their arguments name members or types, which look like locals.
_NAMING = re.compile(r"container_of|offsetof|_entry|typeof|sizeof_field|field|member|DEFINE|DECLARE|rb_|llist|asm")
_COMMENT = re.compile(COMMENT, re.DOTALL)


def _apply(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the text with the edits (start, end, replacement), which do not overlap."""
    pieces: list[bytes] = []
    at = 0
    for start, end, text in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        assert start >= at, "edits overlap"
        pieces += [data[at:start], text.encode("latin-1")]
        at = end
    return b"".join([*pieces, data[at:]])


def _functions(data: bytes) -> Iterator[tuple[Piece, tuple[Token, ...]]]:
    """Yield each whole function of the file with the tokens of its body, braces included."""
    layout = split_file(data)
    if not layout.balanced:
        return
    for piece in layout.pieces:
        if piece.header.name and not piece.tail_cut:
            yield piece, tokens(data, start=piece.body, end=piece.end)


def _plain(words: Sequence[Token]) -> bool:
    return not any(word.kind == "directive" for word in words)


def _closing(words: Sequence[Token], at: int) -> int:
    """Return the index of the bracket that closes the one at `at`, -1 when there is none."""
    depth = 0
    for index in range(at, len(words)):
        text = words[index].text
        depth += (text in "([{" and words[index].kind == "punct") - (text in ")]}" and words[index].kind == "punct")
        if depth == 0:
            return index
    return -1


def commented(data: bytes, names: frozenset[str]) -> bytes:
    """Return the file with a blank line and a comment above every statement that begins a line."""
    del names
    edits: list[Edit] = []
    for _, words in _functions(data):
        depth = 0
        for before, word in pairwise(words):
            if before.kind == "punct":
                depth += (before.text in "([") - (before.text in ")]")
            gap = data[before.end:word.offset]
            if (before.text in {";", "{", "}"} and depth == 0 and b"\n" in gap and not gap.strip()
                    and word.kind != "directive" and word.text not in {"else", "while", "}"}):
                line = data.rfind(b"\n", 0, word.offset) + 1
                indent = data[line:word.offset].decode("latin-1")
                edits.append((line, line, f"\n{indent}/* as it was */\n"))
    return _apply(data, edits)


def reindented(data: bytes, names: frozenset[str]) -> bytes:
    """Return the file with four blanks for each tab that indents a statement."""
    del names
    frozen: set[int] = set()  # offsets of line starts inside comments and preprocessor lines
    edits: list[Edit] = []
    for piece, words in _functions(data):
        spans = [(word.offset, word.end) for word in words if word.kind in {"directive", "string"}]
        spans += [found.span() for found in _COMMENT.finditer(data, piece.body, piece.end)]
        for start, end in spans:
            at = data.find(b"\n", start, end)
            while at >= 0:
                frozen.add(at + 1)
                at = data.find(b"\n", at + 1, end)
        for found in re.finditer(rb"(?<=\n)\t+", data[piece.body:piece.end]):
            start = piece.body + found.start()
            if start not in frozen:
                edits.append((start, piece.body + found.end(), "    " * len(found.group())))
    return _apply(data, edits)


def bracketed(data: bytes, names: frozenset[str]) -> bytes:
    """Return the file with each argument of a call of the family in brackets of its own, and blanks around it."""
    edits: list[Edit] = []
    for _, words in _functions(data):
        for at, word in enumerate(words[:-1]):
            if word.kind != "name" or word.text not in names or words[at + 1].text != "(":
                continue
            if words[at - 1].kind == "name" and words[at - 1].text not in {"return", "else", "case"}:
                continue  # a declaration
            closing = _closing(words, at + 1)
            for first, last in _arguments(words, at + 2, closing):
                if words[first].text in _TYPES or any(one.kind == "directive" for one in words[first:last + 1]):
                    continue
                edits += [(words[first].offset, words[first].offset, " ("), (words[last].end, words[last].end, ")")]
    return _apply(data, edits)


def _arguments(words: Sequence[Token], at: int, closing: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each argument between an opening and its closing bracket."""
    first = at
    while at < closing:
        if words[at].text in {"(", "[", "{"} and words[at].kind == "punct":
            at = _closing(words, at)
            if at < 0:
                return
        elif words[at].text == "," and words[at].kind == "punct":
            if at > first:
                yield first, at - 1
            first = at + 1
        at += 1
    if closing > first:
        yield first, closing - 1


def renamed(data: bytes, names: frozenset[str]) -> bytes:
    """Return the file with the parameters and plain locals of its functions renamed, but for those of these names."""
    edits: list[Edit] = []
    for piece, words in _functions(data):
        head = tokens(data, start=piece.header.start, end=piece.body)
        opening = next((index for index, word in enumerate(head) if word.text == piece.header.name), -1)
        locals_ = _locals(piece, words, head) - names
        if opening < 0:
            continue
        for index, word in enumerate(head):
            behind = head[index + 1].text if index + 1 < len(head) else ""
            if index > opening and word.kind == "name" and word.text in locals_ and behind in {",", ")", "["}:
                edits.append((word.offset, word.offset, MARK))
        for index, word in enumerate(words):
            if word.kind == "name" and word.text in locals_ and words[index - 1].text not in {".", "->"}:
                edits.append((word.offset, word.offset, MARK))
    return _apply(data, edits)


def _locals(piece: Piece, words: Sequence[Token], head: Sequence[Token]) -> frozenset[str]:
    """Return the parameters and locals of a function that can be renamed with certainty."""
    if any(word.kind == "name" and _NAMING.search(word.text) for word in words) or not _plain(head):
        return frozenset()
    tested = " ".join(word.text for word in words if word.kind == "directive")
    found = {name for text in piece.header.parameters if (name := parameter_name(text))} | _declared(words)
    return frozenset(name for name in found if name not in KEYWORDS
                     and not re.search(rf"\b{name}\b", tested) and _is_plain_local(words, name))


def unsteady(versions: Sequence[bytes]) -> frozenset[str]:
    """Return the names that can be renamed in a function of one version of a file and not in it of another.

    To rename them would make a change of lines that the patch leaves alone.
    """
    sure: dict[str, set[str]] = {}
    unsure: dict[str, set[str]] = {}
    for data in versions:
        for piece, words in _functions(data):
            found = _locals(piece, words, tokens(data, start=piece.header.start, end=piece.body))
            used = {word.text for word in words if word.kind == "name"}
            sure.setdefault(piece.header.name, set()).update(found)
            unsure.setdefault(piece.header.name, set()).update(used - found)
    return frozenset(name for function, found in sure.items() for name in found & unsure[function])


def _declared(words: Sequence[Token]) -> set[str]:
    """Return the names that plain declarations of one name in the body give."""
    found = set()
    for at in range(1, len(words) - 2):
        if words[at - 1].text not in {"{", ";"} or words[at].text not in _TYPES or words[at].text == "static":
            continue
        end = at
        while end < len(words) and (words[end].kind == "name" or words[end].text == "*"):
            end += 1
        if end < len(words) and end - at > 1 and words[end].text in {";", "="} and words[end - 1].kind == "name":
            found.add(words[end - 1].text)
    return found


def _is_plain_local(words: Sequence[Token], name: str) -> bool:
    """Return whether every use of the name in the body is one of a variable: no label, member, tag or call."""
    for index, word in enumerate(words):
        if word.kind != "name" or word.text != name:
            continue
        before, behind = words[index - 1].text, words[index + 1].text if index + 1 < len(words) else ""
        if before in {"struct", "union", "enum", "goto"} or behind in {":", "("}:
            return False
        if before == "." and words[index - 2].text in {"{", ","}:
            return False
    return True


def negated(data: bytes, names: frozenset[str]) -> bytes:
    """Return the file with `a && b` as `!(!(a) || !(b))`, the same for `||`, and `#ifdef CONFIG_X` as `#if defined`."""
    del names
    edits: list[Edit] = []
    for _, words in _functions(data):
        for at, word in enumerate(words[:-1]):
            if word.text != "if" or word.kind != "name" or words[at + 1].text != "(":
                continue
            closing = _closing(words, at + 1)
            marks = _operators(words, at + 2, closing)
            if marks and _plain(words[at:closing]):
                other = "||" if words[marks[0]].text == "&&" else "&&"
                edits.append((words[at + 2].offset, words[at + 2].offset, "!(!("))
                edits += [(words[mark].offset, words[mark].end, f") {other} !(") for mark in marks]
                edits.append((words[closing].offset, words[closing].offset, "))"))
    text = _apply(data, edits)
    text = re.sub(rb"(?m)^#ifdef (CONFIG_\w+)[ \t]*$", rb"#if defined(\1)", text)
    return re.sub(rb"(?m)^#ifndef (CONFIG_\w+)[ \t]*$", rb"#if !defined(\1)", text)


def _operators(words: Sequence[Token], first: int, closing: int) -> list[int]:
    """Return where the only logical operator of a condition stands at its top, empty when there are two or none."""
    marks, at = [], first
    while 0 <= at < closing:
        if words[at].text in {"(", "[", "{"} and words[at].kind == "punct":
            at = _closing(words, at)
            if at < 0:
                return []
        elif words[at].text in {"?", ",", "="}:
            return []
        elif words[at].text in {"&&", "||"}:
            marks.append(at)
        at += 1
    return marks if len({words[mark].text for mark in marks}) == 1 else []


def swapped(data: bytes, names: frozenset[str]) -> bytes:
    """Return the file with `if (c) { a } else { b }` as `if (!(c)) { b } else { a }`, and the first early `return` of a
    void function as a nest around what follows."""
    del names
    edits: list[Edit] = []
    for piece, words in _functions(data):
        if not _plain(words):
            continue
        done, nested = -1, False
        for at, word in enumerate(words):
            if at <= done or word.kind != "name" or word.text != "if" or words[at + 1].text != "(":
                continue
            condition = _closing(words, at + 1)
            if words[condition + 1].text == "{":
                first = _closing(words, condition + 1)
                if words[first + 1].text == "else" and words[first + 2].text == "{":
                    second = _closing(words, first + 2)
                    one = data[words[condition + 1].offset:words[first].end].decode("latin-1")
                    other = data[words[first + 2].offset:words[second].end].decode("latin-1")
                    edits += [*_negation(words, at, condition),
                              (words[condition + 1].offset, words[first].end, other),
                              (words[first + 2].offset, words[second].end, one)]
                    done = second
            elif piece.header.returns == "void" and not nested and _depth(words, at) == 1:
                leaving, mark = words[condition + 1], words[condition + 2]
                rest = words[condition + 3:-1]
                if leaving.text == "return" and mark.text == ";" and rest and _nests(words[at - 1], rest):
                    end = words[-1].offset
                    edits += [*_negation(words, at, condition), (leaving.offset, mark.end, "{"), (end, end, "}\n")]
                    nested = True
    return _apply(data, edits)


def _nests(before: Token, rest: Sequence[Token]) -> bool:
    return (before.text in {";", "{", "}"} and not any(word.text in {"case", "default"} for word in rest)
            and not any(word.text == ":" for word in rest))


def _negation(words: Sequence[Token], at: int, closing: int) -> list[Edit]:
    start, end = words[at + 2].offset, words[closing].offset
    return [(start, start, "!("), (end, end, ")")]


def _depth(words: Sequence[Token], at: int) -> int:
    return sum((word.text == "{") - (word.text == "}") for word in words[:at] if word.kind == "punct")


def laid_out(data: bytes, names: frozenset[str]) -> bytes:
    """Return the file commented and reindented."""
    return reindented(commented(data, names), names)


REWRITINGS: dict[str, Rewriting] = {
    "arguments": bracketed, "names": renamed, "layout": laid_out, "conditions": negated, "arms": swapped}
