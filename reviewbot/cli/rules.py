"""`reviewbot rules` and `reviewbot explain RULE`: what the program looks for, and why."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import click
from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from reviewbot.checks import Rule, load_checks
from reviewbot.cli import words
from reviewbot.cli.group import Group
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.cli.rule_examples import examples_of, judge, laid_out, rules_in, strays_of
from reviewbot.cli.skeletons import left_of_template, new_rule
from reviewbot.errors import UsageError
from reviewbot.report import Screen, screen_for
from reviewbot.report.order import spell_count
from reviewbot.resources import data_folder
from reviewbot.text import clip, nearest, quote_names, squash, visible

__all__ = ["explain", "rules"]

_FEWEST = 2  # examples of a rule, bad and good
_NARROWEST = 30  # columns, for level and summary beside the name
_WIDE = 400  # columns: no summary is longer
_RULES = click.option("--rules", "extra", multiple=True, metavar="DIR", help="A folder with more rules.",
                      type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group(cls=Group, invoke_without_command=True)
@_RULES
@click.pass_context
def rules(context: click.Context, extra: tuple[Path, ...]) -> None:
    """List the rules, one a line: what each finds and at which level."""
    if context.invoked_subcommand is not None:
        return
    found = load_knowledge(extra).rules
    width = _width()
    if width < max((len(rule.id) for rule in found), default=0) + _NARROWEST:
        for rule in found:
            click.echo(f"{rule.id}  {rule.level}")
            click.echo(textwrap.fill(rule.summary + _mark(rule), width, initial_indent="  ", subsequent_indent="  "))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for rule in found:
        table.add_row(Text(rule.id, style="bold"), rule.level, Text(rule.summary + _mark(rule)))
    _print(table, whole=width == _WIDE)


def _width() -> int:
    """Return how wide lines may be: as the terminal, or as they are where nobody reads them on one."""
    return screen_for(sys.stdout, os.environ).width if sys.stdout.isatty() else _WIDE


def _mark(rule: Rule) -> str:
    return {"stable": "", "draft": " (draft: off without --drafts)"}.get(rule.status, f" ({rule.status})")


@rules.command(name="test")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-v", "--verbose", is_flag=True, help="Name every example, also those that hold.")
def test_rules(folder: Path, *, verbose: bool) -> None:
    """Run the examples of the rules in DIR: marked lines must be found, and no others.

    DIR is a folder laid out like the program's own (DIR/checks/RULE/rule.toml), a folder of rules, or one rule; the
    api/, lists/ and the like beside a checks/ are read as well. Exits with 1 when an example does not hold.
    """
    folders = rules_in(folder)
    parts = laid_out(folder, folders)
    knowledge = load_knowledge(parts)
    mine = {path.name: path for path in folders}
    known = {rule.id: rule for rule in (knowledge.rules if parts else load_checks(
        (data_folder("rules") / "checks", folders[0].parent), knowledge.family)) if rule.id in mine}
    wrong = examples = 0
    for name in sorted(mine):
        rule = known[name]
        judged = [judge(path, rule, knowledge) for path in examples_of(rule)]
        bad = [line for one in judged for line in one.wrong]
        kinds = [sum(one.path.name.startswith(kind) for one in judged) for kind in ("bad_", "good_")]
        if min(kinds) < _FEWEST:
            bad.append(f"{rule.folder}: a rule has two bad and two good examples, this one {kinds[0]} and {kinds[1]}")
        bad += [f"{path}: is no example that is run; the names of examples begin with bad_ or good_, and their files "
                "end in .c" for path in strays_of(rule)]
        wrong, examples = wrong + len(bad), examples + len(judged)
        click.echo(f"{'wrong' if bad else 'holds'}  {name}: {spell_count(len(judged), 'example')}, "
                   f"{spell_count(sum(one.found for one in judged), 'line')} found")
        for line in bad:
            click.echo(f"       {visible(squash(line))}")
        if left := left_of_template(rule):
            click.echo(visible(f"       {rule.folder / 'doc.md'}: '{left[0]}' still has the words of the template"))
        for one in judged if verbose else ():
            click.echo(f"       {one.path.name}: {'wrong' if one.wrong else 'holds'}")
    click.echo(f"{spell_count(len(mine), 'rule')}, {spell_count(examples, 'example')}, {wrong} wrong")
    if wrong:
        click.get_current_context().exit(1)


rules.add_command(new_rule)


@click.command()
@click.argument("rule", shell_complete=words.explained)
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
        near = nearest(rule, [*(r.id for r in known), "weights"])
        raise UsageError(f"there is no rule '{visible(clip(rule, 60))}'", hint=f"did you mean "
                         f"{quote_names(near, joint='or')}?" if near else "'reviewbot rules' lists them")
    _print(Markdown(_with_examples(found), hyperlinks=False))


def _with_examples(rule: Rule) -> str:
    """Return the rule's text with its first bad and its first good example in full."""
    text = [rule.doc.rstrip()]
    for title, pattern in (("Found", "bad_*.c"), ("Not found", "good_*.c")):
        paths = [path for path in sorted(rule.folder.glob(pattern)) if not path.name.endswith(".before.c")]
        if paths:
            text.append(f"## {title}: {paths[0].stem.partition('_')[2].replace('_', ' ')}")
            text.append(f"```c\n{paths[0].read_text(encoding='utf-8').rstrip()}\n```")
    return "\n\n".join(text) + "\n"


def _print(block: RenderableType, *, whole: bool = False) -> None:
    """Print the block as wide as the screen, without the blanks that fill each line up to its width; `whole` lines are
    not folded."""
    screen: Screen = screen_for(sys.stdout, os.environ)
    console = Console(width=_WIDE if whole else screen.width, force_terminal=screen.colour,
                      no_color=not screen.colour, markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(block)
    click.echo("\n".join(line.rstrip() for line in captured.get().split("\n")), nl=False, color=screen.colour)
