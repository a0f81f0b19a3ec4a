"""The lines that ask for a configuration: `#if` lines and IS_ENABLED() tests of C files, entries of Kconfig files."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterator, Sequence

from reviewbot.cfacts.conditions import Arm, Conditions, parse_c_condition, read_conditions
from reviewbot.cfacts.types import Call, FileFacts
from reviewbot.errors import UsageError
from reviewbot.kconfig.guards import of_options
from reviewbot.kconfig.lines import KconfigSaid, read_line
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Var, parse_condition
from reviewbot.patterns import regex
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["ENABLED", "Gate", "kconfig_gates", "option_gates", "preprocessor_gates"]

ENABLED = ("IS_BUILTIN", "IS_ENABLED", "IS_MODULE", "IS_REACHABLE")
"""The macros of include/linux/kconfig.h that ask for an option in C code."""

_IF = regex(r"[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b.*")
_REFUSES = regex(rb"\s*#[ \t]*(?:error|warning)\b")
_ASSERTS = regex(r"\b(?:\w*BUG_ON\w*|\w*WARN\w*|\w*static_assert|compiletime_assert\w*|ASSERT\w*)\b")
_SYMBOL = regex(r"CONFIG_\w+")
_HEADS = frozenset({"choice", "comment", "mainmenu", "menu", "source"})
_BLOCKS = frozenset({"if", "menu", "endif", "endmenu"})
_HELP = regex(r"[ \t]*(?:---)?help(?:---)?[ \t]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A line that lets something through under a condition.

    `holds` is when it does, `fails` when it does not, both as wide as can be; None where that way is not worth a
    question: an `#else` that only says #error asserts that the condition holds. `around` is what holds already where
    the line stands: the `#if` nest, the tests that come first, the entry's other dependencies. `function` is the C
    function of a test.
    """

    line: int
    text: str
    symbol: str
    around: Cond
    function: str = ""
    holds: Cond | None
    fails: Cond | None


# C files

_MOST_ARMS = 64
"""Arms before an `#elif` that are taken into account: without the others it only seems to be reached more often."""


def preprocessor_gates(data: bytes, lines: Collection[int]) -> Iterator[Gate]:
    """Yield the gates of those of the 1-based `lines` that are an `#if`, `#ifdef`, `#ifndef` or `#elif` on options."""
    conditions = read_conditions(data)
    text = data.decode("latin-1").splitlines()
    groups: dict[int, list[tuple[int, Arm]]] = {}
    for index, arm in enumerate(conditions.arms):
        groups.setdefault(arm.group, []).append((index, arm))
    for arms in groups.values():
        reached = _around(conditions, arms[0][1])
        for place, (_, arm) in enumerate(arms):
            around = reached
            if place < _MOST_ARMS:
                reached = And(reached, Not(arm.condition))
            number = conditions.lines.line(arm.directive)
            if number not in lines or number > len(text) or not _IF.fullmatch(text[number - 1]):
                continue
            if not arm.condition.variables() or "CONFIG_" not in _directive(text, number):
                continue
            last = place == len(arms) - 2
            yield Gate(
                line=number, text=text[number - 1],
                symbol=next(iter(_SYMBOL.findall(_directive(text, number))), ""),
                around=around,
                holds=None if _refuses(data, arm) else arm.condition,
                fails=None if last and _refuses(data, arms[place + 1][1]) else Not(arm.condition))


def _directive(text: Sequence[str], number: int) -> str:
    """Return a preprocessor line with the lines that continue it."""
    end = number
    while end < len(text) and text[end - 1].endswith("\\"):
        end += 1
    return " ".join(text[number - 1:end])


def _around(conditions: Conditions, arm: Arm) -> Cond:
    return conditions.of_arm(arm.parent) if arm.parent >= 0 else TRUE


def _refuses(data: bytes, arm: Arm) -> bool:
    """Return whether the arm only stops the compiler: then its condition is a claim, not a gate."""
    return _REFUSES.match(data[arm.start:arm.end]) is not None


def option_gates(facts: FileFacts, lines: Collection[int]) -> Iterator[Gate]:
    """Yield the IS_ENABLED()-like tests of options on those of the `lines`; `facts` must be about the names ENABLED.

    Assertions (`BUILD_BUG_ON(!IS_ENABLED(CONFIG_X))`) are none: they are meant to come out one way.
    """
    for call in facts.calls:
        if call.callee not in ENABLED or call.span.line not in lines or len(call.arguments) != 1 \
                or not _SYMBOL.fullmatch(call.arguments[0]) or _ASSERTS.search(call.statement):
            continue
        text = f"{call.callee}({call.arguments[0]})"
        own = parse_c_condition(text.encode())
        yield Gate(line=call.span.line, text=text, symbol=call.arguments[0], around=_before(call), holds=own,
                   fails=Not(own), function=call.function)


def _before(call: Call) -> Cond:
    """Return what holds when a test is made: its `#if` nest and the tests of options before it."""
    return And(call.path_condition, *(of_options(guard.condition) for guard in call.guards))


# Kconfig files

def kconfig_gates(data: bytes, lines: Collection[int]) -> Iterator[Gate]:
    """Yield the gates of those of the `lines` that are a `depends on`, `select` or `imply` of an entry.

    Symbols count as set when they are y or m. What stands around the `source` line of the file is not seen.
    """
    text, changed = decode(data).splitlines(), sorted(lines)
    entries = _entries(text) if changed else []
    starts = [entry.start for entry in entries]
    for number in changed:
        line = text[number - 1] if number <= len(text) else ""
        said = read_line(line)
        given = said.gives() if said is not None and said.indented else None
        depends = _asked(said)
        if depends is None and given is None:
            continue
        # Of two new lines that say the same only the second says nothing new.
        at = bisect_right(starts, number) - 1
        end = starts[at + 1] if at + 1 < len(starts) else len(text) + 1
        around = entries[at].around(frozenset(changed[bisect_left(changed, number):bisect_left(changed, end)]))
        name = entries[at].name
        if depends is not None:
            written = _parsed(depends)
            if written is not None:
                # `depends on X` limits an entry to m while X is m, so it is without effect only when X is y.
                whole = _parsed(depends, modules=False)
                yield Gate(line=number, text=line, symbol=line.rsplit(maxsplit=1)[-1], around=around, holds=written,
                           fails=Not(written if whole is None or And(around, Not(written)) == FALSE else whole)
                           if name else None)
        elif given is not None:
            target = _parsed(given[0])
            condition = _parsed(given[1]) if given[1] else TRUE
            if target is not None and condition is not None:
                entry = _parsed(name) if name else None
                yield Gate(line=number, text=line, symbol=given[0],
                           around=And(around, entry or TRUE), holds=And(target, condition),
                           fails=Not(condition) if condition != TRUE and name else None)


def _asked(said: KconfigSaid | None) -> str | None:
    """Return what a `depends on` asks for, None for any other line."""
    return said.rest if said is not None and said.word == "depends on" and said.indented else None


def _parsed(text: str, *, modules: bool = True) -> Cond | None:
    """Return a Kconfig expression as a condition in which a symbol may be y or m (without `modules`: y alone, m for a
    symbol behind a `!`); None when it compares texts or has a form of its own."""
    if not re.fullmatch(r"[A-Z0-9_&|!() \t]+", text):
        return None
    try:
        cond = parse_condition(text)
    except UsageError:
        return None
    return _with_modules(cond) if modules else _whole(cond)


def _with_modules(cond: Cond) -> Cond:
    return cond.replace(lambda name: Or(Var(name), Var(f"{name}_MODULE")))


def _whole(cond: Cond) -> Cond:
    """Return when an expression is y: `!X` is y where X is n."""
    match cond.op:
        case "not":
            return Not(_with_modules(cond.parts[0]))
        case "and":
            return And(*(_whole(part) for part in cond.parts))
        case "or":
            return Or(*(_whole(part) for part in cond.parts))
    return cond


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry or block of a Kconfig file from its first line on: `blocks` are the conditions of those around it, and
    `depends` what its own lines ask for, each with its line; a menu asks it of all that is in it."""

    start: int
    name: str
    menu: bool
    blocks: tuple[Cond, ...]
    depends: list[tuple[int, Cond]]

    def around(self, left_out: Container[int]) -> Cond:
        """Return what the blocks and the lines that are not left out ask for."""
        own = [written for line, written in self.depends if line not in left_out]
        return And(*_in_menu(self.blocks, own)) if self.menu else And(*self.blocks, *own)


def _in_menu(blocks: tuple[Cond, ...], asked: Sequence[Cond]) -> tuple[Cond, ...]:
    """Return the conditions of the blocks when the menu that is the innermost asks for more."""
    if not blocks:
        return tuple(asked)
    innermost = blocks[-1]
    for one in asked:
        innermost = And(innermost, one)
    return (*blocks[:-1], innermost)


def _entries(text: Sequence[str]) -> list[_Entry]:
    """Return the entries and blocks of a Kconfig file in order; the first stands for what is before all of them."""
    found = [_Entry(start=0, name="", menu=False, blocks=(), depends=[])]
    help_indent = -1
    for place, line in enumerate(text, 1):
        stripped = line.strip()
        spread = line.expandtabs()
        indent = len(spread) - len(spread.lstrip())
        if help_indent >= 0 and (not stripped or indent > help_indent):
            continue
        help_indent = indent if _HELP.fullmatch(line) else -1
        said = read_line(line)
        block = said.word if said is not None and said.word in _BLOCKS and (said.word != "if" or said.rest) else ""
        if said is not None and (block or said.word in _HEADS or said.is_entry):
            last = found[-1]
            asked = [written for _, written in last.depends] if last.menu and last.blocks else []
            blocks = _in_menu(last.blocks, asked) if asked else last.blocks
            if block in {"endif", "endmenu"}:
                blocks = blocks[:-1]
            elif block:
                blocks = (*blocks, _parsed(said.rest) or TRUE if block == "if" else TRUE)
            name = re.match(r"\w+", said.rest) if said.is_entry else None
            found.append(_Entry(start=place, name=name[0] if name else "", menu=block == "menu", blocks=blocks,
                                depends=[]))
        depends = _asked(said)
        written = _parsed(depends) if depends else None
        if written is not None:
            found[-1].depends.append((place, written))
    return found
