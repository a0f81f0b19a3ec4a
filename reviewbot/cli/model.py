"""`reviewbot model`: reads the embedded architecture model, asks it, and holds it against a tree."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reviewbot.arch import Model, load_model, parse_version, query
from reviewbot.resources import data_folder

__all__ = ["model"]

_KERNEL = click.option("--kernel", "kernels", multiple=True, metavar="X.Y", help="A kernel release; may be repeated.")
_ARCH = click.option("--arch", "arches", multiple=True, metavar="A", help="An architecture; may be repeated.")


@click.group()
def model() -> None:
    """Read the embedded architecture model, ask it, or hold it against a kernel tree."""


def _load(extra: tuple[Path, ...]) -> Model:
    return load_model((data_folder("rules"), *extra))


_RULES = click.option("--rules", "rules", multiple=True, metavar="DIR", help="A folder with more rules.",
                      type=click.Path(exists=True, file_okay=False, path_type=Path))


@model.command(name="query")
@_ARCH
@_KERNEL
@click.option("--symbol", "symbols", multiple=True, metavar="S", help="A function; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_RULES
def query_model(arches: tuple[str, ...], kernels: tuple[str, ...], symbols: tuple[str, ...], form: str,
                rules: tuple[Path, ...]) -> None:
    """Print what the model says about functions, one entry an architecture, release and function."""
    rows = query(_load(rules), arches, [parse_version(kernel) for kernel in kernels], symbols)
    click.echo(json.dumps(rows, indent=1))
