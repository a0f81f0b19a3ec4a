"""`reviewbot reply REVIEW.json`: drafts of the answers to a series, out of a finished review."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from reviewbot import report
from reviewbot.cli import words
from reviewbot.cli.output import Target, identity, manner, write_folder
from reviewbot.cli.streams import require_other_files, write_file
from reviewbot.errors import InputError, UsageError
from reviewbot.findings.types import LEVELS, Level
from reviewbot.report.reply import Draft, named_files
from reviewbot.report.stored import StoredReview, read_file, read_reviews
from reviewbot.text import clip, nearest, quote_names, visible

__all__ = ["reply"]

_FEW = 4
_HINT = "-o PATH needs a folder that can be made or written"


@click.command()
@click.argument("review", type=click.Path(path_type=Path, readable=False), metavar="REVIEW.json")
@click.option("--select", "names", multiple=True, metavar="ID,ID", shell_complete=words.ids,
              help="Say exactly these: ids of findings, or of rows of the first page. May be repeated.")
@click.option("--level", type=click.Choice(LEVELS), metavar="LEVEL",
              help="Say every finding of this level and graver (error, warning, question, note); with --select, those "
                   "of the selected ones.")
@click.option("-o", "output", metavar="PATH",
              help="DIR/ for one file a draft, ready for git send-email; FILE for all of them, as mboxrd if there are "
                   "several. Default: standard output.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say to whom the drafts go and how they are sent.")
def reply(review: Path, names: tuple[str, ...], level: Level | None, output: str | None, *, quiet: bool) -> None:
    """Write the answers to a series as drafts of mail, one for each patch with something to ask.

    REVIEW.json is what 'reviewbot review -o json=REVIEW.json' wrote. Without --select and --level the drafts say what
    the first page asks, and every error. They are written, never sent.
    """
    require_other_files([Path(output)] if output else [], [review])
    wanted = [name.strip() for text in names for name in text.split(",") if name.strip()]
    drafts = _drafts(read_reviews(read_file(review), where=str(review)), wanted, level, where=str(review))
    every = [draft for group in drafts for draft in group]
    target = Target.of(output) if output else None
    written: list[Path] = []
    if target is None:
        click.echo(report.render_eml(every), nl=False)
    elif target.is_folder:
        written = write_folder(target.path, named_files(drafts), edited=True, hint=_HINT)
        others = sorted(path.name for path in {*target.path.glob("*.eml")}.difference(written))
        if others and not quiet:
            click.echo(visible(f"reviewbot: {clip(output or '', 80)} holds {quote_names(others, most=2)} as well, "
                               "which this is not about"), err=True)
    else:
        write_file(target.path, report.render_eml(every), hint=_HINT)
        written = [target.path] if len(every) == 1 else []
    if not quiet:
        _tell(every, written, several=target is not None and not target.is_folder)


def _drafts(reviews: tuple[StoredReview, ...], names: list[str], level: Level | None, *, where: str
            ) -> list[tuple[Draft, ...]]:
    """Return the drafts of each review. Raises UsageError for an id that none of them has."""
    drafts: list[tuple[Draft, ...]] = []
    known = [(one, {*(finding.id for finding in one.findings), *(row.id for row in one.page.rows)}) for one in reviews]
    lacking = [name for name in names if not any(name in ids for _, ids in known)]
    if lacking:
        near = nearest(lacking[0], sorted({name for _, ids in known for name in ids}))
        raise UsageError(f"nothing in the review has the id '{visible(clip(lacking[0], 60))}'", where=where,
                         hint=f"did you mean {quote_names(near, joint='or')}?" if near else
                         "'reviewbot review --why' shows the ids")
    for one, ids in known:
        if one.answerable is None:
            raise InputError("this review is of an older reviewbot, and keeps no mails to answer", where=where,
                             hint="review the series again")
        mine = [name for name in names if name in ids]
        if names and not mine:
            continue
        selected = report.select(one.findings, one.page, names=mine, level=level) if mine or level else None
        drafts.append(report.draft_for(one.answerable.series, one.findings, spots=one.answerable.spots,
                                       identity=identity(), messages=one.answerable.messages, page=one.page,
                                       selected=selected, manner=manner()))
    return drafts


def _tell(drafts: list[Draft], written: list[Path], *, several: bool) -> None:
    """Say on standard error to whom each draft goes, and how it is sent once it was read."""
    if not drafts:
        click.echo("reviewbot: nothing to ask: no draft", err=True)
    for number, draft in enumerate(drafts):
        name = f"{written[number]}: " if len(written) == len(drafts) else ""
        others = ", ".join(draft.cc[:_FEW]) + (f" and {len(draft.cc) - _FEW} more" if len(draft.cc) > _FEW else "")
        click.echo(visible(f"reviewbot: {name}{draft.subject}; To: {', '.join(draft.to)}"
                           f"{f'; Cc: {others}' if others else ''}"), err=True)
    if len(drafts) > 1 and (several or not written) and (several or not sys.stdout.isatty()):
        click.echo(f"reviewbot: {len(drafts)} drafts in one mboxrd, for programs that read mailboxes; -o DIR/ writes a "
                   "file each, which is what can be sent", err=True)
    if written and drafts:
        files = " ".join(shlex.quote(str(path)) for path in written)
        click.echo(f"reviewbot: read them, then: git send-email --suppress-from --suppress-cc=body {files}", err=True)
