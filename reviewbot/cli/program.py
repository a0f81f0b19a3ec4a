"""How a run ends: one clear line for what a person can mend, a report file for what is our own defect."""

from __future__ import annotations

import contextlib
import errno
import gc
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from reviewbot import __version__
from reviewbot.cli.group import Group, usage_line
from reviewbot.cli.streams import is_local, leave_quietly, open_streams, stopping_cleanly
from reviewbot.errors import ChoiceError, InputError, LocalError, ReviewbotError
from reviewbot.text import visible

__all__ = ["OWN_DEFECT", "Program", "write_bug"]

_INTERRUPTED = 130
OWN_DEFECT = 3
_COLLECT_AFTER = (1_000_000, 50, 100)
"""Objects made before the cycle collector looks: the values of a review live until its end, and Python's own 700 would
have it walk over them all again and again, a tenth of the whole time."""


class Program(Group):
    """A group of commands whose every way to end has the exit status that the documentation promises."""

    def __init__(self, *args: Any, commands_in: Mapping[str, tuple[str, str]] | None = None, **extra: Any) -> None:
        """Make a group as click does; `commands_in` maps a command's name to its module in `reviewbot.cli` and to what
        it does."""
        super().__init__(*args, **extra)
        self._commands_in = dict(commands_in or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the documentation."""
        return [*self._commands_in, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, loaded now, None when there is none."""
        if cmd_name not in self._commands_in:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"reviewbot.cli.{self._commands_in[cmd_name][0]}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def does(self, ctx: click.Context, name: str) -> str:
        """Return the first sentence of a command's help, without loading the command."""
        return self._commands_in[name][1] if name in self._commands_in else super().does(ctx, name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an interrupt ends it as a shell expects it, a reader that has seen enough with 0."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            ctx.exit(0)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
             standalone_mode: bool = True, **extra: Any) -> Any:  # noqa: ARG002, FBT001, FBT002 - click's own signature
        """Run the program and leave with its exit status."""
        gc.set_threshold(*_COLLECT_AFTER)
        open_streams()
        with stopping_cleanly():
            status = self._status(args, prog_name, complete_var, extra)
        leave_quietly()
        gc.freeze()  # what is left dies with the process: Python would walk over all of it once more
        sys.exit(status)

    def _status(self, args: Sequence[str] | None, prog_name: str | None, complete_var: str | None,
                extra: Mapping[str, Any]) -> int | str | None:
        """Run the program and return its exit status; what it could not write to standard output is an error, too."""
        try:
            status: int | str | None = 0
            try:
                left = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
                status = left if isinstance(left, int) else 0
            except SystemExit as asked:
                status = asked.code
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return error.exit_code
        except click.UsageError as error:
            _complain(usage_line(error))
            return error.exit_code
        except click.Abort:
            return _INTERRUPTED
        except ReviewbotError as error:
            _complain(_line(error))
            if isinstance(error, ChoiceError):
                for message_id, subject in error.choices:
                    _complain(f"  {visible(message_id)}  {visible(subject)}", name="")
            return error.exit_status
        except BrokenPipeError:
            return 0  # whoever read our output has seen enough
        except Exception as error:  # noqa: BLE001 - the last fence: everything else here is a defect of the program
            if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
                _complain(f"{visible(str(error.filename or ''))}: {error.strerror}: there is nothing of that name")
                return InputError.exit_status
            if isinstance(error, OSError) and is_local(error):
                where = visible(str(error.filename or "standard output or a temporary file"))
                _complain(f"{where}: {error.strerror}; free some space, or name another place with -o, TMPDIR or "
                          "XDG_CACHE_HOME")
                return LocalError.exit_status
            _complain(f"internal error, {type(error).__name__}: {_line(error)}; please report it{write_bug(error)}")
            return OWN_DEFECT
        return status


def _complain(text: str, *, name: str = "reviewbot: ") -> None:
    """Print one line on standard error, if that takes it."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(f"{name}{text}", err=True)


def _line(error: BaseException) -> str:
    return " ".join(visible(str(error)).split())


def write_bug(error: BaseException) -> str:
    """Write the traceback to a new file and return ` with PATH`; it holds no text of the input beyond the error's own.

    Returns the last line of the traceback's place instead where no file can be made.
    """
    text = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="backslashreplace", prefix="reviewbot-bug-",
                                         suffix=".txt", delete=False) as file:
            file.write(f"reviewbot {__version__}, Python {sys.version.split()[0]}\n\n{text}")
            return f" with {file.name}"
    except OSError:
        last = traceback.extract_tb(error.__traceback__)[-1:]
        return "".join(f" (at {Path(frame.filename).name}:{frame.lineno}; no report file could be written)"
                       for frame in last)
