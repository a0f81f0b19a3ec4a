"""On which architectures a call of a finding can fail where it stands, and what is said where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.draft import errnos_of, fails_on
from reviewbot.checks.feasible import Feasibility, as_met, feasibility, only_by_mistake, says_harmless
from reviewbot.checks.where import Where, fact_for
from reviewbot.findings.types import ArchRow, Evidence
from reviewbot.text import as_returned, quote_names
from reviewbot.values import dataclass

__all__ = ["Failing", "failing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """`arches`: where the call can fail as it stands; `why`: a sentence that says why it cannot on the others, empty
    when there are none. `comment` is what the code itself says beside the call, `errnos` the errors that it can meet.
    """

    arches: tuple[str, ...]
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    comment: Evidence | None = None
    errnos: str = ""


def failing(analysis: Analysis, side: Side, path: str, call: Call, table: tuple[ArchRow, ...], *, rev: str,
            wheres: tuple[Where, ...] = ()) -> Failing:
    """Return where a call can fail; `table` says where its function can, `rev` names the moment for the evidence.

    `wheres` are the places of which the table speaks.
    """
    def variant(arch: str) -> Fact | None:
        found = [fact for where in wheres if (fact := fact_for(analysis, where, arch, call.callee)) is not None]
        return next((fact for fact in found if fact.may_fail), found[0] if found else None)

    answers = _by_more_than_holes([feasibility(analysis, side, path, call, arch, fact=variant(arch))
                                   for arch in fails_on(table)], variant)
    can = tuple(one.arch for one in answers if one.answer in {"can", "unknown"})
    met = {name for arch in can if (fact := variant(arch)) is not None and not fact.assumed
           for name in as_met(analysis, side, path, call, fact).possible_errnos()}
    errnos = quote_names([as_returned(name) for name in sorted(met)], joint="or") if wheres else errnos_of(table)
    others = [one for one in answers if one.answer in {"cannot", "tied", "empty"}]
    comment = says_harmless(side, path, call, rev)
    if not others:
        why = "" if answers or not table else "It cannot fail on any architecture that can build this line."
        if why and any(fact is not None and fact.may_fail is None for row in table for fact in [variant(row.arch)]):
            why = "Whether it can fail is not known."
        return Failing(arches=can, why=why, comment=comment, errnos=errnos)
    return Failing(arches=can, why=_sentence(others, alone=not can), comment=comment, errnos=errnos,
                   evidence=tuple(dict.fromkeys(step for one in others for step in one.evidence)))


def _by_more_than_holes(answers: list[Feasibility], variant: Callable[[str], Fact | None]) -> list[Feasibility]:
    """Return the answers without a `can` where only memory that nothing maps makes the call fail, while on another
    architecture more than that does."""
    holes = {one.arch for one in answers if one.answer == "can" and (fact := variant(one.arch)) is not None
             and any("hole" in causes for _, causes in fact.causes) and only_by_mistake(fact, hole=True)}
    return [replace(one, answer="cannot", why="only memory that nothing maps there makes it fail")
            if one.arch in holes else one for one in answers]


def _sentence(others: list[Feasibility], *, alone: bool) -> str:
    """Return where the call cannot fail and why, and after it where it can only fail by what went before or what it is
    given."""
    told = []
    for answer in ("cannot", "tied", "empty"):
        found = [one for one in others if one.answer == answer]
        if found:
            where = "" if alone and len(found) == len(others) else " on " + ", ".join(one.arch for one in found)
            told.append(f"It cannot fail here{where}: {found[0].why}." if answer == "cannot" else
                        f"It can only fail here{where} where {found[0].why}.")
    return " ".join(told)
