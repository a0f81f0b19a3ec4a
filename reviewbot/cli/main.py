"""The `reviewbot` command: one group, one module for each command."""

from __future__ import annotations

import click

from reviewbot import __version__
from reviewbot.cli.fetch import fetch
from reviewbot.cli.model import model
from reviewbot.cli.program import Program
from reviewbot.cli.resolve import resolve
from reviewbot.cli.review import review
from reviewbot.cli.rules import explain, rules

__all__ = ["main"]


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="reviewbot")
def main() -> None:
    """Review Linux kernel patch series that touch kernel memory mappings."""


for command in (review, fetch, resolve, model, rules, explain):
    main.add_command(command)
