"""`reviewbot why REVIEW.json ID`: what one line of a review rests on."""

from __future__ import annotations

from pathlib import Path

import click

from reviewbot.cli import words
from reviewbot.report.stored import read_file
from reviewbot.report.why_text import render_why

__all__ = ["why"]


@click.command()
@click.argument("review", type=click.Path(path_type=Path, readable=False), metavar="REVIEW.json")
@click.argument("name", metavar="ID", shell_complete=words.ids)
def why(review: Path, name: str) -> None:
    """Say what a row, a finding or a cell of a finished review rests on.

    REVIEW.json is what 'reviewbot review -o json=REVIEW.json' wrote, ID is that of a row (row-1), a finding or a cell
    (cell-2-7); 'reviewbot review --why' shows them.
    """
    click.echo(render_why(read_file(review), name, where=str(review)), nl=False)
