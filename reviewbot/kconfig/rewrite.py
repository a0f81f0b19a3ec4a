"""Kconfig text of today's kernels, said in the words that kconfiglib 14.1.0 knows.

Line numbers stay: every rewritten line is one line before and after, or a joined group keeps its line count.
"""

from __future__ import annotations

import re

from reviewbot.errors import BudgetError
from reviewbot.patterns import regex
from reviewbot.text import closing

__all__ = ["Part", "rewrite_kconfig"]

_MOST_BYTES = 4 << 20  # the largest Kconfig file of 7.3 has under 100 000 bytes

# `modules` names MODULES itself (6.1: "kconfig: remove 'option modules'"), `transitional` keeps an old name for
# olddefconfig only (6.18); kconfiglib knows neither, and neither changes what can be switched on.
_BARE_WORD = regex(r"^[ \t]+(?:modules|transitional)[ \t]*(?:#.*)?$", re.MULTILINE)
_LONG_DEPENDS = regex(r"depends[ \t]+on\b[^\n]*(?:[ \t]if[ \t]|\\$)", re.MULTILINE)
_BARE_PROPERTY = regex(r"^[ \t]+(?:modules|transitional)[ \t]*(?:#.*)?$")
_DEPENDS_IF = regex(r"^(?P<indent>[ \t]+depends[ \t]+on[ \t]+)(?P<what>.+?)[ \t]+if[ \t]+(?P<when>.+?)[ \t]*$")
_OPERAND = regex(r"\w+|\"[^\"]*\"|'[^']*'")
_RELATION = regex(r"\s*(?:!=|<=|>=|=|<|>)\s*")
_STRING = regex(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")


class Part(tuple[tuple[int, str], ...]):
    """Some lines of a rewritten file with their numbers, from 1 on and sorted; all others count as empty."""

    __slots__ = ()


def rewrite_kconfig(text: str) -> str:
    """Return the file with bare `modules`, `transitional` and `depends on A if B` said in older words.

    `depends on A if B` becomes `depends on (A) || !(B != n)`, as the kernel's own parser reads it: B counts as met
    as soon as it is not n. Raises BudgetError for a file over 4 MiB.
    """
    if len(text) > _MOST_BYTES:
        raise BudgetError("a Kconfig file of more than 4 MiB")
    bare = ("modules" in text or "transitional" in text) and _BARE_WORD.search(text)
    if not bare and not _LONG_DEPENDS.search(text) and "\r" not in text and "\0" not in text:
        return text
    lines = text.replace("\r\n", "\n").replace("\0", " ").split("\n")
    out: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        joined = 0
        if "depends" in line and line.lstrip().startswith("depends"):
            while line.endswith("\\") and position < len(lines):
                line = f"{line[:-1]} {lines[position]}"
                position += 1
                joined += 1
        out.append(_rewritten(line))
        out.extend([""] * joined)
    return "\n".join(out)


def _rewritten(line: str) -> str:
    if _BARE_PROPERTY.match(line):
        return ""
    if (" if " not in line and "\tif " not in line) or "depends" not in line:
        return line
    code = _without_comment(line)
    found = _DEPENDS_IF.match(code)
    if not found:
        return line
    return f"{found['indent']}(({found['what']}) || !({_as_bool(found['when'])}))"


def _as_bool(condition: str) -> str:
    """Return the condition with every bare symbol S as (S != n), so that m counts as met."""
    out: list[str] = []
    position = 0
    while position < len(condition):
        end = _operand_end(condition, position)
        if end == position:
            out.append(condition[position])
            position += 1
            continue
        relation = _RELATION.match(condition, end)
        if relation:
            last = _operand_end(condition, relation.end())
            out.append(condition[position:last])
            position = last
        else:
            out.append(f"({condition[position:end]} != n)")
            position = end
    return "".join(out)


def _operand_end(text: str, start: int) -> int:
    """Return the end of the symbol, string or macro that starts at `start`, or `start` when none does."""
    if text.startswith("$(", start):
        end = closing(text, start + 1)
        return end + 1 if end >= 0 else len(text)
    found = _OPERAND.match(text, start)
    return found.end() if found else start


def _without_comment(line: str) -> str:
    blanked = _STRING.sub(lambda found: "x" * len(found.group()), line)
    mark = blanked.find("#")
    return line if mark < 0 else line[:mark]
