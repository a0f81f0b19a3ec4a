"""The words that a shell offers when it completes an argument: rules, architectures, releases, functions, ids."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from reviewbot.resources import data_folder

__all__ = ["arches", "explained", "functions", "ids", "releases", "rule_ids", "scenarios"]

_LARGEST = 64 << 20  # bytes of a review that are looked through while somebody waits at a prompt


def rule_ids(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the ids of the program's own rules."""
    return _items((path.parent.name for path in (data_folder("rules") / "checks").glob("*/rule.toml")), begun)


def explained(context: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return what can be explained: the rules, and the weights of the first page."""
    return [*rule_ids(context, param, begun), *_items(["weights"], begun)]


def scenarios(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the names of the scenarios."""
    return _items((path.stem for path in (data_folder("rules") / "scenarios").glob("*.toml")), begun)


def arches(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the architectures of the model; of several with commas between, the last is completed."""
    folder = data_folder("rules") / "arch"
    names = {path.stem for path in folder.glob("*.toml") if not path.stem.startswith("_")}
    names |= {*_toml(folder / "_generic.toml").get("arches", []), *_toml(folder / "_bare.toml").get("architecture", {})}
    first, comma, last = begun.rpartition(",")
    return _items((first + comma + name for name in names), first + comma + last)


def releases(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the kernel releases that the model was read from."""
    return _items(_toml(data_folder("rules") / "arch" / "_generic.toml").get("releases", []), begun)


def functions(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the functions of the families."""
    found: set[str] = set()
    for path in (data_folder("rules") / "api").glob("*.toml"):
        found |= {str(entry["name"]) for entry in _toml(path).get("function", [])
                  if isinstance(entry, dict) and "name" in entry}
    return _items(found, begun)


def ids(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the ids of the rows and findings of the review that the command line names; of several with commas
    between, the last is completed."""
    # Behind an option that has no value yet click has not told which argument is which.
    named = context.params.get("review") or next(iter(context.args), "")
    try:
        path = Path(str(named))
        record = json.loads(path.read_bytes()) if path.stat().st_size <= _LARGEST else {}
        reviews = record.get("reviews", [record])
        found = [str(one["id"]) for review in reviews
                 for one in (*review.get("first_page", {}).get("rows", []), *review.get("findings", []))]
    except (OSError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
        return []
    first, comma, last = begun.rpartition(",")
    return _items((first + comma + name for name in found), first + comma + last, in_order=True)


def _items(words: Iterable[str], begun: str, *, in_order: bool = False) -> list[CompletionItem]:
    matching = dict.fromkeys(word for word in words if word.startswith(begun))
    return [CompletionItem(word) for word in (matching if in_order else sorted(matching))]


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
