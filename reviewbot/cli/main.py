"""The `reviewbot` command: one group, one module for each command."""

from __future__ import annotations

import click

from reviewbot import __version__
from reviewbot.cli.program import Program

__all__ = ["main"]

# Each command is a name of the module that it stands with. It is loaded when it is asked for: a scan with its index
# takes less time than loading all the others would.
COMMANDS = {
    "review": "review",
    "fetch": "fetch",
    "scan": "scan",
    "contract": "contract",
    "resolve": "resolve",
    "model": "model",
    "reply": "reply",
    "suppress": "suppressed",
    "serve": "serve",
    "index": "index",
    "completion": "completion",
    "why": "why",
    "rules": "rules",
    "explain": "rules",
}


@click.group(cls=Program, commands_in=COMMANDS,
             context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="reviewbot")
def main() -> None:
    """Review Linux kernel patch series that touch kernel memory mappings."""
