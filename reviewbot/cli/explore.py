"""`reviewbot model explore`: runs a scenario on an architecture and shows whether, and how, it can go wrong."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import click

from reviewbot.arch import Model, load_model
from reviewbot.arch.machine import Scenario, as_data, draw_svg, draw_text, explore, load_scenarios
from reviewbot.cli import words
from reviewbot.cli.knowledge import known_release, rule_folders
from reviewbot.errors import UsageError
from reviewbot.patterns import regex
from reviewbot.report import screen_for
from reviewbot.text import quote_names

__all__ = ["explore_scenario"]

_BROKEN = 1
_SYMBOL = regex(r"\b(?:CONFIG_)?[A-Z][A-Z0-9_]{2,}\b")


@click.command(name="explore")
@click.argument("scenario", required=False, shell_complete=words.scenarios)
@click.option("--list", "listed", is_flag=True, help="List the scenarios and their assumptions.")
@click.option("--arch", metavar="A", help="The architecture.", shell_complete=words.arches)
@click.option("--kernel", metavar="X.Y", shell_complete=words.releases,
              help="The kernel release. Default: the last that the model knows.")
@click.option("--config", multiple=True, metavar="EXPR",
              help="What is set: 'DEBUG_PAGEALLOC=y,rodata=off' or 'KFENCE && !rodata_full'; may be repeated.")
@click.option("--without", multiple=True, metavar="ASSUMPTION",
              help="An assumption that does not hold; may be repeated.")
@click.option("--size", "sizes", multiple=True, metavar="PAGES=N", help="Another number of pages; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json", "svg"]), default="text", show_default=True)
@click.option("--rules", "extra", multiple=True, metavar="DIR", help="A folder with more rules.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))
def explore_scenario(scenario: str | None, listed: bool, arch: str | None, kernel: str | None,  # noqa: FBT001 - click passes flags so
                     config: tuple[str, ...], without: tuple[str, ...], sizes: tuple[str, ...], form: str,
                     extra: tuple[Path, ...]) -> None:
    """Visit every state that SCENARIO can reach: print that it holds, or the shortest way to break it.

    Exits with 1 when it breaks, or when it has too many states to tell.
    """
    folders = rule_folders(extra)
    scenarios = load_scenarios(folders)
    if listed:
        _list(scenarios, form)
        return
    if not scenario:
        raise UsageError("name a scenario and an architecture",
                         hint="reviewbot model explore --list shows the scenarios")
    chosen = _named(scenarios, scenario)
    model = load_model(folders)
    if not arch:
        raise UsageError(f"say with --arch on which architecture '{chosen.name}' runs",
                         hint=f"the model has {', '.join(model.arches)}")
    version = known_release(kernel, model) if kernel else model.releases[-1]
    _require_symbols(config, model, scenarios)
    result = explore(chosen, model, arch=arch, version=version, config=config,
                     without=[name.strip() for text in without for name in text.split(",") if name.strip()],
                     sizes=dict(_size(text) for text in sizes))
    if form == "json":
        click.echo(json.dumps(as_data(result), indent=1))
    elif form == "svg":
        click.echo(draw_svg(result), nl=False)
    else:
        click.echo(draw_text(result, width=screen_for(sys.stdout, os.environ).width), nl=False)
    if result.outcome in {"broken", "open"}:
        sys.exit(_BROKEN)


def _list(scenarios: tuple[Scenario, ...], form: str) -> None:
    if form == "json":
        click.echo(json.dumps([{"name": one.name, "title": one.title, "text": one.text, "config": list(one.config),
                                "pages": {group.name: group.count for group in one.groups},
                                "assumptions": {entry.name: entry.text for entry in one.assumptions},
                                "actors": list(dict.fromkeys(actor.name for actor in one.actors))}
                               for one in scenarios], indent=1))
        return
    indent = " " * (max((len(one.name) for one in scenarios), default=0) + 2)
    width = screen_for(sys.stdout, os.environ).width
    for one in scenarios:
        rests = f" [{', '.join(entry.name for entry in one.assumptions)}]" if one.assumptions else ""
        for number, line in enumerate(textwrap.wrap(f"{one.title}{rests}", max(width - len(indent), 30),
                                                    break_on_hyphens=False)):
            click.echo(f"{indent if number else one.name.ljust(len(indent))}{line}")


def _named(scenarios: tuple[Scenario, ...], name: str) -> Scenario:
    for one in scenarios:
        if one.name == name:
            return one
    names = [one.name for one in scenarios]
    raise UsageError(f"there is no scenario '{name}'",
                     hint=f"there is {', '.join(get_close_matches(name, names, n=3) or names)}")


def _require_symbols(texts: Iterable[str], model: Model, scenarios: Iterable[Scenario]) -> None:
    """Raise UsageError for a Kconfig symbol that no fact and no scenario asks for: it would decide nothing."""
    archs = (model.generic, *model.own)
    asked = [text for arch in archs for fact in arch.facts
             for text in (fact.condition, fact.guard, fact.alias_guard, fact.sleep_guard, *fact.noop_when)]
    asked += [text for arch in archs for entry in arch.runtimes for text in (entry.name, entry.holds, entry.requires)]
    asked += [text for one in scenarios for text in (*one.config, *one.needs)]
    known = {word.removeprefix("CONFIG_") for text in asked for word in _SYMBOL.findall(text)}
    for name in [word.removeprefix("CONFIG_") for text in texts for word in _SYMBOL.findall(text)]:
        if name not in known:
            near = get_close_matches(name, sorted(known), n=3)
            raise UsageError(f"nothing that the model knows depends on '{name}'",
                             hint=f"did you mean {quote_names(near, joint='or')}?" if near else
                             "'reviewbot model show' prints the conditions of an architecture")


def _size(text: str) -> tuple[str, int]:
    name, _, count = text.partition("=")
    if not count.isdecimal():
        raise UsageError(f"'{text}' is not a size", hint="write it as in '--size area=4'")
    return name, int(count)
