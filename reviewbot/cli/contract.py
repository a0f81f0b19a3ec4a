"""`reviewbot contract`: what a kernel tree teaches about a function."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from reviewbot.cfacts import load_family
from reviewbot.cli import words
from reviewbot.cli.near_names import say_near
from reviewbot.cli.tree_option import tree_option
from reviewbot.contracts.learn import learn
from reviewbot.contracts.types import Contract, Place, Way
from reviewbot.errors import UsageError
from reviewbot.report.order import spell_count
from reviewbot.resources import data_folder
from reviewbot.source import Tree, open_tree, require_kernel
from reviewbot.text import clip, quote_names, visible

__all__ = ["contract"]

_MOST_PLACES = 3
_MOST_DEFINED = 12
_DEEPEST = 3
_SAID = {
    "null": "NULL", "error-pointer": "an error pointer", "errno": "a negative errno", "zero": "0", "one": "1",
    "true": "true", "false": "false", "value": "a value",
}


@click.command()
@click.argument("functions", nargs=-1, required=True, metavar="FUNCTION...",
                shell_complete=words.functions)
@tree_option
@click.option("--rev", default="", metavar="REV", help="The revision of a git tree. Default: HEAD.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def contract(functions: tuple[str, ...], folder: Path, rev: str, form: str) -> None:
    """Print what a kernel tree teaches about each FUNCTION: what it gives back, how its callers treat that, what undoes
    it, and what it demands of a caller.

    Facts of the program's own lists, the function's body, and its callers are told apart; each line has its places.
    """
    tree = open_tree(folder, rev=rev)
    require_kernel(tree, str(folder))
    names = tuple(dict.fromkeys(functions))
    for name in names:
        if not name.isidentifier():
            raise UsageError("no function has such a name", where=visible(name),
                             hint="name a function, such as set_memory_ro")
    found = [(_learned(tree, name), _through(tree, name)) for name in names]
    missing = [one.name for one, _ in found if not one.files]
    if missing:
        raise UsageError(f"no C file of the tree holds the name '{visible(clip(missing[0], 60))}'", where=str(folder),
                         hint=say_near(missing[0], tree, load_family((data_folder("rules") / "api",)).names()))
    if form == "json":
        click.echo(json.dumps([_plain(one, through) for one, through in found], indent=1))
        return
    click.echo("\n\n".join("\n".join(_text(one, through)) for one, through in found))


def _learned(tree: Tree, name: str) -> Contract:
    """Return the contract of a function, or of the member that functions are called through, if it is none."""
    known = learn(tree, name, _holding(tree, name))
    if known.defined or known.calls:
        return known
    member = learn(tree, f"->{name}", _holding(tree, name))
    return member if member.calls else known


def _holding(tree: Tree, name: str) -> tuple[str, ...]:
    return tree.search((name,))


def _through(tree: Tree, name: str) -> tuple[Contract, ...]:
    """Return the contracts of the functions whose result the function hands on, as far as they are followed."""
    found: dict[str, Contract] = {}
    waiting = [(name, 0)]
    while waiting:
        one, depth = waiting.pop(0)
        known = learn(tree, one, _holding(tree, one))
        if one != name:
            found[one] = known
        if depth < _DEEPEST and "unknown" in {kind for kind, _ in known.gives}:
            waiting += [(inner, depth + 1) for inner in known.hands_on[:2] if inner not in found and inner != name]
    return tuple(found[one] for one in sorted(found))


def _text(one: Contract, through: tuple[Contract, ...]) -> list[str]:
    lines = [f"{one.name}()" + (f" returns {quote_names(one.returns, joint='or')}" if one.returns else
                                ": no definition that can be read")]
    lines += [f"  defined at {_at(place)}" for place in one.defined[:_MOST_DEFINED]]
    if len(one.defined) > _MOST_DEFINED:
        left = spell_count(len(one.defined) - _MOST_DEFINED, "more place")
        lines.append(f"  and at {left}, which --format json names")
    lines += [f"  by its body: gives {_SAID[kind]} ({_at(place)})" for kind, place in one.gives if kind in _SAID]
    for inner in through:
        lines += [f"  by {inner.name}(), whose result it hands on: gives {_SAID[kind]} ({_at(place)})"
                  for kind, place in inner.gives if kind in _SAID]
    lines += [f"  demands {text} ({_at(place)})" for text, place in one.asserts]
    lines += [f"  undone by {quote_names(one.undone_by, joint='or')} (a fact of the lists)"] if one.undone_by else []
    lines += [f"  undone by {twin}()? {count} of {functions} functions that call it call both"
              for twin, count, functions in one.paired_with]
    if not one.is_void:
        part = " (a part of all, taken evenly)" if one.sampled else ""
        lines.append(f"  by its callers: {spell_count(one.calls, 'call')} read{part}; the result is tested or "
                     f"returned by {one.minded}")
        lines += [f"    {way.count:4} {way.how}: {_some(way)}" for way in one.ways]
    return lines


def _some(way: Way) -> str:
    """Return the first places of a way, and how many more there are."""
    shown = way.places[:_MOST_PLACES]
    more = f" and {way.count - len(shown)} more" if way.count > len(shown) else ""
    return f"{', '.join(map(_at, shown))}{more}"


def _at(place: Place) -> str:
    return f"{place.file}:{place.line}"


def _plain(one: Contract, through: tuple[Contract, ...]) -> dict[str, Any]:
    def place(where: Place) -> dict[str, Any]:
        return {"file": where.file, "line": where.line, "function": where.function}

    return {
        "function": one.name, "returns": list(one.returns), "defined": [place(where) for where in one.defined],
        "gives": [{"kind": kind, "by": "body", **place(where)} for kind, where in one.gives]
        + [{"kind": kind, "by": inner.name, **place(where)} for inner in through for kind, where in inner.gives],
        "callers": {"read": one.calls, "sampled": one.sampled, "minded": one.minded,
                    "ways": [{"how": way.how, "count": way.count, "places": [place(where) for where in way.places]}
                             for way in one.ways]},
        "undone_by": [{"name": name, "source": "lists"} for name in one.undone_by]
        + [{"name": name, "source": "callers", "count": count, "of": functions}
           for name, count, functions in one.paired_with],
        "asserts": [{"text": text, **place(where)} for text, where in one.asserts],
    }
