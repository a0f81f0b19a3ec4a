"""Kind `question-swap`: one question in the place of another, whose bodies say where both answer alike.

Option: `api` (families): said where one of the functions that ask is of these, or calls one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.checks.alike import Answers, compared
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.configured import concerned, has_kconfig, in_kconfig_words
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names
from reviewbot.values import dataclass

__all__ = ["QUESTION_SWAP"]

_LONG = 60
_FIELDS = frozenset({"function", "before", "after", "alike", "arches", "config", "was", "now"})
_ASKED = regex(r"\b[A-Za-z_]\w*\((?:[A-Z]\w*)?\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Swap:
    """A line on which another question stands than before, in a function of the file."""

    file: PatchedFile
    function: str
    line: int
    before: str
    after: str
    near: bool


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if not has_kconfig(analysis.patched.states[position].after):
        return
    wanted = analysis.wanted(names_option(rule, "api"))
    swaps = [one for file in analysis.patched.states[position].files if file.path.endswith((".c", ".h"))
             for one in _swaps(analysis, position, file, wanted)]
    pairs: dict[tuple[str, str], list[_Swap]] = {}
    for one in swaps:
        pairs.setdefault((one.before, one.after), []).append(one)
    for those in pairs.values():
        first = next((one for one in those if one.near), None)
        if first is not None:
            arches = {arch for one in those for arch in concerned(analysis, analysis.after(position).tree,
                                                                  one.file.path)}
            yield from _findings(rule, analysis, position, first, tuple(sorted(arches)))


def _swaps(analysis: Analysis, position: int, file: PatchedFile, wanted: frozenset[str]) -> Iterator[_Swap]:
    """Yield the lines that are the same as a removed one but for the question `name()` or `name(CONSTANT)` on them."""
    old, new = (decode(content or b"").splitlines() for content in (file.before, file.after))
    facts = analysis.after(position).facts.get(file.path)
    gone = {_blank(old[number - 1], one): one for number in file.removed if number <= len(old)
            for one in _ASKED.findall(old[number - 1])}
    for number in sorted(file.added) if gone else ():
        line = new[number - 1] if number <= len(new) else ""
        for asked in _ASKED.findall(line):
            before = gone.get(_blank(line, asked), asked)
            if before == asked:
                continue
            function = next((one for one in (facts.functions if facts else ())
                             if one.span.line <= number <= one.span.end_line), None)
            yield _Swap(file=file, function=function.name if function else "", line=number, before=before, after=asked,
                        near=function is not None and bool({function.name, *function.calls_all} & wanted))


def _blank(line: str, asked: str) -> str:
    return " ".join(line.replace(asked, "@", 1).split())


def _findings(rule: Rule, analysis: Analysis, position: int, swap: _Swap, arches: tuple[str, ...]
              ) -> Iterator[Finding]:
    state = analysis.patched.states[position]
    answers = [one for arch in arches
               if (one := compared(analysis, position, swap.before, swap.after, arch)) is not None]
    alike = [one for one in answers if one.same]
    spot = Spot(file=swap.file.path, line=swap.line, end_line=swap.line, function=swap.function, symbol=swap.function,
                side=analysis.after(position))
    fields = {"function": swap.function, "before": swap.before, "after": swap.after, "alike": _say(alike),
              "arches": "", "config": "", "was": "", "now": ""}
    made = draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), evidence=(),
                         arches=tuple(one.arch for one in alike))
    if any(one.comes_to for one in alike) and len(alike) == len(answers):
        yield replace(made, level="note")
    for one in answers if "differ" in rule.notes else ():
        if not one.same:
            filled = {**fields, "arches": one.arch, "config": in_kconfig_words(one.example), "was": one.was,
                      "now": one.now}
            yield replace(made, message=rule.notes["differ"].format_map(filled), arch=(one.arch,),
                          question=rule.notes["ask differ"].format_map(filled), config=str(one.example))


def _say(alike: list[Answers]) -> str:
    """Return what the answer comes to on each architecture: `'sme_me_mask' on x86, never true on s390`."""
    groups: dict[str, list[str]] = {}
    for one in alike:
        short = f"'{one.comes_to}'" if len(one.comes_to) < _LONG else "one condition"
        what = short if one.comes_to else "never true"
        groups.setdefault(what, []).append(one.arch)
    said = [f"{what} on {quote_names(where, most=8)}" for what, where in sorted(
        groups.items(), key=lambda item: item[0] == "never true")]
    return ", ".join(said)


QUESTION_SWAP = Kind(name="question-swap", fields=_FIELDS, changes=_run, check_options=_check,
                     notes=lambda _: ("differ", "ask differ"))
