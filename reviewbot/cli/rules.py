"""`reviewbot rules` and `reviewbot explain RULE`: what the program looks for, and why."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from reviewbot.checks import Rule
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.errors import UsageError
from reviewbot.report import Screen, screen_for
from reviewbot.resources import data_folder
from reviewbot.text import clip, nearest, quote_names, visible

__all__ = ["explain", "rules"]

_RULES = click.option("--rules", "extra", multiple=True, metavar="DIR", help="A folder with more rules.",
                      type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.command()
@_RULES
def rules(extra: tuple[Path, ...]) -> None:
    """List the rules, one a line: what each finds and at which level."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for rule in load_knowledge(extra).rules:
        mark = "" if rule.status == "stable" else f" ({rule.status})"
        table.add_row(Text(rule.id, style="bold"), rule.level, Text(rule.summary + mark))
    _console().print(table)


@click.command()
@click.argument("rule")
@_RULES
def explain(rule: str, extra: tuple[Path, ...]) -> None:
    """Explain one RULE: its reason, how to fix what it finds, a bad and a good example.

    'weights' in place of a rule shows what orders the first page.
    """
    if rule == "weights":
        click.echo((data_folder("rules") / "page" / "weights.toml").read_text(encoding="utf-8"), nl=False)
        return
    known = load_knowledge(extra).rules
    found = next((r for r in known if r.id == rule), None)
    if found is None:
        near = nearest(rule, [r.id for r in known])
        raise UsageError(f"there is no rule '{visible(clip(rule, 60))}'", hint=f"did you mean "
                         f"{quote_names(near, joint='or')}?" if near else "'reviewbot rules' lists them")
    _console().print(Markdown(_with_examples(found), hyperlinks=False))


def _with_examples(rule: Rule) -> str:
    """Return the rule's text with its first bad and its first good example in full."""
    text = [rule.doc.rstrip()]
    for title, pattern in (("Found", "bad_*.c"), ("Not found", "good_*.c")):
        paths = [path for path in sorted(rule.folder.glob(pattern)) if not path.name.endswith(".before.c")]
        if paths:
            text.append(f"## {title}: {paths[0].stem.partition('_')[2].replace('_', ' ')}")
            text.append(f"```c\n{paths[0].read_text(encoding='utf-8').rstrip()}\n```")
    return "\n\n".join(text) + "\n"


def _console() -> Console:
    screen: Screen = screen_for(sys.stdout, os.environ)
    return Console(width=screen.width, force_terminal=screen.colour, no_color=not screen.colour, markup=False,
                   highlight=False, emoji=False)
