"""`reviewbot model`: reads the embedded architecture model, asks it, and holds it against a tree."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path

import click
from rich.console import Console, RenderableType

from reviewbot.arch import (
    Check,
    KernelVersion,
    VersionRange,
    anchors_of,
    build_arch_page,
    find_anchors,
    load_model,
    parse_version,
)
from reviewbot.arch.check import check
from reviewbot.arch.query import query
from reviewbot.cli import words
from reviewbot.cli.explore import explore_scenario
from reviewbot.cli.group import Group
from reviewbot.cli.knowledge import known_release, rule_folders
from reviewbot.cli.model_text import say_checks, say_page, say_rows
from reviewbot.cli.skeletons import new_arch
from reviewbot.cli.streams import write_file
from reviewbot.cli.tree_option import tree_option
from reviewbot.errors import UsageError
from reviewbot.report import render_model_html, screen_for
from reviewbot.report.model_rst import render_model_rst
from reviewbot.source import open_tree, require_kernel

__all__ = ["model"]

_DRIFT = 1
_PAGES = ("text", "html", "json")
_PAPER = 100  # columns of a page that goes to a file
_KERNEL_HELP = "A kernel release; may be repeated. Default: those that the model was read from."
_RULES = click.option("--rules", "extra", multiple=True, metavar="DIR", help="A folder with more rules.",
                      type=click.Path(exists=True, file_okay=False, path_type=Path))
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_ARCHES = click.option("--arch", "arches", multiple=True, metavar="A", help="An architecture; may be repeated.",
                       shell_complete=words.arches)


def _output(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, Path] | None:
    """Return the format that `html=page.html` names (empty: none) and the file."""
    if value is None:
        return None
    form, equals, path = value.partition("=")
    return (form, Path(path)) if equals and path and form in _PAGES else ("", Path(value))


@click.group(cls=Group)
def model() -> None:
    """Read the embedded architecture model, ask it, or hold it against a kernel tree."""


model.add_command(explore_scenario)
model.add_command(new_arch)


@model.command()
@click.argument("arch", shell_complete=words.arches)
@click.option("--kernel", metavar="X.Y", shell_complete=words.releases,
              help="Every function in this release in full. Default: a table over releases.")
@click.option("--tree", "folder", metavar="DIR", type=click.Path(path_type=Path),
              help="Say where in this git repository or kernel tree each fact stands.")
@click.option("--format", "form", type=click.Choice(_PAGES), default="text", show_default=True,
              help="The HTML page has both the table and one release in full.")
@click.option("-o", "output", metavar="[FORMAT=]PATH", callback=_output,
              help="Write to this file instead of standard output.")
@_RULES
def show(arch: str, kernel: str | None, folder: Path | None, form: str, output: tuple[str, Path] | None,
         extra: tuple[Path, ...]) -> None:
    """Show what ARCH does with each function: a table over releases, or one release in full."""
    tree = open_tree(folder) if folder else None
    said = kernel or (tree.kernel_version() if tree else "")
    if tree and not said:
        raise UsageError("this is not a kernel tree", where=str(folder), hint="name its release with --kernel X.Y")
    known = load_model(rule_folders(extra))
    release = known_release(kernel, known) if kernel else parse_version(said) if said else None
    page = build_arch_page(known, arch, release)
    places = find_anchors(anchors_of(page), tree, arch=arch) if tree else {}
    form = output[0] or form if output else form
    if form == "html":
        text = render_model_html(page, places, tree=str(folder) if folder else "")
    elif form == "json":
        text = json.dumps(_plain(page), indent=1) + "\n"
    else:
        console = _console() if output is None else Console(width=_PAPER, no_color=True, markup=False, highlight=False,
                                                            emoji=False)
        text = _captured(console, say_page(page, width=console.width, detailed=bool(said), places=places))
    _put(text, output[1] if output else None)


@model.command(name="export")
@click.option("--format", "form", type=click.Choice(["rst"]), default="rst", show_default=True)
@click.option("--kernel", metavar="X.Y", shell_complete=words.releases,
              help="The release. Default: the last that the model knows.")
@_ARCHES
@click.option("-o", "output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write to this file instead of standard output.")
@_RULES
def export_model(form: str, kernel: str | None, arches: tuple[str, ...], output: Path | None,  # noqa: ARG001 - one form
                 extra: tuple[Path, ...]) -> None:
    """Write the model of one release as a page for the kernel's Documentation/."""
    known = load_model(rule_folders(extra))
    version = known_release(kernel, known) if kernel else known.releases[-1]
    names = _split(arches) or [arch.name for arch in known.own]
    _put(render_model_rst([build_arch_page(known, name, version) for name in names], version=version), output)


@model.command(name="query")
@_ARCHES
@click.option("--kernel", "kernels", multiple=True, metavar="X.Y", help=_KERNEL_HELP,
              shell_complete=words.releases)
@click.option("--symbol", "symbols", multiple=True, metavar="S", help="A function; may be repeated.",
              shell_complete=words.functions)
@click.option("--tree", "folder", metavar="DIR", type=click.Path(path_type=Path),
              help="Give the evidence in the JSON the lines at which it stands in this tree; its release is the "
                   "default.")
@_FORMAT
@_RULES
def query_model(arches: tuple[str, ...], kernels: tuple[str, ...], symbols: tuple[str, ...], folder: Path | None,
                form: str, extra: tuple[Path, ...]) -> None:
    """Print what functions do, one entry for each architecture, release and function."""
    known = load_model(rule_folders(extra))
    tree = open_tree(folder) if folder else None
    if tree is not None:
        require_kernel(tree, str(folder))
    releases = [known_release(kernel, known) for kernel in _split(kernels)]
    if tree is not None and not releases and tree.kernel_version():
        releases = [parse_version(tree.kernel_version())]
    rows = query(known, _split(arches), releases, _split(symbols), tree=tree)
    if form == "json":
        click.echo(json.dumps(rows, indent=1))
        return
    console = _console()
    _print(console, say_rows(rows, width=console.width))


@model.command(name="check")
@tree_option
@click.option("--kernel", metavar="X.Y", shell_complete=words.releases,
              help="The release whose facts are meant. Default: the tree's own.")
@_ARCHES
@click.option("-v", "--verbose", is_flag=True, help="List what holds, too.")
@_FORMAT
@_RULES
def check_model(folder: Path, kernel: str | None, arches: tuple[str, ...], verbose: bool, form: str,  # noqa: FBT001 - click passes flags so
                extra: tuple[Path, ...]) -> None:
    """Hold every fact against a kernel tree: it holds, has moved, or is gone. Exits with 1 when one does not hold."""
    tree = open_tree(folder)
    said = kernel or tree.kernel_version()
    if not said:
        raise UsageError("this is not a kernel tree", where=str(folder), hint="name its release with --kernel X.Y")
    checks = check(load_model(rule_folders(extra)), tree, arches=_split(arches), version=parse_version(said))
    if form == "json":
        click.echo(json.dumps([_check_row(item) for item in checks], indent=1))
    else:
        _print(_console(), say_checks(checks, verbose=verbose))
    if any(item.outcome != "holds" for item in checks):
        sys.exit(_DRIFT)


def _split(values: Iterable[str]) -> list[str]:
    """Return the values of an option that may be repeated, and may hold several with commas between."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _check_row(item: Check) -> dict[str, object]:
    anchor = item.anchor
    return {"arch": item.arch, "kind": item.kind, "subject": item.subject, "condition": item.condition,
            "outcome": item.outcome, "file": item.file, "line": item.line, "function": item.function, "why": item.why,
            "anchor": {"file": anchor.file, "function": anchor.function, "has": anchor.has, "lacks": anchor.lacks,
                       "path": list(anchor.path), "for": list(anchor.holds_for)}}


def _plain(value: object) -> object:
    """Return the value as JSON has it: releases as `6.12`, ranges as `5.10..6.12`, dataclasses as objects."""
    if isinstance(value, KernelVersion):
        return str(value)
    if isinstance(value, VersionRange):
        return f"{value.first}..{value.last or ''}"
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _console() -> Console:
    screen = screen_for(sys.stdout, os.environ)
    return Console(width=screen.width, force_terminal=screen.colour, no_color=not screen.colour, markup=False,
                   highlight=False, emoji=False)


def _print(console: Console, blocks: Iterable[RenderableType]) -> None:
    """Print the blocks without the blanks that fill each line up to the width."""
    click.echo(_captured(console, blocks), nl=False, color=not console.no_color)


def _captured(console: Console, blocks: Iterable[RenderableType]) -> str:
    with console.capture() as captured:
        for block in blocks:
            console.print(block)
    lines = (line.rstrip() for line in captured.get().split("\n"))
    return "\n".join(lines).rstrip("\n") + "\n"


def _put(text: str, path: Path | None) -> None:
    """Write to the file, or to standard output."""
    if path is None:
        click.echo(text, nl=False, color=True)
        return
    write_file(path, text, hint="-o PATH needs a folder that exists and can be written")
