"""`reviewbot resolve`: which definition of a name each architecture and configuration gets."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from reviewbot.cfacts import load_family
from reviewbot.cli import words
from reviewbot.cli.near_names import say_near
from reviewbot.cli.tree_option import tree_option
from reviewbot.errors import UsageError
from reviewbot.kconfig import KernelConfig, Resolution, Status, SymbolReport
from reviewbot.logic import TRUE, Cond, Ternary, parse_condition
from reviewbot.resources import data_folder
from reviewbot.source import Tree, open_tree
from reviewbot.text import clip, quote_names, visible

__all__ = ["resolve"]

_WIDTH = 100
_MOST_UNKNOWN = 3
_Key = tuple[Status, str, str, str, str, str]


@click.command()
@click.argument("symbols", nargs=-1, required=True, metavar="SYMBOL...", shell_complete=words.functions)
@tree_option
@click.option("--rev", default="", metavar="REV", help="The revision of a git tree. Default: HEAD.")
@click.option("--arch", "arches", multiple=True, metavar="A", shell_complete=words.arches,
              help="An architecture; may be repeated. Default: all.")
@click.option("--config", "config", default="", metavar="EXPR",
              help="Only configurations in which this holds, as 'DEBUG_PAGEALLOC && !MMU'.")
@click.option("--from", "from_file", default="", metavar="FILE",
              help="What FILE gets through its includes: a path in the tree, or a header such as linux/set_memory.h.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--no-progress", is_flag=True, help="Do not say what is being read.")
def resolve(symbols: tuple[str, ...], folder: Path, rev: str, arches: tuple[str, ...], config: str, from_file: str,
            form: str, **flags: bool) -> None:
    """Print which definition of each SYMBOL every architecture and configuration of a kernel tree gets.

    real: a function that does the work; stub: it does nothing and returns a constant; macro: a macro, or made by one;
    undeclared: a compile error; undefined: declared, but a link error. Below each, 'when' is the condition, and 'set' a
    small set of symbols with which it holds.
    """
    cond = parse_condition(config) if config else TRUE
    tree = open_tree(folder, rev=rev)
    family = load_family((data_folder("rules") / "api",))
    kernel = KernelConfig(tree, makers={one.name: one.made_by for one in family.functions if one.made_by})
    wanted = _arches(kernel, arches, where=str(folder))
    if from_file and not _exists(kernel, from_file, wanted):
        raise UsageError("the tree has no such file", where=from_file,
                         hint="--from takes a path in the tree, or a header such as linux/set_memory.h")
    _require_symbols(cond, kernel, wanted)
    names = tuple(dict.fromkeys(symbols))
    progress = not flags["no_progress"] and sys.stderr.isatty()
    if progress:
        click.echo("searching the tree ...", err=True)
    kernel.prepare(names)
    for arch in wanted if progress else ():
        click.echo(f"reading the Kconfig of {arch} ...", err=True)
        kernel.knows("MMU", arch)
    reports = [kernel.resolve(name, arches=wanted, config=cond, from_file=from_file) for name in names]
    unknown = [one.symbol for one in reports if one.symbol not in family.names() and not config and not from_file
               and not one.definitions and all(row.status == "undeclared" for row in one.resolution)]
    errors = [_unknown(name, tree, family.names(), where=str(folder)) for name in unknown[:_MOST_UNKNOWN]]
    if errors and len(unknown) == len(reports):
        raise errors[0]
    for error in errors:
        click.echo(f"reviewbot: {error}", err=True)
    if form == "json":
        click.echo(json.dumps([_plain(report) for report in reports], indent=1))
        return
    skips = [f"{skip.where}: {skip.why}" for arch in wanted for skip in kernel.skips(arch)]
    nowhere = _nowhere(from_file, config)
    click.echo("\n".join(line for report in reports for line in [*_text(report, nowhere), ""]).rstrip())
    for line in skips:
        click.echo(f"not read: {visible(line)}", err=True)


def _arches(kernel: KernelConfig, named: tuple[str, ...], *, where: str) -> tuple[str, ...]:
    """Return the architectures that were asked for. Raises UsageError for one that the tree does not have."""
    known = kernel.arches()
    if not known:
        raise UsageError("no folder of arch/ holds a Kconfig or a Makefile", where=where,
                         hint="--tree takes a kernel source tree")
    wanted = tuple(dict.fromkeys(arch for word in named for arch in word.replace(",", " ").split()))
    for arch in wanted:
        if arch not in known:
            raise UsageError(f"the tree has no architecture '{visible(arch)}'", where=where,
                             hint=f"it has {', '.join(known)}")
    return wanted or known


def _require_symbols(cond: Cond, kernel: KernelConfig, arches: tuple[str, ...]) -> None:
    """Raise UsageError for a Kconfig symbol of --config that none of the architectures has: it would decide nothing."""
    for name in sorted(cond.variables()):
        symbol = name.removeprefix("CONFIG_")
        if symbol != name and not any(kernel.knows(one, arch) for arch in arches
                                      for one in (symbol, symbol.removesuffix("_MODULE"))):
            near = sorted({like for arch in arches if (like := kernel.spelled_like(symbol, arch))})
            raise UsageError(f"no Kconfig file of {quote_names(arches)} names '{visible(clip(symbol, 60))}'",
                             where="--config", hint=f"did you mean {quote_names(near, joint='or')}?" if near else
                             "check the name, and --arch")


def _unknown(symbol: str, tree: Tree, family: Iterable[str], *, where: str) -> UsageError:
    """Return the error for a name that stands nowhere, with those of the family and of the headers most like it."""
    return UsageError(f"nothing in the tree is named '{visible(clip(symbol, 60))}'", where=where,
                      hint=say_near(symbol, tree, family))


def _exists(kernel: KernelConfig, name: str, arches: tuple[str, ...]) -> bool:
    return any(kernel.find_header(name, arch) for arch in arches)


def _plain(report: SymbolReport) -> dict[str, Any]:
    """Return the report as the contract's JSON has it."""
    return {
        "symbol": report.symbol,
        "definitions": [
            {"file": one.file, "line": one.line, "kind": one.kind, "condition": _condition(str(one.condition))}
            for one in report.definitions
        ],
        "resolution": [
            {"arch": one.arch, "status": one.status, "defined_in": one.defined_in or None,
             "condition": _condition(str(one.condition)), "returns": one.returns, "value": one.value,
             "example": dict(one.example), "exported": None if one.exported is None else str(one.exported) != "0",
             "certain": one.ternary is Ternary.YES, "free": list(one.free)}
            for one in report.resolution
        ],
    }


def _condition(text: str) -> str:
    return "" if text == "1" else text


def _nowhere(from_file: str, config: str) -> str:
    """Return what an answer without a row means: nothing that was asked about can be built at all."""
    which = f"configuration in which '{config}' holds" if config else "configuration"
    return visible(f"{from_file} is built in no {which}" if from_file else f"there is no {which}")


def _text(report: SymbolReport, nowhere: str) -> Iterator[str]:
    """Yield the lines for one name: rows that are the same on several architectures stand once."""
    yield visible(report.symbol)
    if not report.resolution:
        yield f"  {nowhere}"
    groups: dict[_Key, list[Resolution]] = {}
    for one in report.resolution:
        open_on = "" if one.ternary is Ternary.YES else ", ".join(one.free)
        example = " ".join(f"{name}={value}" for name, value in one.example)
        key: _Key = (one.status, one.defined_in, _condition(str(one.condition)), example, _returns(one), open_on)
        groups.setdefault(key, []).append(one)
    ordered = sorted(groups, key=lambda key: (_ORDER.index(key[0]), key[1:]))
    for key in ordered:
        status, place, condition, example, returns, free = key
        yield f"  {status:<10} {visible(place) or '-'}{f'  {returns}' if returns else ''}"
        yield from _wrapped("on", " ".join(one.arch for one in groups[key]))
        if condition:
            yield from _wrapped("when", condition)
        if example:
            yield from _wrapped("set", example)
        if free:
            yield from _wrapped("if", f"it cannot be known from the tree: {free}")


_ORDER = ("real", "macro", "stub", "undefined", "undeclared")


def _returns(one: Resolution) -> str:
    if one.status == "stub":
        return f"returns {one.value}" if one.value else "does nothing"
    return visible(one.returns)


def _wrapped(word: str, text: str) -> Iterator[str]:
    lead = f"{'':13}{word:<5}"
    line = ""
    for part in visible(text).split():
        if line and len(lead) + len(line) + 1 + len(part) > _WIDTH:
            yield f"{lead}{line}"
            lead, line = " " * 18, part
        else:
            line = f"{line} {part}".strip()
    yield f"{lead}{line}"
