"""`reviewbot review`: the main job, a series in and a report out."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from reviewbot import report  # as a whole: each form is loaded when it is asked for
from reviewbot import review as reviewing  # as a whole: what makes a review is loaded when none is kept
from reviewbot.arch import KernelVersion, parse_version, release_at
from reviewbot.budget import Budget
from reviewbot.cfacts.index import Index
from reviewbot.checks.scope import EVERYWHERE
from reviewbot.cli import words
from reviewbot.cli.b4_tracking import tree_of_b4
from reviewbot.cli.follow_ups import counted, sloppy_option
from reviewbot.cli.knowledge import Known, known_release
from reviewbot.cli.newer import asks_newer, newer_option, no_settings, with_newer
from reviewbot.cli.nipa import tell_nipa
from reviewbot.cli.output import (
    FORMAT_NAMES,
    Target,
    b4_review_folder,
    identity,
    manner,
    targets,
    write_reviews,
)
from reviewbot.cli.program import OWN_DEFECT, write_bug
from reviewbot.cli.remembered import api_folders, open_index, recall_words, remembering
from reviewbot.cli.settings import usual_tree
from reviewbot.cli.skipping import skip_list, skip_options, without_skipped
from reviewbot.cli.sources import Input, account_for_all, cache_folder, network_of, read_sources, told_of
from reviewbot.cli.streams import is_local, require_other_files
from reviewbot.cli.suppressed import load_suppressions
from reviewbot.errors import BudgetError, InputError, LocalError, ReviewbotError, Skip, TreeError, UsageError
from reviewbot.findings.suppressions import Suppression
from reviewbot.findings.types import LEVELS
from reviewbot.report.formats import Order
from reviewbot.report.show import Show
from reviewbot.resources import data_folder
from reviewbot.review.memo import Memo
from reviewbot.review.types import Review, Timing
from reviewbot.series import Series, SeriesSet, choose_series, require_whole, reviewable
from reviewbot.source import (
    DirectoryTree,
    PatchedTree,
    Tree,
    apply_series,
    fragments,
    kernel_tree_around,
    open_tree,
    require_kernel,
)
from reviewbot.source.elsewhere import follow_functions
from reviewbot.source.moved import follow_moved
from reviewbot.source.recalled import recalling
from reviewbot.source.trees import is_safe_path
from reviewbot.text import clip, quote_names, visible
from reviewbot.values import dataclass

__all__ = ["review"]

_BASES = {"none": "none, the hunks alone", "git": "git", "directory": "a folder", "memory": "memory"}

@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What the command line asked for, apart from the sources."""

    tree: Path | None
    base: str
    kernel: KernelVersion | None
    arches: tuple[str, ...]
    patches: frozenset[int] | None
    timings: bool
    remember: bool
    rules: tuple[Path, ...]
    silent: Mapping[str, Suppression]
    seconds: float
    scope: tuple[str, ...]
    since: int
    index: Index


def _split(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _numbers(_: click.Context, __: click.Parameter, value: str) -> frozenset[int] | None:
    if not value:
        return None
    try:
        return frozenset(int(word) for word in _split(value))
    except ValueError as error:
        raise click.BadParameter("patch numbers look like 2 or 1,3") from error


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, callback=no_settings)
@click.option("--tree", type=click.Path(path_type=Path), metavar="DIR",
              help="A kernel git repository or an unpacked source tree (default: the one around the current directory; "
                   "with --kernel, or outside of one, the hunks alone are reviewed).")
@click.option("--base", default="", metavar="REV", help="The revision the series is for (git trees).")
@click.option("--kernel", default="", metavar="X.Y", shell_complete=words.releases,
              help="The release whose model answers when there is no tree.")
@click.option("--arch", "arches", multiple=True, metavar="A,B", help="Only these architectures. May be repeated.",
              shell_complete=words.arches)
@click.option("--patch", "patches", default="", metavar="N,M", callback=_numbers, help="Only these patches.")
@click.option("--version-of-series", type=click.IntRange(1, 999), metavar="N",
              help="This version instead of the newest.")
@click.option("--series", "message_id", default="", metavar="MESSAGE-ID", help="This series, if there are several.")
@click.option("--all", "every", is_flag=True, help="Review every series of the input.")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMAT_NAMES), metavar="FORMAT",
              help=f"{', '.join(FORMAT_NAMES[:-1])} or {FORMAT_NAMES[-1]} (default: text); may be repeated.")
@click.option("-o", "outputs", multiple=True, metavar="FORMAT=PATH", callback=targets,
              shell_complete=lambda _, __, begun: [f"{name}=" for name in FORMAT_NAMES if name.startswith(begun)],
              help="Write that format to a file instead of standard output; may be repeated. eml=DIR/ writes one file "
                   "for each draft, html=DIR/ one for each series.")
@click.option("--b4-review", "b4_review", is_flag=True,
              help="Put the comments where 'b4 review' shows them, .git/b4-review/ of the tree; print only what "
                   "--format names.")
@click.option("--rules", multiple=True, metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder with more rules.")
@click.option("--drafts", is_flag=True, help="Run the rules that are drafts as well: no count stands behind them yet.")
@click.option("--scope", default="", metavar="PATH,..",
              help="Folders or files to look at besides those near the subject, or all.")
@click.option("--suppressions", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
              help="A file of suppressions (default: .reviewbot/suppressions.toml around the current directory and in "
                   "the tree); may be repeated.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "question", "never"]), default="never",
              show_default=True, help="Leave with status 1 when the series introduces something this grave.")
@click.option("--require-complete", is_flag=True,
              help="Leave with status 4 when patches of the series are missing or could not be read whole.")
@click.option("--nipa", is_flag=True,
              help="Leave as a test of NIPA does: 0 nothing new, 250 new warnings or questions, 1 new errors; one line "
                   "goes to the descriptor that DESC_FD names.")
@click.option("--full", is_flag=True, help="Show everything below the first page too, patch by patch.")
@click.option("--old", is_flag=True, help="Show old defects nearby as well.")
@click.option("--why", is_flag=True, help="Say of each line of the first page what gave it its place.")
@click.option("--previous", default="", metavar="SOURCE",
              help="An earlier version of the series: say what became of its page (default: one in the same "
                   "input).")
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
              help="End what takes longer than so many seconds of the processor's time, for each series, and say what "
                   "was left out (default: a count of steps, which gives the same report on every run).")
@sloppy_option
@newer_option
@click.option("--stdin-pipe-sep", "separator", default="", metavar="TEXT",
              help="What stands between the mails on standard input, as mutt's pipe_sep has it.")
@click.option("--via-b4", is_flag=True, help="Have b4 fetch the thread of a Message-ID.")
@click.option("--no-network", is_flag=True, help="Never ask a mail archive.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--no-progress", is_flag=True, help="Never draw a progress line.")
@click.option("--timings", is_flag=True, help="Say in the JSON how long each step took.")
@skip_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing beyond the report.")
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error how the series was found and applied.")
def review(sources: tuple[str, ...], *, tree: Path | None, base: str, kernel: str, arches: tuple[str, ...],  # noqa: PLR0913
           patches: frozenset[int] | None, version_of_series: int | None, message_id: str, every: bool,
           formats: tuple[str, ...], outputs: dict[str, Target], b4_review: bool, rules: tuple[Path, ...],
           drafts: bool, scope: str, suppressions: tuple[Path, ...], fail_on: str, require_complete: bool, nipa: bool,
           full: bool, old: bool, why: bool, previous: str, budget: float | None, separator: str, via_b4: bool,
           no_network: bool, no_cache: bool, no_progress: bool, timings: bool, quiet: bool, verbose: bool) -> None:
    """Review a patch series and write a report.

    SOURCE is an mbox (also .gz), a maildir, .patch or .eml files, - for standard input, a lore URL, a Message-ID, or
    git:BASE..TOPIC in the tree.
    """
    started, since = time.monotonic(), time.time_ns()
    _exclude(("--all", every), ("--series", bool(message_id)))
    _exclude(("--via-b4", via_b4), ("--no-network", no_network))
    _exclude(("--check-newer-revisions", asks_newer()), ("--no-network", no_network))
    _exclude(("--check-newer-revisions", asks_newer()), ("--all", every))
    _exclude(("--b4-review", b4_review), ("-o b4-review=DIR", "b4-review" in outputs))
    require_other_files((target.path for target in outputs.values()), (*sources, *suppressions, previous))
    if tree is None and not kernel:
        tree = kernel_tree_around(Path.cwd()) or tree_of_b4(os.environ) or usual_tree()
    if base and tree is None:
        raise UsageError("--base names a revision", hint="say with --tree in which repository")
    # What is wrong with a folder that somebody named is said first, and no series is charged for what all need.
    knowledge = Known(rules, drafts=drafts, at_once=bool(rules or every or budget))
    with _told_to_b4(wanted=formats == ("b4",) and not outputs):
        network = network_of(allowed=not no_network, cache=None if no_cache else cache_folder())
        given = read_sources(sources, version=version_of_series, tree=tree, message_id=message_id, via_b4=via_b4,
                             separator=separator, network=network)
        given = without_skipped(given, skip_list(), quiet=quiet)
        named = ", ".join("standard input" if source == "-" else source for source in sources)
        with told_of(given.mailbox):
            given, message_id = with_newer(given, network, message_id=message_id, version=version_of_series,
                                           where=named, quiet=quiet)
            chosen = (reviewable(given.found, where=named) if every else
                      [choose_series(given.found, message_id=message_id, version=version_of_series, where=named)])
    # b4 asks about each patch in turn: the review of the whole series answers, and is made once.
    one_of_all = given.patch if formats == ("b4",) and not outputs and patches is None else 0
    patches = patches or (frozenset({given.patch}) if given.patch and not one_of_all else None)
    wish = _Wish(tree=tree, base=base, kernel=known_release(kernel, knowledge.model) if kernel else None,
                 arches=_known_arches(knowledge, _split(",".join(arches))), patches=patches, timings=timings,
                 remember=not no_cache, rules=rules, silent=load_suppressions(suppressions, tree), scope=_split(scope),
                 seconds=budget or 0.0, since=since,
                 index=click.get_current_context().with_resource(
                     open_index(api_folders(rules), wanted=not no_cache and tree is not None)))
    _check_numbers(patches, chosen)
    for series in chosen if require_complete else ():
        require_whole(series)
    chosen = [replace(counted(series, given.mailbox), unread=(*series.unread, *given.mailbox.damage))
              for series in account_for_all(chosen, given.found)]
    ingest = round((time.monotonic() - started) * 1000)
    opened = _opened(tree, base, chosen) if tree is not None else None
    if b4_review:
        outputs = {**outputs, "b4-review": b4_review_folder(tree, told=not quiet)}
    reviews, defects = [], 0
    with report.ProgressDisplay(sys.stderr, wanted=not no_progress and not quiet) as progress:
        for number, series in enumerate(chosen):
            if every:
                progress(f"series {number + 1}", number, len(chosen))
            if every:
                one, broken = _review_among_many(series, opened, knowledge, wish, ingest=ingest)
                defects += broken
            else:
                one = _review_one(series, opened, knowledge, wish, ingest=ingest, progress=progress)
            reviews.append(one)
    if previous and not every:
        earlier = _earlier(previous, reviews[0].series, wish, no_network=no_network)
        before = _review_one(earlier, opened, knowledge, wish, ingest=0, progress=_quiet)
        reviews = [reviewing.with_previous(reviews[0], before)]
    elif not every and (lying := _older(given.found, reviews[0].series)) is not None:
        with contextlib.suppress(TreeError):  # an older version that cannot be put on the tree costs one line
            before = _review_one(lying, opened, knowledge, wish, ingest=0, progress=_quiet)
            reviews = [reviewing.with_previous(reviews[0], before)]
    if one_of_all:
        reviews = [replace(one, findings=tuple(finding for finding in one.findings if finding.patch == one_of_all))
                   for one in reviews]
    if verbose:
        _tell(given, reviews)
    show = Show(full=full, old=old, why=why)
    write_reviews(reviews, Order(rules=knowledge, identity=identity, manner=manner, timings=timings,
                                 several=every, show=show,
                                 messages={one.message_id: one for one in given.mailbox.messages}),
                  formats=formats, outputs=outputs)
    if defects:
        click.echo(f"reviewbot: internal error in {defects} of {len(reviews)} series; where they stand it says which "
                   "report to send", err=True)
        click.get_current_context().exit(OWN_DEFECT)
    click.get_current_context().exit(tell_nipa(reviews, os.environ) if nipa else _status(reviews, fail_on))


def _opened(path: Path, rev: str, chosen: list[Series]) -> Tree:
    """Return the kernel tree at the path, which knows what the series will ask where there are several."""
    tree = open_tree(path, rev=rev)
    require_kernel(tree, str(path))
    if len(chosen) > 1:
        reviewing.expect_questions(chosen, tree)
    return tree


def _exclude(one: tuple[str, bool], other: tuple[str, bool]) -> None:
    """Raise UsageError when both options were given."""
    if one[1] and other[1]:
        raise UsageError(f"{one[0]} and {other[0]} exclude each other", hint="leave one of them out")


@contextmanager
def _told_to_b4(*, wanted: bool) -> Iterator[None]:
    """Hand an input that cannot be reviewed on to b4 as an entry that says why: without one b4 calls it a failure."""
    try:
        yield
    except InputError as error:
        if wanted:
            click.echo(report.refuse_b4(str(error)), nl=False)
        raise


def _status(reviews: list[Review], fail_on: str) -> int:
    """Return 1 when a series brings something of that level or graver, else 0."""
    grave: tuple[str, ...] = LEVELS[: [*LEVELS].index(fail_on) + 1] if fail_on in LEVELS else ()
    return int(any(finding.level in grave and report.is_new(finding) for one in reviews for finding in one.findings))


def _review_among_many(series: Series, tree: Tree | None, knowledge: Known, wish: _Wish, *, ingest: int
                       ) -> tuple[Review, bool]:
    """Return the review of one series of many, and whether a defect of ours stands in its place.

    What goes wrong with one series is said there and costs the others nothing; what is wrong with the machine ends the
    run. Raises LocalError.
    """
    try:
        return _review_one(series, tree, knowledge, wish, ingest=ingest, progress=_quiet), False
    except LocalError:
        raise
    except ReviewbotError as error:
        return reviewing.not_reviewed(series, knowledge.whole, " ".join(visible(str(error)).split())), False
    except OSError as error:
        if is_local(error):
            raise
        return _broken(series, knowledge, error)
    except Exception as error:  # noqa: BLE001 - a defect of the program, written down as the last fence does
        return _broken(series, knowledge, error)


def _broken(series: Series, knowledge: Known, error: Exception) -> tuple[Review, bool]:
    return reviewing.not_reviewed(series, knowledge.whole, f"internal error, {type(error).__name__}; please report it"
                        f"{write_bug(error)}"), True


def _earlier(source: str, series: Series, wish: _Wish, *, no_network: bool) -> Series:
    """Return the newest version before the series that the source holds, else the one series in it."""
    network = network_of(allowed=not no_network, cache=cache_folder() if wish.remember else None)
    given = read_sources((source,), version=None, tree=wish.tree, network=network)
    known = [version for version, _ in series.versions if version < series.version]
    older = [one for one in given.found.series if one.version < series.version and one.patches]
    if not older and known:
        given = read_sources((source,), version=max(known), tree=wish.tree, network=network)
        older = [one for one in given.found.series if one.version < series.version and one.patches]
    alike = [one for one in older if one.subject == series.subject] or older
    chosen = max(alike, key=lambda one: one.version) if alike else choose_series(given.found, where=source)
    if not _akin(chosen, series):
        raise InputError(f"'{clip(visible(chosen.subject), 80)}' is no earlier version of this series: they have "
                         "neither their subject nor a file in common", where=source,
                         hint="--previous takes one of the same series")
    return chosen


def _akin(one: Series, other: Series) -> bool:
    """Return whether two series can be versions of one: by name, by their change-id, or by a file that both change."""
    files = [{path for patch in series.patches for file in patch.files for path in (file.new_path, file.old_path)
              if path} for series in (one, other)]
    return one.subject == other.subject or bool(files[0] & files[1]) or (
        bool(one.change_id) and one.change_id == other.change_id)


def _older(found: SeriesSet, series: Series) -> Series | None:
    """Return the newest whole version before the series that lies in the same input, None when there is none."""
    family = {key for _, key in series.versions}
    older = [one for one in found.older if one.message_id in family and one.version < series.version
             and one.patches and not one.missing]
    return max(older, key=lambda one: one.version, default=None)


def _check_numbers(patches: frozenset[int] | None, chosen: list[Series]) -> None:
    """Raise UsageError when none of the series has a patch of one of the numbers."""
    known = {0, *(patch.index for series in chosen for patch in series.patches)}
    lacking = sorted((patches or frozenset()) - known)
    if lacking:
        raise UsageError(f"the series has no patch {lacking[0]}",
                         hint=f"--patch takes numbers up to {max(known)}")


def _known_arches(knowledge: Known, arches: tuple[str, ...]) -> tuple[str, ...]:
    if not arches:
        return ()
    unknown = sorted(set(arches) - set(knowledge.model.arches))
    if unknown:
        knowledge.model.arch(unknown[0])  # raises for an architecture that it does not know
    return tuple(sorted(set(arches)))


def _require_arches(patched: PatchedTree, wanted: tuple[str, ...], known: Known) -> None:
    """Raise UsageError for a wanted architecture that the tree does not have."""
    tree = patched.states[-1].after if patched.states and patched.base.kind != "none" else None
    there = [arch for arch in sorted(known.model.arches) if tree.exists(f"arch/{arch}")] if wanted and tree else []
    lacking = sorted({*wanted}.difference(there)) if there else []
    if lacking:
        raise UsageError(f"the tree has no arch/{lacking[0]}", where="--arch",
                         hint=f"it has {quote_names(there, most=len(there))}")


def _require_scope(patched: PatchedTree, scope: tuple[str, ...]) -> None:
    """Raise UsageError for a folder or file to look at that the tree has neither before nor after the series."""
    trees = [patched.start, patched.states[-1].after] if patched.states and patched.base.kind != "none" else []
    for path in scope if trees else ():
        inside = path.rstrip("/")
        if path != EVERYWHERE and not (is_safe_path(inside) and any(tree.exists(inside) for tree in trees)):
            raise UsageError(f"the tree has no '{visible(clip(path, 80))}'", where="--scope",
                             hint=f"name folders or files from the top of the tree, or {EVERYWHERE}")


def _review_one(series: Series, tree: Tree | None, knowledge: Known, wish: _Wish, *, ingest: int,
                progress: Callable[[str, int, int], None]) -> Review:
    """Return the review of one series: on the tree if there is one, else from its hunks."""
    started = time.monotonic()
    budget = Budget(clock=time.process_time, seconds=wish.seconds)
    progress("applying the series", 0, 4)
    index = wish.index
    stamp = knowledge.stamp if index.is_open else ""
    memo = Memo(index, stamp=stamp, since=wish.since) if index.is_open and not wish.seconds else None
    with contextlib.ExitStack() as kept:
        if isinstance(tree, DirectoryTree):
            kept.enter_context(remembering(tree, index))

        def put() -> tuple[Series, PatchedTree]:
            found = _patched(series, tree, wish, knowledge.model.releases[0])
            if found.base.kind == "git" and found.states:
                progress("searching the tree", 0, 4)
                recall_words(found.start, knowledge.family.names("core"), index)
                kept.enter_context(remembering(found.start, index))
            return follow_functions(*follow_moved(series, found))

        series, patched = memo.patched(series, tree, put) if memo and tree is not None else put()
        applied = time.monotonic()
        _require_arches(patched, wish.arches, knowledge)
        _require_scope(patched, wish.scope)
        version, skips = _version(patched, wish, knowledge)
        kept.enter_context(recalling(index if index.is_open and not wish.seconds else None, stamp))
        asked = (version, wish.arches, wish.patches, skips, wish.silent, wish.scope)

        def make() -> Review:
            whole = knowledge.whole
            try:
                found = reviewing.review_series(
                    series, patched, whole, version=version, arches=wish.arches, patches=wish.patches, skips=skips,
                    silent=wish.silent, scope=wish.scope, progress=progress, budget=budget)
            except BudgetError as error:  # before the first part of the review was begun
                found = reviewing.not_reviewed(series, whole, error.what)
            if isinstance(tree, DirectoryTree):
                tree.require_there()
            return found

        done = memo.review(series, patched, asked, make) if memo else make()
    timing = Timing(ingest=ingest, apply=round((applied - started) * 1000),
                    analyse=round((time.monotonic() - applied) * 1000))
    return replace(done, timing=timing)


def _patched(series: Series, tree: Tree | None, wish: _Wish, oldest: KernelVersion) -> PatchedTree:
    if tree is None:
        if wish.kernel is None and series.date is not None:
            release = release_at(series.date.date(), data_folder("rules"))
            if release is not None:
                found = fragments(series, kernel=str(max(release, oldest)))
                return replace(found, base=replace(found.base, how="oldest" if release < oldest else "date"))
        return fragments(series, kernel=str(wish.kernel) if wish.kernel else "")
    return apply_series(series, tree, base=wish.base)


def _version(patched: PatchedTree, wish: _Wish, knowledge: Known) -> tuple[KernelVersion, tuple[Skip, ...]]:
    """Return the release whose model answers: the tree's, else the one that was named, else that of the series' date.

    The oldest known one answers for a series from before it, the newest known one answers for a series without a date.
    """
    if patched.base.kind != "none" and patched.base.kernel:
        version = parse_version(patched.base.kernel)
        if wish.kernel is not None and wish.kernel != version:
            return version, (Skip(where="the tree", stage="model", why=f"the tree is {version}, so the model of "
                                  f"{version} answers; --kernel {wish.kernel} is for a review without a tree"),)
        return version, ()
    if wish.kernel is not None:
        return wish.kernel, ()
    if patched.base.how in {"date", "oldest"}:
        guess = "the newest at the series' date" if patched.base.how == "date" else "the oldest that there is"
        version = parse_version(patched.base.kernel)
        return version, (Skip(where="the tree", stage="model", why="no release is named, so the model of "
                              f"{version}, {guess}, answers; --tree or --kernel X.Y names the "
                              "right one"),)
    newest = knowledge.model.releases[-1]
    return newest, (Skip(where="the tree", stage="model", why=f"no release is known, so the model of {newest} answers; "
                         "--tree or --kernel X.Y names the right one"),)


def _tell(given: Input, reviews: list[Review]) -> None:
    """Say on standard error what the input held and what each series was applied to."""
    for warning in (*given.mailbox.warnings, *given.found.warnings):
        click.echo(f"reviewbot: {visible(warning)}", err=True)
    for one in reviews:
        base = one.patched.base
        told = f"{_BASES[base.kind]} {base.rev[:12]}".strip() + (f", Linux {base.kernel}" if base.kernel else "") + (
            "" if base.how == "none" else f" ({base.how})")
        click.echo(f"reviewbot: {visible(one.series.subject)} v{one.series.version}: base: {told}", err=True)
        for revision, why in base.tried:
            click.echo(f"reviewbot:   tried {visible(revision)}: {visible(why)}", err=True)


def _quiet(_: str, __: int, ___: int) -> None:
    """Take a progress report and show nothing: with many series the outer count is enough."""
