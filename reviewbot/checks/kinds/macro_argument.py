"""Kind `macro-argument`: macros whose body has nearly the name of a parameter in its stead, `#define f(pdg) *(pgd)`.

Option `names`: an expression for the names of macros that are looked at in any file; others are in files near the
subject. The hunk alone shows it, wherever it has a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts.lexer import squash_c
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.contracted import near_paths
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.hunked import diffs_of, placed_line
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.macro_users import header_condition, is_called
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.series.types import DiffLine, Hunk
from reviewbot.source.types import PatchedFile
from reviewbot.values import dataclass

__all__ = ["MACRO_ARGUMENT"]

_DEFINED = regex(r"# ?define (?P<name>[A-Za-z_]\w*)\((?P<parameters>[\w ,]*)\)(?P<body>.*)", re.DOTALL)
_WORD = regex(r"[A-Za-z_]\w*")
_OTHER = r"\b{word} ?\(|(?:\.|->|##) ?{word}\b|\b{word} ?##|\b\w+[ *]+{word} ?[=;,]"
"""What is no variable of who uses the macro: a function, a field, a part of a name, what the body declares."""
_KEYWORDS = frozenset({"case", "char", "const", "default", "double", "else", "enum", "extern", "float", "goto",
                       "inline", "int", "long", "return", "short", "signed", "sizeof", "static", "struct", "switch",
                       "typeof", "union", "unsigned", "void", "volatile", "while"})
_SHORTEST = 3  # letters of a parameter
_MOST = 400  # macros of one file


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slip:
    macro: str
    parameters: str
    parameter: str
    word: str


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"names"}))
    re.compile(str(rule.options.get("names", "")))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    """Yield a finding for each slip: a question where nothing calls the macro, so that nothing breaks today."""
    names = re.compile(str(rule.options.get("names", r"(?!)")))
    for file, diff in diffs_of(analysis.series, analysis.patched.states[position]):
        had = {slip for hunk in diff.hunks for _, slip in _slips(hunk, "-")}
        for line, slip in (pair for hunk in diff.hunks for pair in _slips(hunk, "+")):
            if slip not in had and (names.search(slip.macro) or file.path in near_paths(analysis)):
                yield _finding(rule, analysis, position, file, line, slip)


def _slips(hunk: Hunk, kind: str) -> Iterator[tuple[DiffLine, _Slip]]:
    """Yield what the macros of one side of a hunk have in the stead of a parameter, those with a line of the patch."""
    lines = [line for line in hunk.lines if line.kind in {" ", kind}]
    count = 0
    for number, first in enumerate(lines):
        if "#" not in first.text or count >= _MOST or (number and lines[number - 1].text.endswith("\\")):
            continue
        stop = number + 1
        while stop < len(lines) and lines[stop - 1].text.endswith("\\"):
            stop += 1
        if lines[stop - 1].text.endswith("\\") or all(line.kind == " " for line in lines[number:stop]):
            continue
        count += 1
        text = "\n".join(line.text.removesuffix("\\") for line in lines[number:stop])
        found = _DEFINED.match(squash_c(text.encode()))
        if found is not None:
            for slip in _of(found):
                yield first, slip


def _of(found: re.Match[str]) -> Iterator[_Slip]:
    parameters = [one.strip() for one in found["parameters"].split(",")]
    body = re.sub(r'"(?:[^"\\]|\\.)*"', '""', found["body"])
    words = dict.fromkeys(_WORD.findall(body))
    for parameter in parameters:
        if len(parameter) < _SHORTEST or parameter in words:
            continue
        for word in words:
            if word not in parameters and word not in _KEYWORDS and _is_slip(parameter, word) \
                    and not re.search(_OTHER.format(word=word), body):
                yield _Slip(macro=found["name"], parameters=", ".join(parameters), parameter=parameter, word=word)


def _is_slip(one: str, other: str) -> bool:
    """Return whether one letter was added, left out or changed, or two that stand together changed places."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) == 1:
        return any(long[:at] + long[at + 1:] == short for at in range(len(long)))
    apart = [at for at, (here, there) in enumerate(zip(one, other, strict=False)) if here != there]
    return len(short) == len(long) and (len(apart) == 1 or (
        len(apart) == 2 and one[apart[0]:apart[1] + 1] == other[apart[0]:apart[1] + 1][::-1]))


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, line: DiffLine, slip: _Slip) -> Finding:
    state, arch = analysis.patched.states[position], own_arch(file.path)
    arches = (arch,) if arch else tuple(one for one in analysis.arches if not analysis.never_builds(file.path, one))
    at = placed_line(analysis.series, state.index, file, line.new_line or 0)
    spot = Spot(file=file.path, line=at, end_line=at, function=slip.macro, symbol=slip.macro,
                side=analysis.after(position))
    fields = {"macro": slip.macro, "parameters": slip.parameters, "parameter": slip.parameter, "word": slip.word}
    idle = not is_called(analysis, position + 1, slip.macro, arch)
    if idle and "idle" in rule.notes:
        rule = replace(rule, text=rule.notes["idle"], level="question", notes={})
    made = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), arches=arches,
                         config=header_condition(analysis, position + 1, file.path), evidence=())
    mended = next((patch.index for patch in analysis.series.patches if patch.index > state.index for diff in patch.files
                   if diff.old_path == file.path for hunk in diff.hunks for _, one in _slips(hunk, "-")
                   if one == slip), None)
    return replace(made, code=line.text.strip(), fixed_by=mended)


MACRO_ARGUMENT = Kind(name="macro-argument", fields=frozenset({"macro", "parameters", "parameter", "word"}),
                      changes=_run, check_options=_check, notes=lambda _: ("idle",))
