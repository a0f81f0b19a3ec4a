"""Man pages out of the commands themselves: the same words as `--help`, one page for each command."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from reviewbot.cli.group import first_sentence

__all__ = ["man_pages"]

_STATUS = (
    ("0", "done; for a review: nothing that the series brings is at or above --fail-on"),
    ("1", "for review and scan: something is at or above --fail-on; for other commands: what they check does not hold"),
    ("2", ("the command line is wrong, or what it names is not what it has to be: a folder that is no kernel, rules "
           "that do not hold together, an id that a review does not have")),
    ("3", "a defect of reviewbot; a report file is written and named"),
    ("4", ("the input is missing, cannot be read or holds no patch, the network refused, or a disk or stream of this "
           "machine is full")),
    ("130", "interrupted"))


def man_pages(group: click.Group, name: str) -> dict[str, str]:
    """Return the text of each page by its file name, `reviewbot-review.1`, of the group and all commands below it."""
    pages: dict[str, str] = {}
    context = click.Context(group, info_name=name, **group.context_settings)
    for path, command, inner in _commands(context, group, (name,)):
        pages[f"{'-'.join(path)}.1"] = _page(path, command, inner)
    return pages


def _commands(context: click.Context, command: click.Command, path: tuple[str, ...]
              ) -> Iterator[tuple[tuple[str, ...], click.Command, click.Context]]:
    yield path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _commands(click.Context(below, info_name=name, parent=context), below, (*path, name))


def _page(path: tuple[str, ...], command: click.Command, context: click.Context) -> str:
    title = "-".join(path)
    lines = [f'.TH "{title.upper()}" "1" "" "reviewbot" "reviewbot"', ".SH NAME",
             _escaped(f"{title} - {_small(first_sentence(command))}"), ".SH SYNOPSIS",
             f".B {_escaped(' '.join(path))}", _escaped(" ".join(command.collect_usage_pieces(context)))]
    lines += [".SH DESCRIPTION", *_paragraphs(command.help or "")]
    if isinstance(command, click.Group):
        lines.append(".SH COMMANDS")
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                lines += [".TP", f"\\fB{_escaped(name)}\\fR", _escaped(first_sentence(below))]
    records = [record for param in command.get_params(context) if isinstance(param, click.Option)
               and (record := param.get_help_record(context))]
    if records:
        lines.append(".SH OPTIONS")
        for option, text in records:
            lines += [".TP", f"\\fB{_escaped(option)}\\fR", _escaped(" ".join(text.split()))]
    lines.append(".SH EXIT STATUS")
    for number, text in _STATUS:
        lines += [".TP", f"\\fB{number}\\fR", _escaped(text)]
    if len(path) > 1:
        lines += [".SH SEE ALSO", f".BR {_escaped('-'.join(path[:-1]))} (1)"]
    return "\n".join(lines) + "\n"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(text))):
        if number:
            yield ".PP"
        yield _escaped(" ".join(paragraph.split()))


def _escaped(text: str) -> str:
    """Return the text with what troff would obey made plain."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in {".", "'"} else plain
