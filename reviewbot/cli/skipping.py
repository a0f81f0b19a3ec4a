"""Series that are not to be reviewed: by their subject, their author, or the files that they touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import click

from reviewbot.cli.sources import Input
from reviewbot.series import Series
from reviewbot.text import clip, visible
from reviewbot.values import dataclass

__all__ = ["SkipList", "skip_list", "skip_options", "without_skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipList:
    """Patterns as a shell has them (`*`, `?`, `[a-z]`), whatever the case of letters."""

    only_subjects: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


_OPTIONS = (
    ("--only-subject", "Leave out a series of any other subject."),
    ("--skip-subject", "Leave out a series of this subject."),
    ("--skip-author", "Leave out a series of this author (name or address)."),
    ("--skip-file", "Leave out a series all of whose files are named so."))
_META = "reviewbot.skips"


def _keep(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    context.meta.setdefault(_META, {})[parameter.name] = value


def skip_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with the options that make a SkipList."""
    for name, text in reversed(_OPTIONS):
        command = click.option(name, multiple=True, metavar="GLOB", help=f"{text} May be repeated.",
                               expose_value=False, callback=_keep)(command)
    return command


def skip_list() -> SkipList:
    """Return what the options of the running command say."""
    said = click.get_current_context().meta.get(_META, {})
    return SkipList(only_subjects=said.get("only_subject", ()), subjects=said.get("skip_subject", ()),
                    authors=said.get("skip_author", ()), files=said.get("skip_file", ()))


def without_skipped(given: Input, skips: SkipList, *, quiet: bool) -> Input:
    """Return the input without the series that are to be left out; standard error gets a line for each.

    When nothing is left the run ends with status 0: there was nothing to review, and nothing went wrong.
    """
    reasons = {one.message_id: why for one in given.found.series if one.patches and (why := _why(one, skips))}
    if not reasons:
        return given
    for one in given.found.series if not quiet else ():
        if one.message_id in reasons:
            click.echo(f"reviewbot: left out: {clip(visible(one.subject), 120)}: {reasons[one.message_id]}", err=True)
    kept = tuple(one for one in given.found.series if one.message_id not in reasons)
    if not any(one.patches for one in kept):
        click.get_current_context().exit(0)
    return replace(given, found=replace(given.found, series=kept))


def _why(series: Series, skips: SkipList) -> str:
    """Return why the series is left out, empty when it is not."""
    subject = series.subject
    if skips.only_subjects and not _matches(subject, skips.only_subjects):
        return "its subject is not one of --only-subject or reviewbot.only-subject"
    if _matches(subject, skips.subjects):
        return "its subject is one of --skip-subject or reviewbot.skip-subject"
    if any(_matches(text, skips.authors) for text in (series.author.name, series.author.email)):
        return "its author is one of --skip-author or reviewbot.skip-author"
    files = {diff.path for patch in series.patches for diff in patch.files}
    if files and all(_matches(path, skips.files) for path in files):
        return "its files are all of --skip-file or reviewbot.skip-file"
    return ""


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in patterns)
