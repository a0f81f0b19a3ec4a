"""Kind `argument`: a new call whose argument is not of the kind that the function is made for.

Options: `api` (families or functions), `given`: `several-pages` (a count that is not 1, where a large leaf can lie) or
`linear-address` (an address of the linear map, where the function takes vmalloc addresses only).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls
from reviewbot.checks.linear import is_linear, takes_vmalloc_only
from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.findings.types import Finding

__all__ = ["ARGUMENT"]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "given"}))
    if rule.options.get("given") not in {"several-pages", "linear-address"}:
        raise DataError("'given' must be 'several-pages' or 'linear-address'", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    several = rule.options["given"] == "several-pages"
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        known = analysis.family.get(site.callee)
        number = (known.count_argument if several else known.address_argument) if known else None
        if number is None or number >= len(site.arguments):
            continue
        text = site.arguments[number]
        if several and text.strip("() ") != "1":
            arches = arches_where(analysis, position, occurrence, lambda fact: fact.splits == "yes")
        elif not several and is_linear(text, flow.texts()):
            arches = arches_where(analysis, position, occurrence, takes_vmalloc_only)
        else:
            continue
        if arches:
            yield call_finding(rule, analysis, position, occurrence, arches=arches, fields={"argument": text})


ARGUMENT = Kind(name="argument", fields=COMMON_FIELDS | {"argument"}, states=_run, check_options=_check)
