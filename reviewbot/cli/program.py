"""How a run ends: one clear line for what a person can mend, a report file for what is our own defect."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from reviewbot import __version__
from reviewbot.errors import ChoiceError, ReviewbotError
from reviewbot.text import visible

__all__ = ["Program"]

_INTERRUPTED = 130
_OWN_DEFECT = 3
_COLLECT_AFTER = (400_000, 50, 100)
"""Objects made before the cycle collector looks: the values of a review live until its end, and Python's own 700 would
have it walk over them all again and again, a tenth of the whole time."""


class Program(click.Group):
    """A group of commands whose every way to end has the exit status that the documentation promises."""

    def __init__(self, *args: Any, commands_in: Mapping[str, str] | None = None, **extra: Any) -> None:
        """Make a group as click does; `commands_in` maps a command's name to its module in `reviewbot.cli`."""
        super().__init__(*args, **extra)
        self._commands_in = dict(commands_in or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the documentation."""
        return [*self._commands_in, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, loaded now, None when there is none."""
        module = self._commands_in.get(cmd_name)
        if module is None:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"reviewbot.cli.{module}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an interrupt ends the program as a shell expects it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
             standalone_mode: bool = True, **extra: Any) -> Any:  # noqa: FBT001, FBT002 - click's own signature
        """Run the program and leave with its exit status."""
        gc.set_threshold(*_COLLECT_AFTER)
        try:
            return super().main(args, prog_name, complete_var, standalone_mode, **extra)
        except ReviewbotError as error:
            click.echo(f"reviewbot: {_line(error)}", err=True)
            if isinstance(error, ChoiceError):
                for message_id, subject in error.choices:
                    click.echo(f"  {visible(message_id)}  {visible(subject)}", err=True)
            sys.exit(error.exit_status)
        except BrokenPipeError:
            # Whoever read our output has seen enough. Python would complain once more while it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except Exception as error:  # noqa: BLE001 - the last fence: everything else here is a defect of the program
            click.echo(f"reviewbot: internal error, {type(error).__name__}: {_line(error)}; please report it with "
                       f"{_write_report(error)}", err=True)
            sys.exit(_OWN_DEFECT)


def _line(error: BaseException) -> str:
    return " ".join(visible(str(error)).split())


def _write_report(error: BaseException) -> Path:
    """Return the path of a new file with the traceback; it holds no text of the input beyond the error's own."""
    text = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="backslashreplace", prefix="reviewbot-bug-",
                                     suffix=".txt", delete=False) as file:
        file.write(f"reviewbot {__version__}, Python {sys.version.split()[0]}\n\n{text}")
        return Path(file.name)
