"""From a series on its base to a finished `Review`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from reviewbot.arch import KernelVersion, Model
from reviewbot.arch.machine import load_scenarios
from reviewbot.budget import Budget
from reviewbot.cfacts import Family
from reviewbot.checks import Analysis, Rule, analyse, find
from reviewbot.checks.arches import arches_present, own_arch
from reviewbot.checks.beside import bare_analysis
from reviewbot.checks.expected import expect_names, search_ahead
from reviewbot.checks.moments import narrowed
from reviewbot.checks.near_options import decides_about
from reviewbot.checks.unbuilt_names import objects_of
from reviewbot.checks.where import builders
from reviewbot.contracts.learned import Learned
from reviewbot.errors import Skip
from reviewbot.findings.suppressions import Suppression, suppressed
from reviewbot.findings.types import Cell, Finding
from reviewbot.review.behaviour import behaviour
from reviewbot.review.beside import beside
from reviewbot.review.claims import check_claims, claims_sameness
from reviewbot.review.explored import explored, with_explored
from reviewbot.review.levelset import level_set
from reviewbot.review.page import EMPTY_PAGE, FirstPage, compose_page, in_user_words, is_told, load_page_rules
from reviewbot.review.page.ranges import gives_otherwise
from reviewbot.review.page.reader import Reader
from reviewbot.review.pinned import pinned
from reviewbot.review.places import Places
from reviewbot.review.stated import stated_claims
from reviewbot.review.types import Coverage, Review, Timing, in_order
from reviewbot.review.unconcerned import unconcerned
from reviewbot.review.unseen import uncounted, unseen
from reviewbot.series.types import Series
from reviewbot.source.matcher import strings_in
from reviewbot.source.types import Base, PatchedFile, PatchedTree, PatchState
from reviewbot.values import dataclass

__all__ = ["MAIN_ARCHES", "Knowledge", "not_reviewed", "review_series"]

_CUT = "the review ended before it could say what the series does"
_NONE: Mapping[str, Suppression] = {}

MAIN_ARCHES = ("arm64", "loongarch", "powerpc", "riscv", "s390", "x86")
"""The architectures a review is about unless it is told otherwise; those of touched `arch/` folders are added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the program brings along: the function families, the architecture model and the rules."""

    family: Family
    model: Model
    rules: tuple[Rule, ...]
    folders: tuple[Path, ...] = ()
    """Where the scenarios are, which are read only for a series that changes one."""


def review_series(series: Series, patched: PatchedTree, knowledge: Knowledge, *, version: KernelVersion,
                  arches: tuple[str, ...] = (), patches: frozenset[int] | None = None,
                  skips: tuple[Skip, ...] = (), silent: Mapping[str, Suppression] = _NONE,
                  scope: tuple[str, ...] = (), progress: Callable[[str, int, int], None] = lambda *_: None,
                  budget: Budget | None = None) -> Review:
    """Return everything the program has to say about the series.

    `arches` narrows the review (empty: the main ones and those whose folders are touched); `patches` narrows the
    findings to these patch numbers; `version` is the release whose model answers. `silent` are the suppressions by
    fingerprint; `scope` are folders or files to look at besides those near the subject, or `all`. `progress` is told
    what happens next. What the `budget` has no steps for is left out, and said among the skips.
    """
    budget = budget or Budget()
    skips = (*skips, *_unread(series))
    patched = in_order(patched)
    learned = Learned(scope=scope)
    if not patched.states or not _concerns_family(patched, knowledge.family):
        wanted = arches or MAIN_ARCHES
        page = unconcerned(skips, series, patched, knowledge.family, lambda: bare_analysis(
            series=series, patched=patched, family=knowledge.family, model=knowledge.model, version=version,
            arches=wanted, learned=learned, budget=budget))
        nothing = _nothing(series, patched, knowledge, wanted, skips, page)
        return beside(nothing, knowledge.rules, learned, family=knowledge.family, model=knowledge.model,
                      version=version, patches=patches, silent=silent, budget=budget) if patched.states else nothing
    skips = (*skips, *_unmodelled(patched, knowledge))
    progress("reading C files", 0, 4)
    analysis = analyse(series=series, patched=patched, family=knowledge.family, model=knowledge.model, version=version,
                       arches=arches or _arches(patched, knowledge), budget=budget)
    analysis.learned = learned
    expect_names(analysis)
    search_ahead(analysis)
    whole = partial(budget.attempt, where="the series", steps=budget.limits.review)
    if not arches:
        more = whole(lambda: builders(analysis, tuple(sorted(knowledge.model.arches))), stage="architectures")
        analysis = narrowed(analysis, more) if more else analysis
    progress("checking the rules", 1, 4)
    page_rules = load_page_rules()
    places = Places(patched)
    findings = tuple(replace(one, evidence=places.within(one.evidence)) for one in whole(
        lambda: in_user_words(analysis, page_rules, find(knowledge.rules, analysis, patches=patches)),
        stage="rule") or ())
    findings = suppressed(_asked_for(findings, arches), silent)
    progress("comparing before and after", 2, 4)
    cells = whole(lambda: behaviour(analysis, patches=patches), stage="cells") or ()
    progress("writing the level set", 3, 4)
    seen = whole(lambda: unseen(analysis, cells, claimed=claims_sameness(series)), stage="unseen") or ()
    questions = (*uncounted(analysis), *seen)
    line_of = Reader(analysis, page_rules, patches).line_of
    claims = whole(lambda: tuple(sorted((*check_claims(series, findings, cells, questions, line_of=line_of),
                                         *stated_claims(analysis, cells, questions)),
                                        key=lambda claim: claim.patch)), stage="claims") or ()
    composed = whole(lambda: compose_page(analysis, page_rules, findings, cells, claims,
                                          (*skips, *analysis.skips, *budget.skips), questions, patches), stage="page")
    left = questions if composed is None else tuple(one for one in questions if not is_told(composed[0], one))
    entries = tuple(replace(entry, because=places.within(entry.because)) for entry in whole(
        lambda: level_set(analysis, findings, cells, left), stage="level set") or ())
    shown = whole(lambda: explored(cells, partial(load_scenarios, knowledge.folders), knowledge.model, version, budget),
                  stage="scenarios") or ()
    page, findings = composed or (replace(EMPTY_PAGE, conclusion=f"T{_CUT[1:]}.", not_seen=(_CUT,)), findings)
    coverage = _coverage(analysis, knowledge.rules, patches)
    built_on = whole(lambda: _builders_of_calls(analysis, patches), stage="architectures")
    left_out = (*skips, *analysis.skips, *budget.skips, *_unapplied(patched))
    return pinned(Review(
        series=series, patched=patched, findings=findings, behaviour=cells,
        claims=claims, level_set=entries,
        coverage=coverage if built_on is None else replace(coverage, built_on=built_on), skips=left_out,
        first_page=with_explored(page, shown), explored=shown,
        timing=Timing(ingest=0, apply=0, analyse=0)))


def _asked_for(findings: tuple[Finding, ...], arches: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return the findings without those of other architectures than the wanted ones, if any are named.

    What a file of one architecture shows is found whatever is asked for: the pieces of a tree are compared whole.
    """
    return tuple(one for one in findings if not arches or not one.arch or not {*arches}.isdisjoint(one.arch))


def _concerns_family(patched: PatchedTree, family: Family) -> bool:
    """Return whether a touched file names a function of the family, or has a table of executable memory that becomes
    another, or options of a Kconfig file that decide about such files: most patches do none of that."""
    named, names = _mention_of(family), family.names()
    return any(named(state, file) or decides_about(file, state.before, names) or gives_otherwise(
        file, load_page_rules().ranges) for state in patched.states for file in state.files)


def _mention_of(family: Family) -> Callable[[PatchState, PatchedFile], bool]:
    """Return a test of whether a file, or one that its Makefile lines build, names a function of the family."""
    held = strings_in(family.names())

    def named(state: PatchState, file: PatchedFile) -> bool:
        contents = [file.before, file.after, *(state.after.read(path) for path in objects_of(file))]
        return any(content is not None and held(content) for content in contents)

    return named


def _nothing(series: Series, patched: PatchedTree, knowledge: Knowledge, arches: tuple[str, ...],
             skips: tuple[Skip, ...], page: FirstPage) -> Review:
    findings: tuple[Finding, ...] = ()
    cells: tuple[Cell, ...] = ()
    coverage = Coverage(calls=0, functions=0, files=len({f.path for s in patched.states for f in s.files}),
                        arches=arches, rules=tuple(rule.id for rule in knowledge.rules))
    return Review(series=series, patched=patched, findings=findings, behaviour=cells, claims=(), level_set=(),
                  coverage=coverage, skips=(*skips, *_unapplied(patched)),
                  first_page=page,
                  timing=Timing(ingest=0, apply=0, analyse=0))


def not_reviewed(series: Series, knowledge: Knowledge, why: str) -> Review:
    """Return a review that says nothing but why the series could not be reviewed: it stands in its place among many."""
    patched = PatchedTree(base=Base(kind="none", rev="", kernel="", how="none"), states=())
    said = f"The series could not be reviewed: {why}"
    return _nothing(series, patched, knowledge, (), (Skip(where="the series", stage="review", why=why),),
                    replace(EMPTY_PAGE, conclusion=said, not_seen=(said,)))


def _arches(patched: PatchedTree, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the main architectures and those whose own touched files name the family, as far as the tree has them."""
    named = _mention_of(knowledge.family)
    touched = {own_arch(file.path) for state in patched.states for file in state.files
               if own_arch(file.path) in knowledge.model.arches and named(state, file)}
    wanted = tuple(sorted(touched | set(MAIN_ARCHES)))
    return wanted if patched.base.kind == "none" else arches_present(patched.start, wanted)


def _unmodelled(patched: PatchedTree, knowledge: Knowledge) -> Iterator[Skip]:
    """Yield the architectures whose touched files name the family and of which the model knows nothing of their own."""
    named = _mention_of(knowledge.family)
    touched = {own_arch(file.path) for state in patched.states for file in state.files
               if own_arch(file.path) not in {"", *knowledge.model.arches} and named(state, file)}
    for arch in sorted(touched):
        yield Skip(where=f"arch/{arch}", stage="model", why=f"no model of {arch}: only what its code shows and what "
                   "holds everywhere is known")


def _positions(analysis: Analysis, patches: frozenset[int] | None) -> list[int]:
    """Return where the patches stand that are looked at: all, or those that were named."""
    return [position for position, state in analysis.states() if patches is None or state.index in patches]


def _coverage(analysis: Analysis, rules: tuple[Rule, ...], patches: frozenset[int] | None) -> Coverage:
    calls: Counter[tuple[str, str, str]] = Counter()  # what several patches touch is the same call each time
    for position in _positions(analysis, patches):
        calls |= Counter((occurrence.file.path, occurrence.call.function, occurrence.call.callee)
                         for occurrence in analysis.occurrences(position))
    return Coverage(calls=calls.total(), functions=len({key[:2] for key in calls}),
                    files=len({path for path, *_ in calls}), arches=analysis.arches,
                    rules=tuple(rule.id for rule in rules), built_on=analysis.arches)


def _builders_of_calls(analysis: Analysis, patches: frozenset[int] | None) -> tuple[str, ...]:
    """Return the architectures that can build a file in which a call was looked at."""
    paths = sorted({occurrence.file.path for position in _positions(analysis, patches)
                    for occurrence in analysis.occurrences(position)})
    return tuple(arch for arch in analysis.arches if any(
        own_arch(path) in {"", arch} and not analysis.never_builds(path, arch) for path in paths))


def _unread(series: Series) -> tuple[Skip, ...]:
    """Return what of the series could not be read as a diff."""
    return (*(Skip(where="the series", stage="mail", why=why) for why in series.unread),
            *(Skip(where=f"patch {patch.index}", stage="mail", why=why)
              for patch in series.patches for why in patch.unread))


def _unapplied(patched: PatchedTree) -> tuple[Skip, ...]:
    return tuple(Skip(where=file.path, stage="apply", why=f"patch {state.index}: {file.note}")
                 for state in patched.states for file in state.files
                 if not file.whole and patched.base.kind != "none")
