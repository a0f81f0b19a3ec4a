"""Kind `left-bits`: bits that a patch takes away or gives together with others in one place of a file, and not in all.

Looked at are the masks of page table entries, `__pgprot(_PAGE_RW)`, that a patch makes longer in a function of the
family or beneath it, and the other masks of the file, as the series leaves it, that do so with the old bits alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from reviewbot.cfacts import functions_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names, squash
from reviewbot.values import dataclass

__all__ = ["LEFT_BITS"]

_MASK = regex(r"\b__pgprot\(")
_BIT = regex(r"\b_PAGE_\w+")
_WAY = regex(r"\b\w*(?:_(clear|clr)|_(set))\b")
_LONGEST = 400  # characters of a statement
_MOST = 3
_WORDS = {"clear": ("clears", "clear", "cleared"), "set": ("sets", "set", "set")}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mask:
    """The bits of one mask, whether they are cleared or set, its line, and the function that it stands in."""

    way: str
    bits: frozenset[str]
    line: int
    function: str


def _check(rule: Rule) -> None:
    options_within(rule, frozenset())


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    below = {*analysis.primitives, *analysis.workers}
    for file in analysis.patched.states[position].files:
        if not file.path.endswith(".c") or not file.removed or b"__pgprot(" not in (file.after or b""):
            continue
        for mask, new in _longer(file):
            if mask.function not in below:
                continue
            old, told = mask.bits - new, dict[str, _Mask]()
            for one in _masks(analysis.end.tree.read(file.path) or b""):
                if one.way == mask.way and old <= one.bits and not new & one.bits and one.function != mask.function:
                    told.setdefault(one.function, one)
            if told:
                yield _finding(rule, analysis, position, file, mask, new, list(told.values()))


def _longer(file: PatchedFile) -> Iterator[tuple[_Mask, frozenset[str]]]:
    """Yield the changed masks that are one from before with more bits in the same function, and those bits."""
    was = [one for one in _masks(file.before or b"") if one.line in file.removed]
    for mask in _masks(file.after or b""):
        if mask.line not in file.added:
            continue
        mine = [one for one in was if (one.function, one.way) == (mask.function, mask.way)]
        if len(mine) == 1 and mine[0].bits and mine[0].bits < mask.bits:
            yield mask, mask.bits - mine[0].bits


def _masks(data: bytes) -> Iterator[_Mask]:
    """Yield the masks of a file that name bits and of which the code says whether they are cleared or set."""
    text = decode(data)
    around = sorted(functions_of(data), key=lambda one: one.span.line) if "__pgprot(" in text else []
    starts, at, line = [one.span.line for one in around], 0, 1
    for found in _MASK.finditer(text):
        end, depth = found.end(), 1
        while depth and end < min(len(text), found.end() + _LONGEST):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        line, at = line + text.count("\n", at, found.start()), found.start()
        ahead = re.split(r"[;{}]", text[max(0, found.start() - _LONGEST):found.start()])[-1]
        way = list(_WAY.finditer(ahead))[-1:]
        bits = frozenset(_BIT.findall(text[found.end():end]))
        holder = around[bisect_right(starts, line) - 1] if starts and starts[0] <= line else None
        function = holder.name if holder is not None and line <= holder.span.end_line else ""
        if bits and way and function:
            yield _Mask(way="set" if way[0][2] else "clear", bits=bits, line=line, function=function)


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, mask: _Mask, new: frozenset[str],
             others: list[_Mask]) -> Finding:
    state, end = analysis.patched.states[position], analysis.end
    arch = own_arch(file.path)
    arches = (arch,) if arch else tuple(one for one in analysis.arches if not analysis.never_builds(file.path, one))
    names = [f"'{one.function}'" for one in others]
    lines = decode(end.tree.read(file.path) or b"").splitlines()
    does, do, done = _WORDS[mask.way]
    return draft_finding(
        rule, state, Spot(file=file.path, line=mask.line, end_line=mask.line, function=mask.function,
                          symbol=mask.function, side=analysis.after(position)),
        {"function": mask.function, "does": does, "do": do if len(others) > 1 else does, "done": done,
         "bits": quote_names(sorted(new)), "old": quote_names(sorted(mask.bits - new)),
         "others": quote_names(names, most=_MOST)},
        message_id=analysis.message_id(state.index), arches=arches, says=(mask.function,),
        evidence=tuple(Evidence(kind="source", file=file.path, line=one.line, text=squash(lines[one.line - 1]),
                                rev="after the series") for one in others[:_MOST]))


LEFT_BITS = Kind(name="left-bits", changes=_run, check_options=_check,
                 fields=frozenset({"function", "does", "do", "done", "bits", "old", "others"}))
