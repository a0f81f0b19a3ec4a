"""Questions in the words of whoever boots the kernel."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reviewbot.errors import UsageError
from reviewbot.findings.types import Finding
from reviewbot.logic import parse_condition
from reviewbot.patterns import regex
from reviewbot.review.page.events import plain_names
from reviewbot.review.page.rulebook import PageRules
from reviewbot.review.page.switches import Setting, say_condition
from reviewbot.series.types import Patch

if TYPE_CHECKING:
    from reviewbot.checks.analysis import Analysis

__all__ = ["asked_text", "fact_text", "in_user_words", "is_answered", "is_function", "said_plainly", "setting_of"]


_PURPOSE = regex(r"\b(?:useful|needed|required|necessary|used by|(?:will|to) be used|in preparation)\b")
_NEEDLESS = regex(r"\b(?:redundant|superfluous|unnecessary|needless|no\s+(?:longer\s+)?need(?:ed|s)?|"
                  r"not\s+(?:needed|necessary|required)|no\s+longer\s+(?:necessary|required))\b", re.IGNORECASE)
_LONG = 180  # characters of a fact that the page has a shorter form of
_QUOTED = regex(r"'(\w+)'")
_WHO = regex(r"\bWho changes (?P<object>'[^']+')")


def in_user_words(analysis: Analysis, rules: PageRules, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the condition of their question written as options and parameters, where it has such
    words: `with debug_pagealloc=on and rodata!=full`. The fact keeps the condition as the code has it."""
    return tuple(_said(analysis, rules, finding) for finding in findings)


def setting_of(analysis: Analysis, finding: Finding) -> Setting | None:
    """Return the condition of the finding as whoever boots the kernel says it, None where it has no such words."""
    if not finding.config or not finding.arch:
        return None
    try:
        condition = parse_condition(re.sub(r"(\w)\(\)", r"\1", finding.config))
        settings = {say_condition(condition, analysis.model.runtimes(arch, analysis.version)) for arch in finding.arch}
    except UsageError:
        return None
    said = settings.pop()
    return None if settings else said


def fact_text(finding: Finding) -> str:
    """Return the fact behind a question as the conclusion of a page has it: what the finding says in its shortest form,
    without the full stop."""
    return said_plainly(finding, finding.gist or finding.message).rstrip(".")


def asked_text(finding: Finding, told: Container[str]) -> str:
    """Return the question as the page has it: behind its fact, unless a row has told that (`told` are its ids)."""
    fact = finding.gist if finding.gist and len(finding.message) > _LONG else finding.message
    parts = ([] if finding.id in told else [fact]) + [finding.question]
    return said_plainly(finding, " ".join(part for part in parts if part))


def is_answered(finding: Finding, patch: Patch) -> bool:
    """Return whether the commit message answers the question: it names what something is meant for, with a purpose; or
    says of what the patch takes away that it was not needed."""
    if finding.rule.endswith("-taken-away") and _NEEDLESS.search(f"{patch.subject}\n{patch.changelog}"):
        return True
    return (finding.question.endswith("meant for?") and bool(finding.symbol) and finding.symbol in patch.changelog
            and _PURPOSE.search(patch.changelog) is not None)


def said_plainly(finding: Finding, text: str) -> str:
    """Return a sentence of the finding as a person writes it: functions with brackets, names without quotes."""
    shown = " ".join((finding.message, finding.question, finding.code, *(one.text for one in finding.evidence)))
    called = set(re.findall(r"\b(\w+)(?= ?\()", shown))
    named = {name for name in text.split("'")[1::2] if name in called}
    symbol = {finding.symbol} if is_function(finding.symbol, finding) else set()
    return plain_names(text, frozenset({finding.function} | symbol | named))


def is_function(name: str, finding: Finding) -> bool:
    """Return whether the code that the finding shows calls or declares the name, or has nothing of it; what is written
    in capitals is an option or a constant unless it is called."""
    shown = "\n".join((finding.code, *(evidence.text for evidence in finding.evidence)))
    return (name not in shown and not name.isupper()) or re.search(rf"\b{re.escape(name)}\s*\(", shown) is not None


def _with_verb(rules: PageRules, symbol: str, found: re.Match[str]) -> str:
    """Return who does to the object what the function of the family does to it: `Who maps 'page'`."""
    promise = rules.promise(symbol)
    return f"Who {promise.does.format(object=found['object'])}" if promise else found[0]


def _said(analysis: Analysis, rules: PageRules, finding: Finding) -> Finding:
    known = {one.name for _, after in analysis.views for facts in [after.facts.get(finding.file)] if facts
             for one in facts.functions}
    question = _QUOTED.sub(lambda found: f"{found[1]}()" if found[1] in known else found[0], finding.question)
    finding = replace(finding, question=_WHO.sub(partial(_with_verb, rules, finding.symbol), question))
    said = setting_of(analysis, finding)
    if said is None or not said.text or finding.config not in finding.question:
        return finding
    words = "with " + said.text.replace(", ", " and ")
    question = finding.question
    for joint in ("when", "where", "with", "if"):
        question = question.replace(f"{joint} {finding.config}", words)
    return replace(finding, question=question)
