"""`reviewbot why REVIEW.json ID`: what one line of a review rests on."""

from __future__ import annotations

from pathlib import Path

import click

from reviewbot.errors import InputError
from reviewbot.report.why_text import render_why

__all__ = ["why"]


@click.command()
@click.argument("review", type=click.Path(path_type=Path), metavar="REVIEW.json")
@click.argument("name", metavar="ID")
def why(review: Path, name: str) -> None:
    """Say what a row, a finding or a cell of a finished review rests on.

    REVIEW.json is what 'reviewbot review -o json=REVIEW.json' wrote, ID is that of a row (row-1), a finding or a cell
    (cell-2-7); 'reviewbot review --why' shows them.
    """
    try:
        text = review.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(review),
                         hint="give the file that 'reviewbot review -o json=FILE' wrote") from error
    click.echo(render_why(text, name, where=str(review)), nl=False)
