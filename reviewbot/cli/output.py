"""Where a review goes: each form to its file, its folder, or standard output."""

from __future__ import annotations

import email.utils
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import Template

import click

from reviewbot import report  # as a whole: each form is loaded when it is asked for
from reviewbot.cli.settings import settings
from reviewbot.cli.streams import write_file
from reviewbot.errors import InputError, UsageError
from reviewbot.mail import Address
from reviewbot.report.formats import FORMATS, Order, format_named
from reviewbot.report.manner import Manner
from reviewbot.review import Review
from reviewbot.text import nearest, visible
from reviewbot.values import dataclass

__all__ = ["FORMAT_NAMES", "Target", "b4_review_folder", "identity", "make_folder", "manner",
           "targets", "write_folder", "write_reviews"]

FORMAT_NAMES = tuple(form.name for form in FORMATS)
_MOST_TEMPLATE = 1 << 16  # characters
_HINT = "-o FORMAT=PATH needs a folder that can be made or written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place on the command line: a file, or a folder for a file each; `told` of one that the user did not type."""

    path: Path
    is_folder: bool
    told: bool = False

    @classmethod
    def of(cls, text: str) -> Target:
        """Return the place that was typed: what ends in a slash, or is a folder already, is one."""
        return cls(path=Path(text), is_folder=text.endswith(("/", os.sep)) or Path(text).is_dir())


def targets(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Target]:
    """Return the places by form, of `FORMAT=PATH` words. Raises UsageError for what is none."""
    found = dict[str, Target]()
    for value in values:
        form, equals, path = value.partition("=")
        if not equals or not path or form not in FORMAT_NAMES:
            near = nearest(form, FORMAT_NAMES, most=1) if equals and path else []
            raise UsageError(f"'{value}' is not FORMAT=PATH", hint=f"did you mean '{near[0]}={path}'?" if near else
                             f"FORMAT is one of {', '.join(FORMAT_NAMES)}")
        if form in found:
            raise UsageError(f"-o names two places for {form}: {found[form].path} and {path}",
                             hint="name one of them, and copy it where the other was to be")
        if path == "-":
            raise UsageError(f"'{value}' would be a file of that name; -o writes to a file or a folder",
                             hint=f"for standard output say --format {form}")
        target = Target.of(path)
        taken = [name for name, other in found.items() if other.path == target.path and not target.is_folder]
        if taken and (target.path.is_file() or not target.path.exists()):
            raise UsageError(f"-o names one file for {taken[0]} and {form}", where=path, hint="each needs its own")
        found[form] = target
        if found[form].is_folder and format_named(form).into_folder is None:
            raise UsageError(f"{form} is one file, and this is a folder", where=path,
                             hint=f"name a file, as in -o {form}={path.rstrip('/')}/review.{form}")
    return found


def write_reviews(reviews: Sequence[Review], order: Order, *, formats: Sequence[str], outputs: Mapping[str, Target]
                  ) -> None:
    """Write each form to its place, or to standard output; text when none is named."""
    for name in tuple(dict.fromkeys((*formats, *outputs))) or ("text",):
        form = format_named(name)
        target = outputs.get(name)
        if target is None:
            screen = report.screen_for(sys.stdout, os.environ) if name == "text" else None
            made = replace(order, width=screen.width, colour=screen.colour) if screen else order
            _print(form.write(reviews, made), paged=name == "text" and order.show.full, painted=made.colour)
        elif target.is_folder and form.into_folder is not None:
            write_folder(target.path, form.into_folder(reviews, order), edited=name == "eml")
            if target.told:
                click.echo(f"reviewbot: the comments are in {visible(str(target.path))}", err=True)
        else:
            write_file(target.path, form.write(reviews, order), hint=_HINT)


def write_folder(folder: Path, texts: Mapping[str, str], *, edited: bool, hint: str = _HINT) -> list[Path]:
    """Write each text into the folder under its name, and return the paths.

    What a person has `edited` since, drafts of mail, is never replaced: raises UsageError for a file that says
    something else already, before any is written.
    """
    make_folder(folder, hint=hint)
    paths = [folder / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True) if edited else ():
        if path.is_file() and path.read_bytes() != text.encode("utf-8", "backslashreplace"):
            raise UsageError("another draft is there already, perhaps edited; nothing was written", where=str(path),
                             hint="name another folder, or take this one away")
    for path, text in zip(paths, texts.values(), strict=True):
        make_folder(path.parent, hint=hint)
        write_file(path, text, hint=hint)
    return paths


def b4_review_folder(tree: Path | None, *, told: bool) -> Target:
    """Return where b4 looks for the files of a reviewer of the commit that is checked out in the tree.

    Raises UsageError where the tree is not the top of a git repository with a commit, or there is none.
    """
    from reviewbot.source.opened import checked_out  # noqa: PLC0415 - few runs are for b4

    found = checked_out(tree) if tree is not None else None
    if found is None:
        no_top = "" if tree is None else ", and this is not the top of one"
        raise UsageError(f"--b4-review needs the git repository that b4 has the series in{no_top}",
                         where=str(tree or ""), hint="say with --tree which")
    return Target(path=found[0] / "b4-review" / found[1], is_folder=True, told=told)


def make_folder(path: Path, *, hint: str = _HINT) -> None:
    """Make the folder, also those above it. Raises UsageError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make this folder: {error.strerror}", where=str(path), hint=hint) from error


def _print(text: str, *, paged: bool, painted: bool) -> None:
    """Print the text, through the user's pager where it is long and a person reads it; what is `painted` stays so."""
    if paged and sys.stdout.isatty():
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False, color=True if painted else None)


def identity() -> Address:
    """Return who drafts are from: `sendemail.from`, of the identity that b4 or git is told to take, else `user.name`
    and `user.email` of the user's git."""
    known = settings()
    which = known.get("b4.sendemail-identity") or known.get("sendemail.identity", "")
    sender = known.get(f"sendemail.{which.lower()}.from") or known.get("sendemail.from", "")
    if sender:
        name, address = email.utils.parseaddr(sender)
        return Address(name=name, email=address)
    return Address(name=known.get("user.name", ""), email=known.get("user.email", ""))


def manner() -> Manner:
    """Return how drafts are written: who gets no copy (`b4.email-exclude`, patterns with commas between), and the text
    around an answer (`b4.review-reply-template`, a file; lines that begin with # are none of it).

    Raises InputError for a template that cannot be read, UsageError for one that has no place for the answer.
    """
    known = settings()
    named = known.get("b4.review-reply-template", "")
    template = _template(Path(named).expanduser()) if named else ""
    return Manner(excluded=tuple(filter(None, known.get("b4.email-exclude", "").replace(" ", "").split(","))),
                  template=template)


def _template(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            text = "".join(line for line in stream.read(_MOST_TEMPLATE).splitlines(keepends=True) if line[:1] != "#")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path),
                         hint="b4.review-reply-template of your git configuration names it") from error
    if "reply" not in Template(text).get_identifiers():
        raise UsageError("this template has no ${reply}, the place of the answer", where=str(path),
                         hint="b4.review-reply-template of your git configuration names it")
    return text
