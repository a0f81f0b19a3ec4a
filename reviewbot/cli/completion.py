"""`reviewbot completion SHELL`: the script with which a shell completes the program's words."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from reviewbot.cli.output import make_folder
from reviewbot.cli.streams import write_file

__all__ = ["completion"]

_VARIABLE = "_REVIEWBOT_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.option("--install", is_flag=True, help="Write it where the shell looks for it in your home folder.")
def completion(shell: str, *, install: bool) -> None:
    """Print the script that makes SHELL complete commands, options and formats, or install it.

    Without --install put it where your shell reads it, for instance:
    reviewbot completion bash > ~/.local/share/bash-completion/completions/reviewbot
    """
    group = click.get_current_context().find_root().command
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(group, {}, "reviewbot", _VARIABLE).source()
    if not install:
        click.echo(script)
        return
    target = _home(shell)
    hint = f"write it yourself: reviewbot completion {shell} > FILE"
    make_folder(target.parent, hint=hint)
    write_file(target, script + "\n", hint=hint)
    click.echo(f"reviewbot: {target} is written; new shells complete 'reviewbot'"
               f"{_MORE.get(shell, '')}", err=True)


_MORE = {"zsh": ", once ~/.zshrc has 'fpath+=~/.zfunc; autoload -Uz compinit; compinit'",
         "bash": ", where the package bash-completion is set up; elsewhere let ~/.bashrc source that file"}


def _home(shell: str) -> Path:
    """Return where the shell looks for scripts of its user."""
    home = Path.home()
    match shell:
        case "bash":
            data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
            return data / "bash-completion" / "completions" / "reviewbot"
        case "fish":
            config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
            return config / "fish" / "completions" / "reviewbot.fish"
    return home / ".zfunc" / "_reviewbot"
