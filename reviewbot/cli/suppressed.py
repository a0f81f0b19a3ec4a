"""Where the suppressions of a run stand, and `reviewbot suppress`, which adds one."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

from reviewbot.cli import words
from reviewbot.cli.output import identity, make_folder
from reviewbot.cli.streams import write_file
from reviewbot.errors import InputError, UsageError
from reviewbot.findings.suppressions import FILE, Suppression, read_suppressions, write_suppression
from reviewbot.findings.types import Finding
from reviewbot.report.stored import read_file, read_reviews
from reviewbot.text import clip, nearest, quote_names, visible

__all__ = ["load_suppressions", "suppress"]

_HEAD = """\
# Findings of reviewbot that need not be told again. 'reviewbot suppress REVIEW.json ID --reason TEXT' adds an entry;
# take one out to be told again. A fingerprint survives moved lines and new versions of a series.
"""
_MOST = 4 << 20  # bytes


def load_suppressions(named: tuple[Path, ...], tree: Path | None) -> dict[str, Suppression]:
    """Return the entries of the named files; without any, of those around the current folder and in the tree.

    Raises InputError for a named file that is not there, DataError for one that is wrong.
    """
    files = list(named)
    if not named:
        around = _around(Path.cwd())
        inside = tree / FILE if tree is not None else None
        files = [one for one in (around, inside) if one is not None and os.path.isfile(one)]  # noqa: PTH113 - is_file() raises for long names
    found: dict[str, Suppression] = {}
    for file in files:
        found |= read_suppressions(_read(file), where=str(file))
    return found


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST:
            raise InputError(f"is larger than {_MOST >> 20} MB", where=str(file), hint="take old entries out")
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(file),
                         hint="'reviewbot suppress' writes such files") from error


def _around(folder: Path) -> Path | None:
    """Return the file of the folder or of the nearest one above it that has one."""
    return next((one / FILE for one in (folder, *folder.parents) if (one / FILE).is_file()), None)


def _home(folder: Path) -> Path:
    """Return where a new file belongs: the top of the repository or kernel tree around the folder, else the folder."""
    return next((one for one in (folder, *folder.parents)
                 if (one / ".git").exists() or (one / "MAINTAINERS").is_file()), folder) / FILE


@click.command()
@click.argument("review", type=click.Path(path_type=Path, readable=False), metavar="REVIEW.json")
@click.argument("name", metavar="ID", shell_complete=words.ids)
@click.option("--reason", required=True, metavar="TEXT", help="Why the finding need not be told again.")
@click.option("--author", default="", metavar="NAME", help="Who says so. Default: the identity of your git.")
@click.option("--file", "file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help=f"Where the entry goes. Default: the {FILE} around the current folder.")
def suppress(review: Path, name: str, reason: str, author: str, file: Path | None) -> None:
    """Do not tell finding ID again, in this series, its later versions, or elsewhere: for a reason.

    REVIEW.json is what 'reviewbot review -o json=REVIEW.json' wrote; ID is that of a finding, or of a row of the first
    page, which stands for all findings behind it. Reviews show the finding as suppressed, with the reason, and neither
    ask about it nor leave with status 1 because of it.
    """
    if not reason.strip():
        raise UsageError("a suppression needs a reason", hint="--reason TEXT says why it need not be told again")
    findings = _findings(read_file(review), name, where=str(review))
    who = author or str(identity())
    if not who.strip():
        raise UsageError("a suppression needs an author", hint="set user.name and user.email with "
                         "'git config --global' (those of a tree are not read), or give --author")
    target = file or _around(Path.cwd()) or _home(Path.cwd())
    text = _read(target) if target.exists() else _HEAD
    known = read_suppressions(text, where=str(target))
    added = [one for one in findings if one.fingerprint not in known]
    for one in added:
        text = text.rstrip("\n") + "\n" + write_suppression(Suppression(
            fingerprint=one.fingerprint, reason=reason, date=dt.datetime.now(tz=dt.UTC).date(), author=who,
            rule=one.rule, finding=clip(f"{one.file}:{one.line}: {one.message}" if one.file else one.message, 300)))
    if not added:
        raise UsageError(f"this is suppressed already: {visible(str(known[findings[0].fingerprint]))}",
                         where=str(target), hint="change the entry by hand")
    hint = "--file FILE names another place"
    make_folder(target.parent, hint=hint)
    write_file(target, text, hint=hint)
    for one in added:
        click.echo(f"reviewbot: suppressed in {target}: {visible(one.id)}", err=True)


def _findings(text: str, name: str, *, where: str) -> list[Finding]:
    """Return the findings that the id names. Raises UsageError when there is none."""
    ids: set[str] = set()
    for review in read_reviews(text, where=where):
        known = {one.id: one for one in review.findings}
        rows = {row.id: row for row in (*review.page.rows, *review.page.left_rows)}
        ids |= {*known, *rows}
        by_mark = [one for one in review.findings if one.fingerprint == name]
        behind = [known[one] for one in rows[name].because if one in known] if name in rows else []
        found = [known[name]] if name in known else by_mark or behind
        if found:
            return found
        if name in rows:
            raise UsageError(f"no finding stands behind {name}: it says what changes, which cannot be suppressed",
                             where=where, hint="ids of findings stand in the JSON and in 'reviewbot review --why'")
    near = nearest(name, sorted(ids))
    raise UsageError(f"nothing in the review has the id '{visible(clip(name, 60))}'", where=where,
                     hint=f"did you mean {quote_names(near, joint='or')}?" if near else
                     "'reviewbot review --why' shows the ids")
