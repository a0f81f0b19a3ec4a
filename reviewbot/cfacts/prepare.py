"""One function body made fit for a grammar of plain C, in place: every offset stays true.

The arms of `#if` inside a body give variants: each arm stands in at least one of them, arms under the same condition
together. In each variant comments and directives are blanks; iteration macros become `while`, blocks behind other
macros run once or more, annotations and assembler are blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from reviewbot.cfacts.conditions import Conditions
from reviewbot.cfacts.headers import ANNOTATIONS
from reviewbot.cfacts.lexer import CHAR, COMMENT, DIRECTIVE, KEYWORDS, STRING, Token, blank, tokens
from reviewbot.cfacts.split import Piece
from reviewbot.errors import BudgetError
from reviewbot.logic import FALSE, And, Cond
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["REST", "UNKNOWN", "Prepared", "prepare_body", "prepare_text", "variants"]

REST = "__rest_of_function"
"""The call that stands for the lines of a function that a fragment does not show."""

UNKNOWN = "__unseen"
"""The condition of a block whose head a fragment does not show."""

_HEAD = b"void f()"
_MOST_VARIANTS = 12
_MOST_ARMS = 400
_SILENT = regex(COMMENT + rb"|(?P<keep>" + STRING + rb"|" + CHAR + rb")|" + DIRECTIVE, re.DOTALL)
_LOOP = regex(r"\w*(for_?each|FOR_?EACH|_each_|list_for)\w*|for_\w+|do_each\w*|while_\w+")
_ONCE = regex(r"scoped_\w+|with_\w+|class_\w+|CLASS\w*|if_\w+")
_ASM = frozenset({"asm", "__asm__", "__asm", "asm_inline", "asm_volatile_goto", "asm_goto_output"})
_PLAIN_TYPES = frozenset({"unsigned", "signed", "long", "short", "int", "char", "void", "const"})
_TYPEOF = frozenset({"typeof", "__typeof__", "__typeof", "__auto_type", "typeof_unqual"})
_NOT_CALLED = KEYWORDS | {"sizeof", "__alignof__", "offsetof", "_Alignof"}


@dataclass(slots=True, kw_only=True)
class Prepared:
    """A body as text for the parser. `base` is added to an offset in `text` to give the offset in the file.

    `loops`, `once` and `unknown` are file offsets of macros that were turned into `while`; `jumps` those of computed
    gotos; `cleanups` maps the offset of a variable's name to the clean-up it declares.
    """

    text: bytes
    base: int
    loops: set[int] = field(default_factory=set)
    once: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    jumps: set[int] = field(default_factory=set)
    cleanups: dict[int, str] = field(default_factory=dict)


def variants(conditions: Conditions, piece: Piece) -> Iterator[tuple[tuple[tuple[int, int], ...], Cond, bool]]:
    """Yield for each variant of a body the spans left out, its condition, and whether more variants were cut off.

    Each arm of each `#if` in the body stands in at least one variant, at most 12 variants in all. Raises BudgetError
    past 400 arms.
    """
    arms = [index for index, arm in enumerate(conditions.arms)
            if arm.directive < piece.end and arm.end > piece.body]
    inside = [index for index in arms if conditions.arms[index].directive >= piece.body]
    outer = [index for index in arms if index not in inside]
    stuck = {conditions.arms[index].group for index in outer}
    chosen_all: list[tuple[frozenset[int], Cond]] = []
    groups: dict[int, list[int]] = {}
    for index in inside:
        if conditions.arms[index].group not in stuck:
            groups.setdefault(conditions.arms[index].group, []).append(index)
    wanted = [index for members in groups.values() for index in members]
    if len(wanted) > _MOST_ARMS:
        raise BudgetError(f"a function with {len(wanted)} #if arms")
    seen: set[frozenset[int]] = set()
    for target in wanted or [-1]:
        if len(chosen_all) > _MOST_VARIANTS:
            break
        if any(target in chosen for chosen, _ in chosen_all):
            continue
        chosen, condition = _choose(conditions, groups, target)
        if condition != FALSE and chosen not in seen:
            seen.add(chosen)
            chosen_all.append((chosen, condition))
    more = len(chosen_all) > _MOST_VARIANTS
    for chosen, condition in chosen_all[:_MOST_VARIANTS]:
        left_out = tuple((conditions.arms[index].start, conditions.arms[index].end) for index in inside
                         if index not in chosen)
        yield left_out, condition, more


def _choose(conditions: Conditions, groups: dict[int, list[int]], target: int) -> tuple[frozenset[int], Cond]:
    """Return one arm of each group, `target` and the arms around it among them, without contradiction if possible."""
    fixed: set[int] = set()
    arm = target
    while arm >= 0:
        fixed.add(arm)
        arm = conditions.arms[arm].parent
    condition = And(*(conditions.arms[index].condition for index in sorted(fixed)))
    chosen = set(fixed)
    members_all = {index for members in groups.values() for index in members}
    for members in groups.values():
        parent = conditions.arms[members[0]].parent
        taken = [index for index in members if index in fixed]
        if taken or (parent in members_all and parent not in chosen):
            continue
        for index in members:
            joined = And(condition, conditions.arms[index].condition)
            if joined != FALSE:
                condition = joined
                chosen.add(index)
                break
    return frozenset(chosen), condition


def prepare_body(data: bytes, piece: Piece, left_out: tuple[tuple[int, int], ...]) -> Prepared:
    """Return the body of a function, without the spans `left_out`, as text for the parser."""
    body = bytearray(_quiet(data, piece.body, piece.end))
    for first, last in left_out:
        start, end = max(first, piece.body) - piece.body, min(last, piece.end) - piece.body
        if start < end:
            body[start:end] = blank(bytes(body[start:end]))
    if piece.head_cut:
        _drop_torn_start(body)
    depth, lowest, brackets = _balance(bytes(body))
    opened = -lowest if lowest < 0 else 0
    prefix = _HEAD
    if piece.head_cut:
        own = 1 if not piece.tail_cut else 0  # the last unmatched brace closes the function itself
        prefix += b"{" + f"if({UNKNOWN}){{".encode() * (opened - own)
        depth += opened
        opened_now = depth + (1 - own)
    else:
        opened_now = depth
    suffix = b""
    if opened_now > 0 or piece.tail_cut:
        suffix = b")" * max(0, brackets) + f"\n;{REST}();".encode() + b"}" * max(1, opened_now)
    prepared = Prepared(text=b"", base=piece.body - len(prefix))
    _normalise(body, prepared, piece.body)
    prepared.text = prefix + bytes(body) + suffix
    return prepared


def prepare_text(text: bytes, base: int, *, expression: bool) -> Prepared:
    """Return a macro's body, which starts at offset `base`, as the body of a function that returns its value."""
    prefix = _HEAD + (b"{return " if expression else b"{")
    body = bytearray(_quiet(text, 0, len(text)).replace(b"\\\n", b" \n").replace(b"\\\r", b" \r"))
    prepared = Prepared(text=b"", base=base - len(prefix))
    _normalise(body, prepared, base)
    prepared.text = prefix + bytes(body) + b"\n;}"
    return prepared


def _quiet(data: bytes, start: int, end: int) -> bytes:
    """Return a stretch with comments and directives as blanks."""
    pieces: list[bytes] = []
    position = start
    for found in _SILENT.finditer(data, start, end):
        if found.lastgroup != "keep":
            pieces.append(data[position:found.start()])
            pieces.append(blank(found.group()))
            position = found.end()
    pieces.append(data[position:end])
    return b"".join(pieces)


_BRACKETS = regex(STRING + rb"|" + CHAR + rb"|[(){}]", re.DOTALL)


def _balance(text: bytes) -> tuple[int, int, int]:
    """Return the brace depth at the end, the lowest depth on the way, and the open round brackets at the end."""
    depth = lowest = brackets = 0
    for found in _BRACKETS.finditer(text):
        match found.group():
            case b"{":
                depth += 1
                brackets = 0
            case b"}":
                depth -= 1
                lowest = min(lowest, depth)
                brackets = 0
            case b"(":
                brackets += 1
            case b")":
                brackets -= 1
    return depth, lowest, brackets


def _drop_torn_start(body: bytearray) -> None:
    """Blank the end of a statement whose start is not in sight, and an `else` without its `if`."""
    level = 0
    for found in _BRACKETS.finditer(bytes(body)):
        if found.group() in {b"{", b"}"}:
            break
        level += 1 if found.group() == b"(" else -1 if found.group() == b")" else 0
        if level < 0:
            end = found.end()
            rest = re.match(rb"[\s;)]*", bytes(body[end:]))
            end += rest.end() if rest else 0
            body[:end] = blank(bytes(body[:end]))
            break
    lone = re.match(rb"\s*else\b", bytes(body))
    if lone:
        body[:lone.end()] = blank(bytes(body[:lone.end()]))


def _normalise(body: bytearray, prepared: Prepared, base: int) -> None:
    """Rewrite in `body`, which starts at file offset `base`, what plain C does not know."""
    words = tokens(bytes(body))
    closing = _matching(words)
    for index, word in enumerate(words):
        if word.kind != "name":
            continue
        following = words[index + 1].text if index + 1 < len(words) else ""
        if word.text in _ASM:
            _blank_asm(body, words, closing, index)
        elif word.text in _TYPEOF:
            end = words[closing[index + 1]].end if following == "(" and index + 1 in closing else word.end
            _put(body, word.offset, end, b"int")
        elif word.text == "case":
            _blank_range(body, words, index)
        elif word.text == "goto" and following == "*":
            prepared.jumps.add(base + word.offset)
            stop = next((w.offset for w in words[index + 1:] if w.text == ";"), word.end)
            _put(body, word.end, stop, b" U")
        elif word.text in {"struct", "union", "enum"}:
            _blank_type_argument(body, words, index)
        elif word.text in _PLAIN_TYPES:
            _blank_plain_type_argument(body, words, index)
        elif index + 2 < len(words) and words[index + 1].kind == "name" and words[index + 2].kind == "string":
            _put(body, word.offset, word.end, b"")  # KERN_INFO PREFIX "text"
        elif word.text.startswith("__") or word.text in ANNOTATIONS:
            _blank_annotation(body, prepared, words, closing, index, base)
        elif following == "(" and word.text not in _NOT_CALLED:
            _rewrite_block_macro(body, prepared, words, closing, index, base)


def _matching(words: tuple[Token, ...]) -> dict[int, int]:
    """Return the index of the `)` for the index of each `(`."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for index, word in enumerate(words):
        if word.text == "(":
            stack.append(index)
        elif word.text == ")" and stack:
            pairs[stack.pop()] = index
    return pairs


def _put(body: bytearray, start: int, end: int, text: bytes) -> None:
    room = end - start
    kept = blank(bytes(body[start:end]))
    body[start:end] = text + kept[len(text):] if room >= len(text) else kept


def _blank_asm(body: bytearray, words: tuple[Token, ...], closing: dict[int, int], index: int) -> None:
    at = index + 1
    while at < len(words) and words[at].kind == "name":
        at += 1
    end = words[closing[at]].end if at in closing else words[index].end
    _put(body, words[index].offset, end, b"")


def _blank_range(body: bytearray, words: tuple[Token, ...], index: int) -> None:
    """Turn `case A ... B:` into `case A:`."""
    for at in range(index + 1, min(index + 24, len(words))):
        if words[at].text == ":":
            return
        if words[at].text == "...":
            end = next((w.offset for w in words[at:at + 24] if w.text == ":"), words[at].end)
            _put(body, words[at].offset, end, b"")
            return


def _blank_type_argument(body: bytearray, words: tuple[Token, ...], index: int) -> None:
    """Turn the argument `struct foo *` of a macro into `foo`."""
    at = index + 2
    while at < len(words) and words[at].text == "*":
        at += 1
    if at >= len(words) or words[at].text not in {",", ")"} or index == 0 or at == index + 1:
        return
    if words[index - 1].text == "(":
        called = words[index - 2] if index > 1 else None
        if called is None or called.kind != "name" or called.text in _NOT_CALLED:
            return
    elif words[index - 1].text != ",":
        return
    _put(body, words[index].offset, words[index].end, b"")
    if at > index + 2:
        _put(body, words[index + 2].offset, words[at - 1].end, b"")


def _blank_plain_type_argument(body: bytearray, words: tuple[Token, ...], index: int) -> None:
    """Turn the argument `unsigned long *` of a macro into `0`."""
    called = index > 1 and words[index - 1].text == "(" and words[index - 2].kind == "name"
    if not (called and words[index - 2].text not in _NOT_CALLED) and (index == 0 or words[index - 1].text != ","):
        return
    at = index
    while at < len(words) and (words[at].text in _PLAIN_TYPES or words[at].text == "*"):
        at += 1
    if at < len(words) and words[at].text in {",", ")"}:
        _put(body, words[index].offset, words[at - 1].end, b"0")


def _blank_annotation(body: bytearray, prepared: Prepared, words: tuple[Token, ...],
                      closing: dict[int, int], index: int, base: int) -> None:
    """Blank an annotation of a declaration; note the clean-up that `__free(kfree)` and `__cleanup(f)` declare."""
    word = words[index]
    has_group = index + 1 in closing
    after = closing[index + 1] + 1 if has_group else index + 1
    following = words[after].text if after < len(words) else ""
    previous = words[index - 1] if index else None
    known = word.text in ANNOTATIONS
    declares = previous is not None and (previous.kind == "name" or previous.text in {"*", "]"}) \
        and previous.text not in KEYWORDS
    if known and (declares or not has_group or word.text in {"__attribute__", "__attribute"}):
        pass
    elif not (declares and following in {"=", ";", ","} and word.text.startswith("__")):
        if has_group:
            _rewrite_block_macro(body, prepared, words, closing, index, base)
        return
    if not has_group and not known and following not in {"=", ";", ","}:
        return
    if word.text in {"__free", "__cleanup"} and has_group and previous is not None:
        inner = " ".join(w.text for w in words[index + 2:closing[index + 1]])
        prepared.cleanups[base + previous.offset] = inner
    argument_group = has_group and (known or following in {"=", ";", ","})
    takes_group = argument_group and not (known and word.text in {"__user", "__iomem", "__force", "__percpu", "__rcu"})
    end = words[closing[index + 1]].end if takes_group else word.end
    _put(body, word.offset, end, b"")


def _rewrite_block_macro(body: bytearray, prepared: Prepared, words: tuple[Token, ...],
                         closing: dict[int, int], index: int, base: int) -> None:
    """Turn `for_each_x(...) {` and its like into `while`, and end a macro that stands on its line without `;`."""
    word = words[index]
    if index + 1 not in closing:
        return
    previous = words[index - 1].text if index else "{"
    if previous not in {";", "{", "}", ")", ":", "else", "do"}:
        return
    after = closing[index + 1] + 1
    while after in closing and words[after].text == "(":  # scoped_guard-like macros in two parts
        after = closing[after] + 1
    if after >= len(words):
        return
    following = words[after]
    loop = bool(_LOOP.fullmatch(word.text)) or word.text.startswith("scoped_")
    if following.text == "{" or (loop and following.text != ";"):
        if previous == ")" and not _ends_a_test(words, closing, index - 1) and following.text != "{":
            return
        if len(word.text) >= 5:
            _put(body, word.offset, word.end, b"while")
            found = prepared.once if _ONCE.fullmatch(word.text) else prepared.loops if loop else prepared.unknown
            found.add(base + word.offset)
        return
    stands_alone = following.kind == "name" and previous in {";", "{", "}"} and following.line > word.line
    if stands_alone and following.text not in {"else"} and body[words[after - 1].end:words[after - 1].end + 1] == b"\n":
        body[words[after - 1].end] = 0x3B  # the line's end becomes `;`


def _ends_a_test(words: tuple[Token, ...], closing: dict[int, int], index: int) -> bool:
    opening = next((a for a, b in closing.items() if b == index), -1)
    return opening > 0 and (words[opening - 1].text in {"if", "for", "while", "switch"}
                            or bool(_LOOP.fullmatch(words[opening - 1].text)))
