"""A group of commands: the nearest name for one that is not there, help that is not cut, errors in one line."""

from __future__ import annotations

import inspect
import re
from typing import Any

import click

from reviewbot.errors import UsageError
from reviewbot.patterns import regex
from reviewbot.text import clip, nearest, quote_names, visible

__all__ = ["Group", "first_sentence", "plainly", "usage_line"]

_INVALID = regex(r"^Invalid value for ('[^']*'|[^:]*): ")
_NO_FOLDER = regex(r"Directory '(.*)' (does not exist|is a file)[.]?$")
_NO_BOOLEAN = regex(r"is not a valid boolean[.].*", re.DOTALL)
_NO_NUMBER = regex(r"is not a valid (?:integer|float)(?: range)?")
_NOT_ONE_OF = regex(r"'([^']*)' is not one of ")
_SUGGESTED = regex(r"[.]? ?\(?Did you mean ('[^']+'|one of: [^?]*)\?\)?$", re.DOTALL)


class Group(click.Group):
    """A group as click makes it, but for what it says of names that it does not have, and of those that it has."""

    def resolve_command(self, ctx: click.Context, args: list[str]
                        ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names. Raises UsageError, with the nearest names, for none."""
        name = args[0] if args else ""
        if args and not name.startswith("-") and self.get_command(ctx, name) is None:
            known = self.list_commands(ctx)
            near = nearest(name, known)
            hint = f"did you mean {quote_names(near, joint='or')}?" if near else f"the commands are {', '.join(known)}"
            if name == "help":
                group = " ".join(("reviewbot", *_path(ctx).split()))
                hint = f"'{group} --help' lists them, and '{group} COMMAND --help' explains one"
            raise UsageError(f"there is no command '{visible(clip(name, 60))}'", where=_path(ctx), hint=hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what is wrong with a command line of which click does not say whose, is the command's."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            name = ctx.invoked_subcommand or ""
            below = self.get_command(ctx, name)
            if error.ctx is None and below is not None:
                error.ctx = click.Context(below, info_name=name, parent=ctx)
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the whole of its first sentence, over as many lines as it takes."""
        rows = [(name, does) for name in self.list_commands(ctx) if (does := self.does(ctx, name))]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def does(self, ctx: click.Context, name: str) -> str:
        """Return the first sentence of a command's help, empty for one that is not shown."""
        command = self.get_command(ctx, name)
        return first_sentence(command) if command is not None and not command.hidden else ""


def first_sentence(command: click.Command) -> str:
    """Return what a command does, as the first sentence of its help says it."""
    text = inspect.cleandoc(command.short_help or command.help or "").split("\n\n")[0]
    return re.split(r"(?<=[.])\s", " ".join(text.split()))[0].rstrip(".")


def usage_line(error: click.UsageError) -> str:
    """Return click's complaint about a command line in one line: where, what, and what to do about it."""
    said = " ".join(visible(error.format_message()).split())
    hint = ""
    suggested = _SUGGESTED.search(said)
    if suggested:
        said, words = said[:suggested.start()], re.findall("'([^']+)'", suggested[1])
        typed = re.findall("'([^']+)'", said)
        near = nearest(typed[-1], words, most=1) if typed else []
        hint = f"did you mean {quote_names([repr(word) for word in near or words], joint='or')}?"
    said = plainly(said)
    choices = _choices(error)
    wrong = _NOT_ONE_OF.search(said)
    if choices and wrong:
        said = f"{said[:wrong.start()]}'{clip(wrong[1], 60)}' is not one of {', '.join(choices)}"
        near = nearest(wrong[1], choices, most=1)
        hint = f"did you mean '{near[0]}'?" if near else ""
    path = error.ctx.command_path if error.ctx is not None else "reviewbot"
    where = "" if " " not in path else f"{path.split(' ', 1)[1]}: "
    return f"{where}{said[:1].lower()}{said[1:].rstrip('.')}; {hint or f'see {path} --help'}"


def plainly(said: str) -> str:
    """Return what click says of a value in the words that the rest of the program has for it."""
    said = _NO_NUMBER.sub("is not a number", _NO_BOOLEAN.sub("is neither true nor false", said))
    head = _INVALID.match(said)
    folder = _NO_FOLDER.search(said)
    if head is None:
        return said
    name = head[1].strip("'")
    option = f"{name}: " if name.startswith("-") else ""
    if folder:
        return f"{option}'{clip(folder[1], 80)}': {'no such folder' if folder[2] != 'is a file' else 'not a folder'}"
    return said if option else said[head.end():]


def _choices(error: click.UsageError) -> list[str]:
    param: Any = getattr(error, "param", None)
    kind = getattr(param, "type", None)
    return [str(choice) for choice in kind.choices] if isinstance(kind, click.Choice) else []


def _path(ctx: click.Context) -> str:
    return ctx.command_path.split(" ", 1)[1] if " " in ctx.command_path else ""
