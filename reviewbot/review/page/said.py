"""What the conclusion of a page tells already, so that no form of the page says it twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reviewbot.findings.types import Claim, Finding
from reviewbot.patterns import regex
from reviewbot.review.page.questions import fact_text
from reviewbot.review.page.types import FirstPage, PageRow
from reviewbot.text import quote_names

__all__ = ["asked_fact", "row_text", "told_asks", "told_claims", "told_of", "told_rows", "where_words", "without_count"]

_ALONE = regex(r"(?P<config>[^ ]*=[^ ]+(?:(?:, | or )[^ ]*=[^ ]+)*) on (?P<arches>\w+(?:, \w+)*(?: and \w+)?)"
               r"(?: and (?=[^ ]*=)|$)")
_WIDE = frozenset({"64BIT=y", "ARCH_RV64I=y", "PPC64=y", "SPARC64=y", "X86_64=y"})
_OF_ONE = "The patch "
_FUNCTION = regex(r"(?:the new )?(\w+\(\))(?!,? (?:and )?\w+\(\))")
_COUNT = regex(r" \d+ more changes? stands? below[^.]*\.$")


def told_rows(page: FirstPage) -> dict[str, str]:
    """Return, by the id of each row whose sentence stands in the conclusion, what the row says beyond it.

    That is the reason behind the sentence, or nothing. Of rows with the same sentence the first is the one told.
    """
    said: dict[str, str] = {}
    seen: set[str] = set()
    for row in page.rows:
        ends = [len(row.statement), *(found.start() for found in re.finditer(": ", row.statement))]
        told = max((row.statement[:end] for end in ends if row.statement[:end] in page.conclusion), key=len, default="")
        if told and row.verdict != "same" and told not in seen:
            seen.add(told)
            said[row.id] = row.statement[len(told):].removeprefix(": ")
    return said


def asked_fact(finding: Finding, total: int) -> str:
    """Return the sentence of a conclusion that has only a question: its fact, with the number of the patch that it is
    about where there are several."""
    said, number = fact_text(finding).replace(" in this file", f" in {finding.file}"), f"Patch {finding.patch} "
    return f"{re.sub(f'^{_OF_ONE}', number, said) if total > 1 and finding.patch else said}."


def told_asks(page: FirstPage, findings: Mapping[str, Finding]) -> frozenset[str]:
    """Return the ids of the questions whose fact stands on the page already: in a row, or in the conclusion."""
    said = {name for row in page.rows for name in row.because}
    return frozenset(name for name in page.ask if name in said or (
        name in findings and asked_fact(findings[name], 1).removeprefix(_OF_ONE) in page.conclusion))


def row_text(page: FirstPage, row: PageRow) -> str:
    """Return what the row says beyond the conclusion: its reason where that has the rest, else all of it. Where the
    conclusion tells of several functions, the reason begins with the one it is about."""
    said = told_rows(page).get(row.id, row.statement)
    function = told_of(page, row) if said and said != row.statement else ""
    return f"{function}: {said}" if function else said


def told_of(page: FirstPage, row: PageRow) -> str:
    """Return the one function with which the row's sentence begins where the conclusion has that and others, else
    nothing."""
    told = told_rows(page)
    named = _FUNCTION.match(row.gist) if len(told) > 1 and row.id in told else None
    return named[1] if named else ""


def without_count(conclusion: str) -> str:
    """Return the conclusion without the number of the rows below, for a form that does not show them all."""
    return _COUNT.sub("", conclusion)


def where_words(arches: tuple[str, ...], config: str, *, joint: str = "with") -> tuple[str, str]:
    """Return the architectures and the condition of a row as people say them, the condition behind `joint`: what an
    architecture needs alone stands beside it, `powerpc (PPC_SVM=y) and x86`."""
    arches, config = _by_width(arches, config)
    common, _, rest = config.partition("; ") if "; " in config else ("", "", config)
    alone = _by_arch(rest)
    if alone and set(alone) <= set(arches):
        named = [_by_width((arch,), alone.get(arch, "")) for arch in arches]
        return quote_names([f"{arch} ({own})" if own else arch for (arch,), own in named], most=12), \
            f"{joint} {common}" if common else ""
    config = config.replace("; ", ", and ")
    return quote_names(arches, most=12), config if not config or config.startswith("where ") else f"{joint} {config}"


def _by_arch(config: str) -> dict[str, str]:
    """Return what each of the architectures needs alone, `A=y, B=y on powerpc and A=y on riscv`; empty where it says
    something else."""
    found: dict[str, str] = {}
    at = 0
    while at < len(config):
        part = _ALONE.match(config, at)
        if part is None:
            return {}
        found |= dict.fromkeys(re.findall(r"\w+", part["arches"].replace(" and ", ", ")), part["config"])
        at = part.end()
    return found


def _by_width(arches: tuple[str, ...], config: str) -> tuple[tuple[str, ...], str]:
    """Return one architecture and its condition with the option for 64 bits in the architecture's name: `x86-64`; and
    without the one for a memory management unit, which is all that a reader thinks of."""
    words = config.split(", ")
    if len(arches) != 1 or ";" in config or " or " in config or " on " in config:
        return arches, config
    wide = next((word for word in words if word in _WIDE), "")
    left = [word for word in words if word not in {wide, "MMU=y"}]
    joint = "-" if arches[0][-1:].isdigit() else ""
    return (f"{arches[0]}{joint}64" if wide else arches[0],), ", ".join(left)


def told_claims(claims: Sequence[Claim]) -> list[int]:
    """Return the numbers of the claims that do not hold, of those that one line of code contradicts the first."""
    found: dict[tuple[str, str, int] | int, int] = {}
    for number, claim in enumerate(claims):
        if claim.verdict == "contradicted":
            shown = next((one for one in claim.because if one.file and one.line), None)
            found.setdefault((claim.kind, shown.file, shown.line) if shown else number, number)
    return list(found.values())
